"""Which purchases are small enough to need no open competition? By law, or by one amount in its place."""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.rules._amounts import money
from spendaudit.rules._parties import who
from spendaudit.rules._rule import Params

#: Purchases that differ in one of these are not parts of one purchase. Portals leave out the middle two.
PARTS: Final = ("buyer_key", "supplier_key", "main_procurement_category", "procurement_method", "currency")


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


def of_parts(params: Limited) -> dict[str, pl.Expr]:
    """Tell who bought from whom, what and how, and which limit (`ceiling`) the parts were under.

    Aggregations over purchases that are equal in `PARTS`.
    """
    return {
        **who(),
        "category": pl.col("main_procurement_category").cast(pl.String).first(),
        "method": pl.col("procurement_method").cast(pl.String).min(),
        "limit": pl.col("ceiling").first(),
        "limit_source": params.says_who(pl.col("ceiling")),
    }
