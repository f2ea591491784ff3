"""Tells which lines of a budget are totals of others."""

import polars as pl


def mark_leaves(lines: pl.LazyFrame) -> pl.LazyFrame:
    """Add `is_leaf`: false for the lines that another line names as its total (`parent_line_id`)."""
    totals = pl.col("parent_line_id").drop_nulls().implode()
    return lines.with_columns(is_leaf=~pl.col("line_id").is_in(totals))
