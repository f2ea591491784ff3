"""Far more was spent on a budget line than was approved for it at first.

Why it matters
--------------
The approved budget is what parliament debated. A line that ends far above it was planned badly, or was paid
with money that was moved later, by decree and with less debate. Whether the spending was allowed in the end
is another question: BUD001 compares it with the appropriation as amended. A line over both is found by both.

Formula
-------
For a line of expense that no other line details

    executed > approved * (1 + tolerance)

The amount of a finding is `executed - approved`. A line that is over at several dates of a year is one
finding, with the figures of the last. Lines in two currencies are two lines. Totals are never judged beside
their parts.

Threshold
---------
- `tolerance`: 0.10, ten per cent. PEFA's PI-1 grades the outturn of a whole budget A within 5 %, B within 10
  % and C within 15 %; to ask it of a single line is a choice of this project.
- `floor`: approved amounts at or below it are placeholders and left out. The default 0 leaves out none that
  is positive.

In Chile's execution of April 2017, 95 of 2,516 lines with an approved amount were over it by more than 10 %
(3.8 %), a third of the year gone; `floor=10000` leaves 78.

False positives
---------------
- Amendments that parliament passed itself; adjustment of wages and pensions to prices.
- Lines that the law allows to exceed, which begin with a placeholder: debt service, court rulings,
  emergencies.
- Reclassification: what was planned on one line is booked on another.
- Interim figures say less than the year's: a line that is over in April will not be less over in December.

What would settle it
--------------------
The laws or decrees that amended the line since its approval, each with its justification.

Worked example
--------------
With the default settings. Pens are ten per cent over to the cent, ink is a cent more (A), whatever the
amended appropriation says; that of chalk is not published (B). Roads are over as a whole because road 1 is
(C): the total is not counted again. A tax may bring in more than planned. Fuel had no approved amount, rent a
negative one. The school was over in May and in June (D).

budget:

|period_end|institution_id|line_id|is_leaf|direction|approved|adjusted|executed|currency|finding|
|----------|--------------|-------|-------|---------|--------|--------|--------|--------|-------|
|2024-06-30|works         |pens   |yes    |expense  |  100.00|  100.00|  110.00|CLP     |       |
|2024-06-30|works         |ink    |yes    |expense  |  100.00|  200.00|  110.01|CLP     |A      |
|2024-06-30|works         |chalk  |yes    |expense  |    0.50|        |    2.00|CLP     |B      |
|2024-06-30|works         |roads  |no     |expense  |  100.00|  100.00|  150.00|CLP     |       |
|2024-06-30|works         |road-1 |yes    |expense  |   50.00|   50.00|  110.00|CLP     |C      |
|2024-06-30|works         |road-2 |yes    |expense  |   50.00|   50.00|   40.00|CLP     |       |
|2024-06-30|works         |tax    |yes    |revenue  |  100.00|  100.00|  900.00|CLP     |       |
|2024-06-30|works         |fuel   |yes    |expense  |    0.00|  100.00|   10.00|CLP     |       |
|2024-06-30|works         |rent   |yes    |expense  |   -0.50|   -0.50|   -0.40|CLP     |       |
|2024-05-31|school        |21-01  |yes    |expense  |   10.00|   20.00|   13.00|CLP     |D      |
|2024-06-30|school        |21-01  |yes    |expense  |   10.00|   20.00|   14.00|CLP     |D      |

References
----------
- PEFA, Framework for assessing public financial management (2016), PI-1, aggregate expenditure outturn.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._amounts import money
from spendaudit.rules._budget_lines import NEEDS, SHARD, USES, expense_leaf, line, per_line
from spendaudit.rules._rule import Params, Precision, Rule, Stage


class OverrunOfApprovedBudget(Params):
    """Settings of BUD002."""

    tolerance: Decimal = Field(
        Decimal("0.10"),
        ge=0,
        le=10,
        decimal_places=4,
        description="share of the approved that may be exceeded",
    )
    floor: Decimal = Field(
        Decimal(0),
        ge=0,
        le=10**15,
        decimal_places=4,
        description="approved amounts at or below this are left out",
    )


def scope(params: OverrunOfApprovedBudget) -> pl.Expr:
    """Lines of expense with an approved amount above the floor."""
    return expense_leaf() & (pl.col("approved") > money(params.floor))


def find(tables: Tables, params: OverrunOfApprovedBudget) -> pl.LazyFrame:
    """Return one row per line that is over."""
    over = tables["budget"].filter(pl.col("executed") > pl.col("approved") * (1 + params.tolerance))
    return per_line(over, _excess())


def tells(_params: OverrunOfApprovedBudget) -> dict[str, pl.Expr]:
    """Tell which line is over, and its figures."""
    spent, planned = pl.col("executed"), pl.col("approved")
    facts = {"approved": planned, "adjusted": pl.col("adjusted"), "executed": spent, "ratio": spent / planned}
    return line(_excess(), facts)


def _excess() -> pl.Expr:
    return pl.col("executed") - pl.col("approved")


RULE: Final = Rule(
    id="BUD002",
    name="overrun-of-approved-budget",
    severity=Severity.LOW,
    precision=Precision.HIGH,
    stage=Stage.BUDGET,
    subject="budget",
    needs={"budget": NEEDS | {"approved", "executed"}},
    uses={"budget": USES},
    scope=scope,
    shard_by=SHARD,
    params=OverrunOfApprovedBudget,
    find=find,
    tells=tells,
    message="{institution_name} spent {executed} on {line}{in_year}: {amount} beyond the {approved} first "
    "approved",
    page=__doc__,
    since="0.1",
)
