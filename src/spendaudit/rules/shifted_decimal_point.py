"""An amount would be usual if its decimal point stood elsewhere.

Why it matters
--------------
A zero too many is the most common slip in an amount, and one such contract can be more than all the others of
a year. Every sum, share and ranking over it is wrong until it is put right.

Formula
-------
Contracts that one buyer has with one supplier in one currency are compared, `min_contracts` or more of them.
Their quartiles Q1, Q2 (the median) and Q3 are of type 8 (Hyndman and Fan). An amount is a finding when it is
above Q3 * (Q3 / Q1) ** 3, and for 10, 100 or 1000

    median / 2 <= amount / factor <= median * 2

or when it is below Q1 * (Q1 / Q3) ** 3 and the same holds of amount * factor.

Threshold
---------
- The band from half to twice the median, and the powers of ten, are those of midt-bg/sigma; the fence is
  Tukey's for values far out, on logarithms.
- `min_contracts`: 10, a default of this project.

Of 1 193 contracts of CompraNet (2010-2014) 0.17 % are findings, of 9 515 Peruvian direct awards of 2020 none.

False positives
---------------
- Contracts that are truly ten times as large: a year after months, a building after repairs.

What would settle it
--------------------
The contract's clause on its price, and the invoices or payment orders that followed.

Worked example
--------------
With the default settings. Elm's usual contract with Hill is 100. From 500 to 2,000, and so on, an amount
looks shifted (A to D), and likewise below (E, F). Ash's contracts differ so much that 1,000 is within the
fence. Fir has nine contracts, Oak ten (G). Another buyer's contracts, and those in another currency, are
apart.

contracts:

|buyer_name|supplier_name|award_date|amount   |currency|finding|
|----------|-------------|----------|---------|--------|-------|
|Hill      |Elm          |2024-01-01|100.00   |CLP     |       |
|Hill      |Elm          |2024-01-02|100.00   |CLP     |       |
|Hill      |Elm          |2024-01-03|100.00   |CLP     |       |
|Hill      |Elm          |2024-01-04|100.00   |CLP     |       |
|Hill      |Elm          |2024-01-05|100.00   |CLP     |       |
|Hill      |Elm          |2024-01-06|100.00   |CLP     |       |
|Hill      |Elm          |2024-01-07|100.00   |CLP     |       |
|Hill      |Elm          |2024-01-08|100.00   |CLP     |       |
|Hill      |Elm          |2024-01-09|100.00   |CLP     |       |
|Hill      |Elm          |2024-01-10|100.00   |CLP     |       |
|Hill      |Elm          |2024-01-11|100.00   |CLP     |       |
|Hill      |Elm          |2024-01-12|100.00   |CLP     |       |
|Hill      |Elm          |2024-01-13|100.00   |CLP     |       |
|Hill      |Elm          |2024-01-14|100.00   |CLP     |       |
|Hill      |Elm          |2024-01-15|100.00   |CLP     |       |
|Hill      |Elm          |2024-01-16|100.00   |CLP     |       |
|Hill      |Elm          |2024-01-17|100.00   |CLP     |       |
|Hill      |Elm          |2024-01-18|100.00   |CLP     |       |
|Hill      |Elm          |2024-01-19|100.00   |CLP     |       |
|Hill      |Elm          |2024-01-20|100.00   |CLP     |       |
|Hill      |Elm          |2024-01-21|499.99   |CLP     |       |
|Hill      |Elm          |2024-01-22|500.00   |CLP     |A      |
|Hill      |Elm          |2024-01-23|2000.00  |CLP     |B      |
|Hill      |Elm          |2024-01-24|2000.01  |CLP     |       |
|Hill      |Elm          |2024-01-25|10000.00 |CLP     |C      |
|Hill      |Elm          |2024-01-26|200000.00|CLP     |D      |
|Hill      |Elm          |2024-01-27|200000.01|CLP     |       |
|Hill      |Elm          |2024-01-28|20.01    |CLP     |       |
|Hill      |Elm          |2024-01-01|20.00    |CLP     |E      |
|Hill      |Elm          |2024-01-02|0.05     |CLP     |F      |
|Hill      |Elm          |2024-01-03|0.04     |CLP     |       |
|Hill      |Elm          |2024-01-04|1000.00  |USD     |       |
|Dale      |Elm          |2024-01-05|1000.00  |CLP     |       |
|Hill      |Elm          |2024-01-06|0.00     |CLP     |       |
|Hill      |Ash          |2024-01-07|10.00    |CLP     |       |
|Hill      |Ash          |2024-01-08|10.00    |CLP     |       |
|Hill      |Ash          |2024-01-09|10.00    |CLP     |       |
|Hill      |Ash          |2024-01-10|10.00    |CLP     |       |
|Hill      |Ash          |2024-01-11|10.00    |CLP     |       |
|Hill      |Ash          |2024-01-12|100.00   |CLP     |       |
|Hill      |Ash          |2024-01-13|100.00   |CLP     |       |
|Hill      |Ash          |2024-01-14|300.00   |CLP     |       |
|Hill      |Ash          |2024-01-15|300.00   |CLP     |       |
|Hill      |Ash          |2024-01-16|300.00   |CLP     |       |
|Hill      |Ash          |2024-01-17|1000.00  |CLP     |       |
|Hill      |Fir          |2024-01-18|100.00   |CLP     |       |
|Hill      |Fir          |2024-01-19|100.00   |CLP     |       |
|Hill      |Fir          |2024-01-20|100.00   |CLP     |       |
|Hill      |Fir          |2024-01-21|100.00   |CLP     |       |
|Hill      |Fir          |2024-01-22|100.00   |CLP     |       |
|Hill      |Fir          |2024-01-23|100.00   |CLP     |       |
|Hill      |Fir          |2024-01-24|100.00   |CLP     |       |
|Hill      |Fir          |2024-01-25|100.00   |CLP     |       |
|Hill      |Fir          |2024-01-26|1000.00  |CLP     |       |
|Hill      |Oak          |2024-01-27|100.00   |CLP     |       |
|Hill      |Oak          |2024-01-28|100.00   |CLP     |       |
|Hill      |Oak          |2024-01-01|100.00   |CLP     |       |
|Hill      |Oak          |2024-01-02|100.00   |CLP     |       |
|Hill      |Oak          |2024-01-03|100.00   |CLP     |       |
|Hill      |Oak          |2024-01-04|100.00   |CLP     |       |
|Hill      |Oak          |2024-01-05|100.00   |CLP     |       |
|Hill      |Oak          |2024-01-06|100.00   |CLP     |       |
|Hill      |Oak          |2024-01-07|100.00   |CLP     |       |
|Hill      |Oak          |2024-01-08|1000.00  |CLP     |G      |

References
----------
- midt-bg/sigma: decimal shift in a cohort.
- Hyndman and Fan (1996), Sample quantiles in statistical packages: type 8.
"""

from functools import reduce
from operator import or_
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import TOTAL, Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._cohorts import fence, quartiles
from spendaudit.rules._gathered import READ, one_each
from spendaudit.rules._parties import who
from spendaudit.rules._rule import Params, Precision, Rule, Stage

PAIR: Final = ("buyer_key", "supplier_key", "currency")
#: What a number is multiplied by when its point slips by one, two or three places.
FACTORS: Final = (10, 100, 1000)
REACH: Final = 3


class ShiftedDecimalPoint(Params):
    """Settings of PRC006."""

    min_contracts: int = Field(10, ge=4, le=100_000, description="fewest contracts to compare")


def find(tables: Tables, params: ShiftedDecimalPoint) -> pl.LazyFrame:
    """Return one row per contract."""
    contracts, amount = tables["contracts"], pl.col("amount")
    usual = quartiles(contracts, PAIR, "amount", params.min_contracts)
    value, median = amount.cast(TOTAL), pl.col("median")
    above = value.cast(pl.Float64) > fence("lower", "upper", REACH)
    below = value.cast(pl.Float64) < fence("upper", "lower", REACH)
    too_many = [_near(value, median * factor) for factor in FACTORS]
    too_few = [_near(value * factor, median) for factor in FACTORS]
    shifted = contracts.join(usual, on=PAIR, build_side="force_right").filter(
        (above & reduce(or_, too_many)) | (below & reduce(or_, too_few))
    )
    return one_each(shifted, amount, "count", "median")


def _near(value: pl.Expr, other: pl.Expr) -> pl.Expr:
    return (value * 2 >= other) & (value <= other * 2)


def tells(_params: ShiftedDecimalPoint) -> dict[str, pl.Expr]:
    """Tell who bought from whom, and what is usual."""
    return {
        **who(),
        "title": pl.coalesce("title", "contract_id").first(),
        "contracts": pl.col("count").first(),
        "median": pl.col("median").first(),
    }


RULE: Final = Rule(
    id="PRC006",
    name="shifted-decimal-point",
    severity=Severity.MEDIUM,
    precision=Precision.HIGH,
    stage=Stage.DATA_QUALITY,
    subject="contracts",
    needs={"contracts": frozenset({*PAIR, "amount"})},
    uses={"contracts": READ},
    scope=lambda _params: pl.col("amount") > 0,
    shard_by=("buyer_key",),
    params=ShiftedDecimalPoint,
    find=find,
    tells=tells,
    message="{buyer_name} and {supplier_name}: {amount}, where {median} is usual in {contracts} alike "
    "contracts: does the decimal point stand where it should?",
    page=__doc__,
    since="0.1",
)
