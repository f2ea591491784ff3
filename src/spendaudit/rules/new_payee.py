"""A payee was paid before it was registered, or within days of that.

Why it matters
--------------
A vendor that comes into being with its first invoice, or after it, is what an invented one looks like.

Formula
-------
The register is given with `--list registry=FILE`. Payments of one payer to one payee in one currency are a
finding, those of them with

    date of the payment <= registered_on + days

Credits are no payments.

Threshold
---------
- `days`: 30, a default of this project; 0 asks of payments up to the day of registration itself.

Where the register gives no day of registration, the first day of its entry (`valid_from`) counts.

False positives
---------------
- A new name, legal form or number of an old firm; registers that began later than the firms.
- Grants to bodies that were founded to receive them.

What would settle it
--------------------
The payee's register entry with its founders, the first invoice, and who entered the payee as a vendor.

Worked example
--------------
With the default settings. Ash was registered on 10 January 2024: payments are flagged before that day and
until 9 February (A); euros are apart (B), as are another payer (C), nobody (D) and another payee (E).
Nothing and a credit are no payments, and of Bay no day is known.

payments:

| payer_name | payee_name | payee_registered_on | date       | amount | currency | finding |
|------------|------------|---------------------|------------|--------|----------|---------|
| Hill       | Ash        | 2024-01-10          | 2023-06-01 |  10.00 | CLP      | A       |
| Hill       | Ash        | 2024-01-10          | 2024-02-09 |   0.50 | CLP      | A       |
| Hill       | Ash        | 2024-01-10          | 2024-02-10 |  10.00 | CLP      |         |
| Hill       | Ash        | 2024-01-10          | 2024-01-10 |  10.00 | EUR      | B       |
| Dale       | Ash        | 2024-01-10          | 2024-01-10 |  10.00 | CLP      | C       |
|            | Ash        | 2024-01-10          | 2024-01-10 |  10.00 | CLP      | D       |
| Hill       | Bay        |                     | 2024-01-10 |  10.00 | CLP      |         |
| Hill       | Cob        | 2024-01-10          | 2024-01-10 |  10.00 | CLP      | E       |
| Hill       | Ash        | 2024-01-10          | 2024-01-10 |   0.00 | CLP      |         |
| Hill       | Ash        | 2024-01-10          | 2024-01-10 |  -5.00 | CLP      |         |
| Hill       | Dew        | 2024-01-10          |            |  10.00 | CLP      |         |

References
----------
- ACL, tests of accounts payable: vendors created shortly before their first payment.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._parties import party
from spendaudit.rules._payments import paid, spent
from spendaudit.rules._rule import Params, Rule, Stage


class NewPayee(Params):
    """Settings of PAY008."""

    days: int = Field(30, ge=0, le=3_650, description="days after its registration in which a payee is new")


def find(tables: Tables, params: NewPayee) -> pl.LazyFrame:
    """Return one row per payer, payee and currency with payments while the payee was new."""
    last = pl.col("payee_registered_on").dt.offset_by(f"{params.days}d")
    new = tables["payments"].filter(pl.col("date") <= last)
    return paid(new, ("payer_key", "payee_key", "currency"))


def tells(_params: NewPayee) -> dict[str, pl.Expr]:
    """Tell who paid whom, and since when the payee is in the register."""
    return {
        "payer_name": party("payer").min(),
        "payee_name": party("payee").min(),
        "registered_on": pl.col("payee_registered_on").min(),
    }


RULE: Final = Rule(
    id="PAY008",
    name="new-payee",
    severity=Severity.MEDIUM,
    stage=Stage.PAYMENT,
    subject="payments",
    needs={"payments": frozenset({"payee_registered_on", "date", "amount", "currency"})},
    uses={"payments": frozenset({"payer_key", "payee_key"})},
    scope=spent,
    shard_by=("payer_key",),
    params=NewPayee,
    find=find,
    tells=tells,
    message="{payer_name} paid {amount} to {payee_name} {when} ({members:payment(s)}), which is in its "
    "register since {registered_on}: who entered it as a vendor?",
    page=__doc__,
    since="0.1",
)
