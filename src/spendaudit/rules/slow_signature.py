"""A contract was signed long after its award.

Why it matters
--------------
Between award and signature nobody competes any more, but terms can still move. A long wait may hide
negotiations, a complaint, or a winner who could not deliver at the price of the bid.

Formula
-------
Each contract is a finding when

    date_signed - award_date > days

Threshold
---------
- `days`: 90, a default of this project. The Open Contracting Partnership (R060) takes what is far from the
  other contracts of the data instead, which flagged 6.2 % of 265,286 procurements in Lithuania (viespirkiai).
  In samples of CompraNet, 9 of 251 contracts waited longer (3.6 %).

False positives
---------------
- A standstill period, a complaint, or guarantees that the winner has to bring.
- Call-offs signed years after the award of their framework, under its date.
- The date of typing or of publication in the place of the signature; a year typed wrong.

What would settle it
--------------------
The award decision, the signed contract, and what passed between them: guarantees, complaints, changes.

Worked example
--------------
With the default settings. c1 waited exactly 90 days, c2 a day more (A). c3 was signed at once, c4 before its
award. c5 lacks the award, c6 the signature.

contracts:

| contract_id | buyer_name | supplier_name | award_date | date_signed | amount | currency | finding |
|-------------|------------|---------------|------------|-------------|--------|----------|---------|
| c1          | Hill       | Elm           | 2024-01-01 | 2024-03-31  |  10.00 | CLP      |         |
| c2          | Hill       | Elm           | 2024-01-01 | 2024-04-01  |  10.00 | CLP      | A       |
| c3          | Hill       | Elm           | 2024-01-01 | 2024-01-01  |  10.00 | CLP      |         |
| c4          | Hill       | Elm           | 2024-04-01 | 2024-01-01  |  10.00 | CLP      |         |
| c5          | Hill       | Elm           |            | 2024-04-01  |  10.00 | CLP      |         |
| c6          | Hill       | Elm           | 2024-01-01 |             |  10.00 | CLP      |         |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R060.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._day_gaps import OF_CONTRACT, days, per_contract
from spendaudit.rules._parties import who
from spendaudit.rules._rule import Params, Precision, Rule, Stage


class SlowSignature(Params):
    """Settings of TIM004."""

    days: int = Field(90, ge=1, le=3660, description="longer waits are flagged")


def find(tables: Tables, params: SlowSignature) -> pl.LazyFrame:
    """Return one row per contract."""
    late = tables["contracts"].filter(days("award_date", "date_signed") > params.days)
    return per_contract(late, "award_date", "date_signed")


def tells(_params: SlowSignature) -> dict[str, pl.Expr]:
    """Tell whose contract it is, and how long it waited."""
    return {**who(), "days": days("award_date", "date_signed").first()}


RULE: Final = Rule(
    id="TIM004",
    name="slow-signature",
    ocp=("R060",),
    severity=Severity.LOW,
    precision=Precision.LOW,
    stage=Stage.CONTRACT,
    subject="contracts",
    needs={"contracts": frozenset({"award_date", "date_signed"})},
    uses={"contracts": OF_CONTRACT},
    shard_by=("buyer_key",),
    params=SlowSignature,
    find=find,
    tells=tells,
    message="{buyer_name} and {supplier_name} signed {days:day(s)} after the award of {starts}: what changed "
    "meanwhile?",
    page=__doc__,
    since="0.1",
)
