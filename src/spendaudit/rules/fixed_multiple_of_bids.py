"""The bids of two bidders stood in the same ratio in tender after tender.

Why it matters
--------------
A bidder who means to lose has to write down some price. The easiest is the winner's, times a factor: 1.05 in
one tender, and 1.05 in the next. Two firms that calculate apart do not come to that.

Formula
-------
For each two bidders who bid in one tender, in one currency,

    ratio = higher bid / lower bid, to four decimals

Tenders in which the same bidder is the lower one, and the ratio is the same and above 1, are a finding if
there are at least `min_tenders`, and as many different lower bids. A bidder with several bids in a tender, in
one currency, is left out of it, as they may be for lots. Bids of nothing do not count, nor those that were
withdrawn or never made (states `withdrawn` and `invited`). The amount of a finding is the sum of the bids.

Threshold
---------
- `min_tenders`: 4. In Cardinal's trials (issue 103) two tenders flag 5,000 of 20,000 bidders, three 1,800,
  and four 840.

Viespirkiai finds fixed multiples in 1.2 % of procurements in Lithuania.

False positives
---------------
- Bids from price lists, or as a rebate on the buyer's estimate.
- Round prices, whose ratios are few: 100 and 110, 200 and 220.
- Tenders of one firm's two branches.

What would settle it
--------------------
The price schedules of both bidders in these tenders, and the register's entries of their owners.

Worked example
--------------
With the default settings. Bay asked 5 % more than Ash in four tenders (A), in one of which it was rejected.
Cob asked 7 % more in three, 10 % more in two, and 7 % more than Dew in two, as Hay did of Ash. Its bids for
T4 to T10 were withdrawn, in dollars, lower than Ash's, beside two bids of Ash, two cents too high, for a
tender that came to nothing, or in another source. Fir asked 5 % more than Elm, but Elm asked the same 200 in
three of four tenders; Oak asked the same as Cob. Who asked half as much again as Ash is not known.

contracts:

|source|tender_id|is_void|
|------|---------|-------|
|one   |T9       |yes    |

bids:

|source|tender_id|bidder_id|bidder_name|amount|currency|status   |date      |finding|
|------|---------|---------|-----------|------|--------|---------|----------|-------|
|one   |T1       |S1       |Ash        |100.00|CLP     |valid    |2024-01-01|A      |
|one   |T2       |S1       |Ash        |120.00|CLP     |valid    |2024-02-01|A      |
|one   |T3       |S1       |Ash        |140.00|CLP     |         |          |A      |
|one   |T4       |S1       |Ash        |  0.40|CLP     |valid    |          |A      |
|one   |T1       |S2       |Bay        |105.00|CLP     |valid    |2024-01-02|A      |
|one   |T2       |S2       |Bay        |126.00|CLP     |valid    |2024-02-02|A      |
|one   |T3       |S2       |           |147.00|CLP     |rejected |          |A      |
|one   |T4       |S2       |Bay        |  0.42|CLP     |valid    |          |A      |
|one   |T1       |S3       |Cob        |107.00|CLP     |valid    |          |       |
|one   |T2       |S3       |Cob        |128.40|CLP     |valid    |          |       |
|one   |T3       |S3       |Cob        |149.80|CLP     |valid    |          |       |
|one   |T4       |S3       |Cob        | 0.428|CLP     |withdrawn|          |       |
|one   |T5       |S1       |Ash        |180.00|USD     |valid    |          |       |
|one   |T5       |S3       |Cob        |192.60|USD     |valid    |          |       |
|one   |T6       |S1       |Ash        |214.00|CLP     |valid    |          |       |
|one   |T6       |S3       |Cob        |200.00|CLP     |valid    |          |       |
|one   |T7       |S1       |Ash        |200.00|CLP     |valid    |          |       |
|one   |T7       |S1       |Ash        |300.00|CLP     |valid    |          |       |
|one   |T7       |S3       |Cob        |214.00|CLP     |valid    |          |       |
|one   |T8       |S1       |Ash        |220.00|CLP     |valid    |          |       |
|one   |T8       |S3       |Cob        |235.42|CLP     |valid    |          |       |
|one   |T9       |S1       |Ash        |300.00|CLP     |valid    |          |       |
|one   |T9       |S3       |Cob        |321.00|CLP     |valid    |          |       |
|two   |T9       |S1       |Ash        |300.00|CLP     |valid    |          |       |
|two   |T9       |S3       |Cob        |321.00|CLP     |valid    |          |       |
|one   |U1       |         |Elm        |200.00|CLP     |valid    |          |       |
|one   |U2       |         |Elm        |200.00|CLP     |valid    |          |       |
|one   |U3       |         |Elm        |200.00|CLP     |valid    |          |       |
|one   |U4       |         |Elm        |300.00|CLP     |valid    |          |       |
|one   |U1       |         |Fir        |210.00|CLP     |valid    |          |       |
|one   |U2       |         |Fir        |210.00|CLP     |valid    |          |       |
|one   |U3       |         |Fir        |210.00|CLP     |valid    |          |       |
|one   |U4       |         |Fir        |315.00|CLP     |valid    |          |       |
|one   |T1       |S9       |Oak        |107.00|CLP     |valid    |          |       |
|one   |T2       |S9       |Oak        |128.40|CLP     |valid    |          |       |
|one   |T3       |S9       |Oak        |149.80|CLP     |valid    |          |       |
|one   |W1       |S9       |Oak        |428.00|CLP     |valid    |          |       |
|one   |T1       |         |           |150.00|CLP     |valid    |          |       |
|one   |T2       |         |           |180.00|CLP     |valid    |          |       |
|one   |T3       |         |           |210.00|CLP     |valid    |          |       |
|one   |T4       |         |           |  0.60|CLP     |valid    |          |       |
|one   |T4       |S1       |Ash        |  0.00|CLP     |valid    |          |       |
|two   |T10      |S1       |Ash        |330.00|CLP     |valid    |          |       |
|two   |T10      |S3       |Cob        |353.10|CLP     |valid    |          |       |
|one   |T10      |S1       |Ash        |190.00|USD     |valid    |          |       |
|one   |T10      |S3       |Cob        |203.30|USD     |valid    |          |       |
|one   |W1       |S5       |Dew        |400.00|CLP     |valid    |          |       |
|one   |W1       |S3       |Cob        |428.00|CLP     |valid    |          |       |
|one   |W2       |S5       |Dew        |500.00|CLP     |valid    |          |       |
|one   |W2       |S3       |Cob        |535.00|CLP     |valid    |          |       |
|one   |W3       |S1       |Ash        |410.00|CLP     |valid    |          |       |
|one   |W3       |S6       |Hay        |438.70|CLP     |valid    |          |       |
|one   |W4       |S1       |Ash        |510.00|CLP     |valid    |          |       |
|one   |W4       |S6       |Hay        |545.70|CLP     |valid    |          |       |
|one   |W5       |S1       |Ash        |420.00|CLP     |valid    |          |       |
|one   |W5       |S3       |Cob        |462.00|CLP     |valid    |          |       |
|one   |W6       |S1       |Ash        |520.00|CLP     |valid    |          |       |
|one   |W6       |S3       |Cob        |572.00|CLP     |valid    |          |       |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R023. Cardinal, issue 103.
"""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import FINDING, TOTAL, Severity, member
from spendaudit.model.tables import Tables
from spendaudit.rules._bids import BIDDER, CONTRACTS, READ, TENDER, bidder, standing, submitted
from spendaudit.rules._repeats import perhaps_repeated
from spendaudit.rules._rule import Params, Precision, Rule, Stage

PAIR: Final = ("source", "currency", "lower_bidder", "higher_bidder", "ratio")


class FixedMultipleOfBids(Params):
    """Settings of BID010."""

    min_tenders: int = Field(4, ge=2, le=1000, description="fewest tenders with one ratio")


def find(tables: Tables, params: FixedMultipleOfBids) -> pl.LazyFrame:
    """Return one row per two bidders and ratio."""
    by = (*TENDER, "currency")
    amount, place = pl.col("amount"), pl.col("place")
    single = (
        standing(tables["bids"], tables)
        .filter(submitted(), amount > 0)
        .group_by(*by, bidder=bidder())
        .agg(pl.col("amount", "date").first(), bids=pl.len(), place=member().first())
        .filter(pl.col("bids") == 1)
    )
    low, high = pl.col("lower").cast(TOTAL), pl.col("higher").cast(TOTAL)
    ratios = (
        single.select(*by, lower_bidder="bidder", lower="amount", first="date", low=place)
        .join(single.select(*by, higher_bidder="bidder", higher="amount", second="date", high=place), on=by)
        .with_columns(ratio=(high / low).cast(TOTAL))
    )
    return (
        perhaps_repeated(ratios.filter(pl.col("ratio") > 1), PAIR)
        .group_by(PAIR)
        .agg(
            members=pl.col("low").append(pl.col("high")).sort(),
            amount=(low + high).sum().cast(TOTAL),
            starts=pl.min_horizontal("first", "second").min(),
            ends=pl.max_horizontal("first", "second").max(),
            tenders=pl.len(),
            prices=pl.col("lower").n_unique(),
        )
        .filter(pl.col("prices") >= params.min_tenders)
        .sort(pl.col("members").list.first(), *PAIR)
        .select(*FINDING.names(), "ratio", "tenders")
    )


def tells(_params: FixedMultipleOfBids) -> dict[str, pl.Expr]:
    """Tell which ratio the bids stood in, and in how many tenders."""
    return {
        "ratio": pl.col("ratio").first(),
        "tenders": pl.col("tenders").first(),
        "first_tender": pl.col("tender_id").min(),
        "last_tender": pl.col("tender_id").max(),
    }


RULE: Final = Rule(
    id="BID010",
    name="fixed-multiple-of-bids",
    ocp=("R023",),
    severity=Severity.MEDIUM,
    precision=Precision.HIGH,
    stage=Stage.TENDER,
    subject="bids",
    needs={"bids": frozenset({"tender_id", "amount", "currency"})},
    either=BIDDER,
    uses={"bids": READ | BIDDER | {"status"}, "contracts": CONTRACTS},
    shard_by=None,
    params=FixedMultipleOfBids,
    find=find,
    tells=tells,
    message="in {tenders} tenders, among them {first_tender} and {last_tender}, one bidder asked "
    "{ratio:number} times what another asked: did they calculate apart?",
    page=__doc__,
    since="0.1",
)
