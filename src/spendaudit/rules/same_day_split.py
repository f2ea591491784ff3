"""Several purchases from one supplier on one day, each at or under the limit, add up to more than the limit.

Why it matters
--------------
Two orders of one day are easier to take for one purchase than two orders of one month. Auditors of purchase
cards look for them first: one card, one vendor, one day, and a sum above the limit of the card.

Formula
-------
Take the purchases at or under their own limit. Within one buyer, supplier, category, procurement method,
currency and calendar day there are at least `min_contracts` of them and

    amount(c1) + amount(c2) + ... > limit

Each such day is a finding. `split-purchases` asks the same of several weeks, and mostly finds these days too.

Threshold
---------
- The limit is that of the law for the purchase's own procedure, category and day; `limit_source` names it. If
  two limits hold on one day, the higher does.
- `limit`: one amount in place of the law's, in the currency of each contract.
- `min_contracts`: 2, the fewest that can be a split.

The day is that of the award, or else the first of signature, start of the contract and publication that is
known: `date_basis` says which. Contracts without a known limit cannot be judged; the coverage counts them.

False positives
---------------
- One visit to a shop with an order for each cost centre or unit.
- A day on which many orders were typed in, published in place of the day of each order.
- Orders of one delivery plan that are sent together; lots of one tender.
- Limits without tax, compared with amounts that include it.

What would settle it
--------------------
The purchase requests and invoices of that day by unit, and the decision behind each order.

Worked example
--------------
With the default settings. S01 sold for 120 on the 3rd (A), and for 180 on the 5th (B), but once on the 4th.
S02's two add up to exactly the limit, S03's to a cent more (C). S04 sold once at the limit (D), S05 once
above it, which is no part. From S06 to S10 supplier, buyer, category, method and currency differ; where
neither category nor method is published, they do not (E). S12 stays under the higher of its limits. Nothing
and a credit are no part (F).

contracts:

|buyer_id|supplier_id|main_procurement_category|procurement_method|award_date|amount|currency|limit |finding|
|--------|-----------|-------------------------|------------------|----------|------|--------|------|-------|
|B1      |S01        |goods                    |direct            |2024-01-03| 60.00|CLP     |100.00|A      |
|B1      |S01        |goods                    |direct            |2024-01-03| 60.00|CLP     |100.00|A      |
|B1      |S01        |goods                    |direct            |2024-01-04| 60.00|CLP     |100.00|       |
|B1      |S01        |goods                    |direct            |2024-01-05| 60.00|CLP     |100.00|B      |
|B1      |S01        |goods                    |direct            |2024-01-05| 60.00|CLP     |100.00|B      |
|B1      |S01        |goods                    |direct            |2024-01-05| 60.00|CLP     |100.00|B      |
|B1      |S02        |goods                    |direct            |2024-01-03| 60.00|CLP     |100.00|       |
|B1      |S02        |goods                    |direct            |2024-01-03| 40.00|CLP     |100.00|       |
|B1      |S03        |goods                    |direct            |2024-01-03| 60.00|CLP     |100.00|C      |
|B1      |S03        |goods                    |direct            |2024-01-03| 40.01|CLP     |100.00|C      |
|B1      |S04        |goods                    |direct            |2024-01-03|100.00|CLP     |100.00|D      |
|B1      |S04        |goods                    |direct            |2024-01-03|  0.01|CLP     |100.00|D      |
|B1      |S05        |goods                    |direct            |2024-01-03|100.01|CLP     |100.00|       |
|B1      |S05        |goods                    |direct            |2024-01-03| 99.00|CLP     |100.00|       |
|B1      |S06        |goods                    |direct            |2024-01-03| 60.00|CLP     |100.00|       |
|B1      |S07        |goods                    |direct            |2024-01-03| 60.00|CLP     |100.00|       |
|B2      |S07        |goods                    |direct            |2024-01-03| 60.00|CLP     |100.00|       |
|B1      |S08        |goods                    |direct            |2024-01-03| 60.00|CLP     |100.00|       |
|B1      |S08        |services                 |direct            |2024-01-03| 60.00|CLP     |100.00|       |
|B1      |S09        |goods                    |direct            |2024-01-03| 60.00|CLP     |100.00|       |
|B1      |S09        |goods                    |limited           |2024-01-03| 60.00|CLP     |100.00|       |
|B1      |S10        |goods                    |direct            |2024-01-03| 60.00|CLP     |100.00|       |
|B1      |S10        |goods                    |direct            |2024-01-03| 60.00|USD     |100.00|       |
|B1      |S11        |                         |                  |2024-01-03| 60.00|CLP     |100.00|E      |
|B1      |S11        |                         |                  |2024-01-03| 60.00|CLP     |100.00|E      |
|B1      |S12        |goods                    |direct            |2024-01-03| 50.00|CLP     |100.00|       |
|B1      |S12        |goods                    |direct            |2024-01-03| 45.00|CLP     | 90.00|       |
|B1      |S13        |goods                    |direct            |2024-01-05| 60.00|CLP     |100.00|F      |
|B1      |S13        |goods                    |direct            |2024-01-05|  0.00|CLP     |100.00|       |
|B1      |S13        |goods                    |direct            |2024-01-05|-50.00|CLP     |100.00|       |
|B1      |S13        |goods                    |direct            |2024-01-05| 60.00|CLP     |100.00|F      |

References
----------
- US Government Accountability Office, Audit Guide: Auditing and Investigating the Internal Control of
  Government Purchase Card Programs, GAO-04-87G.
- Open Contracting Partnership, Red flags in public procurement (2024), R011 and R055.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import PLACE, Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._gathered import gathered
from spendaudit.rules._limits import PARTS, Limited, of_parts, within_limit
from spendaudit.rules._parties import date_basis
from spendaudit.rules._repeats import perhaps_repeated
from spendaudit.rules._rule import Precision, Rule, Stage


class SameDaySplit(Limited):
    """Settings of SPL003."""

    min_contracts: int = Field(2, ge=2, le=100, description="fewest purchases on a day")


def find(tables: Tables, params: SameDaySplit) -> pl.LazyFrame:
    """Return one row per day of a buyer and a supplier."""
    day = (*PARTS, "decision_date")
    purchases = tables["contracts"].with_columns(limit=params.in_force())
    alike = perhaps_repeated(purchases.select(*PLACE, *day, "amount", "limit"), day).cache()
    above = (
        alike.group_by(day)
        .agg(n=pl.len(), total=pl.col("amount").sum(), ceiling=pl.col("limit").max())
        .filter(pl.col("n") >= params.min_contracts, pl.col("total") > pl.col("ceiling"))
    )
    return gathered(alike.join(above, on=day, nulls_equal=True), day, ceiling=pl.col("ceiling").first())


def tells(params: SameDaySplit) -> dict[str, pl.Expr]:
    """Tell who bought from whom, what and how, and which limit the purchases were under."""
    return {**of_parts(params), "date_basis": date_basis()}


RULE: Final = Rule(
    id="SPL003",
    name="same-day-split",
    ocp=("R011", "R055"),
    severity=Severity.MEDIUM,
    precision=Precision.HIGH,
    stage=Stage.AWARD,
    subject="contracts",
    needs={
        "contracts": frozenset({"buyer_key", "supplier_key", "currency", "decision_date", "amount", "limit"})
    },
    uses={"contracts": frozenset(PARTS)},
    scope=within_limit,
    shard_by=("buyer_key", "supplier_key"),
    params=SameDaySplit,
    find=find,
    tells=tells,
    message="{buyer_name} bought {members} times from {supplier_name} on {starts}, each time at or under the "
    "limit of {limit}; together that is {amount}",
    page=__doc__,
    since="0.1",
)
