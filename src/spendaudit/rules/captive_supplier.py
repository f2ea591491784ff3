"""A supplier sells to one buyer only, though others buy.

Why it matters
--------------
A firm that lives on one buyer depends on it, and may have been made for it. Whoever owns it, and what it did
before, is worth a look.

Formula
-------
A supplier is a finding when all its contracts in a data source are of one buyer, there are at least
`min_contracts`, over at least `min_days` from the first to the last, and the source has at least `min_buyers`
buyers.

Threshold
---------
- `min_contracts`: 4, more than three, as Ukraine's audit service takes it (RISK2-2).
- `min_days`: 365, a default of this project: who has sold for a few months had no time to find other buyers.
- `min_buyers`: 5, a default of this project: a file of few buyers cannot tell.

Of 1,363 contracts in samples of CompraNet 20 % are of such suppliers; of 9,515 direct awards in Peru, all of
one year, none.

False positives
---------------
- Local firms in a region with one buyer; landlords, schools, doctors, persons on fees.
- A central buyer that buys for all others.
- A data source that holds a part of what is bought, such as one level of government or one procedure.
- Firms whose main trade is with other firms.

What would settle it
--------------------
The supplier's entry in the company register with its owners, and how each contract was competed.

Worked example
--------------
With the default settings. Ash sold four times to Hill, the last 365 days after the first (A); the last of Bay
came a day earlier, Cob sold three times, Elm to four other buyers, too. Ash's and Fir's contracts of another
source, which has few buyers, tell nothing.

contracts:

| source | buyer_name | supplier_name | award_date | amount | currency | finding |
|--------|------------|---------------|------------|--------|----------|---------|
| one    | Hill       | Ash           | 2023-01-01 |  10.00 | CLP      | A       |
| one    | Hill       | Ash           | 2023-01-01 |  10.00 | CLP      | A       |
| one    | Hill       | Ash           | 2023-06-01 |  10.00 | USD      | A       |
| one    | Hill       | Ash           | 2024-01-01 |        |          | A       |
| one    | Hill       | Bay           | 2023-01-01 |  10.00 | CLP      |         |
| one    | Hill       | Bay           | 2023-01-01 |  10.00 | CLP      |         |
| one    | Hill       | Bay           | 2023-01-01 |  10.00 | CLP      |         |
| one    | Hill       | Bay           | 2023-12-31 |  10.00 | CLP      |         |
| one    | Hill       | Cob           | 2023-01-01 |  10.00 | CLP      |         |
| one    | Hill       | Cob           | 2023-06-01 |  10.00 | CLP      |         |
| one    | Hill       | Cob           | 2024-01-01 |  10.00 | CLP      |         |
| one    | Hill       | Elm           | 2023-01-01 |  10.00 | CLP      |         |
| one    | Hill       | Elm           | 2023-03-01 |  10.00 | CLP      |         |
| one    | Hill       | Elm           | 2023-06-01 |  10.00 | CLP      |         |
| one    | Hill       | Elm           | 2024-01-01 |  10.00 | CLP      |         |
| one    | Dale       | Elm           | 2023-01-01 |  10.00 | CLP      |         |
| one    | Moor       | Elm           | 2023-01-01 |  10.00 | CLP      |         |
| one    | Nash       | Elm           | 2023-01-01 |  10.00 | CLP      |         |
| one    | Pike       | Elm           | 2023-01-01 |  10.00 | CLP      |         |
| two    | Hill       | Fir           | 2023-01-01 |  10.00 | CLP      |         |
| two    | Hill       | Fir           | 2023-03-01 |  10.00 | CLP      |         |
| two    | Hill       | Fir           | 2023-06-01 |  10.00 | CLP      |         |
| two    | Hill       | Fir           | 2024-01-01 |  10.00 | CLP      |         |
| two    | Dale       | Gum           | 2024-01-01 |  10.00 | CLP      |         |
| two    | Moor       | Gum           | 2024-01-01 |  10.00 | CLP      |         |
| two    | Nash       | Gum           | 2024-01-01 |  10.00 | CLP      |         |
| two    | Dale       | Ash           | 2024-01-01 |  10.00 | CLP      |         |
| two    | Moor       | Ash           | 2024-01-01 |  10.00 | CLP      |         |

References
----------
- Ukraine's State Audit Service, automatic risk indicators, RISK2-2.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._gathered import READ, gathered
from spendaudit.rules._parties import date_basis, who
from spendaudit.rules._rule import Params, Rule, Stage

SUPPLIER: Final = ("source", "supplier_key")


class CaptiveSupplier(Params):
    """Settings of CON005."""

    min_contracts: int = Field(4, ge=2, le=100_000, description="fewest contracts of the supplier")
    min_days: int = Field(365, ge=0, le=36_600, description="fewest days from its first contract to its last")
    min_buyers: int = Field(5, ge=2, le=100_000, description="fewest buyers in the data source")


def find(tables: Tables, params: CaptiveSupplier) -> pl.LazyFrame:
    """Return one row per data source and supplier."""
    contracts = tables["contracts"]
    day, buyer = pl.col("decision_date"), pl.col("buyer_key")
    wide = (
        contracts.group_by("source")
        .agg(buyers=buyer.n_unique())
        .filter(pl.col("buyers") >= params.min_buyers)
    )
    captive = (
        contracts.group_by(SUPPLIER)
        .agg(n=pl.len(), one=buyer.min() == buyer.max(), span=(day.max() - day.min()).dt.total_days())
        .filter("one", pl.col("n") >= params.min_contracts, pl.col("span") >= params.min_days)
        .join(wide, on="source")
    )
    return gathered(
        contracts.join(captive, on=SUPPLIER, build_side="force_right"),
        SUPPLIER,
        buyers=pl.col("buyers").first(),
    )


def tells(_params: CaptiveSupplier) -> dict[str, pl.Expr]:
    """Tell who sells to whom, and how many buyers there would be."""
    return {**who(), "buyers": pl.col("buyers").first(), "date_basis": date_basis()}


RULE: Final = Rule(
    id="CON005",
    name="captive-supplier",
    severity=Severity.LOW,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({"buyer_key", "supplier_key", "decision_date"})},
    uses={"contracts": READ | {"source"}},
    shard_by=None,
    params=CaptiveSupplier,
    find=find,
    tells=tells,
    message="{supplier_name} won {members} contracts {when}, all of {buyer_name}; the data have {buyers} "
    "buyers",
    page=__doc__,
    since="0.1",
)
