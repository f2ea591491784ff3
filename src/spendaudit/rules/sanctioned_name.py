"""A lead: a supplier has the name, and not the number, of a party on a list of sanctions.

Why it matters
--------------
Lists of banks and foreign authorities hold names without the numbers that a portal publishes. A name that
agrees is worth a look at the list; by itself it says nothing, because many bear the same name.

Formula
-------
The list is given with `--list sanctions=FILE`. A contract is a lead when

    the supplier's name is that of an entry, spelling and legal form set aside
    valid_from <= date of the decision <= valid_to

and either of the two has no valid number, or they are numbers of two schemes. Two valid numbers of one scheme
that differ are two parties; those that are equal are a finding of SUP002. Contracts of one buyer with one
supplier in one currency are together.

Threshold
---------
None. The comparison is that of names in all sources: accents, case, signs and legal forms do not count, the
order of words does.

False positives
---------------
- Namesakes. Most leads to persons are nothing else, and so are many to firms with common names.
- All that is wrong with SUP002.

What would settle it
--------------------
What the list says beside the name (number, address), against the supplier's register entry.

Worked example
--------------
Ash has the name of an entry from 1 January to 30 June: the first and the last day count (A), dollars are
apart (B), and another buyer (C). Bay's entry has no beginning (D), Cob's no end (E). Dew is found by its
number, which is no lead. The entry without a name is nobody's.

sanctions:

| party_key | name | name_key | valid_from | valid_to   | list  | lead_key |
|-----------|------|----------|------------|------------|-------|----------|
|           | Ash  | name:ASH | 2024-01-01 | 2024-06-30 | Bank  | Ash      |
|           | Bay  | name:BAY |            | 2024-06-30 | Bank  | Bay      |
|           | Cob  | name:COB | 2024-01-01 |            |       | Cob      |
| Dew       | Dew  | name:DEW |            |            | Court |          |
|           |      |          |            |            | Court | Elm      |

contracts:

| buyer_name | supplier_name | award_date | amount | currency | finding |
|------------|---------------|------------|--------|----------|---------|
| Hill       | Ash           | 2023-12-31 |  10.00 | CLP      |         |
| Hill       | Ash           | 2024-01-01 |  10.00 | CLP      | A       |
| Hill       | Ash           | 2024-06-30 |   5.00 | CLP      | A       |
| Hill       | Ash           | 2024-07-01 |  10.00 | CLP      |         |
| Hill       | Ash           | 2024-02-01 |  10.00 | USD      | B       |
| Dale       | Ash           | 2024-02-01 |        |          | C       |
| Hill       | Bay           | 2020-01-01 |  10.00 | CLP      | D       |
| Hill       | Bay           | 2024-07-01 |  10.00 | CLP      |         |
| Hill       | Cob           | 2023-12-31 |  10.00 | CLP      |         |
| Hill       | Cob           | 2029-12-31 |  10.00 | CLP      | E       |
| Hill       | Dew           | 2024-02-01 |  10.00 | CLP      |         |
| Hill       | Elm           | 2024-02-01 |  10.00 | CLP      |         |
| Hill       | Ash           |            |  10.00 | CLP      |         |

References
----------
- midt-bg/sigma, decisions on matching persons: a name alone is a lead and never a flag.
- Open Contracting Partnership, Red flags in public procurement (2024), R046, asks by number.
"""

from typing import Final

import polars as pl

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._listed import ENTRY, entry, listed
from spendaudit.rules._parties import date_basis, who
from spendaudit.rules._rule import Params, Precision, Rule, Stage


class SanctionedName(Params):
    """SUP015 has no settings."""


def find(tables: Tables, _params: SanctionedName) -> pl.LazyFrame:
    """Return one row per buyer, supplier and currency with decisions while its name was listed."""
    return listed(tables["contracts"], tables["sanctions"], of="contracts", by="lead_key")


def tells(_params: SanctionedName) -> dict[str, pl.Expr]:
    """Tell who bought from whom, and what the list says of the name."""
    return {**who(), **entry(), "date_basis": date_basis()}


RULE: Final = Rule(
    id="SUP015",
    name="sanctioned-name",
    severity=Severity.LOW,
    precision=Precision.LOW,
    stage=Stage.AWARD,
    subject="contracts",
    needs={
        "contracts": frozenset({"supplier_key", "decision_date"}),
        "sanctions": frozenset({"name_key"}),
    },
    uses={
        "contracts": frozenset({"buyer_key", "amount", "currency"}),
        "sanctions": ENTRY | {"lead_key"},
    },
    shard_by=("buyer_key",),
    params=SanctionedName,
    find=find,
    tells=tells,
    message="a lead by name alone: {supplier_name}, awarded {amount} by {buyer_name} {when}, has the name of "
    "a party on a list of sanctions: is it the same one?",
    page=__doc__,
    since="0.1",
)
