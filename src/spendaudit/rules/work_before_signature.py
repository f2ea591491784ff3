"""A contract began before it was signed.

Why it matters
--------------
Work without a contract is work without terms. When the signature comes afterwards, the price was agreed with
someone who could no longer be replaced, and whoever else might have competed had no chance to.

Formula
-------
Each contract is a finding when

    date_signed - contract_start > days

It begins with the first day of its term. The further back the start, the more there is to ask.

Threshold
---------
- `days`: 7, a default of this project. groucho and IMCO take 0, which flags terms that are written from the
  Monday, or the first of the month, of a signature in the same week.

Of 545 contracts in samples of CompraNet 30 began more than a week before (5.5 %), 75 at least a day (14 %).

False positives
---------------
- A renewal or a clause by which a contract follows upon another without a gap.
- Starts that a portal fills with the first of January or of the month.
- An emergency, in which work comes first by law.
- The day of the last signature, or of typing, in the place of the first.
- A year typed wrong, as the two largest in these samples seem to be: they begin a year and a few days early.

What would settle it
--------------------
The contract with the day of its last signature, and the first delivery note or invoice.

Worked example
--------------
With the default settings. c1 began exactly a week before its signature, c2 a day earlier (A), c3 on the day,
c4 after it. c5 lacks the start, c6 the signature.

contracts:

| contract_id | buyer_name | supplier_name | contract_start | date_signed | amount | currency | finding |
|-------------|------------|---------------|----------------|-------------|--------|----------|---------|
| c1          | Hill       | Elm           | 2024-03-01     | 2024-03-08  |  10.00 | CLP      |         |
| c2          | Hill       | Elm           | 2024-02-29     | 2024-03-08  |  10.00 | CLP      | A       |
| c3          | Hill       | Elm           | 2024-03-08     | 2024-03-08  |  10.00 | CLP      |         |
| c4          | Hill       | Elm           | 2024-04-08     | 2024-03-08  |  10.00 | CLP      |         |
| c5          | Hill       | Elm           |                | 2024-03-08  |  10.00 | CLP      |         |
| c6          | Hill       | Elm           | 2024-02-29     |             |  10.00 | CLP      |         |

References
----------
- ProjectPODER/groucho: contracts that begin before their signature.
- open-tender-watch, AGENTS.md, A3: execution before publication.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._day_gaps import OF_CONTRACT, days, per_contract
from spendaudit.rules._parties import who
from spendaudit.rules._rule import Params, Precision, Rule, Stage


class WorkBeforeSignature(Params):
    """Settings of TIM006."""

    days: int = Field(7, ge=0, le=3660, description="days before the signature that are let pass")


def find(tables: Tables, params: WorkBeforeSignature) -> pl.LazyFrame:
    """Return one row per contract."""
    early = tables["contracts"].filter(days("contract_start", "date_signed") > params.days)
    return per_contract(early, "contract_start", "date_signed")


def tells(_params: WorkBeforeSignature) -> dict[str, pl.Expr]:
    """Tell whose contract it is, and how many days it ran unsigned."""
    return {**who(), "days": days("contract_start", "date_signed").first()}


RULE: Final = Rule(
    id="TIM006",
    name="work-before-signature",
    severity=Severity.MEDIUM,
    precision=Precision.HIGH,
    stage=Stage.CONTRACT,
    subject="contracts",
    needs={"contracts": frozenset({"contract_start", "date_signed"})},
    uses={"contracts": OF_CONTRACT},
    shard_by=("buyer_key",),
    params=WorkBeforeSignature,
    find=find,
    tells=tells,
    message="{buyer_name} and {supplier_name}: the contract begins on {starts}, {days:day(s)} before it was "
    "signed on {ends}",
    page=__doc__,
    since="0.1",
)
