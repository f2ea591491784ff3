"""A supplier won many times what it won the year before.

Why it matters
--------------
A firm that grows fivefold in a year has found a new product, or a new friend. What it won, from whom and by
which method tells which.

Formula
-------
For each data source, supplier, currency and calendar year with at least `min_contracts` purchases

    amounts of the year >= times * amounts of the year before * growth

where `growth` is that of all suppliers together, when the source holds more of this year than of the one
before, and else 1. Who won nothing the year before is new, which is another question.

Threshold
---------
- `times`: 5, and `min_contracts`: 3, defaults of this project. One large contract is no surge.

In samples of CompraNet 18 of 1,362 contracts are flagged (1.3 %); on generated data, in which suppliers win
at random, 5.4 % of 371,296: small suppliers come and go. Look at the largest amounts first.

False positives
---------------
- A new framework or a long contract that is counted in its first year.
- A merger, a new name, or an identifier that the portal began to publish.
- Emergencies: masks in 2020. A small sum the year before, of which five times is little, too.

What would settle it
--------------------
The supplier's register entry with its changes, and the decisions behind its largest new awards.

Worked example
--------------
With the default settings. Ash won five times the 20 pesos of 2023 in 2024 (A), and in 2025 six times what it
won in 2024 (B): dollars, purchases of nothing and other sources are apart. Bay lacks a cent. Cob won twice,
and once for nothing; Elm won nothing in 2023. Gum grew sixfold (C). In source three Ash has six times as
much, but all together have 1.7 times, in pesos.

contracts:

|source|buyer_name|supplier_name|award_date|amount |currency|finding|
|------|----------|-------------|----------|-------|--------|-------|
|one   |Hill      |Ash          |2023-12-31|  10.00|CLP     |       |
|one   |Hill      |Ash          |2023-12-31|  10.00|CLP     |       |
|one   |Hill      |Ash          |2024-01-01|  40.00|CLP     |A      |
|one   |Hill      |Ash          |2024-01-01|  40.00|CLP     |A      |
|one   |Hill      |Ash          |2024-01-01|  20.00|CLP     |A      |
|one   |Hill      |Ash          |2024-06-03|9000.00|USD     |       |
|one   |Hill      |Ash          |2024-06-03|   0.00|CLP     |       |
|two   |Hill      |Ash          |2024-06-03|9000.00|CLP     |       |
|one   |Hill      |Ash          |2025-06-03| 200.00|CLP     |B      |
|one   |Hill      |Ash          |2025-06-03| 200.00|CLP     |B      |
|one   |Hill      |Ash          |2025-06-03| 200.00|CLP     |B      |
|one   |Hill      |Bay          |2023-06-03| 200.00|CLP     |       |
|one   |Hill      |Bay          |2024-06-03| 400.00|CLP     |       |
|one   |Hill      |Bay          |2024-06-03| 400.00|CLP     |       |
|one   |Hill      |Bay          |2024-06-03| 199.99|CLP     |       |
|one   |Hill      |Cob          |2023-06-03|  10.00|CLP     |       |
|one   |Hill      |Cob          |2024-06-03|  40.00|CLP     |       |
|one   |Hill      |Cob          |2024-06-03|  40.00|CLP     |       |
|one   |Hill      |Cob          |2024-06-03|   0.00|CLP     |       |
|one   |Hill      |Elm          |2022-06-03|   1.00|CLP     |       |
|one   |Hill      |Elm          |2024-06-03|  40.00|CLP     |       |
|one   |Hill      |Elm          |2024-06-03|  40.00|CLP     |       |
|one   |Hill      |Elm          |2024-06-03|  40.00|CLP     |       |
|one   |Hill      |Gum          |2023-06-03|   1.00|CLP     |       |
|one   |Hill      |Gum          |2024-06-03|   2.00|CLP     |C      |
|one   |Hill      |Gum          |2024-06-03|   2.00|CLP     |C      |
|one   |Hill      |Gum          |2024-06-03|   2.00|CLP     |C      |
|one   |Hill      |Fir          |2023-06-03|5000.00|CLP     |       |
|one   |Hill      |Fir          |2024-06-03| 100.00|CLP     |       |
|three |Hill      |Ash          |2023-06-03|  10.00|CLP     |       |
|three |Hill      |Ash          |2024-06-03|  20.00|CLP     |       |
|three |Hill      |Ash          |2024-06-03|  20.00|CLP     |       |
|three |Hill      |Ash          |2024-06-03|  20.00|CLP     |       |
|three |Hill      |Fir          |2023-06-03|  60.00|CLP     |       |
|three |Hill      |Fir          |2024-06-03|  60.00|CLP     |       |
|three |Hill      |Fir          |2025-06-03|  10.00|CLP     |       |
|three |Hill      |Fir          |2023-06-03|  10.00|USD     |       |
|three |Hill      |Fir          |2024-06-03|  10.00|USD     |       |

References
----------
- This project; the Open Contracting Partnership's guide has no flag of this kind.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import TOTAL, Severity
from spendaudit.model.tables import MONEY, Tables
from spendaudit.rules._gathered import gathered
from spendaudit.rules._parties import date_basis, known_by, party
from spendaudit.rules._rule import Params, Rule, Stage

MONEY_OF: Final = ("source", "currency")
SUPPLIER: Final = (*MONEY_OF, "supplier_key")


class SupplierSurge(Params):
    """Settings of CON010."""

    times: Decimal = Field(
        Decimal(5), gt=1, le=10_000, decimal_places=4, description="smallest multiple of the year before"
    )
    min_contracts: int = Field(3, ge=1, le=100_000, description="fewest purchases in the year")


def scope(_params: SupplierSurge) -> pl.Expr:
    """Purchases; amounts of zero and credits are none."""
    return pl.col("amount") > 0


def find(tables: Tables, params: SupplierSurge) -> pl.LazyFrame:
    """Return one row per supplier, currency and year."""
    purchases = tables["contracts"].with_columns(year=pl.col("decision_date").dt.year())
    spent = pl.col("amount").sum().cast(TOTAL)
    years = purchases.group_by(*SUPPLIER, "year").agg(spent=spent, contracts=pl.len()).cache()
    of_all = years.group_by(*MONEY_OF, "year").agg(pl.col("spent").sum())
    everyone = _beside_the_year_before(of_all, MONEY_OF).select(
        *MONEY_OF, "year", growth=pl.max_horizontal(pl.lit(1).cast(TOTAL), pl.col("spent") / pl.col("before"))
    )
    surges = (
        _beside_the_year_before(years, SUPPLIER)
        .join(everyone, on=(*MONEY_OF, "year"))
        .filter(
            pl.col("contracts") >= params.min_contracts,
            pl.col("spent") * 10_000 >= pl.col("before") * int(params.times * 10_000) * pl.col("growth"),
        )
        .with_columns(ratio=(pl.col("spent") / pl.col("before")).cast(MONEY))
    )
    return gathered(
        purchases.join(surges, on=(*SUPPLIER, "year"), build_side="force_right"),
        (*SUPPLIER, "year"),
        before=pl.col("before").first(),
        ratio=pl.col("ratio").first(),
    )


def tells(_params: SupplierSurge) -> dict[str, pl.Expr]:
    """Tell who won so much, of how many buyers, and what it won the year before."""
    return {
        "supplier_name": party("supplier").min(),
        "supplier_known_by": known_by("supplier").first(),
        "buyers": pl.col("buyer_key").n_unique(),
        "year": pl.col("decision_date").dt.year().first(),
        "before": pl.col("before").first(),
        "ratio": pl.col("ratio").first(),
        "date_basis": date_basis(),
    }


def _beside_the_year_before(years: pl.LazyFrame, key: tuple[str, ...]) -> pl.LazyFrame:
    """Set beside each year what was spent in the year before; years without one are left out."""
    before = years.select(*key, pl.col("year") + 1, before="spent")
    return years.join(before, on=(*key, "year"))


RULE: Final = Rule(
    id="CON010",
    name="supplier-surge",
    severity=Severity.LOW,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({"supplier_key", "currency", "decision_date", "amount"})},
    uses={"contracts": frozenset({"source"})},
    scope=scope,
    shard_by=None,
    params=SupplierSurge,
    find=find,
    tells=tells,
    message="{supplier_name} won {amount} in {year}, {ratio:number} times the {before} of the year before",
    page=__doc__,
    since="0.1",
)
