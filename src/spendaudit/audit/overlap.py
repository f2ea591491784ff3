"""Which rules flag the same rows? Where two nearly always do, their findings are one question asked twice."""

from dataclasses import dataclass

import polars as pl

from spendaudit.audit.named_rows import named_rows
from spendaudit.engine.local import collect
from spendaudit.model.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Two rules that flag some of the same rows, the one with fewer flagged rows first."""

    rules: tuple[str, str]
    #: Rows that both flag.
    rows: int
    #: Rows that each flags.
    of: tuple[int, int]
    #: Findings of each that share a row with a finding of the other.
    findings: tuple[int, int]

    @property
    def share(self) -> float:
        """Which part of the rows of the first is flagged by the second, too: 1 means all of them."""
        return self.rows / self.of[0]


def overlaps(run: Run) -> tuple[Overlap, ...]:
    """List the pairs of rules that share flagged rows: the largest share first, then the most rows."""
    named = named_rows(run)
    flagged = named.lazy().unique(["rule", "table", "position"])
    rows = dict(collect(flagged.group_by("rule").len()).iter_rows())
    pairs = (
        named.lazy()
        .join(flagged.select("table", "position", other="rule"), on=["table", "position"])
        .filter(pl.col("rule") != pl.col("other"))
        .group_by("rule", "other")
        .agg(pl.struct("table", "position").n_unique().alias("rows"), pl.col("finding").n_unique())
    )
    counted = {(rule, other): (shared, found) for rule, other, shared, found in collect(pairs).iter_rows()}
    found = [
        Overlap(
            rules=(rule, other),
            rows=shared,
            of=(rows[rule], rows[other]),
            findings=(findings, counted[other, rule][1]),
        )
        for (rule, other), (shared, findings) in counted.items()
        if (rows[rule], rule) < (rows[other], other)
    ]
    return tuple(sorted(found, key=lambda one: (-one.share, -one.rows, one.rules)))
