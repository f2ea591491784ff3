"""The bid that won was far below all others.

Why it matters
--------------
A price that no rival comes near may not last: it is won low, and raised by amendments later. Or the others
never meant to win, and bid too high on purpose.

Formula
-------
A tender whose contracts all go to one supplier, in one currency, and whose winner asked no more than any
other, is a finding when of the valid bids in the one currency of the winner's

    ratio = (lowest bid of the others - lowest bid of the winner) / lowest bid of the winner
    ratio >= threshold                                              with against = threshold
    ratio >= third quartile + 1.5 * (third - first quartile)        with against = quartiles

The quartiles (of type 8) are those of all such tenders in a data source, three at least, and ask nothing
where the bound is not above 0. Several who bid together are one bidder. Bids of nothing do not count, nor
those that were disqualified, rejected, withdrawn, or never opened. The amount of a finding is the difference.

Threshold
---------
- `against`: `threshold`, or `quartiles` as Cardinal (R058).
- `threshold`: 0.5, Cardinal's example: the next bid is half as much again.
- `left_out`, `price_methods` and `other_methods`: none. Details of methods (`Subasta a la baja`) whose
  tenders are left out, or the only ones in which price decides, or in which it does not.
- `currency`: none, each tender in its own. With one, bids in others are passed over.
- `cardinal`: no. With yes, quartiles are taken of any number of tenders, a tender has one award to one
  supplier, bids of several tenderers are passed over, states are those of OCDS to the letter, bids of nothing
  count unless they won, and of no `currency` it is the first one in the file: what Cardinal meets there
  decides which bids it sees.

Viespirkiai finds heavy discounts in 2.6 % of procurements in Lithuania. Statistical: of tenders drawn by
chance (`bench/chance.py`) at most 0.1 % are flagged; a test holds it.

False positives
---------------
- A slip in a bid, such as a shifted decimal point, or a bid for some of the lots.
- Unit prices beside totals; prices that are symbolic.
- One rival who did not know the market.

What would settle it
--------------------
The winner's explanation of its price, the buyer's check of it, and the amendments since.

Worked example
--------------
With the default settings. The second bid of T1 is half as much again as the first (A), in either source (B),
that of T2 a cent less. T3 has no second bid, and in T4 a lower one did not win. A second winner of T5 has no
number. The winner of T6 and T7 bid in two currencies, but for the T7 of source two (C).

contracts:

|source|tender_id|buyer_name|supplier_id|supplier_name|award_date|currency|status|finding|
|------|---------|----------|-----------|-------------|----------|--------|------|-------|
|one   |T1       |Hill      |S1         |Ash          |2024-01-03|CLP     |      |A      |
|one   |T1       |Hill      |           |             |2024-01-05|CLP     |active|A      |
|one   |T1       |Hill      |           |             |2024-01-05|CLP     |      |       |
|two   |T1       |Hill      |S1         |Ash          |2024-01-03|CLP     |      |B      |
|one   |T2       |Hill      |S1         |Ash          |2024-01-03|CLP     |      |       |
|one   |T3       |Hill      |S1         |Ash          |2024-01-03|CLP     |      |       |
|one   |T4       |Hill      |S1         |Ash          |2024-01-03|CLP     |      |       |
|one   |T5       |Hill      |S1         |Ash          |2024-01-03|CLP     |      |       |
|one   |T5       |Hill      |           |Elm          |2024-01-03|CLP     |active|       |
|one   |T6       |Hill      |S1         |Ash          |2024-01-03|CLP     |      |       |
|one   |T7       |Hill      |S1         |Ash          |2024-01-03|CLP     |      |       |
|two   |T6       |Hill      |S1         |Ash          |2024-01-03|CLP     |      |       |
|two   |T7       |Hill      |S1         |Ash          |2024-01-03|CLP     |      |C      |

bids:

|source|tender_id|bidder_id|amount|currency|status      |
|------|---------|---------|------|--------|------------|
|one   |T1       |S1       |1.00  |CLP     |valid       |
|one   |T1       |S2       |1.50  |CLP     |valid       |
|one   |T1       |S3       |1.20  |CLP     |disqualified|
|one   |T1       |S4       |1.20  |USD     |valid       |
|two   |T1       |S1       |100.00|CLP     |valid       |
|two   |T1       |S2       |150.00|CLP     |valid       |
|one   |T2       |S1       |100.00|CLP     |valid       |
|one   |T2       |S2       |149.99|CLP     |valid       |
|one   |T2       |S3       |200.00|CLP     |valid       |
|one   |T3       |S1       |100.00|CLP     |valid       |
|one   |T3       |S1       |200.00|CLP     |valid       |
|one   |T4       |S1       |100.00|CLP     |valid       |
|one   |T4       |S2       |10.00 |CLP     |valid       |
|one   |T4       |S3       |200.00|CLP     |valid       |
|one   |T5       |S1       |100.00|CLP     |valid       |
|one   |T5       |S2       |150.00|CLP     |valid       |
|one   |T6       |S1       |100.00|CLP     |valid       |
|one   |T6       |S1       |100.00|USD     |valid       |
|one   |T6       |S2       |150.00|CLP     |valid       |
|one   |T7       |S1       |100.00|CLP     |valid       |
|one   |T7       |S1       |100.00|USD     |valid       |
|one   |T7       |S2       |150.00|CLP     |valid       |
|two   |T6       |S1       |100.00|CLP     |valid       |
|two   |T6       |S1       |100.00|USD     |valid       |
|two   |T6       |S2       |150.00|CLP     |valid       |
|two   |T7       |S1       |100.00|CLP     |valid       |
|two   |T7       |S2       |150.00|CLP     |valid       |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R058, and Cardinal's R058.
"""

from decimal import Decimal
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._rule import Rule, Stage
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


class HeavilyDiscountedBid(ByDistance):
    """Settings of BID002."""

    threshold: Decimal = Field(
        Decimal("0.5"), ge=0, le=1000, decimal_places=4, description="least distance, a share of the price"
    )


def find(tables: Tables, params: HeavilyDiscountedBid) -> pl.LazyFrame:
    """Return one row per tender."""
    return found(tables, params, far=True)


RULE: Final = Rule(
    id="BID002",
    name="heavily-discounted-bid",
    ocp=("R058",),
    severity=Severity.LOW,
    stage=Stage.TENDER,
    subject="contracts",
    needs=NEEDS,
    either=EITHER,
    either_of=EITHER_OF,
    uses=USES,
    scope=scope,
    shard_by=None,
    params=HeavilyDiscountedBid,
    begins=BEGINS,
    find=find,
    tells=tells,
    message="{buyer_name}: {supplier_name} won tender {tender} with {won}, and the next of {bidders} bidders "
    "asked {second}: can the lower price hold?",
    page=__doc__,
    since="0.1",
)
