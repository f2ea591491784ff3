"""Which contracts had an estimate, and which of them shared one? What rules on estimates go by."""

from typing import Final

import polars as pl

#: Needed by every rule on estimates. Sources give an estimate only where it is in the contract's currency.
NEEDS: Final = frozenset({"amount", "tender_amount", "currency"})

#: What awards under one estimate share: several suppliers may divide the work that it was made for.
ESTIMATE: Final = ("source", "buyer_key", "tender_id", "tender_amount", "currency")


def estimated() -> pl.Expr:
    """Contracts that cost something, and were expected to."""
    return (pl.col("amount") > 0) & (pl.col("tender_amount") > 0)
