"""Tells which two bidders met in the same tenders, and which of the two won."""

from typing import Final

import polars as pl

from spendaudit.model.findings import FINDING, member
from spendaudit.rules._bids import TENDER, undecided, valid

#: Two bidders of one data source, the lesser number first.
PAIR: Final = ("source", "one", "other")


def wins(contracts: pl.LazyFrame, **measures: pl.Expr) -> pl.LazyFrame:
    """Return one row per tender and `bidder` who won it for good, with measures (aggregations)."""
    for_good = ~pl.col("is_void").fill_null(value=False) & ~undecided()
    return contracts.filter(for_good).group_by(*TENDER, bidder="supplier_id").agg(**measures)


def meetings(bids: pl.LazyFrame, won: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row per tender and two bidders in it who could win, `one` and `other`.

    Of each there are the `place` of its first bid, when its bids start and end, and the columns of `won`,
    null where it did not win; those of the other have `_right` at their end.
    """
    entered = (
        bids.filter(valid())
        .group_by(*TENDER, bidder="bidder_id")
        .agg(place=member().sort().first(), starts=pl.col("date").min(), ends=pl.col("date").max())
        .join(won, on=(*TENDER, "bidder"), how="left")
    )
    return (
        entered.join(entered, on=TENDER)
        .filter(pl.col("bidder") < pl.col("bidder_right"))
        .rename({"bidder": "one", "bidder_right": "other"})
    )


def of_rivals(met: pl.LazyFrame, *asked: pl.Expr, **measures: pl.Expr) -> pl.LazyFrame:
    """Make one finding of all bids with which two bidders met, where all that is asked of it holds."""
    return (
        met.group_by(PAIR)
        .agg(
            members=pl.col("place").append(pl.col("place_right")).sort(),
            amount=pl.lit(None, FINDING["amount"]),
            currency=pl.lit(None, FINDING["currency"]),
            starts=pl.min_horizontal("starts", "starts_right").min(),
            ends=pl.max_horizontal("ends", "ends_right").max(),
            **measures,
        )
        .filter(*asked)
        .sort(pl.col("members").list.first(), *PAIR)
        .select(*FINDING.names(), *measures)
    )
