"""A buyer's tenders bring hardly any saving on their estimates.

Why it matters
--------------
Competition lowers prices. A buyer whose tenders all end near the estimate has little of it, or bidders who
know what the estimate is.

Formula
-------
For each buyer and currency take the tenders with an estimate that were awarded open, selective or limited.
Awards of one tender under one estimate count as one tender. A buyer is a finding when, over `min_tenders` or
more of them,

    amounts awarded > (1 - saving) * estimates

Savings below zero, awards above the estimates, are low savings too.

Threshold
---------
- `saving`: 0.03, as IHALENT takes for a tender (below 3 %), here of all tenders together. The median saving
  in Bulgaria is 1 % (electionsbg), and 41 % of winners hardly moved their price in Ukraine (Dozorro, 2017).
  So a third to a half of all buyers may be findings in a country: compare buyers of one trade. For that
  reason the run warns above 50 %.
- `min_tenders`: 10, a default of this project.

False positives
---------------
- Fixed prices: medicines, fuel, fees. Portals that write the award over the estimate afterwards.
- One tender so large that it outweighs the others: see `largest`, its share of the estimates.
- Estimates without a tax that the awards include.

What would settle it
--------------------
The estimates with how they were worked out, and all bids received in each of the tenders.

Worked example
--------------
With the default settings; a row stands for as many as `times` says. Hill's ten tenders were awarded a cent
above 97 % of what was estimated (A), Dale's at exactly 97 %. Moor has nine. Bay has ten rows, of which two
are under one estimate: nine tenders. Glen's tenth is in another currency, awarded directly, or without an
estimate. Yew has ten (B): portals, estimates and currencies are apart, and an estimate of nothing is none.

contracts:

|times|source|buyer_name|tender_id|procurement_method|award_date|amount|currency|tender_amount|finding|
|-----|------|----------|---------|------------------|----------|------|--------|-------------|-------|
|    1|portal|Hill      |T0       |open              |2024-01-01| 97.01|CLP     |       100.00|A      |
|    1|portal|Hill      |T1       |selective         |2024-01-02| 97.00|CLP     |       100.00|A      |
|    1|portal|Hill      |T2       |limited           |2024-01-03| 97.00|CLP     |       100.00|A      |
|    1|portal|Hill      |T3       |open              |2024-01-04| 97.00|CLP     |       100.00|A      |
|    1|portal|Hill      |T4       |selective         |2024-01-05| 97.00|CLP     |       100.00|A      |
|    1|portal|Hill      |T5       |limited           |2024-01-06| 97.00|CLP     |       100.00|A      |
|    1|portal|Hill      |T6       |open              |2024-01-07| 97.00|CLP     |       100.00|A      |
|    1|portal|Hill      |T7       |selective         |2024-01-08| 97.00|CLP     |       100.00|A      |
|    1|portal|Hill      |         |limited           |2024-01-09| 97.00|CLP     |       100.00|A      |
|    1|portal|Hill      |         |open              |2024-01-10| 97.00|CLP     |       100.00|A      |
|    1|portal|Dale      |T0       |open              |2024-01-03| 97.00|CLP     |       100.00|       |
|    1|portal|Dale      |T1       |open              |2024-01-03| 97.00|CLP     |       100.00|       |
|    1|portal|Dale      |T2       |open              |2024-01-03| 97.00|CLP     |       100.00|       |
|    1|portal|Dale      |T3       |open              |2024-01-03| 97.00|CLP     |       100.00|       |
|    1|portal|Dale      |T4       |open              |2024-01-03| 97.00|CLP     |       100.00|       |
|    1|portal|Dale      |T5       |open              |2024-01-03| 97.00|CLP     |       100.00|       |
|    1|portal|Dale      |T6       |open              |2024-01-03| 97.00|CLP     |       100.00|       |
|    1|portal|Dale      |T7       |open              |2024-01-03| 97.00|CLP     |       100.00|       |
|    1|portal|Dale      |T8       |open              |2024-01-03| 97.00|CLP     |       100.00|       |
|    1|portal|Dale      |T9       |open              |2024-01-03| 97.00|CLP     |       100.00|       |
|    1|portal|Moor      |T0       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Moor      |T1       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Moor      |T2       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Moor      |T3       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Moor      |T4       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Moor      |T5       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Moor      |T6       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Moor      |T7       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Moor      |T8       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Bay       |T0       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Bay       |T1       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Bay       |T2       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Bay       |T3       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Bay       |T4       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Bay       |T5       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Bay       |T6       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Bay       |T7       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    2|portal|Bay       |T8       |open              |2024-01-03| 49.00|CLP     |       100.00|       |
|    1|portal|Glen      |T0       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Glen      |T1       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Glen      |T2       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Glen      |T3       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Glen      |T4       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Glen      |T5       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Glen      |T6       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Glen      |T7       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Glen      |T8       |open              |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Glen      |T9       |open              |2024-01-03| 98.00|USD     |       100.00|       |
|    1|portal|Glen      |T9       |direct            |2024-01-03| 98.00|CLP     |       100.00|       |
|    1|portal|Glen      |T9       |open              |2024-01-03| 98.00|CLP     |             |       |
|    4|portal|Yew       |         |open              |2024-01-03| 98.00|CLP     |       100.00|B      |
|    1|portal|Yew       |T1       |open              |2024-01-03| 98.00|CLP     |       100.00|B      |
|    1|other |Yew       |T1       |open              |2024-01-03| 98.00|CLP     |       100.00|B      |
|    1|portal|Yew       |T2       |open              |2024-01-03| 98.00|CLP     |       100.00|B      |
|    1|portal|Yew       |T2       |open              |2024-01-03|196.00|CLP     |       200.00|B      |
|    1|portal|Yew       |T3       |open              |2023-12-01| 49.00|CLP     |       100.00|B      |
|    1|portal|Yew       |T3       |open              |2024-12-01| 49.00|CLP     |       100.00|B      |
|    1|portal|Yew       |T4       |open              |2024-01-03| 98.00|CLP     |       100.00|B      |
|    1|portal|Yew       |T4       |open              |2024-01-03| 98.00|USD     |       100.00|       |
|    1|portal|Yew       |T5       |open              |2024-01-03| 98.00|CLP     |         0.00|       |

References
----------
- gulmezeren2-byte/ihalent: low_discount, below 3 %.
- Open Contracting Partnership, Red flags in public procurement (2024), R031.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import FINDING, TOTAL, Severity, alone, members
from spendaudit.model.tables import MONEY, Tables
from spendaudit.rules._estimates import ESTIMATE, NEEDS, estimated
from spendaudit.rules._gathered import READ
from spendaudit.rules._methods import competitive
from spendaudit.rules._parties import party
from spendaudit.rules._rule import Params, Rule, Stage
from spendaudit.rules._shares import at_most

BUYER: Final = ("buyer_key", "currency")
#: What is told of a buyer's tenders.
TOLD: Final = ("tenders", "awarded", "estimated", "largest")


class LowAverageDiscount(Params):
    """Settings of PRC010."""

    saving: Decimal = Field(
        Decimal("0.03"),
        gt=0,
        le=Decimal("0.5"),
        decimal_places=4,
        description="savings below this share are low",
    )
    min_tenders: int = Field(10, ge=1, le=100_000, description="fewest tenders of a buyer")


def scope(_params: LowAverageDiscount) -> pl.Expr:
    """Competitive contracts with an estimate: that of a direct award is what its supplier offered."""
    return estimated() & competitive()


def find(tables: Tables, params: LowAverageDiscount) -> pl.LazyFrame:
    """Return one row per buyer and currency."""
    estimate = pl.col("tender_amount")
    return (
        tables["contracts"]
        .group_by(*ESTIMATE, alone("tender_id").alias("alone"))
        .agg(
            rows=members(),
            awarded=pl.col("amount").sum(),
            starts=pl.col("decision_date").min(),
            ends=pl.col("decision_date").max(),
        )
        .group_by(BUYER)
        .agg(
            members=pl.col("rows").list.explode(keep_nulls=False, empty_as_null=False).sort(),
            amount=pl.col("awarded").sum().cast(TOTAL),
            starts=pl.col("starts").min(),
            ends=pl.col("ends").max(),
            tenders=pl.len(),
            estimated=estimate.sum().cast(TOTAL),
            largest=estimate.max(),
        )
        .filter(
            pl.col("tenders") >= params.min_tenders,
            ~at_most(pl.col("amount"), 1 - params.saving, pl.col("estimated")),
        )
        .with_columns(awarded="amount")
        .sort(pl.col("members").list.first())
        .select(*FINDING.names(), *TOLD)
    )


def tells(_params: LowAverageDiscount) -> dict[str, pl.Expr]:
    """Tell who bought, what was estimated and awarded in how many tenders, and what was saved."""
    awarded, estimated_total = pl.col("awarded").first(), pl.col("estimated").first()
    return {
        "buyer_name": party("buyer").min(),
        "tenders": pl.col("tenders").first(),
        "estimated": estimated_total,
        "awarded": awarded,
        "saving": ((estimated_total - awarded) / estimated_total).cast(MONEY),
        "largest": (pl.col("largest").first() / estimated_total).cast(MONEY),
        "suppliers": pl.col("supplier_key").drop_nulls().n_unique(),
    }


RULE: Final = Rule(
    id="PRC010",
    name="low-average-discount",
    ocp=("R031",),
    severity=Severity.LOW,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": NEEDS | {"buyer_key", "procurement_method"}},
    uses={"contracts": READ | {*ESTIMATE}},
    scope=scope,
    shard_by=("buyer_key",),
    params=LowAverageDiscount,
    find=find,
    tells=tells,
    # Half of a country's buyers, in Bulgaria and Ukraine.
    ceiling=0.5,
    message="{buyer_name} awarded {tenders} competitive tenders for {awarded}, {saving:percent} less than "
    "estimated: who competes there?",
    page=__doc__,
    since="0.1",
)
