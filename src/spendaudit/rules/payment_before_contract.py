"""Money was paid on a contract before it was signed.

Why it matters
--------------
Who is paid before there is a contract works without one: the terms were agreed by nobody who may agree to
them, and the contract only papers over what was done.

Formula
-------
For each contract, over the rows of payments that name it in `contract_id`,

    date of the payment < date_signed - days

where a contract that stands in several rows was signed on the first of their dates, and numbers that two
sources of contracts use are left out. Credits are no payments. The amount of a finding is what was paid
before.

Threshold
---------
`days`: 0, so that a payment on the day of the signature is no question; a default of this project.

No portal that is read today publishes payments with the numbers of their contracts; mapped files may.

False positives
---------------
- Contracts that are signed again, or published with the date of an amendment.
- Work that an earlier contract, or an emergency, allowed; deposits and reservations.
- Day and month typed the wrong way round.

What would settle it
--------------------
The signed contract with its date, the payment order, and the act that allowed payment in advance.

Worked example
--------------
With the default settings. On c1 was paid on the day it was signed, on c2 one and two days before, and once
later (A). C3 was signed twice, and paid between, and once before (D). C4 was never signed, as far as is
known, and c5 has two sources. A credit is no payment; nor is nothing. A payment that names no contract, or
one that is not known, or has no date, is not compared. Pesos and dollars of c6 are apart (B, C).

contracts:

| source | contract_id | date_signed |
|--------|-------------|-------------|
| one    | c1          | 2024-03-10  |
| one    | c2          | 2024-03-10  |
| one    | c3          | 2024-03-10  |
| one    | c3          | 2024-06-10  |
| one    | c4          |             |
| one    | c5          | 2024-03-10  |
| two    | c5          | 2024-03-10  |
| one    | c6          | 2024-03-10  |

payments:

| payment_id | contract_id | date       | amount  | currency | finding |
|------------|-------------|------------|---------|----------|---------|
| p01        | c1          | 2024-03-10 |   10.00 | CLP      |         |
| p02        | c2          | 2024-03-09 |    0.50 | CLP      | A       |
| p03        | c2          | 2024-03-08 |   10.00 | CLP      | A       |
| p04        | c2          | 2024-03-11 |   10.00 | CLP      |         |
| p05        | c2          | 2024-03-09 |  -10.00 | CLP      |         |
| p06        | c2          | 2024-03-09 |    0.00 | CLP      |         |
| p07        | c3          | 2024-04-10 |   10.00 | CLP      |         |
| p08        | c4          | 2024-01-10 |   10.00 | CLP      |         |
| p09        | c5          | 2024-01-10 |   10.00 | CLP      |         |
| p10        |             | 2024-01-10 |   10.00 | CLP      |         |
| p11        | c9          | 2024-01-10 |   10.00 | CLP      |         |
| p12        | c6          |            |   10.00 | CLP      |         |
| p13        | c6          | 2024-01-10 |   10.00 | CLP      | B       |
| p14        | c6          | 2024-01-10 |   10.00 | USD      | C       |
| p15        | c3          | 2024-03-09 |   10.00 | CLP      | D       |

References
----------
- ACL, tests of accounts payable; ProjectPODER/groucho asks it of Mexican contracts.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._parties import party
from spendaudit.rules._payments import paid, spent
from spendaudit.rules._rule import Params, Rule, Stage


class PaymentBeforeContract(Params):
    """Settings of PAY005."""

    days: int = Field(0, ge=0, le=3660, description="most days before the signature that are no question")


def find(tables: Tables, params: PaymentBeforeContract) -> pl.LazyFrame:
    """Return one row per contract and currency that was paid too early."""
    contracts = (
        tables["contracts"]
        .group_by("contract_id")
        .agg(pl.col("source").n_unique(), signed=pl.col("date_signed").min())
        .filter(pl.col("source") == 1)
        .drop("source")
    )
    payments = tables["payments"].join(contracts, on="contract_id")
    early = payments.filter(pl.col("signed") - pl.col("date") > pl.duration(days=params.days))
    return paid(early, ("contract_id", "currency"), signed=pl.col("signed").first())


def tells(_params: PaymentBeforeContract) -> dict[str, pl.Expr]:
    """Tell which contract it is, who was paid by whom, and how many days before it was signed."""
    signed = pl.col("signed").first()
    return {
        "contract": pl.col("contract_id").first(),
        "payer_name": party("payer").min(),
        "payee_name": party("payee").min(),
        "signed": signed,
        "days": (signed - pl.col("date").min()).dt.total_days(),
    }


RULE: Final = Rule(
    id="PAY005",
    name="payment-before-contract",
    severity=Severity.MEDIUM,
    stage=Stage.PAYMENT,
    subject="payments",
    needs={
        "payments": frozenset({"contract_id", "date", "amount", "currency"}),
        "contracts": frozenset({"contract_id", "date_signed"}),
    },
    uses={"contracts": frozenset({"source"})},
    scope=spent,
    shard_by=("contract_id",),
    params=PaymentBeforeContract,
    find=find,
    tells=tells,
    message="{payer_name} paid {payee_name} {amount} on contract {contract}, from {days:day(s)} before it "
    "was signed on {signed}",
    page=__doc__,
    since="0.1",
)
