"""Bidders had few days to prepare a bid.

Why it matters
--------------
A good bid takes time. Who learns of a tender with a few days left, or has to be told of it in time, can
hardly compete with someone who knew before the notice.

Formula
-------
A tender is a finding when

    tender_end - tender_start < days

and its method is one of `methods`. All contracts of a tender with these dates are one finding. Days are those
of the calendar, because portals rarely publish the hour: from the 1st to the 16th are 15 days.

Threshold
---------
- `days`: 15, the default of Cardinal (R003). Laws ask for other periods, by method and size: set your own.
  electionsbg takes 12 to 14 days, IMCO 15 for national tenders in Mexico, 20 and 40 for others.
- `methods`: open, the tenders whose period a law sets. With `competitive`, selective and limited ones are
  judged too; with `any`, direct awards and tenders of unknown method as well, as Cardinal does.

Of 265,286 procurements of Lithuania 4.7 % had a short period (viespirkiai). In samples of CompraNet 27 % of
238 contracts by open tender are flagged, in a file of Buenos Aires 80 % of 211: there the law sets shorter
periods, and `days` should be the law's.

False positives
---------------
- Shorter periods that the law grants: electronic bids, urgency, a prior notice, small purchases, auctions.
- A notice that was published again after a correction; a date of typing in the place of publication.
- Tenders whose `tender_start` is when questions, or the procedure, began.

What would settle it
--------------------
The notice with the days of its publication and its corrections, and the reason for the short period.

Worked example
--------------
With the default settings. t1 gave exactly 15 days, t2 a day less: its two lots are one finding (A), a third
with a longer period is none. t3 closed on the day it opened (B) and t4, which has no number, is two tenders
(C, D). t5 was by invitation, t6 awarded directly, the method of t7 is unknown, that of t8 not published. t9
closed before it opened, which is no period. Another source has its own t2 (E) and, with
the same dates, t10 (F).

contracts:

| source | tender_id | buyer_name | procurement_method | tender_start | tender_end | finding |
|--------|-----------|------------|--------------------|--------------|------------|---------|
| one    | t1        | Hill       | open               | 2024-03-01   | 2024-03-16 |         |
| one    | t2        | Hill       | open               | 2024-03-01   | 2024-03-15 | A       |
| one    | t2        | Hill       | open               | 2024-03-01   | 2024-03-15 | A       |
| one    | t2        | Hill       | open               | 2024-03-01   | 2024-03-16 |         |
| one    | t3        | Hill       | open               | 2024-03-01   | 2024-03-01 | B       |
| one    |           | Hill       | open               | 2024-03-01   | 2024-03-10 | C       |
| one    |           | Hill       | open               | 2024-03-01   | 2024-03-10 | D       |
| one    | t5        | Hill       | limited            | 2024-03-01   | 2024-03-10 |         |
| one    | t6        | Hill       | direct             | 2024-03-01   | 2024-03-10 |         |
| one    | t7        | Hill       | unknown            | 2024-03-01   | 2024-03-10 |         |
| one    | t8        | Hill       |                    | 2024-03-01   | 2024-03-10 |         |
| one    | t9        | Hill       | open               | 2024-03-01   | 2024-02-29 |         |
| two    | t2        | Hill       | open               | 2024-03-01   | 2024-03-15 | E       |
| two    | t10       | Hill       | open               | 2024-03-01   | 2024-03-15 | F       |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R003.
- Cardinal, docs/cli/indicators/R/003.md. It counts whole days of 24 hours where the hour is published.
"""

from typing import Final, Literal

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._day_gaps import OF_TENDER, competitive, days, per_tender, whose
from spendaudit.rules._rule import Params, Precision, Rule, Stage


class ShortSubmissionPeriod(Params):
    """Settings of TIM001."""

    days: int = Field(15, ge=1, le=366, description="shorter periods are flagged")
    methods: Literal["open", "competitive", "any"] = Field("open", description="which tenders are judged")

    def waived(self) -> frozenset[str]:
        """Where any method will do, none need be published."""
        return frozenset({"procurement_method"} if self.methods == "any" else ())


def scope(params: ShortSubmissionPeriod) -> pl.Expr:
    """Tenders of these methods."""
    judged = {"open": pl.col("procurement_method") == "open", "competitive": competitive()}
    return judged.get(params.methods, pl.lit(value=True))


def find(tables: Tables, params: ShortSubmissionPeriod) -> pl.LazyFrame:
    """Return one row per tender."""
    period = days("tender_start", "tender_end")
    short = tables["contracts"].filter(period >= 0, period < params.days)
    return per_tender(short, "tender_start", "tender_end")


def tells(_params: ShortSubmissionPeriod) -> dict[str, pl.Expr]:
    """Tell whose tender it was, for what, by which method, and how long it was open."""
    return {**whose(), "days": days("tender_start", "tender_end").first()}


RULE: Final = Rule(
    id="TIM001",
    name="short-submission-period",
    ocp=("R003",),
    severity=Severity.MEDIUM,
    precision=Precision.HIGH,
    stage=Stage.TENDER,
    subject="contracts",
    needs={"contracts": frozenset({"tender_start", "tender_end", "procurement_method"})},
    uses={"contracts": OF_TENDER},
    scope=scope,
    shard_by=("source", "tender_id"),
    params=ShortSubmissionPeriod,
    find=find,
    tells=tells,
    message="{buyer_name} took bids for {days:day(s)}, {when}: who could prepare one in time?",
    page=__doc__,
    since="0.1",
)
