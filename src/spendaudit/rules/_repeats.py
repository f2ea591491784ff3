"""Narrows rows down to those that may stand more than once, before anything dear is done with them."""

from collections.abc import Sequence

import polars as pl


def digest(columns: Sequence[str]) -> pl.Expr:
    """Digest what stands in these columns (UInt64). Null is a value like any other."""
    return pl.struct(pl.col(columns).to_physical()).hash()


def perhaps_repeated(rows: pl.LazyFrame, columns: Sequence[str]) -> pl.LazyFrame:
    """Return the rows whose values in these columns stand more than once, and by chance a few others.

    Sorting digests takes a fraction of the time and memory of grouping all rows, and grouping the few left
    costs little. Rows that share a digest by chance must be told apart there.
    """
    marked = rows.with_columns(digest=digest(columns)).cache()
    return marked.join(_twice(marked), on="digest", how="semi").drop("digest")


def repeated_digests(rows: pl.LazyFrame, columns: Sequence[str]) -> pl.LazyFrame:
    """List the digests of values that stand more than once (`digest`), and by chance a few others."""
    return _twice(rows.select(digest=digest(columns)))


def _twice(marked: pl.LazyFrame) -> pl.LazyFrame:
    mark = pl.col("digest")
    return marked.select(mark.sort()).filter(mark == mark.shift())
