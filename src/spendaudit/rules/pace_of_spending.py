"""At its pace so far, a budget line will end above its appropriation, or far below it.

Why it matters
--------------
Overruns and unused money are found when the year is over and nothing can be done. The pace of the months so
far tells of them while there is time to ask.

Formula
-------
For a line of expense that no other line details, at the last date that is published of a year that has not
closed, going by the appropriation as amended (`adjusted`) or, where that is not published, as approved

    projected = executed / months gone * 12

    projected > appropriation * (1 + tolerance)    and    executed <= appropriation    ("above"), or
    projected < appropriation * share              and    executed > 0                 ("below")

The amount of a finding is the distance from the projection to the appropriation. A line that is over already
is left to BUD001, one with nothing spent to BUD017. Lines in two currencies are two lines. Totals are never
judged beside their parts.

Threshold
---------
- `tolerance`: 0.10 and `from_month`: 6, the fewest whole months that have gone, are defaults of this project.
- `share`: 0.70, as at the close (BUD004).
- `floor`: appropriations at or below it are left out; default 0.
- `closing_month`: 12, December; 15 is March of the year after the one that names the budget.

No file at hand is late enough in its year. With `from_month=3` it finds 42 % of the lines of Chile's
execution of April 2017 and 28 % of those of Puebla's first quarter of 2016: early in the year a pace
says little.

False positives
---------------
- Spending with a season: schools, harvests, winter; subsidies and debt that are paid on fixed days.
- One-time purchases early in the year; works that begin late and go fast.
- An amendment that is under way.

What would settle it
--------------------
The institution's schedule of spending for the year, and the amendments under way.

Worked example
--------------
With the default settings, after six months: what was spent is doubled. Pens come to 110, ink to two cents
more (A). Chalk comes to 70, glue to two cents less (B). Fuel is over already, gas is not (F); rent had
nothing, ice a little (G). Salt was ahead in June and not in July; wine was ahead in July (C), beer behind in
November (H). Five months tell nothing, a closed year needs no projection. Of books only the approved budget
is published (D), of maps none. Water has no money, debt less than none. Roads are behind because road 1 is
(E). A tax is no expense.

budget:

|fiscal_year|period_end|institution_id|line_id|is_leaf|direction|approved|adjusted|executed|currency|finding|
|-----------|----------|--------------|-------|-------|---------|--------|--------|--------|--------|-------|
|2024       |2024-06-30|works         |pens   |yes    |expense  |    0.00|  100.00|   55.00|CLP     |       |
|2024       |2024-06-30|works         |ink    |yes    |expense  |    0.00|  100.00|   55.01|CLP     |A      |
|2024       |2024-06-30|works         |chalk  |yes    |expense  |    0.00|  100.00|   35.00|CLP     |       |
|2024       |2024-06-30|works         |glue   |yes    |expense  |    0.00|  100.00|   34.99|CLP     |B      |
|2024       |2024-06-30|works         |fuel   |yes    |expense  |    0.00|  100.00|  100.01|CLP     |       |
|2024       |2024-06-30|works         |gas    |yes    |expense  |    0.00|  100.00|  100.00|CLP     |F      |
|2024       |2024-06-30|works         |rent   |yes    |expense  |    0.00|  100.00|    0.00|CLP     |       |
|2024       |2024-06-30|works         |ice    |yes    |expense  |    0.00|  100.00|    0.10|CLP     |G      |
|2024       |2024-06-30|works         |salt   |yes    |expense  |    0.00|  100.00|   60.00|CLP     |       |
|2024       |2024-07-31|works         |salt   |yes    |expense  |    0.00|  100.00|   60.00|CLP     |       |
|2024       |2024-06-30|works         |wine   |yes    |expense  |    0.00|  100.00|   55.00|CLP     |       |
|2024       |2024-07-31|works         |wine   |yes    |expense  |    0.00|  100.00|   65.00|CLP     |C      |
|2024       |2024-11-30|works         |tea    |yes    |expense  |    0.00|  100.00|  100.00|CLP     |       |
|2024       |2024-11-30|works         |beer   |yes    |expense  |    0.00|   90.00|   10.00|CLP     |H      |
|2024       |2024-05-31|works         |cups   |yes    |expense  |    0.00|  100.00|   90.00|CLP     |       |
|2024       |2024-12-31|works         |cars   |yes    |expense  |    0.00|  100.00|   10.00|CLP     |       |
|2024       |2024-06-30|works         |books  |yes    |expense  |    0.50|        |    0.45|CLP     |D      |
|2024       |2024-06-30|works         |maps   |yes    |expense  |        |        |   90.00|CLP     |       |
|2024       |2024-06-30|works         |water  |yes    |expense  |  100.00|    0.00|    0.00|CLP     |       |
|2024       |2024-06-30|works         |wells  |yes    |expense  |  100.00|   -9.00|   -9.00|CLP     |       |
|2024       |2024-06-30|works         |roads  |no     |expense  |  100.00|  100.00|   30.00|CLP     |       |
|2024       |2024-06-30|works         |road-1 |yes    |expense  |   50.00|   50.00|    5.00|CLP     |E      |
|2024       |2024-06-30|works         |tax    |yes    |revenue  |  100.00|  100.00|   90.00|CLP     |       |
|2024       |2024-11-30|works         |debt   |yes    |expense  |    0.00|   -0.50|   -0.50|CLP     |       |

References
----------
- Derived by this project; no other tool asks it.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import MONEY, Tables
from spendaudit.rules._amounts import money
from spendaudit.rules._budget_lines import SHARD, USES, expense_leaf, line, per_line
from spendaudit.rules._fiscal_year import DATED, YEAR, FiscalYear, appropriation, latest
from spendaudit.rules._rule import Precision, Rule, Stage


class PaceOfSpending(FiscalYear):
    """Settings of BUD014."""

    tolerance: Decimal = Field(
        Decimal("0.10"),
        ge=0,
        le=10,
        decimal_places=4,
        description="share of the appropriation by which a projection may exceed it",
    )
    share: Decimal = Field(
        Decimal("0.70"),
        ge=0,
        le=1,
        decimal_places=4,
        description="smallest share of the appropriation that is no question",
    )
    from_month: int = Field(
        6, ge=1, le=11, description="fewest whole months of the fiscal year that have gone"
    )
    floor: Decimal = Field(
        Decimal(0),
        ge=0,
        le=10**15,
        decimal_places=4,
        description="appropriations at or below this are left out",
    )


def scope(params: PaceOfSpending) -> pl.Expr:
    """Lines of expense in a year that has gone far enough and has not closed."""
    return expense_leaf() & params.gone().is_between(params.from_month, YEAR - 1)


def find(tables: Tables, params: PaceOfSpending) -> pl.LazyFrame:
    """Return one row per line whose pace leads far from its appropriation."""
    spent, year = pl.col("executed"), pl.col("executed") * YEAR
    due = appropriation() * params.gone()
    above = (year > due * (1 + params.tolerance)) & (spent <= appropriation())
    below = (year < due * params.share) & (spent > 0)
    apart = latest(tables["budget"]).filter(appropriation() > money(params.floor), above | below)
    return per_line(apart, _distance(params))


def tells(params: PaceOfSpending) -> dict[str, pl.Expr]:
    """Tell which line it is, its figures, and where they lead."""
    projected = _projected(params)
    facts = {
        "approved": pl.col("approved"),
        "appropriation": appropriation(),
        "executed": pl.col("executed"),
        "months": params.gone(),
        "projected": projected,
        "side": pl.when(projected > appropriation()).then(pl.lit("above")).otherwise(pl.lit("below")),
    }
    return line(_distance(params), facts)


def _projected(params: PaceOfSpending) -> pl.Expr:
    """Spend on for the rest of the year as so far (MONEY)."""
    return (pl.col("executed") * YEAR / params.gone()).cast(MONEY)


def _distance(params: PaceOfSpending) -> pl.Expr:
    return (_projected(params) - appropriation()).abs()


RULE: Final = Rule(
    id="BUD014",
    name="pace-of-spending",
    severity=Severity.LOW,
    precision=Precision.HIGH,
    stage=Stage.BUDGET,
    subject="budget",
    needs={"budget": DATED | {"executed"}},
    either=frozenset({"adjusted", "approved"}),
    uses={"budget": USES},
    scope=scope,
    shard_by=SHARD,
    params=PaceOfSpending,
    find=find,
    tells=tells,
    message="{institution_name} spent {executed} on {line} in {months} months of {fiscal_year}; at this pace "
    "the year ends {amount} {side:words} the {appropriation} appropriated",
    words=("above", "below"),
    page=__doc__,
    since="0.1",
)
