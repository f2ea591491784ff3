"""A bid that came in after the close of bids won the tender.

Why it matters
--------------
Who bids after the close may have seen what others asked. A late bid has to be sent back unopened; where it
won, the record of opening the bids says why it was taken.

Formula
-------
A supplier's contracts of one tender are a finding when for the last of its valid bids

    date of the bid - close of bids > days

Days are compared, so that a bid some hours late on the same day is not seen. Bids that were disqualified,
rejected, withdrawn, or never opened count for nothing, and awards that may yet change are left out.

Threshold
---------
- `days`: 0, as Cardinal (R030), which compares moments as text: offsets from UTC may mislead it.

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
was another's, in T4 the late one was disqualified, in T5 the award may change. T6 has two closes, the later
of which was kept; T7 is a tender of two sources (B).

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
|one   |T7       |Hill      |S1         |2024-01-03|2024-02-01|active |       |
|two   |T7       |Hill      |S1         |2024-01-03|2024-02-01|active |B      |

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
|one   |T7       |S1       |2024-01-03|valid       |
|two   |T7       |S1       |2024-01-09|            |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R030, and Cardinal's R030.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import FINDING, Severity, members
from spendaudit.model.tables import Tables
from spendaudit.rules._bids import TENDER, undecided, valid
from spendaudit.rules._gathered import READ
from spendaudit.rules._parties import who
from spendaudit.rules._rule import Params, Precision, Rule, Stage
from spendaudit.rules._totals import total

WINNER: Final = (*TENDER, "supplier_id")


class LateBidWon(Params):
    """Settings of BID005."""

    days: int = Field(0, ge=0, le=366, description="days after the close that pass")


def find(tables: Tables, params: LateBidWon) -> pl.LazyFrame:
    """Return one row per tender and supplier."""
    day, close, last = pl.col("decision_date"), pl.col("close"), pl.col("last_bid")
    won = (
        tables["contracts"]
        .filter(~undecided())
        .group_by(WINNER)
        .agg(members=members(), **total(), starts=day.min(), ends=day.max(), close=pl.col("tender_end").max())
    )
    bids = (
        tables["bids"]
        .filter(valid())
        .group_by(*TENDER, supplier_id="bidder_id")
        .agg(last_bid=pl.col("date").max())
    )
    return (
        won.join(bids, on=WINNER)
        .filter((last - close).dt.total_days() > params.days)
        .sort(pl.col("members").list.first())
        .select(*FINDING.names(), "last_bid")
    )


def tells(_params: LateBidWon) -> dict[str, pl.Expr]:
    """Tell who bought from whom, when bids closed, and when the winner's last one came."""
    return {
        **who(),
        "tender": pl.col("tender_id").first(),
        "title": pl.coalesce("title", "tender_id").min(),
        "close": pl.col("tender_end").max(),
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
        "contracts": frozenset({"tender_id", "supplier_id", "tender_end"}),
        "bids": frozenset({"tender_id", "bidder_id", "date"}),
    },
    uses={"contracts": READ | {"source", "status"}, "bids": frozenset({"source", "status"})},
    shard_by=None,
    params=LateBidWon,
    find=find,
    tells=tells,
    message="{buyer_name}: {supplier_name} won tender {tender} with a bid of {last_bid}; bids closed on "
    "{close}: why was it taken?",
    page=__doc__,
    since="0.1",
)
