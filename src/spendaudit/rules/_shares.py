"""Is one thing this share of another, or so many times it? Told exactly: of money, of days and of counts."""

from decimal import Decimal

import polars as pl

from spendaudit.model.findings import TOTAL


def at_least(part: pl.Expr, share: Decimal, whole: pl.Expr) -> pl.Expr:
    """Tell whether a part is this share of the whole, or more, exactly (`share` has four decimals)."""
    return part.cast(TOTAL) * 10_000 >= whole.cast(TOTAL) * int(share * 10_000)


def at_most(part: pl.Expr, share: Decimal, whole: pl.Expr) -> pl.Expr:
    """Tell whether a part is this share of the whole, or less, exactly (`share` has four decimals)."""
    return part.cast(TOTAL) * 10_000 <= whole.cast(TOTAL) * int(share * 10_000)
