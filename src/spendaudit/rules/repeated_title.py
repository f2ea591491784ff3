"""Many of a buyer's contracts have exactly the same title.

Why it matters
--------------
A title that stands on every third contract says nothing about any of them; or the same thing was bought again
and again, and could have been bought once.

Formula
-------
Contracts of one source, buyer and title are a finding when there are `min_contracts` or more, and they are at
least `share` of the buyer's contracts with a title.

Threshold
---------
- `share`: 0.4; groucho asks when it is a tenth of a buyer's contracts, which in Peru's direct awards flags
  4.5 % of the contracts. `min_contracts`: 10. Both are defaults of this project.

Of 9,516 Peruvian direct awards (2020) 1.7 % stand in ten findings, most of them one purchase in many rows; in
CompraNet there is none.

False positives
---------------
- Standard titles of a portal; orders under one framework; lots of one tender.
- Buyers of one kind of thing.

What would settle it
--------------------
The purchase requests behind these contracts, with the need, the place and the unit of each.

Worked example
--------------
With the default settings; a row stands for as many as `times` says. All ten of Hill's contracts have one
title (A), exactly two fifths of Moor's (B), and all whose buyer is not known (C). Of Lea's only 10 of 33
have. Dale has nine, one in another source, and one that is written otherwise.

contracts:

|times|source|buyer_name|title               |award_date|amount|currency|finding|
|-----|------|----------|--------------------|----------|------|--------|-------|
|    1|portal|Hill      |Catering for schools|2024-01-01| 10.00|CLP     |A      |
|    9|portal|Hill      |Catering for schools|2024-01-02| 10.00|CLP     |A      |
|    9|portal|Dale      |Catering for schools|2024-01-01| 10.00|CLP     |       |
|    1|other |Dale      |Catering for schools|2024-01-03| 10.00|CLP     |       |
|    1|portal|Dale      |catering for schools|2024-01-03| 10.00|CLP     |       |
|   10|portal|Moor      |Catering for schools|2024-01-01| 10.00|CLP     |B      |
|    9|portal|Moor      |Title 0             |2024-01-03| 10.00|CLP     |       |
|    6|portal|Moor      |Title 1             |2024-01-03| 10.00|CLP     |       |
|    1|other |Moor      |Title 0             |2024-01-03| 10.00|CLP     |       |
|   10|portal|Lea       |Catering for schools|2024-01-01| 10.00|CLP     |       |
|    8|portal|Lea       |Title 0             |2024-01-03| 10.00|CLP     |       |
|    8|portal|Lea       |Title 1             |2024-01-03| 10.00|CLP     |       |
|    7|portal|Lea       |Title 2             |2024-01-03| 10.00|CLP     |       |
|   10|portal|          |Catering for schools|2024-01-01| 10.00|CLP     |C      |

References
----------
- ProjectPODER/groucho: repeated titles, above 10 % of contracts.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import MONEY, Tables
from spendaudit.rules._gathered import READ, gathered
from spendaudit.rules._parties import party
from spendaudit.rules._repeats import perhaps_repeated
from spendaudit.rules._rule import Params, Precision, Rule, Stage
from spendaudit.rules._shares import at_least

BUYER: Final = ("source", "buyer_key")


class RepeatedTitle(Params):
    """Settings of DQ014."""

    share: Decimal = Field(
        Decimal("0.4"), gt=0, le=1, decimal_places=4, description="smallest share of the buyer's contracts"
    )
    min_contracts: int = Field(10, ge=2, le=100_000, description="fewest contracts with the title")


def find(tables: Tables, params: RepeatedTitle) -> pl.LazyFrame:
    """Return one row per source, buyer and title."""
    contracts, title = tables["contracts"], (*BUYER, "title")
    buyers = contracts.group_by(BUYER).agg(contracts=pl.len())
    titles = (
        perhaps_repeated(contracts, title, params.min_contracts)
        .group_by(title)
        .agg(alike=pl.len())
        .filter(pl.col("alike") >= params.min_contracts)
        .join(buyers, on=BUYER, nulls_equal=True)
        .filter(at_least(pl.col("alike"), params.share, pl.col("contracts")))
    )
    rows = contracts.join(titles, on=title, nulls_equal=True, build_side="force_right")
    return gathered(rows, title, contracts=pl.col("contracts").first())


def tells(_params: RepeatedTitle) -> dict[str, pl.Expr]:
    """Tell whose contracts they are, the title, and who got how many of how many contracts."""
    contracts = pl.col("contracts").first()
    return {
        "buyer_name": party("buyer").min(),
        "title": pl.col("title").first(),
        "contracts": contracts,
        "share": (pl.len() / contracts).cast(MONEY),
        "suppliers": pl.col("supplier_key").drop_nulls().n_unique(),
    }


RULE: Final = Rule(
    id="DQ014",
    name="repeated-title",
    severity=Severity.LOW,
    precision=Precision.LOW,
    stage=Stage.DATA_QUALITY,
    subject="contracts",
    needs={"contracts": frozenset({"title"})},
    uses={"contracts": READ | {*BUYER}},
    shard_by=("buyer_key",),
    params=RepeatedTitle,
    find=find,
    tells=tells,
    message="{buyer_name}: {members} of {contracts} contracts are called {title:quoted}: is that one need?",
    page=__doc__,
    since="0.1",
)
