"""A buyer awarded a far larger share of its contracts directly than other buyers did in the same year.

Why it matters
--------------
Direct awards are exceptions. How many are needed depends on the law and the market, which a buyer's peers
share; a buyer who needs far more of them than its peers can say why.

Formula
-------
For each portal and year, of the buyers with at least `min_contracts` contracts whose method is known,

    share = direct awards / contracts whose method is known

A buyer is a finding, with its direct awards of the year, when there are at least `min_buyers` such buyers and

    share >= floor    and    share > mean of their shares + deviations * their standard deviation

Threshold
---------
- `deviations`: 2, as planned in open-tender-watch (A7).
- `floor`: 0.10. From there on the EU's Single Market Scoreboard calls a share without a call bad.
- `min_contracts`: 10, the fewest that open-tender-watch takes. `min_buyers`: 6, a default of this project;
  with fewer no share could be two deviations above the mean.
- `measure`: number. With amount, shares are those of money, by currency; one large contract decides them.

Where direct awards are the usual way to buy no share can be far above the mean, and no buyer is found. All
direct awards of a buyer are named: the run warns above 20 %, a default of this project.

In three samples of CompraNet no buyer is found by number, and one by amount. Of 750 made-up buyers and years
that differ by chance alone, 4 % are: small numbers vary, and `min_contracts` says what is small. Statistical:
of contracts drawn by chance (`bench/chance.py`) at most 1.5 % are flagged; a test holds it.

False positives
---------------
- Buyers who do nothing but what the law excuses: hospitals in an epidemic, the army, theatres.
- Portals on which some buyers publish their tenders, or their direct awards, elsewhere.
- Small buyers, with one kind of purchase.

What would settle it
--------------------
The decision behind each direct award with the legal exception it names, and the purchasing plan.

Worked example
--------------
With the default settings; a row stands for as many as `times` says. In 2024 Hill awarded two of twenty
directly, five buyers none (A); Lea has nine contracts whose method is known. In 2023 two of ten buyers are
exactly two deviations above the mean, in 2022 two of eleven are beyond it (B, C). On portal two Hill awarded
one of eleven directly, less than the floor. In 2023 all but Hill, which is far below the mean, awarded
directly.

contracts:

|times|source|buyer_name|procurement_method|award_date|finding|
|-----|------|----------|------------------|----------|-------|
|    1|one   |Hill      |direct            |2024-01-01|A      |
|    1|one   |Hill      |direct            |2024-12-31|A      |
|   18|one   |Hill      |open              |2024-01-03|       |
|   10|one   |Dale      |open              |2024-01-03|       |
|   10|one   |Moor      |open              |2024-01-03|       |
|   10|one   |Glen      |open              |2024-01-03|       |
|   10|one   |Fell      |open              |2024-01-03|       |
|   10|one   |Mere      |limited           |2024-01-01|       |
|    9|one   |Lea       |direct            |2024-01-03|       |
|    5|one   |Lea       |unknown           |2024-01-03|       |
|   10|one   |Hill      |direct            |2023-12-31|       |
|   10|one   |Dale      |direct            |2023-12-31|       |
|   10|one   |Moor      |open              |2023-12-31|       |
|   10|one   |Glen      |open              |2023-12-31|       |
|   10|one   |Fell      |open              |2023-12-31|       |
|   10|one   |Mere      |open              |2023-12-31|       |
|   10|one   |Tarn      |open              |2023-12-31|       |
|   10|one   |Crag      |open              |2023-12-31|       |
|   10|one   |Dell      |open              |2023-12-31|       |
|   10|one   |Ford      |open              |2023-12-31|       |
|   10|one   |Hill      |direct            |2022-06-30|B      |
|   10|one   |Dale      |direct            |2022-06-30|C      |
|   10|one   |Moor      |open              |2022-06-30|       |
|   10|one   |Glen      |open              |2022-06-30|       |
|   10|one   |Fell      |open              |2022-06-30|       |
|   10|one   |Mere      |open              |2022-06-30|       |
|   10|one   |Tarn      |open              |2022-06-30|       |
|   10|one   |Crag      |open              |2022-06-30|       |
|   10|one   |Dell      |open              |2022-06-30|       |
|   10|one   |Ford      |open              |2022-06-30|       |
|   10|one   |Wold      |open              |2022-06-30|       |
|    1|two   |Hill      |direct            |2024-01-03|       |
|   10|two   |Hill      |open              |2024-01-03|       |
|   10|two   |Dale      |open              |2024-01-03|       |
|   10|two   |Moor      |open              |2024-01-03|       |
|   10|two   |Glen      |open              |2024-01-03|       |
|   10|two   |Fell      |open              |2024-01-03|       |
|   10|two   |Mere      |open              |2024-01-03|       |
|    2|two   |Hill      |direct            |2023-12-31|       |
|    8|two   |Hill      |open              |2023-12-31|       |
|   10|two   |Dale      |direct            |2023-12-31|       |
|   10|two   |Moor      |direct            |2023-12-31|       |
|   10|two   |Glen      |direct            |2023-12-31|       |
|   10|two   |Fell      |direct            |2023-12-31|       |
|   10|two   |Mere      |direct            |2023-12-31|       |

References
----------
- Open Contracting Partnership, Red flags in public procurement (2024), R013.
- European Commission, Single Market Scoreboard, public procurement: no calls for bids.
- open-tender-watch, AGENTS.md, A7; imco/IRC: share of direct awards.
"""

from decimal import Decimal
from typing import Final, Literal

import polars as pl
from pydantic import Field

from spendaudit.model.findings import FINDING, Severity, members
from spendaudit.model.tables import MONEY, Tables
from spendaudit.rules._methods import direct
from spendaudit.rules._parties import date_basis, party
from spendaudit.rules._rule import Params, Precision, Rule, Stage
from spendaudit.rules._totals import total

#: Buyers of one portal and year are peers.
PEERS: Final = ("source", "year")
#: Shares and deviations are compared in so many parts.
PARTS: Final = 10_000


class HighShareOfDirectAwards(Params):
    """Settings of COM004."""

    measure: Literal["number", "amount"] = Field(
        "number", description="what a share is a share of: contracts, or money by currency"
    )
    deviations: Decimal = Field(
        Decimal(2), ge=0, le=10, decimal_places=2, description="standard deviations above the mean of peers"
    )
    floor: Decimal = Field(
        Decimal("0.10"), gt=0, le=1, decimal_places=4, description="smallest share that is asked about"
    )
    min_contracts: int = Field(10, ge=1, le=100_000, description="fewest contracts of a buyer in a year")
    min_buyers: int = Field(6, ge=2, le=100_000, description="fewest buyers to compare with, itself included")

    def waived(self) -> frozenset[str]:
        """Money is needed for shares of money only."""
        return frozenset({"amount", "currency"}) if self.measure == "number" else frozenset()


def scope(_params: HighShareOfDirectAwards) -> pl.Expr:
    """Contracts whose method is known."""
    return pl.col("procurement_method") != "unknown"


def find(tables: Tables, params: HighShareOfDirectAwards) -> pl.LazyFrame:
    """Return one row per buyer and year."""
    by_money = params.measure == "amount"
    peers = (*PEERS, *(["currency"] if by_money else []))
    contracts = tables["contracts"].with_columns(
        year=pl.col("decision_date").dt.year(),
        weight=pl.col("amount") if by_money else pl.lit(1, MONEY),
    )
    # Amounts of zero and credits are no purchases.
    weighed = contracts.filter(pl.col("weight") > 0)
    buyer = ("buyer_key", *peers)
    shares = (
        weighed.group_by(buyer)
        .agg(contracts=pl.len(), whole=pl.col("weight").sum(), part=pl.col("weight").filter(direct()).sum())
        .filter(pl.col("contracts") >= params.min_contracts)
        .with_columns(share=(pl.col("part") / pl.col("whole")).cast(MONEY))
        .cache()
    )
    awarded = weighed.filter(direct()).join(_apart(shares, peers, params), on=buyer, build_side="force_right")
    measures = {name: pl.col(name).first() for name in ("share", "usual", "contracts", "buyers")}
    day = pl.col("decision_date")
    return (
        awarded.group_by(*buyer)
        .agg(
            members=members(),
            starts=day.min(),
            ends=day.max(),
            amount=total()["amount"],
            money=total()["currency"],
            **measures,
        )
        .sort(pl.col("members").list.first())
        .with_columns(currency="money")
        .select(*FINDING.names(), *measures)
    )


def _apart(shares: pl.LazyFrame, peers: tuple[str, ...], params: HighShareOfDirectAwards) -> pl.LazyFrame:
    """Keep the buyers whose share is far above their peers'; whole numbers make the comparison exact."""
    points = (pl.col("share") * PARTS).cast(pl.Int128)
    others = (
        shares.with_columns(points=points)
        .group_by(peers)
        .agg(buyers=pl.len(), added=pl.col("points").sum(), squared=(pl.col("points") ** 2).sum())
    )
    buyers, added = pl.col("buyers").cast(pl.Int128), pl.col("added")
    # Both sides times the number of buyers: the distance from the mean, and the variance.
    above = buyers * points - added
    spread = buyers * pl.col("squared") - added**2
    deviations = int(params.deviations * PARTS)
    return (
        shares.join(others, on=peers)
        .filter(
            pl.col("buyers") >= params.min_buyers,
            points >= int(params.floor * PARTS),
            above > 0,
            above**2 * PARTS**2 > spread * deviations**2,
        )
        .with_columns(usual=(added.cast(MONEY) / buyers.cast(MONEY) / PARTS).cast(MONEY))
        .select("buyer_key", *peers, "share", "usual", "contracts", "buyers")
    )


def tells(params: HighShareOfDirectAwards) -> dict[str, pl.Expr]:
    """Tell who awarded which share of how many contracts, in which year, and what is usual among how many."""
    return {
        "buyer_name": party("buyer").min(),
        "share": pl.col("share").first(),
        "measure": pl.lit("spending" if params.measure == "amount" else "contracts"),
        "contracts": pl.col("contracts").first(),
        "year": pl.col("decision_date").dt.year().first(),
        "usual": pl.col("usual").first(),
        "buyers": pl.col("buyers").first(),
        "date_basis": date_basis(),
    }


RULE: Final = Rule(
    id="COM004",
    name="high-share-of-direct-awards",
    ocp=("R013",),
    severity=Severity.MEDIUM,
    precision=Precision.HIGH,
    stage=Stage.AWARD,
    subject="contracts",
    needs={
        "contracts": frozenset({"buyer_key", "procurement_method", "decision_date", "amount", "currency"})
    },
    uses={"contracts": frozenset({"source"})},
    scope=scope,
    shard_by=None,
    params=HighShareOfDirectAwards,
    find=find,
    tells=tells,
    message="Of {contracts} contracts in {year}, {buyer_name} awarded {members} directly, {share:percent} of "
    "its {measure:words}; the mean of {buyers} buyers is {usual:percent}",
    words=("spending", "contracts"),
    page=__doc__,
    since="0.1",
    ceiling=0.20,
)
