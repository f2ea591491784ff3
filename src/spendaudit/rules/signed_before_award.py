"""A contract was signed before its award, or awarded before bids had closed.

Why it matters
--------------
Bids close, one of them wins, the winner signs. A contract that is dated before its award, or an award before
the last day for bids, suggests that the winner was known before anyone could compete.

Formula
-------
Each contract is a finding when one of these is more than `days` days:

    award_date - date_signed
    tender_end - award_date

A contract is judged by the dates that it has: the award and at least one of the two others. If both steps are
out of order, the finding tells the greater. One day for both is in order: portals rarely publish the hour.

Threshold
---------
- `days`: 0, a default of this project. 1 lets pass what a portal's time zone moves over midnight.

False positives
---------------
- Dates that were typed into each other's place, or the day of typing in place of the day itself.
- A deadline that was moved in the notice after the award, or that belongs to another lot.
- Portals whose award date is that of its publication. In Portugal the law lets signing come first.
- Call-offs, which carry the dates of their framework.

What would settle it
--------------------
The award decision and the contract with the days of their signatures, and the record of opening bids.

Worked example
--------------
With the default settings. c1 is in order, c2 was signed on the day of its award, c3 a day before (A). c4 was
awarded on the last day for bids, c5 a day before (B). c6 and c7 have one step in order and one that is not
(C, D), c8 has neither (E). c9 has no award date and c10 no other: they cannot be judged.

contracts:

| contract_id | buyer_name | tender_end | award_date | date_signed | finding |
|-------------|------------|------------|------------|-------------|---------|
| c1          | Hill       | 2024-03-01 | 2024-03-08 | 2024-03-20  |         |
| c2          | Hill       |            | 2024-03-08 | 2024-03-08  |         |
| c3          | Hill       |            | 2024-03-08 | 2024-03-07  | A       |
| c4          | Hill       | 2024-03-08 | 2024-03-08 |             |         |
| c5          | Hill       | 2024-03-09 | 2024-03-08 |             | B       |
| c6          | Hill       | 2024-03-01 | 2024-03-08 | 2024-03-07  | C       |
| c7          | Hill       | 2024-03-09 | 2024-03-08 | 2024-03-20  | D       |
| c8          | Hill       | 2024-03-20 | 2024-03-08 | 2024-03-01  | E       |
| c9          | Hill       | 2024-03-20 |            | 2024-03-01  |         |
| c10         | Hill       |            | 2024-03-08 |             |         |

References
----------
- ProjectPODER/groucho: contracts signed before the notice of award.
- open-tender-watch, AGENTS.md, C2: the same order of dates, planned.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import TOTAL, Severity, member
from spendaudit.model.tables import Tables
from spendaudit.rules._parties import who
from spendaudit.rules._rule import Params, Precision, Rule, Stage


class SignedBeforeAward(Params):
    """Settings of TIM005."""

    days: int = Field(0, ge=0, le=366, description="days out of order that are let pass")


def find(tables: Tables, params: SignedBeforeAward) -> pl.LazyFrame:
    """Return one row per contract."""
    by_signing = pl.when(_by_signing())
    return (
        tables["contracts"]
        .filter(_early() > pl.duration(days=params.days))
        .sort("award_date", "file", "row")
        .select(
            pl.concat_list(member()).alias("members"),
            pl.col("amount").cast(TOTAL),
            "currency",
            by_signing.then("date_signed").otherwise("award_date").alias("starts"),
            by_signing.then("award_date").otherwise("tender_end").alias("ends"),
        )
    )


def tells(_params: SignedBeforeAward) -> dict[str, pl.Expr]:
    """Tell whose contract it is, what came too early, before what, and by how many days."""
    by_signing = pl.when(_by_signing())
    return {
        **who(),
        "act": by_signing.then(pl.lit("signature")).otherwise(pl.lit("award")).first(),
        "prior": by_signing.then(pl.lit("award")).otherwise(pl.lit("close of bids")).first(),
        "days": _early().dt.total_days().first(),
    }


def _signed_early() -> pl.Expr:
    return pl.col("award_date") - pl.col("date_signed")


def _early() -> pl.Expr:
    return pl.max_horizontal(_signed_early(), pl.col("tender_end") - pl.col("award_date"))


def _by_signing() -> pl.Expr:
    return (_signed_early() == _early()).fill_null(value=False)


RULE: Final = Rule(
    id="TIM005",
    name="signed-before-award",
    severity=Severity.MEDIUM,
    precision=Precision.HIGH,
    stage=Stage.CONTRACT,
    subject="contracts",
    needs={"contracts": frozenset({"award_date"})},
    either=frozenset({"date_signed", "tender_end"}),
    uses={"contracts": frozenset({"amount", "currency"})},
    shard_by=("buyer_key",),
    params=SignedBeforeAward,
    find=find,
    tells=tells,
    message="{buyer_name} and {supplier_name}: the {act:words} is dated {starts}, but the {prior:words}, "
    "which comes first, {ends}",
    words=("signature", "award", "close of bids"),
    page=__doc__,
    since="0.1",
)
