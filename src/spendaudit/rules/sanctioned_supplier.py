"""A supplier was awarded a contract while it stood on a list of sanctions.

Why it matters
--------------
Who is barred from public contracts may not be given one; some lists bar for a time, some for one authority
only. Auditors look for this first, because two public files are enough to see it.

Formula
-------
The list is given with `--list sanctions=FILE`. A contract is flagged when the supplier's valid number is that
of an entry, and

    valid_from <= date of the decision <= valid_to

where an entry without one of the days has no such end. Contracts of one buyer with one supplier in one
currency are a finding.

Threshold
---------
None: the supplier stands on the list that day, or it does not. A supplier whose name alone agrees is not
meant here: SUP015 tells of it, as a lead.

Bulgaria, Mexico, Brazil and Colombia have monitors that ask this; none publishes how often it is so.

False positives
---------------
- A list of an authority whose sanctions do not bind this buyer, or bind for some kinds of contract only.
- A sanction that a court has suspended, or that was published after the decision with an earlier date.
- A list without days: its entries hold for all time here.
- The date of the decision is that of a signature or publication, where the portal has no other.

What would settle it
--------------------
The resolution behind the entry with its reach and days, and the check of suppliers in the tender file.

Worked example
--------------
Ash is listed from 1 January to 30 June, in two entries that overlap, and in August: the first and the last
day count (A); dollars are apart (B), as is another buyer (C). Bay's entry has no beginning (D), Cob's no
end (E), Dew's neither (F). Elm is known by its name alone; Fir's number is not valid; Gum is not listed.

sanctions:

| party_key| name | valid_from | valid_to   | list    | lead_key |
|----------|------|------------|------------|---------|----------|
| Ash      | Ash  | 2024-01-01 | 2024-06-30 | Court   |          |
| Ash      | Ash  | 2024-01-15 | 2024-03-31 | Chamber |          |
| Ash      | Ash  | 2024-08-01 | 2024-08-31 | Board   |          |
| Bay      | Bay  |            | 2024-06-30 | Court   |          |
| Cob      | Cob  | 2024-01-01 |            | Court   |          |
| Dew      | Dew  |            |            |         |          |
| Dew      | Dew  | 2024-01-01 | 2024-12-31 | Court   |          |
|          | Elm  | 2024-01-01 | 2024-06-30 | Court   | Elm      |
| Fir      | Fir  |            |            | Court   |          |

contracts:

| buyer_name | supplier_name | supplier_id_valid | award_date | amount | currency | finding |
|------------|---------------|-------------------|------------|--------|----------|---------|
| Hill       | Ash           | yes               | 2023-12-31 |  10.00 | CLP      |         |
| Hill       | Ash           | yes               | 2024-01-01 |  10.00 | CLP      | A       |
| Hill       | Ash           | yes               | 2024-06-30 |   5.00 | CLP      | A       |
| Hill       | Ash           | yes               | 2024-07-01 |  10.00 | CLP      |         |
| Hill       | Ash           | yes               | 2024-08-15 |  10.00 | CLP      | A       |
| Hill       | Ash           | yes               | 2024-02-01 |  10.00 | USD      | B       |
| Dale       | Ash           | yes               | 2024-02-01 |        |          | C       |
| Hill       | Bay           | yes               | 2020-01-01 |  10.00 | CLP      | D       |
| Hill       | Bay           | yes               | 2024-07-01 |  10.00 | CLP      |         |
| Hill       | Cob           | yes               | 2023-12-31 |  10.00 | CLP      |         |
| Hill       | Cob           | yes               | 2029-12-31 |  10.00 | CLP      | E       |
| Hill       | Dew           | yes               | 2024-02-01 |  10.00 | CLP      | F       |
| Hill       | Elm           | yes               | 2024-02-01 |  10.00 | CLP      |         |
| Hill       | Fir           | no                | 2024-02-01 |  10.00 | CLP      |         |
| Hill       | Fir           |                   | 2024-02-01 |  10.00 | CLP      |         |
| Hill       | Gum           | yes               | 2024-02-01 |  10.00 | CLP      |         |
| Hill       | Dew           | yes               |            |  10.00 | CLP      |         |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R046.
- atanasster/electionsbg, IMCO's index of corruption risks, br-acc (sanctioned and still paid).
"""

from typing import Final

import polars as pl

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._listed import ENTRY, entry, listed
from spendaudit.rules._parties import date_basis, who
from spendaudit.rules._rule import Params, Precision, Rule, Stage


class SanctionedSupplier(Params):
    """SUP002 has no settings."""


def find(tables: Tables, _params: SanctionedSupplier) -> pl.LazyFrame:
    """Return one row per buyer, supplier and currency with decisions while the supplier was listed."""
    return listed(tables["contracts"], tables["sanctions"], of="contracts", by="party_key")


def tells(_params: SanctionedSupplier) -> dict[str, pl.Expr]:
    """Tell who bought from whom, and what the list says."""
    return {**who(), **entry(), "date_basis": date_basis()}


RULE: Final = Rule(
    id="SUP002",
    name="sanctioned-supplier",
    severity=Severity.HIGH,
    precision=Precision.HIGH,
    stage=Stage.AWARD,
    subject="contracts",
    needs={
        "contracts": frozenset({"supplier_key", "supplier_id_valid", "decision_date"}),
        "sanctions": frozenset({"party_key"}),
    },
    uses={"contracts": frozenset({"buyer_key", "amount", "currency"}), "sanctions": ENTRY},
    # By a number that is not valid nobody is found on any list.
    scope=lambda _params: pl.col("supplier_id_valid"),
    shard_by=("buyer_key",),
    params=SanctionedSupplier,
    find=find,
    tells=tells,
    message="{buyer_name} awarded {amount} to {supplier_name} {when} ({members:contract(s)}), whose number "
    "stood on a list of sanctions then: does that sanction bind this buyer?",
    page=__doc__,
    since="0.1",
    ocp=("R046",),
)
