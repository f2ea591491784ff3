"""How does an amount among the settings stand in an expression? As exact money."""

from decimal import Decimal

import polars as pl

from spendaudit.model.tables import MONEY


def money(amount: Decimal) -> pl.Expr:
    """Write an amount into an expression (MONEY)."""
    # Handed a Decimal, Polars imports numpy to ask whether it is one of its numbers: 0.07 s for any command.
    return pl.lit(f"{amount:f}").cast(MONEY)
