"""A buyer paid one supplier exactly the same amount, several times within a year.

Why it matters
--------------
The same amount again and again is a need that was known beforehand and could have been bought at once; or one
contract that was published, or paid, more than once.

Formula
-------
Contracts of one buyer, supplier, currency and amount are a finding when there are `min_contracts` or more of
them within `days` days. Windows that overlap are one finding.

Threshold
---------
- `min_contracts`: 3, and `days`: 366, as the catalogue of rules for flat data proposes; groucho looks at
  amounts that are 5 to 10 % of a supplier's contracts.
- `floor`: 0. Smaller amounts, such as fees, can be left out with it.

Of 1,193 contracts of CompraNet (2010-2014) 0.8 % stand in a finding, of 9,515 Peruvian direct awards 1.3 %.

False positives
---------------
- Rent, subscriptions, insurance, and goods with a list price.
- Several lots or places at one price; members of a framework that buy alike.
- Contracts that a portal publishes once for each item or supplier (DQ002 finds some).

What would settle it
--------------------
The purchase request of each contract, and the record of receiving what was bought under it.

Worked example
--------------
With the default settings. Elm has three contracts of 70.00 within 366 days, the first and the last included
(A); Ash's third comes a day later. Of Fir's first four each three are within a year of each other (B); its
next four come later (C); what others have between them is apart (D to G). Windows that share a contract are
joined (H). What differs in buyer, supplier, currency or amount is not the same, and nothing is not an amount.

contracts:

|buyer_name|supplier_name|award_date|amount|currency|finding|
|----------|-------------|----------|------|--------|-------|
|Hill      |Elm          |2024-01-03| 70.00|CLP     |A      |
|Hill      |Elm          |2024-05-03| 70.00|CLP     |A      |
|Hill      |Elm          |2025-01-03| 70.00|CLP     |A      |
|Hill      |Ash          |2024-01-03| 70.00|CLP     |       |
|Hill      |Ash          |2024-05-03| 70.00|CLP     |       |
|Hill      |Ash          |2025-01-04| 70.00|CLP     |       |
|Hill      |Fir          |2024-01-03| 70.00|CLP     |B      |
|Hill      |Fir          |2024-07-03| 70.00|CLP     |B      |
|Hill      |Fir          |2024-12-03| 70.00|CLP     |B      |
|Hill      |Fir          |2025-07-03| 70.00|CLP     |B      |
|Hill      |Fir          |2026-03-03| 70.00|CLP     |C      |
|Hill      |Fir          |2026-09-03| 70.00|CLP     |C      |
|Hill      |Fir          |2027-01-03| 70.00|CLP     |C      |
|Hill      |Fir          |2027-03-03| 70.00|CLP     |C      |
|Hill      |Oak          |2024-01-03| 70.00|CLP     |       |
|Hill      |Oak          |2024-01-03| 70.00|CLP     |       |
|Dale      |Oak          |2024-01-03| 70.00|CLP     |       |
|Hill      |Oak          |2024-01-03| 71.00|CLP     |       |
|Hill      |Oak          |2024-01-03| 70.00|USD     |       |
|Hill      |Yew          |2024-01-03| 70.00|CLP     |       |
|Hill      |Yew          |2024-01-03| 70.00|CLP     |       |
|Hill      |Bay          |2024-01-03|  0.00|CLP     |       |
|Hill      |Bay          |2024-01-03|  0.00|CLP     |       |
|Hill      |Bay          |2024-01-03|  0.00|CLP     |       |
|Dale      |Fir          |2025-06-03| 70.00|CLP     |D      |
|Dale      |Fir          |2025-12-03| 70.00|CLP     |D      |
|Dale      |Fir          |2026-06-03| 70.00|CLP     |D      |
|Hill      |Gum          |2025-06-03| 70.00|CLP     |E      |
|Hill      |Gum          |2025-12-03| 70.00|CLP     |E      |
|Hill      |Gum          |2026-06-03| 70.00|CLP     |E      |
|Hill      |Fir          |2025-06-03| 80.00|CLP     |F      |
|Hill      |Fir          |2025-12-03| 80.00|CLP     |F      |
|Hill      |Fir          |2026-06-03| 80.00|CLP     |F      |
|Hill      |Fir          |2025-06-03| 70.00|USD     |G      |
|Hill      |Fir          |2025-12-03| 70.00|USD     |G      |
|Hill      |Fir          |2026-06-03| 70.00|USD     |G      |
|Moor      |Elm          |2024-01-04| 70.00|CLP     |       |
|Moor      |Elm          |2024-05-04| 70.00|CLP     |       |
|Hill      |Elm          |2024-01-04| 80.00|CLP     |       |
|Hill      |Elm          |2024-05-04| 80.00|CLP     |       |
|Hill      |Elm          |2024-01-04| 70.00|USD     |       |
|Hill      |Elm          |2024-05-04| 70.00|USD     |       |
|Hill      |Hay          |2010-01-01|  0.50|CLP     |H      |
|Hill      |Hay          |2010-01-02|  0.50|CLP     |H      |
|Hill      |Hay          |2010-12-31|  0.50|CLP     |H      |
|Hill      |Hay          |2011-12-30|  0.50|CLP     |H      |
|Hill      |Hay          |2011-12-31|  0.50|CLP     |H      |

References
----------
- ProjectPODER/groucho: repeated amounts. ACL scripts: amounts that stand exactly twice.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._amounts import money
from spendaudit.rules._gathered import gathered
from spendaudit.rules._parties import date_basis, who
from spendaudit.rules._repeats import perhaps_repeated
from spendaudit.rules._rule import Params, Rule, Stage

PAIR: Final = ("buyer_key", "supplier_key", "currency")
SAME: Final = (*PAIR, "amount")


class RepeatedAmount(Params):
    """Settings of PRC008."""

    min_contracts: int = Field(3, ge=2, le=1000, description="fewest equal amounts in a window")
    days: int = Field(366, ge=1, le=36_600, description="most days between the first and the last of them")
    floor: Decimal = Field(
        Decimal(0), ge=0, le=10**15, decimal_places=4, description="amounts at or below this are left out"
    )


def scope(params: RepeatedAmount) -> pl.Expr:
    """Contracts above the floor."""
    return pl.col("amount") > money(params.floor)


def find(tables: Tables, params: RepeatedAmount) -> pl.LazyFrame:
    """Return one row per run of overlapping windows."""
    day = pl.col("decision_date")
    equal = perhaps_repeated(tables["contracts"], SAME, params.min_contracts).cache()
    windows = equal.select(
        *SAME, first=day.shift(params.min_contracts - 1).over(SAME, order_by="decision_date"), last=day
    ).filter(pl.col("last") - pl.col("first") <= pl.duration(days=params.days))
    apart = (pl.col("first") > pl.col("last").shift()).fill_null(value=True)
    runs = (
        windows.with_columns(run=apart.cum_sum().over(SAME, order_by="last"))
        .group_by(*SAME, "run")
        .agg(pl.col("first").min(), pl.col("last").max())
    )
    repeated = equal.join(runs, on=SAME).filter(day.is_between("first", "last"))
    return gathered(repeated.with_columns(each="amount"), (*PAIR, "each", "run"), each=pl.col("each"))


def tells(_params: RepeatedAmount) -> dict[str, pl.Expr]:
    """Tell who bought from whom, for how much each time, under how many titles."""
    return {
        **who(),
        "each": pl.col("each").first(),
        "titles": pl.col("title").drop_nulls().n_unique(),
        "title": pl.coalesce("title", "contract_id").min(),
        "date_basis": date_basis(),
    }


RULE: Final = Rule(
    id="PRC008",
    name="repeated-amount",
    severity=Severity.LOW,
    stage=Stage.AWARD,
    subject="contracts",
    needs={"contracts": frozenset({*SAME, "decision_date"})},
    scope=scope,
    shard_by=("buyer_key", "supplier_key"),
    params=RepeatedAmount,
    find=find,
    tells=tells,
    message="{buyer_name} bought {members} times from {supplier_name} for exactly {each}, {when}: is that "
    "one need?",
    page=__doc__,
    since="0.1",
)
