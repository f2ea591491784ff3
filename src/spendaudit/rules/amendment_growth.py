"""A contract grew far beyond the amount that was signed.

Why it matters
--------------
What is added to a contract is bought without competition. A low bid that wins and then grows takes the place
of the bids that would have been honest about the price.

Formula
-------
Each contract is a finding when

    amount > initial_amount * (1 + growth)

where `amount` is what it is worth now and `initial_amount` what was signed. Amounts that were zero or below
at the start are left out.

Threshold
---------
- `growth`: 0.20, as in sigma and open-tender-watch (A4). electionsbg takes 0.50. Laws set caps of
  their own: with the cap as `growth`, the rule finds what exceeds it.

False positives
---------------
- Prices that the contract ties to an index; a term that was extended by a year of the same service.
- A framework or a purchase by unit price whose first amount was an estimate.
- An export that writes each amendment as a new row with the whole total.
- An initial amount without tax beside a total with it.

What would settle it
--------------------
The contract, each amendment with the report that justifies it, and the budget approvals for the growth.

Worked example
--------------
With the default settings. c1 grew by exactly a fifth, c2 by a cent more (A), c3 shrank, c4 did not change. c5
began with nothing, c6 with a credit; c7 lacks the first amount, and that of c8 is half a peso (B).

contracts:

| contract_id | buyer_name | supplier_name | initial_amount | amount  | currency | finding |
|-------------|------------|---------------|----------------|---------|----------|---------|
| c1          | Hill       | Elm           |         100.00 |  120.00 | CLP      |         |
| c2          | Hill       | Elm           |         100.00 |  120.01 | CLP      | A       |
| c3          | Hill       | Elm           |         100.00 |   80.00 | CLP      |         |
| c4          | Hill       | Elm           |         100.00 |  100.00 | CLP      |         |
| c5          | Hill       | Elm           |           0.00 |  500.00 | CLP      |         |
| c6          | Hill       | Elm           |          -0.50 |  500.00 | CLP      |         |
| c7          | Hill       | Elm           |                |  500.00 | CLP      |         |
| c8          | Hill       | Elm           |           0.50 |    1.00 | CLP      | B       |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R069.
- atanasster/electionsbg, src/lib/riskFlagCatalog.ts: growth by annex.
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


class AmendmentGrowth(Params):
    """Settings of AMD002."""

    growth: Decimal = Field(
        Decimal("0.20"), ge=0, le=100, decimal_places=4, description="share of growth that is let pass"
    )


def scope(_params: AmendmentGrowth) -> pl.Expr:
    """Contracts that began with an amount."""
    return pl.col("initial_amount") > 0


def find(tables: Tables, params: AmendmentGrowth) -> pl.LazyFrame:
    """Return one row per contract; its amount is the growth."""
    grown = tables["contracts"].filter(beyond("amount", "initial_amount", params.growth))
    return per_growth(grown, "amount", "initial_amount")


def tells(_params: AmendmentGrowth) -> dict[str, pl.Expr]:
    """Tell whose contract it is, its two amounts, and how many times the first the last is."""
    return {
        **who(),
        "initial_amount": pl.col("initial_amount").first(),
        "amount_now": pl.col("amount").first(),
        "ratio": (pl.col("amount").cast(TOTAL) / pl.col("initial_amount")).first(),
        "amendments": pl.col("amendments").first(),
    }


RULE: Final = Rule(
    id="AMD002",
    name="amendment-growth",
    ocp=("R069",),
    severity=Severity.HIGH,
    precision=Precision.HIGH,
    stage=Stage.CONTRACT,
    subject="contracts",
    needs={"contracts": frozenset({"amount", "initial_amount", "currency"})},
    uses={"contracts": frozenset({"decision_date"})},
    scope=scope,
    shard_by=("buyer_key",),
    params=AmendmentGrowth,
    find=find,
    tells=tells,
    message="{buyer_name}'s contract with {supplier_name} grew from {initial_amount} to {amount_now}: who "
    "decided on {amount} more?",
    page=__doc__,
    since="0.1",
)
