"""Two bidders meet in tender after tender, and the same one of them wins.

Why it matters
--------------
Where firms agree who is to win, the others bid for cover. A bidder who follows another from tender to tender,
and loses to it each time, may be there for that; or the two do the same work in the same place.

Formula
-------
For each two bidders of a data source, the tenders in which both made a valid bid and one of the two, or both,
won something are counted. The bids of both in them are a finding when

    tenders >= min_tenders        and        tenders that only this one of them won >= min_share * tenders

Bidders are known by number, and of several bids of one in a tender the first is named. Awards that came to
nothing, or may yet change, are none.

Threshold
---------
- `min_tenders`: 4, a default of this project.
- `min_share`: 1, a default of this project: one of the two wins whenever either does.

No file at hand has bids in many tenders beside winners, so that there is no measured rate.

False positives
---------------
- Markets of a few firms, one of which is the cheapest.
- Firms of one group that bid apart for reasons of law.
- Tenders by lots, in which bidders do not meet.

What would settle it
--------------------
The bids of both in these tenders with who signed them, and the register's entries of their owners.

Worked example
--------------
With the default settings. S1 and S2 met in four tenders that S1 won (A), and so did S1 and S0 (B). S3 met S1
in three of them; its bid in T4 was rejected, T5 and T6 have no winner. S6 won four, but of these one beside
S5 and one beside S7. S12 and S2 met in four, of which one is in another source.

contracts:

|source|tender_id|supplier_id|is_void|status |
|------|---------|-----------|-------|-------|
|one   |T1       |S1         |       |active |
|one   |T1       |S1         |       |active |
|one   |T2       |S1         |no     |       |
|one   |T3       |S1         |       |active |
|one   |T4       |S1         |       |active |
|one   |T5       |S1         |yes    |       |
|one   |T6       |S1         |       |Pending|
|one   |V1       |S6         |       |       |
|one   |V2       |S6         |       |       |
|one   |V3       |S6         |       |       |
|one   |V4       |S6         |       |       |
|one   |V1       |S5         |       |       |
|one   |V4       |S7         |       |       |
|one   |W1       |S12        |       |       |
|one   |W2       |S12        |       |       |
|one   |W3       |S12        |       |       |
|two   |W3       |S12        |       |       |

bids:

|source|tender_id|bidder_id|status  |date      |finding|
|------|---------|---------|--------|----------|-------|
|two   |T1       |S1       |valid   |          |       |
|two   |T1       |S2       |valid   |          |       |
|one   |T1       |S1       |valid   |2024-03-01|A B    |
|one   |T2       |S1       |valid   |2024-06-01|A B    |
|one   |T3       |S1       |valid   |2024-02-01|A B    |
|one   |T4       |S1       |valid   |          |A B    |
|one   |T5       |S1       |valid   |          |       |
|one   |T6       |S1       |valid   |          |       |
|one   |T1       |S2       |valid   |2024-01-02|A      |
|one   |T1       |S2       |valid   |2024-07-02|       |
|one   |T2       |S2       |valid   |          |A      |
|one   |T3       |S2       |valid   |          |A      |
|one   |T4       |S2       |valid   |          |A      |
|one   |T5       |S2       |valid   |          |       |
|one   |T1       |S3       |valid   |          |       |
|one   |T2       |S3       |valid   |          |       |
|one   |T3       |S3       |valid   |          |       |
|one   |T4       |S3       |rejected|          |       |
|one   |T5       |S3       |valid   |          |       |
|one   |T6       |S3       |valid   |          |       |
|one   |V1       |S5       |valid   |          |       |
|one   |V2       |S5       |valid   |          |       |
|one   |V3       |S5       |valid   |          |       |
|one   |V4       |S5       |valid   |          |       |
|one   |V1       |S6       |valid   |          |       |
|one   |V2       |S6       |valid   |          |       |
|one   |V3       |S6       |valid   |          |       |
|one   |V4       |S6       |valid   |          |       |
|one   |V1       |S7       |valid   |          |       |
|one   |V2       |S7       |valid   |          |       |
|one   |V3       |S7       |valid   |          |       |
|one   |V4       |S7       |valid   |          |       |
|one   |W1       |S12      |valid   |          |       |
|one   |W1       |S2       |valid   |          |       |
|one   |W2       |S12      |valid   |          |       |
|one   |W2       |S2       |valid   |          |       |
|one   |W3       |S12      |valid   |          |       |
|one   |W3       |S2       |valid   |          |       |
|two   |W3       |S12      |valid   |          |       |
|two   |W3       |S2       |valid   |          |       |
|one   |T1       |S0       |valid   |          |B      |
|one   |T2       |S0       |valid   |          |B      |
|one   |T3       |S0       |valid   |          |B      |
|one   |T4       |S0       |valid   |          |B      |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R053. IMCO, collusion.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._bids import READ
from spendaudit.rules._rivals import meetings, of_rivals, wins
from spendaudit.rules._rule import Params, Precision, Rule, Stage
from spendaudit.rules._shares import at_least


class SameCompanySameWinner(Params):
    """Settings of BID012."""

    min_tenders: int = Field(4, ge=2, le=10_000, description="fewest tenders in which the two met")
    min_share: Decimal = Field(
        Decimal(1), ge=0, le=1, decimal_places=4, description="least share of them that one of the two won"
    )


def find(tables: Tables, params: SameCompanySameWinner) -> pl.LazyFrame:
    """Return one row per two bidders."""
    won = wins(tables["contracts"], won=pl.lit(value=True))
    one, other = pl.col("won").is_not_null(), pl.col("won_right").is_not_null()
    return of_rivals(
        meetings(tables["bids"], won).filter(one | other),
        pl.col("tenders") >= params.min_tenders,
        at_least(pl.col("wins"), params.min_share, pl.col("tenders")),
        tenders=pl.len(),
        wins=pl.max_horizontal((~other).sum(), (~one).sum()),
    )


def tells(_params: SameCompanySameWinner) -> dict[str, pl.Expr]:
    """Tell in how many tenders the two met, and how many one of them won."""
    return {
        "tenders": pl.col("tenders").first(),
        "wins": pl.col("wins").first(),
        "first_tender": pl.col("tender_id").min(),
        "last_tender": pl.col("tender_id").max(),
    }


RULE: Final = Rule(
    id="BID012",
    name="same-company-same-winner",
    ocp=("R053",),
    severity=Severity.LOW,
    precision=Precision.HIGH,
    stage=Stage.TENDER,
    subject="bids",
    needs={
        "bids": frozenset({"tender_id", "bidder_id"}),
        "contracts": frozenset({"tender_id", "supplier_id"}),
    },
    uses={"bids": READ | {"status"}, "contracts": frozenset({"source", "is_void", "status", "award_status"})},
    shard_by=None,
    params=SameCompanySameWinner,
    find=find,
    tells=tells,
    message="two bidders met in {tenders} tenders, among them {first_tender} and {last_tender}, and one of "
    "them won {wins}: what does the other bid for?",
    page=__doc__,
    since="0.1",
)
