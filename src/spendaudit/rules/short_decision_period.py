"""A tender was awarded within days of the close of bids.

Why it matters
--------------
To open, compare and score bids, and to check who may bid at all, takes time. An award that follows the close
of bids at once suggests that they were hardly read, or that the winner was known.

Formula
-------
A tender in which several could bid (open, selective or limited) is a finding when

    0 <= award_date - tender_end <= days

All contracts of a tender with these dates are one finding. An award before the close of bids is TIM005's
question. Days are those of the calendar.

Threshold
---------
- `days`: 4, as electionsbg takes it; there 3.2 % of tenders are decided so fast. The direction is not
  settled: a World Bank study (PRWP 10444) finds short periods in good tenders, too. Hence the low severity.

Of 265,286 procurements of Lithuania 10.7 % had a decision period far from the others, short or long
(viespirkiai). In samples of CompraNet 30 % of 237 contracts by open tender are flagged, and half of 304 by
invitation; in a file of 3,771 Indian tenders, 0.2 %. Where a law sets short steps, take fewer days.

False positives
---------------
- Auctions and purchases by price alone, which can be decided on the day; a single bid.
- Invitations to a few, catalogues and mini-competitions, whose law sets short steps.
- Portals that publish the opening of the award envelope, or a late stage, as the close of bids.

What would settle it
--------------------
The record of opening the bids, and the evaluation report with its date and signatures.

Worked example
--------------
With the default settings. t1 was decided on the day of the close (A), t2 four days after (B), t3 five. The
award of t4 comes before the close. t5 was by invitation (C), t6 selective (D), t7 awarded directly, the
method of t8 unknown, that of t9 not published. Two lots of t10 were decided together (E), the third a
day later (F).

contracts:

| tender_id | buyer_name | procurement_method | tender_end | award_date | finding |
|-----------|------------|--------------------|------------|------------|---------|
| t1        | Hill       | open               | 2024-03-08 | 2024-03-08 | A       |
| t2        | Hill       | open               | 2024-03-08 | 2024-03-12 | B       |
| t3        | Hill       | open               | 2024-03-08 | 2024-03-13 |         |
| t4        | Hill       | open               | 2024-03-08 | 2024-03-07 |         |
| t5        | Hill       | limited            | 2024-03-08 | 2024-03-09 | C       |
| t6        | Hill       | selective          | 2024-03-08 | 2024-03-09 | D       |
| t7        | Hill       | direct             | 2024-03-08 | 2024-03-09 |         |
| t8        | Hill       | unknown            | 2024-03-08 | 2024-03-09 |         |
| t9        | Hill       |                    | 2024-03-08 | 2024-03-09 |         |
| t10       | Hill       | open               | 2024-03-08 | 2024-03-09 | E       |
| t10       | Hill       | open               | 2024-03-08 | 2024-03-09 | E       |
| t10       | Hill       | open               | 2024-03-08 | 2024-03-10 | F       |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R061.
- atanasster/electionsbg, src/lib/riskFlagCatalog.ts.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._day_gaps import OF_TENDER, days, per_tender
from spendaudit.rules._methods import competitive
from spendaudit.rules._parties import whose
from spendaudit.rules._rule import Params, Rule, Stage


class ShortDecisionPeriod(Params):
    """Settings of TIM002."""

    days: int = Field(4, ge=0, le=366, description="most days from the close of bids to the award")


def scope(_params: ShortDecisionPeriod) -> pl.Expr:
    """Tenders in which several could bid."""
    return competitive()


def find(tables: Tables, params: ShortDecisionPeriod) -> pl.LazyFrame:
    """Return one row per tender and day of award."""
    period = days("tender_end", "award_date")
    short = tables["contracts"].filter(period.is_between(0, params.days))
    return per_tender(short, "tender_end", "award_date")


def tells(_params: ShortDecisionPeriod) -> dict[str, pl.Expr]:
    """Tell who awarded what to whom, and after how many days."""
    return {**whose(), "days": days("tender_end", "award_date").first()}


RULE: Final = Rule(
    id="TIM002",
    name="short-decision-period",
    ocp=("R061",),
    severity=Severity.LOW,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({"tender_end", "award_date", "procurement_method"})},
    uses={"contracts": OF_TENDER},
    scope=scope,
    shard_by=("source", "tender_id"),
    params=ShortDecisionPeriod,
    find=find,
    tells=tells,
    message="{buyer_name} awarded a tender {days:day(s)} after the close of bids on {starts}",
    page=__doc__,
    since="0.1",
)
