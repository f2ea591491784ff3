"""A supplier was awarded a contract after its register had struck it off.

Why it matters
--------------
A firm that no longer exists cannot sign. Its name and number may have been used by somebody else, or by its
former owners, who answer for nothing any more.

Formula
-------
The register is given with `--list registry=FILE`, where `valid_to` is the last day of an entry. Of a
supplier with several entries, the last one counts, and an entry without that day still stands. A contract
is flagged when

    date of the decision > last day + days

Contracts of one buyer with one supplier in one currency are a finding.

Threshold
---------
- `days`: 0, a default of this project. A register that is slow to tell, or a portal whose date is that of
  publication, wants some weeks.

What a register says of today (`status`) is not read: it does not tell what it was on the day of the decision.

False positives
---------------
- A firm that was struck off for a missed return and put back later: registers drop the gap, or do not.
- Branches that closed while the firm goes on; firms that merged, and whose contracts passed on.
- Framework agreements from before.

What would settle it
--------------------
The supplier's full register entry, and who signed the contract for it with which power.

Worked example
--------------
With the default settings. Ash stood in the register to 30 June 2024: the last day counts, the next does not
(A); euros are apart (B), and so are another buyer (C) and supplier (D). Bay still stands there; Cob is not in
the register.

contracts:

|buyer_name|supplier_name|supplier_in_registry|supplier_registered_to|award_date|amount|currency|finding|
|----------|-------------|--------------------|----------------------|----------|------|--------|-------|
|Hill      |Ash          |yes                 |2024-06-30            |2024-06-30| 10.00|CLP     |       |
|Hill      |Ash          |yes                 |2024-06-30            |2024-07-01| 10.00|CLP     |A      |
|Hill      |Ash          |yes                 |2024-06-30            |2025-07-01|  5.00|CLP     |A      |
|Hill      |Ash          |yes                 |2024-06-30            |2024-07-01| 10.00|EUR     |B      |
|Dale      |Ash          |yes                 |2024-06-30            |2024-07-01| 10.00|CLP     |C      |
|Hill      |Elm          |yes                 |2024-06-29            |2024-06-30| 10.00|CLP     |D      |
|Hill      |Bay          |yes                 |                      |2024-07-01| 10.00|CLP     |       |
|Hill      |Cob          |no                  |                      |2024-07-01| 10.00|CLP     |       |
|Hill      |Cob          |no                  |2024-06-30            |2024-07-01| 10.00|CLP     |       |
|Hill      |Dew          |                    |2024-06-30            |2024-07-01| 10.00|CLP     |       |
|Hill      |Ash          |yes                 |2024-06-30            |          | 10.00|CLP     |       |

References
----------
- Operação Serenata de Amor, *irregular companies* classifier (closed, void or suspended in the register).
- Open Contracting Partnership, Red flags in public procurement (2024), R045: not in the registry is SUP016.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._gathered import READ, gathered
from spendaudit.rules._parties import date_basis, who
from spendaudit.rules._rule import Params, Rule, Stage

BY: Final = ("buyer_key", "supplier_key", "currency")


class InactiveSupplier(Params):
    """Settings of SUP003."""

    days: int = Field(0, ge=0, le=3_650, description="days after its last one that a register may lag")


def find(tables: Tables, params: InactiveSupplier) -> pl.LazyFrame:
    """Return one row per buyer, supplier and currency with decisions after the supplier was struck off."""
    last = pl.col("supplier_registered_to").dt.offset_by(f"{params.days}d")
    return gathered(tables["contracts"].filter(pl.col("decision_date") > last), BY)


def tells(_params: InactiveSupplier) -> dict[str, pl.Expr]:
    """Tell who bought from whom, and until when the supplier stood in the register."""
    return {**who(), "registered_to": pl.col("supplier_registered_to").max(), "date_basis": date_basis()}


RULE: Final = Rule(
    id="SUP003",
    name="inactive-supplier",
    severity=Severity.MEDIUM,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({"supplier_in_registry", "decision_date"})},
    uses={"contracts": frozenset({"supplier_registered_to", "buyer_key", "supplier_key"}) | READ},
    scope=lambda _params: pl.col("supplier_in_registry"),
    shard_by=("buyer_key",),
    params=InactiveSupplier,
    find=find,
    tells=tells,
    message="{buyer_name} awarded {amount} to {supplier_name} {when} ({members:contract(s)}), which stood in "
    "its register until {registered_to}: who signed for it?",
    page=__doc__,
    since="0.1",
)
