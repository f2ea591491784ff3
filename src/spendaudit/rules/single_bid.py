"""A tender in which several could bid brought one bid.

Why it matters
--------------
One bid is no competition: nobody offered less. Terms may have suited one supplier, time may have been short,
or others may have known who would win.

Formula
-------
A tender is a finding, with all contracts of it that were awarded so, when

    number_of_tenderers = 1

and its procedure is open or selective. Nothing bid, and a number that is not published, are not one bid.

Threshold
---------
- `invited`: no. With yes, it asks of procedures in which chosen suppliers were invited, too.
- `call_offs`: no. Orders under a framework repeat what was competed before; with yes, it asks of them, too.
- `left_out`: none. Details of methods whose tenders are left out.
- `cardinal`: no. With yes, a tender whose awards all came to nothing is judged, if it was not cancelled
  itself. Where no number is published, bidders are counted; Cardinal leaves such tenders out.

Cardinal (R018) takes the same two procedures, and call-offs. Single bids are common: 55 % of procurements in
Lithuania (Viespirkiai), 20 % of competed awards of the US Department of Labor in 2024, 3 % of 3,771 tenders
of Himachal Pradesh, by invitation nearly all. The EU's Single Market Scoreboard calls 20 % of a buyer's
tenders bad: the run warns above 20 %.

False positives
---------------
- Markets with few suppliers, small places, spare parts of one maker. Where most alike tenders bring one bid,
  one more says little: see `few-bidders`.
- Lots: the number of a whole tender beside each of its lots, or the other way round.
- Portals that count admitted bids, or winners, where others count bids.

What would settle it
--------------------
The tender's terms, the list of who asked for them, and the survey of the market before the call.

Worked example
--------------
With the default settings. One bid in an open and one in a selective tender (A, B), two and none in others. c5
and c6 were by invitation or direct, and of c7's method nothing is known. c8 and c9 are two lots of one tender
(C), c10 a third one with more bids; c11 is a tender of that number on another portal (D). c12 and c13 tell no
tender (E, F). c14 is a call-off, and c15 tells no number. t16, of two dates, is one finding (G).

contracts:

|source|contract_id|tender_id|buyer_name|procurement_method|number_of_tenderers|framework_id|finding|
|------|-----------|---------|----------|------------------|-------------------|------------|-------|
|one   |c1         |t1       |Hill      |open              |                  1|            |A      |
|one   |c2         |t2       |Hill      |selective         |                  1|            |B      |
|one   |c3         |t3       |Hill      |open              |                  2|            |       |
|one   |c4         |t4       |Hill      |open              |                  0|            |       |
|one   |c5         |t5       |Hill      |limited           |                  1|            |       |
|one   |c6         |t6       |Hill      |direct            |                  1|            |       |
|one   |c7         |t7       |Hill      |unknown           |                  1|            |       |
|one   |c8         |t8       |Hill      |open              |                  1|            |C      |
|one   |c9         |t8       |Hill      |open              |                  1|            |C      |
|one   |c10        |t8       |Hill      |open              |                  2|            |       |
|two   |c11        |t8       |Hill      |open              |                  1|            |D      |
|one   |c12        |         |Hill      |open              |                  1|            |E      |
|one   |c13        |         |Hill      |open              |                  1|            |F      |
|one   |c14        |t14      |Hill      |open              |                  1|f1          |       |
|one   |c15        |t15      |Hill      |open              |                   |            |       |

contracts:

|source|tender_id|buyer_name|procurement_method|award_date|number_of_tenderers|finding|
|------|---------|----------|------------------|----------|-------------------|-------|
|one   |t16      |Hill      |open              |2024-01-03|                  1|G      |
|one   |t16      |Hill      |open              |2024-02-03|                  1|G      |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R018; Cardinal, R018.
- European Commission, Single Market Scoreboard, public procurement: one bidder.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity, alone
from spendaudit.model.tables import Tables
from spendaudit.rules._cardinal import OfTenders
from spendaudit.rules._gathered import gathered
from spendaudit.rules._parties import date_basis, whose
from spendaudit.rules._rule import Precision, Rule, Stage


class SingleBid(OfTenders):
    """Settings of COM001."""

    invited: bool = Field(default=False, description="ask of procedures by invitation, too")
    call_offs: bool = Field(default=False, description="ask of orders under a framework, too")


def scope(params: SingleBid) -> pl.Expr:
    """Procedures in which several could bid."""
    methods = ["open", "selective", *(["limited"] if params.invited else [])]
    return pl.col("procurement_method").is_in(methods) & params.asked()


def find(tables: Tables, params: SingleBid) -> pl.LazyFrame:
    """Return one row per tender; a row without `tender_id` is a tender of its own."""
    competed = pl.col("framework_id").is_null() | params.call_offs
    bids = tables["contracts"].filter(pl.col("number_of_tenderers") == 1, competed)
    return gathered(bids.with_columns(alone=alone("tender_id")), ("source", "tender_id", "alone"))


def tells(_params: SingleBid) -> dict[str, pl.Expr]:
    """Tell who asked for what and how, and who won."""
    return {**whose(), "date_basis": date_basis()}


RULE: Final = Rule(
    id="COM001",
    name="single-bid",
    ocp=("R018",),
    severity=Severity.MEDIUM,
    precision=Precision.HIGH,
    stage=Stage.TENDER,
    subject="contracts",
    needs={"contracts": frozenset({"procurement_method", "number_of_tenderers"})},
    uses={
        "contracts": frozenset({"source", "tender_id", "framework_id", "amount", "currency", "decision_date"})
    },
    scope=scope,
    shard_by=("tender_id",),
    params=SingleBid,
    find=find,
    tells=tells,
    message="{buyer_name} asked for bids on {title:quoted} and received one: who else could have bid?",
    page=__doc__,
    since="0.1",
    ceiling=0.20,
)
