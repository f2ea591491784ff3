"""How does the amount of a finding come about? Works it out from its rows, as a person would with a pencil.

Rules state a formula in words; what is shown here is arithmetic that gives exactly the finding's amount, from
columns that the rule reads and facts that it tells. Where none does, nothing is shown.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, permutations

import polars as pl

from spendaudit.model.findings import TOTAL
from spendaudit.model.run import Finding
from spendaudit.model.tables import AMOUNT, LIMITS, MONEY, SCHEMAS


@dataclass(frozen=True, slots=True)
class Term:
    """An amount that is added, or taken away."""

    name: str
    value: Decimal
    taken: bool = False


def amounts_of(table: str, read: Iterable[str], rows: pl.DataFrame) -> tuple[str, ...]:
    """Name the columns of money that a rule reads of a table, of those that are filled; its own one first.

    What a limit was is no amount of a row.
    """
    own = AMOUNT.get(table)
    ordered = dict.fromkeys((*([own] if own else []), *(one for one in read if SCHEMAS[table][one] == MONEY)))
    known = (name for name in ordered if name not in LIMITS.get(table, ()))
    return tuple(name for name in known if rows[name].is_not_null().any())


def working(
    finding: Finding, rows: pl.DataFrame, columns: Sequence[str], named: Collection[str] = ()
) -> tuple[Term, ...]:
    """Return terms that add up to the finding's amount; none if no such terms are found, or it has none.

    `columns` are amounts of the rows, the likeliest first; `named` is what the rule's sentence names: of
    facts that come to the same, a reader expects those.
    """
    if finding.amount is None:
        return ()
    told = _told(finding)
    said = {name: value for name, value in told.items() if name in named}
    ways = _ways(_sums(rows, columns), said, {**said, **told})
    largest = ((Term(f"largest {name}", rows[name].max()),) for name in columns)  # type: ignore[arg-type]
    return next((terms for terms in chain(ways, largest) if _total(terms) == finding.amount), ())


def _total(terms: Sequence[Term]) -> Decimal:
    return sum((-term.value if term.taken else term.value for term in terms), Decimal(0))


def _sums(rows: pl.DataFrame, columns: Sequence[str]) -> dict[str, Decimal]:
    """Add every column up whose rows all have it."""
    full = [name for name in columns if not rows[name].null_count()]
    totals = rows.select(pl.col(name).cast(TOTAL).sum() for name in full)
    return {
        name if rows.height == 1 else f"sum of {name}": value
        for name, value in zip(full, totals.row(0) if full else (), strict=True)
    }


def _told(finding: Finding) -> dict[str, Decimal]:
    return {name: value for name, value in finding.facts.items() if isinstance(value, Decimal)}


def _ways(
    sums: Mapping[str, Decimal], said: Mapping[str, Decimal], told: Mapping[str, Decimal]
) -> Iterator[tuple[Term, ...]]:
    """Think of sums first, then of differences, then of one amount that the rule tells."""
    yield from _alone(sums)
    for known in (said, told, sums, {**sums, **told}):
        for (name, value), (other, less) in permutations(known.items(), 2):
            yield Term(name, value), Term(other, less, taken=True)
    yield from _alone(told)


def _alone(known: Mapping[str, Decimal]) -> Iterator[tuple[Term, ...]]:
    yield from ((Term(name, value),) for name, value in known.items())
