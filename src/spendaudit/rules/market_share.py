"""One supplier has a large share of a market.

Why it matters
--------------
CON001 asks about one buyer. A supplier that takes most of what all buyers spend on one thing sets its price,
by merit or because others are kept out.

Formula
-------
For each market, currency and calendar year, with at least `min_contracts` purchases of `min_buyers` buyers,

    amounts of the supplier / amounts of all suppliers >= share

A market is what shares the first `digits` of an item code, of one scheme and data source; with
`within=region`, in one region of buyers too.

Threshold
---------
- `share`: 0.40, the example in the guide for a buyer (R040), as R050 gives none.
- `min_contracts`: 10, as CON001. `min_buyers`: 2: of one buyer CON001 asks. `digits`: 4. The last
  two are defaults of this project. `within`: country, all regions together.

False positives
---------------
- A single large contract in the market; monopolies; goods with a single maker.
- Codes so fine that few can deliver what they name, or that most buyers do not use.
- A framework of a central buyer, from which all buy; data that holds a part of the market only.

What would settle it
--------------------
The decisions behind these awards with the bids received for each, and the terms of frameworks.

Worked example
--------------
With the default settings. Ash has exactly 40 of 100 pesos for 3019 in 2024, from two buyers (A): other money,
years, sources, schemes and codes are apart, regions are not. For 4433, Ash has 40 (B) and Bay lacks a cent.
For 5511 there are nine purchases and one of nothing, for 6611 one buyer.

contracts:

|source|item_scheme|item_code|buyer_region|buyer_name|supplier_name|award_date|amount|currency|finding|
|------|-----------|---------|------------|----------|-------------|----------|------|--------|-------|
|one   |CPV        |30191    |N           |Hill      |Ash          |2024-01-01|20.00 |CLP     |A      |
|one   |CPV        |30192    |            |Dale      |Ash          |2024-12-31|20.00 |CLP     |A      |
|one   |CPV        |30191    |N           |Hill      |Fir          |2024-06-03| 6.00 |CLP     |       |
|one   |CPV        |30191    |N           |Hill      |Fir          |2024-06-03| 6.00 |CLP     |       |
|one   |CPV        |30191    |N           |Hill      |Fir          |2024-06-03| 6.00 |CLP     |       |
|one   |CPV        |30191    |N           |Hill      |Fir          |2024-06-03| 6.00 |CLP     |       |
|one   |CPV        |30191    |S           |Hill      |Gum          |2024-06-03| 9.00 |CLP     |       |
|one   |CPV        |30191    |S           |Hill      |Gum          |2024-06-03| 9.00 |CLP     |       |
|one   |CPV        |30191    |S           |Hill      |Gum          |2024-06-03| 9.00 |CLP     |       |
|one   |CPV        |30191    |S           |Hill      |Gum          |2024-06-03| 9.00 |CLP     |       |
|one   |CPV        |30191    |N           |Hill      |Gum          |2024-06-03|90.00 |USD     |       |
|one   |CPV        |30191    |N           |Hill      |Gum          |2025-01-01|90.00 |CLP     |       |
|two   |CPV        |30191    |N           |Hill      |Gum          |2024-06-03|90.00 |CLP     |       |
|one   |UNSPSC     |30191    |N           |Hill      |Gum          |2024-06-03|90.00 |CLP     |       |
|one   |CPV        |30181    |N           |Hill      |Gum          |2024-06-03|90.00 |CLP     |       |
|one   |CPV        |4433     |N           |Hill      |Bay          |2024-06-03|39.99 |CLP     |       |
|one   |CPV        |4433     |N           |Dale      |Ash          |2024-06-03|40.00 |CLP     |B      |
|one   |CPV        |4433     |N           |Hill      |Gum          |2024-06-03| 0.50 |CLP     |       |
|one   |CPV        |4433     |N           |Hill      |Gum          |2024-06-03| 2.50 |CLP     |       |
|one   |CPV        |4433     |N           |Hill      |Gum          |2024-06-03| 2.50 |CLP     |       |
|one   |CPV        |4433     |N           |Hill      |Gum          |2024-06-03| 2.50 |CLP     |       |
|one   |CPV        |4433     |N           |Hill      |Gum          |2024-06-03| 2.50 |CLP     |       |
|one   |CPV        |4433     |N           |Hill      |Gum          |2024-06-03| 2.50 |CLP     |       |
|one   |CPV        |4433     |N           |Hill      |Gum          |2024-06-03| 2.50 |CLP     |       |
|one   |CPV        |4433     |N           |Hill      |Gum          |2024-06-03| 4.51 |CLP     |       |
|one   |CPV        |5511     |N           |Hill      |Cob          |2024-06-03|90.00 |CLP     |       |
|one   |CPV        |5511     |N           |Dale      |Fir          |2024-06-03| 1.00 |CLP     |       |
|one   |CPV        |5511     |N           |Dale      |Fir          |2024-06-03| 1.00 |CLP     |       |
|one   |CPV        |5511     |N           |Dale      |Fir          |2024-06-03| 1.00 |CLP     |       |
|one   |CPV        |5511     |N           |Dale      |Fir          |2024-06-03| 1.00 |CLP     |       |
|one   |CPV        |5511     |N           |Dale      |Fir          |2024-06-03| 1.00 |CLP     |       |
|one   |CPV        |5511     |N           |Dale      |Fir          |2024-06-03| 1.00 |CLP     |       |
|one   |CPV        |5511     |N           |Dale      |Fir          |2024-06-03| 1.00 |CLP     |       |
|one   |CPV        |5511     |N           |Dale      |Fir          |2024-06-03| 1.00 |CLP     |       |
|one   |CPV        |5511     |N           |Dale      |Fir          |2024-06-03| 0.00 |CLP     |       |
|one   |CPV        |6611     |N           |Hill      |Cob          |2024-06-03|90.00 |CLP     |       |
|one   |CPV        |6611     |N           |Hill      |Fir          |2024-06-03| 1.00 |CLP     |       |
|one   |CPV        |6611     |N           |Hill      |Fir          |2024-06-03| 1.00 |CLP     |       |
|one   |CPV        |6611     |N           |Hill      |Fir          |2024-06-03| 1.00 |CLP     |       |
|one   |CPV        |6611     |N           |Hill      |Fir          |2024-06-03| 1.00 |CLP     |       |
|one   |CPV        |6611     |N           |Hill      |Fir          |2024-06-03| 1.00 |CLP     |       |
|one   |CPV        |6611     |N           |Hill      |Fir          |2024-06-03| 1.00 |CLP     |       |
|one   |CPV        |6611     |N           |Hill      |Fir          |2024-06-03| 1.00 |CLP     |       |
|one   |CPV        |6611     |N           |Hill      |Fir          |2024-06-03| 1.00 |CLP     |       |
|one   |CPV        |6611     |N           |Hill      |Fir          |2024-06-03| 1.00 |CLP     |       |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R050.
"""

from decimal import Decimal
from typing import Final, Literal

import polars as pl
from pydantic import Field

from spendaudit.model.findings import TOTAL, Severity
from spendaudit.model.tables import MONEY, Tables
from spendaudit.rules._gathered import gathered
from spendaudit.rules._markets import MARKET, class_of, in_markets
from spendaudit.rules._parties import date_basis, known_by, party
from spendaudit.rules._rule import Params, Rule, Stage
from spendaudit.rules._shares import at_least

#: What is told of a market.
TOLD: Final = ("share", "total", "contracts", "buyers", "suppliers")


class MarketShare(Params):
    """Settings of CON002."""

    share: Decimal = Field(
        Decimal("0.40"), gt=0, le=1, decimal_places=4, description="smallest share of the market"
    )
    min_contracts: int = Field(10, ge=1, le=100_000, description="fewest purchases in the market in a year")
    min_buyers: int = Field(2, ge=1, le=100_000, description="fewest buyers in the market in a year")
    digits: int = Field(4, ge=1, le=10, description="digits of an item code that name a market")
    within: Literal["country", "region"] = Field("country", description="where suppliers compete")

    def key(self) -> tuple[str, ...]:
        """Name what makes a market of one year."""
        return (*MARKET, *(("buyer_region",) if self.within == "region" else ()), "currency", "year")

    def waived(self) -> frozenset[str]:
        """Where suppliers compete in the whole country, no region need be published."""
        return frozenset({"buyer_region"} if self.within == "country" else ())


def scope(_params: MarketShare) -> pl.Expr:
    """Purchases; amounts of zero and credits are none."""
    return pl.col("amount") > 0


def find(tables: Tables, params: MarketShare) -> pl.LazyFrame:
    """Return one row per market, year and supplier."""
    key = params.key()
    purchases = in_markets(tables["contracts"], params.digits)
    markets = (
        purchases.group_by(key)
        .agg(
            total=pl.col("amount").sum().cast(TOTAL),
            contracts=pl.len(),
            buyers=pl.col("buyer_key").n_unique(),
            suppliers=pl.col("supplier_key").n_unique(),
        )
        .filter(pl.col("contracts") >= params.min_contracts, pl.col("buyers") >= params.min_buyers)
    )
    large = (
        purchases.group_by(*key, "supplier_key")
        .agg(spent=pl.col("amount").sum().cast(TOTAL))
        .join(markets, on=key, nulls_equal=True)
        .filter(at_least(pl.col("spent"), params.share, pl.col("total")))
        .with_columns(share=(pl.col("spent") / pl.col("total")).cast(MONEY))
    )
    theirs = (*key, "supplier_key")
    return gathered(
        purchases.join(large, on=theirs, nulls_equal=True, build_side="force_right"),
        theirs,
        **{name: pl.col(name).first() for name in TOLD},
    )


def tells(params: MarketShare) -> dict[str, pl.Expr]:
    """Tell who sold what, and how large the market is."""
    return {
        "supplier_name": party("supplier").min(),
        "supplier_known_by": known_by("supplier").first(),
        "market": class_of(params.digits).first(),
        "year": pl.col("decision_date").dt.year().first(),
        **{name: pl.col(name).first() for name in TOLD},
        "date_basis": date_basis(),
    }


RULE: Final = Rule(
    id="CON002",
    name="market-share",
    ocp=("R050",),
    severity=Severity.LOW,
    stage=Stage.AWARD,
    subject="contracts",
    needs={
        "contracts": frozenset(
            {
                *("buyer_key", "supplier_key", "item_code", "buyer_region"),
                *("currency", "decision_date", "amount"),
            }
        )
    },
    uses={"contracts": frozenset({"source", "item_scheme"})},
    scope=scope,
    shard_by=None,
    params=MarketShare,
    find=find,
    tells=tells,
    message="{supplier_name} received {share:percent} of what {buyers} buyers spent on {market} in {year}: "
    "{amount} of {total}",
    page=__doc__,
    since="0.1",
)
