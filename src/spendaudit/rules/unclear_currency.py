"""Amounts name no currency, or awards of one tender name several.

Why it matters
--------------
Amounts without a currency are in no sum, and those in a wrong one are in the wrong sum. One tender is rarely
paid in two currencies: where it is, one of them may be a slip, which can make an amount a thousand times
larger or smaller.

Formula
-------
Contracts of one source and buyer with an amount but no currency are one finding. So are the contracts of one
source, buyer and tender (`tender_id`), when they are in more than one currency.

Threshold
---------
None: an amount has a currency or it does not.

In all contract files at hand each amount has one, and no tender has two.

False positives
---------------
- Tenders by lots of which some are imported and paid in another currency, or are indexed (UF, UVT).
- Portals of one currency, whose source file should state it: tell its authors.

What would settle it
--------------------
The award decision and the contract's clause on its price, with the currency that they name.

Worked example
--------------
The awards of T1 are in two currencies (A). What another buyer or source has under the number of T1 or T2 is
another tender, and without a number nobody knows. Amounts without a currency are a finding by buyer and
source (B, C, D); where there is no amount there is nothing to ask. T8 is of nobody known (E).

contracts:

|source|buyer_name|tender_id|award_date|amount|currency|finding|
|------|----------|---------|----------|------|--------|-------|
|portal|Hill      |T1       |2024-01-03|50.00 |CLP     |A      |
|portal|Hill      |T1       |2024-01-03|50.00 |CLF     |A      |
|portal|Hill      |T1       |2024-01-04|60.00 |CLP     |A      |
|portal|Hill      |T2       |2024-01-03|50.00 |CLP     |       |
|portal|Hill      |T2       |2024-01-03|60.00 |CLP     |       |
|portal|Dale      |T2       |2024-01-03|60.00 |CLF     |       |
|other |Hill      |T2       |2024-01-03|60.00 |CLF     |       |
|portal|Hill      |         |2024-01-03|60.00 |CLF     |       |
|portal|Hill      |         |2024-01-03|60.00 |CLP     |       |
|portal|Hill      |T3       |2024-01-03|60.00 |        |B      |
|portal|Hill      |T4       |2024-01-03|70.00 |        |B      |
|portal|Dale      |T4       |2024-01-03|70.00 |        |C      |
|other |Hill      |T4       |2024-01-03|70.00 |        |D      |
|portal|Hill      |T5       |2024-01-03|      |        |       |
|portal|Hill      |T1       |2024-01-03| 70.00|        |B      |
|portal|Dale      |T1       |2024-01-03| 50.00|CLP     |       |
|other |Hill      |T1       |2024-01-03| 50.00|CLP     |       |
|portal|Moor      |T6       |2024-01-03| 50.00|CLP     |       |
|portal|Moor      |T7       |2024-01-03| 50.00|CLF     |       |
|portal|          |T8       |2024-01-03| 50.00|CLP     |E      |
|portal|          |T8       |2024-01-03| 50.00|CLF     |E      |

References
----------
- Cardinal (Open Contracting Partnership) takes the currency of the first row and leaves out others.
- Data on European tenders (TED): amounts without currency.
"""

from typing import Final

import polars as pl

from spendaudit.model.findings import FINDING, Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._gathered import READ, gathered
from spendaudit.rules._parties import party
from spendaudit.rules._rule import Params, Rule, Stage

TENDER: Final = ("source", "buyer_key", "tender_id")


class UnclearCurrency(Params):
    """DQ006 has no settings."""


def find(tables: Tables, _params: UnclearCurrency) -> pl.LazyFrame:
    """Return one row per source and buyer, and one per tender."""
    contracts, code = tables["contracts"], pl.col("currency").to_physical()
    several = (
        contracts.filter(pl.col("tender_id").is_not_null())
        .group_by(TENDER)
        .agg(low=code.min(), high=code.max())
        .filter(pl.col("low") != pl.col("high"))
        .select(TENDER)
    )
    mixed = contracts.filter(code.is_not_null()).join(several, on=TENDER, how="semi", nulls_equal=True)
    missing = contracts.filter(code.is_null())
    found = [gathered(missing, TENDER[:2]), gathered(mixed, TENDER)]
    return pl.concat(found).sort(pl.col("members").list.first()).select(FINDING.names())


def tells(_params: UnclearCurrency) -> dict[str, pl.Expr]:
    """Tell whose amounts they are, and which currencies they name."""
    named = pl.col("currency").drop_nulls().cast(pl.String).unique().sort().str.join(" and ")
    return {
        "buyer_name": party("buyer").min(),
        "named": pl.when(pl.col("currency").is_null().all()).then(pl.lit("no currency")).otherwise(named),
        "tender": pl.col("tender_id").min(),
        "smallest": pl.col("amount").min(),
        "largest": pl.col("amount").max(),
    }


RULE: Final = Rule(
    id="DQ006",
    name="unclear-currency",
    severity=Severity.LOW,
    stage=Stage.DATA_QUALITY,
    subject="contracts",
    needs={"contracts": frozenset({"amount"})},
    uses={"contracts": READ | {*TENDER}},
    shard_by=("buyer_key",),
    params=UnclearCurrency,
    find=find,
    tells=tells,
    message="{buyer_name}: amounts such as {largest:number} ({members:contract(s)}) name {named:words}: "
    "which is right?",
    words=("no currency",),
    page=__doc__,
    since="0.1",
)
