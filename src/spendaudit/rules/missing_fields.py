"""Contracts lack what their portal publishes for most others.

Why it matters
--------------
A contract without an amount, a supplier or a date is missing from every sum and every other question. Where a
portal has a place for it and one buyer leaves it empty, the buyer can be asked.

Formula
-------
Of buyer, supplier, date of decision, amount, method and category, those that a source publishes for at least
`usual` of its contracts are expected of all. Contracts of one source and buyer that lack the same of them are
one finding.

Threshold
---------
- `usual`: 0.6, a default of this project. What a portal has no place for, such as the category in Chile's
  orders, is no buyer's gap: the coverage of a run says which questions it leaves open.

Of 1,197 contracts of CompraNet (2010-2014) 0.3 % are findings, of 9,516 Peruvian direct awards (2020) one.

False positives
---------------
- Contracts that are not signed yet, or came to nothing; purchases whose supplier the law protects or keeps
  secret.
- A field that is wanted for some methods only. What depends on the method is not among the six.

What would settle it
--------------------
The contracts or orders themselves, and the portal's rule on which fields must be filled.

Worked example
--------------
With the default settings. Of ten contracts six have amounts, nine or eight the rest. Hill left date and
amount empty twice (A) and the amount once (B), Dale the amount (C), the supplier (D), the method (E), the
category (G); one has no buyer (F). In the other source most lack a date, and Hill left one amount empty (H).
In the third one row is empty (I).

contracts:

|source|buyer_id|supplier_id|procurement_method|main_procurement_category|award_date|amount|currency|finding|
|------|--------|-----------|------------------|-------------------------|----------|------|--------|-------|
|portal|Hill    |Ash        |direct            |goods                    |2024-01-03|50.00 |CLP     |       |
|portal|Hill    |Ash        |direct            |goods                    |2024-01-03|50.00 |CLP     |       |
|portal|Hill    |Ash        |direct            |goods                    |          |      |CLP     |A      |
|portal|Hill    |Ash        |direct            |goods                    |          |      |        |A      |
|portal|Hill    |Ash        |direct            |goods                    |2024-01-03|      |CLP     |B      |
|portal|Dale    |Ash        |direct            |goods                    |2024-01-03|      |CLP     |C      |
|portal|Dale    |           |direct            |goods                    |2024-01-03|50.00 |CLP     |D      |
|portal|Dale    |Ash        |                  |goods                    |2024-01-03|50.00 |CLP     |E      |
|portal|        |Ash        |direct            |goods                    |2024-01-03|50.00 |CLP     |F      |
|portal|Dale    |Ash        |direct            |                         |2024-01-03|50.00 |CLP     |G      |
|other |Hill    |Ash        |                  |goods                    |          |10.00 |CLP     |       |
|other |Hill    |Ash        |                  |goods                    |2024-01-04|10.00 |CLP     |       |
|other |Hill    |Ash        |                  |                         |          |10.00 |CLP     |       |
|other |Hill    |Ash        |                  |                         |          |      |CLP     |H      |
|third |Hill    |Ash        |direct            |goods                    |2024-01-03| 50.00|CLP     |       |
|third |Hill    |Ash        |direct            |goods                    |2024-01-03| 50.00|CLP     |       |
|third |        |           |                  |                         |          |      |        |I      |

References
----------
- open-tender-watch, indicator C3; Pelican and the coverage checks of the Open Contracting Partnership.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._gathered import READ, gathered
from spendaudit.rules._parties import party
from spendaudit.rules._rule import Params, Rule, Stage
from spendaudit.rules._shares import at_least

#: What is expected of a contract, and what a reader calls it.
FIELDS: Final = {
    "buyer_key": "buyer",
    "supplier_key": "supplier",
    "decision_date": "date",
    "amount": "amount",
    "procurement_method": "method",
    "main_procurement_category": "category",
}


class MissingFields(Params):
    """Settings of DQ001."""

    usual: Decimal = Field(
        Decimal("0.6"), gt=0, le=1, decimal_places=4, description="smallest share of a source that has it"
    )


def find(tables: Tables, params: MissingFields) -> pl.LazyFrame:
    """Return one row per source, buyer and what is missing."""
    contracts = tables["contracts"]
    published = {f"has_{name}": pl.col(name).is_not_null().sum() for name in FIELDS}
    sources = contracts.group_by("source").agg(**published, rows=pl.len())
    expected = sources.select(
        "source", *(at_least(pl.col(name), params.usual, pl.col("rows")) for name in published)
    )
    gaps = [
        pl.when(pl.col(name).is_null() & pl.col(f"has_{name}")).then(pl.lit(word))
        for name, word in FIELDS.items()
    ]
    missing = pl.concat_str(gaps, separator=", ", ignore_nulls=True)
    incomplete = (
        contracts.filter(pl.any_horizontal(pl.col(name).is_null() for name in FIELDS))
        .join(expected, on="source")
        .with_columns(missing=missing)
        .filter(pl.col("missing") != "")
    )
    return gathered(incomplete, ("source", "buyer_key", "missing"), lacking=pl.col("missing").first())


def tells(_params: MissingFields) -> dict[str, pl.Expr]:
    """Tell whose contracts lack what, and which source publishes it for others."""
    return {
        "buyer_name": party("buyer").min(),
        "lacking": pl.col("lacking").first(),
        "source": pl.col("source").first(),
    }


RULE: Final = Rule(
    id="DQ001",
    name="missing-fields",
    severity=Severity.LOW,
    stage=Stage.DATA_QUALITY,
    subject="contracts",
    needs={"contracts": frozenset({"source"})},
    uses={"contracts": READ | {*FIELDS}},
    shard_by=None,
    params=MissingFields,
    find=find,
    tells=tells,
    message="{buyer_name} has {members:contract(s)} without {lacking:words}, which {source} publishes for "
    "most: where can it be found?",
    words=(*FIELDS.values(),),
    page=__doc__,
    since="0.1",
)
