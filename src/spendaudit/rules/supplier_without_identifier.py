"""A supplier goes by a name alone where others have their tax number beside it.

Why it matters
--------------
A name is not an identity: spellings differ, firms change theirs, namesakes exist. What such a supplier
received cannot be added up with certainty, or looked up in any register or list of sanctions.

Formula
-------
In sources that publish a number for at least `usual` of the suppliers they name, people aside, contracts of
one source and supplier without a number are one finding.

Threshold
---------
- `usual`: 0.5, a default of this project. A portal that publishes no numbers, such as CompraNet, says nothing
  about a supplier by leaving one out.

A number that is there but fits no country is what SUP004 asks about. Of 10.5 % of Portuguese contracts nobody
is named at all (open-tender-watch): DQ001 asks about those. Of 26 named suppliers' contracts in a Brazilian
day one is a finding; in 8,283 Peruvian direct awards of 2020 129 (1.6 %), those of consortia.

False positives
---------------
- Foreign suppliers, who have no number of the country.
- People, whose numbers the law protects. They are left out where the name tells; it does not always.
- Joint ventures that are listed by the names of their members.

What would settle it
--------------------
A contract or invoice with the supplier's number on it, and its entry in the company register.

Worked example
--------------
With the default settings. In the first source three of six have a number, which is half of them, so that Ash
(A) and Bay (B) stand out; Ana Luz is a person. In the other source one of three has, in the third two of
five, in the fourth one of two (C).

contracts:

|source|buyer_name|supplier_name|supplier_id |supplier_kind|award_date|amount|currency|finding|
|------|----------|-------------|------------|-------------|----------|------|--------|-------|
|portal|Hill      |Ash SpA      |            |company      |2024-01-03|50.00 |CLP     |A      |
|portal|Dale      |Ash SpA      |            |company      |2024-01-04|50.00 |CLP     |A      |
|portal|Hill      |Bay SpA      |            |unknown      |2024-01-03|50.00 |CLP     |B      |
|portal|Hill      |Ana Luz      |            |person       |2024-01-03|50.00 |CLP     |       |
|portal|Hill      |Elm SpA      |76.990.001-2|company      |2024-01-03|50.00 |CLP     |       |
|portal|Hill      |Elm SpA      |76.990.001-2|company      |2024-01-03|50.00 |CLP     |       |
|portal|Hill      |Elm SpA      |76.990.001-2|company      |2024-01-03|50.00 |CLP     |       |
|other |Hill      |Ash SpA      |            |company      |2024-01-03|50.00 |CLP     |       |
|other |Hill      |Bay SpA      |            |company      |2024-01-03|50.00 |CLP     |       |
|other |Hill      |Elm SpA      |76.990.001-2|company      |2024-01-03|50.00 |CLP     |       |
|third |Hill      |Elm SpA      |76.990.001-2|company      |2024-01-03| 50.00|CLP     |       |
|third |Hill      |Elm SpA      |76.990.001-2|company      |2024-01-03| 50.00|CLP     |       |
|third |Hill      |Ash SpA      |            |company      |2024-01-03| 50.00|CLP     |       |
|third |Hill      |Ash SpA      |            |company      |2024-01-03| 50.00|CLP     |       |
|third |Hill      |Ash SpA      |            |company      |2024-01-03| 50.00|CLP     |       |
|fourth|Hill      |Elm SpA      |76.990.001-2|company      |2024-01-03| 50.00|CLP     |       |
|fourth|Hill      |Ash SpA      |            |company      |2024-01-03| 50.00|CLP     |C      |

References
----------
- ProjectPODER/groucho, flagsMX-2021.json: suppliers without identifier ("phantom").
- imco/IRC, src/features/anomalias.py: amounts to phantom tax numbers. open-tender-watch, indicator C1.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._gathered import READ, gathered
from spendaudit.rules._parties import party
from spendaudit.rules._rule import Params, Precision, Rule, Stage
from spendaudit.rules._shares import at_least


class SupplierWithoutIdentifier(Params):
    """Settings of SUP005."""

    usual: Decimal = Field(
        Decimal("0.5"),
        gt=0,
        le=1,
        decimal_places=4,
        description="smallest share of a source that has numbers",
    )


def find(tables: Tables, params: SupplierWithoutIdentifier) -> pl.LazyFrame:
    """Return one row per source and supplier."""
    contracts, known = tables["contracts"], pl.col("supplier_id").is_not_null()
    sources = (
        contracts.group_by("source")
        .agg(known=known.sum(), named=pl.len())
        .filter(at_least(pl.col("known"), params.usual, pl.col("named")))
    )
    nameless = contracts.filter(~known).join(sources, on="source", how="semi")
    return gathered(nameless, ("source", "supplier_key"))


def tells(_params: SupplierWithoutIdentifier) -> dict[str, pl.Expr]:
    """Tell who is known by name alone, in how many spellings, and to how many buyers."""
    return {
        "supplier_name": party("supplier").min(),
        "supplier_kind": pl.col("supplier_kind").cast(pl.String).min(),
        "spellings": pl.col("supplier_name").n_unique(),
        "buyers": pl.col("buyer_key").drop_nulls().n_unique(),
        "source": pl.col("source").first(),
    }


RULE: Final = Rule(
    id="SUP005",
    name="supplier-without-identifier",
    severity=Severity.LOW,
    precision=Precision.HIGH,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({"supplier_kind", "supplier_key"})},
    uses={"contracts": READ | {"source", "supplier_id"}},
    # People's numbers are often protected by law.
    scope=lambda _params: pl.col("supplier_kind") != "person",
    shard_by=None,
    params=SupplierWithoutIdentifier,
    find=find,
    tells=tells,
    message="{supplier_name} is known by name alone in {members:contract(s)}, though {source} publishes most "
    "suppliers' numbers: who is it?",
    page=__doc__,
    since="0.1",
)
