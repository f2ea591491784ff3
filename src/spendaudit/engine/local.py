"""Runs plans on this machine. The only place of the auditing wing that does."""

import polars as pl


def collect(plan: pl.LazyFrame) -> pl.DataFrame:
    """Carry out one plan, in batches that need not fit in memory together."""
    return plan.collect(engine="streaming")
