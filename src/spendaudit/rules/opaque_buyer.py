"""A buyer leaves empty much of what its portal publishes for others.

Why it matters
--------------
What a buyer does not publish cannot be asked about. A clean report on a buyer that leaves a third of its
fields empty says less than it seems to.

Formula
-------
A field is expected of a contract when its source publishes it for at least `usual` of the contracts by the
same method. For each source and buyer with `min_contracts` contracts or more

    expected fields that are empty >= share * expected fields

The fields are supplier, amount, category, estimate, number of bids, and the dates of tender, award,
signature, start and end. The finding names the contracts with gaps.

Threshold
---------
- `share`: 0.25, `usual`: 0.5, `min_contracts`: 10, defaults of this project. ProjectPODER's groucho and the
  opacity index of anticorruption-ai count the share of fields without a threshold.

In the files of CompraNet, Peru and Himachal Pradesh at hand no buyer is a finding.

False positives
---------------
- Contracts in progress, which have no end or signature yet, or came to nothing.
- A buyer that reports through another system; fields that do not apply to what it buys.

What would settle it
--------------------
The contracts whose fields are empty, and the rule that says which fields the buyer must publish.

Worked example
--------------
With the default settings; a row stands for as many as `times` says. Open tenders in the first source have
four fields. Of 40 Hill left 10 empty, in six contracts (A), Dale 9, Elm 24 of 100; Moor has nine contracts
only. Direct awards have a date alone, the other source has amounts alone: no more is expected there. In the
third fewer than half have amounts, in the fourth half (B).

contracts:

|times|source|buyer_name|procurement_method|award_date|contract_end|amount|number_of_tenderers|finding|
|-----|------|----------|------------------|----------|------------|------|-------------------|-------|
|    4|portal|Hill      |open              |2024-01-03|2024-02-04  |  9.00|                  2|       |
|    4|portal|Hill      |open              |2024-01-03|            |      |                  2|A      |
|    2|portal|Hill      |open              |2024-01-03|2024-02-04  |  9.00|                   |A      |
|    1|portal|Dale      |open              |2024-01-03|2024-02-04  |  9.00|                  2|       |
|    9|portal|Dale      |open              |2024-01-03|2024-02-04  |  9.00|                   |       |
|    9|portal|Moor      |open              |2024-01-03|            |      |                  2|       |
|   10|portal|Bay       |direct            |2024-01-03|            |      |                   |       |
|    2|other |Hill      |open              |          |            |  9.00|                   |       |
|   13|portal|Elm       |open              |2024-01-03|2024-02-04  |  9.00|                  2|       |
|   12|portal|Elm       |open              |2024-01-03|            |      |                  2|       |
|    4|third |Hill      |open              |2024-01-03|            |  9.00|                   |       |
|    6|third |Hill      |open              |2024-01-03|            |      |                   |       |
|    5|fourth|          |                  |2024-01-03|            |  9.00|                   |       |
|    5|fourth|          |                  |2024-01-03|            |      |                   |B      |
|    1|fourth|Hill      |                  |2024-01-03|            |  9.00|                   |       |
|    1|fourth|Hill      |                  |2024-01-03|            |      |                   |       |

References
----------
- ProjectPODER/groucho, share of complete fields; spulido99/anticorruption-ai, opacity index.
- Cardinal (Open Contracting Partnership), coverage of a data set.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import MONEY, Tables
from spendaudit.rules._gathered import READ, gathered
from spendaudit.rules._parties import party
from spendaudit.rules._rule import Params, Precision, Rule, Stage
from spendaudit.rules._shares import at_least

ALIKE: Final = ("source", "procurement_method")
BUYER: Final = ("source", "buyer_key")
#: What a contract may be expected to tell, and what a reader calls it.
FIELDS: Final = {
    "supplier_key": "supplier",
    "amount": "amount",
    "main_procurement_category": "category",
    "tender_amount": "estimate",
    "number_of_tenderers": "number of bids",
    "tender_start": "start of the tender",
    "tender_end": "close of bids",
    "award_date": "award",
    "date_signed": "signature",
    "contract_start": "start",
    "contract_end": "end",
}


class OpaqueBuyer(Params):
    """Settings of DQ009."""

    share: Decimal = Field(
        Decimal("0.25"), gt=0, le=1, decimal_places=4, description="smallest share of fields that are empty"
    )
    usual: Decimal = Field(
        Decimal("0.5"), gt=0, le=1, decimal_places=4, description="smallest share of contracts with a field"
    )
    min_contracts: int = Field(10, ge=1, le=100_000, description="fewest contracts of a buyer")


def find(tables: Tables, params: OpaqueBuyer) -> pl.LazyFrame:
    """Return one row per source and buyer."""
    contracts = tables["contracts"]
    filled = {f"has_{name}": pl.col(name).is_not_null().sum() for name in FIELDS}
    expected = (
        contracts.group_by(ALIKE)
        .agg(**filled, rows=pl.len())
        .select(*ALIKE, *(at_least(pl.col(name), params.usual, pl.col("rows")) for name in filled))
    )
    gaps = {name: pl.col(f"has_{name}") & pl.col(name).is_null() for name in FIELDS}
    # Few rows stand on the right of both joins. Left to choose, the engine would hold those on the left.
    asked = contracts.join(expected, on=ALIKE, nulls_equal=True, build_side="force_right").with_columns(
        gaps=pl.sum_horizontal(gaps.values()), fields=pl.sum_horizontal(list(filled))
    )
    opaque = (
        asked.group_by(BUYER)
        .agg(contracts=pl.len(), empty=pl.col("gaps").sum(), wanted=pl.col("fields").sum())
        .filter(
            pl.col("contracts") >= params.min_contracts,
            at_least(pl.col("empty"), params.share, pl.col("wanted")),
        )
    )
    told = {name: pl.col(name).first() for name in ("contracts", "empty", "wanted")}
    lacking = [pl.when(gap.any()).then(pl.lit(FIELDS[name])) for name, gap in gaps.items()]
    return gathered(
        asked.filter(pl.col("gaps") > 0).join(opaque, on=BUYER, nulls_equal=True, build_side="force_right"),
        BUYER,
        **told,
        lacking=pl.concat_str(lacking, separator=", ", ignore_nulls=True),
    )


def tells(_params: OpaqueBuyer) -> dict[str, pl.Expr]:
    """Tell who leaves how many of how many fields empty, and which."""
    empty, wanted = pl.col("empty").first(), pl.col("wanted").first()
    return {
        "buyer_name": party("buyer").min(),
        "contracts": pl.col("contracts").first(),
        "empty": empty,
        "wanted": wanted,
        "share": (empty / wanted).cast(MONEY),
        "lacking": pl.col("lacking").first(),
    }


RULE: Final = Rule(
    id="DQ009",
    name="opaque-buyer",
    severity=Severity.LOW,
    precision=Precision.HIGH,
    stage=Stage.DATA_QUALITY,
    subject="contracts",
    needs={"contracts": frozenset({"source"})},
    uses={"contracts": READ | {*ALIKE, *BUYER, *FIELDS}},
    shard_by=None,
    params=OpaqueBuyer,
    find=find,
    tells=tells,
    message="{buyer_name} leaves {share:percent} of what its portal publishes empty, in {members} of "
    "{contracts} contracts: {lacking:words}",
    words=(*FIELDS.values(),),
    page=__doc__,
    since="0.1",
)
