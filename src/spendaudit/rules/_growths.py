"""By how much is one amount of a contract above another? Findings whose amount is the difference."""

from decimal import Decimal

import polars as pl

from spendaudit.model.findings import PLACE, TOTAL, member
from spendaudit.rules._shares import at_most


def beyond(now: str, once: str, share: Decimal) -> pl.Expr:
    """Contracts whose one amount is more than the other and a share of it."""
    return ~at_most(pl.col(now), 1 + share, pl.col(once))


def per_growth(flagged: pl.LazyFrame, now: str, once: str) -> pl.LazyFrame:
    """Make one finding of each row, on the day that the contract was decided."""
    return flagged.sort("decision_date", *PLACE).select(
        pl.concat_list(member()).alias("members"),
        (pl.col(now) - pl.col(once)).cast(TOTAL).alias("amount"),
        "currency",
        pl.col("decision_date").alias("starts"),
        pl.col("decision_date").alias("ends"),
    )
