"""A contract runs for many years.

Why it matters
--------------
For as long as a contract runs nobody else can offer, whatever prices do. A term of many years needs a reason,
such as an investment that has to pay off.

Formula
-------
Each contract is a finding when

    contract_end - contract_start > days

Threshold
---------
- `days`: 1461, four years, which redflags.eu takes and the European Union sets for most
  framework agreements. open-tender-watch takes three years (A8), groucho 1,000 days.

In samples of CompraNet one of 1,366 contracts is flagged.

False positives
---------------
- Concessions, leases, loans, insurance, maintenance of what only its maker can repair.
- Ends such as 2099-12-31 for "until further notice"; a year typed wrong.
- Contracts that end when a budget is used up, with a far date to be safe.

What would settle it
--------------------
The contract's clauses on its term and its end, and the decision that allowed so long a term.

Worked example
--------------
With the default settings. c1 runs for exactly four years, c2 a day longer (A), c3 ends before it begins. c4
lacks the start, c5 the end.

contracts:

| contract_id | buyer_name | supplier_name | contract_start | contract_end | amount | currency | finding |
|-------------|------------|---------------|----------------|--------------|--------|----------|---------|
| c1          | Hill       | Elm           | 2021-01-01     | 2025-01-01   |  10.00 | CLP      |         |
| c2          | Hill       | Elm           | 2021-01-01     | 2025-01-02   |  10.00 | CLP      | A       |
| c3          | Hill       | Elm           | 2025-01-02     | 2021-01-01   |  10.00 | CLP      |         |
| c4          | Hill       | Elm           |                | 2025-01-02   |  10.00 | CLP      |         |
| c5          | Hill       | Elm           | 2021-01-01     |              |  10.00 | CLP      |         |

References
----------
- Directive 2014/24/EU, article 33: framework agreements of at most four years, but for justified exceptions.
- open-tender-watch, AGENTS.md, A8; ProjectPODER/groucho: contracts longer than 1,000 days.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._day_gaps import OF_CONTRACT, days, per_contract
from spendaudit.rules._parties import who
from spendaudit.rules._rule import Params, Rule, Stage


class VeryLongContract(Params):
    """Settings of AMD008."""

    days: int = Field(1461, ge=1, le=36_600, description="longer terms are flagged")


def find(tables: Tables, params: VeryLongContract) -> pl.LazyFrame:
    """Return one row per contract."""
    long = tables["contracts"].filter(days("contract_start", "contract_end") > params.days)
    return per_contract(long, "contract_start", "contract_end")


def tells(_params: VeryLongContract) -> dict[str, pl.Expr]:
    """Tell whose contract it is, for what, and how long it runs."""
    return {
        **who(),
        "title": pl.col("title").first(),
        "days": days("contract_start", "contract_end").first(),
    }


RULE: Final = Rule(
    id="AMD008",
    name="very-long-contract",
    severity=Severity.LOW,
    stage=Stage.CONTRACT,
    subject="contracts",
    needs={"contracts": frozenset({"contract_start", "contract_end"})},
    uses={"contracts": OF_CONTRACT},
    shard_by=("buyer_key",),
    params=VeryLongContract,
    find=find,
    tells=tells,
    message="{buyer_name} is bound to {supplier_name} for {days:day(s)}, from {starts} to {ends}",
    page=__doc__,
    since="0.1",
)
