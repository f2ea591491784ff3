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

Of 45,160 made-up orders three are flagged, by chance; no real file with codes and limits was at hand.

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
With the default settings; a row stands for as many as `times` says, `#` for the number of each. Three orders
hold item 1 for a cent more than the limit within 30 days (A), as they do items 11, 12, 14 and 15 (C to F),
and item 2 for the limit itself; other items stand beside it, and what came back. Of item 3 two lines are in
another currency, or of an order on another portal. An order of item 5 is above its limit, one of item 6 holds
it for nothing, one of item 10 for half a peso (B). The limit of x1 is higher, and holds for all of item 16.

contracts:

|times|source|contract_id|buyer_name|supplier_name|award_date|amount|currency|limit |finding|
|-----|------|-----------|----------|-------------|----------|------|--------|------|-------|
|1    |one   |p1         |Hill      |S1           |2024-01-01|90.00 |CLP     |100.00|A C    |
|1    |one   |p2         |Hill      |S2           |2024-01-20|60.00 |CLP     |100.00|A C D  |
|1    |one   |p3         |Hill      |S3           |2024-01-31|60.00 |CLP     |100.00|A D    |
|1    |one   |q1         |Hill      |S1           |2024-01-01|99.00 |CLP     |100.00|D      |
|1    |one   |q2         |Hill      |S2           |2024-01-20|60.00 |CLP     |100.00|       |
|1    |one   |q3         |Hill      |S3           |2024-01-31|60.00 |CLP     |100.00|C      |
|2    |one   |c#         |Hill      |S#           |2024-01-0#|60.00 |CLP     |100.00|       |
|1    |one   |c3         |Hill      |S3           |2024-01-03|60.00 |CLP     |100.00|F      |
|1    |one   |c4         |Hill      |S4           |2024-01-04|60.00 |CLP     |100.00|F      |
|3    |one   |d#         |Hill      |S#           |2024-01-0#|60.00 |CLP     |100.00|E      |
|2    |one   |e#         |Hill      |S#           |1969-12-0#|60.00 |CLP     |100.00|       |
|1    |one   |e3         |Hill      |S3           |1969-12-03|100.01|CLP     |100.00|       |
|1    |one   |f1         |Hill      |S1           |2024-01-01|60.00 |CLP     |100.00|B      |
|2    |one   |h#         |Hill      |S#           |2024-01-0#|60.00 |CLP     |100.00|       |
|3    |one   |g#         |Hill      |S#           |2024-01-0#|60.00 |CLP     |100.00|B      |
|1    |one   |x1         |Hill      |S1           |2024-01-23|60.00 |CLP     |500.00|       |
|1    |one   |y1         |Hill      |S1           |2024-02-02|60.00 |CLP     |100.00|F      |
|3    |one   |z#         |Hill      |S#           |2024-02-0#|60.00 |CLP     |100.00|       |

items:

|times|source|contract_id|item_scheme|item_code|amount|currency|
|-----|------|-----------|-----------|---------|------|--------|
|1    |one   |p1         |UNSPSC     |00000001 |30.00 |CLP     |
|1    |one   |p1         |UNSPSC     |00000001 |10.00 |CLP     |
|1    |one   |p1         |UNSPSC     |00000009 |50.00 |CLP     |
|1    |one   |p2         |UNSPSC     |00000001 |40.00 |CLP     |
|1    |one   |p3         |UNSPSC     |00000001 |20.01 |CLP     |
|1    |one   |x1         |UNSPSC     |00000001 |-90.00|CLP     |
|1    |one   |q1         |UNSPSC     |00000002 |40.00 |CLP     |
|1    |one   |q1         |UNSPSC     |00000008 |59.00 |CLP     |
|1    |one   |q2         |UNSPSC     |00000002 |40.00 |CLP     |
|1    |one   |q3         |UNSPSC     |00000002 |20.00 |CLP     |
|1    |one   |p1         |UNSPSC     |00000011 |30.00 |CLP     |
|1    |one   |p2         |UNSPSC     |00000011 |15.00 |CLP     |
|1    |one   |q3         |UNSPSC     |00000011 |55.01 |CLP     |
|1    |one   |q1         |UNSPSC     |00000012 |40.00 |CLP     |
|1    |one   |p2         |UNSPSC     |00000012 |40.00 |CLP     |
|1    |one   |p3         |UNSPSC     |00000012 |20.01 |CLP     |
|2    |one   |c#         |UNSPSC     |00000003 |60.00 |CLP     |
|1    |one   |c3         |UNSPSC     |00000003 |60.00 |USD     |
|1    |two   |c4         |UNSPSC     |00000003 |60.00 |CLP     |
|2    |one   |d#         |UNSPSC     |00000014 |40.00 |CLP     |
|1    |one   |d3         |UNSPSC     |00000014 |20.01 |CLP     |
|3    |one   |e#         |UNSPSC     |00000005 |60.00 |CLP     |
|1    |one   |f1         |UNSPSC     |00000006 |60.00 |CLP     |
|1    |one   |h1         |UNSPSC     |00000006 |60.00 |CLP     |
|1    |one   |h2         |UNSPSC     |00000006 |0.00  |CLP     |
|1    |one   |h2         |UNSPSC     |00000007 |60.00 |CLP     |
|2    |one   |g#         |UNSPSC     |00000010 |60.00 |CLP     |
|1    |one   |g3         |UNSPSC     |00000010 |0.50  |CLP     |
|1    |one   |f1         |UNSPSC     |00000010 |9.00  |CLP     |
|1    |one   |x1         |UNSPSC     |00000010 |10.00 |CLP     |
|1    |one   |c3         |UNSPSC     |00000015 |40.00 |CLP     |
|1    |one   |c4         |UNSPSC     |00000015 |40.00 |CLP     |
|1    |one   |y1         |UNSPSC     |00000015 |20.01 |CLP     |
|1    |one   |x1         |UNSPSC     |00000016 |60.00 |CLP     |
|3    |one   |z#         |UNSPSC     |00000016 |40.00 |CLP     |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R011.
- ProzorroUKR/prozorro-risks, sas24-3-14: contracts of one year, reported without a tender, by subject.
"""

from typing import Final

import polars as pl

from spendaudit.model.findings import PLACE, Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._item_splits import ItemSplits, item_splits, perhaps_above, told
from spendaudit.rules._limits import within_limit
from spendaudit.rules._repeats import digest
from spendaudit.rules._rule import Precision, Rule, Stage
from spendaudit.rules._windows import crowded

#: Where the lines of an order are found: orders of two portals may share an id.
ORDER: Final = ("source", "contract_id", "currency")

#: Lines that differ in what their orders say here are not of one purchase: an item apart, `KEY`.
TRADE: Final = ("buyer_key", "procurement_method", "currency")

#: What the lines of an order have in common.
WHOLE: Final = ("buyer_key", "supplier_key", "procurement_method", "currency", "decision_date", "limit")


def find(tables: Tables, params: ItemSplits) -> pl.LazyFrame:
    """Return one row per run of overlapping windows."""
    orders = tables["contracts"].drop("amount").with_columns(limit=params.in_force())
    items = tables["items"].select(*ORDER, "item_scheme", "item_code", "amount")
    bought = (
        orders.with_columns(trade=digest(TRADE))
        .join(items, on=ORDER, build_side="force_left")
        .select(*PLACE, "trade", "decision_date", "amount", item=params.item())
    )
    # Most items are bought rarely: adding up the lines of the others alone saves most of the work.
    often = crowded(bought, ("trade", "item"), params.days, params.min_contracts)
    lines = often.select(*PLACE, "item", "amount").join(orders.select(*PLACE, *WHOLE), on=PLACE)
    near = perhaps_above(lines, params)
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
    shard_by=("buyer_key",),
    params=ItemSplits,
    find=find,
    tells=told,
    message="{buyer_name} ordered item {item} {members} times from {suppliers} suppliers, each time at or "
    "under the limit of {limit}; within {days:day(s)} the item alone comes to as much as {peak}",
    page=__doc__,
    since="0.1",
)
