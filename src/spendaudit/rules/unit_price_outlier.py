"""A unit price is far above what others paid for the same thing.

Why it matters
--------------
Where many buyers buy the same thing by the same unit, there is a usual price. A line far above it is worth
one question: what makes it dearer?

Formula
-------
Lines of one source, item code, unit and currency are compared, `min_lines` or more of them. Their quartiles
Q1, Q2 (the median) and Q3 are of type 8 (Hyndman and Fan). A price is an outlier when

    unit_price >= ratio * Q2   and   unit_price > Q3 * (Q3 / Q1) ** reach

The second is the usual fence, Q3 + 3 (Q3 - Q1), on the logarithms of prices. The outliers of one code, unit
and currency are one finding; its amount is what those lines cost, where that is published.

Threshold
---------
- `ratio`: 3, and `min_lines`: 10, as the catalogue of rules for flat data proposes; `reach`: 3, Tukey's
  fence for values far out. Serenata de Amor takes mean and three or four standard deviations instead, which a
  single wild price moves.

Statistical: on prices without anything strange (log-normal, sigma 0.7) less than 0.1 % of lines in groups of
10 and less than 0.01 % in groups of 100 are flagged; a test holds it. Where a code covers things that cost
differently, such as "computers" or "services", many more are.

False positives
---------------
- A code that covers many things; grades, sizes, brands. Look at `description` first.
- A box beside a piece, under one unit; a price for the whole line in the column of unit prices.
- Inflation: prices of all years in the files are compared. Audit a year at a time where prices rise fast.
- Remote places and small quantities.

What would settle it
--------------------
The invoices and technical terms of the dearest lines: brand, size, quantity and place of delivery.

Worked example
--------------
With the default settings; a row stands for as many as `times` says. Of code 1 twelve cost 10, so that 30 and
31 are outliers (A), 29.99 is not; another unit, scheme, currency or source is not compared with them, and a
price of nothing is none. Of codes 2 and 3 the quartiles are 10 and 20 and the fence is 160: 160.00 is within
it, 160.01 beyond (B). Code 4 has nine prices only. Of code 5, source, scheme, unit and currency differ (C to
G).

items:

|times|source|contract_id|item_scheme|item_code|unit |unit_price|amount|currency|finding|
|-----|------|-----------|-----------|---------|-----|----------|------|--------|-------|
|   12|portal|c1         |UNSPSC     |1        |piece|     10.00|      |CLP     |       |
|    1|portal|c13        |UNSPSC     |1        |piece|     29.99|      |CLP     |       |
|    1|portal|c14        |UNSPSC     |1        |piece|     30.00| 60.00|CLP     |A      |
|    1|portal|c15        |UNSPSC     |1        |piece|     31.00| 31.00|CLP     |A      |
|    1|portal|c16        |UNSPSC     |1        |box  |     10.00|      |CLP     |       |
|    1|portal|c17        |UNSPSC     |1        |box  |     35.00|      |CLP     |       |
|    1|portal|c18        |UNSPSC     |1        |piece|     35.00|      |USD     |       |
|    1|portal|c19        |CPV        |1        |piece|     35.00|      |CLP     |       |
|    1|other |c20        |UNSPSC     |1        |piece|     35.00|      |CLP     |       |
|    1|portal|c21        |UNSPSC     |1        |piece|      0.00|      |CLP     |       |
|    1|portal|c22        |UNSPSC     |1        |piece|     -9.00|      |CLP     |       |
|    4|portal|c23        |UNSPSC     |2        |piece|     10.00|      |CLP     |       |
|    5|portal|c27        |UNSPSC     |2        |piece|     20.00|      |CLP     |       |
|    1|portal|c32        |UNSPSC     |2        |piece|    160.00|      |CLP     |       |
|    4|portal|c33        |UNSPSC     |3        |piece|     10.00|      |CLP     |       |
|    1|portal|c37        |UNSPSC     |3        |piece|     12.00|      |CLP     |       |
|    4|portal|c38        |UNSPSC     |3        |piece|     20.00|      |CLP     |       |
|    1|portal|c42        |UNSPSC     |3        |piece|    160.01|      |CLP     |B      |
|    8|portal|c43        |UNSPSC     |4        |piece|     10.00|      |CLP     |       |
|    1|portal|c51        |UNSPSC     |4        |piece|     50.00|      |CLP     |       |
|    9|portal|c60        |           |5        |box  |     10.00|      |CLP     |       |
|    1|portal|c61        |           |5        |box  |     50.00|      |CLP     |C      |
|    9|other |c62        |           |5        |box  |     10.00|      |CLP     |       |
|    1|other |c63        |           |5        |box  |     50.00|      |CLP     |D      |
|    9|portal|c64        |UNSPSC     |5        |box  |     10.00|      |CLP     |       |
|    1|portal|c65        |UNSPSC     |5        |box  |     50.00|      |CLP     |E      |
|    9|portal|c66        |           |5        |piece|     10.00|      |CLP     |       |
|    1|portal|c67        |           |5        |piece|     50.00|      |CLP     |F      |
|    9|portal|c68        |           |5        |box  |     10.00|      |USD     |       |
|    1|portal|c69        |           |5        |box  |     50.00|      |USD     |G      |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R017.
- Hyndman and Fan (1996), Sample quantiles in statistical packages: type 8.
- Tukey (1977), Exploratory data analysis: fences at three times the distance of the quartiles.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import FINDING, Severity, members
from spendaudit.model.tables import MONEY, Tables
from spendaudit.rules._cohorts import fence, quartiles
from spendaudit.rules._rule import Params, Precision, Rule, Stage
from spendaudit.rules._shares import at_least
from spendaudit.rules._totals import total

ALIKE: Final = ("source", "item_scheme", "item_code", "unit", "currency")


class UnitPriceOutlier(Params):
    """Settings of PRC004."""

    ratio: Decimal = Field(
        Decimal(3), gt=1, le=1000, decimal_places=4, description="smallest multiple of the median price"
    )
    reach: int = Field(3, ge=1, le=10, description="distance of the fence, in distances of the quartiles")
    min_lines: int = Field(10, ge=4, le=100_000, description="fewest lines with a price")


def find(tables: Tables, params: UnitPriceOutlier) -> pl.LazyFrame:
    """Return one row per item code, unit and currency."""
    lines, price = tables["items"], pl.col("unit_price")
    usual = quartiles(lines, ALIKE, "unit_price", params.min_lines).filter(_far(pl.col("highest"), params))
    outliers = lines.join(usual, on=ALIKE, nulls_equal=True, build_side="force_right").filter(
        _far(price, params)
    )
    told = {name: pl.col(name).first() for name in ("count", "highest", "lower", "median", "upper")}
    return (
        outliers.group_by("source", "item_scheme", "item_code", "unit", group="currency")
        .agg(members=members(), **total(), **told)
        .with_columns(starts=pl.lit(None, pl.Date), ends=pl.lit(None, pl.Date))
        .sort(pl.col("members").list.first())
        .select(*FINDING.names(), *told)
    )


def _far(price: pl.Expr, params: UnitPriceOutlier) -> pl.Expr:
    beyond = price.cast(pl.Float64) > fence("lower", "upper", params.reach)
    return at_least(price, params.ratio, pl.col("median")) & beyond


def tells(_params: UnitPriceOutlier) -> dict[str, pl.Expr]:
    """Tell what was bought, the usual price of how many lines, and the highest price."""
    highest, median = pl.col("highest").first(), pl.col("median").first()
    return {
        "item_code": pl.col("item_code").first(),
        "description": pl.coalesce("description", "item_code").min(),
        "unit": pl.col("unit").first(),
        "price_currency": pl.col("currency").first().cast(pl.String),
        "lines": pl.col("count").first(),
        "lower_quartile": pl.col("lower").first(),
        "median": median,
        "upper_quartile": pl.col("upper").first(),
        "highest": highest,
        "ratio": (highest / median).cast(MONEY),
    }


RULE: Final = Rule(
    id="PRC004",
    name="unit-price-outlier",
    ocp=("R017",),
    severity=Severity.LOW,
    precision=Precision.HIGH,
    stage=Stage.AWARD,
    subject="items",
    needs={"items": frozenset({"item_code", "unit", "unit_price", "currency"})},
    uses={"items": frozenset({"source", "item_scheme", "amount"})},
    scope=lambda _params: pl.col("unit_price") > 0,
    shard_by=ALIKE,
    params=UnitPriceOutlier,
    find=find,
    tells=tells,
    message="{description}: of {lines} lines, {members} cost up to {highest:number} {price_currency} a "
    "{unit}, the median {median:number}: what is different about them?",
    page=__doc__,
    since="0.1",
)
