"""A contract cost more than the law lets its own method award.

Why it matters
--------------
Direct awards, invitations and quick purchases are meant for small amounts. Above their ceiling the law asks
for more competition, unless an exception holds; then there should be a decision that names it.

Formula
-------
Each contract is a finding when

    amount > limit * (1 + tolerance)

where the limit is the ceiling of the contract's own procedure, category and day.

Threshold
---------
- The limit comes from the law; `limit_source` names it. Methods without a ceiling, such as an open tender of
  any size, have none: such contracts cannot be judged, and the coverage counts them.
- `tolerance`: 0, a default of this project. Where amounts include a tax that the limit leaves out, set it to
  the rate of that tax.

False positives
---------------
- A legal exception, such as an exclusive supplier or an emergency, that is published under the same method:
  in CompraNet, whose files mostly do not tell them apart, 11 % of a sample of 988 contracts are flagged.
- An amount with tax beside a limit without; a total of several years beside a limit for one.
- A wrong category; a limit that depends on the size of the buyer's budget, as in Mexico.
- A typing error of the amount, which is then a question too.

What would settle it
--------------------
The decision with the legal exception it names, and the amount without tax that it was taken for.

Worked example
--------------
With the default settings. c1 is exactly at its limit, c2 and c3 are a cent above it (A, B): each is a finding
of its own. c4 stays under the limit of an invitation, c5 does not (C). The day before a new limit c6 is above
the old one (D); the day after c7 is under the new one. c8 and c9 have no known limit.

contracts:

| contract_id | buyer_name | procurement_method | award_date | amount | currency | limit  | finding |
|-------------|------------|--------------------|------------|--------|----------|--------|---------|
| c1          | Hill       | direct             | 2024-01-03 | 100.00 | CLP      | 100.00 |         |
| c2          | Hill       | direct             | 2024-01-03 | 100.01 | CLP      | 100.00 | A       |
| c3          | Hill       | direct             | 2024-01-03 | 100.01 | CLP      | 100.00 | B       |
| c4          | Hill       | limited            | 2024-01-03 | 500.00 | CLP      | 600.00 |         |
| c5          | Hill       | limited            | 2024-01-03 | 600.01 | CLP      | 600.00 | C       |
| c6          | Hill       | direct             | 2024-12-11 | 290.00 | CLP      | 100.00 | D       |
| c7          | Hill       | direct             | 2024-12-12 | 290.00 | CLP      | 300.00 |         |
| c8          | Hill       | direct             | 2024-12-12 | 290.00 | CLP      |        |         |
| c9          | Hill       | open               | 2024-12-12 | 900.00 | CLP      |        |         |

References
----------
- imco/IRC, src/features/anomalias.py: direct awards above the annual maximum.
- Open Contracting Partnership, Red flags in public procurement (2024), R002 and R010.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import TOTAL, Severity, member
from spendaudit.model.tables import Tables
from spendaudit.rules._parties import who
from spendaudit.rules._rule import Params, Precision, Rule, Stage
from spendaudit.rules._shares import at_most


class AwardAboveCeiling(Params):
    """Settings of SPL006."""

    tolerance: Decimal = Field(
        Decimal(0), ge=0, le=1, decimal_places=4, description="share of the limit that is let pass above it"
    )


def find(tables: Tables, params: AwardAboveCeiling) -> pl.LazyFrame:
    """Return one row per contract."""
    amount = pl.col("amount")
    return (
        tables["contracts"]
        .filter(~at_most(amount, 1 + params.tolerance, pl.col("limit")))
        .sort("decision_date", "file", "row")
        .select(
            pl.concat_list(member()).alias("members"),
            amount.cast(TOTAL),
            "currency",
            pl.col("decision_date").alias("starts"),
            pl.col("decision_date").alias("ends"),
        )
    )


def tells(_params: AwardAboveCeiling) -> dict[str, pl.Expr]:
    """Tell who bought from whom, by which method, and how much its limit was exceeded by."""
    return {
        **who(),
        "method": pl.col("procurement_method").cast(pl.String).min(),
        "limit": pl.col("limit").first(),
        "excess": (pl.col("amount") - pl.col("limit")).first(),
        "limit_source": pl.col("limit_source").first(),
        "date_basis": pl.col("date_basis").cast(pl.String).first(),
    }


RULE: Final = Rule(
    id="SPL006",
    name="award-above-ceiling",
    ocp=("R002", "R010"),
    severity=Severity.MEDIUM,
    precision=Precision.HIGH,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({"decision_date", "amount", "currency", "limit"})},
    shard_by=("buyer_key",),
    params=AwardAboveCeiling,
    find=find,
    tells=tells,
    message="{buyer_name} awarded {amount} to {supplier_name} by a method whose limit is {limit} "
    "({limit_source}): which exception holds?",
    page=__doc__,
    since="0.1",
)
