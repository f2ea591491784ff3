"""A contract was extended by a large part of its term.

Why it matters
--------------
An extension is a purchase without a competition. What was meant for a year and lasts for three was never put
to those who would have bid for three.

Formula
-------
A contract is a finding when the latest end among its amendments has

    latest contract_end - contract_end > (contract_end - contract_start) * share

`contract_end` of the contract is the end that was signed, that of an amendment the end that it sets. All rows
of a contract, such as one for each of its suppliers, are one finding. A term of no days is left out.

Threshold
---------
- `share`: 0.50, as anticorruption-ai takes it for Colombia.

A portal that writes the last end over the first tells of no extension: no finding is no answer there.

False positives
---------------
- Force majeure, suspensions, and works that wait for a permit; the year 2020.
- Extensions that the tender offered and priced as options.
- A year typed wrong.

What would settle it
--------------------
The act that extended the contract, the report that justifies it, and the tender's terms on options.

Worked example
--------------
With the default settings. c1 had a term of 100 days and 50 more, c2 a day beyond that (A), c3 was cut short.
c4 had two extensions and two suppliers (B). c5 had a term of no days, c6 one that ends before it begins. The
amendment of c7 sets no end, c8 has no amendment, c9 no start. Another source has its own c1 and c2, and a c4
(C). The term of c10 was one day (D).

contracts:

| source | contract_id | buyer_name | supplier_name | contract_start | contract_end | finding |
|--------|-------------|------------|---------------|----------------|--------------|---------|
| one    | c1          | Hill       | Elm           | 2023-01-01     | 2023-04-11   |         |
| one    | c2          | Hill       | Elm           | 2023-01-01     | 2023-04-11   | A       |
| one    | c3          | Hill       | Elm           | 2023-01-01     | 2023-04-11   |         |
| one    | c4          | Hill       | Elm           | 2023-01-01     | 2023-04-11   | B       |
| one    | c4          | Hill       | Fir           | 2023-01-02     | 2023-04-13   | B       |
| one    | c5          | Hill       | Elm           | 2023-04-11     | 2023-04-11   |         |
| one    | c6          | Hill       | Elm           | 2023-04-13     | 2023-04-11   |         |
| one    | c7          | Hill       | Elm           | 2023-01-01     | 2023-04-11   |         |
| one    | c8          | Hill       | Elm           | 2023-01-01     | 2023-04-11   |         |
| one    | c9          | Hill       | Elm           |                | 2023-04-11   |         |
| two    | c1          | Hill       | Elm           | 2023-01-01     | 2023-04-11   |         |
| two    | c2          | Hill       | Elm           | 2023-01-01     | 2023-04-11   |         |
| two    | c4          | Hill       | Elm           | 2023-01-01     | 2023-04-11   | C       |
| one    | c10         | Hill       | Elm           | 2023-04-10     | 2023-04-11   | D       |

amendments:

| source | contract_id | number | contract_end |
|--------|-------------|--------|--------------|
| one    | c1          | 1      | 2023-05-31   |
| one    | c2          | 1      | 2023-06-01   |
| one    | c3          | 1      | 2023-02-01   |
| one    | c4          | 1      | 2023-05-01   |
| one    | c4          | 2      | 2023-07-01   |
| one    | c5          | 1      | 2023-07-01   |
| one    | c6          | 1      | 2023-07-01   |
| one    | c7          | 1      |              |
| one    | c9          | 1      | 2023-07-01   |
| two    | c1          | 1      | 2023-05-01   |
| two    | c3          | 1      | 2023-07-01   |
| two    | c4          | 1      | 2023-07-01   |
| one    | c10         | 1      | 2023-07-01   |

References
----------
- anticorruption-ai: extension of the term by more than half.
- Open Contracting Partnership, Red flags in public procurement (2024), R064.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import FINDING, Severity, members
from spendaudit.model.tables import Tables
from spendaudit.rules._day_gaps import days
from spendaudit.rules._parties import whose
from spendaudit.rules._rule import Params, Rule, Stage
from spendaudit.rules._shares import at_most
from spendaudit.rules._totals import total

CONTRACT: Final = ("source", "contract_id")


class LongExtension(Params):
    """Settings of AMD004."""

    share: Decimal = Field(
        Decimal("0.50"), ge=0, le=100, decimal_places=4, description="share of the term that is let pass"
    )


def find(tables: Tables, params: LongExtension) -> pl.LazyFrame:
    """Return one row per contract, from its start to its latest end."""
    latest = tables["amendments"].group_by(CONTRACT).agg(latest=pl.col("contract_end").max())
    term, more = days("contract_start", "contract_end"), days("contract_end", "latest")
    return (
        tables["contracts"]
        .join(latest, on=CONTRACT)
        .filter(term > 0, ~at_most(more, params.share, term))
        .group_by(CONTRACT)
        .agg(
            members=members(),
            **total(),
            starts=pl.col("contract_start").min(),
            ends=pl.col("latest").first(),
            extension=more.max(),
        )
        .sort(pl.col("members").list.first())
        .select(*FINDING.names(), "extension")
    )


def tells(_params: LongExtension) -> dict[str, pl.Expr]:
    """Tell whose contract it is, the term that was signed, and the days that were added to it."""
    return {
        **whose(),
        "signed_end": pl.col("contract_end").max(),
        "term": days("contract_start", "contract_end").max(),
        "extension": pl.col("extension").first(),
    }


RULE: Final = Rule(
    id="AMD004",
    name="long-extension",
    ocp=("R064",),
    severity=Severity.LOW,
    stage=Stage.CONTRACT,
    subject="contracts",
    needs={
        "contracts": frozenset({"contract_id", "contract_start", "contract_end"}),
        "amendments": frozenset({"contract_id", "contract_end"}),
    },
    uses={
        "contracts": frozenset({"source", "amount", "currency"}),
        "amendments": frozenset({"source"}),
    },
    shard_by=CONTRACT,
    params=LongExtension,
    find=find,
    tells=tells,
    message="{buyer_name} extended a contract of {term:day(s)}, from {starts} to {signed_end}, "
    "by {extension:day(s)}",
    page=__doc__,
    since="0.1",
)
