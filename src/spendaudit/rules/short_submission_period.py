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
of the calendar, because portals rarely publish the hour: from the 1st to the 16th are 15 days. With `counted`
= hours they are whole periods of 24 hours, whatever the offsets from UTC, and tenders are judged whose
hours are published.

Threshold
---------
- `days`: 15, the default of Cardinal (R003). Laws ask for other periods, by method and size: set your own.
  electionsbg takes 12 to 14 days, IMCO 15 for national tenders in Mexico, 20 and 40 for others.
- `days_by_details`: none. Other days for tenders by the details of their method, as in `Urgente=5`.
- `methods`: open, the tenders whose period a law sets. With `selective` these are judged too, with
  `competitive` limited ones as well; with `any` all, as Cardinal does.
- `left_out`: none. Details of methods whose tenders are left out.
- `counted`: days. `cardinal`: no. With `hours` and yes, what closed before it opened is short, too, and a
  tender whose awards all came to nothing is judged, if it was not cancelled itself: so Cardinal counts.

Of 265,286 procurements of Lithuania 4.7 % had a short period (viespirkiai). In samples of CompraNet 27 % of
238 contracts by open tender are flagged, in a file of Buenos Aires 80 % of 194: there the law sets shorter
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
closed before it opened, which is no period. Another source has its own t2 (E) and, with the same dates, t10
(F).

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
- Cardinal, docs/cli/indicators/R/003.md: whole days of 24 hours, of tenders whose hours are published.
"""

import re
from collections.abc import Mapping
from typing import Final, Literal

import polars as pl
from pydantic import Field, field_validator

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._cardinal import OfTenders
from spendaudit.rules._day_gaps import OF_TENDER, days, per_tender
from spendaudit.rules._methods import competitive
from spendaudit.rules._parties import whose
from spendaudit.rules._rule import Precision, Rule, Stage
from spendaudit.wording import Words

_MOMENTS: Final = ("tender_start_time", "tender_end_time")


class ShortSubmissionPeriod(OfTenders):
    """Settings of TIM001."""

    days: int = Field(15, ge=1, le=366, description="shorter periods are flagged")
    days_by_details: tuple[str, ...] = Field(
        (), description="`procurement_method_details` and other days for them, as in Urgente=5"
    )
    methods: Literal["open", "selective", "competitive", "any"] = Field(
        "open", description="which tenders are judged"
    )
    counted: Literal["days", "hours"] = Field(
        "days", description="days of the calendar, or whole periods of 24 hours"
    )

    @field_validator("days_by_details")
    @classmethod
    def _numbered(cls, pairs: tuple[str, ...]) -> tuple[str, ...]:
        for pair in pairs:
            if not re.fullmatch(r".+=\d{1,3}", pair):
                raise ValueError(
                    Words("must be details of methods and days, as in Urgente=5, and not {pair!r}", pair=pair)
                )
        return pairs

    def waived(self) -> frozenset[str]:
        """Where any method will do, none need be published."""
        return frozenset({"procurement_method"} if self.methods == "any" else ())

    def reads(self) -> Mapping[str, frozenset[str]]:
        """Where hours are counted, moments are read."""
        read = super().reads().get("contracts", frozenset())
        return {"contracts": read | {*_MOMENTS}} if self.counted == "hours" else {"contracts": read}

    @property
    def tells_methods_apart(self) -> bool:
        """Whether tenders are told apart by the details of their method."""
        return bool(self.left_out or self.days_by_details)

    @property
    def short(self) -> pl.Expr:
        """How many days are enough."""
        if not self.days_by_details:
            return pl.lit(self.days)
        told = (pair.rpartition("=") for pair in self.days_by_details)
        days = {details: int(number) for details, _, number in told}
        details = pl.col("procurement_method_details")
        return details.replace_strict(days, default=self.days, return_dtype=pl.Int32)

    @property
    def period(self) -> pl.Expr:
        """How many days a tender was open."""
        return days(*_MOMENTS) if self.counted == "hours" else days("tender_start", "tender_end")


def scope(params: ShortSubmissionPeriod) -> pl.Expr:
    """Tenders of these methods."""
    method = pl.col("procurement_method")
    judged = {
        "open": method == "open",
        "selective": method.is_in(["open", "selective"]),
        "competitive": competitive(),
    }
    asked = judged.get(params.methods, pl.lit(value=True)) & params.asked()
    if params.counted == "hours":
        return asked & pl.all_horizontal(pl.col(_MOMENTS).is_not_null())
    return asked


def find(tables: Tables, params: ShortSubmissionPeriod) -> pl.LazyFrame:
    """Return one row per tender."""
    period = params.period
    possible = pl.lit(value=True) if params.cardinal else period >= 0
    return per_tender(
        tables["contracts"].filter(possible, period < params.short), "tender_start", "tender_end"
    )


def tells(params: ShortSubmissionPeriod) -> dict[str, pl.Expr]:
    """Tell whose tender it was, for what, by which method, and how long it was open."""
    return {**whose(), "days": params.period.min()}


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
