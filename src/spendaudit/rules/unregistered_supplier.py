"""A supplier's number is valid, and its register does not have it.

Why it matters
--------------
A number can be right by its check digit and belong to nobody. Whoever is paid under it can be found nowhere.

Formula
-------
The register is given with `--list registry=FILE`. Of suppliers that are firms by their number or name,
those of a source are asked about when the register has at least the share `covered` of them; a contract is
flagged when the register does not have its supplier. Contracts with one supplier in one currency are a
finding.

Of a source of whose firms it has less, no contract can be judged, which is not to say that all were found.

Threshold
---------
- `covered`: 0.80, a default of this project. A register that lacks more firms is one of other firms: of a
  region, of a trade, of those that bid. The contracts count as not judged then, and the run says so.
- `floor`: contracts that come to this or less are left out; default 0.

False positives
---------------
- Foreign suppliers with a number of this country, public bodies, co-operatives and churches, which other
  registers hold.
- Firms younger or older than the copy of the register.

What would settle it
--------------------
A search for the number in the register as it is today, and in that of taxpayers.

Worked example
--------------
With the default settings. Of source one's firms eight of ten are in the register: Ash has two contracts in
pesos (A) and one in euros (B), and one of nothing; Elm has one (C). Persons and those without a valid number
are not asked about. Of source two's firms seven of nine are, which is too few (what F9 got is not known), and
so are source three's nineteen of twenty-four.

contracts:

|source|supplier_name|supplier_kind|supplier_in_registry|award_date|amount|currency|finding|
|------|-------------|-------------|--------------------|----------|------|--------|-------|
|one   |F1           |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|one   |F2           |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|one   |F3           |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|one   |F4           |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|one   |F5           |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|one   |F6           |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|one   |F7           |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|one   |F8           |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|one   |F1           |company      |yes                 |2024-04-01| 10.00|CLP     |       |
|one   |Ash          |company      |no                  |2024-03-01| 10.00|CLP     |A      |
|one   |Ash          |company      |no                  |          |  5.00|CLP     |A      |
|one   |Ash          |company      |no                  |2024-03-01|  0.01|EUR     |B      |
|one   |Ash          |company      |no                  |2024-03-01|  0.00|USD     |       |
|one   |Elm          |company      |no                  |2024-03-01| 10.00|CLP     |C      |
|one   |Bay          |person       |no                  |2024-03-01| 10.00|CLP     |       |
|one   |Cob          |company      |                    |2024-03-01| 10.00|CLP     |       |
|two   |F1           |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|two   |F1           |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|two   |F2           |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|two   |F3           |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|two   |F4           |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|two   |F5           |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|two   |F6           |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|two   |F7           |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|two   |F9           |company      |yes                 |2024-03-01|      |CLP     |       |
|two   |Ash          |company      |no                  |2024-03-01| 10.00|CLP     |       |
|two   |Elm          |company      |no                  |2024-03-01| 10.00|CLP     |       |
|three |F1           |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|three |F2           |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|three |F3           |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|three |F4           |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|three |F5           |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|three |F6           |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|three |F7           |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|three |F8           |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|three |F9           |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|three |F10          |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|three |F11          |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|three |F12          |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|three |F13          |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|three |F14          |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|three |F15          |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|three |F16          |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|three |F17          |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|three |F18          |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|three |F19          |company      |yes                 |2024-03-01| 10.00|CLP     |       |
|three |Ash          |company      |no                  |2024-03-01| 10.00|CLP     |       |
|three |Bay          |company      |no                  |2024-03-01| 10.00|CLP     |       |
|three |Cob          |company      |no                  |2024-03-01| 10.00|CLP     |       |
|three |Elm          |company      |no                  |2024-03-01| 10.00|CLP     |       |
|three |Fir          |company      |no                  |2024-03-01| 10.00|CLP     |       |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R045.
- sergioberino/licitaciones-espana (suppliers looked up in the company register).
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._amounts import money
from spendaudit.rules._gathered import READ, gathered
from spendaudit.rules._parties import who
from spendaudit.rules._rule import Params, Precision, Rule, Stage
from spendaudit.rules._shares import at_least

BY: Final = ("supplier_key", "currency")


class UnregisteredSupplier(Params):
    """Settings of SUP016."""

    covered: Decimal = Field(
        Decimal("0.80"), gt=0, le=1, decimal_places=4, description="smallest share of firms in the register"
    )
    floor: Decimal = Field(
        Decimal(0), ge=0, le=10**15, decimal_places=4, description="sums at or below this are left out"
    )


def find(tables: Tables, params: UnregisteredSupplier) -> pl.LazyFrame:
    """Return one row per currency and supplier that the register does not have."""
    missing = tables["contracts"].filter(~pl.col("supplier_in_registry"))
    return gathered(missing, BY).filter(pl.col("amount") > money(params.floor))


def of_other_firms(params: UnregisteredSupplier, complete: pl.Expr) -> pl.Expr:
    """Tell whether the register has too few of the firms of a row's source."""
    firms = pl.col("supplier_key").filter(complete)
    found = pl.col("supplier_key").filter(complete & pl.col("supplier_in_registry"))
    return (~at_least(found.n_unique(), params.covered, firms.n_unique())).over("source")


def tells(_params: UnregisteredSupplier) -> dict[str, pl.Expr]:
    """Tell who the supplier is, and of how many buyers."""
    return {
        "supplier_name": who()["supplier_name"],
        "supplier_id": pl.col("supplier_id").min(),
        "buyers": pl.col("buyer_key").n_unique(),
    }


RULE: Final = Rule(
    id="SUP016",
    name="unregistered-supplier",
    severity=Severity.LOW,
    precision=Precision.LOW,
    stage=Stage.AWARD,
    subject="contracts",
    needs={
        "contracts": frozenset(
            {"supplier_in_registry", "supplier_key", "supplier_kind", "amount", "currency"}
        )
    },
    uses={"contracts": READ},
    scope=lambda _params: pl.col("supplier_kind") == "company",
    short_of={"covering_registry": of_other_firms},
    shard_by=None,
    params=UnregisteredSupplier,
    find=find,
    tells=tells,
    message="the register has no entry of {supplier_name}, which was awarded {amount} "
    "({members:contract(s)}): where is it known?",
    page=__doc__,
    since="0.1",
    ocp=("R045",),
)
