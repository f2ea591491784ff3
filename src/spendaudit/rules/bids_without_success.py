"""A bidder makes many bids and wins next to none.

Why it matters
--------------
Bidding costs work. Who does it again and again and never wins may be there to make another's bid look like
competition; or is kept out. Whose tenders these are, and who won them, tells more.

Formula
-------
Of the tenders whose winner is known, in one data source, those in which a bidder made a valid bid are
counted. Its bids are a finding when the tenders are at least `min_tenders`, and no fewer than the
`percentile` of the numbers that bidders have, and

    share = tenders it won / its tenders
    share <= max_share                                              with against = threshold
    share <= first quartile - 1.5 * (third - first quartile)        with against = quartiles

Quartiles and percentile (of type 8) are those of all bidders of the source, three at least; they ask nothing
where the first quartile of shares, or the bound, is not above 0. Bidders are known by number. Awards that
came to nothing, or may yet change, are none.

Threshold
---------
- `against`: `threshold`, or `quartiles` as Cardinal (R025).
- `max_share`: 0.05, Cardinal's example.
- `percentile`: 75, Cardinal's default.
- `left_out`: none. Details of methods whose tenders are left out.
- `cardinal`: no. With yes, a tender has one award, to one supplier, states are those of OCDS to the letter,
  bidders are known by the references of each process, and quartiles are taken of any number of bidders.
- `min_tenders`: 5, a default of this project. Cardinal takes one: 71 % of those it flags bid once (issue 54).

No file at hand has bids in many tenders beside winners, so that there is no measured rate.

False positives
---------------
- Sectors with many bidders, in which most lose most of the time.
- Firms that bid for everything; firms that are new, or dear.
- Winners who are published under another number than they bid with.

What would settle it
--------------------
The bids it made with their price schedules, and the register's entries of its owners and managers.

Worked example
--------------
With the default settings; a row stands for as many as `times` says, `#` for the number of each. S1 lost five
tenders (A), S2 four, S3 won one of five. Of the five bids of S4 one was withdrawn, of S5's one is for a
tender that came to nothing, of S6's for one that may change, of S7's for one whose winner has no number, and
of S0's for one that was decided in another source alone. L1 won two of forty (B), L2 one of nineteen. S8 bids
alone in its source (C). In the third source three of fourteen bidders made six bids, so that the five of S1
are few; in the fourth five of 23 did, and those of S2 are not (D).

contracts:

|times|source|tender_id|supplier_id|supplier_refs|is_void|status |
|-----|------|---------|-----------|-------------|-------|-------|
|40   |one   |T#       |S9         |             |       |       |
|1    |one   |T1       |S9         |             |no     |       |
|1    |one   |T5       |S3         |             |       |active |
|1    |one   |T5       |S1         |             |yes    |active |
|1    |one   |T5       |S1         |             |       |Pending|
|2    |one   |T18      |L1         |             |       |active |
|2    |one   |T19      |L1         |             |       |active |
|1    |one   |T19      |L2         |             |       |active |
|1    |one   |U1       |S9         |             |yes    |       |
|1    |one   |U2       |S9         |             |       |invalid|
|1    |one   |U3       |           |S9           |       |       |
|5    |two   |T#       |S1         |             |       |active |
|1    |two   |U4       |S9         |             |       |       |
|6    |three |T#       |S9         |             |       |       |
|3    |three |T1       |Y#         |             |       |       |
|6    |four  |T#       |S9         |             |       |       |
|5    |four  |T1       |Y#         |             |       |       |

bids:

|times|source|tender_id|bidder_id|status   |amount|currency|date      |finding|
|-----|------|---------|---------|---------|------|--------|----------|-------|
|5    |one   |T#       |S1       |valid    |100.00|CLP     |2024-03-01|A      |
|1    |one   |T5       |S1       |valid    |100.00|CLP     |2024-03-02|A      |
|1    |one   |U1       |S1       |valid    |      |        |          |       |
|1    |one   |U4       |S1       |valid    |      |        |          |       |
|4    |one   |T#       |S2       |valid    |      |        |          |       |
|5    |one   |T#       |S3       |         |      |        |          |       |
|4    |one   |T#       |S4       |valid    |      |        |          |       |
|1    |one   |T5       |S4       |withdrawn|      |        |          |       |
|4    |one   |T#       |S5       |valid    |      |        |          |       |
|1    |one   |U1       |S5       |valid    |      |        |          |       |
|4    |one   |T#       |S6       |valid    |      |        |          |       |
|1    |one   |U2       |S6       |valid    |      |        |          |       |
|4    |one   |T#       |S7       |valid    |      |        |          |       |
|1    |one   |U3       |S7       |valid    |      |        |          |       |
|4    |one   |T#       |S0       |valid    |      |        |          |       |
|1    |one   |U4       |S0       |valid    |      |        |          |       |
|40   |one   |T#       |L1       |valid    |      |        |          |B      |
|19   |one   |T#       |L2       |valid    |      |        |          |       |
|10   |one   |T1       |X#       |valid    |      |        |          |       |
|5    |two   |T#       |S8       |valid    |      |        |          |C      |
|9    |three |T1       |X#       |valid    |      |        |          |       |
|1    |three |T5       |S7       |valid    |      |        |          |       |
|5    |three |T#       |S1       |valid    |      |        |          |       |
|6    |three |T#       |Y1       |valid    |      |        |          |       |
|6    |three |T#       |Y2       |valid    |      |        |          |       |
|6    |three |T#       |Y3       |valid    |      |        |          |       |
|17   |four  |T1       |X#       |valid    |      |        |          |       |
|5    |four  |T#       |S2       |valid    |      |        |          |D      |
|6    |four  |T#       |Y1       |valid    |      |        |          |       |
|6    |four  |T#       |Y2       |valid    |      |        |          |       |
|6    |four  |T#       |Y3       |valid    |      |        |          |       |
|6    |four  |T#       |Y4       |valid    |      |        |          |       |
|6    |four  |T#       |Y5       |valid    |      |        |          |       |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R025, and Cardinal's R025.
"""

from decimal import Decimal
from typing import Final, Literal

import polars as pl
from pydantic import Field

from spendaudit.model.findings import TOTAL, Severity
from spendaudit.model.tables import Tables
from spendaudit.rules import _cardinal
from spendaudit.rules._bids import READ, TENDER, beside, one_winner, undecided, valid
from spendaudit.rules._cardinal import OfTenders
from spendaudit.rules._fences import fewest_of, lower_fence, percentile
from spendaudit.rules._gathered import gathered
from spendaudit.rules._repeats import digest, repeated_digests
from spendaudit.rules._rule import BEGUN, Beginning, Precision, Rule, Stage
from spendaudit.rules._shares import at_most

BIDDER: Final = ("source", "name")
_MEASURES: Final = ("tenders", "wins")


class BidsWithoutSuccess(OfTenders):
    """Settings of BID003."""

    against: Literal["threshold", "quartiles"] = Field(
        "threshold", description="what a share is compared with"
    )
    max_share: Decimal = Field(
        Decimal("0.05"), ge=0, le=1, decimal_places=4, description="greatest share of tenders won"
    )
    percentile: int = Field(
        75, ge=1, le=99, description="how many of a hundred bidders bid in as many tenders at most"
    )
    min_tenders: int = Field(5, ge=1, le=100_000, description="fewest tenders with a valid bid")

    def waived(self) -> frozenset[str]:
        """Cardinal knows bidders by references."""
        return frozenset({"bidder_id"} if self.cardinal else ())


def find(tables: Tables, params: BidsWithoutSuccess) -> pl.LazyFrame:
    """Return one row per data source and bidder."""
    few = tables[BEGUN].select(*BIDDER, *(pl.col(name).cast(pl.UInt32) for name in _MEASURES))
    decided = _won(tables["contracts"], params).select(TENDER)
    theirs = _bids(tables["bids"], params).join(few, on=BIDDER, build_side="force_right")
    bids = theirs.join(decided, on=TENDER, how="semi")
    return gathered(bids, BIDDER, "date", **{name: pl.col(name).first() for name in _MEASURES})


def without_success(tables: Tables, params: BidsWithoutSuccess) -> pl.LazyFrame:
    """List the bidders who win unusually few of many `tenders`."""
    cardinal, wins, tenders = params.cardinal, pl.col("wins"), pl.col("tenders")
    won = _won(tables["contracts"], params).select(*TENDER, winner="name")
    bids = beside(_bids(tables["bids"], params), won)
    met = bids.select(*TENDER, "name", won=pl.col("name") == pl.col("winner")).cache()
    bidders = (
        met.group_by(BIDDER)
        .agg(tenders=pl.len(), wins=pl.col("won").sum())
        .join(_again(met), on=BIDDER, how="left")
        .select(
            *BIDDER,
            *((pl.col(name) - pl.col(f"{name}_again").fill_null(0)).cast(TOTAL) for name in _MEASURES),
        )
        .with_columns(share=wins.cast(pl.Float64) / tenders.cast(pl.Float64))
        .cache()
    )
    fewest = fewest_of(cardinal=cardinal)
    usual = bidders.group_by("source").agg(
        many=percentile("tenders", params.percentile / 100, fewest=1),
        bound=lower_fence("share", fewest=fewest),
    )
    bidders = bidders.join(usual, on="source").filter(
        tenders >= params.min_tenders, tenders.cast(pl.Float64) >= pl.col("many")
    )
    if params.against == "threshold":
        return bidders.filter(at_most(wins, params.max_share, tenders))
    return bidders.filter(pl.col("bound") > 0, pl.col("share") <= pl.col("bound"))


def _again(met: pl.LazyFrame) -> pl.LazyFrame:
    """Count what stands of each bidder more than once: with several bids, or winners, in a tender."""
    entry, wins = (*TENDER, "name"), pl.col("wins")
    # A digest of each row is worked out again sooner than kept.
    return (
        met.join(repeated_digests(met, entry), left_on=digest(entry), right_on="digest", how="semi")
        .group_by(entry)
        .agg(tenders=pl.len(), wins=pl.col("won").sum())
        .group_by(BIDDER)
        .agg(tenders_again=(pl.col("tenders") - 1).sum(), wins_again=(wins - (wins > 0)).sum())
    )


def _bids(bids: pl.LazyFrame, params: BidsWithoutSuccess) -> pl.LazyFrame:
    """Return the bids that could win, each with the `name` of who made it."""
    name = _cardinal.bidder(cardinal=True) if params.cardinal else pl.col("bidder_id")
    named = bids.filter(valid(cardinal=params.cardinal)).with_columns(name=name)
    return named.filter(~_cardinal.joint(name)) if params.cardinal else named


def _won(contracts: pl.LazyFrame, params: BidsWithoutSuccess) -> pl.LazyFrame:
    """List who won which tenders for good (`name`)."""
    contracts = contracts.filter(params.standing() & params.asked())
    if params.cardinal:
        return one_winner(contracts, cardinal=True).select(*TENDER, name="winner")
    decided = contracts.filter(~undecided(), pl.col("supplier_id").is_not_null())
    return decided.select(*TENDER, name="supplier_id")


def tells(_params: BidsWithoutSuccess) -> dict[str, pl.Expr]:
    """Tell in how many tenders the bidder bid, and how many of them it won."""
    return {
        "tenders": pl.col("tenders").first(),
        "wins": pl.col("wins").first(),
        "first_tender": pl.col("tender_id").min(),
        "last_tender": pl.col("tender_id").max(),
    }


RULE: Final = Rule(
    id="BID003",
    name="bids-without-success",
    ocp=("R025",),
    severity=Severity.LOW,
    precision=Precision.HIGH,
    stage=Stage.TENDER,
    subject="bids",
    needs={
        "bids": frozenset({"tender_id", "bidder_id"}),
        "contracts": frozenset({"tender_id"}),
    },
    either_of={"contracts": frozenset({"supplier_id", "supplier_refs"})},
    uses={
        "bids": READ | {"status", "amount", "currency"},
        "contracts": frozenset({"source", "supplier_id", "is_void", "status", "award_status"}),
    },
    shard_by=None,
    params=BidsWithoutSuccess,
    begins=Beginning(without_success, BidsWithoutSuccess),
    find=find,
    tells=tells,
    message="one bidder bid in {tenders} tenders, among them {first_tender} and {last_tender}, and won "
    "{wins} of them: why does it bid?",
    page=__doc__,
    since="0.1",
)
