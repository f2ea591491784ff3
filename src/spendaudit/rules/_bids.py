"""Which bids count, and who made them? What rules on bids share."""

from typing import Final

import polars as pl

from spendaudit.model.findings import FINDING, PLACE, TOTAL, member
from spendaudit.model.tables import Tables
from spendaudit.rules import _cardinal
from spendaudit.rules._cardinal import OfTenders
from spendaudit.rules._totals import total

TENDER: Final = ("source", "tender_id")
#: Columns of bids that findings on them are laid out of.
READ: Final = frozenset({"source", "date"})
#: A bid is somebody's, by number or by name.
BIDDER: Final = frozenset({"bidder_id", "bidder_refs", "bidder_name"})
#: What tells that a tender came to nothing.
CONTRACTS: Final = frozenset({"source", "tender_id", "is_void"})
#: What tells who won a tender, and whether for good (`one_winner`).
AWARDS: Final = frozenset(
    {"source", "tender_id", "supplier_id", "supplier_refs", "supplier_key", "award_status", "status"}
)

#: States in small letters, of OCDS and of Mercado Publico.
_REFUSED: Final = ("disqualified", "rejected", "rechazada")
_NOT_MADE: Final = ("withdrawn", "invited")
#: States of awards that are not decided for good: who wins may change.
_OPEN: Final = ("pending", "invalid")


def bidder() -> pl.Expr:
    """Name who made a bid: by number, or by name where there is none; several together as one."""
    return pl.coalesce("bidder_id", "bidder_refs", "bidder_name")


def in_state(*states: str) -> pl.Expr:
    """Tell which bids are in one of these states, in letters of any size; null of one without a state."""

    def told(column: pl.Series) -> pl.Series:
        # States are few, bids many: each state is looked at once.
        known = column.unique()
        meant = known.filter(known.cast(pl.String).str.to_lowercase().is_in(states))
        return column.is_in(meant.implode())

    return pl.col("status").map_batches(told, return_dtype=pl.Boolean, is_elementwise=True)


def refused(*, cardinal: bool = False) -> pl.Expr:
    """Tell which bids were disqualified or rejected; null of one without a state."""
    if cardinal:
        return pl.col("status").eq_missing("disqualified")
    return in_state(*_REFUSED)


def submitted(*, cardinal: bool = False) -> pl.Expr:
    """Tell which bids were made and stood, whatever became of them; `pending` is not judged yet."""
    if cardinal:
        return ~pl.col("status").is_in(_NOT_MADE).fill_null(value=True)
    return ~in_state(*_NOT_MADE).fill_null(value=False)


def valid(*, cardinal: bool = False) -> pl.Expr:
    """Tell which bids could win; one without a state could."""
    if cardinal:
        return pl.col("status").eq_missing("valid")
    return ~in_state(*_NOT_MADE, *_REFUSED, "pending").fill_null(value=False)


def undecided() -> pl.Expr:
    """Tell which awards may yet change, or were never right (contracts): by its state, or the contract's."""
    state = pl.coalesce("award_status", "status")
    return state.str.to_lowercase().is_in(_OPEN).fill_null(value=False)


def one_winner(
    contracts: pl.LazyFrame, *, cardinal: bool = False, awards: int | None = 1, **measures: pl.Expr
) -> pl.LazyFrame:
    """Return one row per tender that was won for good by one supplier, or by several together: `winner`.

    With `cardinal` by one supplier alone, in one award, or in any number with `awards` None. Measures are
    aggregations.
    """
    name = pl.col("name")
    rows = contracts.with_columns(name=_cardinal.winner(cardinal=cardinal).to_physical())
    if cardinal:
        open_ones = contracts.filter(_cardinal.open_award()).select(TENDER).unique()
        rows = rows.filter(_cardinal.active()).join(open_ones, on=TENDER, how="anti")
        award = pl.col("award_id")
        certain = award.min() == award.max() if awards else pl.lit(value=True)
    else:
        # A supplier without a number is another, for all that is known.
        certain = ~(undecided() | (name.is_null() & pl.col("supplier_key").is_not_null())).any()
    won = rows.group_by(TENDER).agg(winner=name.min(), last=name.max(), certain=certain, **measures)
    won = won.filter(pl.col("winner") == pl.col("last"), "certain").drop("last", "certain")
    return won.filter(~_cardinal.joint(pl.col("winner"))) if cardinal else won


def beside(rows: pl.LazyFrame, tenders: pl.LazyFrame) -> pl.LazyFrame:
    """Put what is known of tenders, beside the rows of these tenders; leave out all others.

    Numbers of tenders that two sources share are few: looking for one key takes half of the time of two.
    """
    # By codes: Polars would make one search of both again.
    same = pl.col("source").to_physical() == pl.col("source_right").to_physical()
    return rows.join(tenders, on="tender_id", build_side="force_right").filter(same).drop("source_right")


def of_tenders(contracts: pl.LazyFrame, tenders: pl.LazyFrame, *measures: str) -> pl.LazyFrame:
    """Make one finding of the contracts of each of these tenders, of which the measures are kept.

    Its `amount` and `currency` are those that the tender has, or else what its contracts come to.
    """
    day = pl.col("decision_date")
    brings = "amount" in tenders.collect_schema()
    told = tenders.rename({"amount": "sum", "currency": "of"}) if brings else tenders
    money = {"amount": pl.col("sum").first().cast(TOTAL), "currency": pl.col("of").first()}
    return (
        contracts.join(told, on=TENDER, build_side="force_right")
        .sort(PLACE)
        .group_by(TENDER, maintain_order=True)
        .agg(
            members=member(),
            **(money if brings else total()),
            starts=day.min(),
            ends=day.max(),
            **{name: pl.col(name).first() for name in measures},
        )
        .sort(pl.col("members").list.first())
        .select(*FINDING.names(), *measures)
    )


def standing(bids: pl.LazyFrame, tables: Tables, params: OfTenders | None = None) -> pl.LazyFrame:
    """Return bids, or what was counted of them, but for tenders whose contracts all came to nothing.

    And but for those that the settings leave out (`CONTRACTS`).
    """
    if "contracts" not in tables:
        return bids
    settings, contracts = params or OfTenders.model_validate({}), tables["contracts"]
    stands = settings.standing() & settings.asked()
    # Few are out: they are looked for among the others, which are never put in groups.
    out = contracts.filter(~stands).select(TENDER).unique()
    in_part = contracts.filter(stands).select(TENDER).join(out, on=TENDER, how="semi")
    return bids.join(out.join(in_part, on=TENDER, how="anti"), on=TENDER, how="anti")
