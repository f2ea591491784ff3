"""By how much did the lowest bid win? Tenders with one winner, who asked the least of all."""

from decimal import Decimal
from typing import Final, Literal

import polars as pl
from pydantic import Field

from spendaudit.model.findings import TOTAL
from spendaudit.model.tables import Tables
from spendaudit.rules import _cardinal
from spendaudit.rules._bids import AWARDS, TENDER, beside, of_tenders, one_winner, valid
from spendaudit.rules._cardinal import ByPrice, in_currency
from spendaudit.rules._fences import fewest_of, lower_fence, upper_fence
from spendaudit.rules._parties import who
from spendaudit.rules._repeats import perhaps_repeated
from spendaudit.rules._rule import BEGUN, Beginning
from spendaudit.rules._shares import at_least, at_most

NEEDS: Final = {
    "contracts": frozenset({"tender_id"}),
    "bids": frozenset({"tender_id", "amount", "currency"}),
}
#: An award that nobody has won yet leaves its tender open: its state says so.
EITHER: Final = frozenset({"supplier_id", "supplier_refs", "status"})
EITHER_OF: Final = {"bids": frozenset({"bidder_id", "bidder_refs"})}
USES: Final = {
    "contracts": AWARDS | {"decision_date", "currency"},
    "bids": frozenset({"source", "status", "bidder_id", "bidder_refs"}),
}

_MEASURES: Final = ("won", "second", "ratio", "bidders")


class ByDistance(ByPrice):
    """Which distance between the two lowest bids is asked about."""

    against: Literal["threshold", "quartiles"] = Field(
        "threshold", description="what a distance is compared with"
    )
    threshold: Decimal


def scope(params: ByPrice) -> pl.Expr:
    """Tenders that price decides."""
    return params.asked()


def won_by_price(tables: Tables, params: ByPrice) -> pl.LazyFrame:
    """Return one row per tender: `won`, `second` (MONEY), and the `currency` that they are in.

    `won` is the winner's lowest valid bid, `second` the lowest of all others. Tenders with several suppliers
    or currencies, of contracts or of the winner's bids, or an award that may yet change, and those in which
    another asked less, are left out.
    """
    amount = pl.col("amount")
    # Texts of currencies would be compared letter by letter.
    currency = pl.col("currency").to_physical()
    tenders = one_winner(
        tables["contracts"], cardinal=params.cardinal, alike=currency.min().eq_missing(currency.max())
    )
    if not params.cardinal:
        tenders = tenders.filter("alike")
    its = pl.col("name") == pl.col("winner")
    # As columns of their own: amounts that are picked within each group take half as long again.
    asked = {"won": pl.when(its).then(amount), "second": pl.when(~its).then(amount)}
    bids = beside(_bids(tables["bids"], params), tenders.select(*TENDER, "winner"))
    if params.cardinal:
        bids = in_currency(bids, params)
    compared = (
        bids.with_columns(**asked)
        .group_by(*TENDER, "currency")
        .agg(pl.col("won", "second").min())
        .filter(pl.col("won").is_not_null())
        .cache()
    )
    if not params.cardinal:
        compared = compared.join(_repeated(compared.select(TENDER)), on=TENDER, how="anti")
    return compared.filter(pl.col("won") > 0, pl.col("won") <= pl.col("second"))


def _repeated(tenders: pl.LazyFrame) -> pl.LazyFrame:
    """List the tenders that stand there more than once: few, which costs less than looking at all."""
    perhaps = perhaps_repeated(tenders, TENDER)
    return perhaps.group_by(TENDER).agg(times=pl.len()).filter(pl.col("times") > 1).select(TENDER)


def _bids(bids: pl.LazyFrame, params: ByPrice) -> pl.LazyFrame:
    """Return the bids that are compared, each with the `name` of who made it."""
    amount, name = pl.col("amount"), pl.col("name")
    bidder = _cardinal.bidder(cardinal=params.cardinal).to_physical()
    named = bids.with_columns(name=bidder).filter(valid(cardinal=params.cardinal), name.is_not_null())
    if not params.cardinal:
        named = named.filter(amount > 0)
        return named.filter(pl.col("currency") == params.currency) if params.currency else named
    return named.filter(~_cardinal.joint(name))


#: Both rules ask the same first.
BEGINS: Final = Beginning(won_by_price, ByPrice)


def found(tables: Tables, params: ByDistance, *, far: bool) -> pl.LazyFrame:
    """Return one row per tender whose two lowest bids are `far` apart, or else near each other."""
    tenders = _apart(tables[BEGUN])
    if params.against == "quartiles":
        return _laid_out(tables, _unusual(tenders, params, far=far), params)
    reaches = at_least if far else at_most
    within = reaches(pl.col("amount"), params.threshold, pl.col("won"))
    return _laid_out(tables, tenders.filter(within), params)


def _apart(tenders: pl.LazyFrame) -> pl.LazyFrame:
    """Tell how far the bids of tenders are apart: `amount`, and `ratio` (Float64), as a share of `won`."""
    won, second = pl.col("won"), pl.col("second")
    # Amounts of money with four decimals: as floats they are what Cardinal reads.
    ratio = (second.cast(pl.Float64) - won.cast(pl.Float64)) / won.cast(pl.Float64)
    return tenders.with_columns(amount=second.cast(TOTAL) - won.cast(TOTAL), ratio=ratio)


def _unusual(tenders: pl.LazyFrame, params: ByPrice, *, far: bool) -> pl.LazyFrame:
    """Keep the tenders whose `ratio` is unusually high, or else low, among those of their data source.

    None, where that begins at 0.
    """
    ratio, bound, fewest = pl.col("ratio"), pl.col("bound"), fewest_of(cardinal=params.cardinal)
    fence = upper_fence("ratio", fewest=fewest) if far else lower_fence("ratio", fewest=fewest)
    bounds = tenders.group_by("source").agg(bound=fence).filter(bound > 0)
    return tenders.join(bounds, on="source").filter(ratio >= bound if far else ratio <= bound)


def _laid_out(tables: Tables, tenders: pl.LazyFrame, params: ByPrice) -> pl.LazyFrame:
    """Lay tenders out as findings, in their order, with the number of their `bidders`."""
    contracts, tenders, compared = tables["contracts"], tenders.cache(), (*TENDER, "currency")
    # Telling bidders apart takes longer than all else: it is done for these tenders alone.
    bidders = (
        _bids(tables["bids"], params)
        .join(tenders, on=compared, how="semi")
        .group_by(compared)
        .agg(bidders=pl.col("name").n_unique())
    )
    if params.cardinal:
        contracts = contracts.filter(_cardinal.active())
    told = tenders.join(bidders, on=compared).with_columns(ratio=pl.col("ratio").cast(TOTAL))
    return of_tenders(contracts, told, *_MEASURES)


def tells(_params: ByDistance) -> dict[str, pl.Expr]:
    """Tell who bought from whom, what the winner and the next one asked, and of how many bidders."""
    return {
        **who(),
        "tender": pl.col("tender_id").first(),
        "title": pl.coalesce("title", "tender_id").min(),
        **{name: pl.col(name).first() for name in _MEASURES},
    }
