"""By how much did the lowest bid win? Tenders with one winner, who asked the least of all."""

from typing import Final

import polars as pl

from spendaudit.model.findings import FINDING, TOTAL
from spendaudit.model.tables import Tables
from spendaudit.rules._bids import TENDER, one_winner, valid
from spendaudit.rules._cohorts import quartile
from spendaudit.rules._parties import who

NEEDS: Final = {
    "contracts": frozenset({"tender_id"}),
    "bids": frozenset({"tender_id", "bidder_id", "amount", "currency"}),
}
#: An award that nobody has won yet leaves its tender open: its state says so.
EITHER: Final = frozenset({"supplier_id", "status"})
USES: Final = {
    "contracts": frozenset({"source", "supplier_id", "decision_date", "status", "amount", "currency"}),
    "bids": frozenset({"source", "status"}),
}


def won_by_price(tables: Tables) -> pl.LazyFrame:
    """Return one row per tender: a finding, and `won`, `second` (MONEY), `bidders`, `ratio` (TOTAL).

    `won` is the winner's lowest valid bid, `second` the lowest of all others, and `ratio` their distance as a
    share of `won`, to four decimals. Tenders with several suppliers or currencies, of contracts or of the
    winner's bids, or an award that may yet change, and those in which another asked less, are left out. The
    amount is the distance.
    """
    amount, known = pl.col("amount"), pl.col("currency").drop_nulls()
    tenders = one_winner(tables["contracts"], currencies=known.n_unique()).filter(pl.col("currencies") <= 1)
    its = pl.col("bidder_id") == pl.col("winner")
    won, second = pl.col("won").cast(TOTAL), pl.col("second").cast(TOTAL)
    compared = (
        tables["bids"]
        .filter(amount > 0, valid())
        .join(tenders.select(*TENDER, "winner"), on=TENDER)
        .group_by(*TENDER, "currency")
        .agg(
            won=amount.filter(its).min(),
            second=amount.filter(~its).min(),
            bidders=pl.col("bidder_id").n_unique(),
        )
        .filter(pl.col("won").is_not_null())
        .filter(pl.len().over(TENDER) == 1, won <= second)
    )
    return (
        tenders.drop("currency")
        .join(compared, on=TENDER)
        .select(
            "source",
            "members",
            (second - won).alias("amount"),
            *FINDING.names()[2:],
            "won",
            "second",
            "bidders",
            ratio=((second - won) / won).cast(TOTAL),
        )
    )


def fenced(tenders: pl.LazyFrame, side: int) -> pl.LazyFrame:
    """Add to each tender the `fence` (TOTAL) of its source, one and a half times the middle half away.

    `side` is -1 for below the first quartile, 1 for above the third.
    """
    near, half = ("first" if side < 0 else "third"), pl.col("third") - pl.col("first")
    fences = (
        tenders.group_by("source")
        .agg(first=quartile("ratio", 1), third=quartile("ratio", 3))
        .select("source", "first", fence=(pl.col(near) + side * 3 * half / 2).cast(TOTAL))
    )
    return tenders.join(fences, on="source")


def found(tenders: pl.LazyFrame) -> pl.LazyFrame:
    """Lay tenders out as findings, in their order."""
    return tenders.sort(pl.col("members").list.first()).select(
        *FINDING.names(), "won", "second", "ratio", "bidders"
    )


def told() -> dict[str, pl.Expr]:
    """Tell who bought from whom, what the winner and the next one asked, and of how many bidders."""
    return {
        **who(),
        "tender": pl.col("tender_id").first(),
        "title": pl.coalesce("title", "tender_id").min(),
        "won": pl.col("won").first(),
        "second": pl.col("second").first(),
        "ratio": pl.col("ratio").first(),
        "bidders": pl.col("bidders").first(),
    }
