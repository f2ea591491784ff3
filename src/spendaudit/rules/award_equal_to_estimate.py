"""Most of a buyer's competitive awards are at exactly the price it had estimated.

Why it matters
--------------
Where several suppliers can bid, they rarely meet an estimate to the cent. When they do again and again,
bidders may have known it, or the estimate was filled in after the award, and then no estimate limits
anything.

Formula
-------
For each buyer and currency take the contracts with an estimate that were awarded open, selective or limited.
A contract meets its estimate when

    tender_amount * (1 - closeness) <= amount <= tender_amount

A buyer is a finding when, of `min_contracts` contracts or more, at least `share` meet their estimates. The
finding names those that do.

Threshold
---------
- `closeness`: 0, the "perfect estimate" of ProjectPODER's groucho. Others take 0.02 (anticorruption-ai); the
  median Bulgarian award is at 0.99 of its estimate (electionsbg), so that 0.02 would take about half of them.
- `share`: 0.5, and `min_contracts`: 10, defaults of this project. One award at its estimate says nothing.

Direct awards are not asked about: their estimate is the offer (in 9,516 Peruvian ones of 2020 the two are
equal in 91 %).

False positives
---------------
- Fixed prices: medicines, fuel, fees, books; budgets that are published as the price.
- Portals that write the award over the estimate afterwards.
- Framework agreements, whose amount is their ceiling.

What would settle it
--------------------
The estimates with how they were worked out, and a record of who could see them before bids closed.

Worked example
--------------
With the default settings. Hill met its estimate in
five of ten contracts (A). Dale met it in five of eleven, Moor in nine of nine. The last rows of Hill are in
another currency, awarded directly, without an estimate, or at no cost: they do not count. Bay is a cent away
from its estimates.

contracts:

|buyer_name|supplier_name|procurement_method|award_date|amount|currency|tender_amount|finding|
|----------|-------------|------------------|----------|------|--------|-------------|-------|
|Hill      |Elm          |open              |2024-01-01|100.00|CLP     |100.00       |A      |
|Hill      |Elm          |selective         |2024-01-02|100.00|CLP     |100.00       |A      |
|Hill      |Elm          |limited           |2024-01-03|100.00|CLP     |100.00       |A      |
|Hill      |Elm          |open              |2024-01-04|100.00|CLP     |100.00       |A      |
|Hill      |Elm          |open              |2024-01-05|100.00|CLP     |100.00       |A      |
|Hill      |Elm          |open              |2024-01-03|99.99 |CLP     |100.00       |       |
|Hill      |Elm          |open              |2024-01-03|100.01|CLP     |100.00       |       |
|Hill      |Elm          |open              |2024-01-03|99.99 |CLP     |100.00       |       |
|Hill      |Elm          |open              |2024-01-03|100.01|CLP     |100.00       |       |
|Hill      |Elm          |open              |2024-01-03|99.99 |CLP     |100.00       |       |
|Hill      |Elm          |open              |2024-01-03|90.00 |USD     |100.00       |       |
|Hill      |Elm          |direct            |2024-01-03|90.00 |CLP     |100.00       |       |
|Hill      |Elm          |open              |2024-01-03|90.00 |CLP     |             |       |
|Hill      |Elm          |open              |2024-01-03|-5.00 |CLP     |100.00       |       |
|Hill      |Elm          |open              |2024-01-03|90.00 |CLP     |-1.00        |       |
|Hill      |Elm          |open              |2024-01-03|100.00|USD     |       100.00|       |
|Dale      |Elm          |open              |2024-01-03|100.00|CLP     |100.00       |       |
|Dale      |Elm          |open              |2024-01-03|100.00|CLP     |100.00       |       |
|Dale      |Elm          |open              |2024-01-03|100.00|CLP     |100.00       |       |
|Dale      |Elm          |open              |2024-01-03|100.00|CLP     |100.00       |       |
|Dale      |Elm          |open              |2024-01-03|100.00|CLP     |100.00       |       |
|Dale      |Elm          |open              |2024-01-03|90.00 |CLP     |100.00       |       |
|Dale      |Elm          |open              |2024-01-03|90.00 |CLP     |100.00       |       |
|Dale      |Elm          |open              |2024-01-03|90.00 |CLP     |100.00       |       |
|Dale      |Elm          |open              |2024-01-03|90.00 |CLP     |100.00       |       |
|Dale      |Elm          |open              |2024-01-03|90.00 |CLP     |100.00       |       |
|Dale      |Elm          |open              |2024-01-03|90.00 |CLP     |100.00       |       |
|Moor      |Elm          |open              |2024-01-03|100.00|CLP     |100.00       |       |
|Moor      |Elm          |open              |2024-01-03|100.00|CLP     |100.00       |       |
|Moor      |Elm          |open              |2024-01-03|100.00|CLP     |100.00       |       |
|Moor      |Elm          |open              |2024-01-03|100.00|CLP     |100.00       |       |
|Moor      |Elm          |open              |2024-01-03|100.00|CLP     |100.00       |       |
|Moor      |Elm          |open              |2024-01-03|100.00|CLP     |100.00       |       |
|Moor      |Elm          |open              |2024-01-03|100.00|CLP     |100.00       |       |
|Moor      |Elm          |open              |2024-01-03|100.00|CLP     |100.00       |       |
|Moor      |Elm          |open              |2024-01-03|100.00|CLP     |100.00       |       |
|Bay       |Elm          |open              |2024-01-03|99.99 |CLP     |100.00       |       |
|Bay       |Elm          |open              |2024-01-03|99.99 |CLP     |100.00       |       |
|Bay       |Elm          |open              |2024-01-03|99.99 |CLP     |100.00       |       |
|Bay       |Elm          |open              |2024-01-03|99.99 |CLP     |100.00       |       |
|Bay       |Elm          |open              |2024-01-03|99.99 |CLP     |100.00       |       |
|Bay       |Elm          |open              |2024-01-03|99.99 |CLP     |100.00       |       |
|Bay       |Elm          |open              |2024-01-03|99.99 |CLP     |100.00       |       |
|Bay       |Elm          |open              |2024-01-03|99.99 |CLP     |100.00       |       |
|Bay       |Elm          |open              |2024-01-03|99.99 |CLP     |100.00       |       |
|Bay       |Elm          |open              |2024-01-03|99.99 |CLP     |100.00       |       |

References
----------
- ProjectPODER/groucho, flagsCR-2021.json: estimate equal to contract amount.
- Open Contracting Partnership, Red flags in public procurement (2024), R031.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import MONEY, Tables
from spendaudit.rules._estimates import NEEDS, estimated
from spendaudit.rules._gathered import READ, gathered
from spendaudit.rules._methods import competitive
from spendaudit.rules._parties import party
from spendaudit.rules._rule import Params, Rule, Stage
from spendaudit.rules._shares import at_least

BUYER: Final = ("buyer_key", "currency")


class AwardEqualToEstimate(Params):
    """Settings of PRC002."""

    closeness: Decimal = Field(
        Decimal(0),
        ge=0,
        le=Decimal("0.5"),
        decimal_places=4,
        description="distance below the estimate, as a share of it",
    )
    share: Decimal = Field(
        Decimal("0.5"), gt=0, le=1, decimal_places=4, description="smallest share of the buyer's contracts"
    )
    min_contracts: int = Field(10, ge=1, le=100_000, description="fewest contracts of a buyer")


def scope(_params: AwardEqualToEstimate) -> pl.Expr:
    """Competitive contracts with an estimate: that of a direct award is what its supplier offered."""
    return estimated() & competitive()


def find(tables: Tables, params: AwardEqualToEstimate) -> pl.LazyFrame:
    """Return one row per buyer and currency."""
    amount, estimate = pl.col("amount"), pl.col("tender_amount")
    meets = (amount <= estimate) & at_least(amount, 1 - params.closeness, estimate)
    awards = tables["contracts"].with_columns(meets=meets)
    buyers = (
        awards.group_by(BUYER)
        .agg(contracts=pl.len(), equal=pl.col("meets").sum())
        .filter(
            pl.col("contracts") >= params.min_contracts,
            at_least(pl.col("equal"), params.share, pl.col("contracts")),
        )
    )
    equal = awards.filter("meets").join(buyers, on=BUYER)
    return gathered(equal, BUYER, contracts=pl.col("contracts").first(), equal=pl.col("equal").first())


def tells(params: AwardEqualToEstimate) -> dict[str, pl.Expr]:
    """Tell who bought, and how many of how many contracts were at the estimate."""
    return {
        "buyer_name": party("buyer").min(),
        "equal": pl.col("equal").first(),
        "contracts": pl.col("contracts").first(),
        "share": (pl.col("equal").first() / pl.col("contracts").first()).cast(MONEY),
        "closeness": pl.lit(f"{params.closeness:f}").cast(MONEY),
        "suppliers": pl.col("supplier_key").drop_nulls().n_unique(),
    }


RULE: Final = Rule(
    id="PRC002",
    name="award-equal-to-estimate",
    ocp=("R031",),
    severity=Severity.LOW,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": NEEDS | {"buyer_key", "procurement_method"}},
    uses={"contracts": READ},
    scope=scope,
    shard_by=("buyer_key",),
    params=AwardEqualToEstimate,
    find=find,
    tells=tells,
    message="{buyer_name} awarded {equal} of {contracts} competitive contracts at their estimate: how did "
    "bidders know it?",
    page=__doc__,
    since="0.1",
)
