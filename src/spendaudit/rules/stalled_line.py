"""Nothing was spent on a budget line although most of its year has gone.

Why it matters
--------------
A line with money and without a single payment after nine months is a project that did not begin. There is
still time to ask why, and to use the money elsewhere: at the close only BUD004 is left to tell of it.

Formula
-------
For a line of expense that no other line details, at the last date that is published of a year that has not
closed, going by the appropriation as amended (`adjusted`) or, where that is not published, as approved

    executed <= 0    and    appropriation > floor    and    months gone >= from_month

The amount of a finding is the appropriation. Lines in two currencies are two lines. Totals are never judged
beside their parts.

Threshold
---------
- `from_month`: 9, nine whole months of the fiscal year; a default of this project.
- `floor`: 0, a default of this project. Set it to what is worth a question.
- `closing_month`: 12, December; 15 is March of the year after the one that names the budget.

No file at hand is late enough in its year. With `from_month=3` it finds a third of the lines of Chile's
execution of April 2017 and two thirds of those of Puebla's first quarter of 2016: early in the year an empty
line says nothing.

False positives
---------------
- Reserves, and lines that wait for an event: an election, a disaster, a court ruling.
- Expenses of the last months: a bonus in December, a grant that is paid once a year.
- Money that was moved away without a published amendment.

What would settle it
--------------------
The plan for the line, what was contracted or ordered under it so far, and decrees that moved its money.

Worked example
--------------
With the default settings. Nothing was spent on pens by the end of September (A), on ink nothing but a cent;
on salt a recovery stands (B). Chalk has nothing yet at the end of August and on the 29th of September. Glue
had nothing in September and something in October; wine had nothing in October (C), tea nothing in November
(F). Of books only the approved budget is published (D), of maps none. Fuel has no money, rent less than that.
A closed year is no longer stalled. Roads have nothing as a whole because road 1 has nothing (E). A tax is no
expense.

budget:

|fiscal_year|period_end|institution_id|line_id|is_leaf|direction|approved|adjusted|executed|currency|finding|
|-----------|----------|--------------|-------|-------|---------|--------|--------|--------|--------|-------|
|2024       |2024-09-30|works         |pens   |yes    |expense  |    0.00|    0.50|    0.00|CLP     |A      |
|2024       |2024-09-30|works         |ink    |yes    |expense  |  100.00|  100.00|    0.01|CLP     |       |
|2024       |2024-09-30|works         |salt   |yes    |expense  |  100.00|  100.00|   -5.00|CLP     |B      |
|2024       |2024-08-31|works         |chalk  |yes    |expense  |  100.00|  100.00|    0.00|CLP     |       |
|2024       |2024-09-29|works         |chalk-2|yes    |expense  |  100.00|  100.00|    0.00|CLP     |       |
|2024       |2024-09-30|works         |glue   |yes    |expense  |  100.00|  100.00|    0.00|CLP     |       |
|2024       |2024-10-31|works         |glue   |yes    |expense  |  100.00|  100.00|    5.00|CLP     |       |
|2024       |2024-09-30|works         |wine   |yes    |expense  |  100.00|  100.00|    0.00|CLP     |       |
|2024       |2024-10-31|works         |wine   |yes    |expense  |  100.00|  100.00|    0.00|CLP     |C      |
|2024       |2024-11-30|works         |tea    |yes    |expense  |  100.00|  100.00|    0.00|CLP     |F      |
|2024       |2024-09-30|works         |books  |yes    |expense  |  100.00|        |    0.00|CLP     |D      |
|2024       |2024-09-30|works         |maps   |yes    |expense  |        |        |    0.00|CLP     |       |
|2024       |2024-09-30|works         |fuel   |yes    |expense  |  100.00|    0.00|    0.00|CLP     |       |
|2024       |2024-09-30|works         |rent   |yes    |expense  |   -0.50|   -0.50|    0.00|CLP     |       |
|2024       |2024-12-31|works         |cars   |yes    |expense  |  100.00|  100.00|    0.00|CLP     |       |
|2024       |2024-09-30|works         |roads  |no     |expense  |  100.00|  100.00|    0.00|CLP     |       |
|2024       |2024-09-30|works         |road-1 |yes    |expense  |   50.00|   50.00|    0.00|CLP     |E      |
|2024       |2024-09-30|works         |tax    |yes    |revenue  |  100.00|  100.00|    0.00|CLP     |       |

References
----------
- Derived by this project; no other tool asks it.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._amounts import money
from spendaudit.rules._budget_lines import SHARD, USES, expense_leaf, line, per_line
from spendaudit.rules._fiscal_year import DATED, YEAR, FiscalYear, appropriation, latest
from spendaudit.rules._rule import Rule, Stage


class StalledLine(FiscalYear):
    """Settings of BUD017."""

    from_month: int = Field(
        9, ge=1, le=11, description="fewest whole months of the fiscal year that have gone"
    )
    floor: Decimal = Field(
        Decimal(0),
        ge=0,
        le=10**15,
        decimal_places=4,
        description="appropriations at or below this are left out",
    )


def scope(params: StalledLine) -> pl.Expr:
    """Lines of expense late in a year that has not closed."""
    return expense_leaf() & params.gone().is_between(params.from_month, YEAR - 1)


def find(tables: Tables, params: StalledLine) -> pl.LazyFrame:
    """Return one row per line that has money and no spending."""
    stalled = latest(tables["budget"]).filter(pl.col("executed") <= 0, appropriation() > money(params.floor))
    return per_line(stalled, appropriation())


def tells(params: StalledLine) -> dict[str, pl.Expr]:
    """Tell which line it is, its figures, and how many months have gone."""
    figures = {name: pl.col(name) for name in ("approved", "adjusted", "executed")}
    return line(appropriation(), {**figures, "months": params.gone()})


RULE: Final = Rule(
    id="BUD017",
    name="stalled-line",
    severity=Severity.LOW,
    stage=Stage.BUDGET,
    subject="budget",
    needs={"budget": DATED | {"executed"}},
    either=frozenset({"adjusted", "approved"}),
    uses={"budget": USES},
    scope=scope,
    shard_by=SHARD,
    params=StalledLine,
    find=find,
    tells=tells,
    message="{institution_name} spent nothing in the first {months} months of {fiscal_year} of the {amount} "
    "for {line}",
    page=__doc__,
    since="0.1",
)
