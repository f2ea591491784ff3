"""The call for bids was published after the contract had been decided.

Why it matters
--------------
Only who hears of a tender can bid. A procedure that was announced when all was decided was open to those who
knew of it.

Formula
-------
A tender in which several could bid (open, selective or limited) is a finding when

    tender_start - decided > days

where `decided` is the later one of award and signature, or `decision_date` where neither is known: an award
that is dated before its call, and a signature after it, more likely hold a slip than a secret. All contracts
of a tender with these dates are one finding. `same-day-award` asks of calls on the day itself. A call whose
date is not published is no finding: portals leave out dates, and nothing tells a date that was left out from
a call that was never published.

Threshold
---------
- `days`: 0, a default of this project.

Of 537 contracts in four samples of CompraNet 0.6 % are flagged, of 3,771 tenders in India none.

False positives
---------------
- Dates that were typed into each other's place, or with a wrong year.
- A second call, whose date stands in the place of the first.
- A decision that goes by the start of the contract (see `date_basis`), which may be a plan.
- Orders under a framework, where portals tell the dates of another act.

What would settle it
--------------------
The notice as it was first published, with its date, and the decision with the day of its signature.

Worked example
--------------
With the default settings. The calls of t1 and t2 are of the day of the decision and of the day after (A). t3
was by invitation (B), t4 selective (C), t5 awarded directly, the method of t6 unknown. Two lots of t7 are one
finding (D), two tenders without a number are two (E, F), and another portal has its own t7 (G). t8 has no
award: it was decided when it was signed (H). t9 was signed on the day of its call, t10 before both (I), and
t11 tells the start of its contract alone (J). The lots of t12 were decided on two days (K, L).

contracts:

|source|tender_id|buyer_name|procurement_method|tender_start|award_date|date_signed|contract_start|finding|
|------|---------|----------|------------------|------------|----------|-----------|--------------|-------|
|one   |t1       |Hill      |open              |2024-03-08  |2024-03-08|           |              |       |
|one   |t2       |Hill      |open              |2024-03-09  |2024-03-08|           |              |A      |
|one   |t3       |Hill      |limited           |2024-03-09  |2024-03-08|           |              |B      |
|one   |t4       |Hill      |selective         |2024-03-09  |2024-03-08|           |              |C      |
|one   |t5       |Hill      |direct            |2024-03-09  |2024-03-08|           |              |       |
|one   |t6       |Hill      |unknown           |2024-03-09  |2024-03-08|           |              |       |
|one   |t7       |Hill      |open              |2024-03-09  |2024-03-08|           |              |D      |
|one   |t7       |Hill      |open              |2024-03-09  |2024-03-08|           |              |D      |
|one   |         |Hill      |open              |2024-03-09  |2024-03-08|           |              |E      |
|one   |         |Hill      |open              |2024-03-09  |2024-03-08|           |              |F      |
|two   |t7       |Hill      |open              |2024-03-09  |2024-03-08|           |              |G      |
|one   |t8       |Hill      |open              |2024-03-09  |          |2024-03-08 |              |H      |
|one   |t9       |Hill      |open              |2024-03-09  |2024-03-08|2024-03-09 |              |       |
|one   |t10      |Hill      |open              |2024-03-09  |2024-03-08|2024-03-07 |              |I      |
|one   |t11      |Hill      |open              |2024-03-09  |          |           |2024-03-08    |J      |
|one   |t12      |Hill      |open              |2024-03-09  |2024-03-08|           |              |K      |
|one   |t12      |Hill      |open              |2024-03-09  |2024-03-07|           |              |L      |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R004.
- imco/IRC 2024: calls that are published after the contract begins.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._day_gaps import OF_TENDER, days, per_tender
from spendaudit.rules._methods import competitive
from spendaudit.rules._parties import date_basis, whose
from spendaudit.rules._rule import Params, Rule, Stage


class CallAfterDecision(Params):
    """Settings of COM006."""

    days: int = Field(0, ge=0, le=366, description="days after the decision that are let pass")


def scope(_params: CallAfterDecision) -> pl.Expr:
    """Procedures in which several could bid."""
    return competitive()


def find(tables: Tables, params: CallAfterDecision) -> pl.LazyFrame:
    """Return one row per tender and pair of dates."""
    decided = tables["contracts"].with_columns(decided=_decided())
    late = decided.filter(days("decided", "tender_start") > params.days)
    return per_tender(late, "decided", "tender_start")


def tells(_params: CallAfterDecision) -> dict[str, pl.Expr]:
    """Tell who asked for what and how, who won, and how many days before the call."""
    return {
        **whose(),
        "days": (pl.col("tender_start") - _decided()).dt.total_days().first(),
        "date_basis": date_basis(),
    }


def _decided() -> pl.Expr:
    return pl.coalesce(pl.max_horizontal("award_date", "date_signed"), "decision_date")


RULE: Final = Rule(
    id="COM006",
    name="call-after-decision",
    ocp=("R004",),
    severity=Severity.MEDIUM,
    stage=Stage.TENDER,
    subject="contracts",
    needs={"contracts": frozenset({"procurement_method", "decision_date", "tender_start"})},
    uses={"contracts": OF_TENDER | {"award_date", "date_signed"}},
    scope=scope,
    shard_by=("tender_id",),
    params=CallAfterDecision,
    find=find,
    tells=tells,
    message="{buyer_name}: {title:quoted} was decided on {starts}, {days:day(s)} before its call of {ends}: "
    "who could bid?",
    page=__doc__,
    since="0.1",
)
