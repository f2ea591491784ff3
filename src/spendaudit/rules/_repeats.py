"""Narrows rows down to those that may stand more than once, before anything dear is done with them."""

from collections.abc import Sequence

import polars as pl


def digest(columns: Sequence[str]) -> pl.Expr:
    """Digest what stands in these columns (UInt64). Null is a value like any other."""
    return pl.struct(pl.col(columns).to_physical()).hash()


def perhaps_repeated(rows: pl.LazyFrame, columns: Sequence[str], times: int = 2) -> pl.LazyFrame:
    """Return the rows whose values in these columns stand so many times, and by chance a few others.

    Sorting digests takes a fraction of the time and memory of grouping all rows, and grouping the few left
    costs little. Rows that share a digest by chance must be told apart there.
    """
    marked = rows.with_columns(digest=digest(columns)).cache()
    return marked.join(_repeated(marked, times), on="digest", how="semi").drop("digest")


def repeated_digests(rows: pl.LazyFrame, columns: Sequence[str]) -> pl.LazyFrame:
    """List the digests of values that stand more than once (`digest`), and by chance a few others."""
    return _repeated(rows.select(digest=digest(columns)), 2)


def _repeated(marked: pl.LazyFrame, times: int) -> pl.LazyFrame:
    mark = pl.col("digest")
    return marked.select(mark.sort()).filter(mark == mark.shift(times - 1))
