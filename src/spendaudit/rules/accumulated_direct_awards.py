"""A year's small purchases from one supplier, each under the limit, add up to several times the limit.

Why it matters
--------------
Each purchase was small enough to need little competition. All those of a year together were not, and a year
is what budgets and purchase plans are made for: the sum could have been known.

Formula
-------
Take the purchases by direct award or by invitation at or under their own limit. Within one buyer, supplier,
category, procurement method, currency and year

    amount(c1) + amount(c2) + ... > limit * times

Each such year is a finding. `split-purchases` asks of a few weeks; dense cases are findings of both.

Threshold
---------
- The limit is that of the law for the purchase's own procedure, category and day; `limit_source` names it. If
  limits differ within a year, the highest holds. `limit`: one amount in place of the law's, in the currency
  of each contract.
- `times`: 3, a default of this project. Laws differ: Ukraine's ceiling is one of a year (Prozorro, 3-14), and
  there 1 is right; most limit the single purchase, and a sum of a year just above it is nothing unusual.
- `first_month`: 1, the month with which a year begins; 4 for the United Kingdom, 10 for the United States.

Of 775 direct awards and invitations with a known limit in three samples of CompraNet, 3.6 % are flagged, and
13 % with `times` 1. The run warns above 20 %, a default of this project.

False positives
---------------
- Different and unrelated objects: most laws let them be bought apart, and the category is coarse.
- Monthly services under one agreement that a portal publishes purchase by purchase.
- Sole suppliers of a place or a good: fuel, water, postage, medicines under patent.
- Central buyers that book for many units.

What would settle it
--------------------
The year's purchase requests for this supplier, the purchasing plan, and the decision behind each.

Worked example
--------------
With the default settings. Ash's four of 2023 add up to exactly three limits, those of 2024 to a cent more
(A). Bay's are of two years. From Elm to Oak buyer, supplier, category, method and currency differ; where no
category is published they do not (B). Yew won open tenders, Asp was invited (C). Box stays under the highest
of its limits. A credit and a purchase above its limit are no part (D).

contracts:

|buyer_id|supplier_id|main_procurement_category|procurement_method|award_date|amount|currency|limit |finding|
|--------|-----------|-------------------------|------------------|----------|------|--------|------|-------|
|B1      |Ash        |goods                    |direct            |2023-01-01|100.00|CLP     |100.00|       |
|B1      |Ash        |goods                    |direct            |2023-05-07|100.00|CLP     |100.00|       |
|B1      |Ash        |goods                    |direct            |2023-06-07| 99.00|CLP     |100.00|       |
|B1      |Ash        |goods                    |direct            |2023-12-31|  1.00|CLP     |100.00|       |
|B1      |Ash        |goods                    |direct            |2024-01-01|100.00|CLP     |100.00|A      |
|B1      |Ash        |goods                    |direct            |2024-05-07|100.00|CLP     |100.00|A      |
|B1      |Ash        |goods                    |direct            |2024-06-07| 99.00|CLP     |100.00|A      |
|B1      |Ash        |goods                    |direct            |2024-12-31|  1.01|CLP     |100.00|A      |
|B1      |Bay        |goods                    |direct            |2022-12-07|100.00|CLP     |100.00|       |
|B1      |Bay        |goods                    |direct            |2022-12-31|100.00|CLP     |100.00|       |
|B1      |Bay        |goods                    |direct            |2023-01-01|100.00|CLP     |100.00|       |
|B1      |Bay        |goods                    |direct            |2023-01-02|100.00|CLP     |100.00|       |
|B2      |Elm        |goods                    |direct            |2023-03-01|100.00|CLP     |100.00|       |
|B2      |Elm        |goods                    |direct            |2023-03-02|100.00|CLP     |100.00|       |
|B3      |Elm        |goods                    |direct            |2023-03-03|100.00|CLP     |100.00|       |
|B3      |Elm        |goods                    |direct            |2023-03-04|100.00|CLP     |100.00|       |
|B3      |Fir        |goods                    |direct            |2023-03-05|100.00|CLP     |100.00|       |
|B3      |Fir        |goods                    |direct            |2023-03-06|100.00|CLP     |100.00|       |
|B3      |Fir        |services                 |direct            |2023-03-07|100.00|CLP     |100.00|       |
|B3      |Fir        |services                 |direct            |2023-03-08|100.00|CLP     |100.00|       |
|B3      |Fir        |goods                    |limited           |2023-03-09|100.00|CLP     |100.00|       |
|B3      |Fir        |goods                    |limited           |2023-03-10|100.00|CLP     |100.00|       |
|B3      |Fir        |goods                    |limited           |2023-03-11|100.00|USD     |100.00|       |
|B3      |Fir        |goods                    |limited           |2023-03-12|100.00|USD     |100.00|       |
|B1      |Oak        |                         |direct            |2023-03-01|100.00|CLP     |100.00|B      |
|B1      |Oak        |                         |direct            |2023-03-02|100.00|CLP     |100.00|B      |
|B1      |Oak        |                         |direct            |2023-03-03|100.00|CLP     |100.00|B      |
|B1      |Oak        |                         |direct            |2023-03-04|100.00|CLP     |100.00|B      |
|B1      |Yew        |goods                    |open              |2023-03-01|100.00|CLP     |100.00|       |
|B1      |Yew        |goods                    |open              |2023-03-02|100.00|CLP     |100.00|       |
|B1      |Yew        |goods                    |open              |2023-03-03|100.00|CLP     |100.00|       |
|B1      |Yew        |goods                    |open              |2023-03-04|100.00|CLP     |100.00|       |
|B1      |Asp        |goods                    |limited           |2023-03-01|100.00|CLP     |100.00|C      |
|B1      |Asp        |goods                    |limited           |2023-03-02|100.00|CLP     |100.00|C      |
|B1      |Asp        |goods                    |limited           |2023-03-03|100.00|CLP     |100.00|C      |
|B1      |Asp        |goods                    |limited           |2023-03-04|100.00|CLP     |100.00|C      |
|B1      |Box        |goods                    |direct            |2023-03-01|100.00|CLP     |110.00|       |
|B1      |Box        |goods                    |direct            |2023-03-02|100.00|CLP     |100.00|       |
|B1      |Box        |goods                    |direct            |2023-03-03|100.00|CLP     |100.00|       |
|B1      |Box        |goods                    |direct            |2023-03-04| 30.00|CLP     |100.00|       |
|B1      |Gum        |goods                    |direct            |2023-03-01|100.00|CLP     |100.00|D      |
|B1      |Gum        |goods                    |direct            |2023-03-02|100.00|CLP     |100.00|D      |
|B1      |Gum        |goods                    |direct            |2023-03-03|-99.00|CLP     |100.00|       |
|B1      |Gum        |goods                    |direct            |2023-03-03|100.01|CLP     |100.00|       |
|B1      |Gum        |goods                    |direct            |2023-03-04|100.00|CLP     |100.00|D      |
|B1      |Gum        |goods                    |direct            |2023-03-05|  0.01|CLP     |100.00|D      |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R055.
- ProzorroUKR/prozorro-risks, sas24-3-14: contracts of one year, reported without a tender, by subject.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import PLACE, TOTAL, Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._gathered import gathered
from spendaudit.rules._limits import PARTS, Limited, of_parts, within_limit
from spendaudit.rules._parties import date_basis
from spendaudit.rules._repeats import perhaps_repeated
from spendaudit.rules._rule import Precision, Rule, Stage
from spendaudit.rules._shares import at_most


class AccumulatedDirectAwards(Limited):
    """Settings of SPL007."""

    times: Decimal = Field(
        Decimal(3), ge=1, le=1000, decimal_places=4, description="limits that the sum of a year is above"
    )
    first_month: int = Field(1, ge=1, le=12, description="month with which a year begins")


def scope(params: AccumulatedDirectAwards) -> pl.Expr:
    """Direct awards and invitations at or under their limit."""
    return pl.col("procurement_method").is_in(["direct", "limited"]) & within_limit(params)


def find(tables: Tables, params: AccumulatedDirectAwards) -> pl.LazyFrame:
    """Return one row per year of a buyer and a supplier."""
    date = pl.col("decision_date")
    year = (date.dt.year() * 12 + date.dt.month() - params.first_month) // 12
    purchases = tables["contracts"].with_columns(limit=params.in_force(), year=year)
    yearly = (*PARTS, "year")
    alike = perhaps_repeated(
        purchases.select(*PLACE, *yearly, "decision_date", "amount", "limit"), yearly
    ).cache()
    above = (
        alike.group_by(yearly)
        .agg(total=pl.col("amount").sum().cast(TOTAL), ceiling=pl.col("limit").max())
        .filter(~at_most(pl.col("total"), params.times, pl.col("ceiling")))
    )
    return gathered(alike.join(above, on=yearly, nulls_equal=True), yearly, ceiling=pl.col("ceiling").first())


def tells(params: AccumulatedDirectAwards) -> dict[str, pl.Expr]:
    """Tell who bought from whom, what and how, and which limit the purchases were under."""
    return {**of_parts(params), "date_basis": date_basis()}


RULE: Final = Rule(
    id="SPL007",
    name="accumulated-direct-awards",
    ocp=("R055",),
    severity=Severity.LOW,
    precision=Precision.HIGH,
    stage=Stage.AWARD,
    subject="contracts",
    needs={
        "contracts": frozenset(
            {"buyer_key", "supplier_key", "procurement_method"}
            | {"currency", "decision_date", "amount", "limit"}
        )
    },
    uses={"contracts": frozenset(PARTS)},
    scope=scope,
    shard_by=("buyer_key", "supplier_key"),
    params=AccumulatedDirectAwards,
    find=find,
    tells=tells,
    message="{buyer_name} bought {members} times from {supplier_name} {when} without an "
    "open call, each time at or under the limit of {limit}; together that is {amount}",
    page=__doc__,
    since="0.1",
    ceiling=0.20,
)
