"""Tells which budget lines are judged, and how one line is told over all its dates."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from spendaudit.model.findings import TOTAL, alone, members

#: Needed by every rule on budget lines.
NEEDS: Final = frozenset({"is_leaf", "direction", "currency"})

#: What tells lines and their dates apart. Portals leave out some of them.
USES: Final = frozenset({"source", "fiscal_year", "period_end", "institution_id", "line_id"})

#: One line of one year. Amounts of a line in two currencies are two lines.
LINE: Final = ("source", "institution_id", "line_id", "fiscal_year", "currency")

#: Rows that share these can be audited apart from all others.
SHARD: Final = ("institution_id", "line_id")


def expense_leaf() -> pl.Expr:
    """Lines of expense that no other line details: a total would count its parts again."""
    return pl.col("is_leaf") & (pl.col("direction") == "expense")


def per_line(flagged: pl.LazyFrame, excess: pl.Expr) -> pl.LazyFrame:
    """Make one finding of all dates at which a line is flagged; its amount is that of the last date.

    Execution is published from January on, so the excess of March is part of that of April. Where no date is
    known, the largest excess is taken for the last. A row without `line_id` is a line of its own.
    """
    return (
        flagged.with_columns(amount=excess.cast(TOTAL), alone=alone("line_id"))
        .group_by(*LINE, "alone")
        .agg(
            at_last(pl.col("amount"), pl.col("amount")),
            members=members(),
            starts=pl.col("period_end").min(),
            ends=pl.col("period_end").max(),
        )
        .sort(pl.col("members").list.first())
        .select("members", "amount", "currency", "starts", "ends")
    )


def institution() -> pl.Expr:
    """Name whose line a row is (String)."""
    return pl.coalesce("institution_name", "institution_id")


def label() -> pl.Expr:
    """Say what a line is for, in the words that come nearest to it, else its number (String)."""
    return pl.coalesce("economic_label", "functional_label", "administrative_label", "line_id")


def line(excess: pl.Expr, facts: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
    """Tell which line is flagged, and these figures of its last date."""
    told = {
        "institution_name": institution(),
        "line": label(),
        "fiscal_year": pl.col("fiscal_year"),
        **facts,
    }
    return {name: at_last(fact, excess) for name, fact in told.items()}


def at_last(value: pl.Expr, excess: pl.Expr) -> pl.Expr:
    """Take a value of the last date at which a line is flagged."""
    return value.sort_by(pl.struct("period_end", excess.alias("excess"), "file", "row")).last()
