"""A purchase stayed just below the amount from which its own method would not have been enough.

Why it matters
--------------
Who wants to do without more competition keeps the price under the limit. Most prices just below a limit are
innocent; those of one buyer or one supplier, read one after the other, are worth an hour.

Formula
-------
Each contract is a finding when

    limit * (1 - band) <= amount <= limit

where the limit is the ceiling of the contract's own procedure, category and day. An amount at the ceiling
itself counts where the law allows *at most* so much; where it says *below*, it is not under the limit.

Threshold
---------
- The limit is that of the law; `limit_source` names it. `limit`: one amount in its place, in the currency of
  each contract.
- `band`: 0.05, as indicator A5 of open-tender-watch and, for purchases, the State Audit Service of Ukraine
  take. Others take 10 % (bid-buster, the same service for works) or 11 % (K-Index of Hlídač státu).

A row alone says little: severity is low, and `bunching-below-limit` asks the same of a buyer. A twentieth of
amounts spread evenly would be flagged; the run warns above a tenth. Of 775 contracts at or under a known
limit in three samples of CompraNet 3.2 % are flagged.

False positives
---------------
- Budgets and price lists at round amounts that happen to lie below a limit.
- Buyers who ask for as much as the limit buys, and say so.
- Limits without tax, compared with amounts that include it.
- A ceiling that holds for buyers of another size, as in Mexico.

What would settle it
--------------------
The quotations or the calculation of the price, and the rule from which the buyer takes its limit.

Worked example
--------------
With the default settings. c1 is a hundredth of a cent under the band and c2 at its lower end (A), c3 at the
limit (B) and c4 a cent above it. c5's and c6's limits differ (C). c7 has no known limit.

contracts:

| contract_id | buyer_name | award_date | amount | currency | limit  | finding |
|-------------|------------|------------|--------|----------|--------|---------|
| c1          | Hill       | 2024-01-03 |94.9999 | CLP      | 100.00 |         |
| c2          | Hill       | 2024-01-03 |  95.00 | CLP      | 100.00 | A       |
| c3          | Hill       | 2024-01-03 | 100.00 | CLP      | 100.00 | B       |
| c4          | Hill       | 2024-01-03 | 100.01 | CLP      | 100.00 |         |
| c5          | Hill       | 2024-01-03 | 290.00 | CLP      | 300.00 | C       |
| c6          | Hill       | 2024-01-03 | 290.00 | CLP      | 310.00 |         |
| c7          | Hill       | 2024-01-03 |  99.00 | CLP      |        |         |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R049.
- open-tender-watch, AGENTS.md, A5, which asks it of every procedure.
- State Audit Service of Ukraine, RISK2-5_1.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import TOTAL, Severity, member
from spendaudit.model.tables import Tables
from spendaudit.rules._limits import Limited, within_limit
from spendaudit.rules._parties import who
from spendaudit.rules._rule import Rule, Stage
from spendaudit.rules._shares import at_least


class JustBelowLimit(Limited):
    """Settings of SPL004."""

    band: Decimal = Field(
        Decimal("0.05"), gt=0, le=Decimal("0.5"), decimal_places=4, description="share of the limit below it"
    )


def find(tables: Tables, params: JustBelowLimit) -> pl.LazyFrame:
    """Return one row per contract."""
    amount = pl.col("amount")
    return (
        tables["contracts"]
        .filter(at_least(amount, 1 - params.band, params.in_force()))
        .sort("decision_date", "file", "row")
        .select(
            pl.concat_list(member()).alias("members"),
            amount.cast(TOTAL),
            "currency",
            pl.col("decision_date").alias("starts"),
            pl.col("decision_date").alias("ends"),
        )
    )


def tells(params: JustBelowLimit) -> dict[str, pl.Expr]:
    """Tell who bought from whom, by which method, and how far below which limit."""
    ceiling = params.in_force().first()
    return {
        **who(),
        "method": pl.col("procurement_method").cast(pl.String).min(),
        "limit": ceiling,
        "distance": ceiling - pl.col("amount").first(),
        "limit_source": params.says_who(pl.col("limit")),
        "date_basis": pl.col("date_basis").cast(pl.String).first(),
    }


RULE: Final = Rule(
    id="SPL004",
    name="just-below-limit",
    ocp=("R049",),
    severity=Severity.LOW,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({"decision_date", "amount", "currency", "limit"})},
    scope=within_limit,
    shard_by=("buyer_key",),
    params=JustBelowLimit,
    find=find,
    tells=tells,
    message="{buyer_name} bought from {supplier_name} for {amount}, {distance} below the limit of {limit} "
    "({limit_source}): how was the price set?",
    page=__doc__,
    since="0.1",
)
