"""Whom is a finding about, and which date did it go by? What rules on contracts tell of a group of rows."""

from typing import Final

import polars as pl

from spendaudit.model.codelists import DATE_BASIS, NAMED

#: In the order in which they are told.
_BASES: Final = sorted(DATE_BASIS.categories)


def party(role: str) -> pl.Expr:
    """Name the `buyer` or `supplier` of a row: as published, else by its key (String)."""
    return pl.coalesce(f"{role}_name", pl.col(f"{role}_key").cast(pl.String))


def known_by(role: str) -> pl.Expr:
    """Tell what holds the rows of a party together (String): `name` alone, or an `identifier`."""
    by_name = pl.col(f"{role}_key").cat.starts_with(NAMED)
    return pl.when(by_name).then(pl.lit("name")).when(~by_name).then(pl.lit("identifier"))


def who() -> dict[str, pl.Expr]:
    """Tell who the buyer and the supplier of some contracts are.

    Aggregations. Of several spellings of a name the first in the alphabet is taken: any would do, but the
    same one every time.
    """
    return {
        "buyer_name": party("buyer").min(),
        "supplier_name": party("supplier").min(),
        # A row without a supplier tells nothing, and may stand anywhere among the others.
        "supplier_known_by": known_by("supplier").min(),
    }


def whose() -> dict[str, pl.Expr]:
    """Tell who bought, what and how, and from whom: one supplier, or so many.

    Aggregations. Of several titles the first in the alphabet is taken; several methods are none.
    """
    winner = party("supplier")
    suppliers = winner.drop_nulls().n_unique()
    return {
        "buyer_name": party("buyer").min(),
        "supplier_name": pl.when(suppliers == 1).then(winner.min()),
        "suppliers": suppliers,
        "title": pl.col("title").min(),
        "method": _common(pl.col("procurement_method").cast(pl.String)),
    }


def whose_together() -> dict[str, pl.Expr]:
    """Tell the same of rows that are not one purchase: their title is only told if all have it."""
    return {**whose(), "title": _common(pl.col("title"))}


def _common(texts: pl.Expr) -> pl.Expr:
    """Tell the one text that some rows share (String, an aggregation), null where they have several."""
    return pl.when(texts.drop_nulls().n_unique() == 1).then(texts.min())


def date_basis() -> pl.Expr:
    """List the kinds of date that some contracts go by (String, an aggregation)."""
    kinds = [pl.when((pl.col("date_basis") == basis).any()).then(pl.lit(basis)) for basis in _BASES]
    return pl.concat_str(kinds, separator=", ", ignore_nulls=True)
