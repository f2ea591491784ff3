"""Which year or day does a row speak of, where only the caller says it? Reads `2016` and `2016-03`."""

import polars as pl

from spendaudit.sources._source import PERIOD


def stated_year() -> pl.Expr:
    """Take the year of the stated period (Int32); null where none is stated."""
    return pl.col(PERIOD).str.head(4).cast(pl.Int32, strict=False)


def stated_end() -> pl.Expr:
    """Take the last day of the stated period (Date), 31 December of a year; null where none is stated."""
    month = pl.when(pl.col(PERIOD).str.contains("-")).then(PERIOD).otherwise(pl.col(PERIOD) + "-12")
    return month.str.to_date("%Y-%m", strict=False).dt.month_end()
