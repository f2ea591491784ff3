"""The second bid was hardly above the one that won.

Why it matters
--------------
A rival who knows the winner's price and means to lose can bid just above it: two bids look like competition,
and the winner gives nothing away. A rival who means to win rarely ends that near.

Formula
-------
A tender whose contracts all go to one supplier, in one currency, and whose winner asked no more than any
other, is a finding when of the valid bids in the one currency of the winner's

    ratio = (lowest bid of the others - lowest bid of the winner) / lowest bid of the winner
    ratio <= threshold                                              with against = threshold
    ratio <= first quartile - 1.5 * (third - first quartile)        with against = quartiles

The quartiles (of type 8) are those of all such tenders in a data source, three at least, and ask nothing
where the first, or the bound, is not above 0. Several who bid together are one bidder. Bids of nothing do not
count, nor those that were disqualified, rejected, withdrawn, or never opened. The amount of a finding is the
difference.

Threshold
---------
- `against`: `threshold`, or `quartiles` as Cardinal (R024), which leave in peace a sector where all bids are
  close.
- `threshold`: 0.01. The World Bank's list asks about bids within 1 %; Cardinal's example is 0.05.
- `left_out`, `price_methods` and `other_methods`: none. Details of methods (`Subasta a la baja`) whose
  tenders are left out, or the only ones in which price decides, or in which it does not.
- `currency`: none, each tender in its own. With one, bids in others are passed over.
- `cardinal`: no. With yes, quartiles are taken of any number of tenders, a tender has one award to one
  supplier, bids of several tenderers are passed over, states are those of OCDS to the letter, bids of nothing
  count unless they won, and of no `currency` it is the first one in the file: what Cardinal meets there
  decides which bids it sees.

Viespirkiai finds close prices in 6.6 % of procurements in Lithuania. Statistical: of tenders drawn by chance
(`bench/chance.py`) at most 7.5 % are flagged; a test holds it.

False positives
---------------
- Auctions in which bidders see each other's prices; a lowest price that is set by the buyer.
- Catalogue goods, small purchases, prices by tariff.
- Equal bids are asked about by BID004, too.

What would settle it
--------------------
The record of opening the bids with the time and price of each, and the evaluation report.

Worked example
--------------
With the default settings. The second bid of T1 is 1 % above the first (A), nothing being no bid, that of T2 a
little more, that of T3 equals it (B). In T4 another asked less; T5 has two winners in its source, T6 two
currencies, as has the winner in T9; T7 is undecided. The close ones of T8 are no valid bids, in dollars, the
winner's own or in another source, where it is a finding (C).

contracts:

|source|tender_id|buyer_name|supplier_id|award_date|currency|status |finding|
|------|---------|----------|-----------|----------|--------|-------|-------|
|one   |T1       |Hill      |S1         |2024-01-03|CLP     |active |A      |
|one   |T1       |Hill      |S1         |2024-01-04|CLP     |       |A      |
|one   |T1       |Hill      |           |2024-01-05|CLP     |       |       |
|one   |T2       |Hill      |S1         |2024-01-03|CLP     |active |       |
|one   |T3       |Hill      |S1         |2024-01-03|CLP     |active |B      |
|one   |T4       |Hill      |S1         |2024-01-03|CLP     |active |       |
|one   |T5       |Hill      |S1         |2024-01-03|CLP     |active |       |
|one   |T5       |Hill      |S2         |2024-01-03|CLP     |active |       |
|two   |T5       |Hill      |S1         |2024-01-03|CLP     |active |       |
|one   |T6       |Hill      |S1         |2024-01-03|CLP     |active |       |
|one   |T6       |Hill      |S1         |2024-01-03|USD     |active |       |
|one   |T7       |Hill      |           |2024-01-03|CLP     |Pending|       |
|one   |T7       |Hill      |S1         |2024-01-03|CLP     |active |       |
|one   |T8       |Hill      |S1         |2024-01-03|CLP     |active |       |
|two   |T8       |Hill      |S1         |2024-01-03|        |active |C      |
|one   |T9       |Hill      |S1         |2024-01-03|CLP     |active |       |

bids:

|source|tender_id|bidder_id|amount|currency|status      |
|------|---------|---------|------|--------|------------|
|one   |T1       |S1       |100.00|CLP     |valid       |
|one   |T1       |S1       |150.00|CLP     |valid       |
|one   |T1       |S2       |101.00|CLP     |            |
|one   |T1       |S3       |200.00|CLP     |valid       |
|one   |T1       |S4       |  0.00|CLP     |valid       |
|one   |T2       |S1       |100.00|CLP     |valid       |
|one   |T2       |S2       |101.02|CLP     |valid       |
|one   |T3       |S1       |100.00|CLP     |valid       |
|one   |T3       |S2       |100.00|CLP     |valid       |
|one   |T4       |S1       |100.00|CLP     |valid       |
|one   |T4       |S2       | 99.99|CLP     |valid       |
|one   |T5       |S1       |100.00|CLP     |valid       |
|one   |T5       |S2       |100.00|CLP     |valid       |
|one   |T5       |S3       |100.00|CLP     |valid       |
|one   |T6       |S1       |100.00|CLP     |valid       |
|one   |T6       |S3       |100.00|CLP     |valid       |
|one   |T7       |S1       |100.00|CLP     |valid       |
|one   |T7       |S2       |100.00|CLP     |valid       |
|one   |T9       |S1       |100.00|CLP     |valid       |
|one   |T9       |S1       | 90.00|USD     |valid       |
|one   |T9       |S2       |100.00|CLP     |valid       |
|one   |T8       |S1       |100.00|CLP     |valid       |
|one   |T8       |S1       |100.50|CLP     |valid       |
|one   |T8       |S2       |100.00|CLP     |Disqualified|
|one   |T8       |S3       |100.00|CLP     |withdrawn   |
|one   |T8       |S4       |100.00|USD     |valid       |
|two   |T8       |S1       |100.00|CLP     |valid       |
|two   |T8       |S2       |100.00|CLP     |valid       |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R024, and Cardinal's R024.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._rule import Precision, Rule, Stage
from spendaudit.rules._runners_up import (
    BEGINS,
    EITHER,
    EITHER_OF,
    NEEDS,
    USES,
    ByDistance,
    found,
    scope,
    tells,
)


class CloseBid(ByDistance):
    """Settings of BID001."""

    threshold: Decimal = Field(
        Decimal("0.01"), ge=0, le=10, decimal_places=4, description="greatest distance, a share of the price"
    )


def find(tables: Tables, params: CloseBid) -> pl.LazyFrame:
    """Return one row per tender."""
    return found(tables, params, far=False)


RULE: Final = Rule(
    id="BID001",
    name="close-bid",
    ocp=("R024",),
    severity=Severity.LOW,
    precision=Precision.HIGH,
    stage=Stage.TENDER,
    subject="contracts",
    needs=NEEDS,
    either=EITHER,
    either_of=EITHER_OF,
    uses=USES,
    scope=scope,
    shard_by=None,
    params=CloseBid,
    begins=BEGINS,
    find=find,
    tells=tells,
    message="{buyer_name}: {supplier_name} won tender {tender} with {won}, and the next of {bidders} bidders "
    "asked {second}: how did the two come so near?",
    page=__doc__,
    since="0.1",
)
