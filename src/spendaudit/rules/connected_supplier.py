"""A supplier is on a list of those connected with the public body or with politics.

Why it matters
--------------
Officials, their families, donors to campaigns and the firms of all these may sell to the state in some
countries and not in others; everywhere the connection must be declared before the decision.

Formula
-------
The list is given with `--list connections=FILE`: whose numbers they are, and from when to when. A contract is
flagged when the supplier's valid number is that of an entry, and

    valid_from <= date of the decision <= valid_to

where an entry without one of the days has no such end. Contracts of one buyer with one supplier in one
currency are a finding.

Threshold
---------
None. By number only: a name that agrees is no finding here, and no lead either, as most persons share their
name with others.

False positives
---------------
- A connection with another body than the buyer: the list does not say with which.
- Declared interests, and officials who took no part in the decision.
- Donations that the law allows, long before or after the contract.

What would settle it
--------------------
The declarations of interests of that year, who sat on the panel, and who owns the supplier.

Worked example
--------------
Ash is listed from 1 January to 30 June: the first and the last day count (A), dollars are apart (B), as is
another buyer (C). Bay's entry has no beginning (D), Cob's no end (E). Fir's number is not valid; Elm shares a
name with an entry; Gum is not listed.

connections:

| party_key| name | valid_from | valid_to   | list     | lead_key |
|----------|------|------------|------------|----------|----------|
| Ash      | Ash  | 2024-01-01 | 2024-06-30 | Donors   |          |
| Bay      | Bay  |            | 2024-06-30 | Council  |          |
| Cob      | Cob  | 2024-01-01 |            |          |          |
|          | Elm  | 2024-01-01 | 2024-06-30 | Donors   | Elm      |
| Fir      | Fir  |            |            | Donors   |          |

contracts:

| buyer_name | supplier_name | supplier_id_valid | award_date | amount | currency | finding |
|------------|---------------|-------------------|------------|--------|----------|---------|
| Hill       | Ash           | yes               | 2023-12-31 |  10.00 | CLP      |         |
| Hill       | Ash           | yes               | 2024-01-01 |  10.00 | CLP      | A       |
| Hill       | Ash           | yes               | 2024-06-30 |   5.00 | CLP      | A       |
| Hill       | Ash           | yes               | 2024-07-01 |  10.00 | CLP      |         |
| Hill       | Ash           | yes               | 2024-02-01 |  10.00 | USD      | B       |
| Dale       | Ash           | yes               | 2024-02-01 |        |          | C       |
| Hill       | Bay           | yes               | 2020-01-01 |  10.00 | CLP      | D       |
| Hill       | Bay           | yes               | 2024-07-01 |  10.00 | CLP      |         |
| Hill       | Cob           | yes               | 2023-12-31 |  10.00 | CLP      |         |
| Hill       | Cob           | yes               | 2029-12-31 |  10.00 | CLP      | E       |
| Hill       | Elm           | yes               | 2024-02-01 |  10.00 | CLP      |         |
| Hill       | Fir           | no                | 2024-02-01 |  10.00 | CLP      |         |
| Hill       | Gum           | yes               | 2024-02-01 |  10.00 | CLP      |         |
| Hill       | Cob           | yes               |            |  10.00 | CLP      |         |

References
----------
- K-Index (donors), FUNES (political links), br-acc (donations and contracts), midt-bg/sigma (exact numbers).
"""

from typing import Final

import polars as pl

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._listed import ENTRY, entry, listed
from spendaudit.rules._parties import date_basis, who
from spendaudit.rules._rule import Params, Rule, Stage


class ConnectedSupplier(Params):
    """SUP009 has no settings."""


def find(tables: Tables, _params: ConnectedSupplier) -> pl.LazyFrame:
    """Return one row per buyer, supplier and currency with decisions while the supplier was listed."""
    return listed(tables["contracts"], tables["connections"], of="contracts", by="party_key")


def tells(_params: ConnectedSupplier) -> dict[str, pl.Expr]:
    """Tell who bought from whom, and what the list says."""
    return {**who(), **entry(), "date_basis": date_basis()}


RULE: Final = Rule(
    id="SUP009",
    name="connected-supplier",
    severity=Severity.MEDIUM,
    stage=Stage.AWARD,
    subject="contracts",
    needs={
        "contracts": frozenset({"supplier_key", "supplier_id_valid", "decision_date"}),
        "connections": frozenset({"party_key"}),
    },
    uses={"contracts": frozenset({"buyer_key", "amount", "currency"}), "connections": ENTRY},
    scope=lambda _params: pl.col("supplier_id_valid"),
    shard_by=("buyer_key",),
    params=ConnectedSupplier,
    find=find,
    tells=tells,
    message="{buyer_name} awarded {amount} to {supplier_name} {when} ({members:contract(s)}), whose number "
    "stood on a list of connections then: was the connection declared?",
    page=__doc__,
    since="0.1",
)
