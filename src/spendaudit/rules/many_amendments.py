"""A contract was amended many times.

Why it matters
--------------
Each amendment changes what was competed for, and nobody else may bid on the change. A contract that is
amended again and again was described badly, or awarded to someone who was promised more than the notice said.

Formula
-------
Each contract is a finding when

    amendments >= count

Threshold
---------
- `count`: 3, as the Prozorro risk indicators take it (ari-1-1). The guide's R064 asks about any amendment:
  where every later document counts as one, about half of the contracts in Colombia had been amended.

False positives
---------------
- Long contracts, such as works over years, and those with a yearly adjustment of prices.
- Corrections of clerical errors, changes of a bank account or of the supervisor.
- Portals that publish whether a contract was amended, not how often, as CompraNet does: there the answer
  stays at one, and `count=1` asks for those.

What would settle it
--------------------
Each amendment with the report that justifies it, and what the tender's terms said about changes.

Worked example
--------------
With the default settings. c1 was amended twice, c2 three times (A), c3 never; for c4 the number is not known.

contracts:

| contract_id | buyer_name | supplier_name | award_date | amount | currency | amendments | finding |
|-------------|------------|---------------|------------|--------|----------|------------|---------|
| c1          | Hill       | Elm           | 2024-03-01 | 100.00 | CLP      |          2 |         |
| c2          | Hill       | Elm           | 2024-03-01 | 100.00 | CLP      |          3 | A       |
| c3          | Hill       | Elm           | 2024-03-01 | 100.00 | CLP      |          0 |         |
| c4          | Hill       | Elm           | 2024-03-01 | 100.00 | CLP      |            |         |

References
----------
- ProzorroUKR/prozorro-risks, ari-1-1.
- Open Contracting Partnership, Red flags in public procurement (2024), R064.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._day_gaps import OF_CONTRACT, per_contract
from spendaudit.rules._parties import who
from spendaudit.rules._rule import Params, Rule, Stage


class ManyAmendments(Params):
    """Settings of AMD003."""

    count: int = Field(3, ge=1, le=1000, description="fewest amendments")


def find(tables: Tables, params: ManyAmendments) -> pl.LazyFrame:
    """Return one row per contract."""
    amended = tables["contracts"].filter(pl.col("amendments") >= params.count)
    return per_contract(amended, "decision_date", "decision_date")


def tells(_params: ManyAmendments) -> dict[str, pl.Expr]:
    """Tell whose contract it is, for what, and how often it was amended."""
    return {
        **who(),
        "title": pl.col("title").first(),
        "amendments": pl.col("amendments").first(),
    }


RULE: Final = Rule(
    id="AMD003",
    name="many-amendments",
    ocp=("R064",),
    severity=Severity.LOW,
    stage=Stage.CONTRACT,
    subject="contracts",
    needs={"contracts": frozenset({"amendments"})},
    uses={"contracts": OF_CONTRACT | {"decision_date"}},
    shard_by=("buyer_key",),
    params=ManyAmendments,
    find=find,
    tells=tells,
    message="{buyer_name}'s contract with {supplier_name} was amended {amendments} times: was it what was "
    "competed for?",
    page=__doc__,
    since="0.1",
)
