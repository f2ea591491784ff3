"""A tender was awarded on the day of its call.

Why it matters
--------------
A tender in which others could bid needs a day at least between call and award. Where both fall on one, it was
published when it was over, or nobody but the winner could answer.

Formula
-------
A tender in which several could bid (open, selective or limited) is a finding when

    0 <= award_date - tender_start <= days

All contracts of a tender with these dates are one finding.

Threshold
---------
- `days`: 0, the same day, a default of this project; the guide's R003 and R061 ask about the two parts of
  this time.

Of 536 contracts in samples of CompraNet 2 are flagged (0.4 %), of 3,771 tenders in India none.

False positives
---------------
- Purchases that are entered when they are over, with the day of entering as that of the call.
- Orders from a catalogue, whose competition took place before.
- Direct awards that a portal publishes as invitations.

What would settle it
--------------------
The notice with the time of its publication, the list of who was told of it, and the award decision.

Worked example
--------------
With the default settings. t1 was awarded on the day of its call (A), t2 a day after, t3 a day before. t4 was
by invitation (B), t5 selective (C), t6 awarded directly, the method of t7 unknown, that of t8 not published.
The two lots of t9 are one finding (D), two tenders without a number are two (E, F), and another source has
its own t9 (G).

contracts:

| source | tender_id | buyer_name | procurement_method | tender_start | award_date | finding |
|--------|-----------|------------|--------------------|--------------|------------|---------|
| one    | t1        | Hill       | open               | 2024-03-08   | 2024-03-08 | A       |
| one    | t2        | Hill       | open               | 2024-03-08   | 2024-03-09 |         |
| one    | t3        | Hill       | open               | 2024-03-08   | 2024-03-07 |         |
| one    | t4        | Hill       | limited            | 2024-03-08   | 2024-03-08 | B       |
| one    | t5        | Hill       | selective          | 2024-03-08   | 2024-03-08 | C       |
| one    | t6        | Hill       | direct             | 2024-03-08   | 2024-03-08 |         |
| one    | t7        | Hill       | unknown            | 2024-03-08   | 2024-03-08 |         |
| one    | t8        | Hill       |                    | 2024-03-08   | 2024-03-08 |         |
| one    | t9        | Hill       | open               | 2024-03-08   | 2024-03-08 | D       |
| one    | t9        | Hill       | open               | 2024-03-08   | 2024-03-08 | D       |
| one    |           | Hill       | open               | 2024-03-08   | 2024-03-08 | E       |
| one    |           | Hill       | open               | 2024-03-08   | 2024-03-08 | F       |
| two    | t9        | Hill       | open               | 2024-03-08   | 2024-03-08 | G       |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R003 and R061.
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


class SameDayAward(Params):
    """Settings of TIM012."""

    days: int = Field(0, ge=0, le=30, description="most days from the call to the award")


def scope(_params: SameDayAward) -> pl.Expr:
    """Tenders in which several could bid."""
    return competitive()


def find(tables: Tables, params: SameDayAward) -> pl.LazyFrame:
    """Return one row per tender and day of award."""
    period = days("tender_start", "award_date")
    return per_tender(
        tables["contracts"].filter(period.is_between(0, params.days)), "tender_start", "award_date"
    )


def tells(_params: SameDayAward) -> dict[str, pl.Expr]:
    """Tell who awarded what to whom, and how."""
    return {**whose(), "days": days("tender_start", "award_date").first()}


RULE: Final = Rule(
    id="TIM012",
    name="same-day-award",
    ocp=("R003", "R061"),
    severity=Severity.MEDIUM,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({"tender_start", "award_date", "procurement_method"})},
    uses={"contracts": OF_TENDER},
    scope=scope,
    shard_by=("source", "tender_id"),
    params=SameDayAward,
    find=find,
    tells=tells,
    message="{buyer_name} called for bids on {starts} and awarded the contract on {ends}: who could bid?",
    page=__doc__,
    since="0.1",
)
