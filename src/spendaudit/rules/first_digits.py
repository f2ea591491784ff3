"""The first digits of a buyer's contracts are spread very differently from Benford's law.

Why it matters
--------------
Of amounts that grow out of many prices and quantities 30 % begin with a 1 and under 5 % with a 9. Where a
buyer's do otherwise, something sets them: a limit, a list price, a slip, a habit. The digit says where to
look.

Formula
-------
For each buyer and currency count the first digits of all amounts of 10 or more. A buyer with `min_contracts`
of them, of which the largest is at least a thousand times the smallest, is a finding when

    chi-square (8 degrees of freedom) >= chi_square   and   mean absolute deviation >= deviation

from the shares log10(1 + 1/d) of the digits d. The finding names the contracts that begin with the digit that
stands too often by most.

Threshold
---------
- `chi_square`: 26.12, which chance reaches once in a thousand. Open-tender-watch takes 15.507, once in
  twenty: with a thousand buyers that is fifty findings of nothing.
- `deviation`: 0.015, from where Nigrini speaks of nonconformity. A third of buyers with 300 amounts that
  follow Benford's law deviate so much by chance, so that it says little alone.
- `min_contracts`: 50, a default of this project (open-tender-watch 20, EGOS 30). Nigrini advises 300 and
  more.

Statistical: of buyers with 50 amounts that follow Benford's law at most 0.3 % are findings, with 300 at most
0.15 %; a test holds it. Amounts need not follow it at all: of CompraNet's buyers (2010-2014) one is a
finding, of Peru's (direct awards, 2020) one.

False positives
---------------
- Fixed prices, fees and rents; framework ceilings; buyers of one kind of thing, whose amounts lie together.
- Contracts just under a limit, which SPL004 asks about.

What would settle it
--------------------
The invoices of some of these contracts, and the price lists or fees that would explain their amounts.

Worked example
--------------
With the default settings; a row stands for as many as `times` says. Hill has fifty contracts from 10 to
10,000, no less than a thousand times as much; 21 begin with a 9, where two or three are usual (A). What is
below 10, in another currency or another buyer's does not count. Moor's do not span as much, Glen has
forty-nine. Chi-square is just below its bound for Fell and just above for Lea (B), the deviation for Mere and
Tarn (C).

contracts:

|times|buyer_name|supplier_name|award_date|amount             |currency|finding|
|-----|----------|-------------|----------|-------------------|--------|-------|
|    1|Hill      |Elm          |2024-01-01|           10000.00|CLP     |       |
|   11|Hill      |Elm          |2024-01-02|              90.00|CLP     |A      |
|   10|Hill      |Elm          |2024-01-21|             900.00|CLP     |A      |
|    7|Hill      |Elm          |2024-01-02|             100.00|CLP     |       |
|    7|Hill      |Elm          |2024-01-02|              10.00|CLP     |       |
|    8|Hill      |Elm          |2024-01-02|              20.00|CLP     |       |
|    6|Hill      |Elm          |2024-01-02|             300.00|CLP     |       |
|    1|Hill      |Elm          |2024-01-02|               9.99|CLP     |       |
|    1|Hill      |Elm          |2024-01-24|             900.00|USD     |       |
|    1|Dale      |Elm          |2024-01-02|             900.00|CLP     |       |
|    1|Moor      |Elm          |2024-01-02|            9999.99|CLP     |       |
|   49|Moor      |Elm          |2024-01-02|              10.00|CLP     |       |
|    1|Glen      |Elm          |2024-01-02|           10000.00|CLP     |       |
|   48|Glen      |Elm          |2024-01-02|              10.00|CLP     |       |
|    1|Fell      |Elm          |2024-01-02|           10000.00|CLP     |       |
|   14|Fell      |Elm          |2024-01-02|              10.00|CLP     |       |
|    8|Fell      |Elm          |2024-01-02|              20.00|CLP     |       |
|    8|Fell      |Elm          |2024-01-02|              30.00|CLP     |       |
|    4|Fell      |Elm          |2024-01-02|              40.00|CLP     |       |
|    1|Fell      |Elm          |2024-01-02|              50.00|CLP     |       |
|    2|Fell      |Elm          |2024-01-02|              60.00|CLP     |       |
|    5|Fell      |Elm          |2024-01-02|              70.00|CLP     |       |
|    9|Fell      |Elm          |2024-01-02|              90.00|CLP     |       |
|    1|Lea       |Elm          |2024-01-02|           10000.00|CLP     |       |
|   16|Lea       |Elm          |2024-01-02|              10.00|CLP     |       |
|   11|Lea       |Elm          |2024-01-02|              20.00|CLP     |       |
|    6|Lea       |Elm          |2024-01-02|              30.00|CLP     |       |
|    4|Lea       |Elm          |2024-01-02|              40.00|CLP     |       |
|    4|Lea       |Elm          |2024-01-02|              50.00|CLP     |       |
|    3|Lea       |Elm          |2024-01-02|              60.00|CLP     |       |
|    3|Lea       |Elm          |2024-01-02|              70.00|CLP     |       |
|    2|Lea       |Elm          |2024-01-02|              80.00|CLP     |       |
|    1|Lea       |Elm          |2024-01-02|9000000000000000.00|CLP     |B      |
|    1|Lea       |Elm          |2024-01-02|       900000000.00|CLP     |B      |
|    1|Lea       |Elm          |2024-01-02|        90000000.00|CLP     |B      |
|    1|Lea       |Elm          |2024-01-02|            9000.00|CLP     |B      |
|    7|Lea       |Elm          |2024-01-02|              90.00|CLP     |B      |
|    1|Mere      |Elm          |2024-01-02|           10000.00|CLP     |       |
|  102|Mere      |Elm          |2024-01-02|              10.00|CLP     |       |
|   66|Mere      |Elm          |2024-01-02|              20.00|CLP     |       |
|   44|Mere      |Elm          |2024-01-02|              30.00|CLP     |       |
|   36|Mere      |Elm          |2024-01-02|              40.00|CLP     |       |
|   28|Mere      |Elm          |2024-01-02|              50.00|CLP     |       |
|   23|Mere      |Elm          |2024-01-02|              60.00|CLP     |       |
|   21|Mere      |Elm          |2024-01-02|              70.00|CLP     |       |
|   19|Mere      |Elm          |2024-01-02|              80.00|CLP     |       |
|   42|Mere      |Elm          |2024-01-02|              90.00|CLP     |       |
|    1|Tarn      |Elm          |2024-01-02|           10000.00|CLP     |       |
|   81|Tarn      |Elm          |2024-01-02|              10.00|CLP     |       |
|   50|Tarn      |Elm          |2024-01-02|              20.00|CLP     |       |
|   36|Tarn      |Elm          |2024-01-02|              30.00|CLP     |       |
|   25|Tarn      |Elm          |2024-01-02|              40.00|CLP     |       |
|   22|Tarn      |Elm          |2024-01-02|              50.00|CLP     |       |
|   16|Tarn      |Elm          |2024-01-02|              60.00|CLP     |       |
|   15|Tarn      |Elm          |2024-01-02|              70.00|CLP     |       |
|   14|Tarn      |Elm          |2024-01-02|              80.00|CLP     |       |
|   34|Tarn      |Elm          |2024-01-02|              90.00|CLP     |C      |

References
----------
- Nigrini (2012), Benford's law: mean absolute deviation 0.006, 0.012, 0.015; Pearson's chi-square test.
- Open Contracting Partnership, Red flags in public procurement (2024), R029; OpenTender, OT-I07.
"""

from decimal import Decimal
from math import log10
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import MONEY, Tables
from spendaudit.rules._gathered import READ, gathered
from spendaudit.rules._parties import party
from spendaudit.rules._rule import Params, Precision, Rule, Stage

BUYER: Final = ("buyer_key", "currency")
#: The share of each first digit in Benford's law.
LAW: Final = {digit: log10(1 + 1 / digit) for digit in range(1, 10)}
#: Orders of magnitude that amounts must span before the law can be asked of them: three.
SPAN: Final = 1000
#: Smaller amounts are as often fees as prices.
LEAST: Final = 10


class FirstDigits(Params):
    """Settings of PRC009."""

    chi_square: Decimal = Field(
        Decimal("26.12"), gt=0, le=10_000, decimal_places=4, description="smallest chi-square"
    )
    deviation: Decimal = Field(
        Decimal("0.015"), ge=0, le=1, decimal_places=4, description="smallest mean absolute deviation"
    )
    min_contracts: int = Field(50, ge=20, le=1_000_000, description="fewest contracts of a buyer")


def find(tables: Tables, params: FirstDigits) -> pl.LazyFrame:
    """Return one row per buyer and currency."""
    contracts, amount = tables["contracts"].with_columns(digit=_first_digit()), pl.col("amount")
    digits = contracts.group_by(*BUYER, "digit").agg(n=pl.len(), smallest=amount.min(), largest=amount.max())
    n = pl.col("n").sum()
    off = {
        digit: pl.col("n").filter(pl.col("digit") == digit).sum() - n * share for digit, share in LAW.items()
    }
    buyers = (
        digits.group_by(BUYER)
        .agg(
            contracts=n,
            smallest=pl.col("smallest").min(),
            largest=pl.col("largest").max(),
            **{f"off_{digit}": excess for digit, excess in off.items()},
        )
        .with_columns(
            chi=pl.sum_horizontal(
                pl.col(f"off_{digit}").pow(2) / (pl.col("contracts") * share) for digit, share in LAW.items()
            ),
            mad=pl.sum_horizontal(pl.col(f"off_{digit}").abs() for digit in LAW)
            / pl.col("contracts")
            / len(LAW),
            digit=pl.concat_list(f"off_{digit}" for digit in LAW).list.arg_max().cast(pl.Int64) + 1,
        )
        .filter(
            pl.col("contracts") >= params.min_contracts,
            pl.col("largest") >= pl.col("smallest") * SPAN,
            pl.col("chi") >= float(params.chi_square),
            pl.col("mad") >= float(params.deviation),
        )
    )
    told = {name: pl.col(name).first() for name in ("contracts", "digit", "chi", "mad")}
    return gathered(contracts.join(buyers, on=(*BUYER, "digit"), build_side="force_right"), BUYER, **told)


def _first_digit() -> pl.Expr:
    """Read the digit with which an amount begins that is not below one."""
    return pl.col("amount").cast(pl.String).str.head(1).cast(pl.Int64)


def tells(_params: FirstDigits) -> dict[str, pl.Expr]:
    """Tell who bought, which digit stands too often, and how far the digits are from the law."""
    contracts, digit = pl.col("contracts").first(), pl.col("digit").first()
    usual = pl.sum_horizontal(pl.when(digit == one).then(share) for one, share in LAW.items())
    return {
        "buyer_name": party("buyer").min(),
        "digit": digit,
        "with_digit": pl.len(),
        "contracts": contracts,
        "share": (pl.len() / contracts).cast(MONEY),
        "usual": usual.cast(MONEY),
        "chi_square": pl.col("chi").first().cast(MONEY),
        "deviation": pl.col("mad").first().cast(MONEY),
    }


RULE: Final = Rule(
    id="PRC009",
    name="first-digits",
    ocp=("R029",),
    severity=Severity.LOW,
    precision=Precision.LOW,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({*BUYER, "amount"})},
    uses={"contracts": READ},
    scope=lambda _params: pl.col("amount") >= LEAST,
    shard_by=("buyer_key",),
    params=FirstDigits,
    find=find,
    tells=tells,
    message="{buyer_name}: {share:percent} of {contracts} amounts begin with a {digit}, where "
    "{usual:percent} would be usual: what sets them?",
    page=__doc__,
    since="0.1",
)
