"""A large share of a year's spending fell into its last month.

Why it matters
--------------
Money that is lost at the turn of the year is spent in a hurry: on what can be delivered by then, with less
competition and fewer checks. Audit offices look at December first.

Formula
-------
Of lines of expense that no other line details, added up for each institution (or each line), fiscal year and
currency,

    spent in the last months / spent in the year > share

Running totals must be published for the close and for the month before the last ones; what was spent between
them is their difference. The months' own figures must be published for all twelve months.

Threshold
---------
- `months`: 1, and `share`: 0.15, the cap that India's finance ministry sets for March; it sets 0.33 for the
  last quarter (`months=3`). Even spending would be 0.083 and 0.25. `months=2` looks at November, too: in
  Chile controls on December moved spending there.
- `figures`: `executed-to-date`, as most portals publish it. `paid-to-date` reads `paid`; `executed-by-month`
  and `paid-by-month` are for portals whose figures do not run up through the year (mx_shcp_transfers).
- `per`: `institution`; `line` asks of each line, `budget` of all that a source publishes.
- `closing_month`: 12, December; 15 is March of the year after the one that names the budget.

In Mexico's transfers to the states (`figures=paid-by-month`), 5 of 165 years of a state from 2011 to 2015 (3
%); one of them is "No distribuible", what no state received alone.

False positives
---------------
- Salaries with a thirteenth month; grants and transfers that are paid once a year; investments.
- Expenses that are booked when the books are closed, for a whole year.
- An institution, or a budget, that was founded late in the year.
- Figures of which only some institutions, or only some lines, are published for the month before.

What would settle it
--------------------
The payment orders of the last months, and the records of receiving what they paid for.

Worked example
--------------
With the default settings. Works spent 15 % in December to the cent, schools a cent more, on two lines (A).
The clinic's November is not published, the theatre's December is not. The zoo spent less than nothing, the
bank nothing; the pond little, but late (D); the park more by November than in the year. Libraries are late as
a whole because one line is (B); a tax is no expense, and the dollars are apart (C). A figure from within a
month is that of no month; one of January counts for nothing. The year before had its own December.

budget:

|fiscal_year|period_end|institution_id|line_id|is_leaf|direction|executed|currency|finding|
|-----------|----------|--------------|-------|-------|---------|--------|--------|-------|
|2024       |2024-11-30|works         |pens   |yes    |expense  |   85.00|CLP     |       |
|2024       |2024-12-31|works         |pens   |yes    |expense  |  100.00|CLP     |       |
|2024       |2024-10-31|schools       |pens   |yes    |expense  |   10.00|CLP     |       |
|2024       |2024-11-30|schools       |pens   |yes    |expense  |   40.00|CLP     |       |
|2024       |2024-11-30|schools       |ink    |yes    |expense  |   44.99|CLP     |       |
|2024       |2024-12-31|schools       |pens   |yes    |expense  |   50.00|CLP     |A      |
|2024       |2024-12-31|schools       |ink    |yes    |expense  |   50.00|CLP     |A      |
|2024       |2024-12-15|schools       |ink    |yes    |expense  |   47.00|CLP     |       |
|2024       |2025-01-31|schools       |ink    |yes    |expense  |   90.00|CLP     |       |
|2023       |2023-11-30|schools       |ink    |yes    |expense  |   90.00|CLP     |       |
|2023       |2023-12-31|schools       |ink    |yes    |expense  |  100.00|CLP     |       |
|2024       |2024-10-31|clinic        |pens   |yes    |expense  |   10.00|CLP     |       |
|2024       |2024-12-31|clinic        |pens   |yes    |expense  |  100.00|CLP     |       |
|2024       |2024-11-30|theatre       |pens   |yes    |expense  |   10.00|CLP     |       |
|2024       |2024-12-30|theatre       |pens   |yes    |expense  |  100.00|CLP     |       |
|2024       |2024-11-30|zoo           |pens   |yes    |expense  |  -90.00|CLP     |       |
|2024       |2024-12-31|zoo           |pens   |yes    |expense  |   -9.00|CLP     |       |
|2024       |2024-11-30|bank          |pens   |yes    |expense  |  -90.00|CLP     |       |
|2024       |2024-12-31|bank          |pens   |yes    |expense  |    0.00|CLP     |       |
|2024       |2024-11-30|pond          |pens   |yes    |expense  |    0.10|CLP     |       |
|2024       |2024-12-31|pond          |pens   |yes    |expense  |    0.50|CLP     |D      |
|2024       |2024-11-30|park          |pens   |yes    |expense  |  190.00|CLP     |       |
|2024       |2024-12-31|park          |pens   |yes    |expense  |  100.00|CLP     |       |
|2024       |2024-11-30|libraries     |books  |no     |expense  |   50.00|CLP     |       |
|2024       |2024-12-31|libraries     |books  |no     |expense  |  100.00|CLP     |       |
|2024       |2024-11-30|libraries     |book-1 |yes    |expense  |   50.00|CLP     |       |
|2024       |2024-12-31|libraries     |book-1 |yes    |expense  |  100.00|CLP     |B      |
|2024       |2024-11-30|libraries     |tax    |yes    |revenue  |  900.00|CLP     |       |
|2024       |2024-12-31|libraries     |tax    |yes    |revenue  |  990.00|CLP     |       |
|2024       |2024-11-30|works         |pens   |yes    |expense  |   50.00|USD     |       |
|2024       |2024-12-31|works         |pens   |yes    |expense  |  100.00|USD     |C      |

References
----------
- India, Ministry of Finance, caps on spending in the last quarter (33 %) and the last month (15 %).
- Observatorio del Gasto Fiscal (Chile): December of 2020 was 1.35 times an average month.
- US Government Accountability Office, on year-end spending.
"""

from decimal import Decimal
from typing import Final, Literal

import polars as pl
from pydantic import Field

from spendaudit.model.findings import FINDING, TOTAL, Severity, members
from spendaudit.model.tables import Tables
from spendaudit.rules._budget_lines import USES, expense_leaf
from spendaudit.rules._fiscal_year import DATED, YEAR, FiscalYear
from spendaudit.rules._rule import Precision, Rule, Stage
from spendaudit.rules._whole_budgets import BUDGET, KEYS, called


class YearEndSpending(FiscalYear):
    """Settings of BUD005."""

    share: Decimal = Field(
        Decimal("0.15"),
        gt=0,
        le=1,
        decimal_places=4,
        description="largest share of the year's spending that is no question",
    )
    months: int = Field(1, ge=1, le=11, description="last months of the year that are taken together")
    per: Literal["institution", "line", "budget"] = Field("institution", description="what is added up")
    figures: Literal["executed-to-date", "executed-by-month", "paid-to-date", "paid-by-month"] = Field(
        "executed-to-date", description="which figures are read, and whether they run up through the year"
    )

    def waived(self) -> frozenset[str]:
        """Tell that what was executed need not be published where payments are read."""
        return frozenset() if self.figures.startswith("executed") else frozenset({"executed"})


def scope(params: YearEndSpending) -> pl.Expr:
    """Lines of expense at the end of a month of their year."""
    end = pl.col("period_end")
    return expense_leaf() & params.gone().is_between(1, YEAR) & (end == end.dt.month_end())


def find(tables: Tables, params: YearEndSpending) -> pl.LazyFrame:
    """Return one row per institution and year whose last months hold too large a share."""
    key, phase = KEYS[params.per], params.figures.partition("-")[0]
    rows = (
        tables["budget"]
        .with_columns(*KEYS["line"], "paid", month=params.gone(), figure=pl.col(phase))
        .filter(pl.col("figure").is_not_null())
    )
    years = (
        rows.group_by(*key, "month")
        .agg(figure=pl.col("figure").sum())
        .group_by(key)
        .agg(**_measures(params))
        .filter("complete", pl.col("year") > 0, pl.col("late") > pl.col("year") * params.share)
    )
    return (
        rows.filter(pl.col("month") > YEAR - params.months)
        .join(years, on=key, nulls_equal=True)
        .group_by(key)
        .agg(
            pl.col("year").first(),
            members=members(),
            amount=pl.col("late").first().cast(TOTAL),
            starts=pl.col("period_end").min(),
            ends=pl.col("period_end").max(),
        )
        .sort(pl.col("members").list.first())
        .select(*FINDING.names(), "year")
    )


def tells(params: YearEndSpending) -> dict[str, pl.Expr]:
    """Tell who it is, and how much was spent in which year."""
    return {
        "spender": called(params.per),
        "fiscal_year": pl.col("fiscal_year").first(),
        "months": pl.lit(params.months),
        "spent_in_year": pl.col("year").first(),
    }


def _measures(params: YearEndSpending) -> dict[str, pl.Expr]:
    """Measure what was spent in a year and late in it, and whether the figures suffice to tell."""
    month, figure = pl.col("month"), pl.col("figure")
    before = YEAR - params.months
    if params.figures.endswith("by-month"):
        return {
            "year": figure.sum(),
            "late": figure.filter(month > before).sum(),
            "complete": pl.len() == YEAR,
        }
    # Without a close there is no year.
    year = figure.filter(month == YEAR).sum()
    return {
        "year": year,
        "late": year - figure.filter(month == before).sum(),
        "complete": (month == before).any(),
    }


RULE: Final = Rule(
    id="BUD005",
    name="year-end-spending",
    severity=Severity.MEDIUM,
    precision=Precision.HIGH,
    stage=Stage.BUDGET,
    subject="budget",
    needs={"budget": DATED | {"executed"}},
    uses={"budget": USES | {"institution_name", "paid"}},
    scope=scope,
    shard_by=BUDGET,
    params=YearEndSpending,
    find=find,
    tells=tells,
    message="{spender} spent {amount} in the last months ({months}) of {fiscal_year}, of {spent_in_year} in "
    "the whole year",
    page=__doc__,
    since="0.1",
)
