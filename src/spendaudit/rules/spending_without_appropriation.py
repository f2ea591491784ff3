"""Money was spent on a budget line that has no appropriation.

Why it matters
--------------
No public money is spent without an appropriation: this is the oldest rule of public budgets. Where a line
shows spending and no appropriation, the authorisation is missing, was not published, or stands elsewhere.

Formula
-------
For a line of expense that no other line details, going by the appropriation as amended (`adjusted`) or, where
that is not published, as approved

    appropriation = 0 and executed > floor

The amount of a finding is `executed`. A line that is found at several dates of a year is one finding, with
the figures of the last. Lines in two currencies are two lines. Totals are never judged beside their parts.

Threshold
---------
- Zero is zero. An empty cell is not zero: a line whose appropriation was not published at all cannot be
  judged.
- `floor`: spending at or below it is left out; default 0.

In Chile's execution of April 2017, 79 of 3,036 lines (2.6 %).

False positives
---------------
- Where only the approved budget is published: lines that a decree has created since.
- Lines that the law allows without an amount. In Chile "Deuda Flotante" (bills of the past year) and
  "Prestaciones Sociales del Empleador" are most of the 79, until a decree of the year regularises them.
- Appropriations made for a whole item, with its lines at zero; spending booked under another code.

What would settle it
--------------------
The act that authorises the spending, and the decree that created or regularised the line.

Worked example
--------------
With the default settings. Ink has no appropriation (A), pens a cent of it. Fuel had one that was taken away
(B), rent got one by amendment. Of books only the approved one is published, and it is zero (C); of maps none
is. Ice was not bought, salt was credited. Water is a recovery, published as negative. Roads have nothing as a
whole, and so has road 1 (D). A tax needs no appropriation. The school was found in May and in June (E).

budget:

|period_end|institution_id|line_id|is_leaf|direction|approved|adjusted|executed|currency|finding|
|----------|--------------|-------|-------|---------|--------|--------|--------|--------|-------|
|2024-06-30|works         |ink    |yes    |expense  |    0.00|    0.00|    0.50|CLP     |A      |
|2024-06-30|works         |pens   |yes    |expense  |    0.00|    0.01|   50.00|CLP     |       |
|2024-06-30|works         |fuel   |yes    |expense  |   90.00|    0.00|   50.00|CLP     |B      |
|2024-06-30|works         |rent   |yes    |expense  |    0.00|   90.00|   50.00|CLP     |       |
|2024-06-30|works         |books  |yes    |expense  |    0.00|        |   50.00|CLP     |C      |
|2024-06-30|works         |maps   |yes    |expense  |        |        |   50.00|CLP     |       |
|2024-06-30|works         |ice    |yes    |expense  |    0.00|    0.00|    0.00|CLP     |       |
|2024-06-30|works         |salt   |yes    |expense  |    0.00|    0.00|   -0.50|CLP     |       |
|2024-06-30|works         |water  |yes    |expense  |    0.00|   -0.50|   50.00|CLP     |       |
|2024-06-30|works         |roads  |no     |expense  |    0.00|    0.00|   50.00|CLP     |       |
|2024-06-30|works         |road-1 |yes    |expense  |    0.00|    0.00|   50.00|CLP     |D      |
|2024-06-30|works         |tax    |yes    |revenue  |    0.00|    0.00|   50.00|CLP     |       |
|2024-05-31|school        |21-01  |yes    |expense  |    0.00|    0.00|   40.00|CLP     |E      |
|2024-06-30|school        |21-01  |yes    |expense  |    0.00|    0.00|   50.00|CLP     |E      |

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


class SpendingWithoutAppropriation(Params):
    """Settings of BUD009."""

    floor: Decimal = Field(
        Decimal(0), ge=0, le=10**15, decimal_places=4, description="spending at or below this is left out"
    )


def scope(_params: SpendingWithoutAppropriation) -> pl.Expr:
    """Lines of expense."""
    return expense_leaf()


def find(tables: Tables, params: SpendingWithoutAppropriation) -> pl.LazyFrame:
    """Return one row per line with spending and without an appropriation."""
    spent = pl.col("executed")
    bare = tables["budget"].filter(pl.coalesce("adjusted", "approved") == 0, spent > money(params.floor))
    return per_line(bare, spent)


def tells(_params: SpendingWithoutAppropriation) -> dict[str, pl.Expr]:
    """Tell which line has no appropriation, and its figures."""
    figures = {name: pl.col(name) for name in ("approved", "adjusted", "executed")}
    return line(pl.col("executed"), figures)


RULE: Final = Rule(
    id="BUD009",
    name="spending-without-appropriation",
    severity=Severity.HIGH,
    precision=Precision.HIGH,
    stage=Stage.BUDGET,
    subject="budget",
    needs={"budget": NEEDS | {"executed"}},
    either=frozenset({"adjusted", "approved"}),
    uses={"budget": USES},
    scope=scope,
    shard_by=SHARD,
    params=SpendingWithoutAppropriation,
    find=find,
    tells=tells,
    message="{institution_name} spent {executed} on {line}{in_year}, which has no appropriation",
    page=__doc__,
    since="0.1",
)
