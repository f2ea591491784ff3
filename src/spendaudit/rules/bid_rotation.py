"""Two bidders who meet in tender after tender win in turn.

Why it matters
--------------
Firms that agree on prices share out what there is to win: once for you, once for me. Each looks like a rival
of the other, and neither ever wins twice in a row.

Formula
-------
For each two bidders of a data source, the tenders in which both made a valid bid and only one of the two won
are put in the order of their decisions. The bids of both in them are a finding when

    tenders >= min_tenders  and  times that the winner was not the last one >= min_share * (tenders - 1)

Bidders are known by number, and of several bids of one in a tender the first is named. Awards that came to
nothing, or may yet change, are none. Of tenders decided on one day, the smaller number comes first.

Threshold
---------
- `min_tenders`: 5, and `min_share`: 1, defaults of this project. Two who win by the toss of a coin take turns
  in five tenders once in 16 cases.

False positives
---------------
- Markets of two firms whose capacity is taken up by the last contract.
- Renewals by turns: each firm keeps its own clients, whose terms end in turn.

What would settle it
--------------------
The bids of both with who signed them, and what the losing bid of each was calculated from.

Worked example
--------------
With the default settings. By the days, S1 and S2 won five tenders in turn (A), whoever won others between
them. S1 and S4 did in four: the fifth was won in another source, came to nothing, may change, has no date, or
the bid of S4 was rejected. Of S0 and S2 one won twice in a row.

contracts:

|source|tender_id|supplier_id|award_date|is_void|status |
|------|---------|-----------|----------|-------|-------|
|one   |A5       |S1         |2024-01-05|       |active |
|one   |A4       |S2         |2024-02-05|       |active |
|one   |A4       |S2         |2024-06-05|       |active |
|two   |A4       |S2         |2023-01-05|       |active |
|one   |A1       |S1         |2024-03-05|       |active |
|one   |A2       |S2         |2024-04-05|       |active |
|one   |A3       |S1         |2024-05-05|       |active |
|one   |A6       |S9         |2024-03-20|       |active |
|one   |A7       |S1         |2024-03-21|       |active |
|one   |A7       |S2         |2024-03-21|       |active |
|one   |B2       |S4         |2024-02-05|       |active |
|one   |B4       |S4         |2024-04-05|       |active |
|two   |B5       |S1         |2024-06-05|       |active |
|one   |B6       |S1         |2024-06-05|yes    |active |
|one   |B7       |S4         |2024-01-01|       |Pending|
|one   |B8       |S1         |2024-06-05|       |active |
|one   |B9       |S4         |          |       |active |
|one   |D1       |S0         |2024-01-05|       |active |
|one   |D3       |S0         |2024-03-05|       |active |
|one   |D5       |S2         |2024-05-05|       |active |

bids:

|source|tender_id|bidder_id|status  |date      |finding|
|------|---------|---------|--------|----------|-------|
|two   |A1       |S1       |valid   |          |       |
|two   |A1       |S2       |valid   |          |       |
|two   |B5       |S1       |valid   |          |       |
|two   |B5       |S4       |valid   |          |       |
|one   |A5       |S1       |valid   |2024-01-01|A      |
|one   |A5       |S2       |valid   |2023-12-30|A      |
|one   |A5       |S2       |valid   |2024-01-03|       |
|one   |A4       |S1       |valid   |2024-01-01|A      |
|one   |A4       |S2       |valid   |2024-01-01|A      |
|one   |A1       |S1       |valid   |2024-01-01|A      |
|one   |A1       |S2       |valid   |2024-01-01|A      |
|one   |A2       |S1       |valid   |2024-01-01|A      |
|one   |A2       |S2       |valid   |2024-01-01|A      |
|one   |A3       |S1       |valid   |2024-01-01|A      |
|one   |A3       |S2       |valid   |2024-01-01|A      |
|one   |A6       |S1       |valid   |          |       |
|one   |A6       |S2       |valid   |          |       |
|one   |A7       |S1       |valid   |          |       |
|one   |A7       |S2       |valid   |          |       |
|one   |A5       |S4       |valid   |          |       |
|one   |A1       |S4       |valid   |          |       |
|one   |B2       |S1       |valid   |          |       |
|one   |B2       |S4       |valid   |          |       |
|one   |B4       |S1       |valid   |          |       |
|one   |B4       |S4       |valid   |          |       |
|one   |B5       |S1       |valid   |          |       |
|one   |B5       |S4       |valid   |          |       |
|one   |B6       |S1       |valid   |          |       |
|one   |B6       |S4       |valid   |          |       |
|one   |B7       |S1       |valid   |          |       |
|one   |B7       |S4       |valid   |          |       |
|one   |B8       |S1       |valid   |          |       |
|one   |B8       |S4       |rejected|          |       |
|one   |B9       |S1       |valid   |          |       |
|one   |B9       |S4       |valid   |          |       |
|one   |A4       |S0       |valid   |          |       |
|one   |A2       |S0       |valid   |          |       |
|one   |D1       |S0       |valid   |          |       |
|one   |D1       |S2       |valid   |          |       |
|one   |D3       |S0       |valid   |          |       |
|one   |D3       |S2       |valid   |          |       |
|one   |D5       |S0       |valid   |          |       |
|one   |D5       |S2       |valid   |          |       |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R057. Open tender watch, B1.
- OECD, Guidelines for fighting bid rigging in public procurement (2012): bid rotation.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import TOTAL, Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._bids import READ
from spendaudit.rules._rivals import meetings, of_rivals, wins
from spendaudit.rules._rule import Params, Precision, Rule, Stage
from spendaudit.rules._shares import at_least


class BidRotation(Params):
    """Settings of BID011."""

    min_tenders: int = Field(5, ge=3, le=10_000, description="fewest tenders that one of the two won")
    min_share: Decimal = Field(
        Decimal(1), ge=0, le=1, decimal_places=4, description="least share of times that the winner changed"
    )


def find(tables: Tables, params: BidRotation) -> pl.LazyFrame:
    """Return one row per two bidders."""
    won = wins(tables["contracts"], won_on=pl.col("decision_date").min())
    one, other = pl.col("won_on").is_not_null(), pl.col("won_on_right").is_not_null()
    met = (
        meetings(tables["bids"], won)
        .filter(one ^ other)
        .with_columns(first_won=one, day=pl.coalesce("won_on", "won_on_right"))
    )
    winner = pl.col("first_won").sort_by("day", "tender_id")
    tenders, turns = pl.col("tenders").cast(TOTAL), pl.col("turns").cast(TOTAL)
    return of_rivals(
        met,
        pl.col("tenders") >= params.min_tenders,
        at_least(turns, params.min_share, tenders - 1),
        tenders=pl.len(),
        turns=(winner != winner.shift()).sum(),
    )


def tells(_params: BidRotation) -> dict[str, pl.Expr]:
    """Tell in how many tenders the two met, and how many times the winner changed."""
    return {
        "tenders": pl.col("tenders").first(),
        "turns": pl.col("turns").first(),
        "first_tender": pl.col("tender_id").min(),
        "last_tender": pl.col("tender_id").max(),
    }


RULE: Final = Rule(
    id="BID011",
    name="bid-rotation",
    ocp=("R057",),
    severity=Severity.MEDIUM,
    precision=Precision.MEDIUM,
    stage=Stage.TENDER,
    subject="bids",
    needs={
        "bids": frozenset({"tender_id", "bidder_id"}),
        "contracts": frozenset({"tender_id", "supplier_id", "decision_date"}),
    },
    uses={"bids": READ | {"status"}, "contracts": frozenset({"source", "is_void", "status", "award_status"})},
    shard_by=None,
    params=BidRotation,
    find=find,
    tells=tells,
    message="one of two bidders won each of {tenders} tenders, among them {first_tender} and {last_tender}, "
    "and {turns} times it was the other than before: do they compete?",
    page=__doc__,
    since="0.1",
)
