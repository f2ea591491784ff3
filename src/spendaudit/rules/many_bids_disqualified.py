"""A buyer disqualifies, or a bidder loses by disqualification, an unusual share of bids.

Why it matters
--------------
A buyer that disqualifies many bids asks for what few can give, or finds faults where it suits. A bidder who
is disqualified again and again may be treated unfairly, or bid for the sake of appearance.

Formula
-------
For each buyer (`by` = buyer) or bidder (`by` = bidder) of a data source, of the bids that were made,

    share = disqualified bids / bids
    share >= min_share                                              with against = threshold
    share >= third quartile + 1.5 * (third - first quartile)        with against = quartiles

is a finding with at least `min_bids` bids, in at least `min_tenders` tenders, of which one is disqualified.
The quartiles are those of all buyers, or bidders, with so many. States `disqualified`, `rejected` and
`rechazada` are disqualified; bids that were withdrawn, or only invited, are left out. A bidder is
known by number. Tenders whose contracts all came to nothing are left out.

Threshold
---------
- `by`: `buyer`, or `bidder`.
- `against`: `threshold`, or `quartiles` as Cardinal (R038).
- `min_share`: 0.5, Cardinal's example.
- `min_bids`: 10, and `min_tenders`: 3, defaults of this project. Cardinal takes two of each, and compares the
  second, too, with the number of bids.

Viespirkiai finds 8.4 % of procurements in Lithuania.

False positives
---------------
- Few bids; a sector in which papers are often incomplete.
- Portals that publish every bid but the winner's as rejected.

What would settle it
--------------------
The evaluation reports of these tenders with each reason for rejection, and the complaints about them.

Worked example
--------------
With the default settings; a row stands for as many as `times` says. Hill disqualified five of ten bids (A),
Moor four of ten, not counting one that was withdrawn, Nash five of nine, Pike all of two tenders. One of
Rook's three tenders came to nothing.

contracts:

|source|tender_id|buyer_key|is_void|
|------|---------|---------|-------|
|one   |T1       |Hill     |       |
|one   |T1       |Hill     |no     |
|one   |T2       |Hill     |       |
|one   |T3       |Hill     |       |
|one   |M1       |Moor     |       |
|one   |M2       |Moor     |       |
|one   |M3       |Moor     |       |
|one   |N1       |Nash     |       |
|one   |N2       |Nash     |       |
|one   |N3       |Nash     |       |
|one   |P1       |Pike     |       |
|one   |P2       |Pike     |       |
|one   |R1       |Rook     |       |
|one   |R2       |Rook     |       |
|one   |R3       |Rook     |yes    |

bids:

|times|source|tender_id|bidder_id|status      |date      |finding|
|-----|------|---------|---------|------------|----------|-------|
|    3|one   |T1       |S1       |disqualified|2024-03-01|A      |
|    1|one   |T2       |S1       |Rejected    |2024-03-02|A      |
|    1|one   |T3       |S2       |rechazada   |          |A      |
|    5|one   |T1       |S2       |valid       |          |       |
|    4|one   |M1       |S1       |disqualified|          |       |
|    1|one   |M1       |S1       |withdrawn   |          |       |
|    3|one   |M2       |S3       |valid       |          |       |
|    3|one   |M3       |S3       |valid       |          |       |
|    5|one   |N1       |S1       |disqualified|          |       |
|    2|one   |N2       |S4       |valid       |          |       |
|    2|one   |N3       |S4       |valid       |          |       |
|    1|one   |N3       |S4       |invited     |          |       |
|    6|one   |P1       |S5       |disqualified|          |       |
|    6|one   |P2       |S5       |disqualified|          |       |
|    4|one   |R1       |S6       |disqualified|          |       |
|    4|one   |R2       |S6       |disqualified|          |       |
|    4|one   |R3       |S6       |disqualified|          |       |
|    9|two   |N3       |S7       |disqualified|          |       |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R038, and Cardinal's R038.
"""

from decimal import Decimal
from typing import Final, Literal

import polars as pl
from pydantic import Field

from spendaudit.model.findings import TOTAL, Severity
from spendaudit.model.tables import Tables
from spendaudit.rules._bids import CONTRACTS, READ, TENDER, gathered, refused, standing, submitted
from spendaudit.rules._cohorts import quartile
from spendaudit.rules._estimates import at_least
from spendaudit.rules._parties import party
from spendaudit.rules._rule import Params, Rule, Stage


class ManyBidsDisqualified(Params):
    """Settings of BID008."""

    by: Literal["buyer", "bidder"] = Field("buyer", description="whose bids are counted together")
    against: Literal["threshold", "quartiles"] = Field(
        "threshold", description="what a share is compared with"
    )
    min_share: Decimal = Field(
        Decimal("0.5"), ge=0, le=1, decimal_places=4, description="least share of bids that were disqualified"
    )
    min_bids: int = Field(10, ge=1, le=100_000, description="fewest bids that were made")
    min_tenders: int = Field(3, ge=1, le=100_000, description="fewest tenders they were for")


def find(tables: Tables, params: ManyBidsDisqualified) -> pl.LazyFrame:
    """Return one row per buyer, or bidder, of a data source."""
    whose = "buyer_key" if params.by == "buyer" else "bidder_id"
    buyers = (
        tables["contracts"]
        .group_by(TENDER)
        .agg(pl.col("buyer_key").cast(pl.String).min(), buyer=party("buyer").min())
    )
    bids = standing(tables).filter(submitted()).join(buyers, on=TENDER)
    out = pl.col("disqualified")
    shares = (
        bids.filter(pl.col(whose).is_not_null())
        .group_by("source", whose)
        .agg(
            disqualified=refused().sum().cast(TOTAL),
            bids=pl.len().cast(TOTAL),
            tenders=pl.col("tender_id").n_unique(),
        )
        .filter(pl.col("bids") >= params.min_bids, pl.col("tenders") >= params.min_tenders)
        .with_columns(share=(out / pl.col("bids")).cast(TOTAL))
    )
    if params.against == "threshold":
        many = shares.filter(at_least(out, params.min_share, pl.col("bids")))
    else:
        first, third = (quartile("share", number) for number in (1, 3))
        fences = shares.group_by("source").agg(fence=third + 3 * (third - first) / 2)
        many = shares.join(fences, on="source").filter(pl.col("share") >= pl.col("fence"))
    return gathered(
        bids.filter(refused()).join(many, on=("source", whose)),
        ("source", whose),
        bids=pl.col("bids").first().cast(pl.UInt32),
        share=pl.col("share").first(),
        buyer=pl.col("buyer").min(),
    )


def tells(params: ManyBidsDisqualified) -> dict[str, pl.Expr]:
    """Tell of how many bids which share was disqualified, by which buyer or of one bidder."""
    return {
        "whose": pl.col("buyer").first() if params.by == "buyer" else pl.lit("one bidder"),
        "bids": pl.col("bids").first(),
        "share": pl.col("share").first(),
        "first_tender": pl.col("tender_id").min(),
    }


RULE: Final = Rule(
    id="BID008",
    name="many-bids-disqualified",
    ocp=("R038",),
    severity=Severity.LOW,
    stage=Stage.TENDER,
    subject="bids",
    needs={
        "bids": frozenset({"tender_id", "bidder_id", "status"}),
        "contracts": frozenset({"tender_id"}),
    },
    uses={"bids": READ | {"amount", "currency"}, "contracts": CONTRACTS | {"buyer_key", "buyer_name"}},
    shard_by=None,
    params=ManyBidsDisqualified,
    find=find,
    tells=tells,
    message="{whose}: {share:percent} of {bids} bids were disqualified, as in tender "
    "{first_tender}: for which faults?",
    page=__doc__,
    since="0.1",
)
