"""Which purchases are small enough to need no open competition? By law, or by one amount in its place."""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.tables import MONEY
from spendaudit.rules._rule import Params

#: What may be bought without more competition than a purchase had, and who says so.
LIMITS: Final = frozenset({"limit", "limit_source"})


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
        return frozenset() if self.limit is None else LIMITS

    def in_force(self) -> dict[str, pl.Expr]:
        """Give each contract its limit (MONEY) and who says so (String)."""
        if self.limit is None:
            return {name: pl.col(name) for name in sorted(LIMITS)}
        return {"limit": pl.lit(self.limit, MONEY), "limit_source": pl.lit("settings")}


def within_limit(params: Limited) -> pl.Expr:
    """Purchases at or under their own limit; amounts of zero and credits are no purchases."""
    amount = pl.col("amount")
    return (amount > 0) & (amount <= params.in_force()["limit"])
