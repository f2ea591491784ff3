"""The bids of one tender lie very far apart.

Why it matters
--------------
Firms that read the same terms come to prices of one order. Where the highest is many times the lowest, bids
were made to lose, the terms meant different things to different bidders, or somebody knew more.

Formula
-------
The valid bids of a tender in one currency are a finding when at least `min_bidders` bidders made them, and

    highest bid >= times * lowest bid

Bids of nothing do not count, nor those that were disqualified, rejected, withdrawn, or never opened. Several
who bid together are one bidder. Tenders whose contracts all came to nothing are left out. The amount of a
finding is the distance between the two.

Threshold
---------
- `times`: 3, a default of this project.
- `min_bidders`: 3, a default of this project: of two bids one may have been a slip.

Viespirkiai finds bids far apart in 5.8 % of procurements in Lithuania.

False positives
---------------
- Tenders by lots: one bid for all of them beside bids for one.
- Unit prices beside totals; slips of a decimal point.
- Works that may be done in very different ways.

What would settle it
--------------------
The bids with their prices item by item, and the estimate that the tender was made with.

Worked example
--------------
With the default settings. In T1 the highest of three bids is three times the lowest (A), in T2 a cent less.
T3 has two bidders, one of whom bid twice, and a bid of nobody known. What is lower or higher in T4 is
nothing, rejected, withdrawn or in dollars. T5 came to nothing, T6 in part (B). T7 is a tender of two sources,
and has three bidders in one (C). Bids for T8 lie far apart in pesos (D), and in dollars (E).
Bidders of T9 have references alone (F).

contracts:

|source|tender_id|is_void|
|------|---------|-------|
|one   |T5       |yes    |
|one   |T6       |yes    |
|one   |T6       |no     |
|two   |T7       |       |

bids:

|source|tender_id|bidder_id|bidder_name|amount|currency|status   |date      |finding|
|------|---------|---------|-----------|------|--------|---------|----------|-------|
|one   |T1       |S1       |Ash        |100.00|CLP     |valid    |2024-03-01|A      |
|one   |T1       |S2       |Bay        |200.00|CLP     |         |2024-03-04|A      |
|one   |T1       |S3       |Cob        |300.00|CLP     |valid    |          |A      |
|one   |T1       |S4       |Elm        |100.00|USD     |valid    |          |       |
|one   |T2       |S1       |Ash        |100.00|CLP     |valid    |          |       |
|one   |T2       |S2       |Bay        |200.00|CLP     |valid    |          |       |
|one   |T2       |S3       |Cob        |299.99|CLP     |valid    |          |       |
|one   |T3       |S1       |Ash        |100.00|CLP     |valid    |          |       |
|one   |T3       |S2       |Bay        |200.00|CLP     |valid    |          |       |
|one   |T3       |S2       |Bay Ltd.   |300.00|CLP     |valid    |          |       |
|one   |T3       |         |           |250.00|CLP     |valid    |          |       |
|one   |T4       |S1       |Ash        |100.00|CLP     |valid    |          |       |
|one   |T4       |S2       |Bay        |110.00|CLP     |valid    |          |       |
|one   |T4       |S3       |Cob        |120.00|CLP     |valid    |          |       |
|one   |T4       |S4       |Elm        |  0.00|CLP     |valid    |          |       |
|one   |T4       |S5       |Fir        | 10.00|CLP     |Rejected |          |       |
|one   |T4       |S6       |Gum        |900.00|CLP     |withdrawn|          |       |
|one   |T4       |S7       |Oak        |900.00|USD     |valid    |          |       |
|one   |T5       |S1       |Ash        |100.00|CLP     |valid    |          |       |
|one   |T5       |S2       |Bay        |200.00|CLP     |valid    |          |       |
|one   |T5       |S3       |Cob        |300.00|CLP     |valid    |          |       |
|one   |T6       |         |Ash        |  1.00|CLP     |valid    |          |B      |
|one   |T6       |         |Bay        |200.00|CLP     |valid    |          |B      |
|one   |T6       |         |Cob        |400.00|CLP     |valid    |          |B      |
|one   |T7       |S1       |Ash        |100.00|CLP     |valid    |          |       |
|one   |T7       |S2       |Bay        |300.00|CLP     |valid    |          |       |
|two   |T7       |S1       |Ash        |100.00|CLP     |valid    |          |C      |
|two   |T7       |S2       |Bay        |100.00|CLP     |valid    |          |C      |
|two   |T7       |S3       |Cob        |300.00|CLP     |valid    |          |C      |
|one   |T8       |S1       |Ash        |100.00|CLP     |valid    |          |D      |
|one   |T8       |S2       |Bay        |200.00|CLP     |valid    |          |D      |
|one   |T8       |S3       |Cob        |300.00|CLP     |valid    |          |D      |
|one   |T8       |S1       |Ash        |100.00|USD     |valid    |          |E      |
|one   |T8       |S2       |Bay        |200.00|USD     |valid    |          |E      |
|one   |T8       |S3       |Cob        |300.00|USD     |valid    |          |E      |

bids:

|source|tender_id|bidder_refs|amount|currency|finding|
|------|---------|-----------|------|--------|-------|
|one   |T9       |R1         |100.00|CLP     |F      |
|one   |T9       |R2         |200.00|CLP     |F      |
|one   |T9       |R3         |300.00|CLP     |F      |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R022. Viespirkiai (Lithuania).
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import TOTAL, Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._bids import BIDDER, CONTRACTS, READ, TENDER, bidder, standing, valid
from spendaudit.rules._gathered import gathered
from spendaudit.rules._rule import Params, Precision, Rule, Stage
from spendaudit.rules._shares import at_least

PRICED: Final = (*TENDER, "currency")


class WideSpreadOfBids(Params):
    """Settings of BID009."""

    times: Decimal = Field(
        Decimal(3),
        gt=1,
        le=1000,
        decimal_places=4,
        description="how many times the lowest bid the highest is",
    )
    min_bidders: int = Field(3, ge=2, le=1000, description="fewest bidders")


def find(tables: Tables, params: WideSpreadOfBids) -> pl.LazyFrame:
    """Return one row per tender and currency."""
    amount, lowest, highest = pl.col("amount"), pl.col("lowest"), pl.col("highest")
    bids = standing(tables["bids"], tables).filter(valid(), amount > 0)
    wide = (
        bids.group_by(PRICED)
        .agg(lowest=amount.min(), highest=amount.max(), bidders=bidder().n_unique())
        .filter(at_least(highest, params.times, lowest), pl.col("bidders") >= params.min_bidders)
    )
    told = {name: pl.col(name).first() for name in ("lowest", "highest", "bidders")}
    return gathered(
        bids.join(wide, on=PRICED).with_columns(priced_in="currency"),
        (*TENDER, "priced_in"),
        "date",
        amount=(highest.first().cast(TOTAL) - lowest.first().cast(TOTAL)),
        **told,
    )


def tells(_params: WideSpreadOfBids) -> dict[str, pl.Expr]:
    """Tell in which tender how many bidders asked what, at least and at most."""
    return {
        "tender": pl.col("tender_id").first(),
        **{name: pl.col(name).first() for name in ("lowest", "highest", "bidders")},
    }


RULE: Final = Rule(
    id="BID009",
    name="wide-spread-of-bids",
    ocp=("R022",),
    severity=Severity.LOW,
    precision=Precision.LOW,
    stage=Stage.TENDER,
    subject="bids",
    needs={"bids": frozenset({"tender_id", "amount", "currency"})},
    either=BIDDER,
    uses={"bids": READ | BIDDER | {"status"}, "contracts": CONTRACTS},
    shard_by=None,
    params=WideSpreadOfBids,
    find=find,
    tells=tells,
    message="{bidders} bidders in tender {tender} asked between {lowest} and {highest}: did they price the "
    "same work?",
    page=__doc__,
    since="0.1",
)
