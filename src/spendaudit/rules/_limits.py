"""Which purchases are small enough to need no open competition? By law, or by one amount in its place."""

from decimal import Decimal

import polars as pl
from pydantic import Field

from spendaudit.rules._amounts import money
from spendaudit.rules._rule import Params


class Limited(Params):
    """Settings of a rule that takes purchases at or under their limit."""

    limit: Decimal | None = Field(
        None,
        gt=0,
        le=10**15,
        decimal_places=4,
        description="one amount, in each contract's own currency, instead of the limits in law",
    )

    def waived(self) -> frozenset[str]:
        """With an amount of the user's, no law need be known."""
        return frozenset() if self.limit is None else frozenset({"limit"})

    def in_force(self) -> pl.Expr:
        """Give each contract its limit (MONEY)."""
        return pl.col("limit") if self.limit is None else money(self.limit)

    def says_who(self, ceiling: pl.Expr) -> pl.Expr:
        """Tell of some contracts who sets this limit, their highest (String, an aggregation)."""
        if self.limit is not None:
            return pl.lit("settings")
        return pl.col("limit_source").filter(pl.col("limit") == ceiling).min()


def within_limit(params: Limited) -> pl.Expr:
    """Purchases at or under their own limit; amounts of zero and credits are no purchases."""
    amount = pl.col("amount")
    return (amount > 0) & (amount <= params.in_force())
