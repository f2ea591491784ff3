"""A large part of what was owed on a budget line by the end of the year was not paid.

Why it matters
--------------
Unpaid bills are debt that no budget shows. Suppliers wait, ask higher prices next time, or stop coming; small
ones go under. The bills return in the next year and take its money.

Formula
-------
For a line of expense that no other line details, at the last date that is published of a closed year,

    executed - paid > executed * share    and    executed > floor

where `executed` counts an expense when it is owed. The amount of a finding is `executed - paid`. Lines in two
currencies are two lines. Totals are never judged beside their parts.

Threshold
---------
- `share`: 0.10, a default of this project for a single line. PEFA's PI-22 grades the stock of arrears of a
  whole government against its expenditure.
- `floor`: 0, a default of this project.
- `closing_month`: 12, December; 15 is March of the year after the one that names the budget. A year is closed
  when the figures run to the end of that month or beyond.

In Mexico's federalised spending of Puebla, reported for the first quarter of 2016, 12 of 2,303 lines of
closed years (0.5 %); one of them is of 2008.

False positives
---------------
- The normal float at the close: bills of the last weeks that are paid in January. Ask again with later
  figures.
- Money that is retained until a work is accepted.
- Payments by another body than the one that is charged.

What would settle it
--------------------
The list of bills unpaid at the close, by creditor and date, and the payments of the months after.

Worked example
--------------
With the default settings. Of pens a tenth is unpaid, of ink a cent more (A). Chalk was not closed yet. Salt
was paid in January, wine was not (B). Glue is a correction, for ice nothing is owed; for rent more was paid
than was owed. Of water no payment is published. Roads are unpaid as a whole because road 1 is (C). A tax is
no expense. The clinic's dollars are apart (D).

budget:

|fiscal_year|period_end|institution_id|line_id|is_leaf|direction|executed| paid  |currency|finding|
|-----------|----------|--------------|-------|-------|---------|--------|-------|--------|-------|
|2024       |2024-12-31|works         |pens   |yes    |expense  |  100.00|  90.00|CLP     |       |
|2024       |2024-12-31|works         |ink    |yes    |expense  |  100.00|  89.99|CLP     |A      |
|2024       |2024-11-30|works         |chalk  |yes    |expense  |  100.00|  10.00|CLP     |       |
|2024       |2024-12-31|works         |salt   |yes    |expense  |  100.00|  10.00|CLP     |       |
|2024       |2025-01-31|works         |salt   |yes    |expense  |  100.00| 100.00|CLP     |       |
|2024       |2024-12-31|works         |wine   |yes    |expense  |  100.00|  10.00|CLP     |       |
|2024       |2025-01-31|works         |wine   |yes    |expense  |  100.00|  10.00|CLP     |B      |
|2024       |2024-12-31|works         |glue   |yes    |expense  |   -0.50|  -9.00|CLP     |       |
|2024       |2024-12-31|works         |ice    |yes    |expense  |    0.00|  -9.00|CLP     |       |
|2024       |2024-12-31|works         |rent   |yes    |expense  |  100.00| 190.00|CLP     |       |
|2024       |2024-12-31|works         |water  |yes    |expense  |  100.00|       |CLP     |       |
|2024       |2024-12-31|works         |roads  |no     |expense  |  100.00|  60.00|CLP     |       |
|2024       |2024-12-31|works         |road-1 |yes    |expense  |   50.00|  10.00|CLP     |C      |
|2024       |2024-12-31|works         |road-2 |yes    |expense  |   50.00|  50.00|CLP     |       |
|2024       |2024-12-31|works         |tax    |yes    |revenue  |  100.00|  10.00|CLP     |       |
|2024       |2024-12-31|clinic        |21-01  |yes    |expense  |  100.00|  95.00|CLP     |       |
|2024       |2024-12-31|clinic        |21-01  |yes    |expense  |    0.50|   0.00|USD     |D      |

References
----------
- PEFA, Framework for assessing public financial management (2016), PI-22, expenditure arrears.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._amounts import money
from spendaudit.rules._budget_lines import SHARD, USES, expense_leaf, line, per_line
from spendaudit.rules._fiscal_year import DATED, FiscalYear, latest
from spendaudit.rules._rule import Rule, Stage


class UnpaidObligations(FiscalYear):
    """Settings of BUD011."""

    share: Decimal = Field(
        Decimal("0.10"),
        ge=0,
        le=1,
        decimal_places=4,
        description="share of what was owed that may be unpaid",
    )
    floor: Decimal = Field(
        Decimal(0), ge=0, le=10**15, decimal_places=4, description="lines that owe this or less are left out"
    )


def scope(params: UnpaidObligations) -> pl.Expr:
    """Lines of expense of closed years that owe more than the floor."""
    return expense_leaf() & params.closed() & (pl.col("executed") > money(params.floor))


def find(tables: Tables, params: UnpaidObligations) -> pl.LazyFrame:
    """Return one row per line of a year that has unpaid bills."""
    unpaid = latest(tables["budget"]).filter(_owed() > pl.col("executed") * params.share)
    return per_line(unpaid, _owed())


def tells(_params: UnpaidObligations) -> dict[str, pl.Expr]:
    """Tell which line it is, and its figures."""
    spent, paid = pl.col("executed"), pl.col("paid")
    return line(_owed(), {"executed": spent, "paid": paid, "share": (spent - paid) / spent})


def _owed() -> pl.Expr:
    return pl.col("executed") - pl.col("paid")


RULE: Final = Rule(
    id="BUD011",
    name="unpaid-obligations",
    severity=Severity.LOW,
    stage=Stage.BUDGET,
    subject="budget",
    needs={"budget": DATED | {"executed", "paid"}},
    uses={"budget": USES},
    scope=scope,
    shard_by=SHARD,
    params=UnpaidObligations,
    find=find,
    tells=tells,
    message="{institution_name}: of the {executed} owed for {line} in {fiscal_year}, {amount} were not paid "
    "({share:percent})",
    page=__doc__,
    since="0.1",
)
