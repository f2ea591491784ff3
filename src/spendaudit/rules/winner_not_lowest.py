"""A tender was won by a bid that was not the lowest.

Why it matters
--------------
Where price decides, the lowest valid bid wins. When another won, the file of the tender says why: points for
quality, a bid that was rejected, a supplier that withdrew. That is worth reading where it is one buyer's
habit.

Formula
-------
A tender whose contracts all go to one supplier, in one currency, is a finding when of the bids in that
currency

    lowest bid of the winner > (1 + tolerance) * lowest bid

Bids of nothing, and bids that were withdrawn, disqualified, rejected or never made (states `withdrawn`,
`disqualified`, `rejected` and `invited`, in Mercado Publico `rechazada`), do not count. The amount of a
finding is the difference.

Threshold
---------
- `tolerance`: 0.05, a default of this project: points for quality often outweigh less.

Many tenders weigh quality against price: a single finding says little, many findings of one buyer more. No
file at hand has bids beside winners, so that there is no measured rate.

False positives
---------------
- Points for quality, time or service; preference for small or local firms.
- Tenders by lots, whose bids are for different lots; unit prices beside totals.
- Bids that were rejected and are published without that state.

What would settle it
--------------------
The evaluation report with the points of each bid, and the criteria as the tender published them.

Worked example
--------------
With the default settings. In T1 the winner asked 105.01, another 100 (A); in T2 exactly 105.00. In T3 the
lower bids were no bids in the end, of nothing, in dollars, or in another source; in T4 the winner has a low
bid, too. T5 has two winners, T7 two currencies, and T6 no bid of the winner. The bids for T8 are in the other
source alone (B), those for T1 in both. In T10 the lowest bid has won, in T11 half a peso has not (C).

contracts:

|source|tender_id|buyer_name|supplier_id|award_date|currency|finding|
|------|---------|----------|-----------|----------|--------|-------|
|portal|T1       |Hill      |S1         |2024-01-03|CLP     |A      |
|portal|T1       |Hill      |S1         |2024-01-04|CLP     |A      |
|portal|T2       |Hill      |S1         |2024-01-03|CLP     |       |
|portal|T3       |Hill      |S1         |2024-01-03|CLP     |       |
|portal|T4       |Hill      |S1         |2024-01-03|CLP     |       |
|portal|T5       |Hill      |S1         |2024-01-03|CLP     |       |
|portal|T5       |Hill      |S2         |2024-01-03|CLP     |       |
|portal|T6       |Hill      |S1         |2024-01-03|CLP     |       |
|portal|T7       |Hill      |S1         |2024-01-03|CLP     |       |
|portal|T7       |Hill      |S1         |2024-01-03|USD     |       |
|other |T8       |Hill      |S1         |2024-01-03|CLP     |B      |
|portal|T8       |Hill      |S1         |2024-01-03|CLP     |       |
|other |T1       |Hill      |S2         |2024-01-03|CLP     |       |
|portal|T10      |Hill      |S2         |2024-01-03|CLP     |       |
|portal|T11      |Hill      |S1         |2024-01-03|CLP     |C      |

bids:

|source|tender_id|bidder_id|amount|currency|status      |
|------|---------|---------|------|--------|------------|
|portal|T1       |S1       |105.01|CLP     |valid       |
|portal|T1       |S2       |100.00|CLP     |            |
|portal|T1       |S3       |101.00|CLP     |valid       |
|portal|T2       |S1       |105.00|CLP     |valid       |
|portal|T2       |S2       |100.00|CLP     |valid       |
|portal|T3       |S1       |200.00|CLP     |valid       |
|portal|T3       |S2       |100.00|CLP     |withdrawn   |
|portal|T3       |S3       |100.00|CLP     |Disqualified|
|portal|T3       |S4       |0.00  |CLP     |valid       |
|portal|T3       |S5       |100.00|USD     |valid       |
|portal|T3       |S6       |100.00|CLP     |Rechazada   |
|portal|T3       |S8       |100.00|CLP     |rejected    |
|portal|T3       |S9       |100.00|CLP     |invited     |
|portal|T3       |S7       |300.00|CLP     |valid       |
|other |T3       |S2       |100.00|CLP     |valid       |
|portal|T4       |S1       |200.00|CLP     |valid       |
|portal|T4       |S1       |100.00|CLP     |valid       |
|portal|T4       |S2       |100.00|CLP     |valid       |
|portal|T5       |S1       |200.00|CLP     |valid       |
|portal|T5       |S3       |100.00|CLP     |valid       |
|portal|T6       |S2       |100.00|CLP     |valid       |
|portal|T6       |S3       |200.00|CLP     |valid       |
|portal|T7       |S1       |200.00|CLP     |valid       |
|portal|T7       |S2       |100.00|CLP     |valid       |
|other |T8       |S1       |200.00|CLP     |valid       |
|other |T8       |S2       |100.00|CLP     |valid       |
|other |T1       |S1       | 95.00|CLP     |valid       |
|other |T1       |S2       | 90.00|CLP     |valid       |
|portal|T10      |S1       | 60.00|CLP     |valid       |
|portal|T10      |S2       | 50.00|CLP     |valid       |
|portal|T1       |S2       |102.00|CLP     |valid       |
|portal|T11      |S1       | 10.00|CLP     |valid       |
|portal|T11      |S2       |  0.50|CLP     |valid       |

References
----------
- tlevine/red-flags, and the World Bank's red flags (2018): the lowest bid was not chosen.
- Open Contracting Partnership, Red flags in public procurement (2024), R036, is about disqualified lowest
  bids.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import FINDING, TOTAL, Severity, members
from spendaudit.model.tables import Tables
from spendaudit.rules._bids import in_state
from spendaudit.rules._parties import who
from spendaudit.rules._rule import Params, Rule, Stage
from spendaudit.rules._shares import at_most

TENDER: Final = ("source", "tender_id")
#: States of what is no bid in the end, in small letters.
APART: Final = ("withdrawn", "disqualified", "rejected", "invited", "rechazada")


class WinnerNotLowest(Params):
    """Settings of PRC012."""

    tolerance: Decimal = Field(
        Decimal("0.05"), ge=0, le=10, decimal_places=4, description="share above the lowest bid that passes"
    )


def find(tables: Tables, params: WinnerNotLowest) -> pl.LazyFrame:
    """Return one row per tender."""
    amount, day = pl.col("amount"), pl.col("decision_date")
    apart = in_state(*APART).fill_null(value=False)
    tenders = (
        tables["contracts"]
        .group_by(TENDER)
        .agg(
            members=members(),
            suppliers=pl.col("supplier_id").n_unique(),
            currencies=pl.col("currency").n_unique(),
            winner=pl.col("supplier_id").first(),
            currency=pl.col("currency").first(),
            starts=day.min(),
            ends=day.max(),
        )
        .filter(pl.col("suppliers") == 1, pl.col("currencies") == 1)
    )
    its = pl.col("bidder_id") == pl.col("winner")
    compared = (
        tables["bids"]
        .filter(amount > 0, ~apart)
        .join(tenders.select(*TENDER, "currency", "winner"), on=(*TENDER, "currency"))
        .group_by(TENDER)
        .agg(
            won=amount.filter(its).min(),
            lowest=amount.min(),
            bidders=pl.col("bidder_id").n_unique(),
        )
        .filter(~at_most(pl.col("won"), 1 + params.tolerance, pl.col("lowest")))
    )
    return (
        tenders.join(compared, on=TENDER)
        .with_columns(amount=(pl.col("won") - pl.col("lowest")).cast(TOTAL))
        .sort(pl.col("members").list.first())
        .select(*FINDING.names(), "won", "lowest", "bidders")
    )


def tells(_params: WinnerNotLowest) -> dict[str, pl.Expr]:
    """Tell who bought from whom, what the winner and the lowest asked, and of how many bidders."""
    return {
        **who(),
        "tender": pl.col("tender_id").first(),
        "title": pl.coalesce("title", "tender_id").min(),
        "won": pl.col("won").first(),
        "lowest": pl.col("lowest").first(),
        "bidders": pl.col("bidders").first(),
    }


RULE: Final = Rule(
    id="PRC012",
    name="winner-not-lowest",
    severity=Severity.LOW,
    stage=Stage.AWARD,
    subject="contracts",
    needs={
        "contracts": frozenset({"tender_id", "supplier_id", "currency"}),
        "bids": frozenset({"tender_id", "bidder_id", "amount", "currency"}),
    },
    uses={"contracts": frozenset({"source", "decision_date"}), "bids": frozenset({"source", "status"})},
    shard_by=None,
    params=WinnerNotLowest,
    find=find,
    tells=tells,
    message="{buyer_name}: {supplier_name} won tender {tender} with {won}, though another of {bidders} "
    "bidders asked {lowest}: what outweighed the price?",
    page=__doc__,
    since="0.1",
)
