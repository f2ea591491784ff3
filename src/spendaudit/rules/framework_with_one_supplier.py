"""Many buyers ordered from one framework, and one supplier received every order.

Why it matters
--------------
A framework spares its users a tender each. Where only one supplier is in it, or only one is ever chosen, many
buyers buy without competition on the strength of one that took place long ago, or of none.

Formula
-------
Take the orders that name a framework, by portal and framework. They are a finding, all of them, when

    buyers >= min_buyers    and    orders >= min_contracts    and    suppliers <= max_suppliers

Threshold
---------
- `min_buyers`: 5, as br-acc takes for Brazil's price registers.
- `min_contracts`: 10, a default of this project.
- `max_suppliers`: 1. redflags.eu calls fewer than three members of a framework a flag, too.

No base rate is measured: in the real files that this project has read hardly an order names a framework. Of
19,521 made-up orders none is flagged.

False positives
---------------
- Frameworks with one supplier are legal, and usual for goods with one maker.
- Portals that number the contract of each supplier in a framework apart, as USAspending does: then every
  framework has one.
- A file that holds a part of the orders only.

What would settle it
--------------------
The decision that chose the framework's supplier, the bids for it, and the rules for ordering from it.

Worked example
--------------
With the default settings; a row stands for as many as `times` says. Five buyers ordered ten times from one
supplier under f1 (A). Under f2 there were nine orders, under f3 two suppliers, under f4 four buyers; portal
two has an f2 of its own, and an f1 (B), portal one an f5 (C). An order that names no framework is no part.

contracts:

| times | source | framework_id | buyer_name | supplier_name | award_date | finding |
|-------|--------|--------------|------------|---------------|------------|---------|
|     2 | one    | f1           | Hill       | Ash           | 2024-01-03 | A       |
|     2 | one    | f1           | Dale       | Ash           | 2024-02-01 | A       |
|     2 | one    | f1           | Moor       | Ash           | 2024-01-03 | A       |
|     2 | one    | f1           | Glen       | Ash           | 2024-01-03 | A       |
|     2 | one    | f1           | Fell       | Ash           | 2024-01-03 | A       |
|     5 | one    | f2           | Hill       | Ash           | 2024-01-03 |         |
|     1 | one    | f2           | Dale       | Ash           | 2024-01-03 |         |
|     1 | one    | f2           | Moor       | Ash           | 2024-01-03 |         |
|     1 | one    | f2           | Glen       | Ash           | 2024-01-03 |         |
|     1 | one    | f2           | Fell       | Ash           | 2024-01-03 |         |
|     1 | two    | f2           | Hill       | Ash           | 2024-01-03 |         |
|     2 | one    | f3           | Hill       | Ash           | 2024-01-03 |         |
|     2 | one    | f3           | Dale       | Ash           | 2024-01-03 |         |
|     2 | one    | f3           | Moor       | Ash           | 2024-01-03 |         |
|     2 | one    | f3           | Glen       | Ash           | 2024-01-03 |         |
|     2 | one    | f3           | Fell       | Ash           | 2024-01-03 |         |
|     1 | one    | f3           | Hill       | Bay           | 2024-01-03 |         |
|     3 | one    | f4           | Hill       | Ash           | 2024-01-03 |         |
|     3 | one    | f4           | Dale       | Ash           | 2024-01-03 |         |
|     3 | one    | f4           | Moor       | Ash           | 2024-01-03 |         |
|     3 | one    | f4           | Glen       | Ash           | 2024-01-03 |         |
|    12 | one    |              | Hill       | Ash           | 2024-01-03 |         |
|     1 | one    |              | Dale       | Ash           | 2024-01-03 |         |
|     1 | one    |              | Moor       | Ash           | 2024-01-03 |         |
|     1 | one    |              | Glen       | Ash           | 2024-01-03 |         |
|     1 | one    |              | Fell       | Ash           | 2024-01-03 |         |
|     2 | two    | f1           | Hill       | Ash           | 2024-01-03 | B       |
|     2 | two    | f1           | Dale       | Ash           | 2024-01-03 | B       |
|     2 | two    | f1           | Moor       | Ash           | 2024-01-03 | B       |
|     2 | two    | f1           | Glen       | Ash           | 2024-01-03 | B       |
|     2 | two    | f1           | Fell       | Ash           | 2024-01-03 | B       |
|     2 | one    | f5           | Hill       | Ash           | 2024-01-03 | C       |
|     2 | one    | f5           | Dale       | Ash           | 2024-01-03 | C       |
|     2 | one    | f5           | Moor       | Ash           | 2024-01-03 | C       |
|     2 | one    | f5           | Glen       | Ash           | 2024-01-03 | C       |
|     2 | one    | f5           | Fell       | Ash           | 2024-01-03 | C       |

References
----------
- redflags.eu: frameworks with fewer than three members. br-acc: price registers that many bodies use.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._gathered import gathered
from spendaudit.rules._parties import date_basis, known_by, party
from spendaudit.rules._rule import Params, Precision, Rule, Stage

#: Two portals may have a framework of one number each.
FRAMEWORK: Final = ("source", "framework_id")


class FrameworkWithOneSupplier(Params):
    """Settings of COM013."""

    min_buyers: int = Field(5, ge=1, le=10_000, description="fewest buyers that ordered")
    min_contracts: int = Field(10, ge=1, le=100_000, description="fewest orders")
    max_suppliers: int = Field(1, ge=1, le=100, description="most suppliers that received one")


def find(tables: Tables, params: FrameworkWithOneSupplier) -> pl.LazyFrame:
    """Return one row per framework."""
    orders = tables["contracts"]
    narrow = (
        orders.group_by(FRAMEWORK)
        .agg(
            contracts=pl.len(),
            buyers=pl.col("buyer_key").n_unique(),
            suppliers=pl.col("supplier_key").n_unique(),
        )
        .filter(
            pl.col("contracts") >= params.min_contracts,
            pl.col("buyers") >= params.min_buyers,
            pl.col("suppliers") <= params.max_suppliers,
        )
    )
    return gathered(orders.join(narrow, on=FRAMEWORK, build_side="force_right"), FRAMEWORK)


def tells(_params: FrameworkWithOneSupplier) -> dict[str, pl.Expr]:
    """Tell which framework it is, how many bought under it, and from whom."""
    return {
        "framework": pl.col("framework_id").first(),
        "buyers": pl.col("buyer_key").n_unique(),
        "suppliers": pl.col("supplier_key").n_unique(),
        "supplier_name": party("supplier").min(),
        "supplier_known_by": known_by("supplier").first(),
        "date_basis": date_basis(),
    }


RULE: Final = Rule(
    id="COM013",
    name="framework-with-one-supplier",
    severity=Severity.LOW,
    precision=Precision.LOW,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({"framework_id", "buyer_key", "supplier_key"})},
    uses={"contracts": frozenset({"source", "amount", "currency", "decision_date"})},
    shard_by=("framework_id",),
    params=FrameworkWithOneSupplier,
    find=find,
    tells=tells,
    message="{buyers} buyers ordered {members} times under framework {framework}; number of suppliers that "
    "were chosen: {suppliers} ({supplier_name})",
    page=__doc__,
    since="0.1",
)
