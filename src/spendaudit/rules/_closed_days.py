"""On which days are offices closed? On weekends, and on public holidays where these are known."""

from typing import Final

import polars as pl

#: Days of the week by their number in ISO 8601, where Monday is 1.
WEEKENDS: Final = {"saturday-sunday": (6, 7), "friday-saturday": (5, 6), "sunday": (7,)}

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def closed_day(day: str) -> pl.Expr:
    """Name the weekday of some rows of one day, and their holiday, if it is one (String, an aggregation)."""
    weekday = pl.col(day).min().dt.to_string("%A")
    return pl.concat_str([weekday, pl.col("holiday").min()], separator=", ", ignore_nulls=True)
