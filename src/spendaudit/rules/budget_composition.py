"""Money was spent on other heads of a budget than it was approved for.

Why it matters
--------------
A budget can end at its total and still not be the one that was approved: the clinic's money went to the
stadium. The total hides it; the composition shows it.

Formula
-------
Of lines of expense that no other line details, each at the last date that is published of a closed year,
added up for each source, fiscal year, currency and head,

    expected(head) = approved(head) * executed(all) / approved(all)
    variance = (|executed(h1) - expected(h1)| + |executed(h2) - expected(h2)| + ...) / executed(all)

    variance > tolerance

The amount of a finding is the sum above the fraction line. Sums are taken in whole units of the currency.

Threshold
---------
- `tolerance`: 0.15, beyond which PEFA's PI-2 has its lowest grade, D: A is below 5 %, B below 10 %, C below
  15 %, in two of three years. A finding is one year, with the `grade` of that year alone.
- `heads`: 20, as PEFA has it: the largest heads by what was approved; the others are one head.
- `by`: `institution` (PI-2.1); `function` and `economic` (PI-2.2) take the codes as published.
- `closing_month`: 12, December; 15 is March of the year after the one that names the budget. A year is closed
  when the figures run to the end of that month or beyond.

In Mexico's federalised spending of Puebla, one of the cycles from 2008 to 2015 with `by=economic` (27 %),
none by institution.

PEFA leaves out interest and contingency. No portal marks them in a common way, so they are counted here.

False positives
---------------
- Central reserves that are handed out during the year: the head that plans them is not the one that spends.
- Reclassification; ministries that were merged or split; a disaster.
- Files that hold a part of the budget.

What would settle it
--------------------
The decrees that moved money between these heads, and the statement of accounts by head.

Worked example
--------------
With the default settings. In 2021 spending is twice what was approved; of the 200, 15 less than expected went
to works and 15 more to the school: 15 % to the cent. In 2022, with ten times the money, one more did (A). The
figures of 2023 end in November. Totals, taxes and other currencies do not count. In 2024 nothing was
approved, in 2025 nothing was spent. The other source has 22 heads, of which the last two are taken together
(B). A euro of 2020 and a peso of 2022 went elsewhere (C, D).

budget:

|source|fiscal_year|period_end|institution_id|line_id|is_leaf|direction|approved|executed|currency|finding|
|------|-----------|----------|--------------|-------|-------|---------|--------|--------|--------|-------|
|one   |2021       |2021-12-31|works         |pens   |yes    |expense  |   50.00|   85.00|EUR     |       |
|one   |2021       |2021-12-31|school        |pens   |yes    |expense  |   25.00|  100.00|EUR     |       |
|one   |2021       |2021-12-31|school        |ink    |yes    |expense  |   25.00|   15.00|EUR     |       |
|one   |2022       |2022-12-31|works         |pens   |yes    |expense  |  500.00|  849.00|EUR     |A      |
|one   |2022       |2022-12-31|school        |pens   |yes    |expense  |  250.00| 1001.00|EUR     |A      |
|one   |2022       |2023-01-31|school        |ink    |yes    |expense  |  250.00|  150.00|EUR     |A      |
|one   |2022       |2022-11-30|school        |ink    |yes    |expense  |   25.00|    5.00|EUR     |       |
|one   |2022       |2022-12-31|school        |all    |no     |expense  |  900.00|  900.00|EUR     |       |
|one   |2022       |2022-12-31|school        |tax    |yes    |revenue  |  900.00|  900.00|EUR     |       |
|one   |2022       |2022-12-31|school        |pens   |yes    |expense  |  900.00|  900.00|USD     |       |
|one   |2023       |2023-11-30|works         |pens   |yes    |expense  |   50.00|   10.00|EUR     |       |
|one   |2023       |2023-11-30|school        |pens   |yes    |expense  |   50.00|   90.00|EUR     |       |
|one   |2024       |2024-12-31|works         |pens   |yes    |expense  |   50.00|   10.00|EUR     |       |
|one   |2024       |2024-12-31|school        |pens   |yes    |expense  |  -50.00|   90.00|EUR     |       |
|one   |2025       |2025-12-31|works         |pens   |yes    |expense  |   50.00|  -50.00|EUR     |       |
|one   |2025       |2025-12-31|school        |pens   |yes    |expense  |   50.00|   50.00|EUR     |       |
|two   |2022       |2022-12-31|works         |pens   |yes    |expense  |  100.00|  100.00|EUR     |B      |
|two   |2022       |2022-12-31|h02           |pens   |yes    |expense  |  100.00|  100.00|EUR     |B      |
|two   |2022       |2022-12-31|h03           |pens   |yes    |expense  |  100.00|  100.00|EUR     |B      |
|two   |2022       |2022-12-31|h04           |pens   |yes    |expense  |  100.00|  100.00|EUR     |B      |
|two   |2022       |2022-12-31|h05           |pens   |yes    |expense  |  100.00|  100.00|EUR     |B      |
|two   |2022       |2022-12-31|h06           |pens   |yes    |expense  |  100.00|  100.00|EUR     |B      |
|two   |2022       |2022-12-31|h07           |pens   |yes    |expense  |  100.00|  100.00|EUR     |B      |
|two   |2022       |2022-12-31|h08           |pens   |yes    |expense  |  100.00|  100.00|EUR     |B      |
|two   |2022       |2022-12-31|h09           |pens   |yes    |expense  |  100.00|  100.00|EUR     |B      |
|two   |2022       |2022-12-31|h10           |pens   |yes    |expense  |  100.00|  100.00|EUR     |B      |
|two   |2022       |2022-12-31|h11           |pens   |yes    |expense  |  100.00|  100.00|EUR     |B      |
|two   |2022       |2022-12-31|h12           |pens   |yes    |expense  |  100.00|  100.00|EUR     |B      |
|two   |2022       |2022-12-31|h13           |pens   |yes    |expense  |  100.00|  100.00|EUR     |B      |
|two   |2022       |2022-12-31|h14           |pens   |yes    |expense  |  100.00|  100.00|EUR     |B      |
|two   |2022       |2022-12-31|h15           |pens   |yes    |expense  |  100.00|  100.00|EUR     |B      |
|two   |2022       |2022-12-31|h16           |pens   |yes    |expense  |  100.00|  100.00|EUR     |B      |
|two   |2022       |2022-12-31|h17           |pens   |yes    |expense  |  100.00|  100.00|EUR     |B      |
|two   |2022       |2022-12-31|h18           |pens   |yes    |expense  |  100.00|  100.00|EUR     |B      |
|two   |2022       |2022-12-31|h19           |pens   |yes    |expense  |  100.00|  100.00|EUR     |B      |
|two   |2022       |2022-12-31|h20           |pens   |yes    |expense  |   90.00|  290.00|EUR     |B      |
|two   |2022       |2022-12-31|h21           |pens   |yes    |expense  |   85.00|   10.00|EUR     |B      |
|two   |2022       |2022-12-31|h22           |pens   |yes    |expense  |   80.00|  -45.00|EUR     |B      |
|two   |2022       |2022-12-31|works         |pens   |yes    |expense  |   50.00|   50.00|CLP     |       |
|one   |2020       |2020-12-31|works         |pens   |yes    |expense  |    1.00|    0.00|EUR     |C      |
|one   |2020       |2020-12-31|school        |pens   |yes    |expense  |    0.00|    1.00|EUR     |C      |
|one   |2022       |2022-12-31|works         |pens   |yes    |expense  |    1.00|    0.00|CLP     |D      |
|one   |2022       |2022-12-31|school        |pens   |yes    |expense  |    0.00|    1.00|CLP     |D      |
|two   |2021       |2021-12-31|works         |pens   |yes    |expense  |   50.00|   50.00|EUR     |       |

References
----------
- PEFA, Framework for assessing public financial management (2016), PI-2, expenditure composition outturn.
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
from spendaudit.rules._whole_budgets import BUDGET, called, grade

#: What tells the heads apart.
HEADS: Final = {
    "institution": pl.coalesce("institution_id", "institution_name"),
    "function": pl.col("functional_code"),
    "economic": pl.col("economic_code"),
}

#: A share is told in so many parts.
PARTS: Final = 10_000


class BudgetComposition(FiscalYear):
    """Settings of BUD007."""

    tolerance: Decimal = Field(
        Decimal("0.15"),
        ge=0,
        le=2,
        decimal_places=4,
        description="share of the spending that may go to other heads",
    )
    by: Literal["institution", "function", "economic"] = Field(
        "institution", description="what the heads of the budget are"
    )
    heads: int = Field(20, ge=2, le=1000, description="largest heads that stand alone")


def scope(params: BudgetComposition) -> pl.Expr:
    """Lines of expense of closed years."""
    return expense_leaf() & params.closed()


def find(tables: Tables, params: BudgetComposition) -> pl.LazyFrame:
    """Return one row per budget of a year that was spent on other heads."""
    rows = latest(tables["budget"]).with_columns(**HEADS).with_columns(head=params.by)
    budgets = _variances(_heads(rows, params)).filter(
        pl.col("apart") * PARTS > pl.col("whole") * int(params.tolerance * PARTS)
    )
    return (
        rows.join(budgets, on=BUDGET)
        .group_by(BUDGET)
        .agg(
            pl.col("apart", "whole", "moved", "furthest").first(),
            members=members(),
            starts=pl.col("period_end").min(),
            ends=pl.col("period_end").max(),
        )
        .sort(pl.col("members").list.first())
        .with_columns(
            amount=pl.col("moved").cast(TOTAL),
            variance=(pl.col("apart") * PARTS // pl.col("whole")).cast(TOTAL) / PARTS,
        )
        .select(*FINDING.names(), "variance", "furthest")
    )


def tells(params: BudgetComposition) -> dict[str, pl.Expr]:
    """Tell whose budget it is, how far it was left, which head is furthest, and the grade of that year."""
    variance = pl.col("variance").first()
    return {
        "budget": called("budget"),
        "fiscal_year": pl.col("fiscal_year").first(),
        "by": pl.lit(params.by),
        "variance": variance,
        "furthest": pl.col("furthest").first(),
        "grade": grade(variance, pl.lit(1)),
    }


def _heads(rows: pl.LazyFrame, params: BudgetComposition) -> pl.LazyFrame:
    """Add up what was planned and spent by head, in whole units, the small heads as one."""
    sums = {"planned": pl.col("planned").sum(), "spent": pl.col("spent").sum()}
    rank = pl.int_range(pl.len()).over(BUDGET)
    return (
        rows.group_by(*BUDGET, "head")
        .agg(planned=pl.col("approved").sum(), spent=pl.col("executed").sum())
        .with_columns(pl.col("planned", "spent").cast(pl.Int128))
        .sort(*BUDGET, pl.col("planned"), "head", descending=[False] * len(BUDGET) + [True, False])
        .with_columns(head=pl.when(rank < params.heads).then(pl.col("head")).otherwise(pl.lit("others")))
        .group_by(*BUDGET, "head")
        .agg(**sums)
    )


def _variances(heads: pl.LazyFrame) -> pl.LazyFrame:
    """Measure each budget: variance = apart / whole, both as products of sums, so that nothing is rounded."""
    planned, spent = pl.col("planned"), pl.col("spent")
    apart = (spent * planned.sum() - planned * spent.sum()).abs()
    return (
        heads.group_by(BUDGET)
        .agg(
            apart=apart.sum(),
            whole=planned.sum() * spent.sum(),
            planned=planned.sum(),
            spent=spent.sum(),
            furthest=pl.col("head").sort_by(apart, "head").last(),
        )
        .filter(planned > 0, spent > 0)
        .with_columns(moved=pl.col("apart") // planned)
        .drop("planned", "spent")
    )


RULE: Final = Rule(
    id="BUD007",
    name="budget-composition",
    severity=Severity.LOW,
    stage=Stage.BUDGET,
    subject="budget",
    needs={"budget": DATED | {"approved", "executed"}},
    uses={"budget": USES | {"institution_name", "functional_code", "economic_code"}},
    scope=scope,
    shard_by=BUDGET,
    params=BudgetComposition,
    find=find,
    tells=tells,
    message="{budget}: in {fiscal_year}, {variance:percent} of the spending went to other heads than it was "
    "approved for, {amount} in all; furthest from its plan is {furthest:words}",
    words=("others",),
    page=__doc__,
    since="0.1",
)
