"""A buyer's purchases crowd just below their limit, far more than a little further down.

Why it matters
--------------
One price just below a limit is chance. Where many are, and few a step lower, prices follow the limit and not
the market.

Formula
-------
Of a buyer's purchases of one category, method and currency, over all years, count those with

    upper:    limit * (1 - band) <= amount <= limit
    lower:    limit * (1 - 2 * band) <= amount < limit * (1 - band)

Those of the upper band are a finding when  upper >= min_contracts  and  upper >= ratio * lower. What is above
the limit is not compared: it was bought by another method, or stands in another file.

Threshold
---------
- The limit is that of the law for the purchase's own procedure, category and day. `limit`: one amount in its
  place, in the currency of each contract.
- `band`: 0.05, as in `just-below-limit`.
- `min_contracts`: 21, and `ratio`: 3, defaults of this project: no peer publishes any. Where an amount is as
  likely in either band, chance brings 21 of 28 into the upper one once in 159 times, and 48 of 64 once in
  26,000. Fewer or less would let chance pass, and are refused.

No buyer in three samples of CompraNet (881 contracts with a known limit), and none among 200,000 made-up
lines of orders, has so many. Statistical: of purchases drawn by chance (`bench/chance.py`) at most 0.01 % are
flagged; a test holds it.

False positives
---------------
- Price lists, flat rates and subsidies at an amount that lies below the limit.
- Limits without tax, compared with amounts that include it.

What would settle it
--------------------
The quotations or price calculations of some of these purchases, and the buyer's own rules on limits.

Worked example
--------------
With the default settings; a row stands for as many purchases as `times` says. Hill has exactly 21 in the
upper band and seven in the lower one (A): at the ends of both, and once just under each. Dale has 20; what it
lacks differs in buyer, category, method or currency. For Moor's 23, eight in the lower band are too many; for
24 they are not (B), where neither category nor method is published.

contracts:

|times|buyer_name|main_procurement_category|procurement_method|award_date|amount|currency|limit |finding|
|-----|----------|-------------------------|------------------|----------|------|--------|------|-------|
|   10|Hill      |goods                    |direct            |2024-01-03| 95.00|CLP     |100.00|A      |
|   11|Hill      |goods                    |direct            |2024-01-05|100.00|CLP     |100.00|A      |
|    1|Hill      |goods                    |direct            |2024-01-09| 94.99|CLP     |100.00|       |
|    6|Hill      |goods                    |direct            |2024-01-01| 90.00|CLP     |100.00|       |
|    1|Hill      |goods                    |direct            |2024-01-03| 89.99|CLP     |100.00|       |
|    1|Hill      |goods                    |direct            |2024-01-03|100.01|CLP     |100.00|       |
|   20|Dale      |goods                    |direct            |2024-01-03| 99.00|CLP     |100.00|       |
|    1|Moor      |goods                    |direct            |2024-01-03| 99.00|CLP     |100.00|       |
|    1|Dale      |works                    |direct            |2024-01-03| 99.00|CLP     |100.00|       |
|    1|Dale      |goods                    |limited           |2024-01-03| 99.00|CLP     |100.00|       |
|    1|Dale      |goods                    |direct            |2024-01-03| 99.00|USD     |100.00|       |
|   22|Moor      |goods                    |direct            |2024-01-03| 99.00|CLP     |100.00|       |
|    8|Moor      |goods                    |direct            |2024-01-03| 90.00|CLP     |100.00|       |
|   24|Moor      |                         |                  |2024-01-03| 99.00|CLP     |100.00|B      |
|    8|Moor      |                         |                  |2024-01-03| 90.00|CLP     |100.00|       |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R002.
- spulido99/anticorruption-ai: density at the limit (McCrary). K-Index of Hlídač státu: share near the limit.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import FINDING, TOTAL, Severity, member
from spendaudit.model.tables import Tables
from spendaudit.rules._limits import Limited, within_limit
from spendaudit.rules._parties import date_basis, party
from spendaudit.rules._rule import Precision, Rule, Stage
from spendaudit.rules._shares import at_least

#: Purchases that differ in one of these are counted apart. Portals leave out the middle two.
KEY: Final = ("buyer_key", "main_procurement_category", "procurement_method", "currency")


class BunchingBelowLimit(Limited):
    """Settings of SPL005."""

    band: Decimal = Field(
        Decimal("0.05"),
        gt=0,
        le=Decimal("0.25"),
        decimal_places=4,
        description="width, as a share of the limit",
    )
    min_contracts: int = Field(21, ge=21, le=100_000, description="fewest purchases in the upper band")
    ratio: int = Field(3, ge=3, le=100, description="how many times as many as in the lower band, at least")


def find(tables: Tables, params: BunchingBelowLimit) -> pl.LazyFrame:
    """Return one row per crowd of a buyer."""
    amount, limit = pl.col("amount"), params.in_force()
    near = (
        tables["contracts"]
        .with_columns(upper=at_least(amount, 1 - params.band, limit))
        .filter(at_least(amount, 1 - 2 * params.band, limit))
    )
    upper = pl.col("upper")
    return (
        near.group_by(KEY)
        .agg(
            members=member().filter(upper).sort(),
            amount=amount.filter(upper).sum().cast(TOTAL),
            starts=pl.col("decision_date").filter(upper).min(),
            ends=pl.col("decision_date").filter(upper).max(),
            near=upper.sum().cast(pl.Int64),
            further=(~upper).sum().cast(pl.Int64),
        )
        .filter(pl.col("near") >= params.min_contracts, pl.col("near") >= pl.col("further") * params.ratio)
        .sort(pl.col("members").list.first())
        .select(*FINDING.names(), "further")
    )


def tells(params: BunchingBelowLimit) -> dict[str, pl.Expr]:
    """Tell who bought what and how, how wide the bands are, and how many stand in the lower one."""
    return {
        "buyer_name": party("buyer").min(),
        "category": pl.col("main_procurement_category").cast(pl.String).first(),
        "method": pl.col("procurement_method").cast(pl.String).min(),
        "suppliers": party("supplier").n_unique(),
        "further": pl.col("further").first(),
        "band": pl.lit(f"{params.band:f}").cast(pl.Decimal(5, 4)),
        "date_basis": date_basis(),
    }


RULE: Final = Rule(
    id="SPL005",
    name="bunching-below-limit",
    ocp=("R002",),
    severity=Severity.MEDIUM,
    precision=Precision.HIGH,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({"buyer_key", "decision_date", "amount", "currency", "limit"})},
    uses={"contracts": frozenset(KEY)},
    scope=within_limit,
    shard_by=("buyer_key",),
    params=BunchingBelowLimit,
    find=find,
    tells=tells,
    message="{buyer_name} bought {members} times for at most {band:percent} less than the limit, and "
    "{further} times for a little less than that",
    page=__doc__,
    since="0.1",
)
