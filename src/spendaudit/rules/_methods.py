"""How was a supplier chosen? Among several who could compete, or directly."""

import polars as pl


def competitive() -> pl.Expr:
    """Procedures in which several could bid."""
    return pl.col("procurement_method").is_in(["open", "selective", "limited"])


def direct() -> pl.Expr:
    """Awards for which one supplier alone was asked."""
    return pl.col("procurement_method") == "direct"
