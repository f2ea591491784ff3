"""How do two dates of a contract or a tender become a finding? Where they are too near, or too far apart."""

from typing import Final

import polars as pl

from spendaudit.model.findings import FINDING, PLACE, TOTAL, alone, member
from spendaudit.rules._totals import total

#: Read beside the dates by `per_tender`.
OF_TENDER: Final = frozenset({"source", "tender_id", "amount", "currency"})

#: Read beside the dates by `per_contract`.
OF_CONTRACT: Final = frozenset({"amount", "currency"})


def days(first: str, second: str) -> pl.Expr:
    """Count the days from one date to the other: 0 on the same day, negative when the second comes first."""
    return (pl.col(second) - pl.col(first)).dt.total_days()


def per_contract(flagged: pl.LazyFrame, starts: str, ends: str) -> pl.LazyFrame:
    """Make one finding of each row, from one of its dates to another."""
    return flagged.sort(starts, *PLACE).select(
        pl.concat_list(member()).alias("members"),
        pl.col("amount").cast(TOTAL),
        "currency",
        pl.col(starts).alias("starts"),
        pl.col(ends).alias("ends"),
    )


def per_tender(flagged: pl.LazyFrame, starts: str, ends: str) -> pl.LazyFrame:
    """Make one finding of all rows of a tender that have the same two dates: awards of lots have their own.

    A row without `tender_id` is a tender of its own.
    """
    return (
        flagged.with_columns(starts=starts, ends=ends, alone=alone("tender_id"))
        .sort(PLACE)
        .group_by("source", "tender_id", "alone", "starts", "ends", maintain_order=True)
        .agg(members=member(), **total())
        .sort(pl.col("members").list.first())
        .select(FINDING.names())
    )
