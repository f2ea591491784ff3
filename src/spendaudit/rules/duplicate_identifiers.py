"""One contract identifier stands on several rows of one source.

Why it matters
--------------
An identifier that names two rows names neither. If the rows are one contract published twice, every sum and
every count over it is too high, and rules that look for repeated purchases see one where there is none.

Formula
-------
Group the rows of one source by `contract_id`. A group is a finding when

    rows > 1

A finding says in how many files the rows stand and in what they differ: buyer, supplier, title, date of the
decision, amount, currency. Its amount is what the rows add beyond the largest of them, when all are in one
currency: the money that is counted too often if only one of them is right.

Threshold
---------
None: an identifier is unique or it is not. In 1,366 rows of CompraNet (2010-2018) it was not in 0.4 %. The
lines of one order, which some portals repeat with the order's number on each, were merged when the file was
loaded and are no finding.

How to read it:
- differing in nothing, in two files: a month that was published again, or months that overlap;
- differing in the amount or the date alone: a contract that was restated, or an amendment with the old
  number;
- differing in the supplier or the title: an award to several suppliers, or lots.

False positives
---------------
- Awards to several suppliers, framework agreements and lots that share an identifier by the portal's own
  rules.
- Portals that number contracts anew for each buyer or year; placeholders such as `S/N` in place of a number.

What would settle it
--------------------
The contract or order behind each row, and how the portal says that it numbers them.

Worked example
--------------
C-1 stands twice in one file (A), C-2 in two files with other amounts (B), C-3 for two suppliers and in two
currencies (C), C-6 twice for nothing (D). C-4 of another source is another contract, C-5 stands once, and
rows without an identifier cannot be judged.

contracts:

|source|file|contract_id|supplier_id|award_date|amount|currency|finding|
|------|----|-----------|-----------|----------|------|--------|-------|
|portal|june|C-1        |S1         |2024-06-03| 50.00|CLP     |A      |
|portal|june|C-1        |S1         |2024-06-03| 50.00|CLP     |A      |
|portal|june|C-2        |S1         |2024-06-03| 70.00|CLP     |B      |
|portal|july|C-2        |S1         |2024-06-03| 75.00|CLP     |B      |
|portal|july|C-2        |S1         |2024-06-04| -0.50|CLP     |B      |
|portal|july|C-2        |S1         |2024-06-04|  0.50|CLP     |B      |
|portal|june|C-3        |S1         |2024-06-03| 50.00|CLP     |C      |
|portal|june|C-3        |S2         |2024-06-03| 50.00|USD     |C      |
|portal|june|C-4        |S1         |2024-06-03| 50.00|CLP     |       |
|other |june|C-4        |S1         |2024-06-03| 50.00|CLP     |       |
|portal|june|C-5        |S1         |2024-06-03| 50.00|CLP     |       |
|portal|june|C-6        |S1         |2024-06-03|  0.00|CLP     |D      |
|portal|june|C-6        |S1         |2024-06-03|  0.00|CLP     |D      |
|portal|june|           |S1         |2024-06-03| 50.00|CLP     |       |
|portal|june|           |S1         |2024-06-03| 50.00|CLP     |       |

References
----------
- Pelican (Open Contracting Partnership) checks that identifiers are unique in a collection.
- Viespirkiai, run 719 on Lithuanian procurements: revised reports duplicate rows.
"""

from typing import Final

import polars as pl

from spendaudit.model.findings import FINDING, TOTAL, Severity, members
from spendaudit.model.tables import Tables
from spendaudit.rules._repeats import perhaps_repeated
from spendaudit.rules._rule import Params, Precision, Rule, Stage

#: What the rows are compared in, and what a reader calls it.
COMPARED: Final = {
    "buyer_key": "buyer",
    "supplier_key": "supplier",
    "title": "title",
    "decision_date": "date",
    "amount": "amount",
    "currency": "currency",
}


class DuplicateIdentifiers(Params):
    """DQ002 has no settings."""


def find(tables: Tables, _params: DuplicateIdentifiers) -> pl.LazyFrame:
    """Return one row per identifier that stands more than once in a source."""
    counted = pl.col("amount").filter(pl.col("amount") > 0).cast(TOTAL)
    single = pl.when(pl.col("currency").n_unique() == 1)
    return (
        perhaps_repeated(tables["contracts"], ["contract_id"])
        .group_by("source", "contract_id")
        .agg(
            members=members(),
            amount=single.then(counted.sum() - counted.max()),
            currency=single.then(pl.col("currency").first()),
            starts=pl.col("decision_date").min(),
            ends=pl.col("decision_date").max(),
        )
        .filter(pl.col("members").list.len() > 1)
        .sort(pl.col("members").list.first())
        .select(FINDING.names())
    )


def tells(_params: DuplicateIdentifiers) -> dict[str, pl.Expr]:
    """Tell the identifier, in how many files its rows stand, and in what they differ."""
    differing = [
        pl.when(pl.col(column).n_unique() > 1).then(pl.lit(word)) for column, word in COMPARED.items()
    ]
    return {
        "contract_id": pl.col("contract_id").first(),
        "files": pl.col("file").n_unique(),
        "differ": pl.concat_str(differing, separator=", ", ignore_nulls=True).replace("", "nothing"),
    }


RULE: Final = Rule(
    id="DQ002",
    name="duplicate-identifiers",
    severity=Severity.LOW,
    precision=Precision.HIGH,
    stage=Stage.DATA_QUALITY,
    subject="contracts",
    needs={"contracts": frozenset({"contract_id"})},
    uses={"contracts": frozenset({"source", "decision_date", "amount", "currency"})},
    shard_by=("contract_id",),
    params=DuplicateIdentifiers,
    find=find,
    tells=tells,
    message="contract {contract_id} stands in {members:row(s)} of {files:file(s)}, which differ in "
    "{differ:words}",
    words=(*COMPARED.values(), "nothing"),
    page=__doc__,
    since="0.1",
)
