"""More was paid on a contract than it is worth.

Why it matters
--------------
A payment needs a contract that allows it. What is paid beyond was agreed elsewhere, or by nobody, or is owed
on an amendment that was never published.

Formula
-------
Each contract is a finding when

    paid_amount > amount * (1 + tolerance)

where `amount` is what the contract is worth with all its amendments, as far as they are published. Contracts
without a positive amount are left out.

Threshold
---------
- `tolerance`: 0.01, a default of this project, for roundings and differences of exchange. Where payments hold
  a tax that the contract leaves out, set it to the rate of that tax.

False positives
---------------
- Payments with tax beside an amount without.
- An amount of one year, or of the first lot, beside the payments of all.
- Prices by index or in units of account; a contract in one currency paid in another.
- An amendment that is published elsewhere, or not yet.

What would settle it
--------------------
The invoices and payment orders of the contract, and every amendment up to the last payment.

Worked example
--------------
With the default settings. c1 was paid exactly one per cent more, c2 a cent beyond that (A), c3 less, c4 what
was agreed, c5 nothing. c6 has no amount to be above, c7 a credit; what was paid on c8 is not published. c9
has an amount of half a peso (B).

contracts:

| contract_id | buyer_name | supplier_name | amount  | paid_amount | currency | finding |
|-------------|------------|---------------|---------|-------------|----------|---------|
| c1          | Hill       | Elm           |  100.00 |      101.00 | CLP      |         |
| c2          | Hill       | Elm           |  100.00 |      101.01 | CLP      | A       |
| c3          | Hill       | Elm           |  100.00 |       80.00 | CLP      |         |
| c4          | Hill       | Elm           |  100.00 |      100.00 | CLP      |         |
| c5          | Hill       | Elm           |  100.00 |        0.00 | CLP      |         |
| c6          | Hill       | Elm           |    0.00 |      100.00 | CLP      |         |
| c7          | Hill       | Elm           |   -0.50 |      100.00 | CLP      |         |
| c8          | Hill       | Elm           |  100.00 |             | CLP      |         |
| c9          | Hill       | Elm           |    0.50 |        1.00 | CLP      | B       |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R068.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import TOTAL, Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._growths import beyond, per_growth
from spendaudit.rules._parties import who
from spendaudit.rules._rule import Params, Precision, Rule, Stage


class PaymentsAboveContract(Params):
    """Settings of AMD007."""

    tolerance: Decimal = Field(
        Decimal("0.01"),
        ge=0,
        le=10,
        decimal_places=4,
        description="share of the amount that may be paid beyond it",
    )


def scope(_params: PaymentsAboveContract) -> pl.Expr:
    """Contracts with an amount."""
    return pl.col("amount") > 0


def find(tables: Tables, params: PaymentsAboveContract) -> pl.LazyFrame:
    """Return one row per contract; its amount is what was paid beyond."""
    above = tables["contracts"].filter(beyond("paid_amount", "amount", params.tolerance))
    return per_growth(above, "paid_amount", "amount")


def tells(_params: PaymentsAboveContract) -> dict[str, pl.Expr]:
    """Tell whose contract it is, what it is worth, and what was paid."""
    paid, worth = pl.col("paid_amount"), pl.col("amount")
    return {
        **who(),
        "worth": worth.first(),
        "paid": paid.first(),
        "ratio": (paid.cast(TOTAL) / worth).first(),
    }


RULE: Final = Rule(
    id="AMD007",
    name="payments-above-contract",
    ocp=("R068",),
    severity=Severity.HIGH,
    precision=Precision.HIGH,
    stage=Stage.PAYMENT,
    subject="contracts",
    needs={"contracts": frozenset({"amount", "paid_amount", "currency"})},
    uses={"contracts": frozenset({"decision_date"})},
    scope=scope,
    shard_by=("buyer_key",),
    params=PaymentsAboveContract,
    find=find,
    tells=tells,
    message="{buyer_name} paid {supplier_name} {paid} on a contract of {worth}: {amount} beyond it",
    page=__doc__,
    since="0.1",
)
