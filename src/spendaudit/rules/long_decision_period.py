"""A tender was awarded long after the close of bids.

Why it matters
--------------
Bids lose their worth while a decision waits: prices move, bidders drop out, and whoever stays can be asked to
stay on other terms. A long wait may also be a fight over the award that the notice does not show.

Formula
-------
A tender in which several could bid (open, selective or limited) is a finding when

    award_date - tender_end > days

All contracts of a tender with these dates are one finding.

Threshold
---------
- `days`: 255, which are 182 working days, the high-risk mark for the decision period in opentender's
  corruption risk index (DIGIWHIST). Where bids are bound for a shorter time, take that time instead.

Of 265,286 procurements of Lithuania 10.7 % had a decision period far from the others, short or long
(viespirkiai). One of 541 contracts in samples of CompraNet is flagged, but 55 % of 3,771 tenders in an Indian
file: there the question is about the buyer's way of working, or of entering dates, not about one tender.

False positives
---------------
- Complaints and court orders that hold up an award; a freeze of the budget.
- Several stages, such as a dialogue; framework agreements that take bids for years.
- The award of a later lot, or a call-off, under the dates of the first.
- A year typed wrong; an award entered when the contract was long signed, of which TIM005 asks.

What would settle it
--------------------
The evaluation report, the complaints with what was decided on them, and letters about keeping bids open.

Worked example
--------------
With the default settings. t1 took exactly 255 days, t2 a day more (A), its two lots together. t3 was by
invitation (B), t4 selective (C), t5 awarded directly, the method of t6 unknown, that of t7 not published.

contracts:

| tender_id | buyer_name | procurement_method | tender_end | award_date | finding |
|-----------|------------|--------------------|------------|------------|---------|
| t1        | Hill       | open               | 2023-01-01 | 2023-09-13 |         |
| t2        | Hill       | open               | 2023-01-01 | 2023-09-14 | A       |
| t2        | Hill       | open               | 2023-01-01 | 2023-09-14 | A       |
| t3        | Hill       | limited            | 2023-01-01 | 2023-09-14 | B       |
| t4        | Hill       | selective          | 2023-01-01 | 2023-09-14 | C       |
| t5        | Hill       | direct             | 2023-01-01 | 2023-09-14 |         |
| t6        | Hill       | unknown            | 2023-01-01 | 2023-09-14 |         |
| t7        | Hill       |                    | 2023-01-01 | 2023-09-14 |         |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R062.
- DIGIWHIST, opentender.eu: decision period.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._day_gaps import OF_TENDER, days, per_tender
from spendaudit.rules._methods import competitive
from spendaudit.rules._parties import whose
from spendaudit.rules._rule import Params, Precision, Rule, Stage


class LongDecisionPeriod(Params):
    """Settings of TIM003."""

    days: int = Field(255, ge=1, le=3660, description="longer periods are flagged")


def scope(_params: LongDecisionPeriod) -> pl.Expr:
    """Tenders in which several could bid."""
    return competitive()


def find(tables: Tables, params: LongDecisionPeriod) -> pl.LazyFrame:
    """Return one row per tender and day of award."""
    long = tables["contracts"].filter(days("tender_end", "award_date") > params.days)
    return per_tender(long, "tender_end", "award_date")


def tells(_params: LongDecisionPeriod) -> dict[str, pl.Expr]:
    """Tell who awarded what to whom, and after how many days."""
    return {**whose(), "days": days("tender_end", "award_date").first()}


RULE: Final = Rule(
    id="TIM003",
    name="long-decision-period",
    ocp=("R062",),
    severity=Severity.LOW,
    precision=Precision.LOW,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({"tender_end", "award_date", "procurement_method"})},
    uses={"contracts": OF_TENDER},
    scope=scope,
    shard_by=("source", "tender_id"),
    params=LongDecisionPeriod,
    find=find,
    tells=tells,
    message="{buyer_name} awarded a tender {days:day(s)} after the close of bids on {starts}: "
    "what held it up?",
    page=__doc__,
    since="0.1",
)
