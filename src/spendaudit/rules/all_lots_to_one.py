"""One supplier won all lots of a tender.

Why it matters
--------------
A purchase is cut into lots so that several can win. Where one takes them all, the lots may have been drawn
for it, or others may have been told to stay away.

Formula
-------
A tender in which several could bid (open, selective or limited) is a finding when it has at least `lots`
contracts of different numbers and all of them name one supplier. A tender with a contract whose supplier is
not known is left out.

Threshold
---------
- `lots`: 5, as Ukraine's audit service takes it (RISK2-3).

Of 4,574 contracts by tender in seven files, few of which publish lots, none is flagged.

False positives
---------------
- Kits and systems whose parts only fit each other; a market with one supplier.
- Orders under one framework, yearly or by budget line, that a portal publishes as contracts of its tender.
- Contracts that are written apart for each institution or region that takes part.

What would settle it
--------------------
The evaluation report of each lot with all bids, and the reason for dividing the tender as it was.

Worked example
--------------
With the default settings; a row stands for as many as `times` says, `#` for the number of each. t1 has five
contracts of one supplier (A), t2 four, and one number that stands twice. t3 has another winner, t4 one that
is not known. t5 was awarded directly, t6 has no winner yet. A tender of the same number in another source is
another, with one contract in five rows. Contracts without a tender are not put together.

contracts:

|times|source|tender_id|contract_id|buyer_name|supplier_name|procurement_method|finding|
|-----|------|---------|-----------|----------|-------------|------------------|-------|
|3    |one   |t1       |c#         |Hill      |Elm          |open              |A      |
|1    |one   |t1       |c4         |Hill      |Elm          |selective         |A      |
|1    |one   |t1       |c5         |Hill      |Elm          |limited           |A      |
|5    |two   |t1       |c1         |Hill      |Fir          |open              |       |
|4    |one   |t2       |c#         |Hill      |Elm          |open              |       |
|1    |one   |t2       |c4         |Hill      |Elm          |open              |       |
|5    |one   |t3       |c#         |Hill      |Elm          |open              |       |
|1    |one   |t3       |c6         |Hill      |Fir          |open              |       |
|5    |one   |t4       |c#         |Hill      |Elm          |open              |       |
|1    |one   |t4       |c6         |Hill      |             |open              |       |
|5    |one   |t5       |c#         |Hill      |Elm          |direct            |       |
|5    |one   |t6       |c#         |Hill      |             |open              |       |
|5    |one   |         |c#         |Hill      |Elm          |open              |       |

References
----------
- Ukraine's State Audit Service, automatic risk indicators, RISK2-3.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._gathered import READ, gathered
from spendaudit.rules._methods import competitive
from spendaudit.rules._parties import whose
from spendaudit.rules._repeats import perhaps_repeated
from spendaudit.rules._rule import Params, Precision, Rule, Stage

TENDER: Final = ("source", "tender_id")


class AllLotsToOne(Params):
    """Settings of CON006."""

    lots: int = Field(5, ge=2, le=10_000, description="fewest contracts of the tender")


def scope(_params: AllLotsToOne) -> pl.Expr:
    """Tenders in which several could bid."""
    return competitive()


def find(tables: Tables, params: AllLotsToOne) -> pl.LazyFrame:
    """Return one row per tender."""
    contracts = perhaps_repeated(tables["contracts"], TENDER, params.lots).cache()
    supplier = pl.col("supplier_key")
    taken = (
        contracts.group_by(TENDER)
        .agg(lots=pl.col("contract_id").n_unique(), one=supplier.n_unique() == 1, known=supplier.count() > 0)
        .filter("one", "known", pl.col("lots") >= params.lots)
    )
    return gathered(
        contracts.join(taken, on=TENDER, build_side="force_right"), TENDER, lots=pl.col("lots").first()
    )


def tells(_params: AllLotsToOne) -> dict[str, pl.Expr]:
    """Tell whose tender it was, for what, who won it, and how many lots."""
    return {**whose(), "lots": pl.col("lots").first()}


RULE: Final = Rule(
    id="CON006",
    name="all-lots-to-one",
    severity=Severity.LOW,
    precision=Precision.LOW,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({"tender_id", "contract_id", "procurement_method"})},
    uses={"contracts": READ | {"source", "supplier_key"}},
    scope=scope,
    shard_by=TENDER,
    params=AllLotsToOne,
    find=find,
    tells=tells,
    message="{supplier_name} won all {lots} contracts of a tender of {buyer_name}: why lots?",
    page=__doc__,
    since="0.1",
)
