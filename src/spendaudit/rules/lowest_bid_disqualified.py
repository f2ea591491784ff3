"""The lowest bid of a tender was disqualified.

Why it matters
--------------
Where price decides, disqualifying the lowest bid decides who wins, and costs the difference. The record of
opening the bids says which fault it had; the same fault may have been forgiven to another.

Formula
-------
A tender with a valid bid is a finding when

    lowest bid that was disqualified or rejected <= lowest of all others

Bids of nothing, and those that were withdrawn, or only invited, count for nothing. The states are
those of BID006. Tenders with bids in several currencies are left out, and those that all their awards leave
open. The amount of a finding is the difference.

Threshold
---------
There is none. Cardinal (R036) counts a disqualified bid that equals the lowest valid one, too.

Viespirkiai finds 6.3 % of procurements in Lithuania.

False positives
---------------
- Bids that were too low to be meant: the law has them explained, and rejected if they are not.
- Bids with a slip, for a part of the work, or in unit prices.
- Tenders by lots; tenders in which price decides little.

What would settle it
--------------------
The evaluation report with the reason for the rejection, and the bidder's complaint, if it made one.

Worked example
--------------
In T1 and T2 the lowest bid was disqualified, being lower than the lowest valid one, or equal to it (A, B). In
T3 a valid one is a cent lower; in T4 no bid is valid. What is lower in T5 is nothing, withdrawn, or not
judged yet; T6 has two currencies; T7 is open, and T8 in part (C). T9 is a tender of two sources (D).

contracts:

|source|tender_id|buyer_name|supplier_name|award_date|status |finding|
|------|---------|----------|-------------|----------|-------|-------|
|one   |T1       |Hill      |Ash          |2024-01-03|active |A      |
|one   |T1       |Hill      |Bay          |2024-01-05|active |A      |
|one   |T2       |Hill      |             |2024-01-03|       |B      |
|one   |T3       |Hill      |Ash          |2024-01-03|active |       |
|one   |T4       |Hill      |Ash          |2024-01-03|active |       |
|one   |T5       |Hill      |Ash          |2024-01-03|active |       |
|one   |T6       |Hill      |Ash          |2024-01-03|active |       |
|one   |T7       |Hill      |Ash          |2024-01-03|Pending|       |
|one   |T8       |Hill      |Ash          |2024-01-03|invalid|       |
|one   |T8       |Hill      |Bay          |2024-01-03|active |C      |
|one   |T9       |Hill      |Ash          |2024-01-03|active |       |
|two   |T9       |Hill      |Ash          |2024-01-03|active |D      |

bids:

|source|tender_id|amount|currency|status      |
|------|---------|------|--------|------------|
|one   |T1       |100.00|CLP     |disqualified|
|one   |T1       |300.00|CLP     |disqualified|
|one   |T1       |200.00|CLP     |valid       |
|one   |T1       |150.00|CLP     |valid       |
|one   |T2       |100.00|CLP     |rejected    |
|one   |T2       |100.00|CLP     |valid       |
|one   |T3       |100.00|CLP     |disqualified|
|one   |T3       | 99.99|CLP     |valid       |
|one   |T3       |200.00|CLP     |valid       |
|one   |T4       |100.00|CLP     |disqualified|
|one   |T4       |200.00|CLP     |withdrawn   |
|one   |T5       |  0.00|CLP     |disqualified|
|one   |T5       |100.00|CLP     |withdrawn   |
|one   |T5       |200.00|CLP     |valid       |
|one   |T6       |100.00|CLP     |disqualified|
|one   |T6       |200.00|USD     |valid       |
|one   |T5       |150.00|CLP     |disqualified|
|one   |T5       |120.00|CLP     |pending     |
|one   |T7       |100.00|CLP     |disqualified|
|one   |T7       |200.00|CLP     |valid       |
|one   |T8       |100.00|CLP     |disqualified|
|one   |T8       |200.00|CLP     |valid       |
|one   |T9       |200.00|CLP     |Seleccionada|
|two   |T9       |100.00|CLP     |Rechazada   |
|two   |T9       |200.00|CLP     |Seleccionada|

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R036, and Cardinal's R036.
- tlevine/red-flags, and the World Bank's red flags (2018).
"""

from typing import Final

import polars as pl

from spendaudit.model.findings import FINDING, TOTAL, Severity, members
from spendaudit.model.tables import Tables
from spendaudit.rules._bids import TENDER, refused, submitted, undecided, valid
from spendaudit.rules._parties import party
from spendaudit.rules._rule import Params, Precision, Rule, Stage


class LowestBidDisqualified(Params):
    """BID007 has no settings."""


def find(tables: Tables, _params: LowestBidDisqualified) -> pl.LazyFrame:
    """Return one row per tender."""
    amount, day = pl.col("amount"), pl.col("decision_date")
    lowest, valued = pl.col("lowest"), pl.col("valued")
    compared = (
        tables["bids"]
        .filter(amount > 0)
        .group_by(TENDER)
        .agg(
            lowest=amount.filter(refused()).min(),
            valued=amount.filter(valid()).min(),
            others=amount.filter(submitted(), ~refused()).min(),
            currencies=pl.col("currency").filter(submitted()).n_unique(),
            currency=pl.col("currency").filter(submitted()).first(),
        )
        .filter(lowest <= pl.col("others"), valued.is_not_null(), pl.col("currencies") == 1)
    )
    return (
        tables["contracts"]
        .filter(~undecided())
        .group_by(TENDER)
        .agg(members=members(), starts=day.min(), ends=day.max())
        .join(compared, on=TENDER)
        .with_columns(amount=(valued - lowest).cast(TOTAL))
        .sort(pl.col("members").list.first())
        .select(*FINDING.names(), "lowest", "valued")
    )


def tells(_params: LowestBidDisqualified) -> dict[str, pl.Expr]:
    """Tell who asked for what, and which bids were the lowest."""
    return {
        "buyer_name": party("buyer").min(),
        "tender": pl.col("tender_id").first(),
        "title": pl.coalesce("title", "tender_id").min(),
        "lowest": pl.col("lowest").first(),
        "lowest_valid": pl.col("valued").first(),
    }


RULE: Final = Rule(
    id="BID007",
    name="lowest-bid-disqualified",
    ocp=("R036",),
    severity=Severity.LOW,
    precision=Precision.HIGH,
    stage=Stage.TENDER,
    subject="contracts",
    needs={
        "contracts": frozenset({"tender_id"}),
        "bids": frozenset({"tender_id", "amount", "currency", "status"}),
    },
    uses={"contracts": frozenset({"source", "decision_date", "status"}), "bids": frozenset({"source"})},
    shard_by=None,
    params=LowestBidDisqualified,
    find=find,
    tells=tells,
    message="{buyer_name}, tender {tender}: a bid of {lowest} was disqualified, the lowest valid one is "
    "{lowest_valid}: for which fault?",
    page=__doc__,
    since="0.1",
)
