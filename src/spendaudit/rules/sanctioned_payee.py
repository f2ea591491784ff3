"""A payee was paid while it stood on a list of sanctions.

Why it matters
--------------
A sanction may end a contract, or stop new ones. Money that goes on to flow to a listed party is owed from
before, or should not flow; files of payments show it where no contract was published.

Formula
-------
The list is given with `--list sanctions=FILE`. A payment is flagged when the payee's valid number is that
of an entry, and

    valid_from <= date of the payment <= valid_to

where an entry without one of the days has no such end. Payments of one payer to one payee in one currency are
a finding. Credits are no payments.

Threshold
---------
None: the payee stands on the list that day, or it does not. Payees that are known by their names alone are
not asked about.

False positives
---------------
- Debts from before the sanction, and contracts that it leaves untouched.
- A list of an authority whose sanctions do not bind this body, or that was published later with earlier days.
- Wages, refunds and court rulings, which are paid to anybody.

What would settle it
--------------------
The resolution behind the entry, with its reach and its days, and the contract or ruling that was paid.

Worked example
--------------
Ash is listed from 1 January to 30 June: the first and the last day count (A), dollars are apart (B), as is
another payer (C) and nobody (F). Bay's entry has no beginning (D), Cob's no end (E). Gum is not listed;
nothing and a credit are no payments; a name is no number.

sanctions:

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
- br-acc (sanctioned and still paid).
- Open Contracting Partnership, Red flags in public procurement (2024), R046, asks it of awards: SUP002.
"""

from typing import Final

import polars as pl

from spendaudit.model.codelists import NAMED
from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._listed import ENTRY, entry, listed
from spendaudit.rules._parties import party
from spendaudit.rules._rule import Params, Rule, Stage


class SanctionedPayee(Params):
    """PAY015 has no settings."""


def scope(_params: SanctionedPayee) -> pl.Expr:
    """Payments to payees with a number; amounts of zero and credits are none."""
    return (pl.col("amount") > 0) & ~pl.col("payee_key").cat.starts_with(NAMED)


def find(tables: Tables, _params: SanctionedPayee) -> pl.LazyFrame:
    """Return one row per payer, payee and currency with payments while the payee was listed."""
    return listed(tables["payments"], tables["sanctions"], of="payments", by="party_key")


def tells(_params: SanctionedPayee) -> dict[str, pl.Expr]:
    """Tell who paid whom, and what the list says."""
    return {"payer_name": party("payer").min(), "payee_name": party("payee").min(), **entry()}


RULE: Final = Rule(
    id="PAY015",
    name="sanctioned-payee",
    severity=Severity.MEDIUM,
    stage=Stage.PAYMENT,
    subject="payments",
    needs={
        "payments": frozenset({"payee_key", "date", "amount", "currency"}),
        "sanctions": frozenset({"party_key"}),
    },
    uses={"payments": frozenset({"payer_key"}), "sanctions": ENTRY},
    scope=scope,
    shard_by=("payer_key",),
    params=SanctionedPayee,
    find=find,
    tells=tells,
    message="{payer_name} paid {amount} to {payee_name} {when} ({members:payment(s)}), whose number stood on "
    "a list of sanctions then: what was owed?",
    page=__doc__,
    since="0.1",
)
