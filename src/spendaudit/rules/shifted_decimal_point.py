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

Of 1,193 contracts of CompraNet (2010-2014) 0.17 % are findings, of 9,515 Peruvian direct awards of 2020 none.
Statistical: of contracts drawn by chance (`bench/chance.py`) at most 0.05 % are flagged; a test holds it.

False positives
---------------
- Contracts that are truly ten times as large: a year after months, a building after repairs.

What would settle it
--------------------
The contract's clause on its price, and the invoices or payment orders that followed.

Worked example
--------------
With the default settings; a row stands for as many as `times` says. Elm's usual contract with Hill is 100.
From 500 to 2,000, and so on, an amount looks shifted (A to D, H, I), and likewise below (E, F). Ash's
contracts differ so much that 1,000 is within the fence. Fir has nine contracts, Oak ten (G). Another buyer's
contracts, and those in another currency, are apart. Yew's quartiles are 10 and 20, so that the fences are
1.25 and 160 (J, K).

contracts:

|times|buyer_name|supplier_name|award_date|amount   |currency|finding|
|-----|----------|-------------|----------|---------|--------|-------|
|   20|Hill      |Elm          |2024-01-01|   100.00|CLP     |       |
|    1|Hill      |Elm          |2024-01-21|   499.99|CLP     |       |
|    1|Hill      |Elm          |2024-01-22|   500.00|CLP     |A      |
|    1|Hill      |Elm          |2024-01-23|  2000.00|CLP     |B      |
|    1|Hill      |Elm          |2024-01-24|  2000.01|CLP     |       |
|    1|Hill      |Elm          |2024-01-25| 10000.00|CLP     |C      |
|    1|Hill      |Elm          |2024-01-26|200000.00|CLP     |D      |
|    1|Hill      |Elm          |2024-01-27|200000.01|CLP     |       |
|    1|Hill      |Elm          |2024-01-28|    20.01|CLP     |       |
|    1|Hill      |Elm          |2024-01-01|    20.00|CLP     |E      |
|    1|Hill      |Elm          |2024-01-02|     0.05|CLP     |F      |
|    1|Hill      |Elm          |2024-01-03|     0.04|CLP     |       |
|   10|Hill      |Elm          |2024-01-04|  1000.00|USD     |       |
|   10|Dale      |Elm          |2024-01-05|  1000.00|CLP     |       |
|    1|Hill      |Elm          |2024-01-06|     0.00|CLP     |       |
|    5|Hill      |Ash          |2024-01-07|    10.00|CLP     |       |
|    2|Hill      |Ash          |2024-01-12|   100.00|CLP     |       |
|    3|Hill      |Ash          |2024-01-14|   300.00|CLP     |       |
|    1|Hill      |Ash          |2024-01-17|  1000.00|CLP     |       |
|    8|Hill      |Fir          |2024-01-18|   100.00|CLP     |       |
|    1|Hill      |Fir          |2024-01-26|  1000.00|CLP     |       |
|    9|Hill      |Oak          |2024-01-27|   100.00|CLP     |       |
|    1|Hill      |Oak          |2024-01-08|  1000.00|CLP     |G      |
|    1|Hill      |Elm          |2024-02-01|  5000.00|CLP     |H      |
|   20|Hill      |Elm          |2024-03-01|   100.00|CLP     |       |
|    1|Hill      |Elm          |2024-02-02| 20000.00|CLP     |I      |
|    1|Hill      |Yew          |2024-01-01|     1.24|CLP     |J      |
|    1|Hill      |Yew          |2024-01-02|     1.25|CLP     |       |
|    9|Hill      |Yew          |2024-01-03|    10.00|CLP     |       |
|    9|Hill      |Yew          |2024-01-04|    20.00|CLP     |       |
|    1|Hill      |Yew          |2024-01-05|   160.00|CLP     |       |
|    1|Hill      |Yew          |2024-01-06|   160.01|CLP     |K      |

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
from spendaudit.rules._repeats import perhaps_repeated
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
    contracts = perhaps_repeated(tables["contracts"], PAIR, params.min_contracts).cache()
    amount = pl.col("amount")
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
    message="{buyer_name} and {supplier_name}: {amount}, where {median} is usual in {contracts} similar "
    "contracts: does the decimal point stand where it should?",
    page=__doc__,
    since="0.1",
)
