"""A buyer decided on a large part of a year's contracts on one day.

Why it matters
--------------
Nobody weighs a third of a year's purchases in a day. Such a day may be one of typing in; or many contracts
were put through at once, when few were looking.

Formula
-------
Count a buyer's contracts of a calendar year that have a day of award or of signature. With at least
`min_contracts` of them, a day is a finding when

    contracts of the day / contracts of the year > share

Contracts that are known by their start or their publication alone are left out: many begin on one day, and
portals publish in batches.

Threshold
---------
- `share`: 0.30 and `min_contracts`: 10, as groucho takes them for Mexico; for Costa Rica it takes 0.03.

In samples of CompraNet two days are flagged, with 39 of 841 contracts (4.6 %). Statistical: of contracts
drawn by chance (`bench/chance.py`) at most 0.01 % are flagged; a test holds it.

False positives
---------------
- Contracts that are renewed together, such as those of all schools on the first of January.
- A framework or a tender of many lots, which is one decision.
- A day on which old contracts were registered.

What would settle it
--------------------
The minutes or decisions of that day, and the tender or framework that each contract rests on.

Worked example
--------------
With the default settings; a row stands for as many as `times` says. Hill has ten contracts in 2024, four on
one day (A): one in January 2025 is of another year. Dale has three of ten on that day, which is no more than
the share. Moor has four of nine: its tenth is known by its start, its eleventh by its publication. Nash has
four of thirteen (B).

contracts:

| times | buyer_name | supplier_name | decision_date | date_basis     | finding |
|-------|------------|---------------|---------------|----------------|---------|
|     1 | Hill       | Elm           | 2024-06-03    | award_date     | A       |
|     1 | Hill       | Fir           | 2024-06-03    | award_date     | A       |
|     1 | Hill       | Gum           | 2024-06-03    | date_signed    | A       |
|     1 | Hill       | Oak           | 2024-06-03    | date_signed    | A       |
|     1 | Hill       | Elm           | 2024-01-01    | date_signed    |         |
|     1 | Hill       | Elm           | 2024-01-02    | date_signed    |         |
|     1 | Hill       | Elm           | 2024-01-03    | date_signed    |         |
|     1 | Hill       | Elm           | 2024-01-04    | date_signed    |         |
|     1 | Hill       | Elm           | 2024-01-05    | date_signed    |         |
|     1 | Hill       | Elm           | 2024-12-31    | date_signed    |         |
|     4 | Hill       | Elm           | 2025-01-01    | date_signed    |         |
|     3 | Dale       | Elm           | 2024-06-03    | award_date     |         |
|     1 | Dale       | Elm           | 2024-01-01    | award_date     |         |
|     1 | Dale       | Elm           | 2024-01-02    | award_date     |         |
|     1 | Dale       | Elm           | 2024-01-03    | award_date     |         |
|     1 | Dale       | Elm           | 2024-01-04    | award_date     |         |
|     1 | Dale       | Elm           | 2024-01-05    | award_date     |         |
|     1 | Dale       | Elm           | 2024-01-06    | award_date     |         |
|     1 | Dale       | Elm           | 2024-01-07    | award_date     |         |
|     4 | Moor       | Elm           | 2024-06-03    | award_date     |         |
|     1 | Moor       | Elm           | 2024-01-04    | award_date     |         |
|     1 | Moor       | Elm           | 2024-01-05    | award_date     |         |
|     1 | Moor       | Elm           | 2024-01-06    | award_date     |         |
|     1 | Moor       | Elm           | 2024-01-07    | award_date     |         |
|     1 | Moor       | Elm           | 2024-01-08    | award_date     |         |
|     1 | Moor       | Elm           | 2024-01-09    | contract_start |         |
|     1 | Moor       | Elm           | 2024-01-10    | published_date |         |
|     4 | Nash       | Elm           | 2024-06-03    | award_date     | B       |
|     3 | Nash       | Elm           | 2024-01-01    | award_date     |         |
|     3 | Nash       | Elm           | 2024-01-02    | award_date     |         |
|     3 | Nash       | Elm           | 2024-01-03    | award_date     |         |

References
----------
- ProjectPODER/groucho, flagsMX-2021.json: share of a year's contracts that one day holds.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._gathered import READ, gathered
from spendaudit.rules._parties import whose_together
from spendaudit.rules._rule import Params, Rule, Stage
from spendaudit.rules._shares import at_most

DAY: Final = ("buyer_key", "decision_date")


class AwardCluster(Params):
    """Settings of TIM009."""

    share: Decimal = Field(
        Decimal("0.30"), ge=0, le=1, decimal_places=4, description="largest share of a day that is let pass"
    )
    min_contracts: int = Field(10, ge=2, le=100_000, description="fewest contracts of the buyer in a year")


def scope(_params: AwardCluster) -> pl.Expr:
    """Contracts whose day is that of a decision."""
    return pl.col("date_basis").is_in(["award_date", "date_signed"])


def find(tables: Tables, params: AwardCluster) -> pl.LazyFrame:
    """Return one row per buyer and day."""
    days = tables["contracts"].group_by(DAY).agg(of_day=pl.len())
    year = pl.col("decision_date").dt.year()
    of_year = pl.col("of_day").sum().over("buyer_key", year)
    crowded = days.with_columns(of_year=of_year).filter(
        pl.col("of_year") >= params.min_contracts,
        ~at_most(pl.col("of_day"), params.share, pl.col("of_year")),
    )
    return gathered(
        tables["contracts"].join(crowded, on=DAY, build_side="force_right"),
        DAY,
        of_year=pl.col("of_year").first(),
    )


def tells(_params: AwardCluster) -> dict[str, pl.Expr]:
    """Tell whose contracts they are, and how many the buyer has in the year."""
    return {**whose_together(), "of_year": pl.col("of_year").first()}


RULE: Final = Rule(
    id="TIM009",
    name="award-cluster",
    severity=Severity.LOW,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({*DAY, "date_basis"})},
    uses={"contracts": READ},
    scope=scope,
    shard_by=("buyer_key",),
    params=AwardCluster,
    find=find,
    tells=tells,
    message="{buyer_name} decided on {members} contracts on one day, {starts}, of {of_year} of that year "
    "whose day of decision is known",
    page=__doc__,
    since="0.1",
)
