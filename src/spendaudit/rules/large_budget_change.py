"""The appropriation of a budget line was changed by a large part of what was approved.

Why it matters
--------------
Parliament debates the approved budget. What is moved between lines later is decided by fewer people, in less
time, and often with less notice. A line that ends at twice its approved amount, or at half of it, was decided
then and not before.

Formula
-------
For a line of expense that no other line details, with an approved amount above the floor,

    |adjusted - approved| >= approved * share    and    |adjusted - approved| >= least

The amount of a finding is `|adjusted - approved|`. A line that is found at several dates of a year is one
finding, with the figures of the last. Lines in two currencies are two lines. Totals are never judged beside
their parts.

Threshold
---------
- `share`: 0.25, a default of this project. Legal caps on transfers differ from country to country.
- `least`: 0, a default of this project. The change in money that is worth a question.
- `floor`: approved amounts at or below it are placeholders and left out. The default 0 leaves out none that
  is positive; a line that had no approved amount is a new line and no change.

In Chile's execution of April 2017, 214 of 2,516 lines with an approved amount (8.5 %). In Mexico's federal
budget of 2018, 273 of 1,875 (15 %; 1.9 % with `least=1000000`); in its federalised spending of Puebla, 708 of
4,564 (16 %; 4.4 %). The run warns above 20 %, a default of this project that leaves room above these.

False positives
---------------
- Budgets that follow prices, and supplementary budgets that parliament passed itself.
- Placeholders that the law fills later; central reserves that are handed out during the year.
- Reclassification: what was approved on one line is booked on another.

What would settle it
--------------------
The law or decree behind each change, with its justification and the day of its publication.

Worked example
--------------
With the default settings. Pens grew by a quarter to the cent (A), ink by a cent less; chalk shrank by a
quarter (B), glue by a cent less. Fuel had no approved amount, rent a negative one; of water nothing but the
approved is published. Roads changed as a whole because road 1 did (C). A tax is no expense. The school was
changed in May and in June (D), its dollars were not.

budget:

|period_end|institution_id|line_id|is_leaf|direction|approved|adjusted|currency|finding|
|----------|--------------|-------|-------|---------|--------|--------|--------|-------|
|2024-06-30|works         |pens   |yes    |expense  |  100.00|  125.00|CLP     |A      |
|2024-06-30|works         |ink    |yes    |expense  |  100.00|  124.99|CLP     |       |
|2024-06-30|works         |chalk  |yes    |expense  |    1.00|    0.75|CLP     |B      |
|2024-06-30|works         |glue   |yes    |expense  |    1.00|    0.76|CLP     |       |
|2024-06-30|works         |fuel   |yes    |expense  |    0.00|  100.00|CLP     |       |
|2024-06-30|works         |rent   |yes    |expense  |   -0.50|    0.50|CLP     |       |
|2024-06-30|works         |water  |yes    |expense  |  100.00|        |CLP     |       |
|2024-06-30|works         |roads  |no     |expense  |  100.00|  150.00|CLP     |       |
|2024-06-30|works         |road-1 |yes    |expense  |   50.00|  100.00|CLP     |C      |
|2024-06-30|works         |road-2 |yes    |expense  |   50.00|   50.00|CLP     |       |
|2024-06-30|works         |tax    |yes    |revenue  |  100.00|  200.00|CLP     |       |
|2024-05-31|school        |21-01  |yes    |expense  |   10.00|   20.00|CLP     |D      |
|2024-06-30|school        |21-01  |yes    |expense  |   10.00|   30.00|CLP     |D      |
|2024-06-30|school        |21-01  |yes    |expense  |   10.00|   10.00|USD     |       |

References
----------
- PEFA, Framework for assessing public financial management (2016), PI-21.4, adjustments during the year.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._amounts import money
from spendaudit.rules._budget_lines import NEEDS, SHARD, USES, expense_leaf, line, per_line
from spendaudit.rules._rule import Params, Rule, Stage


class LargeBudgetChange(Params):
    """Settings of BUD008."""

    share: Decimal = Field(
        Decimal("0.25"),
        gt=0,
        le=10,
        decimal_places=4,
        description="smallest change, as a share of the approved, that is a question",
    )
    least: Decimal = Field(
        Decimal(0), ge=0, le=10**15, decimal_places=4, description="smallest change in money"
    )
    floor: Decimal = Field(
        Decimal(0),
        ge=0,
        le=10**15,
        decimal_places=4,
        description="approved amounts at or below this are left out",
    )


def scope(params: LargeBudgetChange) -> pl.Expr:
    """Lines of expense with an approved amount above the floor."""
    return expense_leaf() & (pl.col("approved") > money(params.floor))


def find(tables: Tables, params: LargeBudgetChange) -> pl.LazyFrame:
    """Return one row per line that was changed."""
    changed = tables["budget"].filter(
        _change() >= pl.col("approved") * params.share, _change() >= money(params.least)
    )
    return per_line(changed, _change())


def tells(_params: LargeBudgetChange) -> dict[str, pl.Expr]:
    """Tell which line was changed, and its figures."""
    approved, adjusted = pl.col("approved"), pl.col("adjusted")
    return line(
        _change(), {"approved": approved, "adjusted": adjusted, "share": (adjusted - approved) / approved}
    )


def _change() -> pl.Expr:
    return (pl.col("adjusted") - pl.col("approved")).abs()


RULE: Final = Rule(
    id="BUD008",
    name="large-budget-change",
    severity=Severity.LOW,
    stage=Stage.BUDGET,
    subject="budget",
    needs={"budget": NEEDS | {"approved", "adjusted"}},
    uses={"budget": USES},
    scope=scope,
    shard_by=SHARD,
    params=LargeBudgetChange,
    find=find,
    tells=tells,
    message="{institution_name}: the {approved} approved for {line}{in_year} became {adjusted}, a change "
    "of {amount}",
    page=__doc__,
    since="0.1",
    ceiling=0.20,
)
