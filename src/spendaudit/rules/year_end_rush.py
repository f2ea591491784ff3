"""A buyer spent a large part of the year in its last month.

Why it matters
--------------
Money that lapses with the year gets spent before it. What is bought in that hurry is often not what is needed
most, and the time to compare offers is short.

Formula
-------
For each buyer, currency and fiscal year, with at least `min_contracts` purchases in `min_months` months,

    amounts of the last month / amounts of the year >= share

The finding is made of the purchases of that month.

Threshold
---------
- `share`: 0.25, three times an even month, a default of this project. open-tender-watch plans the same
  question (B4); anticorruption-ai takes the tenth of buyers with the greatest share.
- `min_contracts`: 10, as CON001. `min_months`: 6, a default of this project: part of a year says little.
- `last_month`: 12. Where the fiscal year ends in June, take 6.

In samples of CompraNet 18 of 1,365 contracts are flagged (1.3 %).

False positives
---------------
- Contracts for the next year that are signed in time, such as insurance and cleaning.
- One large contract, such as a building, that happened to end its tender in December.
- Seasons: toys, road salt, textbooks. Data that stops before the year does, or begins late in it.

What would settle it
--------------------
The purchase requests of the last month's contracts, and the records of receiving what was bought.

Worked example
--------------
With the default settings; a row stands for as many as `times` says. Hill spent exactly a quarter in December
(A): neither dollars nor credits count, nor January. Dale spent a cent less. Moor bought nine times and once
for nothing, Nash in five months, Penn ten times in six (B).

contracts:

| times | buyer_name | supplier_name | award_date | amount | currency | finding |
|-------|------------|---------------|------------|--------|----------|---------|
|     1 | Hill       | Elm           | 2024-01-31 |  10.00 | CLP      |         |
|     2 | Hill       | Elm           | 2024-02-03 |  10.00 | CLP      |         |
|     1 | Hill       | Elm           | 2024-03-03 |  10.00 | CLP      |         |
|     1 | Hill       | Elm           | 2024-04-03 |  10.00 | CLP      |         |
|     2 | Hill       | Elm           | 2024-11-03 |  10.00 | CLP      |         |
|     1 | Hill       | Elm           | 2024-11-30 |  20.00 | CLP      |         |
|     1 | Hill       | Elm           | 2024-12-01 |  10.00 | CLP      | A       |
|     1 | Hill       | Fir           | 2024-12-31 |  20.00 | CLP      | A       |
|     1 | Hill       | Fir           | 2024-12-31 |  20.00 | USD      |         |
|     1 | Hill       | Fir           | 2024-12-31 | -20.00 | CLP      |         |
|     1 | Hill       | Fir           | 2025-01-01 |  20.00 | CLP      |         |
|     1 | Dale       | Elm           | 2024-01-03 |  10.00 | CLP      |         |
|     2 | Dale       | Elm           | 2024-02-03 |  10.00 | CLP      |         |
|     1 | Dale       | Elm           | 2024-03-03 |  10.00 | CLP      |         |
|     1 | Dale       | Elm           | 2024-04-03 |  10.00 | CLP      |         |
|     2 | Dale       | Elm           | 2024-11-03 |  10.00 | CLP      |         |
|     1 | Dale       | Elm           | 2024-11-03 |  20.00 | CLP      |         |
|     1 | Dale       | Elm           | 2024-12-01 |   9.99 | CLP      |         |
|     1 | Dale       | Elm           | 2024-12-01 |  20.00 | CLP      |         |
|     1 | Moor       | Elm           | 2024-01-03 |  10.00 | CLP      |         |
|     1 | Moor       | Elm           | 2024-02-03 |  10.00 | CLP      |         |
|     1 | Moor       | Elm           | 2024-03-03 |  10.00 | CLP      |         |
|     1 | Moor       | Elm           | 2024-04-03 |  10.00 | CLP      |         |
|     1 | Moor       | Elm           | 2024-05-03 |  10.00 | CLP      |         |
|     1 | Moor       | Elm           | 2024-06-03 |  10.00 | CLP      |         |
|     1 | Moor       | Elm           | 2024-07-03 |  10.00 | CLP      |         |
|     1 | Moor       | Elm           | 2024-12-02 |   0.00 | CLP      |         |
|     1 | Moor       | Elm           | 2024-12-03 |  10.00 | CLP      |         |
|     1 | Moor       | Elm           | 2024-12-03 |  90.00 | CLP      |         |
|     1 | Nash       | Elm           | 2024-01-03 |  10.00 | CLP      |         |
|     1 | Nash       | Elm           | 2024-02-03 |  10.00 | CLP      |         |
|     1 | Nash       | Elm           | 2024-03-03 |  10.00 | CLP      |         |
|     5 | Nash       | Elm           | 2024-04-03 |  10.00 | CLP      |         |
|     1 | Nash       | Elm           | 2024-12-03 |  10.00 | CLP      |         |
|     1 | Nash       | Elm           | 2024-12-03 |  90.00 | CLP      |         |
|     1 | Penn       | Elm           | 2024-01-03 |  10.00 | CLP      |         |
|     1 | Penn       | Elm           | 2024-02-03 |  10.00 | CLP      |         |
|     1 | Penn       | Elm           | 2024-03-03 |  10.00 | CLP      |         |
|     1 | Penn       | Elm           | 2024-04-03 |  10.00 | CLP      |         |
|     1 | Penn       | Elm           | 2024-05-03 |   0.50 | CLP      |         |
|     5 | Penn       | Elm           | 2024-12-03 |  10.00 | CLP      | B       |
|     1 | Penn       | Elm           | 2023-12-03 |  10.00 | CLP      |         |

References
----------
- open-tender-watch, AGENTS.md, B4; anticorruption-ai: share of the last month beyond P90.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import TOTAL, Severity
from spendaudit.model.tables import MONEY, Tables
from spendaudit.rules._gathered import gathered
from spendaudit.rules._parties import whose_together
from spendaudit.rules._rule import Params, Precision, Rule, Stage
from spendaudit.rules._shares import at_least

#: A buyer's money in one fiscal year.
YEAR: Final = ("buyer_key", "currency", "year")

MONTHS: Final = 12


class YearEndRush(Params):
    """Settings of TIM010."""

    share: Decimal = Field(
        Decimal("0.25"), gt=0, le=1, decimal_places=4, description="smallest share of the year's spending"
    )
    min_contracts: int = Field(10, ge=1, le=100_000, description="fewest purchases of the buyer in the year")
    min_months: int = Field(6, ge=1, le=12, description="fewest months with a purchase of the buyer")
    last_month: int = Field(12, ge=1, le=12, description="last month of the fiscal year")


def scope(_params: YearEndRush) -> pl.Expr:
    """Purchases; amounts of zero and credits are none."""
    return pl.col("amount") > 0


def find(tables: Tables, params: YearEndRush) -> pl.LazyFrame:
    """Return one row per buyer, currency and fiscal year."""
    day = pl.col("decision_date")
    month = day.dt.month().cast(pl.Int32)
    purchases = tables["contracts"].with_columns(
        year=day.dt.year() + (month > params.last_month).cast(pl.Int32), month=month
    )
    closing = pl.col("month") == params.last_month
    rushes = (
        purchases.group_by(YEAR)
        .agg(
            total=pl.col("amount").sum().cast(TOTAL),
            spent=pl.col("amount").filter(closing).sum().cast(TOTAL),
            contracts=pl.len(),
            months=pl.col("month").n_unique(),
        )
        .filter(
            pl.col("contracts") >= params.min_contracts,
            pl.col("months") >= params.min_months,
            at_least(pl.col("spent"), params.share, pl.col("total")),
        )
    )
    return gathered(
        purchases.filter(closing).join(rushes, on=YEAR, build_side="force_right"),
        YEAR,
        total=pl.col("total").first(),
        share=(pl.col("spent").first() / pl.col("total").first()).cast(MONEY),
        contracts=pl.col("contracts").first(),
    )


def tells(_params: YearEndRush) -> dict[str, pl.Expr]:
    """Tell who bought, how much in all, and which share of it in the last month."""
    return {**whose_together(), **{name: pl.col(name).first() for name in ("total", "share", "contracts")}}


RULE: Final = Rule(
    id="TIM010",
    name="year-end-rush",
    severity=Severity.LOW,
    precision=Precision.HIGH,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({"buyer_key", "currency", "decision_date", "amount"})},
    scope=scope,
    shard_by=("buyer_key",),
    params=YearEndRush,
    find=find,
    tells=tells,
    message="{buyer_name} spent {share:percent} of the year in its last month: {amount} of {total}",
    page=__doc__,
    since="0.1",
)
