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
findings. Statistical: of contracts drawn by chance (`bench/chance.py`) at most 0.01 % are flagged; a test
holds it.

False positives
---------------
- Projects that are truly large; categories that hold both pencils and printing works.
- Framework agreements, whose amount is a ceiling; contracts of many years.

What would settle it
--------------------
The signed contract with its price and term, and the buyer's own estimate from before it.

Worked example
--------------
With the default settings; a row stands for as many as `times` says. Of code 1, eleven others cost 2.00 or
less, so that 50.01 is a finding (A) and, of code 2, 50.00 is none. Code 3 has eleven contracts. In code 4 the
largest of 22 does not hide itself (B), and 25.00 is exactly 25 times. Other currencies, schemes, sources and
amounts of nothing are apart. Code 5 has no scheme (C).

contracts:

|times|source|contract_id|item_scheme|item_code|award_date|amount |currency|finding|
|-----|------|-----------|-----------|---------|----------|-------|--------|-------|
|   10|portal|c1         |UNSPSC     |1        |2024-01-01|   1.00|CLP     |       |
|    1|portal|c11        |UNSPSC     |1        |2024-01-11|   2.00|CLP     |       |
|    1|portal|c12        |UNSPSC     |1        |2024-01-12|  50.01|CLP     |A      |
|    1|portal|c13        |UNSPSC     |1        |2024-01-13|1000.00|USD     |       |
|    1|portal|c14        |CPV        |1        |2024-01-14|1000.00|CLP     |       |
|    1|other |c15        |UNSPSC     |1        |2024-01-15|1000.00|CLP     |       |
|    1|portal|c16        |UNSPSC     |1        |2024-01-16|   0.00|CLP     |       |
|    1|portal|c17        |UNSPSC     |1        |2024-01-17|  -1.00|CLP     |       |
|   10|portal|c18        |UNSPSC     |2        |2024-01-18|   1.00|CLP     |       |
|    1|portal|c28        |UNSPSC     |2        |2024-01-28|   2.00|CLP     |       |
|    1|portal|c29        |UNSPSC     |2        |2024-01-01|  50.00|CLP     |       |
|   10|portal|c30        |UNSPSC     |3        |2024-01-02|   1.00|CLP     |       |
|    1|portal|c40        |UNSPSC     |3        |2024-01-12|1000.00|CLP     |       |
|   20|portal|c41        |UNSPSC     |4        |2024-01-13|   1.00|CLP     |       |
|    1|portal|c61        |UNSPSC     |4        |2024-01-05|  25.00|CLP     |       |
|    1|portal|c62        |UNSPSC     |4        |2024-01-06|  25.01|CLP     |B      |
|   11|portal|c63        |           |5        |2024-01-01|   1.00|CLP     |       |
|    1|portal|c64        |           |5        |2024-01-02|  50.00|CLP     |C      |

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
from spendaudit.rules._gathered import READ, one_each
from spendaudit.rules._parties import who
from spendaudit.rules._rule import Params, Precision, Rule, Stage
from spendaudit.rules._shares import at_most

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
    # What is above P95 is not among the others' 95 %: and leaving it out takes one from their
    # number: 95 % of one less, rounded up, are 95 % rounded down.
    place = 19 * pl.len().cast(pl.Int64) // 20
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
