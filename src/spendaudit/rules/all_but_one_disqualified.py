"""All bids but the one that won were disqualified.

Why it matters
--------------
Who may sort out every rival decides who wins. Terms that one bidder alone can meet, and faults that others
are forgiven, leave a tender with competition on paper and a single bid in fact.

Formula
-------
A tender whose contracts all go to one supplier is a finding when that supplier alone made valid bids, and at
least `min_disqualified` other bidders have a bid that was disqualified or rejected (states `disqualified`,
`rejected` and `rechazada`). Bids that were withdrawn, invited or not judged yet count for nothing. Awards
that may yet change leave their tender out. Several who bid, or win, together are one.

Threshold
---------
- `min_disqualified`: 1, as Cardinal (R035) takes it.
- `left_out`: none. Details of methods whose tenders are left out.
- `cardinal`: no. With yes, each of several who bid together counts for itself, and states are those of OCDS
  to the letter: bids and awards without one count for nothing.

Viespirkiai finds this in 13.1 % of procurements in Lithuania: look for many of one buyer, or of one winner.
The run warns above 20 %, a default of this project that leaves room above that share.

False positives
---------------
- Bids that were bad, such as those of firms that are new to tenders.
- Tenders by lots, in which a bid counts for one lot.
- Bidders who are published under several numbers.

What would settle it
--------------------
The evaluation report with the fault of each rejected bid, and the letters that told the bidders.

Worked example
--------------
With the default settings. In T1 all but the winner were disqualified (A); a contract that tells neither who
won nor its state is not judged. In T2 another bid was valid, in T3 the winner's was not, in T4 nobody else
was disqualified, in T5 there are two winners, and T6 may change. T7 is a tender of two sources (B), and so is
T1 (C); in T8 nobody's bid was valid.

contracts:

|source|tender_id|buyer_name|supplier_id|award_date|amount|currency|status |finding|
|------|---------|----------|-----------|----------|------|--------|-------|-------|
|one   |T1       |Hill      |S1         |2024-01-03|100.00|CLP     |active |A      |
|one   |T1       |Hill      |S1         |2024-01-05|100.00|CLP     |active |A      |
|one   |T1       |Hill      |           |2024-01-06|100.00|CLP     |       |       |
|one   |T2       |Hill      |S1         |2024-01-03|100.00|CLP     |active |       |
|one   |T3       |Hill      |S1         |2024-01-03|100.00|CLP     |active |       |
|one   |T4       |Hill      |S1         |2024-01-03|100.00|CLP     |active |       |
|one   |T5       |Hill      |S1         |2024-01-03|100.00|CLP     |active |       |
|one   |T5       |Hill      |S2         |2024-01-03|100.00|CLP     |active |       |
|one   |T6       |Hill      |           |2024-01-03|100.00|CLP     |Pending|       |
|one   |T6       |Hill      |S1         |2024-01-03|100.00|CLP     |active |       |
|one   |T7       |Hill      |S3         |2024-01-03|100.00|CLP     |active |       |
|two   |T7       |Hill      |S1         |2024-01-03|100.00|CLP     |       |B      |
|two   |T1       |Hill      |S3         |2024-01-03|100.00|CLP     |active |C      |
|one   |T8       |Hill      |S1         |2024-01-03|100.00|CLP     |active |       |

bids:

|source|tender_id|bidder_id|status      |
|------|---------|---------|------------|
|one   |T1       |S1       |valid       |
|one   |T1       |S1       |disqualified|
|one   |T1       |S2       |Disqualified|
|one   |T1       |S2       |disqualified|
|one   |T1       |S3       |withdrawn   |
|one   |T2       |S1       |valid       |
|one   |T2       |S2       |disqualified|
|one   |T2       |S3       |valid       |
|one   |T3       |S1       |rejected    |
|one   |T3       |S2       |disqualified|
|one   |T3       |S3       |valid       |
|one   |T4       |S1       |valid       |
|one   |T4       |S1       |disqualified|
|one   |T4       |S2       |pending     |
|one   |T5       |S1       |valid       |
|one   |T5       |S3       |disqualified|
|one   |T6       |S1       |valid       |
|one   |T6       |S2       |disqualified|
|one   |T7       |S3       |valid       |
|two   |T7       |S1       |Seleccionada|
|two   |T7       |S2       |Rechazada   |
|two   |T1       |S3       |valid       |
|two   |T1       |S4       |disqualified|
|one   |T7       |S4       |valid       |
|one   |T7       |S5       |disqualified|
|one   |T8       |S1       |disqualified|
|one   |T8       |S2       |disqualified|

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R035, and Cardinal's R035.
- Ukraine: prozorro-risks 3-2, State Audit Service RISK2-13. opentender.eu, I11.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules import _cardinal
from spendaudit.rules._bids import AWARDS, TENDER, beside, of_tenders, one_winner, refused, valid
from spendaudit.rules._cardinal import OfTenders
from spendaudit.rules._gathered import READ
from spendaudit.rules._parties import who
from spendaudit.rules._rule import Precision, Rule, Stage


class AllButOneDisqualified(OfTenders):
    """Settings of BID006."""

    min_disqualified: int = Field(1, ge=1, le=1000, description="fewest other bidders that were disqualified")


def scope(params: AllButOneDisqualified) -> pl.Expr:
    """Tenders that are not left out."""
    return params.asked()


def find(tables: Tables, params: AllButOneDisqualified) -> pl.LazyFrame:
    """Return one row per tender."""
    contracts, name, cardinal = tables["contracts"], pl.col("name"), params.cardinal
    could_win = _made_by(tables["bids"].filter(valid(cardinal=cardinal)), params)
    out = _made_by(tables["bids"].filter(refused(cardinal=cardinal)), params).cache()
    # In most tenders nobody was disqualified.
    of_one = (
        beside(could_win, out.select(TENDER).unique())
        .group_by(TENDER)
        .agg(alone=name.min(), last=name.max())
        .filter(pl.col("alone") == pl.col("last"))
        .select(*TENDER, "alone")
    )
    alone = pl.col("alone")
    won = one_winner(beside(contracts, of_one), cardinal=cardinal, awards=None, alone=alone.first())
    judged = (
        beside(out, won.filter(alone == pl.col("winner")))
        .filter(name != alone)
        .group_by(TENDER)
        .agg(disqualified=name.n_unique())
        .filter(pl.col("disqualified") >= params.min_disqualified)
    )
    members = contracts.filter(_cardinal.active()) if cardinal else contracts
    return of_tenders(members, judged, "disqualified")


def _made_by(bids: pl.LazyFrame, params: AllButOneDisqualified) -> pl.LazyFrame:
    """Tell who made which bids (`name`)."""
    made = bids.select(*TENDER, name=_cardinal.bidder(cardinal=params.cardinal).to_physical())
    return _cardinal.each(made, "name") if params.cardinal else made


def tells(_params: AllButOneDisqualified) -> dict[str, pl.Expr]:
    """Tell who bought from whom in which tender, and how many other bidders were disqualified."""
    return {
        **who(),
        "tender": pl.col("tender_id").first(),
        "title": pl.coalesce("title", "tender_id").min(),
        "disqualified": pl.col("disqualified").first(),
    }


RULE: Final = Rule(
    id="BID006",
    name="all-but-one-disqualified",
    ocp=("R035",),
    severity=Severity.MEDIUM,
    precision=Precision.HIGH,
    stage=Stage.TENDER,
    subject="contracts",
    needs={
        "contracts": frozenset({"tender_id"}),
        "bids": frozenset({"tender_id", "status"}),
    },
    either=frozenset({"supplier_id", "supplier_refs", "status"}),
    either_of={"bids": frozenset({"bidder_id", "bidder_refs"})},
    uses={"contracts": AWARDS | READ, "bids": frozenset({"source", "bidder_id", "bidder_refs"})},
    scope=scope,
    shard_by=None,
    params=AllButOneDisqualified,
    find=find,
    tells=tells,
    ceiling=0.20,
    message="{buyer_name}: {supplier_name} won tender {tender} after all other bidders "
    "({disqualified}) had been disqualified: for which faults?",
    page=__doc__,
    since="0.1",
)
