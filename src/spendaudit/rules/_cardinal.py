"""What does Cardinal count? Settings with which a rule on tenders and bids gives the results of Cardinal.

Cardinal (open-contracting/cardinal-rs) goes by the states of OCDS to the letter, and by references: a bid
without a state is none, the award's state decides and not the contract's, and `1` in two processes is one
party. Each rule's page says what else `cardinal` changes.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.rules._rule import Params

#: Columns that Cardinal's way of counting goes by.
_READ: Final = {
    "contracts": frozenset({"tender_status", "award_id", "award_status", "supplier_refs", "supplier_id"}),
    "bids": frozenset({"bidder_refs", "bidder_id", "status"}),
}
_DETAILS: Final = frozenset({"procurement_method_details"})

#: Between the references of parties that act together.
_BETWEEN: Final = "; "
#: States of an award that stay.
_FINAL: Final = ("active", "cancelled", "unsuccessful")


class OfTenders(Params):
    """Which tenders are asked about, and how they are counted."""

    left_out: tuple[str, ...] = Field(
        (), description="`procurement_method_details` of tenders that are left out"
    )
    cardinal: bool = Field(
        default=False, description="count as Cardinal does, where it differs: see the page"
    )

    def reads(self) -> Mapping[str, frozenset[str]]:
        """Columns that Cardinal's way of counting goes by, and the details of methods that are told apart."""
        read = dict(_READ) if self.cardinal else {}
        if self.tells_methods_apart:
            read["contracts"] = read.get("contracts", frozenset()) | _DETAILS
        return read

    @property
    def tells_methods_apart(self) -> bool:
        """Whether tenders are told apart by the details of their method."""
        return bool(self.left_out)

    def standing(self) -> pl.Expr:
        """Tell which contracts count: with `cardinal`, those of tenders that were not cancelled."""
        if not self.cardinal:
            return super().standing()
        return pl.col("tender_status").ne_missing("cancelled")

    def asked(self) -> pl.Expr:
        """Tell which contracts are of tenders that are asked about, by the details of their method."""
        details = pl.col("procurement_method_details")
        return ~details.is_in(self.left_out).fill_null(value=False) if self.left_out else pl.lit(value=True)


class ByPrice(OfTenders):
    """In which tenders price decides, and in which currency bids are compared."""

    price_methods: tuple[str, ...] = Field(
        (), description="`procurement_method_details` of tenders that price decides; none: all"
    )
    other_methods: tuple[str, ...] = Field(
        (), description="`procurement_method_details` of tenders that price does not decide"
    )
    currency: str | None = Field(
        None, pattern="^[A-Z]{3}$", description="bids in this currency alone; none: of each tender its own"
    )

    @property
    def tells_methods_apart(self) -> bool:
        """Whether tenders are told apart by the details of their method."""
        return bool(self.left_out or self.price_methods or self.other_methods)

    def asked(self) -> pl.Expr:
        """Tell which contracts are of tenders that are asked about, and that price decides."""
        asked, details = super().asked(), pl.col("procurement_method_details")
        if self.price_methods:
            return asked & details.is_in(self.price_methods).fill_null(value=False)
        if self.other_methods:
            return asked & ~details.is_in(self.other_methods).fill_null(value=False)
        return asked


def bidder(*, cardinal: bool) -> pl.Expr:
    """Name who made a bid, to be looked for among those who won the tender: by a text, or the code of one."""
    return _named("bidder", cardinal=cardinal)


def winner(*, cardinal: bool) -> pl.Expr:
    """Name who won a contract, to be looked for among those who made bids: by a text, or the code of one."""
    return _named("supplier", cardinal=cardinal)


def _named(role: str, *, cardinal: bool) -> pl.Expr:
    number, references = f"{role}_id", f"{role}_refs"
    if cardinal:
        # Of several who act together each is looked for.
        return pl.coalesce(pl.col(references, number).cast(pl.String))
    return pl.coalesce(number, references)


def in_currency(bids: pl.LazyFrame, params: ByPrice) -> pl.LazyFrame:
    """Keep the bids in the currency that is asked for, or else in that of the first bid of a data source."""
    if params.currency:
        return bids.filter(pl.col("currency") == params.currency)
    first_file = pl.col("file") == pl.col("file").min()
    top = pl.col("row").filter(first_file).arg_min()
    first = bids.group_by("source").agg(main=pl.col("currency").filter(first_file).get(top))
    return bids.join(first, on="source").filter(pl.col("currency") == pl.col("main")).drop("main")


def joint(parties: pl.Expr) -> pl.Expr:
    """Tell where several parties act together."""
    return parties.str.contains(_BETWEEN, literal=True)


def numbered(parties: pl.Expr) -> pl.Expr:
    """Name those of several parties that have a number."""
    return parties.str.strip_prefix(_BETWEEN)


def each(rows: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """Give each of several parties that act together a row of its own."""
    parties = pl.col(name)
    # Few act together: splitting the names of all would take longer than all else.
    apart = rows.filter(joint(parties)).with_columns(parties.str.split(_BETWEEN)).explode(name)
    return pl.concat([rows.filter(~joint(parties)), apart.filter(parties != "")])


def active() -> pl.Expr:
    """Tell which awards are in force (contracts)."""
    return pl.col("award_status").eq_missing("active")


def open_award() -> pl.Expr:
    """Tell which awards are in a state that is not final (contracts); one without a state is passed over."""
    return ~pl.col("award_status").is_in(_FINAL).fill_null(value=True)
