"""A payee is on a list of those who decide, or work, in the body that pays.

Why it matters
--------------
Staff and officials are paid wages. Where they, or their firms, are paid as suppliers, somebody may be paying
himself; auditors of accounts match payees with the pay list for that reason.

Formula
-------
The list is given with `--list connections=FILE`. A payment is flagged when the payee's valid number is that
of an entry, and

    valid_from <= date of the payment <= valid_to

where an entry without one of the days has no such end. Payments of one payer to one payee in one currency are
a finding. Credits are no payments.

Threshold
---------
None. By number only: most persons share their name with others. Lists of staff are rarely public; one of
officials with declared interests, or of campaign donors, serves as well.

False positives
---------------
- Expenses that an official laid out, travel money and wages that the file holds beside the invoices.
- A connection with another body than the payer: the list does not say with which.
- Teachers, doctors and artists who may work for the body on a second contract.

What would settle it
--------------------
The invoices, who approved them, and the declarations of interests of that year.

Worked example
--------------
Ash is listed from 1 January to 30 June: the first and the last day count (A), dollars are apart (B), as is
another payer (C) and nobody (F). Bay's entry has no beginning (D), Cob's no end (E). Gum is not listed;
nothing and a credit are no payments; a name is no number.

connections:

| party_key| valid_from | valid_to   | list  |
|----------|------------|------------|-------|
| Ash      | 2024-01-01 | 2024-06-30 | Court |
| Bay      |            | 2024-06-30 | Court |
| Cob      | 2024-01-01 |            |       |
| name:ELM |            |            | Court |

payments:

| payer_name | payee_name | date       | amount | currency | finding |
|------------|------------|------------|--------|----------|---------|
| Hill       | Ash        | 2023-12-31 |  10.00 | CLP      |         |
| Hill       | Ash        | 2024-01-01 |  10.00 | CLP      | A       |
| Hill       | Ash        | 2024-06-30 |   0.50 | CLP      | A       |
| Hill       | Ash        | 2024-07-01 |  10.00 | CLP      |         |
| Hill       | Ash        | 2024-02-01 |   0.00 | CLP      |         |
| Hill       | Ash        | 2024-02-01 |  -5.00 | CLP      |         |
| Hill       | Ash        | 2024-02-01 |  10.00 | USD      | B       |
| Dale       | Ash        | 2024-02-01 |  10.00 | CLP      | C       |
| Hill       | Bay        | 2020-01-01 |  10.00 | CLP      | D       |
| Hill       | Bay        | 2024-07-01 |  10.00 | CLP      |         |
| Hill       | Cob        | 2023-12-31 |  10.00 | CLP      |         |
| Hill       | Cob        | 2029-12-31 |  10.00 | CLP      | E       |
| Hill       | name:ELM   | 2024-02-01 |  10.00 | CLP      |         |
| Hill       | Gum        | 2024-02-01 |  10.00 | CLP      |         |
|            | Ash        | 2024-02-01 |  10.00 | CLP      | F       |

References
----------
- ACL, tests of accounts payable: employees among the vendors.
- SUP009 asks it of contracts.
"""

from typing import Final

import polars as pl

from spendaudit.model.codelists import NAMED
from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._listed import ENTRY, entry, listed
from spendaudit.rules._parties import party
from spendaudit.rules._rule import Params, Rule, Stage


class ConnectedPayee(Params):
    """PAY009 has no settings."""


def scope(_params: ConnectedPayee) -> pl.Expr:
    """Payments to payees with a number; amounts of zero and credits are none."""
    return (pl.col("amount") > 0) & ~pl.col("payee_key").cat.starts_with(NAMED)


def find(tables: Tables, _params: ConnectedPayee) -> pl.LazyFrame:
    """Return one row per payer, payee and currency with payments while the payee was listed."""
    return listed(tables["payments"], tables["connections"], of="payments", by="party_key")


def tells(_params: ConnectedPayee) -> dict[str, pl.Expr]:
    """Tell who paid whom, and what the list says."""
    return {"payer_name": party("payer").min(), "payee_name": party("payee").min(), **entry()}


RULE: Final = Rule(
    id="PAY009",
    name="connected-payee",
    severity=Severity.MEDIUM,
    stage=Stage.PAYMENT,
    subject="payments",
    needs={
        "payments": frozenset({"payee_key", "date", "amount", "currency"}),
        "connections": frozenset({"party_key"}),
    },
    uses={"payments": frozenset({"payer_key"}), "connections": ENTRY},
    scope=scope,
    shard_by=("payer_key",),
    params=ConnectedPayee,
    find=find,
    tells=tells,
    message="{payer_name} paid {amount} to {payee_name} {when} ({members:payment(s)}), whose number stood on "
    "a list of connections then: what was it for?",
    page=__doc__,
    since="0.1",
)
