"""What is usual among alike things? Quartiles that one strange value among many does not move."""

import polars as pl

from spendaudit.model.findings import TOTAL


def quartile(name: str, number: int) -> pl.Expr:
    """Give the first, second or third quartile of a column of money (TOTAL); three values or more are wanted.

    Hyndman and Fan's type 8, which needs no assumption about how values are spread: place (n + 1/3) p + 1/3,
    between two values in proportion. An aggregation.
    """
    values = pl.col(name).cast(TOTAL).sort()
    twelfths = 3 * number * pl.len().cast(pl.Int64) + number + 4
    place, part = twelfths // 12, (twelfths % 12).cast(TOTAL)
    lower, upper = (values.get(place - 1 + step, null_on_oob=True) for step in (0, 1))
    return ((lower * (12 - part) + upper * part) / 12).cast(TOTAL)


def fence(lower: str, upper: str, reach: int) -> pl.Expr:
    """Tell from two quartiles where the unusual begins (Float64): far beyond `upper`, seen from `lower`.

    With amounts of money the distance between quartiles is a ratio: `upper` times the `reach`-th power of it.
    """
    near, far = pl.col(upper).cast(pl.Float64), pl.col(lower).cast(pl.Float64)
    return near * (near / far).pow(reach)
