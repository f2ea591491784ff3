"""Several purchases from one supplier, each at or under the limit, add up to more than the limit.

Why it matters
--------------
Above a legal amount a purchase needs more competition. Cutting one purchase into several smaller ones, from
the same supplier within a few weeks, avoids it. In Chile, article 7 of Ley 19.886 forbids that.

Formula
-------
Take the purchases at or under their own limit. Within one buyer, supplier, category, procurement method and
currency, look back from each of them over `days` days. The window counts when it holds at least
`min_contracts` of them and

    amount(c1) + amount(c2) + ... > limit

Windows that overlap are one finding, of all their purchases; `peak` is the sum of its strongest window.

Threshold
---------
- The limit is that of the law for the purchase's own procedure, category and day; `limit_source` names it. If
  limits differ within a window, because the law, a unit of account or the procedure did, the highest holds.
- `limit`: one amount in place of the law's, in the currency of each contract.
- `days`: 30, a default of this project. Peers take a week (imco/IRC), a calendar month (br-acc), a quarter
  (bid-buster), 90 days (anticorruption-ai).
- `min_contracts`: 2, the fewest that can be a split (as imco/IRC); br-acc and bid-buster ask for 3.

Electionsbg flags 0.09 % of Bulgaria's contracts, by a definition of its own. Contracts without a known limit
cannot be judged, and the coverage counts them.

False positives
---------------
- Monthly services that are billed apart; call-offs from a framework; several sites or lots; emergencies.
- A sole supplier of a regulated good, such as water or postage; central buyers that book for several units.
- Amendments, and parts of one contract by budget line, that a portal publishes as new contracts.
- Limits without tax, compared with amounts that include it.

What would settle it
--------------------
The purchase request behind each order (who asked, when, why), and the purchasing plan of the year.

Worked example
--------------
With the default settings. S01 sold for 110 in three weeks (A). S02's two are 30 days apart (B), S03's are 31.
S04's add up to exactly the limit, S05's to a cent more (C). S06 sold once at the limit (D), S07 once above
it, which is no part. S08 sold three times on one day (E). From S09 to S13 supplier, buyer, category, method
and currency differ; where neither category nor method is published, they do not (F). S15 and S16 stay under
the highest of their limits. S17's windows overlap (G), S18's do not (H, I). Nothing and a credit are no part
(J).

contracts:

|buyer_id|supplier_id|main_procurement_category|procurement_method|award_date|amount|currency|limit |finding|
|--------|-----------|-------------------------|------------------|----------|------|--------|------|-------|
|B1      |S01        |goods                    |direct            |2024-01-03| 40.00|CLP     |100.00|A      |
|B1      |S01        |goods                    |direct            |2024-01-10| 40.00|CLP     |100.00|A      |
|B1      |S01        |goods                    |direct            |2024-01-24| 30.00|CLP     |100.00|A      |
|B1      |S01        |goods                    |direct            |2024-06-01| 90.00|CLP     |100.00|       |
|B1      |S02        |goods                    |direct            |2024-01-01| 60.00|CLP     |100.00|B      |
|B1      |S02        |goods                    |direct            |2024-01-31| 60.00|CLP     |100.00|B      |
|B1      |S03        |goods                    |direct            |2024-01-01| 60.00|CLP     |100.00|       |
|B1      |S03        |goods                    |direct            |2024-02-01| 60.00|CLP     |100.00|       |
|B1      |S04        |goods                    |direct            |2024-01-04| 60.00|CLP     |100.00|       |
|B1      |S04        |goods                    |direct            |2024-01-05| 40.00|CLP     |100.00|       |
|B1      |S05        |goods                    |direct            |2024-01-04| 60.00|CLP     |100.00|C      |
|B1      |S05        |goods                    |direct            |2024-01-05| 40.01|CLP     |100.00|C      |
|B1      |S06        |goods                    |direct            |2024-01-04|100.00|CLP     |100.00|D      |
|B1      |S06        |goods                    |direct            |2024-01-05|  0.01|CLP     |100.00|D      |
|B1      |S07        |goods                    |direct            |2024-01-04|100.01|CLP     |100.00|       |
|B1      |S07        |goods                    |direct            |2024-01-05| 99.00|CLP     |100.00|       |
|B1      |S08        |goods                    |direct            |2024-03-05| 40.00|CLP     |100.00|E      |
|B1      |S08        |goods                    |direct            |2024-03-05| 40.00|CLP     |100.00|E      |
|B1      |S08        |goods                    |direct            |2024-03-05| 40.00|CLP     |100.00|E      |
|B1      |S09        |goods                    |direct            |2024-01-04| 60.00|CLP     |100.00|       |
|B1      |S10        |goods                    |direct            |2024-01-05| 60.00|CLP     |100.00|       |
|B2      |S10        |goods                    |direct            |2024-01-05| 60.00|CLP     |100.00|       |
|B1      |S11        |goods                    |direct            |2024-01-04| 60.00|CLP     |100.00|       |
|B1      |S11        |services                 |direct            |2024-01-05| 60.00|CLP     |100.00|       |
|B1      |S12        |goods                    |direct            |2024-01-04| 60.00|CLP     |100.00|       |
|B1      |S12        |goods                    |limited           |2024-01-05| 60.00|CLP     |100.00|       |
|B1      |S12        |goods                    |direct            |2024-01-05| 30.00|CLP     |100.00|       |
|B1      |S12        |goods                    |                  |2024-01-05| 30.00|CLP     |100.00|       |
|B1      |S12        |goods                    |                  |2024-01-05| 30.00|CLP     |100.00|       |
|B1      |S12        |goods                    |unknown           |2024-01-05| 30.00|CLP     |100.00|       |
|B1      |S12        |goods                    |unknown           |2024-01-05| 30.00|CLP     |100.00|       |
|B1      |S12        |services                 |open              |2024-01-05| 30.00|CLP     |100.00|       |
|B1      |S12        |services                 |open              |2024-01-05| 30.00|CLP     |100.00|       |
|B1      |S12        |services                 |selective         |2024-01-05| 30.00|CLP     |100.00|       |
|B1      |S12        |services                 |selective         |2024-01-05| 30.00|CLP     |100.00|       |
|B1      |S13        |goods                    |direct            |2024-01-04| 60.00|CLP     |100.00|       |
|B1      |S13        |goods                    |direct            |2024-01-05| 60.00|USD     |100.00|       |
|B1      |S14        |                         |                  |2024-01-04| 60.00|CLP     |100.00|F      |
|B1      |S14        |                         |                  |2024-01-05| 60.00|CLP     |100.00|F      |
|B1      |S15        |goods                    |direct            |2024-01-04| 50.00|CLP     |100.00|       |
|B1      |S15        |goods                    |direct            |2024-01-05| 45.00|CLP     | 90.00|       |
|B1      |S16        |goods                    |direct            |2024-01-04| 50.00|CLP     | 90.00|       |
|B1      |S16        |goods                    |direct            |2024-01-05| 45.00|CLP     |100.00|       |
|B1      |S17        |goods                    |direct            |2024-01-01| 50.00|CLP     |100.00|G      |
|B1      |S17        |goods                    |direct            |2024-01-25| 60.00|CLP     |100.00|G      |
|B1      |S17        |goods                    |direct            |2024-02-20| 60.00|CLP     |110.00|G      |
|B1      |S18        |goods                    |direct            |2024-01-01| 60.00|CLP     |100.00|H      |
|B1      |S18        |goods                    |direct            |2024-01-10| 60.00|CLP     |100.00|H      |
|B1      |S18        |goods                    |direct            |2024-02-25| 10.00|CLP     |100.00|       |
|B1      |S18        |goods                    |direct            |2024-04-01| 60.00|CLP     |100.00|I      |
|B1      |S18        |goods                    |direct            |2024-04-10| 60.00|CLP     |100.00|I      |
|B1      |S19        |goods                    |direct            |2024-01-05| 60.00|CLP     |100.00|J      |
|B1      |S19        |goods                    |direct            |2024-01-06|  0.00|CLP     |100.00|       |
|B1      |S19        |goods                    |direct            |2024-01-07|-50.00|CLP     |100.00|       |
|B1      |S19        |goods                    |direct            |2024-01-08| 60.00|CLP     |100.00|J      |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R011 and R055.
- Chile, Ley 19.886, article 7, on dividing purchases: ayuda.mercadopublico.cl, KA-01083.
- imco/IRC, src/features/productos.py: the same question by calendar week of the start date.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import PLACE, Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._gathered import gathered
from spendaudit.rules._limits import PARTS, Limited, of_parts, within_limit
from spendaudit.rules._parties import date_basis
from spendaudit.rules._rule import Precision, Rule, Stage
from spendaudit.rules._windows import crowded, rows_in, runs, windows


class SplitPurchases(Limited):
    """Settings of SPL001."""

    days: int = Field(30, ge=1, le=366, description="most days between the first and the last of a window")
    min_contracts: int = Field(2, ge=2, le=100, description="fewest purchases in a window")


def find(tables: Tables, params: SplitPurchases) -> pl.LazyFrame:
    """Return one row per run of overlapping windows."""
    purchases = tables["contracts"].with_columns(limit=params.in_force())
    measures = {"n": pl.len(), "total": pl.col("amount").sum(), "ceiling": pl.col("limit").max()}
    parts = crowded(
        purchases.select(*PLACE, *PARTS, "decision_date", "amount", "limit"),
        PARTS,
        params.days,
        params.min_contracts,
    ).cache()
    above = windows(parts, PARTS, params.days, measures).filter(
        pl.col("n") >= params.min_contracts, pl.col("total") > pl.col("ceiling")
    )
    splits = runs(above, {"ceiling": pl.col("ceiling").max(), "peak": pl.col("total").max()})
    told = {name: pl.col(name).first() for name in ("ceiling", "peak")}
    return gathered(rows_in(splits, parts, PARTS), ["run"], **told)


def tells(params: SplitPurchases) -> dict[str, pl.Expr]:
    """Tell who bought from whom, what and how, which limit the parts were under, and what they add up to."""
    date = pl.col("decision_date")
    return {
        **of_parts(params),
        "peak": pl.col("peak").first(),
        "days": pl.lit(params.days),
        "span": (date.max() - date.min()).dt.total_days(),
        "date_basis": date_basis(),
    }


RULE: Final = Rule(
    id="SPL001",
    name="split-purchases",
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
    params=SplitPurchases,
    find=find,
    tells=tells,
    message="{buyer_name} bought {members} times from {supplier_name}, each time at or under the limit of "
    "{limit}; within {days:day(s)} that adds up to as much as {peak}",
    page=__doc__,
    since="0.1",
)
