"""A tender brought fewer bids than three quarters of the tenders for alike things.

Why it matters
--------------
How many bid depends on the market. Where most tenders for the same kind of thing bring four bids and this one
brought two, it was asked for in another way, at another time, or of others.

Formula
-------
Tenders are alike when their portal, main category, item code (its first `digits` characters), procurement
method and year agree. Within at least `min_tenders` similar ones, `usual` is the greatest number that at
least three quarters of them reach, and a tender is a finding when

    number_of_tenderers < usual

and above 0. Lots of one tender that brought equally many bids are one tender. Direct awards are left out.

Threshold
---------
- The quarter is that of anticorruption-ai: below the 25th percentile of category and year.
- `digits`: 2, a division of the CPV or a segment of the UNSPSC. Where no code is published, the main category
  alone makes things alike.
- `min_tenders`: 20, a default of this project.

At most a quarter of tenders can be below: the run warns above 25 %. Of 3,771 tenders of Himachal Pradesh 4 %
are. Viespirkiai takes fewer than three bids in place of a quarter, and finds 67 % in Lithuania. Statistical:
of tenders drawn by chance (`bench/chance.py`) at most 12 % are flagged; a test holds it.

False positives
---------------
- Things that two characters of a code call alike, and a market does not.
- Small places among large ones, small amounts among large ones.
- Portals that count admitted bids, or winners, where others count bids.

What would settle it
--------------------
What the tender asked of bidders, the questions about its terms, and the survey of the market.

Worked example
--------------
With the default settings; a row stands for as many as `times` says. Of 20 alike tenders fifteen brought three
bids or more, which is usual, and five fewer (A to E). One that brought none is no part. Of services there are
19, and the next differ in code, method, year or portal. Tenders of which less is known are alike, too (F),
and direct awards are left out. Two lots of t1 brought one bid each (G), t2 one (H); elsewhere a t1 is
another.

contracts:

|times|source|main_procurement_category|item_code|procurement_method|award_date|number_of_tenderers|finding|
|-----|------|-------------------------|---------|------------------|----------|-------------------|-------|
|    1|one   |goods                    |3911     |open              |2024-01-03|                  1|A      |
|    1|one   |goods                    |3911     |open              |2024-01-03|                  1|B      |
|    1|one   |goods                    |3911     |open              |2024-01-03|                  2|C      |
|    1|one   |goods                    |3911     |open              |2024-01-03|                  2|D      |
|    1|one   |goods                    |3999     |open              |2024-12-31|                  2|E      |
|    1|one   |goods                    |3911     |open              |2024-01-03|                  3|       |
|   14|one   |goods                    |3911     |open              |2024-01-03|                  4|       |
|    1|one   |goods                    |3911     |open              |2024-01-03|                  0|       |
|    1|one   |services                 |3911     |open              |2024-01-03|                  1|       |
|   18|one   |services                 |3911     |open              |2024-01-03|                  4|       |
|    1|one   |services                 |3011     |open              |2024-01-03|                  4|       |
|    1|one   |services                 |3911     |limited           |2024-01-03|                  4|       |
|    1|one   |services                 |3911     |open              |2023-12-31|                  4|       |
|    1|two   |services                 |3911     |open              |2024-01-03|                  4|       |
|    1|two   |                         |         |limited           |          |                  1|F      |
|   19|two   |                         |         |limited           |          |                  4|       |
|   30|one   |goods                    |3911     |direct            |2022-01-03|                  4|       |
|    1|one   |goods                    |3911     |direct            |2022-01-03|                  1|       |

contracts:

|times|source|item_code|procurement_method|award_date|tender_id|number_of_tenderers|finding|
|-----|------|---------|------------------|----------|---------|-------------------|-------|
|   19|three |         |open              |2024-01-03|         |                  4|       |
|    1|three |         |open              |2024-01-03|t1       |                  1|G      |
|    1|three |         |open              |2024-06-03|t1       |                  1|G      |
|    1|three |         |open              |2024-01-03|t1       |                  5|       |
|    1|three |         |open              |2024-01-03|t2       |                  1|H      |
|    1|four  |         |open              |2024-01-03|t1       |                  1|       |
|    1|three |     4411|open              |2024-01-03|t1       |                  1|       |
|    1|three |         |limited           |2024-01-03|t1       |                  1|       |
|    1|three |         |open              |2023-01-03|t1       |                  1|       |

contracts:

|times|source|main_procurement_category|procurement_method|award_date|tender_id|number_of_tenderers|finding|
|-----|------|-------------------------|------------------|----------|---------|-------------------|-------|
|    1|three |works                    |open              |2024-01-03|t1       |                  1|       |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R019.
- spulido99/anticorruption-ai: fewer bidders than the 25th percentile of category and year.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import FINDING, Severity, alone, members
from spendaudit.model.tables import Tables
from spendaudit.rules._markets import code
from spendaudit.rules._methods import competitive
from spendaudit.rules._parties import date_basis, whose
from spendaudit.rules._rule import Params, Precision, Rule, Stage
from spendaudit.rules._totals import total

#: Tenders that agree in these are alike.
MARKET: Final = ("source", "main_procurement_category", "division", "procurement_method", "year")


class FewBidders(Params):
    """Settings of COM002."""

    digits: int = Field(2, ge=1, le=20, description="characters of the item code that must agree")
    min_tenders: int = Field(20, ge=8, le=100_000, description="fewest tenders that tell what is usual")


def scope(_params: FewBidders) -> pl.Expr:
    """Procedures in which several could bid, and someone did."""
    return competitive() & (pl.col("number_of_tenderers") > 0)


def find(tables: Tables, params: FewBidders) -> pl.LazyFrame:
    """Return one row per tender, and number of bids for its lots."""
    tenders = (
        tables["contracts"]
        .with_columns(
            division=code(params.digits),
            year=pl.col("decision_date").dt.year(),
            alone=alone("tender_id"),
        )
        .group_by(*MARKET, "tender_id", "alone", "number_of_tenderers")
        .agg(
            members=members(),
            **total(),
            starts=pl.col("decision_date").min(),
            ends=pl.col("decision_date").max(),
        )
        .cache()
    )
    usual = (
        tenders.group_by(MARKET)
        .agg(
            usual=pl.col("number_of_tenderers").sort().get(pl.len() // 4),
            tenders=pl.len(),
        )
        .filter(pl.col("tenders") >= params.min_tenders)
    )
    return (
        tenders.join(usual, on=MARKET, nulls_equal=True)
        .filter(pl.col("number_of_tenderers") < pl.col("usual"))
        .sort(pl.col("members").list.first())
        .select(*FINDING.names(), "usual", "tenders")
    )


def tells(params: FewBidders) -> dict[str, pl.Expr]:
    """Tell who asked for what, how many bid, how many usually do, and in how many alike tenders."""
    return {
        **whose(),
        "item": code(params.digits).first(),
        "tenderers": pl.col("number_of_tenderers").first(),
        "usual": pl.col("usual").first(),
        "tenders": pl.col("tenders").first(),
        "date_basis": date_basis(),
    }


RULE: Final = Rule(
    id="COM002",
    name="few-bidders",
    ocp=("R019",),
    severity=Severity.LOW,
    precision=Precision.LOW,
    stage=Stage.TENDER,
    subject="contracts",
    needs={"contracts": frozenset({"procurement_method", "number_of_tenderers"})},
    uses={
        "contracts": frozenset(
            {"source", "tender_id", "main_procurement_category", "item_code"}
            | {"amount", "currency", "decision_date"}
        )
    },
    scope=scope,
    shard_by=None,
    params=FewBidders,
    find=find,
    tells=tells,
    message="{buyer_name} asked for bids on {title:quoted} and received {tenderers}, where {usual} or more "
    "are usual in {tenders} similar tenders",
    page=__doc__,
    since="0.1",
    ceiling=0.25,
)
