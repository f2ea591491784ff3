"""A supplier was awarded a contract within months of being registered, or before.

Why it matters
--------------
A firm without a past has no work to show. Some are founded for one contract; one that is registered after the
decision did not exist when it was chosen.

Formula
-------
The register is given with `--list registry=FILE`. A contract is flagged when, for the supplier's number,

    date of the decision < registered_on + months

Contracts of one buyer with one supplier in one currency are a finding.

Threshold
---------
- `months`: 12, as electionsbg, Colombian researchers and IMCO ask. A Chilean tool asks for 90 days, FUNES
  for a month before the call. 0 asks only of those who were registered after the decision.
- `floor`: contracts that come to this or less are left out; default 0.

Where the register gives no day of registration, the first day of its entry (`valid_from`) counts.

False positives
---------------
- A new name, legal form or number of an old firm, and a firm that came out of another.
- Consortia and joint ventures, which are founded for the contract by law.
- Registers that began later than the firms, and give all of these one day.

What would settle it
--------------------
The supplier's register entry with its founders, and what it showed of past work in the tender file.

Worked example
--------------
With the default settings. Ash was registered on 10 January 2024: decisions are flagged before that day (A)
and until 9 January 2025, not a year after; euros are apart (B), and another buyer is (C). What is not known
of Bay is not asked; Cob's contracts come to nothing, or nobody says what to; Dew's is worth a cent (D).

contracts:

|buyer_name|supplier_name|supplier_registered_on|award_date|amount|currency|finding|
|----------|-------------|----------------------|----------|------|--------|-------|
|Hill      |Ash          |2024-01-10            |2023-06-01| 10.00|CLP     |A      |
|Hill      |Ash          |2024-01-10            |2025-01-09|  5.00|CLP     |A      |
|Hill      |Ash          |2024-01-10            |2025-01-10| 10.00|CLP     |       |
|Hill      |Ash          |2024-01-10            |2024-03-01| 10.00|EUR     |B      |
|Dale      |Ash          |2024-01-10            |2024-03-01| 10.00|CLP     |C      |
|Hill      |Bay          |                      |2024-03-01| 10.00|CLP     |       |
|Hill      |Cob          |2024-01-10            |2024-03-01|      |        |       |
|Hill      |Cob          |2024-01-10            |2024-03-01|  0.00|CLP     |       |
|Hill      |Dew          |2024-01-10            |2024-03-01|  0.01|CLP     |D      |
|Hill      |Dew          |2024-01-10            |          | 10.00|CLP     |       |

References
----------
- atanasster/electionsbg (newFirmWinner), IMCO's index of corruption risks 2024, spulido99/anticorruption-ai.
- FUNES (founded a month or less before the call), K-Index (new firms).
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._amounts import money
from spendaudit.rules._gathered import READ, gathered
from spendaudit.rules._parties import date_basis, who
from spendaudit.rules._rule import Params, Rule, Stage

BY: Final = ("buyer_key", "supplier_key", "currency")


class NewSupplier(Params):
    """Settings of SUP001."""

    months: int = Field(12, ge=0, le=120, description="months after its registration in which a firm is new")
    floor: Decimal = Field(
        Decimal(0), ge=0, le=10**15, decimal_places=4, description="sums at or below this are left out"
    )


def find(tables: Tables, params: NewSupplier) -> pl.LazyFrame:
    """Return one row per buyer, supplier and currency with decisions while the supplier was new."""
    old = pl.col("supplier_registered_on").dt.offset_by(f"{params.months}mo")
    new = tables["contracts"].filter(pl.col("decision_date") < old)
    return gathered(new, BY).filter(pl.col("amount") > money(params.floor))


def tells(_params: NewSupplier) -> dict[str, pl.Expr]:
    """Tell who bought from whom, and since when the supplier is in the register."""
    registered, decided = pl.col("supplier_registered_on").min(), pl.col("decision_date").min()
    return {
        **who(),
        "registered_on": registered,
        "days_before": (registered - decided).dt.total_days().clip(0),
        "date_basis": date_basis(),
    }


RULE: Final = Rule(
    id="SUP001",
    name="new-supplier",
    severity=Severity.MEDIUM,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({"supplier_registered_on", "decision_date", "amount", "currency"})},
    uses={"contracts": frozenset({"buyer_key", "supplier_key"}) | READ},
    shard_by=("buyer_key",),
    params=NewSupplier,
    find=find,
    tells=tells,
    message="{supplier_name}, in its register since {registered_on}, was awarded {amount} by {buyer_name} "
    "{when} ({members:contract(s)}): what past work did it show?",
    page=__doc__,
    since="0.1",
)
