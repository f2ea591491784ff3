"""A few suppliers share most of what a buyer spends, or of a market.

Why it matters
--------------
CON001 asks about one supplier. Here a handful divides the buyer, while others stay away or are kept out.

Formula
-------
For each buyer (or market), currency and calendar year, with at least `min_contracts` purchases: either the
Herfindahl-Hirschman index, the sum of all suppliers' squared shares (each cut to millionths),

    sum((amounts of a supplier / amounts of all) ^ 2) >= index

or, with the other `measure`, `largest-four`, the share of the four largest suppliers

    amounts of the four largest / amounts of all >= four

A market is what shares the first `digits` of an item code, of one scheme and data source.

Threshold
---------
- `index`: 0.25, high concentration to ihalent, sigma and EGOS. `four`: 0.80, a default of this project.
- `min_contracts`: 20, as anticorruption-ai. `of`: buyer or market. `digits`: 4, a default of this project.

The findings hold 24 % of 1,362 contracts in samples of CompraNet, 2.8 % of 9,515 direct awards in Peru: all
of a buyer's contracts are named. So the run warns above 30 %.

False positives
---------------
- One large contract among small purchases; monopolies; specialised buyers with few suppliers anywhere.
- Codes so fine that few can deliver what they name.

What would settle it
--------------------
The tender files of the largest of these contracts: what was asked of bidders, and who bid.

Worked example
--------------
With the default settings. Four suppliers have a quarter each of what Hill spent in pesos in 2024 (A); with a
hundredth of the last quarter to a fifth, Dale is below; Glen bought from six, three quarters from one (B).
Moor bought nineteen times, once for nothing, and once in another data source.

contracts:

|times|source|buyer_name|supplier_name|award_date|amount|currency|finding|
|-----|------|----------|-------------|----------|------|--------|-------|
|    1|one   |Hill      |Ash          |2024-01-01| 17.00|CLP     |A      |
|    1|one   |Hill      |Bay          |2024-06-03| 17.00|CLP     |A      |
|    1|one   |Hill      |Cob          |2024-12-31| 17.00|CLP     |A      |
|   17|one   |Hill      |Elm          |2024-06-03|  1.00|CLP     |A      |
|    1|one   |Hill      |Elm          |2024-06-03| 90.00|USD     |       |
|    1|one   |Hill      |Elm          |2025-01-01| 90.00|CLP     |       |
|    1|one   |Dale      |Ash          |2024-06-03| 17.00|CLP     |       |
|    1|one   |Dale      |Bay          |2024-06-03| 17.00|CLP     |       |
|    1|one   |Dale      |Cob          |2024-06-03| 17.00|CLP     |       |
|   17|one   |Dale      |Elm          |2024-06-03|  0.99|CLP     |       |
|    1|one   |Dale      |Fir          |2024-06-03|  0.17|CLP     |       |
|   19|one   |Moor      |Elm          |2024-06-03|  1.00|CLP     |       |
|    1|one   |Moor      |Elm          |2024-06-03|  0.00|CLP     |       |
|    1|two   |Moor      |Elm          |2024-06-03|  1.00|CLP     |       |
|   15|one   |Glen      |Elm          |2024-06-03|  6.00|CLP     |B      |
|    1|one   |Glen      |Ash          |2024-06-03|  6.00|CLP     |B      |
|    1|one   |Glen      |Bay          |2024-06-03|  6.00|CLP     |B      |
|    1|one   |Glen      |Cob          |2024-06-03|  6.00|CLP     |B      |
|    1|one   |Glen      |Fir          |2024-06-03|  6.00|CLP     |B      |
|    1|one   |Glen      |Gum          |2024-06-03|  6.00|CLP     |B      |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R051.
"""

from decimal import Decimal
from typing import Final, Literal

import polars as pl
from pydantic import Field

from spendaudit.model.findings import TOTAL, Severity
from spendaudit.model.tables import MONEY, Tables
from spendaudit.rules._gathered import gathered
from spendaudit.rules._markets import MARKET, class_of, in_markets
from spendaudit.rules._parties import party, whose_together
from spendaudit.rules._rule import Params, Rule, Stage
from spendaudit.rules._shares import at_least

#: Data sources can hold the same contracts: each is counted apart.
BUYER: Final = ("source", "buyer_key")

MILLION: Final = 1_000_000

#: In so many heaps suppliers are added up first.
HEAPS: Final = 64


class SupplierConcentration(Params):
    """Settings of CON003."""

    measure: Literal["index", "largest-four"] = Field("index", description="what is compared")
    index: Decimal = Field(
        Decimal("0.25"), gt=0, le=1, decimal_places=4, description="smallest index of concentration"
    )
    four: Decimal = Field(
        Decimal("0.80"), gt=0, le=1, decimal_places=4, description="smallest share of the four largest"
    )
    min_contracts: int = Field(20, ge=2, le=100_000, description="fewest purchases in a year")
    of: Literal["buyer", "market"] = Field("buyer", description="whose suppliers are compared")
    digits: int = Field(4, ge=1, le=10, description="digits of an item code that name a market")

    def waived(self) -> frozenset[str]:
        """Tell which need not be published, as nothing is grouped by it."""
        return frozenset({"item_code" if self.of == "buyer" else "buyer_key"})

    def key(self) -> tuple[str, ...]:
        """Name what one finding is about."""
        return (*(BUYER if self.of == "buyer" else MARKET), "currency", "year")


def scope(_params: SupplierConcentration) -> pl.Expr:
    """Purchases; amounts of zero and credits are none."""
    return pl.col("amount") > 0


def find(tables: Tables, params: SupplierConcentration) -> pl.LazyFrame:
    """Return one row per buyer or market, currency and year."""
    key, spent, total = params.key(), pl.col("spent"), pl.col("total")
    purchases = _perhaps(in_markets(tables["contracts"], params.digits), params).cache()
    millionths = (spent * MILLION // total).cast(pl.Int64)
    tight = at_least(pl.col("index"), params.index, pl.lit(MILLION**2))
    if params.measure == "largest-four":
        tight = at_least(pl.col("largest"), params.four, total)
    concentrated = (
        purchases.group_by(*key, "supplier_key")
        .agg(spent=pl.col("amount").sum().cast(TOTAL))
        .with_columns(total=spent.sum().over(key))
        .group_by(key)
        .agg(
            index=(millionths**2).sum(),
            largest=spent.top_k(4).sum().cast(TOTAL),
            total=pl.col("total").first(),
            suppliers=pl.len(),
        )
        .filter(tight)
    )
    measures = {
        "index": (pl.col("index").first() / MILLION**2).cast(MONEY),
        "four": (pl.col("largest").first() / pl.col("total").first()).cast(MONEY),
        "suppliers": pl.col("suppliers").first(),
    }
    return gathered(
        purchases.join(concentrated, on=key, nulls_equal=True, build_side="force_right"),
        key,
        **measures,
    )


def _perhaps(purchases: pl.LazyFrame, params: SupplierConcentration) -> pl.LazyFrame:
    """Leave out who bought too rarely for a finding, and most whose suppliers share too evenly for one.

    The index is not above the share of the largest supplier, and the share of the four largest not above four
    times that. Suppliers are added up in few heaps for it, none of which is smaller than a supplier in it.
    """
    key, largest = params.key(), pl.col("spent").max().cast(TOTAL)
    if params.measure == "index":
        share = params.index
    else:
        largest, share = 4 * largest, params.four
    perhaps = (
        purchases.group_by(*key, heap=pl.col("supplier_key").to_physical() % HEAPS)
        .agg(spent=pl.col("amount").sum(), n=pl.len())
        .group_by(key)
        .agg(largest=largest, total=pl.col("spent").sum().cast(TOTAL), contracts=pl.col("n").sum())
        .filter(
            pl.col("contracts") >= params.min_contracts,
            at_least(pl.col("largest"), share, pl.col("total")),
        )
    )
    return purchases.join(perhaps, on=key, how="semi", nulls_equal=True)


def tells(params: SupplierConcentration) -> dict[str, pl.Expr]:
    """Tell whose suppliers they are, how many, and how they share."""
    return {
        **whose_together(),
        "subject": (party("buyer") if params.of == "buyer" else class_of(params.digits)).min(),
        **{name: pl.col(name).first() for name in ("index", "four", "suppliers")},
    }


RULE: Final = Rule(
    id="CON003",
    name="supplier-concentration",
    ocp=("R051",),
    severity=Severity.LOW,
    stage=Stage.AWARD,
    subject="contracts",
    needs={
        "contracts": frozenset(
            {"buyer_key", "item_code", "supplier_key", "currency", "decision_date", "amount"}
        )
    },
    uses={"contracts": frozenset({"source", "item_scheme"})},
    scope=scope,
    shard_by=None,
    params=SupplierConcentration,
    find=find,
    tells=tells,
    message="{suppliers} suppliers share the {amount} of {subject} {when}: the index of concentration is "
    "{index:number}, the four largest have {four:percent}",
    page=__doc__,
    since="0.1",
    ceiling=0.30,
)
