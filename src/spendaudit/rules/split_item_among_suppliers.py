"""Orders of one item from several suppliers, each at or under the limit, hold more of it than the limit.

Why it matters
--------------
Above a legal amount a purchase needs more competition. Cutting it into smaller ones avoids that, and to give
each part to another supplier hides it from whoever looks at one supplier at a time.

Formula
-------
Take the orders at or under their own limit, and add up the lines of each order for each item code. Within one
buyer, item code, procurement method and currency, look back from each order over `days` days. The window
counts when it holds at least `min_contracts` orders, from two suppliers or more, and

    lines(o1) + lines(o2) + ... > limit

Windows that overlap are one finding, of all their orders; its amount is that of the item's lines alone, and
`peak` that of the strongest window. `split-among-suppliers` asks the same where a contract has one code.

Threshold
---------
- The limit is that of the law for the order's own procedure, category and day; `limit_source` names it. If
  limits differ within a window, the highest holds. `limit`: one amount in place of the law's, in the currency
  of each order.
- `digits`: 8, the characters of the item code that must agree: all of a UNSPSC code, a default of this
  project. Fewer find more, and pool what is not alike: two of them are a whole trade.
- `days`: 30, and `min_contracts`: 3, defaults of this project.

Of 45,160 made-up orders three are flagged, one finding, whose suppliers met by chance. No real file with
codes in its lines and a known limit was at hand.

False positives
---------------
- Several places or units of one buyer that buy for themselves.
- Codes that say little, such as "other services", and buyers who write one code for everything.
- Medicines and food, which are bought as they are needed from whoever has them.
- Lines without tax, as Chile's are, add up to less than the orders: some splits are missed.

What would settle it
--------------------
The lines of each order with unit and place of delivery, and the plan for buying this item.

Worked example
--------------
With the default settings. Three orders hold item 1 for a cent more than the limit within 30 days (A), item 2
for the limit itself; other items stand beside it. Of item 3 two lines are in another currency, or of an order
on another portal. An order of item 5 is above its limit, and one of item 6 holds it for nothing;
one of item 10 holds it for half a peso (B).

contracts:

|source|contract_id|buyer_name|supplier_name|award_date|amount|currency|limit |finding|
|------|-----------|----------|-------------|----------|------|--------|------|-------|
|one   |o1         |Hill      |Ash          |2024-01-01| 90.00|CLP     |100.00|A      |
|one   |o2         |Hill      |Bay          |2024-01-20| 40.00|CLP     |100.00|A      |
|one   |o3         |Hill      |Elm          |2024-01-31| 20.01|CLP     |100.00|A      |
|one   |o4         |Hill      |Ash          |2024-01-01| 99.00|CLP     |100.00|       |
|one   |o5         |Hill      |Bay          |2024-01-20| 40.00|CLP     |100.00|       |
|one   |o6         |Hill      |Elm          |2024-01-31| 20.00|CLP     |100.00|       |
|one   |o7         |Hill      |Ash          |2024-01-01| 60.00|CLP     |100.00|       |
|one   |o8         |Hill      |Bay          |2024-01-02| 60.00|CLP     |100.00|       |
|one   |o9         |Hill      |Elm          |2024-01-03| 60.00|CLP     |100.00|       |
|one   |o10        |Hill      |Elm          |2024-01-03| 60.00|CLP     |100.00|       |
|one   |o11        |Hill      |Ash          |2024-01-01| 60.00|CLP     |100.00|       |
|one   |o12        |Hill      |Bay          |2024-01-02| 60.00|CLP     |100.00|       |
|one   |o13        |Hill      |Elm          |2024-01-03|100.01|CLP     |100.00|       |
|one   |o14        |Hill      |Ash          |2024-01-01| 60.00|CLP     |100.00|B      |
|one   |o15        |Hill      |Bay          |2024-01-02| 60.00|CLP     |100.00|       |
|one   |o16        |Hill      |Elm          |2024-01-03| 60.00|CLP     |100.00|       |
|one   |o17        |Hill      |Ash          |2024-01-01| 60.00|CLP     |100.00|B      |
|one   |o18        |Hill      |Bay          |2024-01-02| 60.00|CLP     |100.00|B      |
|one   |o19        |Hill      |Elm          |2024-01-03| 60.00|CLP     |100.00|B      |

items:

|source|contract_id|item_scheme|item_code|amount|currency|
|------|-----------|-----------|---------|------|--------|
|one   |o1         |UNSPSC     |00000001 | 30.00|CLP     |
|one   |o1         |UNSPSC     |00000001 | 10.00|CLP     |
|one   |o1         |UNSPSC     |00000009 | 50.00|CLP     |
|one   |o2         |UNSPSC     |00000001 | 40.00|CLP     |
|one   |o3         |UNSPSC     |00000001 | 20.01|CLP     |
|one   |o4         |UNSPSC     |00000002 | 40.00|CLP     |
|one   |o4         |UNSPSC     |00000008 | 59.00|CLP     |
|one   |o5         |UNSPSC     |00000002 | 40.00|CLP     |
|one   |o6         |UNSPSC     |00000002 | 20.00|CLP     |
|one   |o7         |UNSPSC     |00000003 | 60.00|CLP     |
|one   |o8         |UNSPSC     |00000003 | 60.00|CLP     |
|one   |o9         |UNSPSC     |00000003 | 60.00|USD     |
|two   |o10        |UNSPSC     |00000003 | 60.00|CLP     |
|one   |o11        |UNSPSC     |00000005 | 60.00|CLP     |
|one   |o12        |UNSPSC     |00000005 | 60.00|CLP     |
|one   |o13        |UNSPSC     |00000005 | 60.00|CLP     |
|one   |o14        |UNSPSC     |00000006 | 60.00|CLP     |
|one   |o14        |UNSPSC     |00000010 |  9.00|CLP     |
|one   |o15        |UNSPSC     |00000006 | 60.00|CLP     |
|one   |o16        |UNSPSC     |00000006 |  0.00|CLP     |
|one   |o16        |UNSPSC     |00000007 | 60.00|CLP     |
|one   |o17        |UNSPSC     |00000010 | 60.00|CLP     |
|one   |o18        |UNSPSC     |00000010 | 60.00|CLP     |
|one   |o19        |UNSPSC     |00000010 |  0.50|CLP     |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R011.
- ProzorroUKR/prozorro-risks, sas24-3-14: contracts of one year, reported without a tender, by subject.
"""

from typing import Final

import polars as pl

from spendaudit.model.findings import PLACE, Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._item_splits import KEY, ItemSplits, item_splits, perhaps_above, told
from spendaudit.rules._limits import within_limit
from spendaudit.rules._rule import Precision, Rule, Stage
from spendaudit.rules._windows import crowded

#: Where the lines of an order are found: orders of two portals may share an id.
ORDER: Final = ("source", "contract_id", "currency")

#: What the lines of an order have in common.
WHOLE: Final = ("buyer_key", "supplier_key", "procurement_method", "currency", "decision_date", "limit")


def find(tables: Tables, params: ItemSplits) -> pl.LazyFrame:
    """Return one row per run of overlapping windows."""
    orders = tables["contracts"].drop("amount").with_columns(limit=params.in_force())
    lines = tables["items"].select(*ORDER, "amount", item=params.item())
    # Most items are bought rarely: adding up the lines of the others alone saves most of the work.
    bought = orders.join(lines, on=ORDER, build_side="force_left").select(*PLACE, "item", *WHOLE, "amount")
    near = perhaps_above(crowded(bought, KEY, params.days), params)
    parts = near.group_by(*PLACE, "item").agg(pl.col(WHOLE).first(), pl.col("amount").sum())
    return item_splits(parts.filter(pl.col("amount") > 0), params)


RULE: Final = Rule(
    id="SPL012",
    name="split-item-among-suppliers",
    ocp=("R011",),
    severity=Severity.MEDIUM,
    precision=Precision.HIGH,
    stage=Stage.AWARD,
    subject="contracts",
    needs={
        "contracts": frozenset(
            {"contract_id", "buyer_key", "supplier_key"} | {"currency", "decision_date", "amount", "limit"}
        ),
        "items": frozenset({"contract_id", "item_code", "amount", "currency"}),
    },
    uses={
        "contracts": frozenset({"source", "procurement_method"}),
        "items": frozenset({"source", "item_scheme"}),
    },
    scope=within_limit,
    shard_by=None,
    params=ItemSplits,
    find=find,
    tells=told,
    message="{buyer_name} ordered item {item} {members} times from {suppliers} suppliers, each time at or "
    "under the limit of {limit}; within {days} days the item alone comes to as much as {peak}",
    page=__doc__,
    since="0.1",
)
