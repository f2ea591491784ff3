"""A public body bought from another public body without a competition.

Why it matters
--------------
Many laws let public bodies hire each other directly. What the second one then buys, and from whom, often
appears nowhere: the competition that was not held the first time may never be held.

Formula
-------
Contracts of one buyer, supplier and currency are one finding when

    the supplier is a public body   and   the method is not open, selective or limited

Who is a public body was judged when the file was loaded, by number or name.

Threshold
---------
None; a single contract is a finding. CompraNet's sample has one in 1,197 contracts, and Peru's direct awards
of 2020 name none: there public bodies have codes of the portal's own.

False positives
---------------
- Cooperation that the law provides for; shared services; public utilities, universities and hospitals.
- A firm that is named like a public body.

What would settle it
--------------------
The agreement of the two bodies, the law that it rests on, and the subcontracts made under it.

Worked example
--------------
Hill bought twice from a ministry (A), once in dollars (B); another buyer's contract is another finding (C).
Of its contracts with a council the direct ones are a finding (D): the others were competed for, or cost
nothing.

contracts:

|buyer_name|supplier_name   |supplier_kind|procurement_method|award_date|amount|currency|finding|
|----------|----------------|-------------|------------------|----------|------|--------|-------|
|Hill      |Ministry of Oaks|public       |direct            |2024-01-03|50.00 |CLP     |A      |
|Hill      |Ministry of Oaks|public       |unknown           |2025-01-03|60.00 |CLP     |A      |
|Hill      |Ministry of Oaks|public       |direct            |2024-01-03|50.00 |USD     |B      |
|Dale      |Ministry of Oaks|public       |direct            |2024-01-03|50.00 |CLP     |C      |
|Hill      |Oak Council     |public       |direct            |2024-01-03|50.00 |CLP     |D      |
|Hill      |Oak Council     |public       |open              |2024-01-03|50.00 |CLP     |       |
|Hill      |Oak Council     |public       |selective         |2024-01-03|50.00 |CLP     |       |
|Hill      |Ash SpA         |company      |direct            |2024-01-03|50.00 |CLP     |       |
|Hill      |Oak Council     |public       |direct            |2024-01-03|0.00  |CLP     |       |
|Hill      |Oak Council     |public       |direct            |2024-01-03|0.50  |CLP     |D      |

References
----------
- ProjectPODER/groucho, flagsMX-2021.json: contracts between public bodies.
- imco/IRC: agreements between bodies, which Mexican law left out of competition.
"""

from typing import Final

import polars as pl

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._gathered import READ, gathered
from spendaudit.rules._methods import competitive
from spendaudit.rules._parties import date_basis, who
from spendaudit.rules._rule import Params, Precision, Rule, Stage

PAIR: Final = ("buyer_key", "supplier_key", "currency")


class PublicSupplier(Params):
    """SUP014 has no settings."""


def find(tables: Tables, _params: PublicSupplier) -> pl.LazyFrame:
    """Return one row per buyer, supplier and currency."""
    public = (pl.col("supplier_kind") == "public") & (pl.col("amount") > 0)
    return gathered(tables["contracts"].filter(public & ~competitive()), PAIR)


def tells(_params: PublicSupplier) -> dict[str, pl.Expr]:
    """Tell who bought from whom, and what was bought first in the alphabet."""
    return {**who(), "title": pl.coalesce("title", "contract_id").min(), "date_basis": date_basis()}


RULE: Final = Rule(
    id="SUP014",
    name="public-supplier",
    severity=Severity.LOW,
    precision=Precision.LOW,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({*PAIR, "amount", "supplier_kind", "procurement_method"})},
    uses={"contracts": READ},
    shard_by=("buyer_key",),
    params=PublicSupplier,
    find=find,
    tells=tells,
    message="{buyer_name} bought from the public body {supplier_name} for {amount} without a competition: "
    "who does the work in the end?",
    page=__doc__,
    since="0.1",
)
