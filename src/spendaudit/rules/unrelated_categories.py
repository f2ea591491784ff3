"""A supplier sold a buyer things of many kinds within a year.

Why it matters
--------------
Who sells beds, books and asphalt makes none of them. A firm that wins whatever a buyer needs may have been
chosen before what it should deliver.

Formula
-------
For each buyer, supplier and calendar year, the contracts are a finding when their item codes begin in at
least `kinds` different ways, going by the first `digits`. Codes of different schemes or data sources are
different.

Threshold
---------
- `kinds`: 4, and `digits`: 3, a group of the European CPV, as the Prozorro risk indicators take it (sas-3-3).
  UNSPSC counts in steps of two digits: take 4 there.

False positives
---------------
- Wholesalers, department stores and marketplaces; builders, whose codes follow each trade on a site.
- Consortia and central buyers under one name.
- Codes that clerks choose at random; a code for each contract where items have many.

What would settle it
--------------------
The supplier's registered activities, and the delivery notes or invoices for things of each kind.

Worked example
--------------
With the default settings. Ash sold Hill things of four kinds in 2024 (A), Bay of three: the fourth came a
year later, to another buyer, from another supplier, or without a code. Elm's four are of two schemes (B).

contracts:

|source|item_scheme|item_code|buyer_name|supplier_name|award_date|finding|
|------|-----------|---------|----------|-------------|----------|-------|
|one   |CPV        |0311     |Hill      |Ash          |2024-01-01|A      |
|one   |CPV        |0312     |Hill      |Ash          |2024-01-01|A      |
|one   |CPV        |0321     |Hill      |Ash          |2024-12-31|A      |
|one   |CPV        |1511     |Hill      |Ash          |2024-12-31|A      |
|one   |CPV        |3311     |Hill      |Ash          |2024-06-03|A      |
|one   |CPV        |3312     |Hill      |Ash          |2024-06-03|A      |
|one   |CPV        |0311     |Hill      |Bay          |2024-06-03|       |
|one   |CPV        |0321     |Hill      |Bay          |2024-06-03|       |
|one   |CPV        |1511     |Hill      |Bay          |2024-06-03|       |
|one   |CPV        |0312     |Hill      |Bay          |2024-06-03|       |
|one   |CPV        |3311     |Hill      |Bay          |2025-01-01|       |
|one   |CPV        |3311     |Dale      |Bay          |2024-06-03|       |
|one   |CPV        |3311     |Hill      |Cob          |2024-06-03|       |
|one   |CPV        |0311     |Hill      |Elm          |2024-06-03|B      |
|one   |CPV        |0321     |Hill      |Elm          |2024-06-03|B      |
|one   |CPV        |1511     |Hill      |Elm          |2024-06-03|B      |
|one   |UNSPSC     |1511     |Hill      |Elm          |2024-06-03|B      |
|one   |CPV        |         |Hill      |Bay          |2024-06-03|       |

References
----------
- ProzorroUKR/prozorro-risks, sas-3-3.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._gathered import READ, gathered
from spendaudit.rules._markets import class_of, in_markets
from spendaudit.rules._parties import date_basis, who
from spendaudit.rules._rule import Params, Rule, Stage

PAIR: Final = ("buyer_key", "supplier_key")


class UnrelatedCategories(Params):
    """Settings of CON007."""

    kinds: int = Field(4, ge=2, le=1000, description="fewest kinds of things")
    digits: int = Field(3, ge=1, le=10, description="digits of an item code that name a kind")


def find(tables: Tables, params: UnrelatedCategories) -> pl.LazyFrame:
    """Return one row per buyer, supplier and year."""
    sold, year = in_markets(tables["contracts"], params.digits), (*PAIR, "year")
    mixed = sold.group_by(year).agg(kinds=pl.col("class").n_unique()).filter(pl.col("kinds") >= params.kinds)
    return gathered(sold.join(mixed, on=year, build_side="force_right"), year, kinds=pl.col("kinds").first())


def tells(params: UnrelatedCategories) -> dict[str, pl.Expr]:
    """Tell who bought from whom, and things of which kinds."""
    return {
        **who(),
        "kinds": pl.col("kinds").first(),
        "codes": class_of(params.digits).unique().sort().str.join(", "),
        "date_basis": date_basis(),
    }


RULE: Final = Rule(
    id="CON007",
    name="unrelated-categories",
    severity=Severity.LOW,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({*PAIR, "item_code", "decision_date"})},
    uses={"contracts": READ | {"item_scheme"}},
    shard_by=PAIR,
    params=UnrelatedCategories,
    find=find,
    tells=tells,
    message="{supplier_name} sold {buyer_name} things of {kinds} kinds {when}: does one firm make all of "
    "them?",
    page=__doc__,
    since="0.1",
)
