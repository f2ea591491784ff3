"""A purchase is of a kind that the buyer's procurement plan for the year does not have.

Why it matters
--------------
The plan says in advance what will be bought, so that suppliers can prepare and auditors can compare. What was
not planned was needed in a hurry, or was not to be known of.

Formula
-------
The plan is given with `--list plan=FILE`: of each line its buyer, `item_code` and `fiscal_year`. For each
buyer and calendar year of which the plan has any line, and each item, by the first `digits` of its code,

    no line of the plan has that buyer, year and item

Purchases of one buyer, item, year and currency are a finding when they come to more than `floor`.

Threshold
---------
- `digits`: 4, a default of this project: the family of an UNSPSC code, the class of a CPV code. Plans are
  often written by broader items than purchases.
- `floor`: 0. Set it to the sum from which the law wants a purchase in the plan.

Buyers are matched by the number that the data have for them, else by their name.

False positives
---------------
- Fiscal years that are not calendar years; contracts of last year's plan, decided in January.
- Plans that were changed since, of which an old copy is at hand; items coded in another scheme.
- Small and urgent purchases, which need no plan.

What would settle it
--------------------
The plan with its changes as published, and the request that this purchase began with.

Worked example
--------------
With the default settings. Hill planned 4321 for 2024: what begins so is planned, two other purchases are
not (A), and euros are apart (B), as is another item (C) and 2025 (D). Dale has no plan for 2024, Moor none
at all; Elm's plan has no code. A code of three digits is in no plan (E).

plan:

| buyer_key | item_code | fiscal_year |
|-----------|-----------|-------------|
| Hill      | 43211500  | 2024        |
| Hill      | 5012      | 2025        |
| Dale      | 43211500  | 2025        |
| Elm       |           | 2024        |

contracts:

| buyer_name | supplier_name | item_code | award_date | amount | currency | finding |
|------------|---------------|-----------|------------|--------|----------|---------|
| Hill       | Ash           | 43219999  | 2024-01-01 |  10.00 | CLP      |         |
| Hill       | Ash           | 43220000  | 2024-01-01 |  10.00 | CLP      | A       |
| Hill       | Bay           | 43229999  | 2024-12-31 |  10.00 | CLP      | A       |
| Hill       | Ash           | 43220000  | 2024-01-01 |   0.01 | EUR      | B       |
| Hill       | Ash           | 43220000  | 2024-01-01 |   0.00 | USD      |         |
| Hill       | Ash           | 50120000  | 2024-12-31 |  10.00 | CLP      | C       |
| Hill       | Ash           | 43211500  | 2025-01-01 |  10.00 | CLP      | D       |
| Hill       | Ash           | 50120000  | 2025-01-01 |  10.00 | CLP      |         |
| Hill       | Ash           | 43220000  | 2026-01-01 |  10.00 | CLP      |         |
| Hill       | Ash           | 432       | 2024-01-01 |  10.00 | CLP      | E       |
| Hill       | Ash           |           | 2024-01-01 |  10.00 | CLP      |         |
| Dale       | Ash           | 43220000  | 2024-01-01 |  10.00 | CLP      |         |
| Moor       | Ash           | 43220000  | 2024-01-01 |  10.00 | CLP      |         |
| Elm        | Ash           | 43220000  | 2024-01-01 |  10.00 | CLP      |         |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R012.
- spulido99/anticorruption-ai (purchases that are not in the plan).
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._amounts import money
from spendaudit.rules._gathered import gathered
from spendaudit.rules._markets import code
from spendaudit.rules._parties import date_basis, party
from spendaudit.rules._rule import Params, Rule, Stage

#: What a line of a plan and a purchase are compared by.
PLANNED: Final = ("buyer_key", "year", "item")


class OutsidePlan(Params):
    """Settings of COM007."""

    digits: int = Field(4, ge=1, le=20, description="first characters of an item's code that are compared")
    floor: Decimal = Field(
        Decimal(0), ge=0, le=10**15, decimal_places=4, description="sums at or below this are left out"
    )


def find(tables: Tables, params: OutsidePlan) -> pl.LazyFrame:
    """Return one row per buyer, year, item and currency that the plan does not have."""
    item = code(params.digits)
    plan = tables["plan"].select("buyer_key", year=pl.col("fiscal_year").cast(pl.Int32), item=item)
    planned = plan.select("buyer_key", "year")
    purchases = tables["contracts"].with_columns(year=pl.col("decision_date").dt.year(), item=item)
    unplanned = purchases.join(planned, on=("buyer_key", "year"), how="semi").join(
        plan, on=PLANNED, how="anti"
    )
    found = gathered(unplanned, (*PLANNED, "currency"))
    return found.filter(pl.col("amount") > money(params.floor))


def tells(params: OutsidePlan) -> dict[str, pl.Expr]:
    """Tell who bought what, and from how many suppliers."""
    return {
        "buyer_name": party("buyer").min(),
        "year": pl.col("decision_date").dt.year().min(),
        "item": code(params.digits).min(),
        "title": pl.col("title").min(),
        "suppliers": pl.col("supplier_key").n_unique(),
        "date_basis": date_basis(),
    }


RULE: Final = Rule(
    id="COM007",
    name="outside-plan",
    severity=Severity.LOW,
    stage=Stage.PLANNING,
    subject="contracts",
    needs={
        "contracts": frozenset({"buyer_key", "item_code", "decision_date", "amount", "currency"}),
        "plan": frozenset({"buyer_key", "item_code", "fiscal_year"}),
    },
    shard_by=("buyer_key",),
    params=OutsidePlan,
    find=find,
    tells=tells,
    message="{buyer_name} bought items {item} for {amount} in {year} ({members:contract(s)}), and its plan "
    "for that year has none: how did the need arise?",
    page=__doc__,
    since="0.1",
    ocp=("R012",),
)
