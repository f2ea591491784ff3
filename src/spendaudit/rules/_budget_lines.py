"""Tells which budget lines are judged, and how one line is told over all its dates."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from spendaudit.model.findings import TOTAL, members

#: Needed by every rule on budget lines.
NEEDS: Final = frozenset({"is_leaf", "direction", "currency"})

#: What a line is called by, and which of its dates comes last. Portals leave out some of them.
USES: Final = frozenset(
    {
        "source",
        "fiscal_year",
        "period_end",
        "institution_id",
        "institution_name",
        "line_id",
        "administrative_label",
        "functional_label",
        "economic_label",
    }
)

#: One line of one year. Amounts of a line in two currencies are two lines.
LINE: Final = ("source", "institution_id", "line_id", "fiscal_year", "currency")

#: Rows that share these can be audited apart from all others.
SHARD: Final = ("institution_id", "line_id")


def expense_leaf() -> pl.Expr:
    """Lines of expense that no other line details: a total would count its parts again."""
    return pl.col("is_leaf") & (pl.col("direction") == "expense")


def per_line(flagged: pl.LazyFrame, excess: pl.Expr, facts: Mapping[str, pl.Expr]) -> pl.LazyFrame:
    """Make one finding of all dates at which a line is flagged; amounts and facts are those of the last date.

    Execution is published from January on, so the excess of March is part of that of April. Where no date is
    known, the largest excess is taken for the last. A row without `line_id` is a line of its own.
    """
    told = {
        "amount": excess.cast(TOTAL),
        "institution_name": pl.coalesce("institution_name", "institution_id"),
        "line": pl.coalesce("economic_label", "functional_label", "administrative_label", "line_id"),
        **facts,
    }
    nameless = pl.when(pl.col("line_id").is_null()).then(pl.struct("file", "row"))
    last = pl.struct("period_end", "amount", "file", "row")
    return (
        flagged.with_columns(**told, nameless=nameless)
        .group_by(*LINE, "nameless")
        .agg(
            pl.col(told).sort_by(last).last(),
            members=members("budget"),
            starts=pl.col("period_end").min(),
            ends=pl.col("period_end").max(),
        )
        .sort(pl.col("members").list.first())
        .select(
            "members",
            "amount",
            "currency",
            "starts",
            "ends",
            facts=pl.struct("institution_name", "line", "fiscal_year", *facts),
        )
    )
