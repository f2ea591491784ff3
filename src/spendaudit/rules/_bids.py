"""Which bids count, and who made them? What rules on bids share."""

from typing import Final

import polars as pl

from spendaudit.model.findings import FINDING, members
from spendaudit.model.tables import Tables
from spendaudit.rules._totals import total

TENDER: Final = ("source", "tender_id")
#: Columns of bids that findings on them are laid out of.
READ: Final = frozenset({"source", "date"})
#: A bid is somebody's, by number or by name.
BIDDER: Final = frozenset({"bidder_id", "bidder_name"})
#: What tells that a tender came to nothing.
CONTRACTS: Final = frozenset({"source", "tender_id", "is_void"})

#: States in small letters, of OCDS and of Mercado Publico.
_REFUSED: Final = ("disqualified", "rejected", "rechazada")
_NOT_MADE: Final = ("withdrawn", "invited")
#: States of awards that are not decided for good: who wins may change.
_OPEN: Final = ("pending", "invalid")


def bidder() -> pl.Expr:
    """Name who made a bid (String): by number, or by name where there is none."""
    return pl.coalesce("bidder_id", "bidder_name")


def refused() -> pl.Expr:
    """Tell which bids were disqualified or rejected; one without a state was not."""
    return pl.col("status").str.to_lowercase().is_in(_REFUSED).fill_null(value=False)


def submitted() -> pl.Expr:
    """Tell which bids were made and stood, whatever became of them; `pending` is not judged yet."""
    return ~pl.col("status").str.to_lowercase().is_in(_NOT_MADE).fill_null(value=False)


def valid() -> pl.Expr:
    """Tell which bids could win; one without a state could."""
    pending = (pl.col("status").str.to_lowercase() == "pending").fill_null(value=False)
    return submitted() & ~refused() & ~pending


def undecided() -> pl.Expr:
    """Tell which awards may yet change, or were never right (`status` of contracts)."""
    return pl.col("status").str.to_lowercase().is_in(_OPEN).fill_null(value=False)


def one_winner(contracts: pl.LazyFrame, **measures: pl.Expr) -> pl.LazyFrame:
    """Return one finding per tender that one supplier won for good, its number as `winner`, and measures."""
    day = pl.col("decision_date")
    return (
        contracts.group_by(TENDER)
        .agg(
            members=members(),
            **total(),
            starts=day.min(),
            ends=day.max(),
            winner=pl.col("supplier_id").min(),
            suppliers=pl.col("supplier_id").drop_nulls().n_unique(),
            undecided=undecided().any(),
            **measures,
        )
        .filter(pl.col("suppliers") == 1, ~pl.col("undecided"))
    )


def standing(tables: Tables) -> pl.LazyFrame:
    """Return the bids, but for those of tenders whose contracts all came to nothing (`CONTRACTS`)."""
    if "contracts" not in tables:
        return tables["bids"]
    void = tables["contracts"].group_by(TENDER).agg(pl.col("is_void").fill_null(value=False).all())
    return tables["bids"].join(void.filter("is_void"), on=TENDER, how="anti")


def gathered(rows: pl.LazyFrame, by: tuple[str, ...], **measures: pl.Expr) -> pl.LazyFrame:
    """Make one finding of all bids that share these values; measures are aggregations.

    `amount` is the sum of the bids, unless a measure of that name is given.
    """
    told = {"members": members(), **total(), "starts": pl.col("date").min(), "ends": pl.col("date").max()}
    told |= measures
    return (
        rows.group_by(*by)
        .agg(**{name: value for name, value in told.items() if name not in by})
        .sort(pl.col("members").list.first())
        .select(*FINDING.names(), *(name for name in measures if name not in FINDING))
    )
