"""Counts findings, and adds up money, for each rule, buyer, supplier and month.

Amounts of two currencies are never added. A row counts once, however many findings it stands in; only
contracts and payments are added up, as budgets tell the same money at every level and in every period.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import polars as pl

from spendaudit.model.run import Run
from spendaudit.report._page_rows import Rows

_ADDED_UP: Final = ("contracts", "payments")
#: Currencies that have a chart of their own.
_CURRENCIES: Final = 3
#: Months that are told one by one.
_MONTHS: Final = 60


@dataclass(frozen=True, slots=True)
class Tally:
    """What stands at one rule, buyer, supplier or month."""

    name: str
    findings: int
    #: By currency.
    money: Mapping[str, Decimal]


def currencies(run: Run) -> tuple[str, ...]:
    """Return the currencies that are charted: those of the most findings."""
    known = Counter(one.currency for one in run.findings if one.currency and one.amount is not None)
    return tuple(sorted(known, key=lambda name: (-known[name], name))[:_CURRENCIES])


def by_rule(run: Run) -> list[Tally]:
    """Tally the findings of each rule, and the amounts that they ask about."""
    counts = Counter(one.rule for one in run.findings)
    money: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for one in run.findings:
        if one.amount is not None and one.currency:
            money[one.rule][one.currency] += one.amount
    return [
        Tally(rule, counts[rule], money[rule])
        for rule in sorted(counts, key=lambda name: (-counts[name], name))
    ]


def by_party(rows: Rows, party: str, about_data: frozenset[int]) -> list[Tally]:
    """Tally the findings and rows of each `buyer` or `supplier`, those of the most findings first.

    Of rows in which only the data is asked about (findings of these numbers), the money is left out.
    """
    found = _tallied(rows.frame, pl.col(party), about_data)
    return sorted(found, key=lambda one: (-one.findings, one.name))


def over_time(rows: Rows, about_data: frozenset[int]) -> list[Tally]:
    """Tally the findings and rows of each month (`2014-03`), of a long time each year, the earliest first."""
    months = sorted(rows.frame["date"].dt.strftime("%Y-%m").drop_nulls().unique())
    by_year = len(months) > 1 and len(between(months[0], months[-1])) > _MONTHS
    when = pl.col("date").dt.strftime("%Y" if by_year else "%Y-%m")
    return sorted(_tallied(rows.frame, when, about_data), key=lambda one: one.name)


def between(first: str, last: str) -> list[str]:
    """Name every month, or every year, from the first to the last."""
    if "-" not in first:
        return [f"{year:04}" for year in range(int(first), int(last) + 1)]
    ends = [int(when[:4]) * 12 + int(when[5:]) - 1 for when in (first, last)]
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(ends[0], ends[1] + 1)]


def _tallied(frame: pl.DataFrame, name: pl.Expr, about_data: frozenset[int]) -> list[Tally]:
    known = frame.with_columns(name=name).filter(pl.col("name").is_not_null())
    counts = known.group_by("name").agg(pl.col("finding").n_unique())
    sums = (
        known.filter(pl.col("table").is_in(_ADDED_UP), ~pl.col("finding").is_in(sorted(about_data)))
        .unique(["table", "position"])
        .group_by("name", "currency")
        .agg(pl.col("own").sum())
        .drop_nulls()
    )
    money: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for one, currency, total in sums.iter_rows():
        money[one][currency] = total
    return [Tally(one, findings, money[one]) for one, findings in counts.iter_rows()]
