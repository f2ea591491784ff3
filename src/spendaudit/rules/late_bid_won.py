"""A bid that came in after the close of bids won the tender.

Why it matters
--------------
Who bids after the close may have seen what others asked. A late bid has to be sent back unopened; where it
won, the record of opening the bids says why it was taken.

Formula
-------
A supplier's contracts of one tender are a finding when for the last of its valid bids

    moment of the bid - close of bids > days

Moments are compared where hours and offsets from UTC are published of all of them, and days where they are
not: there a bid some hours late on the same day is not seen. A bid that was in time by its own hour is not
late by its day. Of several who bid, or won, together, each is looked for. Bids that were disqualified,
rejected, withdrawn, or never opened count for nothing, and awards that may yet change are left out.

Threshold
---------
- `days`: 0, as Cardinal (R030). With `compared` = days, hours are passed over.
- `left_out`: none. Details of methods whose tenders are left out.
- `cardinal`: no. With yes, moments are compared as texts, as Cardinal does: `09:00-05:00` comes before
  `10:00Z` there, which is four hours earlier. Bids and awards without a state count for nothing.

No file at hand has dates of bids beside winners, so that there is no measured rate.

False positives
---------------
- A close of bids that was put off, and published with its first date.
- The portal's date of loading, or of a correction, in place of the bid's; a second round of prices.
- Days that are written in UTC where the close is in local time.

What would settle it
--------------------
The portal's log of when each bid came in, and the notice with the last closing time that it set.

Worked example
--------------
With the default settings. In T1 the winner's bid came the day after the close (A), in T2 on its day. In T3 it
was another's, in T4 the late one was disqualified, in T5 and T12 the award may change. T6 has two closes, the
later of which was kept; T7 is a tender of two sources: S1 was late in one (B), and S2 in the other (G). T8's
bid was a second late (C), T9's came at the moment of the close, which was put off, on the next day by its own
clock, as did one of S1's for T7; of one of T10's the hour is not known, and the day of both is that of the
close. One of two who won T11 together was late (D). T1 of another source has two winners, both late by days,
as of one close and of one bid the hour is not known (E, F).

contracts:

|source|tender_id|buyer_name|supplier_id|tender_end|award_date|status |finding|
|------|---------|----------|-----------|----------|----------|-------|-------|
|one   |T1       |Hill      |S1         |2024-01-03|2024-02-01|active |A      |
|one   |T1       |Hill      |S1         |2024-01-03|2024-02-02|       |A      |
|one   |T1       |Hill      |S2         |2024-01-03|2024-02-01|active |       |
|one   |T2       |Hill      |S1         |2024-01-03|2024-02-01|active |       |
|one   |T3       |Hill      |S1         |2024-01-03|2024-02-01|active |       |
|one   |T4       |Hill      |S1         |2024-01-03|2024-02-01|active |       |
|one   |T5       |Hill      |S1         |2024-01-03|2024-02-01|Pending|       |
|one   |T6       |Hill      |S1         |2024-01-03|2024-02-01|active |       |
|one   |T6       |Hill      |S1         |2024-01-04|2024-02-01|active |       |
|two   |T7       |Hill      |S1         |2024-01-03|2024-02-01|active |B      |
|one   |T7       |Hill      |S2         |2024-01-03|2024-02-01|active |G      |
|two   |T1       |Hill      |S2         |2024-01-03|2024-02-01|active |E      |

contracts:

|source|tender_id|buyer_name|supplier_refs|tender_end|tender_end_time    |award_date|award_status|finding|
|------|---------|----------|-------------|----------|-------------------|----------|------------|-------|
|one   |T8       |Hill      |S1           |2024-01-03|2024-01-03 12:00:00|2024-02-01|active      |C      |
|one   |T8       |Hill      |S1           |2024-01-03|2024-01-03 11:00:00|2024-02-01|active      |C      |
|one   |T9       |Hill      |S1           |2024-01-03|2024-01-03 12:00:00|2024-02-01|active      |       |
|one   |T9       |Hill      |S1           |2024-01-03|2024-01-03 11:00:00|2024-02-01|active      |       |
|one   |T10      |Hill      |S1           |2024-01-03|2024-01-03 12:00:00|2024-02-01|active      |       |
|one   |T11      |Hill      |S1; S2       |2024-01-03|2024-01-03 12:00:00|2024-02-01|active      |D      |
|one   |T12      |Hill      |S1           |2024-01-03|2024-01-03 12:00:00|2024-02-01|pending     |       |
|one   |T7       |Hill      |S1           |2024-01-03|2024-01-03 12:00:00|2024-02-01|active      |       |
|two   |T1       |Hill      |S1           |2024-01-03|2024-01-03 12:00:00|2024-02-01|active      |F      |

bids:

|source|tender_id|bidder_id|date      |status      |
|------|---------|---------|----------|------------|
|one   |T1       |S1       |2024-01-02|valid       |
|one   |T1       |S1       |2024-01-04|valid       |
|one   |T1       |S2       |2024-01-03|valid       |
|one   |T2       |S1       |2024-01-03|valid       |
|one   |T3       |S1       |2024-01-02|valid       |
|one   |T3       |S2       |2024-01-09|valid       |
|one   |T4       |S1       |2024-01-03|valid       |
|one   |T4       |S1       |2024-01-09|disqualified|
|one   |T5       |S1       |2024-01-09|valid       |
|one   |T6       |S1       |2024-01-04|valid       |
|one   |T7       |S2       |2024-01-09|valid       |
|two   |T7       |S1       |2024-01-09|            |

bids:

|source|tender_id|bidder_refs|date      |time               |
|------|---------|-----------|----------|-------------------|
|one   |T8       |S1         |2024-01-03|2024-01-03 12:00:01|
|one   |T8       |S1         |2024-01-03|2024-01-03 11:00:00|
|one   |T9       |S1         |2024-01-04|2024-01-03 12:00:00|
|one   |T10      |S1         |2024-01-03|2024-01-03 13:00:00|
|one   |T10      |S1         |2024-01-03|                   |
|one   |T11      |S0; S2     |2024-01-03|2024-01-03 13:00:00|
|one   |T12      |S1         |2024-01-09|2024-01-09 13:00:00|
|one   |T7       |S1         |2024-01-04|2024-01-03 12:00:00|
|one   |T7       |S1         |2024-01-03|                   |
|two   |T1       |S1         |2024-01-09|                   |
|two   |T1       |S2         |2024-01-09|2024-01-09 13:00:00|

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R030, and Cardinal's R030.
"""

from collections.abc import Mapping
from typing import Final, Literal

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules import _cardinal
from spendaudit.rules._bids import AWARDS, TENDER, beside, undecided, valid
from spendaudit.rules._cardinal import OfTenders
from spendaudit.rules._gathered import READ, gathered
from spendaudit.rules._parties import who
from spendaudit.rules._rule import BEGUN, Beginning, Precision, Rule, Stage

WINNER: Final = (*TENDER, "winner")

#: Where a moment stands among others as a text, between those of the same clock: `+01:00`, `-05:00`, `Z`.
_WEST, _UTC = 10_000, 30_000
_MARKS: Final = 100_000

#: How long a day is among moments, and among texts of moments.
_DAY: Final = 86_400_000_000
_DAY_OF_TEXTS: Final = 86_400_000 * _MARKS


class LateBidWon(OfTenders):
    """Settings of BID005."""

    days: int = Field(0, ge=0, le=366, description="days after the close that pass")
    compared: Literal["moments", "days"] = Field("moments", description="what of dates is compared")

    def reads(self) -> Mapping[str, frozenset[str]]:
        """As texts, moments go by the clock of the place."""
        read = super().reads()
        if not self.cardinal:
            return read
        clocks = {"contracts": {"tender_end_offset"}, "bids": {"time_offset"}}
        return {table: read[table] | columns for table, columns in clocks.items()}


def scope(params: LateBidWon) -> pl.Expr:
    """Tenders that are not left out."""
    return params.asked()


def find(tables: Tables, params: LateBidWon) -> pl.LazyFrame:
    """Return one row per tender and supplier."""
    cardinal, some = params.cardinal, tables[BEGUN]
    won, bids = _won(tables["contracts"], params), _bids(tables["bids"], params)
    made = bids.join(some, on=TENDER, how="semi").with_columns(pl.col("name").cast(pl.String)).cache()
    made = _cardinal.each(made, "name")
    winner = _cardinal.winner(cardinal=cardinal).cast(pl.String)
    asked = won.join(some, on=TENDER, how="semi").with_columns(winner=winner).cache()
    winners = asked.select(*WINNER, "close", "close_time", name="winner", closed="tender_end_time").cache()
    met = _cardinal.each(winners, "name").join(made, on=(*TENDER, "name")).cache()
    # Few bids are late for one of the contracts; only of these it is asked whether they are for all.
    late = met.filter(_late("day", "time", "close", "close_time", params)).select(WINNER).unique()
    last = (
        met.join(late, on=WINNER, how="semi")
        .group_by(WINNER)
        .agg(
            last_bid=pl.col("day").max(),
            last_time=_all("time").max(),
            last_close=pl.col("close").max(),
            last_close_time=_all("close_time").max(),
            last_came=_all("came").max(),
            last_closed=_all("closed").max(),
        )
        .filter(_late("last_bid", "last_time", "last_close", "last_close_time", params))
    )
    by_hour = pl.col("last_came").is_not_null() & pl.col("last_closed").is_not_null()
    last = last.with_columns(
        last_bid=pl.when(by_hour).then(_written("last_came")).otherwise(_written("last_bid")),
        bids_closed=pl.when(by_hour).then(_written("last_closed")).otherwise(_written("last_close")),
    )
    told = {name: pl.col(name).first() for name in ("last_bid", "bids_closed")}
    return gathered(asked.join(last, on=WINNER), WINNER, **told)


def with_late_bid(tables: Tables, params: LateBidWon) -> pl.LazyFrame:
    """List the tenders with a late bid, whoever made it: they are few."""
    closes = _won(tables["contracts"], params).select(*TENDER, "close", "close_time")
    return (
        beside(_bids(tables["bids"], params).select(*TENDER, "day", "time"), closes)
        .filter(_late("day", "time", "close", "close_time", params))
        .select(TENDER)
        .unique()
    )


def _won(contracts: pl.LazyFrame, params: LateBidWon) -> pl.LazyFrame:
    """Return the contracts that were won for good, each with when its tender closed."""
    won = contracts.filter(_cardinal.active() if params.cardinal else ~undecided())
    return won.with_columns(close="tender_end", close_time=_moment("tender_end", params))


def _bids(bids: pl.LazyFrame, params: LateBidWon) -> pl.LazyFrame:
    """Return the bids that could win: by whom (`name`), and when they came."""
    name = _cardinal.bidder(cardinal=params.cardinal)
    return bids.filter(valid(cardinal=params.cardinal)).select(
        *TENDER, name=name, day="date", time=_moment("", params), came="time"
    )


def _written(name: str) -> pl.Expr:
    """Write a day, or a moment."""
    moment = name in {"last_came", "last_closed"}
    return pl.col(name).dt.to_string("%Y-%m-%d %H:%M:%S UTC" if moment else "%Y-%m-%d")


def _all(name: str) -> pl.Expr:
    """Take the values of a group, if none is missing."""
    return pl.when(pl.col(name).is_not_null().all()).then(pl.col(name))


def _moment(of: str, params: LateBidWon) -> pl.Expr:
    """Give a moment, of a kind that can be compared."""
    time = pl.col(f"{of}_time" if of else "time")
    if params.compared == "days":
        return pl.lit(None, pl.Int64)
    if not params.cardinal:
        return time.dt.timestamp("us")
    ahead = pl.col(f"{of}_offset" if of else "time_offset").cast(pl.Int64)
    clock = time.dt.timestamp("ms") + ahead * 60_000
    mark = pl.when(ahead > 0).then(ahead).when(ahead < 0).then(_WEST - ahead).otherwise(_UTC)
    return clock * _MARKS + mark


def _late(bid: str, bid_time: str, close: str, close_time: str, params: LateBidWon) -> pl.Expr:
    """Tell whether a bid came after the close: by moments, where both are known."""
    passed = params.days * (_DAY_OF_TEXTS if params.cardinal else _DAY)
    by_moment = pl.col(bid_time) - pl.col(close_time) > passed
    by_day = (pl.col(bid) - pl.col(close)).dt.total_days() > params.days
    return pl.coalesce(by_moment, by_day)


def tells(_params: LateBidWon) -> dict[str, pl.Expr]:
    """Tell who bought from whom, when bids closed, and when the winner's last one came."""
    return {
        **who(),
        "tender": pl.col("tender_id").first(),
        "title": pl.coalesce("title", "tender_id").min(),
        "close": pl.col("bids_closed").first(),
        "last_bid": pl.col("last_bid").first(),
    }


RULE: Final = Rule(
    id="BID005",
    name="late-bid-won",
    ocp=("R030",),
    severity=Severity.MEDIUM,
    precision=Precision.HIGH,
    stage=Stage.TENDER,
    subject="contracts",
    needs={
        "contracts": frozenset({"tender_id", "tender_end"}),
        "bids": frozenset({"tender_id", "date"}),
    },
    either=frozenset({"supplier_id", "supplier_refs"}),
    either_of={"bids": frozenset({"bidder_id", "bidder_refs"})},
    uses={
        "contracts": (AWARDS - {"supplier_key"}) | READ | {"tender_end_time"},
        "bids": frozenset({"source", "status", "time", "bidder_id", "bidder_refs"}),
    },
    scope=scope,
    shard_by=None,
    params=LateBidWon,
    begins=Beginning(with_late_bid, LateBidWon),
    find=find,
    tells=tells,
    message="{buyer_name}: {supplier_name} won tender {tender} with a bid of {last_bid}; bids closed on "
    "{close}: why was it taken?",
    page=__doc__,
    since="0.1",
)
