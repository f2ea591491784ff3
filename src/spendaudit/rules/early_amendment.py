"""A contract was amended right after it was signed.

Why it matters
--------------
What changes within days was known when the contract was signed. The change then belongs into the tender,
where others could have bid on it.

Formula
-------
A contract is a finding when one of its amendments has

    0 <= date - date_signed <= days

`early` counts those. All rows of a contract, such as one for each of its suppliers, are one finding.

Threshold
---------
- `days`: 30, a default of this project. Ukraine's audit service asks about changes "right after signing"
  (RISK2-10) and Prozorro about prices that change more than once in 90 days.

False positives
---------------
- Corrections of clerical errors.
- Amendments published under the day of the contract, or a contract under the day of its last version.
- Contracts whose final quantity is set in a first amendment by design.

What would settle it
--------------------
The amendment, the report that justifies it, and the last version of the tender's terms.

Worked example
--------------
With the default settings. c1 was amended on day 30 (A), c2 a day later, c3 on the day of its signature (B),
c4 before it. c5 has two suppliers (C), and two early amendments besides a late one. c6 has no amendment, the
one of c7 no date, c8 no signature. Another source has its own c1, and a c3 (D).

contracts:

| source | contract_id | buyer_name | supplier_name | date_signed | amount | currency | finding |
|--------|-------------|------------|---------------|-------------|--------|----------|---------|
| one    | c1          | Hill       | Elm           | 2024-03-01  | 100.00 | CLP      | A       |
| one    | c2          | Hill       | Elm           | 2024-03-01  | 100.00 | CLP      |         |
| one    | c3          | Hill       | Elm           | 2024-03-01  | 100.00 | CLP      | B       |
| one    | c4          | Hill       | Elm           | 2024-03-01  | 100.00 | CLP      |         |
| one    | c5          | Hill       | Elm           | 2024-03-01  | 100.00 | CLP      | C       |
| one    | c5          | Hill       | Fir           | 2024-02-20  | 100.00 | CLP      | C       |
| one    | c6          | Hill       | Elm           | 2024-03-01  | 100.00 | CLP      |         |
| one    | c7          | Hill       | Elm           | 2024-03-01  | 100.00 | CLP      |         |
| one    | c8          | Hill       | Elm           |             | 100.00 | CLP      |         |
| two    | c1          | Hill       | Elm           | 2024-03-01  | 100.00 | CLP      |         |
| two    | c3          | Hill       | Elm           | 2024-03-01  | 100.00 | CLP      | D       |

amendments:

| source | contract_id | number | date       |
|--------|-------------|--------|------------|
| one    | c1          | 1      | 2024-03-31 |
| one    | c2          | 1      | 2024-04-01 |
| one    | c3          | 1      | 2024-03-01 |
| one    | c4          | 1      | 2024-02-29 |
| one    | c5          | 1      | 2024-03-08 |
| one    | c5          | 3      | 2024-03-25 |
| one    | c5          | 2      | 2024-09-01 |
| one    | c7          | 1      |            |
| one    | c8          | 1      | 2024-03-08 |
| two    | c1          | 1      | 2024-09-01 |
| two    | c3          | 1      | 2024-03-08 |

References
----------
- Ukraine's State Audit Service, automatic risk indicators, RISK2-10; ProzorroUKR/prozorro-risks, sas-3-4.
- Open Contracting Partnership, Red flags in public procurement (2024), R064.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import FINDING, Severity, members
from spendaudit.model.tables import Tables
from spendaudit.rules._day_gaps import days
from spendaudit.rules._parties import whose
from spendaudit.rules._rule import Params, Rule, Stage
from spendaudit.rules._totals import total

CONTRACT: Final = ("source", "contract_id")


class EarlyAmendment(Params):
    """Settings of AMD005."""

    days: int = Field(30, ge=0, le=366, description="most days from the signature to the amendment")


def find(tables: Tables, params: EarlyAmendment) -> pl.LazyFrame:
    """Return one row per contract, from its signature to its last early amendment."""
    row = ("file", "row", *CONTRACT, "date_signed", "amount", "currency")
    return (
        tables["contracts"]
        .select(row)
        .join(tables["amendments"].select(*CONTRACT, "date"), on=CONTRACT)
        .filter(days("date_signed", "date").is_between(0, params.days))
        .group_by(row)
        .agg(pl.col("date").max(), early=pl.len())
        .group_by(CONTRACT)
        .agg(
            members=members(),
            **total(),
            starts=pl.col("date_signed").min(),
            ends=pl.col("date").max(),
            early=pl.col("early").max(),
        )
        .sort(pl.col("members").list.first())
        .select(*FINDING.names(), "early")
    )


def tells(_params: EarlyAmendment) -> dict[str, pl.Expr]:
    """Tell whose contract it is, and how many of its amendments came early."""
    return {**whose(), "early": pl.col("early").first()}


RULE: Final = Rule(
    id="AMD005",
    name="early-amendment",
    ocp=("R064",),
    severity=Severity.LOW,
    stage=Stage.CONTRACT,
    subject="contracts",
    needs={
        "contracts": frozenset({"contract_id", "date_signed"}),
        "amendments": frozenset({"contract_id", "date"}),
    },
    uses={
        "contracts": frozenset({"source", "amount", "currency"}),
        "amendments": frozenset({"source"}),
    },
    shard_by=CONTRACT,
    params=EarlyAmendment,
    find=find,
    tells=tells,
    message="{buyer_name} amended a contract by {ends} that it had signed on {starts}: was the change not "
    "known before?",
    page=__doc__,
    since="0.1",
)
