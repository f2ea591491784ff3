"""How do rows become findings? Each contract by itself, or those of a group together."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from spendaudit.model.findings import FINDING, PLACE, TOTAL, member, members
from spendaudit.rules._totals import total

#: Columns of contracts that both ways read.
READ: Final = frozenset({"decision_date", "amount", "currency"})


def one_each(rows: pl.LazyFrame, amount: pl.Expr, *measures: str) -> pl.LazyFrame:
    """Make one finding of each row, of this amount of money (TOTAL), on the day of its decision."""
    # An amount without its currency is no money.
    counted = pl.when(pl.col("currency").is_not_null()).then(amount.cast(TOTAL))
    return rows.sort("decision_date", *PLACE).select(
        pl.concat_list(member()).alias("members"),
        counted.alias("amount"),
        "currency",
        pl.col("decision_date").alias("starts"),
        pl.col("decision_date").alias("ends"),
        *measures,
    )


def gathered(
    rows: pl.LazyFrame, by: Sequence[str], day: str = "decision_date", /, **measures: pl.Expr
) -> pl.LazyFrame:
    """Make one finding of all rows that share these values, null being one, from their first day to the last.

    Measures are aggregations; `amount` is what the rows come to, unless a measure of that name is given.
    """
    days = {"starts": pl.col(day).min(), "ends": pl.col(day).max()}
    told = {"members": members(), **total(), **days, **measures}
    return (
        rows.group_by(*by)
        .agg(**{name: value for name, value in told.items() if name not in by})
        .sort(pl.col("members").list.first())
        .select(*FINDING.names(), *(name for name in measures if name not in FINDING))
    )
