"""Different bidders of one tender asked the same price.

Why it matters
--------------
Two firms that calculate apart rarely come to the same sum. Where they do, to the cent, one of them may have
known the other's bid, or both were written by one hand.

Formula
-------
Bids in one tender, of one amount and currency, are a finding when at least `min_bidders` different bidders
made them. Bids that were disqualified count; bids of nothing do not, nor those that were withdrawn or never
made (states `withdrawn` and `invited`). A bidder is known by number, or by name where there is none; several
who bid together are one. Tenders whose contracts all came to nothing are left out.

Threshold
---------
- `min_bidders`: 2, as Cardinal (R028) takes it.
- `left_out`, `price_methods` and `other_methods`: none. Details of methods whose tenders are left out, or the
  only ones in which price decides, or in which it does not: where the buyer sets it, all ask the same.
- `currency`: none. With one, bids in others are passed over.
- `cardinal`: no. With yes, bids of nothing count, and those without a state do not.

Viespirkiai finds identical prices in 1.8 % of procurements in Lithuania.

False positives
---------------
- Prices set by law, tariff or list: fuel, drugs, books, fees of notaries.
- The buyer named the price, and bids differ in quality or time alone.
- Bids of one unit, or of hours at a fixed rate.
- One bidder who is published under two numbers; a joint bid that is published once for each member.

What would settle it
--------------------
The bids as they were handed in, with their price schedules, and any tariff that sets the price.

Worked example
--------------
With the default settings. In T1 two bidders asked 100 (A), two others 90 (B), and one 100 US dollars. Of T2's
bids, a cent lies between two, one bidder made both of 80, another withdrew, or was invited, and nothing is no
price; 100 in the other source is another tender. In T3 three names are three bidders (C), and one who was
disqualified counts. T4 came to nothing; T5 did so in part (D). T6 has equal bids in two currencies (E, F),
and one of nobody.

contracts:

|source|tender_id|is_void|
|------|---------|-------|
|one   |T1       |no     |
|one   |T3       |       |
|one   |T4       |yes    |
|two   |T3       |yes    |
|one   |T5       |yes    |
|one   |T5       |no     |

bids:

|source|tender_id|bidder_id|bidder_name|amount|currency|status      |date      |finding|
|------|---------|---------|-----------|------|--------|------------|----------|-------|
|one   |T1       |S1       |Ash        |100.00|CLP     |valid       |2024-03-01|A      |
|one   |T1       |S2       |Ash        |100.00|CLP     |valid       |2024-03-04|A      |
|one   |T1       |S3       |Bay        | 90.00|CLP     |            |          |B      |
|one   |T1       |S4       |Cob        | 90.00|CLP     |            |          |B      |
|one   |T1       |S5       |Elm        |100.00|USD     |valid       |2024-03-01|       |
|one   |T2       |S1       |Ash        |100.00|CLP     |valid       |2024-03-01|       |
|one   |T2       |S2       |Ash        |100.01|CLP     |valid       |2024-03-01|       |
|one   |T2       |S3       |Bay        |100.00|CLP     |Withdrawn   |2024-03-01|       |
|one   |T2       |S4       |Cob        |100.00|CLP     |invited     |2024-03-01|       |
|one   |T2       |S6       |Fir        | 80.00|CLP     |valid       |2024-03-01|       |
|one   |T2       |S6       |Fir Ltd.   | 80.00|CLP     |valid       |2024-03-01|       |
|one   |T2       |S7       |Gum        |  0.00|CLP     |valid       |2024-03-01|       |
|one   |T2       |S8       |Oak        |  0.00|CLP     |valid       |2024-03-01|       |
|two   |T2       |S2       |Ash        |100.00|CLP     |valid       |2024-03-01|       |
|one   |T3       |         |Ash        |100.00|CLP     |valid       |2024-03-01|C      |
|one   |T3       |         |Bay        |100.00|CLP     |disqualified|2024-03-01|C      |
|one   |T3       |         |Cob        |100.00|CLP     |pending     |2024-03-01|C      |
|one   |T4       |S1       |Ash        |100.00|CLP     |valid       |2024-03-01|       |
|one   |T4       |S2       |Bay        |100.00|CLP     |valid       |2024-03-01|       |
|one   |T5       |S1       |Ash        |100.00|CLP     |valid       |2024-03-01|D      |
|one   |T5       |S2       |Bay        |100.00|CLP     |valid       |2024-03-01|D      |
|one   |T6       |S1       |Ash        |  0.50|CLP     |valid       |          |E      |
|one   |T6       |S2       |Bay        |  0.50|CLP     |valid       |          |E      |
|one   |T6       |S5       |Elm        |  0.50|USD     |valid       |          |F      |
|one   |T6       |S6       |Fir        |  0.50|USD     |valid       |          |F      |
|one   |T6       |         |           | 70.00|CLP     |valid       |          |       |
|one   |T6       |S8       |Oak        | 70.00|CLP     |valid       |          |       |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R028, and Cardinal's R028, which
  counts bids of nothing.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import TOTAL, Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._bids import BIDDER, CONTRACTS, READ, TENDER, bidder, standing, submitted
from spendaudit.rules._cardinal import ByPrice, numbered
from spendaudit.rules._cardinal import bidder as named
from spendaudit.rules._gathered import gathered
from spendaudit.rules._repeats import digest, repeated_digests
from spendaudit.rules._rule import BEGUN, Beginning, Precision, Rule, Stage

PRICE: Final = (*TENDER, "currency", "amount")


class IdenticalBidPrices(ByPrice):
    """Settings of BID004."""

    min_bidders: int = Field(2, ge=2, le=1000, description="fewest different bidders of one price")


def find(tables: Tables, params: IdenticalBidPrices) -> pl.LazyFrame:
    """Return one row per tender and price."""
    perhaps = _bids(tables["bids"], params).join(
        tables[BEGUN], left_on=digest(PRICE), right_on="digest", how="semi"
    )
    alike = standing(perhaps, tables, params).with_columns(price="amount")
    priced = gathered(
        alike,
        (*TENDER, "currency", "price"),
        "date",
        amount=pl.col("amount").first().cast(TOTAL),
        bidders=(numbered(named(cardinal=True)) if params.cardinal else bidder()).n_unique(),
    )
    return priced.filter(pl.col("bidders") >= params.min_bidders)


def repeated(tables: Tables, params: IdenticalBidPrices) -> pl.LazyFrame:
    """List the digests of prices that stand more than once, and by chance a few others."""
    return repeated_digests(_bids(tables["bids"], params), PRICE).unique()


def _bids(bids: pl.LazyFrame, params: IdenticalBidPrices) -> pl.LazyFrame:
    """Return the bids that are compared, whatever became of their tender."""
    made = bids.filter(submitted(cardinal=params.cardinal))
    made = made.filter(named(cardinal=True).is_not_null() if params.cardinal else pl.col("amount") > 0)
    return made.filter(pl.col("currency") == params.currency) if params.currency else made


def tells(_params: IdenticalBidPrices) -> dict[str, pl.Expr]:
    """Tell in which tender how many bidders asked what."""
    return {
        "tender": pl.col("tender_id").first(),
        "bidders": pl.col("bidders").first(),
        "price": pl.col("amount").first(),
    }


RULE: Final = Rule(
    id="BID004",
    name="identical-bid-prices",
    ocp=("R028",),
    severity=Severity.MEDIUM,
    precision=Precision.HIGH,
    stage=Stage.TENDER,
    subject="bids",
    needs={"bids": frozenset({"tender_id", "amount", "currency"})},
    either=BIDDER,
    uses={"bids": READ | BIDDER | {"status"}, "contracts": CONTRACTS},
    shard_by=None,
    params=IdenticalBidPrices,
    begins=Beginning(repeated, IdenticalBidPrices),
    find=find,
    tells=tells,
    message="{bidders} bidders in tender {tender} asked the same price, {price}: how did they come to it?",
    page=__doc__,
    since="0.1",
)
