"""The money of a budget line grew or shrank by a large part from one year to the next.

Why it matters
--------------
Most lines of a budget are last year's with a little more. One that doubled or was halved was decided anew:
somebody wanted it, and the debate on the budget should say why.

Formula
-------
For a line of expense that no other line details, known by the same code in two years that follow each other,
and in each year by its last date,

    |now - before| >= before * share    and    |now - before| >= least    and    before > floor

The amount of a finding is `|now - before|`, in money of each year: prices are not taken out. Lines in two
currencies are two lines. Totals are never judged beside their parts.

Threshold
---------
- `compare`: `approved`; `adjusted` and `executed` compare figures that run to the same month of their years.
- `share`: 0.50, a default of this project. Where prices rise by a tenth or more, take more.
- `least`: 0 and `floor`: 0, defaults of this project. Set them to what is worth a question.

Of 20,217 lines of Madrid's budgets of 2012 to 2015, 1,301 jumped (12 % of the rows stand in a finding; 0.8 %
with `least=1000000`). Of a Chilean municipality's from 2015 to 2016, 260 of some 800 (32 %). The run warns
above 20 %, a default of this project between the two.

False positives
---------------
- Lines whose code was given another meaning, or whose content moved to another code.
- Investments: a bridge is built once. Elections and censuses come every few years.
- Inflation.

What would settle it
--------------------
The explanatory notes of both budgets, and the table that leads from old codes to new ones.

Worked example
--------------
With the default settings. Pens grew by a half to the cent (A), ink by a cent less; chalk shrank by a half
(B), glue by a cent less. Fuel skipped a year, rent had nothing before; water had less than nothing. Salt
jumped twice (C, D). The amount of wine was corrected in June, and so did not jump the year after. Roads
jumped as a whole because road 1 did (E). Oil was published as of another month (F), maps of no institution
(G). A tax is no expense; another source, institution or currency is another line.

budget:

|source|fiscal_year|period_end|institution_id|line_id|is_leaf|direction|approved|currency|finding|
|------|-----------|----------|--------------|-------|-------|---------|--------|--------|-------|
|one   |2023       |2023-12-31|works         |pens   |yes    |expense  |    0.50|CLP     |A      |
|one   |2024       |2024-12-31|works         |pens   |yes    |expense  |    0.75|CLP     |A      |
|one   |2023       |          |works         |ink    |yes    |expense  |  100.00|CLP     |       |
|one   |2024       |          |works         |ink    |yes    |expense  |  149.99|CLP     |       |
|one   |2023       |          |works         |chalk  |yes    |expense  |  100.00|CLP     |B      |
|one   |2024       |          |works         |chalk  |yes    |expense  |   50.00|CLP     |B      |
|one   |2023       |          |works         |glue   |yes    |expense  |  100.00|CLP     |       |
|one   |2024       |          |works         |glue   |yes    |expense  |   50.01|CLP     |       |
|one   |2022       |          |works         |fuel   |yes    |expense  |  100.00|CLP     |       |
|one   |2024       |          |works         |fuel   |yes    |expense  |  200.00|CLP     |       |
|one   |2023       |          |works         |rent   |yes    |expense  |    0.00|CLP     |       |
|one   |2024       |          |works         |rent   |yes    |expense  |  100.00|CLP     |       |
|one   |2023       |          |works         |water  |yes    |expense  |   -9.00|CLP     |       |
|one   |2024       |          |works         |water  |yes    |expense  |  100.00|CLP     |       |
|one   |2022       |          |works         |salt   |yes    |expense  |  100.00|CLP     |C      |
|one   |2023       |          |works         |salt   |yes    |expense  |  200.00|CLP     |C D    |
|one   |2024       |          |works         |salt   |yes    |expense  |   10.00|CLP     |D      |
|one   |2023       |2023-03-31|works         |wine   |yes    |expense  |   50.00|CLP     |       |
|one   |2023       |2023-06-30|works         |wine   |yes    |expense  |  100.00|CLP     |       |
|one   |2024       |2024-03-31|works         |wine   |yes    |expense  |  100.00|CLP     |       |
|one   |2023       |          |works         |roads  |no     |expense  |  100.00|CLP     |       |
|one   |2024       |          |works         |roads  |no     |expense  |  200.00|CLP     |       |
|one   |2023       |          |works         |road-1 |yes    |expense  |  100.00|CLP     |E      |
|one   |2024       |          |works         |road-1 |yes    |expense  |  150.00|CLP     |E      |
|one   |2024       |          |works         |road-1 |yes    |expense  |   50.00|CLP     |E      |
|one   |2023       |          |works         |tax    |yes    |revenue  |  100.00|CLP     |       |
|one   |2024       |          |works         |tax    |yes    |revenue  |  200.00|CLP     |       |
|two   |2024       |          |works         |ink    |yes    |expense  |  900.00|CLP     |       |
|one   |2024       |          |school        |ink    |yes    |expense  |  900.00|CLP     |       |
|one   |2024       |          |works         |ink    |yes    |expense  |  900.00|USD     |       |
|one   |2023       |2023-12-31|works         |oil    |yes    |expense  |  100.00|CLP     |F      |
|one   |2024       |2024-06-30|works         |oil    |yes    |expense  |  150.00|CLP     |F      |
|one   |2023       |          |              |maps   |yes    |expense  |  100.00|CLP     |G      |
|one   |2024       |          |              |maps   |yes    |expense  |  200.00|CLP     |G      |
|two   |2024       |          |works         |pens   |yes    |expense  |    5.00|CLP     |       |
|one   |2024       |          |school        |pens   |yes    |expense  |    5.00|CLP     |       |
|one   |2024       |          |works         |pens   |yes    |expense  |    5.00|USD     |       |

References
----------
- GoC-Spending compares years after taking out prices; here they are left in, and the page says so.
"""

from decimal import Decimal
from typing import Final, Literal

import polars as pl
from pydantic import Field

from spendaudit.model.findings import FINDING, TOTAL, Severity, members
from spendaudit.model.tables import Tables
from spendaudit.rules._amounts import money
from spendaudit.rules._budget_lines import LINE, NEEDS, SHARD, USES, expense_leaf, line
from spendaudit.rules._fiscal_year import YEAR, latest
from spendaudit.rules._rule import Params, Rule, Stage

FIGURES: Final = ("approved", "adjusted", "executed")


class YearOnYearJump(Params):
    """Settings of BUD013."""

    compare: Literal["approved", "adjusted", "executed"] = Field("approved", description="which figure")
    share: Decimal = Field(
        Decimal("0.50"),
        gt=0,
        le=100,
        decimal_places=4,
        description="smallest change, as a share of the year before, that is a question",
    )
    least: Decimal = Field(
        Decimal(0), ge=0, le=10**15, decimal_places=4, description="smallest change in money"
    )
    floor: Decimal = Field(
        Decimal(0),
        ge=0,
        le=10**15,
        decimal_places=4,
        description="amounts of the year before at or below this are left out",
    )

    def waived(self) -> frozenset[str]:
        """Tell that approved amounts need not be published where others are compared."""
        return frozenset() if self.compare == "approved" else frozenset({"approved"})


def scope(_params: YearOnYearJump) -> pl.Expr:
    """Lines of expense."""
    return expense_leaf()


def find(tables: Tables, params: YearOnYearJump) -> pl.LazyFrame:
    """Return one row per line and pair of years between which it jumped."""
    now, before = pl.col("now"), pl.col("before")
    change = (now - before).abs()
    rows = latest(
        tables["budget"].with_columns(*FIGURES, now=params.compare).filter(pl.col("now").is_not_null())
    )
    years = rows.group_by(LINE).agg(now.sum(), reach=_reach(params).max())
    last = years.with_columns(pl.col("fiscal_year") + 1).rename({"now": "before"})
    jumps = years.join(last, on=(*LINE, "reach"), nulls_equal=True).filter(
        before > money(params.floor), change >= before * params.share, change >= money(params.least)
    )
    both = pl.concat(
        [jumps.with_columns(year="fiscal_year"), _a_year_before(jumps.with_columns(year="fiscal_year"))]
    ).rename({"now": "after"})
    return (
        rows.join(both, on=LINE, nulls_equal=True)
        .group_by(*(name for name in LINE if name != "fiscal_year"), "year")
        .agg(
            pl.col("before", "after").first(),
            members=members(),
            starts=pl.col("period_end").min(),
            ends=pl.col("period_end").max(),
        )
        .sort("members")
        .with_columns(amount=(pl.col("after") - before).abs().cast(TOTAL))
        .select(*FINDING.names(), "year", "before", "after")
    )


def tells(params: YearOnYearJump) -> dict[str, pl.Expr]:
    """Tell which line jumped, in which year, and from what to what."""
    return {
        **line(pl.col("fiscal_year").cast(pl.Int64), {}),
        "fiscal_year": pl.col("year").first(),
        "figure": pl.lit(params.compare),
        "before": pl.col("before").first(),
        "after": pl.col("after").first(),
    }


def _reach(params: YearOnYearJump) -> pl.Expr:
    """Tell how far into its year a figure reaches. What was approved does not change with the months."""
    if params.compare == "approved":
        return pl.lit(0, pl.Int32)
    end = pl.col("period_end")
    return (end.dt.year() - pl.col("fiscal_year")) * YEAR + end.dt.month()


def _a_year_before(jumps: pl.LazyFrame) -> pl.LazyFrame:
    return jumps.with_columns(pl.col("fiscal_year") - 1)


RULE: Final = Rule(
    id="BUD013",
    name="year-on-year-jump",
    severity=Severity.LOW,
    stage=Stage.BUDGET,
    subject="budget",
    needs={"budget": NEEDS | {"fiscal_year", "line_id", "approved"}},
    uses={"budget": USES | {*FIGURES}},
    scope=scope,
    shard_by=SHARD,
    params=YearOnYearJump,
    find=find,
    tells=tells,
    message="{institution_name}: what was {figure:words} for {line} went from {before} to {after} in "
    "{fiscal_year}, before any change of prices",
    words=("approved", "adjusted", "executed"),
    page=__doc__,
    since="0.1",
    ceiling=0.20,
)
