"""A buyer disqualifies, or a bidder loses by disqualification, an unusual share of bids.

Why it matters
--------------
A buyer that disqualifies many bids asks for what few can give, or finds faults where it suits. A bidder who
is disqualified again and again may be treated unfairly, or bid for the sake of appearance.

Formula
-------
For each buyer (`by` = buyer), procuring entity (`by` = entity) or bidder (`by` = bidder) of a data source, of
the bids that were made,

    share = disqualified bids / bids
    share >= min_share                                              with against = threshold
    share >= third quartile + 1.5 * (third - first quartile)        with against = quartiles

is a finding with at least `min_bids` bids, of which at least one is disqualified, in at least `min_tenders`
tenders. The quartiles (of type 8) are those of all buyers, or bidders, with so many, three at least, and ask
nothing where the bound is not above 0. States `disqualified`, `rejected` and `rechazada` are disqualified;
bids that were withdrawn, or only invited, are left out. A bidder is known by number. Tenders whose contracts
all came to nothing are left out.

Threshold
---------
- `by`: `buyer`, or `bidder`; `entity` where OCDS names who carries the tender out for the buyer.
- `against`: `threshold`, or `quartiles` as Cardinal (R038).
- `min_share`: 0.5, Cardinal's example.
- `min_bids`: 10, and `min_tenders`: 3, defaults of this project. Cardinal takes two of each, and compares the
  second, too, with the number of bids: `min_bids` = 2 and `min_tenders` = 1 are what it does.
- `left_out`: none. Details of methods whose tenders are left out.
- `cardinal`: no. With yes, buyers and bidders are known by the references of each process, each of several
  who bid together counts for itself, bids without a state do not, and quartiles are taken of any number.

Viespirkiai finds this in 8.4 % of procurements in Lithuania.

False positives
---------------
- Few bids; a sector in which papers are often incomplete.
- Portals that publish every bid but the winner's as rejected.

What would settle it
--------------------
The evaluation reports of these tenders with each reason for rejection, and the complaints about them.

Worked example
--------------
With the default settings; a row stands for as many as `times` says, `#` for the number of each. Hill
disqualified five of ten bids (A), Moor four of ten, not counting one that was withdrawn, Nash five of nine,
Pike all bids of two tenders, Vale all of three (B). One of Rook's three tenders came to nothing. Portal two,
Vale's, has a Hill of its own, the same numbers of tenders, and tenders of nobody known.

contracts:

|times|source|tender_id|buyer_key|buyer_name  |is_void|
|-----|------|---------|---------|------------|-------|
|1    |one   |T1       |Hill     |City of Hill|       |
|3    |one   |T#       |Hill     |Hill, City  |no     |
|3    |one   |M#       |Moor     |            |       |
|3    |one   |N#       |Nash     |            |       |
|2    |one   |P#       |Pike     |            |       |
|2    |one   |R#       |Rook     |            |       |
|1    |one   |R3       |Rook     |            |yes    |
|2    |two   |V#       |Vale     |            |       |
|1    |two   |T3       |Vale     |            |       |
|1    |two   |T1       |Dale     |            |       |
|4    |two   |D#       |Hill     |            |       |
|1    |one   |T3       |Zed      |            |       |
|5    |two   |N#       |         |            |       |

bids:

|times|source|tender_id|bidder_id|status      |date      |finding|
|-----|------|---------|---------|------------|----------|-------|
|3    |one   |T1       |S1       |disqualified|2024-03-01|A      |
|1    |one   |T2       |         |Rejected    |2024-03-02|A      |
|1    |one   |T3       |S2       |rechazada   |          |A      |
|5    |one   |T1       |S2       |valid       |          |       |
|4    |one   |M1       |S1       |disqualified|          |       |
|1    |one   |M1       |S1       |withdrawn   |          |       |
|3    |one   |M2       |S3       |valid       |          |       |
|3    |one   |M3       |S3       |valid       |          |       |
|5    |one   |N1       |S1       |disqualified|          |       |
|2    |one   |N2       |S4       |valid       |          |       |
|2    |one   |N3       |S4       |valid       |          |       |
|1    |one   |N3       |S4       |invited     |          |       |
|6    |one   |P1       |S5       |disqualified|          |       |
|6    |one   |P2       |S5       |disqualified|          |       |
|4    |one   |R1       |S6       |disqualified|          |       |
|4    |one   |R2       |S6       |disqualified|          |       |
|4    |one   |R3       |S6       |disqualified|          |       |
|8    |two   |V1       |S6       |disqualified|          |B      |
|4    |two   |V2       |S6       |disqualified|          |B      |
|4    |two   |T3       |S6       |disqualified|          |B      |
|4    |two   |N3       |S7       |disqualified|          |       |
|4    |two   |N4       |S7       |disqualified|          |       |
|4    |two   |N5       |S7       |disqualified|          |       |
|1    |two   |D2       |S8       |disqualified|          |       |
|5    |two   |D2       |S8       |valid       |          |       |
|4    |two   |D3       |S8       |valid       |          |       |
|4    |two   |D4       |S8       |valid       |          |       |
|20   |two   |T1       |S8       |disqualified|          |       |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R038, and Cardinal's R038.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, Literal

import polars as pl
from pydantic import Field

from spendaudit.model.findings import TOTAL, Severity
from spendaudit.model.tables import Tables
from spendaudit.rules import _cardinal
from spendaudit.rules._bids import CONTRACTS, READ, TENDER, beside, refused, standing, submitted
from spendaudit.rules._cardinal import OfTenders
from spendaudit.rules._fences import fewest_of, upper_fence
from spendaudit.rules._gathered import gathered
from spendaudit.rules._parties import party
from spendaudit.rules._rule import BEGUN, Beginning, Rule, Stage
from spendaudit.rules._shares import at_least

WHOSE: Final = ("source", "name")


class ManyBidsDisqualified(OfTenders):
    """Settings of BID008."""

    by: Literal["buyer", "entity", "bidder"] = Field("buyer", description="whose bids are counted together")
    against: Literal["threshold", "quartiles"] = Field(
        "threshold", description="what a share is compared with"
    )
    min_share: Decimal = Field(
        Decimal("0.5"), ge=0, le=1, decimal_places=4, description="least share of bids that were disqualified"
    )
    min_bids: int = Field(10, ge=1, le=100_000, description="fewest bids that were made")
    min_tenders: int = Field(3, ge=1, le=100_000, description="fewest tenders they were for")

    def waived(self) -> frozenset[str]:
        """Of a buyer's bids it need not be known who made them; Cardinal knows bidders by references."""
        return frozenset({"bidder_id"} if self.by != "bidder" or self.cardinal else ())

    def reads(self) -> Mapping[str, frozenset[str]]:
        """Who carries a tender out, and by what Cardinal knows buyers."""
        read = super().reads()
        told = {
            "entity": {"procuring_entity_ref", "buyer_unit"},
            "buyer": {"buyer_ref"} if self.cardinal else {},
        }
        return {**read, "contracts": read.get("contracts", frozenset()) | {*told.get(self.by, ())}}


def find(tables: Tables, params: ManyBidsDisqualified) -> pl.LazyFrame:
    """Return one row per buyer, or bidder, of a data source."""
    out, count, many = pl.col("disqualified"), pl.col("bids"), tables[BEGUN]
    bids = _made(tables["bids"], params).filter("out")
    if params.by == "bidder":
        flagged = _of_bidders(bids, params).join(many, on=WHOSE)
    else:
        flagged = beside(bids, _buyers(tables["contracts"], many, params))
    return gathered(
        standing(flagged, tables, params),
        WHOSE,
        "date",
        bids=count.first().cast(pl.UInt32),
        disqualified=out.first().cast(pl.UInt32),
        share=(out / count).first().cast(TOTAL),
        buyer=pl.col("buyer").min(),
    )


def many_out(tables: Tables, params: ManyBidsDisqualified) -> pl.LazyFrame:
    """List those of whose bids unusually many were disqualified."""
    bids = _made(tables["bids"], params)
    # Tenders are fewer than bids.
    if params.by == "bidder":
        counted = standing(_counted(_of_bidders(bids, params), (*TENDER, "name")), tables, params)
    else:
        of_tenders = standing(_counted(bids, TENDER), tables, params)
        counted = beside(of_tenders, _owners(tables["contracts"], params))
    return _many(_shares(counted, params), params)


def _made(bids: pl.LazyFrame, params: ManyBidsDisqualified) -> pl.LazyFrame:
    """Return the bids that were made, each with whether it was disqualified (`out`)."""
    made = bids.filter(submitted(cardinal=params.cardinal))
    return made.with_columns(out=refused(cardinal=params.cardinal))


def _of_bidders(bids: pl.LazyFrame, params: ManyBidsDisqualified) -> pl.LazyFrame:
    """Give each bid the `name` of who made it; leave out what is nobody's."""
    told = bids.with_columns(buyer=pl.lit(None, pl.String))
    if params.cardinal:
        return _cardinal.each(told.with_columns(name=_cardinal.bidder(cardinal=True)), "name")
    return told.with_columns(name="bidder_id").filter(pl.col("name").is_not_null())


def _owners(contracts: pl.LazyFrame, params: ManyBidsDisqualified) -> pl.LazyFrame:
    """Give for each tender the `name` of whose it is."""
    if params.by == "entity":
        name = "procuring_entity_ref"
    else:
        name = "buyer_ref" if params.cardinal else "buyer_key"
    owners = contracts.group_by(TENDER).agg(name=pl.col(name).min())
    return owners.filter(pl.col("name").is_not_null())


def _buyers(contracts: pl.LazyFrame, many: pl.LazyFrame, params: ManyBidsDisqualified) -> pl.LazyFrame:
    """Give what is told of the tenders of these owners, and the `buyer`: texts, which few of them need."""
    buyer = pl.coalesce("buyer_unit", party("buyer")) if params.by == "entity" else party("buyer")
    told = ("name", "disqualified", "bids")
    theirs = beside(contracts, _owners(contracts, params).join(many, on=WHOSE).select(*TENDER, *told))
    return theirs.group_by(TENDER).agg(pl.col(told).first(), buyer=buyer.min())


def _counted(bids: pl.LazyFrame, by: tuple[str, ...]) -> pl.LazyFrame:
    """Count the bids of each tender, and those that were disqualified."""
    return bids.group_by(by).agg(disqualified=pl.col("out").sum(), bids=pl.len())


def _shares(tenders: pl.LazyFrame, params: ManyBidsDisqualified) -> pl.LazyFrame:
    counts = (pl.col(name).sum().cast(TOTAL) for name in ("disqualified", "bids"))
    shares = tenders.group_by(WHOSE).agg(*counts, tenders=pl.len())
    return shares.filter(pl.col("bids") >= params.min_bids, pl.col("tenders") >= params.min_tenders)


def _many(shares: pl.LazyFrame, params: ManyBidsDisqualified) -> pl.LazyFrame:
    """Keep those of whose bids unusually many were disqualified."""
    out, count = pl.col("disqualified"), pl.col("bids")
    if params.against == "threshold":
        return shares.filter(at_least(out, params.min_share, count))
    share, bound, fewest = pl.col("part"), pl.col("bound"), fewest_of(cardinal=params.cardinal)
    shares = shares.with_columns(part=out.cast(pl.Float64) / count.cast(pl.Float64))
    bounds = shares.group_by("source").agg(bound=upper_fence("part", fewest=fewest))
    return shares.join(bounds, on="source").filter(bound > 0, share >= bound)


def tells(params: ManyBidsDisqualified) -> dict[str, pl.Expr]:
    """Tell of how many bids which share was disqualified, by which buyer or of one bidder."""
    return {
        "whose": pl.lit("one bidder")
        if params.by == "bidder"
        else pl.coalesce(pl.col("buyer").first(), pl.lit("one buyer")),
        "bids": pl.col("bids").first(),
        "disqualified": pl.col("disqualified").first(),
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
    begins=Beginning(many_out, ManyBidsDisqualified),
    find=find,
    tells=tells,
    message="{whose:words}: {share:percent} of {bids} bids were disqualified, as in tender "
    "{first_tender}: for which faults?",
    words=("one bidder", "one buyer"),
    page=__doc__,
    since="0.1",
)
