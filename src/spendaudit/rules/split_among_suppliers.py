"""Several purchases of one item from several suppliers, each at or under the limit, add up to more than it.

Why it matters
--------------
Above a legal amount a purchase needs more competition. Cutting it into smaller ones avoids that, and to give
each part to another supplier hides it from whoever looks at one supplier at a time.

Formula
-------
Take the purchases at or under their own limit. Within one buyer, item code, procurement method and currency,
look back from each of them over `days` days. The window counts when it holds at least `min_contracts` of
them, from two suppliers or more, and

    amount(c1) + amount(c2) + ... > limit

Windows that overlap are one finding, of all their purchases; `peak` is the sum of its strongest window. Where
one supplier sold them all, `split-purchases` asks.

Threshold
---------
- The limit is that of the law for the purchase's own procedure, category and day; `limit_source` names it. If
  limits differ within a window, the highest holds. `limit`: one amount in place of the law's, in the currency
  of each contract.
- `digits`: 8, the characters of the item code that must agree: all of a CPV or UNSPSC code, a default of this
  project. Fewer find more, and pool what is not alike: two of them are a whole trade.
- `days`: 30, and `min_contracts`: 3, defaults of this project. Ukraine's rule (Prozorro, sas24-3-14) adds up
  a calendar year.

Contracts without an item code of their own cannot be judged, and the coverage counts them: portals that give
codes to the lines of an order alone are among these.

False positives
---------------
- Several places or units of one buyer that buy for themselves.
- Codes that say little, such as "other services", and buyers who write one code for everything.
- Medicines and food, which are bought as they are needed from whoever has them.
- Limits without tax, compared with amounts that include it.

What would settle it
--------------------
The purchase request behind each order, the quotations compared, and the plan for buying this item.

Worked example
--------------
With the default settings. Three suppliers sold item 1 for a cent more than the limit within 30 days (A), item
2 for the limit, and item 3 within 31 days. Item 4 was bought twice, item 5 from one supplier only. From item
6 to 8 buyer, method and currency differ; so do schemes of item 9. Windows of item 10 overlap (B). Of item 11
a purchase above the limit and a credit are no part, and it stays under the highest of its limits. Codes that
differ after eight characters are one (C), others not. Item 14 was bought in January, in March (D, E) and,
twice, in June.

contracts:

|buyer_id|supplier_id|item_scheme|item_code |procurement_method|award_date|amount|currency|limit |finding|
|--------|-----------|-----------|----------|------------------|----------|------|--------|------|-------|
|B1      |S1         |CPV        |00000001  |direct            |2024-01-01| 40.00|CLP     |100.00|A      |
|B1      |S2         |CPV        |00000001  |direct            |2024-01-20| 40.00|CLP     |100.00|A      |
|B1      |S3         |CPV        |00000001  |direct            |2024-01-31| 20.01|CLP     |100.00|A      |
|B1      |S1         |CPV        |00000002  |direct            |2024-01-01| 40.00|CLP     |100.00|       |
|B1      |S2         |CPV        |00000002  |direct            |2024-01-20| 40.00|CLP     |100.00|       |
|B1      |S3         |CPV        |00000002  |direct            |2024-01-31| 20.00|CLP     |100.00|       |
|B1      |S1         |CPV        |00000003  |direct            |2024-01-01| 40.00|CLP     |100.00|       |
|B1      |S2         |CPV        |00000003  |direct            |2024-01-20| 40.00|CLP     |100.00|       |
|B1      |S3         |CPV        |00000003  |direct            |2024-02-01| 40.00|CLP     |100.00|       |
|B1      |S1         |CPV        |00000004  |direct            |2024-01-01| 60.00|CLP     |100.00|       |
|B1      |S2         |CPV        |00000004  |direct            |2024-01-02| 60.00|CLP     |100.00|       |
|B1      |S1         |CPV        |00000005  |direct            |2024-01-01| 60.00|CLP     |100.00|       |
|B1      |S1         |CPV        |00000005  |direct            |2024-01-02| 60.00|CLP     |100.00|       |
|B1      |S1         |CPV        |00000005  |direct            |2024-01-03| 60.00|CLP     |100.00|       |
|B1      |S1         |CPV        |00000006  |direct            |2024-01-01| 60.00|CLP     |100.00|       |
|B1      |S2         |CPV        |00000006  |direct            |2024-01-02| 60.00|CLP     |100.00|       |
|B2      |S3         |CPV        |00000006  |direct            |2024-01-03| 60.00|CLP     |100.00|       |
|B1      |S1         |CPV        |00000007  |direct            |2024-01-01| 60.00|CLP     |100.00|       |
|B1      |S2         |CPV        |00000007  |direct            |2024-01-02| 60.00|CLP     |100.00|       |
|B1      |S3         |CPV        |00000007  |limited           |2024-01-03| 60.00|CLP     |100.00|       |
|B1      |S1         |CPV        |00000008  |direct            |2024-01-01| 60.00|CLP     |100.00|       |
|B1      |S2         |CPV        |00000008  |direct            |2024-01-02| 60.00|CLP     |100.00|       |
|B1      |S3         |CPV        |00000008  |direct            |2024-01-03| 60.00|USD     |100.00|       |
|B1      |S1         |CPV        |00000009  |direct            |2024-01-01| 60.00|CLP     |100.00|       |
|B1      |S2         |CPV        |00000009  |direct            |2024-01-02| 60.00|CLP     |100.00|       |
|B1      |S3         |           |00000009  |direct            |2024-01-03| 60.00|CLP     |100.00|       |
|B1      |S1         |CPV        |00000010  |direct            |2024-01-01| 60.00|CLP     |100.00|B      |
|B1      |S2         |CPV        |00000010  |direct            |2024-01-20| 60.00|CLP     |100.00|B      |
|B1      |S2         |CPV        |00000010  |direct            |2024-01-25| 60.00|CLP     |100.00|B      |
|B1      |S3         |CPV        |00000010  |direct            |2024-02-15| 70.00|CLP     |110.00|B      |
|B1      |S1         |CPV        |00000011  |direct            |2024-01-01| 50.00|CLP     |100.00|       |
|B1      |S2         |CPV        |00000011  |direct            |2024-01-02| 50.00|CLP     |100.00|       |
|B1      |S1         |CPV        |00000011  |direct            |2024-01-03|  9.00|CLP     |110.00|       |
|B1      |S2         |CPV        |00000011  |direct            |2024-01-04| -9.00|CLP     |100.00|       |
|B1      |S2         |CPV        |00000011  |direct            |2024-01-04|100.01|CLP     |100.00|       |
|B1      |S1         |           |00000012A |direct            |2024-01-01| 50.00|CLP     |100.00|C      |
|B1      |S2         |           |00000012A |direct            |2024-01-02| 50.00|CLP     |100.00|C      |
|B1      |S1         |           |00000012B |direct            |2024-01-03|  9.00|CLP     |100.00|C      |
|B1      |S1         |CPV        |00000013  |direct            |2024-01-01| 50.00|CLP     |100.00|       |
|B1      |S2         |CPV        |00000013  |direct            |2024-01-02| 50.00|CLP     |100.00|       |
|B1      |S1         |CPV        |00000023  |direct            |2024-01-03|  9.00|CLP     |100.00|       |
|B1      |S1         |CPV        |00000014  |direct            |2024-01-01| 40.00|CLP     |100.00|D      |
|B1      |S2         |CPV        |00000014  |direct            |2024-01-02| 40.00|CLP     |100.00|D      |
|B1      |S3         |CPV        |00000014  |direct            |2024-01-03| 40.00|CLP     |100.00|D      |
|B1      |S1         |CPV        |00000014  |direct            |2024-03-01| 40.00|CLP     |100.00|E      |
|B1      |S2         |CPV        |00000014  |direct            |2024-03-02| 40.00|CLP     |100.00|E      |
|B1      |S3         |CPV        |00000014  |direct            |2024-03-03| 40.00|CLP     |100.00|E      |
|B1      |S1         |CPV        |00000014  |direct            |2024-06-01| 60.00|CLP     |100.00|       |
|B1      |S2         |CPV        |00000014  |direct            |2024-06-02| 60.00|CLP     |100.00|       |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R011.
- ProzorroUKR/prozorro-risks, sas24-3-14: contracts of one year, reported without a tender, by subject.
"""

from typing import Final

import polars as pl

from spendaudit.model.findings import PLACE, Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._item_splits import ItemSplits, item_splits, told
from spendaudit.rules._limits import within_limit
from spendaudit.rules._rule import Precision, Rule, Stage


def find(tables: Tables, params: ItemSplits) -> pl.LazyFrame:
    """Return one row per run of overlapping windows."""
    parts = tables["contracts"].select(
        *PLACE,
        "buyer_key",
        "supplier_key",
        "procurement_method",
        "currency",
        "decision_date",
        "amount",
        item=params.item(),
        limit=params.in_force(),
    )
    return item_splits(parts, params)


RULE: Final = Rule(
    id="SPL002",
    name="split-among-suppliers",
    ocp=("R011",),
    severity=Severity.MEDIUM,
    precision=Precision.HIGH,
    stage=Stage.AWARD,
    subject="contracts",
    needs={
        "contracts": frozenset(
            {"buyer_key", "supplier_key", "item_code", "currency", "decision_date", "amount", "limit"}
        )
    },
    uses={"contracts": frozenset({"item_scheme", "procurement_method"})},
    scope=within_limit,
    shard_by=("buyer_key",),
    params=ItemSplits,
    find=find,
    tells=told,
    message="{buyer_name} bought item {item} {members} times from {suppliers} suppliers, each time at or "
    "under the limit of {limit}; within {days:day(s)} that adds up to as much as {peak}",
    page=__doc__,
    since="0.1",
)
