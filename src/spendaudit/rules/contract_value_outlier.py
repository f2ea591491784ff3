"""A contract is far larger than any other for the same thing.

Why it matters
--------------
A contract that leaves everything else of its kind far behind is the one to read first: a project of another
order, several years in one, a framework's ceiling, or a comma in the wrong place.

Formula
-------
Contracts of one source and currency with the same item code are compared, `min_contracts` or more of them. A
contract is a finding when

    amount > times * P95 of the others

P95 is the smallest amount that 95 % of the others do not exceed, so that a large contract does not hide
itself.

Threshold
---------
- `times`: 25, and `min_contracts`: 12, as midt-bg/sigma takes in Bulgaria.
- `by`: `item-code`. `category` compares all goods, services or works instead, where a portal has no codes:
  that is coarse.

With `category`, 0.08 % of CompraNet's contracts (2010-2014) and 0.09 % of Peru's direct awards (2020) are
findings.

False positives
---------------
- Projects that are truly large; categories that hold both pencils and printing works.
- Framework agreements, whose amount is a ceiling; contracts of many years.

What would settle it
--------------------
The signed contract with its price and term, and the buyer's own estimate from before it.

Worked example
--------------
With the default settings. Of code 1, eleven others cost 2.00 or less, so that 50.01 is a finding (A) and, of
code 2, 50.00 is none. Code 3 has eleven contracts. In code 4 the largest of 22 does not hide itself (B), and
25.00 is exactly 25 times. Other currencies, schemes, sources and amounts of nothing are apart.

contracts:

|source|contract_id|item_scheme|item_code|award_date|amount |currency|finding|
|------|-----------|-----------|---------|----------|-------|--------|-------|
|portal|c1         |UNSPSC     |1        |2024-01-01|1.00   |CLP     |       |
|portal|c2         |UNSPSC     |1        |2024-01-02|1.00   |CLP     |       |
|portal|c3         |UNSPSC     |1        |2024-01-03|1.00   |CLP     |       |
|portal|c4         |UNSPSC     |1        |2024-01-04|1.00   |CLP     |       |
|portal|c5         |UNSPSC     |1        |2024-01-05|1.00   |CLP     |       |
|portal|c6         |UNSPSC     |1        |2024-01-06|1.00   |CLP     |       |
|portal|c7         |UNSPSC     |1        |2024-01-07|1.00   |CLP     |       |
|portal|c8         |UNSPSC     |1        |2024-01-08|1.00   |CLP     |       |
|portal|c9         |UNSPSC     |1        |2024-01-09|1.00   |CLP     |       |
|portal|c10        |UNSPSC     |1        |2024-01-10|1.00   |CLP     |       |
|portal|c11        |UNSPSC     |1        |2024-01-11|2.00   |CLP     |       |
|portal|c12        |UNSPSC     |1        |2024-01-12|50.01  |CLP     |A      |
|portal|c13        |UNSPSC     |1        |2024-01-13|1000.00|USD     |       |
|portal|c14        |CPV        |1        |2024-01-14|1000.00|CLP     |       |
|other |c15        |UNSPSC     |1        |2024-01-15|1000.00|CLP     |       |
|portal|c16        |UNSPSC     |1        |2024-01-16|0.00   |CLP     |       |
|portal|c17        |UNSPSC     |1        |2024-01-17|-1.00  |CLP     |       |
|portal|c18        |UNSPSC     |2        |2024-01-18|1.00   |CLP     |       |
|portal|c19        |UNSPSC     |2        |2024-01-19|1.00   |CLP     |       |
|portal|c20        |UNSPSC     |2        |2024-01-20|1.00   |CLP     |       |
|portal|c21        |UNSPSC     |2        |2024-01-21|1.00   |CLP     |       |
|portal|c22        |UNSPSC     |2        |2024-01-22|1.00   |CLP     |       |
|portal|c23        |UNSPSC     |2        |2024-01-23|1.00   |CLP     |       |
|portal|c24        |UNSPSC     |2        |2024-01-24|1.00   |CLP     |       |
|portal|c25        |UNSPSC     |2        |2024-01-25|1.00   |CLP     |       |
|portal|c26        |UNSPSC     |2        |2024-01-26|1.00   |CLP     |       |
|portal|c27        |UNSPSC     |2        |2024-01-27|1.00   |CLP     |       |
|portal|c28        |UNSPSC     |2        |2024-01-28|2.00   |CLP     |       |
|portal|c29        |UNSPSC     |2        |2024-01-01|50.00  |CLP     |       |
|portal|c30        |UNSPSC     |3        |2024-01-02|1.00   |CLP     |       |
|portal|c31        |UNSPSC     |3        |2024-01-03|1.00   |CLP     |       |
|portal|c32        |UNSPSC     |3        |2024-01-04|1.00   |CLP     |       |
|portal|c33        |UNSPSC     |3        |2024-01-05|1.00   |CLP     |       |
|portal|c34        |UNSPSC     |3        |2024-01-06|1.00   |CLP     |       |
|portal|c35        |UNSPSC     |3        |2024-01-07|1.00   |CLP     |       |
|portal|c36        |UNSPSC     |3        |2024-01-08|1.00   |CLP     |       |
|portal|c37        |UNSPSC     |3        |2024-01-09|1.00   |CLP     |       |
|portal|c38        |UNSPSC     |3        |2024-01-10|1.00   |CLP     |       |
|portal|c39        |UNSPSC     |3        |2024-01-11|1.00   |CLP     |       |
|portal|c40        |UNSPSC     |3        |2024-01-12|1000.00|CLP     |       |
|portal|c41        |UNSPSC     |4        |2024-01-13|1.00   |CLP     |       |
|portal|c42        |UNSPSC     |4        |2024-01-14|1.00   |CLP     |       |
|portal|c43        |UNSPSC     |4        |2024-01-15|1.00   |CLP     |       |
|portal|c44        |UNSPSC     |4        |2024-01-16|1.00   |CLP     |       |
|portal|c45        |UNSPSC     |4        |2024-01-17|1.00   |CLP     |       |
|portal|c46        |UNSPSC     |4        |2024-01-18|1.00   |CLP     |       |
|portal|c47        |UNSPSC     |4        |2024-01-19|1.00   |CLP     |       |
|portal|c48        |UNSPSC     |4        |2024-01-20|1.00   |CLP     |       |
|portal|c49        |UNSPSC     |4        |2024-01-21|1.00   |CLP     |       |
|portal|c50        |UNSPSC     |4        |2024-01-22|1.00   |CLP     |       |
|portal|c51        |UNSPSC     |4        |2024-01-23|1.00   |CLP     |       |
|portal|c52        |UNSPSC     |4        |2024-01-24|1.00   |CLP     |       |
|portal|c53        |UNSPSC     |4        |2024-01-25|1.00   |CLP     |       |
|portal|c54        |UNSPSC     |4        |2024-01-26|1.00   |CLP     |       |
|portal|c55        |UNSPSC     |4        |2024-01-27|1.00   |CLP     |       |
|portal|c56        |UNSPSC     |4        |2024-01-28|1.00   |CLP     |       |
|portal|c57        |UNSPSC     |4        |2024-01-01|1.00   |CLP     |       |
|portal|c58        |UNSPSC     |4        |2024-01-02|1.00   |CLP     |       |
|portal|c59        |UNSPSC     |4        |2024-01-03|1.00   |CLP     |       |
|portal|c60        |UNSPSC     |4        |2024-01-04|1.00   |CLP     |       |
|portal|c61        |UNSPSC     |4        |2024-01-05|25.00  |CLP     |       |
|portal|c62        |UNSPSC     |4        |2024-01-06|25.01  |CLP     |B      |

References
----------
- midt-bg/sigma, outliers of a CPV cohort, leave-one-out P95.
- Open Contracting Partnership, Red flags in public procurement (2024), R016.
"""

from decimal import Decimal
from typing import Final, Literal

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import MONEY, Tables
from spendaudit.rules._estimates import at_most
from spendaudit.rules._gathered import READ, one_each
from spendaudit.rules._parties import who
from spendaudit.rules._rule import Params, Precision, Rule, Stage

ALIKE: Final = {
    "item-code": ("source", "item_scheme", "item_code", "currency"),
    "category": ("source", "main_procurement_category", "currency"),
}


class ContractValueOutlier(Params):
    """Settings of PRC005."""

    times: Decimal = Field(
        Decimal(25), gt=1, le=10_000, decimal_places=4, description="multiple of P95 that must be exceeded"
    )
    min_contracts: int = Field(12, ge=3, le=100_000, description="fewest contracts to compare")
    by: Literal["item-code", "category"] = Field("item-code", description="what alike contracts share")

    def waived(self) -> frozenset[str]:
        """Tell what need not be published, as it is not compared."""
        return frozenset({"main_procurement_category" if self.by == "item-code" else "item_code"})


def find(tables: Tables, params: ContractValueOutlier) -> pl.LazyFrame:
    """Return one row per contract."""
    contracts, alike, amount = tables["contracts"], ALIKE[params.by], pl.col("amount")
    # What is above P95 is not among the others' 95 %: leaving it out takes one from their number, no more.
    place = (19 * (pl.len().cast(pl.Int64) - 1) + 19) // 20
    usual = (
        contracts.group_by(alike)
        .agg(contracts=pl.len(), highest=amount.max(), usual=amount.sort().get(place - 1))
        .filter(pl.col("contracts") >= params.min_contracts, _above(pl.col("highest"), params))
    )
    large = contracts.join(usual, on=alike, nulls_equal=True).filter(_above(amount, params))
    return one_each(large, amount, "contracts", "usual")


def _above(amount: pl.Expr, params: ContractValueOutlier) -> pl.Expr:
    return ~at_most(amount, params.times, pl.col("usual"))


def tells(params: ContractValueOutlier) -> dict[str, pl.Expr]:
    """Tell who bought from whom, what, and how much the others cost."""
    alike = "item_code" if params.by == "item-code" else "main_procurement_category"
    amount, usual = pl.col("amount").first(), pl.col("usual").first()
    return {
        **who(),
        "alike": pl.col(alike).cast(pl.String).first(),
        "title": pl.coalesce("title", "contract_id").first(),
        "contracts": pl.col("contracts").first(),
        "usual": usual,
        "times": (amount / usual).cast(MONEY),
    }


RULE: Final = Rule(
    id="PRC005",
    name="contract-value-outlier",
    ocp=("R016",),
    severity=Severity.MEDIUM,
    precision=Precision.HIGH,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({"amount", "currency", "item_code", "main_procurement_category"})},
    uses={"contracts": READ | {"source", "item_scheme"}},
    scope=lambda _params: pl.col("amount") > 0,
    shard_by=None,
    params=ContractValueOutlier,
    find=find,
    tells=tells,
    message="{buyer_name} and {supplier_name}: {amount} is {times:number} times what 95 % of {contracts} "
    "contracts for {alike} stay under: is the amount right?",
    page=__doc__,
    since="0.1",
)
