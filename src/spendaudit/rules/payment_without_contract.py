"""A payee was paid without a contract on record, by a body that names its contracts.

Why it matters
--------------
A body that pays its suppliers on contracts, and some of them on none, has bought something without a
procedure, or has not published how.

Formula
-------
A payment is linked when its `contract_id` is that of a contract in the data. Of a payer of whose payments at
least the share `linked` is, those payments to one payee and in one currency are a finding that are not, if

    payment1 + payment2 + ... > floor

Payments that name no payer are those of one payer. Credits are no payments.

Threshold
---------
- `linked`: 0.50, a default of this project: below it, the two files are not of the same contracts, or the
  payer does not name them.
- `floor`: 0, a default of this project. Set it to the amount from which a contract is needed.

No portal that is read today publishes payments with the numbers of their contracts; mapped files may.

False positives
---------------
- Wages, taxes, grants, utilities and court rulings, which need no contract.
- Contracts of past years, or of another body, that the data do not hold.
- Small purchases on a card.

What would settle it
--------------------
The contract, order or legal ground of these payments, as the payment orders cite it.

Worked example
--------------
With the default settings. Half of Hill's four payments are linked: Ash got one without a number and one with
a number that nobody knows (A). Of Dale's three payments one is, of Pine's 51 (see `times`) 25. Elm's pesos
and dollars from Moor are apart (B, C), and so is what Fir got (E); nothing and a credit do not count. The
payments without a payer are those of one (D).

contracts:

| contract_id |
|-------------|
| c1          |
| c1          |
| c2          |

payments:

| times | payment_id | payer_name | payee_name | contract_id | date       | amount  | currency | finding |
|-------|------------|------------|------------|-------------|------------|---------|----------|---------|
|     1 | p01        | Hill       | Ash        | c1          | 2024-01-10 |   10.00 | CLP      |         |
|     1 | p02        | Hill       | Ash        | c2          | 2024-01-10 |   10.00 | CLP      |         |
|     1 | p03        | Hill       | Ash        |             | 2024-01-10 |   10.00 | CLP      | A       |
|     1 | p04        | Hill       | Ash        | c9          | 2024-02-10 |   10.00 | CLP      | A       |
|     1 | p05        | Dale       | Ash        | c1          | 2024-01-10 |   10.00 | CLP      |         |
|     1 | p06        | Dale       | Ash        |             | 2024-01-10 |   10.00 | CLP      |         |
|     1 | p07        | Dale       | Ash        |             | 2024-01-10 |   10.00 | CLP      |         |
|     1 | p08        | Moor       | Ash        | c1          | 2024-01-10 |   10.00 | CLP      |         |
|     1 | p09        | Moor       | Ash        | c1          | 2024-01-10 |   10.00 | CLP      |         |
|     1 | p10        | Moor       | Elm        |             | 2024-01-10 |    0.50 | CLP      | B       |
|     1 | p11        | Moor       | Elm        |             | 2024-01-10 |   10.00 | USD      | C       |
|     1 | p12        | Moor       | Elm        |             | 2024-01-10 |    0.00 | CLP      |         |
|     1 | p13        | Moor       | Elm        |             | 2024-01-10 |   -5.00 | CLP      |         |
|     1 | p14        | Moor       | Fir        |             | 2024-01-10 |   10.00 | CLP      | E       |
|     1 | p15        | Moor       | Fir        | c1          | 2024-01-10 |   10.00 | CLP      |         |
|     1 | p16        |            | Elm        | c1          | 2024-01-10 |   10.00 | CLP      |         |
|     1 | p17        |            | Elm        |             |            |   10.00 | CLP      | D       |
| 25    | p18        | Pine       | Ash        | c1          | 2024-01-10 |   10.00 | CLP      |         |
| 26    | p19        | Pine       | Ash        |             | 2024-01-10 |   10.00 | CLP      |         |

References
----------
- ACL, tests of accounts payable: invoices without a purchase order.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._amounts import money
from spendaudit.rules._payments import paid, spent, who_paid
from spendaudit.rules._rule import Params, Precision, Rule, Stage
from spendaudit.rules._shares import at_least


class PaymentWithoutContract(Params):
    """Settings of PAY012."""

    linked: Decimal = Field(
        Decimal("0.50"),
        gt=0,
        le=1,
        decimal_places=4,
        description="smallest share of a payer's payments that name a contract in the data",
    )
    floor: Decimal = Field(
        Decimal(0), ge=0, le=10**15, decimal_places=4, description="sums at or below this are left out"
    )


def find(tables: Tables, params: PaymentWithoutContract) -> pl.LazyFrame:
    """Return one row per payer, payee and currency with payments that are not linked."""
    # Of contracts only those that a payment names need be told apart.
    named = tables["payments"].select("contract_id").drop_nulls().unique()
    found = tables["contracts"].select("contract_id").join(named, on="contract_id", how="semi")
    known = found.unique().with_columns(linked=pl.lit(value=True))
    payments = tables["payments"].join(known, on="contract_id", how="left").cache()
    payers = (
        payments.group_by("payer_key")
        .agg(of=pl.len(), linked=pl.col("linked").count())
        .filter(at_least(pl.col("linked"), params.linked, pl.col("of")))
    )
    unlinked = payments.filter(pl.col("linked").is_null())
    asked = unlinked.join(payers, on="payer_key", how="semi", nulls_equal=True)
    found = paid(asked, ("payer_key", "payee_key", "currency"))
    return found.filter(pl.col("amount") > money(params.floor))


def tells(_params: PaymentWithoutContract) -> dict[str, pl.Expr]:
    """Tell who was paid by whom, and how many of the payments name a contract that is not in the data."""
    return {
        **who_paid(),
        "unknown_contracts": pl.col("contract_id").n_unique() - pl.col("contract_id").is_null().any(),
    }


RULE: Final = Rule(
    id="PAY012",
    name="payment-without-contract",
    severity=Severity.LOW,
    precision=Precision.HIGH,
    stage=Stage.PAYMENT,
    subject="payments",
    needs={
        "payments": frozenset({"payee_key", "amount", "currency"}),
        "contracts": frozenset({"contract_id"}),
    },
    uses={"payments": frozenset({"payer_key", "contract_id", "date"})},
    scope=spent,
    shard_by=("payer_key",),
    params=PaymentWithoutContract,
    find=find,
    tells=tells,
    message="{payer_name} paid {payee_name} {amount} in {members} payments that name no contract in the data",
    page=__doc__,
    since="0.1",
)
