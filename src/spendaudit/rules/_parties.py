"""Whom is a finding about, and which date did it go by? What rules on contracts tell of a group of rows."""

from typing import Final

import polars as pl

#: Columns that the facts below and the members of a finding are read from.
USES: Final = frozenset({"contract_id", "buyer_name", "supplier_name", "date_basis"})


def party(role: str) -> pl.Expr:
    """Name the `buyer` or `supplier` of a row: as published, else by its key (String)."""
    return pl.coalesce(f"{role}_name", pl.col(f"{role}_key").cast(pl.String))


def supplier_known_by() -> pl.Expr:
    """Tell what holds the rows of a supplier together (String): `name` alone, or an `identifier`."""
    by_name = pl.col("supplier_key").cat.starts_with("name:")
    return pl.when(by_name).then(pl.lit("name")).when(~by_name).then(pl.lit("identifier"))


def who() -> dict[str, pl.Expr]:
    """Tell of a group of contracts of one buyer and one supplier who they are, and its kinds of date.

    Aggregations. Of several spellings of a name the first in the alphabet is taken: any would do, but the
    same one every time.
    """
    return {
        "buyer_name": party("buyer").min(),
        "supplier_name": party("supplier").min(),
        "supplier_known_by": supplier_known_by().first(),
        "date_basis": pl.col("date_basis").cast(pl.String).unique().sort().str.join(", "),
    }
