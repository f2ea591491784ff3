"""A whole budget was executed far above or below what was approved.

Why it matters
--------------
A budget that says one thing while another is done is no plan: parliament approved figures that nobody kept
to. International assessments of public finances ask this first.

Formula
-------
Of lines of expense that no other line details, each at the last date that is published of a closed year,
added up for each source (or institution), fiscal year and currency,

    |executed - approved| > approved * tolerance

The amount of a finding is `|executed - approved|`.

Threshold
---------
- `tolerance`: 0.15, beyond which PEFA's PI-1 has its lowest grade, D: A is within 5 % of the approved, B
  within 10 %, C within 15 %, in two of three years. A finding is one year, with the `grade` of that year
  alone.
- `per`: `budget`, all that a source publishes; `institution` asks of each.
- `closing_month`: 12, December; 15 is March of the year after the one that names the budget. A year is closed
  when the figures run to the end of that month or beyond.

In a Chilean municipality neither 2015 nor 2016 was over or under by that much; in Mexico's federalised
spending of Puebla no cycle from 2008 to 2015. There `per=institution` finds 8 of 36 budgets.

False positives
---------------
- Supplementary budgets that parliament passed; prices that rose; a disaster.
- Files that hold a part of the budget; transfers within one government, which count twice.
- Portals that publish the amended budget as if it were the approved one: there the deviation is smaller.

What would settle it
--------------------
The year's statement of accounts, and the supplementary budgets that were passed.

Worked example
--------------
With the default settings. In 2021 exactly 15 % more was spent than approved, over two institutions, in 2022 a
cent more (A), in 2023 a cent less than 85 % (B). The figures of 2024 end in November. In December 2021 the
figures of works were not final yet. Nothing was approved in pesos. Totals and taxes do not count. The dollars
of 2021 (C) are apart, and so is another source (D).

budget:

|source|fiscal_year|period_end|institution_id|line_id|is_leaf|direction|approved|executed|currency|finding|
|------|-----------|----------|--------------|-------|-------|---------|--------|--------|--------|-------|
|one   |2021       |2021-12-31|works         |pens   |yes    |expense  |   50.00|   99.00|EUR     |       |
|one   |2021       |2022-01-31|works         |pens   |yes    |expense  |   50.00|   65.00|EUR     |       |
|one   |2021       |2021-12-31|school        |pens   |yes    |expense  |   50.00|   50.00|EUR     |       |
|one   |2022       |2022-12-31|works         |pens   |yes    |expense  |   50.00|   65.01|EUR     |A      |
|one   |2022       |2023-01-31|school        |pens   |yes    |expense  |   50.00|   50.00|EUR     |A      |
|one   |2022       |2022-12-31|school        |all    |no     |expense  |   90.00|   90.00|EUR     |       |
|one   |2022       |2022-12-31|school        |tax    |yes    |revenue  |   90.00|   90.00|EUR     |       |
|one   |2023       |2023-12-31|works         |pens   |yes    |expense  |  100.00|   84.99|EUR     |B      |
|one   |2024       |2024-11-30|works         |pens   |yes    |expense  |  100.00|   20.00|EUR     |       |
|one   |2021       |2021-12-31|works         |pens   |yes    |expense  |    0.00|   20.00|CLP     |       |
|one   |2021       |2021-12-31|works         |pens   |yes    |expense  |    0.50|    0.10|USD     |C      |
|two   |2021       |2021-12-31|works         |pens   |yes    |expense  |  100.00|   20.00|EUR     |D      |

References
----------
- PEFA, Framework for assessing public financial management (2016), PI-1, aggregate expenditure outturn.
"""

from decimal import Decimal
from typing import Final, Literal

import polars as pl
from pydantic import Field

from spendaudit.model.findings import FINDING, TOTAL, Severity, members
from spendaudit.model.tables import Tables
from spendaudit.rules._budget_lines import USES, expense_leaf
from spendaudit.rules._fiscal_year import DATED, FiscalYear, latest
from spendaudit.rules._rule import Rule, Stage
from spendaudit.rules._whole_budgets import BUDGET, KEYS, called, grade

_GAP: Final = pl.col("spent") - pl.col("planned")


class BudgetOutturn(FiscalYear):
    """Settings of BUD006."""

    tolerance: Decimal = Field(
        Decimal("0.15"),
        ge=0,
        le=10,
        decimal_places=4,
        description="share of the approved by which spending may be above or below it",
    )
    per: Literal["budget", "institution"] = Field("budget", description="what is added up")


def scope(params: BudgetOutturn) -> pl.Expr:
    """Lines of expense of closed years."""
    return expense_leaf() & params.closed()


def find(tables: Tables, params: BudgetOutturn) -> pl.LazyFrame:
    """Return one row per budget of a year that is far from what was approved."""
    return (
        latest(tables["budget"])
        .with_columns(KEYS["institution"])
        .group_by(KEYS[params.per])
        .agg(
            members=members(),
            planned=pl.col("approved").sum(),
            spent=pl.col("executed").sum(),
            starts=pl.col("period_end").min(),
            ends=pl.col("period_end").max(),
        )
        .filter(pl.col("planned") > 0, _GAP.abs() > pl.col("planned") * params.tolerance)
        .sort(pl.col("members").list.first())
        .with_columns(amount=_GAP.abs().cast(TOTAL))
        .select(*FINDING.names(), "planned", "spent")
    )


def tells(params: BudgetOutturn) -> dict[str, pl.Expr]:
    """Tell whose budget it is, its figures, and the grade of that year."""
    planned, spent = pl.col("planned").first(), pl.col("spent").first()
    return {
        "budget": called(params.per),
        "fiscal_year": pl.col("fiscal_year").first(),
        "approved": planned,
        "executed": spent,
        "outturn": spent / planned,
        "grade": grade(spent - planned, planned),
    }


RULE: Final = Rule(
    id="BUD006",
    name="budget-outturn",
    severity=Severity.LOW,
    stage=Stage.BUDGET,
    subject="budget",
    needs={"budget": DATED | {"approved", "executed"}},
    uses={"budget": USES | {"institution_name"}},
    scope=scope,
    shard_by=BUDGET,
    params=BudgetOutturn,
    find=find,
    tells=tells,
    message="{budget}: {executed} were spent of the {approved} approved for {fiscal_year}, {outturn:percent} "
    "(grade {grade} of that year)",
    page=__doc__,
    since="0.1",
)
