"""Which files hold the rows of another one once more? Counted twice, one purchase would look like two.

An archive lies beside what was unpacked from it; a release was downloaded again, and packed anew meanwhile.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

import polars as pl

from spendaudit.ingest.store import Store
from spendaudit.model.remarks import COPIED
from spendaudit.model.run import Input

#: Rows by which most files differ; of a file that has them in common with another, all are compared.
_FIRST: Final = 100

#: So many copies of one file are named.
_NAMED: Final = 3


def without_copies(
    inputs: Iterable[Input], store: Store
) -> tuple[tuple[Input, ...], tuple[tuple[Input, Input], ...]]:
    """Part files from copies: each copy stands before the file whose rows it holds, which notes it.

    A copy has the same rows in the same tables at the same places, row for row; files without any rows are
    none. Costs nothing where no two files of a source have as many rows.
    """
    kept: list[Input] = []
    copies: list[tuple[Input, Input]] = []
    alike = defaultdict[object, list[_Rows]](list)
    for entry in inputs:
        rows = _Rows(entry, store)
        others = alike[entry.source, frozenset(entry.tables.items())] if entry.rows_loaded else []
        if of := next((other for other in others if other.same(rows)), None):
            copies.append((entry, of.entry))
        else:
            kept.append(entry)
            others.append(rows)
    noted = (_noted(entry, [copy.name for copy, of in copies if of is entry]) for entry in kept)
    return tuple(noted), tuple(copies)


def _noted(entry: Input, copies: Sequence[str]) -> Input:
    if not copies:
        return entry
    more = ["..."] if len(copies) > _NAMED else []
    return replace(entry, notes=(*entry.notes, COPIED.format(files=", ".join([*copies[:_NAMED], *more]))))


class _Rows:
    """What one file holds. Its first rows are read once, and only if another file has as many."""

    def __init__(self, entry: Input, store: Store) -> None:
        self.entry = entry
        self._tables = [table for table, counts in entry.tables.items() if counts.loaded]
        self._store = store

    def same(self, other: "_Rows") -> bool:
        """Tell whether another file, of which each table has as many rows, has the same."""
        try:
            alike = zip(self.first, other.first, strict=True)
            return all(one.equals(two) for one, two in alike) and all(
                _equal(self.whole(table), other.whole(table)) for table in self._tables
            )
        except (pl.exceptions.PolarsError, FileNotFoundError):
            # Whoever opens the tables says which of them is damaged or gone.
            return False

    @cached_property
    def first(self) -> list[pl.DataFrame]:
        """The first rows of each table."""
        return [self.whole(table).head(_FIRST).collect() for table in self._tables]

    def whole(self, table: str) -> pl.LazyFrame:
        """Return all rows of a table, nothing read yet."""
        pattern = self._store.table_path(table, self.entry.source, self.entry.file, "*")
        return pl.scan_parquet(self._store.root / pattern, hive_partitioning=False)


def _equal(one: pl.LazyFrame, other: pl.LazyFrame) -> bool:
    """Compare column by column: one of them fits into memory."""
    names = one.collect_schema().names()
    return all(one.select(name).collect().equals(other.select(name).collect()) for name in names)
