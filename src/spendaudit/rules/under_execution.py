"""Much of a line's appropriation was not spent by the end of its fiscal year.

Why it matters
--------------
Money that parliament set aside for a clinic or a road and that nobody spent is a service that was not given,
a budget that was padded, or a project that stands still. It also could have been of use elsewhere.

Formula
-------
For a line of expense that no other line details, at the last date that is published of a closed year, going
by the appropriation as amended (`adjusted`) or, where that is not published, as approved

    executed < appropriation * share    and    appropriation > floor

The amount of a finding is `appropriation - executed`. Lines in two currencies are two lines. Totals are never
judged beside their parts.

Threshold
---------
- `share`: 0.70. Proyecto_UT1 calls execution below 70 % low; nothing is known of other authorities.
- `floor`: 0, a default of this project. Set it to what is worth a question: small lines are late most often.
- `closing_month`: 12, December; 15 is March of the year after the one that names the budget. A year is closed
  when the figures run to the end of that month or beyond.

In Mexico's federalised spending of Puebla, 285 of 2,487 lines of closed years (11 %; 3 % with `share=0.5` and
`floor=1000000`). In a Chilean municipality 40 % of 800 lines in 2015 and 25 % of 819 in 2016: many small
lines, of which only one budget is published. A rate that high says more about the budget than about a line.
The run warns above 15 %, a default of this project between the two.

False positives
---------------
- Projects and investments of several years whose money is carried over.
- A budget that was passed or enlarged late in the year; reserves that nobody hoped to need.
- Programmes that were cut: where only the approved budget is published, the cut cannot be seen.
- Savings. Spending less for the same service is what one wants.

What would settle it
--------------------
The institution's report on the year's execution, and the decision that carried the rest over.

Worked example
--------------
With the default settings. Pens were spent to 70 %, ink to a cent less (A), by the amended budget; of books
only the approved one is published (B), of maps none. Fuel was under in November, when the year was not closed
yet, chalk on the 30th of December. Salt was under at the close and is not a month later; wine is under still
(C). Glue had nothing, rent less than nothing. Roads are under as a whole because road 1 is (D). A tax is no
expense. Of two lines without a code both count (E, F).

budget:

|fiscal_year|period_end|institution_id|line_id|is_leaf|direction|approved|adjusted|executed|currency|finding|
|-----------|----------|--------------|-------|-------|---------|--------|--------|--------|--------|-------|
|2024       |2024-12-31|works         |pens   |yes    |expense  |   50.00|  100.00|   70.00|CLP     |       |
|2024       |2024-12-31|works         |ink    |yes    |expense  |   50.00|  100.00|   69.99|CLP     |A      |
|2024       |2024-12-31|works         |books  |yes    |expense  |    0.50|        |    0.30|CLP     |B      |
|2024       |2024-12-31|works         |maps   |yes    |expense  |        |        |   50.00|CLP     |       |
|2024       |2024-11-30|works         |fuel   |yes    |expense  |  100.00|  100.00|   10.00|CLP     |       |
|2024       |2024-12-30|works         |chalk  |yes    |expense  |  100.00|  100.00|   10.00|CLP     |       |
|2024       |2024-12-31|works         |salt   |yes    |expense  |  100.00|  100.00|   10.00|CLP     |       |
|2024       |2025-01-31|works         |salt   |yes    |expense  |  100.00|  100.00|   90.00|CLP     |       |
|2024       |2024-12-31|works         |wine   |yes    |expense  |  100.00|  100.00|   10.00|CLP     |       |
|2024       |2025-01-31|works         |wine   |yes    |expense  |  100.00|  100.00|   20.00|CLP     |C      |
|2024       |2024-12-31|works         |glue   |yes    |expense  |    0.00|    0.00|   -0.10|CLP     |       |
|2024       |2024-12-31|works         |rent   |yes    |expense  |   -0.50|   -0.50|   -0.90|CLP     |       |
|2024       |2024-12-31|works         |roads  |no     |expense  |  100.00|  100.00|   60.00|CLP     |       |
|2024       |2024-12-31|works         |road-1 |yes    |expense  |   50.00|   50.00|   10.00|CLP     |D      |
|2024       |2024-12-31|works         |road-2 |yes    |expense  |   50.00|   50.00|   50.00|CLP     |       |
|2024       |2024-12-31|works         |tax    |yes    |revenue  |  100.00|  100.00|   10.00|CLP     |       |
|2024       |2024-12-31|works         |       |yes    |expense  |  100.00|  100.00|   10.00|CLP     |E      |
|2024       |2025-01-31|works         |       |yes    |expense  |  100.00|  100.00|   10.00|CLP     |F      |

References
----------
- Proyecto_UT1, indicators of budget execution: below 70 % is low.
- PEFA, Framework for assessing public financial management (2016), PI-1, for the aggregate.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._amounts import money
from spendaudit.rules._budget_lines import SHARD, USES, expense_leaf, line, per_line
from spendaudit.rules._fiscal_year import DATED, FiscalYear, appropriation, latest
from spendaudit.rules._rule import Precision, Rule, Stage


class UnderExecution(FiscalYear):
    """Settings of BUD004."""

    share: Decimal = Field(
        Decimal("0.70"),
        gt=0,
        le=1,
        decimal_places=4,
        description="smallest share of the appropriation that is no question",
    )
    floor: Decimal = Field(
        Decimal(0),
        ge=0,
        le=10**15,
        decimal_places=4,
        description="appropriations at or below this are left out",
    )


def scope(params: UnderExecution) -> pl.Expr:
    """Lines of expense of closed years."""
    return expense_leaf() & params.closed()


def find(tables: Tables, params: UnderExecution) -> pl.LazyFrame:
    """Return one row per line of a year that is under."""
    under = latest(tables["budget"]).filter(
        pl.col("executed") < appropriation() * params.share, appropriation() > money(params.floor)
    )
    return per_line(under, _unspent())


def tells(_params: UnderExecution) -> dict[str, pl.Expr]:
    """Tell which line is under, and its figures."""
    spent = pl.col("executed")
    facts = {
        "approved": pl.col("approved"),
        "appropriation": appropriation(),
        "executed": spent,
        "share": spent / appropriation(),
    }
    return line(_unspent(), facts)


def _unspent() -> pl.Expr:
    return appropriation() - pl.col("executed")


RULE: Final = Rule(
    id="BUD004",
    name="under-execution",
    severity=Severity.LOW,
    precision=Precision.HIGH,
    stage=Stage.BUDGET,
    subject="budget",
    needs={"budget": DATED | {"executed"}},
    either=frozenset({"adjusted", "approved"}),
    uses={"budget": USES},
    scope=scope,
    shard_by=SHARD,
    params=UnderExecution,
    find=find,
    tells=tells,
    message="{institution_name} spent {executed} of the {appropriation} for {line} in {fiscal_year}, "
    "{share:percent}: {amount} were left",
    page=__doc__,
    since="0.1",
    ceiling=0.15,
)
