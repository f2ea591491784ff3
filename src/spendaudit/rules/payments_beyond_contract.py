"""The payments that name a contract add up to more than it is worth.

Why it matters
--------------
A payment needs a contract that allows it. AMD007 reads what the contract's portal says was paid; this rule
adds up what the payer published, which nobody may have compared with the contract before.

Formula
-------
For each contract and currency

    payment1 + payment2 + ... > amount * (1 + tolerance)

over the rows of payments that name it in `contract_id`, credits among them. A contract that stands in several
rows is worth their sum; contracts without a positive amount are left out, and so are numbers that two sources
of contracts use. The amount of a finding is what was paid beyond.

Threshold
---------
`tolerance`: 0.01, a default of this project, as in AMD007. Where payments hold a tax that the contract leaves
out, set it to the rate of that tax.

No portal that is read today publishes payments with the numbers of their contracts; mapped files may.

False positives
---------------
- Payments with tax beside an amount without; prices by index or in units of account.
- An amendment that is published elsewhere, or not yet.
- Numbers that mean a framework in one file and a call-off in the other.

What would settle it
--------------------
The contract with all its amendments, and the invoices and payment orders that name it.

Worked example
--------------
With the default settings. On c1 exactly one per cent more was paid, on c2 a cent beyond that, in two parts
(A); on c3 some came back. C4 has two lots (B), c5 no amount. C6 is in another currency. C7 is two contracts,
of two sources. Payments that name none, or one that is not known, are not compared. What was paid on c8 has
no date (C). Of c10 each currency is compared with its own amount (D).

contracts:

| source | contract_id | amount  | currency |
|--------|-------------|---------|----------|
| one    | c1          |  100.00 | CLP      |
| one    | c2          |  100.00 | CLP      |
| one    | c3          |  100.00 | CLP      |
| one    | c4          |   50.00 | CLP      |
| one    | c4          |   50.00 | CLP      |
| one    | c5          |    0.00 | CLP      |
| one    | c6          |  100.00 | USD      |
| one    | c7          |  100.00 | CLP      |
| two    | c7          |  100.00 | CLP      |
| one    | c8          |    0.50 | CLP      |
| one    | c10         |  100.00 | CLP      |
| one    | c10         |  100.00 | USD      |

payments:

| payment_id | contract_id | date       | amount  | currency | finding |
|------------|-------------|------------|---------|----------|---------|
| p01        | c1          | 2024-01-10 |  101.00 | CLP      |         |
| p02        | c2          | 2024-01-10 |   50.00 | CLP      | A       |
| p03        | c2          | 2024-02-10 |   51.01 | CLP      | A       |
| p04        | c3          | 2024-01-10 |  150.00 | CLP      |         |
| p05        | c3          | 2024-02-10 |  -50.00 | CLP      |         |
| p06        | c4          | 2024-01-10 |  101.01 | CLP      | B       |
| p07        | c5          | 2024-01-10 |  500.00 | CLP      |         |
| p08        | c6          | 2024-01-10 |  500.00 | CLP      |         |
| p09        | c7          | 2024-01-10 |  500.00 | CLP      |         |
| p10        |             | 2024-01-10 |  500.00 | CLP      |         |
| p11        | c9          | 2024-01-10 |  500.00 | CLP      |         |
| p12        | c8          |            |    0.60 | CLP      | C       |
| p13        | c10         | 2024-01-10 |  150.00 | CLP      | D       |
| p14        | c10         | 2024-01-10 |   60.00 | USD      |         |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R068.
- ACL, tests of accounts payable: invoices against purchase orders.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import FINDING, TOTAL, Severity, members
from spendaudit.model.tables import Tables
from spendaudit.rules._parties import party
from spendaudit.rules._rule import Params, Precision, Rule, Stage

KEY: Final = ("contract_id", "currency")


class PaymentsBeyondContract(Params):
    """Settings of PAY003."""

    tolerance: Decimal = Field(
        Decimal("0.01"),
        ge=0,
        le=10,
        decimal_places=4,
        description="share of the contract's amount that payments may exceed it by",
    )


def find(tables: Tables, params: PaymentsBeyondContract) -> pl.LazyFrame:
    """Return one row per contract that was paid beyond its amount."""
    worth, paid = pl.col("worth"), pl.col("paid")
    contracts = (
        tables["contracts"]
        .group_by("contract_id")
        .agg(pl.col("source").n_unique(), pl.struct("currency", "amount"))
        .filter(pl.col("source") == 1)
        .select("contract_id", pl.col("currency").alias("parts"))
        .explode("parts")
        .unnest("parts")
        .group_by(KEY)
        .agg(worth=pl.col("amount").sum())
        .filter(worth > 0)
    )
    return (
        tables["payments"]
        .join(contracts, on=KEY)
        .group_by(KEY)
        .agg(
            pl.col("worth").first(),
            members=members(),
            paid=pl.col("amount").sum(),
            starts=pl.col("date").min(),
            ends=pl.col("date").max(),
        )
        .filter(paid > worth * (1 + params.tolerance))
        .sort(pl.col("members").list.first())
        .with_columns(amount=(paid - worth).cast(TOTAL))
        .select(*FINDING.names(), "worth", "paid")
    )


def tells(_params: PaymentsBeyondContract) -> dict[str, pl.Expr]:
    """Tell which contract it is, who was paid by whom, and what the contract is worth."""
    return {
        "contract": pl.col("contract_id").first(),
        "payer_name": party("payer").min(),
        "payee_name": party("payee").min(),
        "worth": pl.col("worth").first(),
        "paid": pl.col("paid").first(),
    }


RULE: Final = Rule(
    id="PAY003",
    name="payments-beyond-contract",
    ocp=("R068",),
    severity=Severity.HIGH,
    precision=Precision.HIGH,
    stage=Stage.PAYMENT,
    subject="payments",
    needs={
        "payments": frozenset({"contract_id", "amount", "currency"}),
        "contracts": frozenset({"contract_id", "amount", "currency"}),
    },
    uses={"payments": frozenset({"date"}), "contracts": frozenset({"source"})},
    shard_by=("contract_id",),
    params=PaymentsBeyondContract,
    find=find,
    tells=tells,
    message="{payer_name} paid {payee_name} {paid} on contract {contract}, which is worth {worth}: {amount} "
    "more",
    page=__doc__,
    since="0.1",
)
