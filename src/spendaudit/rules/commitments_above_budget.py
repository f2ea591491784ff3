"""More was committed on a budget line than its appropriation, as amended so far, allows.

Why it matters
--------------
A commitment is a promise to pay: a contract signed, an order sent. Promises beyond the appropriation become
bills that nobody has money for; they are paid late, or by an amendment after the fact.

Formula
-------
For a line of expense that no other line details

    committed > adjusted * (1 + tolerance)

The amount of a finding is `committed - adjusted`. A line that is over at several dates of a year is one
finding, with the figures of the last. Lines in two currencies are two lines. Totals are never judged beside
their parts.

Threshold
---------
- `tolerance`: 0, because an appropriation is a hard limit; as a share, 0.05 is 5 %.
- `floor`: appropriations at or below it are placeholders and left out. The default 0 leaves out none that is
  positive; a line without any appropriation is a question for BUD009, once money is spent on it.

In Mexico's federalised spending of Puebla (first quarter of 2016), none of 4,730 lines: there the modified
budget follows the commitments.

False positives
---------------
- Contracts of several years, committed in full in the first where the law allows it.
- Interim figures: an amendment that is under way is not published yet.
- Portals that never take back commitments that were cancelled.

What would settle it
--------------------
The documents of each commitment with the years it covers, and the amendments under way.

Worked example
--------------
With the default settings. Pens are committed to the last cent, ink is a cent over (A), chalk though nothing
was spent on it yet (B). Roads are over as a whole because road 1 is (C): the total is not counted again. A
tax is no expense. The appropriation for fuel is zero, that for rent negative; that for water, as amended, is
not published. The school was over in May and in June (D), but not in July; its dollars are apart.

budget:

|period_end|institution_id|line_id|is_leaf|direction|approved|adjusted|committed|executed|currency|finding|
|----------|--------------|-------|-------|---------|--------|--------|---------|--------|--------|-------|
|2024-06-30|works         |pens   |yes    |expense  |   80.00|  100.00|   100.00|  100.00|CLP     |       |
|2024-06-30|works         |ink    |yes    |expense  |  200.00|  100.00|   100.01|  100.00|CLP     |A      |
|2024-06-30|works         |chalk  |yes    |expense  |  100.00|    0.50|     1.00|    0.00|CLP     |B      |
|2024-06-30|works         |roads  |no     |expense  |  100.00|  100.00|   150.00|    0.00|CLP     |       |
|2024-06-30|works         |road-1 |yes    |expense  |   50.00|   50.00|   110.00|    0.00|CLP     |C      |
|2024-06-30|works         |road-2 |yes    |expense  |   50.00|   50.00|    40.00|    0.00|CLP     |       |
|2024-06-30|works         |tax    |yes    |revenue  |  100.00|  100.00|   900.00|    0.00|CLP     |       |
|2024-06-30|works         |fuel   |yes    |expense  |    0.00|    0.00|    10.00|    0.00|CLP     |       |
|2024-06-30|works         |rent   |yes    |expense  |   -0.50|   -0.50|    -0.40|    0.00|CLP     |       |
|2024-06-30|works         |water  |yes    |expense  |   10.00|        |    20.00|    0.00|CLP     |       |
|2024-05-31|school        |21-01  |yes    |expense  |   10.00|   10.00|    13.00|    0.00|CLP     |D      |
|2024-06-30|school        |21-01  |yes    |expense  |   10.00|   10.00|    12.00|    0.00|CLP     |D      |
|2024-07-31|school        |21-01  |yes    |expense  |   10.00|   14.00|    12.00|    0.00|CLP     |       |
|2024-06-30|school        |21-01  |yes    |expense  |   10.00|   14.00|    12.00|    0.00|USD     |       |

References
----------
- Derived by this project from what an appropriation is.
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
from spendaudit.rules._shares import at_most


class CommitmentsAboveBudget(Params):
    """Settings of BUD003."""

    tolerance: Decimal = Field(
        Decimal(0),
        ge=0,
        le=10,
        decimal_places=4,
        description="share of the appropriation that may be exceeded",
    )
    floor: Decimal = Field(
        Decimal(0),
        ge=0,
        le=10**15,
        decimal_places=4,
        description="appropriations at or below this are left out",
    )


def scope(params: CommitmentsAboveBudget) -> pl.Expr:
    """Lines of expense with an appropriation above the floor."""
    return expense_leaf() & (pl.col("adjusted") > money(params.floor))


def find(tables: Tables, params: CommitmentsAboveBudget) -> pl.LazyFrame:
    """Return one row per line that is over."""
    over = tables["budget"].filter(~at_most(pl.col("committed"), 1 + params.tolerance, pl.col("adjusted")))
    return per_line(over, _excess())


def tells(_params: CommitmentsAboveBudget) -> dict[str, pl.Expr]:
    """Tell which line is over, and its figures."""
    figures = {name: pl.col(name) for name in ("approved", "adjusted", "committed", "executed")}
    return line(_excess(), figures)


def _excess() -> pl.Expr:
    return pl.col("committed") - pl.col("adjusted")


RULE: Final = Rule(
    id="BUD003",
    name="commitments-above-budget",
    severity=Severity.MEDIUM,
    precision=Precision.HIGH,
    stage=Stage.BUDGET,
    subject="budget",
    needs={"budget": NEEDS | {"adjusted", "committed"}},
    uses={"budget": USES},
    scope=scope,
    shard_by=SHARD,
    params=CommitmentsAboveBudget,
    find=find,
    tells=tells,
    message="{institution_name} committed {committed} on {line}{in_year}: {amount} beyond the {adjusted} "
    "appropriated",
    page=__doc__,
    since="0.1",
)
