"""A contract was published long after its signature.

Why it matters
--------------
Who learns of a contract in time can still complain, ask or offer. Published when the work is done, it can
only be recorded.

Formula
-------
Each contract is a finding when

    published_date - date_signed > days

Threshold
---------
- `days`: 10, as open-tender-watch takes it (A2). Without such a gap, it flagged 85 % of contracts in
  Portugal. Laws set other periods, such as three working days in Colombia: set your own.

False positives
---------------
- Publication day of a portal that has moved, or of a bulk upload of old contracts.
- A later version of the notice, which carries its own day.
- Contracts below the amount from which the law asks for publication.

What would settle it
--------------------
The portal's log of the publication, and the signed contract with its date.

Worked example
--------------
With the default settings. c1 was published exactly ten days after its signature, c2 a day later (A), c3 on
the day, c4 before it. c5 lacks the signature, c6 the publication.

contracts:

| contract_id | buyer_name | supplier_name | date_signed | published_date | amount | currency | finding |
|-------------|------------|---------------|-------------|----------------|--------|----------|---------|
| c1          | Hill       | Elm           | 2024-03-01  | 2024-03-11     |  10.00 | CLP      |         |
| c2          | Hill       | Elm           | 2024-03-01  | 2024-03-12     |  10.00 | CLP      | A       |
| c3          | Hill       | Elm           | 2024-03-01  | 2024-03-01     |  10.00 | CLP      |         |
| c4          | Hill       | Elm           | 2024-03-12  | 2024-03-01     |  10.00 | CLP      |         |
| c5          | Hill       | Elm           |             | 2024-03-12     |  10.00 | CLP      |         |
| c6          | Hill       | Elm           | 2024-03-01  |                |  10.00 | CLP      |         |

References
----------
- open-tender-watch, AGENTS.md, A2: publication after signature.
- Open Contracting Partnership, Red flags in public procurement (2024), R063, contracts never published.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._day_gaps import OF_CONTRACT, days, per_contract
from spendaudit.rules._parties import who
from spendaudit.rules._rule import Params, Rule, Stage


class LatePublication(Params):
    """Settings of TIM007."""

    days: int = Field(10, ge=0, le=3660, description="days until publication that are let pass")


def find(tables: Tables, params: LatePublication) -> pl.LazyFrame:
    """Return one row per contract."""
    late = tables["contracts"].filter(days("date_signed", "published_date") > params.days)
    return per_contract(late, "date_signed", "published_date")


def tells(_params: LatePublication) -> dict[str, pl.Expr]:
    """Tell whose contract it is, and how long it took to be published."""
    return {**who(), "days": days("date_signed", "published_date").first()}


RULE: Final = Rule(
    id="TIM007",
    name="late-publication",
    severity=Severity.LOW,
    stage=Stage.CONTRACT,
    subject="contracts",
    needs={"contracts": frozenset({"date_signed", "published_date"})},
    uses={"contracts": OF_CONTRACT},
    shard_by=("buyer_key",),
    params=LatePublication,
    find=find,
    tells=tells,
    message="{buyer_name} published its contract with {supplier_name} {days:day(s)} after it was signed on "
    "{starts}",
    page=__doc__,
    since="0.1",
)
