"""A buyer decided a large part of a year's spending in the weeks before an election.

Why it matters
--------------
Works that open before the vote, and contracts for those who help to win it, are an old story. A buyer that
spends evenly otherwise and not then may be asked why.

Formula
-------
The days are given with `--list election_dates=FILE`, of all countries or of that of the data. For each buyer,
currency and election, of the contracts of the 365 days up to the day before the election,

    (amounts of those of the last `days`) / (amounts of all) >= share

with at least `min_contracts` of them. The data of the source must begin on or before the first of the 365
days.

Threshold
---------
- `days`: 90, as spulido99/anticorruption-ai takes.
- `share`: 0.50, a default of this project: twice what an even year puts into 90 days. anticorruption-ai takes
  what only a tenth of buyers exceed, which flags a tenth of any buyers.
- `min_contracts`: 10, a default of this project.

False positives
---------------
- Seasons: harvests, school years, a fiscal year that ends at the same time. Compare a year without election.
- One large contract; elections of another level of government than the buyer's.
- Laws that forbid decisions after the election or before it, and so move them.

What would settle it
--------------------
The same weeks of years without an election, and the requests that these purchases began with.

Worked example
--------------
With the default settings. The election is on 1 January 2025: its 365 days begin on 2 January 2024, the last
90 of them on 3 October. Of Hill's 200 in ten contracts 100 fell in these days (A), of Dale's a cent less;
Moor has nine contracts, and euros are apart (B). The data of source three begin on the first of the days (C),
those of source two a day late. Before the election of 2026 Dale decided nothing but in November (D).

contracts:

|source|buyer_name|supplier_name|award_date|next_election|amount|currency|times|finding|
|------|----------|-------------|----------|-------------|------|--------|-----|-------|
|one   |Hill      |Ash          |2024-01-01|2025-01-01   |900.00|CLP     |1    |       |
|one   |Hill      |Ash          |2024-01-02|2025-01-01   | 50.00|CLP     |1    |       |
|one   |Hill      |Ash          |2024-10-02|2025-01-01   | 10.00|CLP     |5    |       |
|one   |Hill      |Ash          |2024-10-03|2025-01-01   | 50.00|CLP     |1    |A      |
|one   |Hill      |Ash          |2024-11-01|2025-01-01   | 25.00|CLP     |1    |A      |
|one   |Hill      |Ash          |2024-11-01|2025-01-01   |  0.00|CLP     |1    |       |
|one   |Hill      |Ash          |2024-12-31|2025-01-01   | 12.50|CLP     |2    |A      |
|one   |Hill      |Ash          |2025-01-01|2025-01-01   |900.00|CLP     |1    |       |
|one   |Hill      |Ash          |2025-01-02|             |900.00|CLP     |1    |       |
|one   |Hill      |Ash          |2024-11-01|2025-01-01   | 90.00|EUR     |10   |B      |
|one   |Dale      |Ash          |2024-02-01|2025-01-01   | 10.00|CLP     |10   |       |
|one   |Dale      |Ash          |2024-11-01|2025-01-01   | 99.99|CLP     |1    |       |
|one   |Moor      |Ash          |2024-11-01|2025-01-01   | 10.00|CLP     |9    |       |
|one   |Moor      |Ash          |2025-11-01|2026-01-01   | 10.00|CLP     |9    |       |
|one   |          |Ash          |2025-11-01|2026-01-01   | 10.00|CLP     |10   |       |
|one   |Dale      |Ash          |2025-11-01|2026-01-01   | 10.00|CLP     |10   |D      |
|three |Hill      |Ash          |2024-01-02|2025-01-01   | 10.00|CLP     |1    |       |
|three |Hill      |Ash          |2024-11-01|2025-01-01   | 10.00|CLP     |20   |C      |
|two   |Elm       |Ash          |2024-01-03|2025-01-01   | 10.00|CLP     |1    |       |
|two   |Elm       |Ash          |2024-11-01|2025-01-01   | 10.00|CLP     |20   |       |

References
----------
- spulido99/anticorruption-ai (share of spending in the 90 days before an election), FUNES.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import TOTAL, Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._gathered import gathered
from spendaudit.rules._parties import date_basis, party
from spendaudit.rules._rule import Params, Precision, Rule, Stage

BY: Final = ("source", "buyer_key", "currency", "next_election")
#: Days that are compared.
YEAR: Final = 365
#: A share is compared in so many parts.
PARTS: Final = 10_000


class ElectionSpending(Params):
    """Settings of TIM011."""

    days: int = Field(90, ge=1, le=180, description="days before an election that are asked about")
    share: Decimal = Field(
        Decimal("0.50"),
        gt=0,
        le=1,
        decimal_places=4,
        description="share of the year's spending in these days",
    )
    min_contracts: int = Field(10, ge=1, le=100_000, description="fewest contracts of the buyer in that year")


def find(tables: Tables, params: ElectionSpending) -> pl.LazyFrame:
    """Return one row per buyer, currency and election with much spending before it."""
    contracts, day, amount = tables["contracts"], pl.col("decision_date"), pl.col("amount").cast(TOTAL)
    before = (pl.col("next_election") - day).dt.total_days()
    began = contracts.group_by("source").agg(began=day.min())
    year = (
        contracts.filter(before >= 1, before <= YEAR)
        .join(began, on="source")
        .filter(pl.col("began") <= pl.col("next_election").dt.offset_by(f"-{YEAR}d"))
    )
    last = before <= params.days
    buyers = (
        year.group_by(BY)
        .agg(contracts=pl.len(), total=amount.sum(), weeks=amount.filter(last).sum())
        .filter(
            pl.col("contracts") >= params.min_contracts,
            pl.col("weeks") * PARTS >= pl.col("total") * int(params.share * PARTS),
        )
    )
    told = {name: pl.col(name).first() for name in ("contracts", "total")}
    return gathered(year.filter(last).join(buyers, on=BY), BY, **told)


def tells(_params: ElectionSpending) -> dict[str, pl.Expr]:
    """Tell whose spending it is, before which election, and what the whole year came to."""
    return {
        "buyer_name": party("buyer").min(),
        "election": pl.col("next_election").min(),
        "total": pl.col("total").max(),
        "contracts": pl.col("contracts").max(),
        "suppliers": pl.col("supplier_key").n_unique(),
        "date_basis": date_basis(),
    }


RULE: Final = Rule(
    id="TIM011",
    name="election-spending",
    severity=Severity.LOW,
    precision=Precision.LOW,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({"buyer_key", "next_election", "decision_date", "amount", "currency"})},
    uses={"contracts": frozenset({"source"})},
    scope=lambda _params: pl.col("amount") > 0,
    shard_by=("source",),
    params=ElectionSpending,
    find=find,
    tells=tells,
    message="before the election of {election}, {buyer_name} decided {amount} of the {total} of a year "
    "({when}): does it do so in other years?",
    page=__doc__,
    since="0.1",
)
