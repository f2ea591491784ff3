"""Which files hold the rows of another one once more? Counted twice, one purchase would look like two.

An archive lies beside what was unpacked from it; a release was downloaded again, and packed anew meanwhile.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import polars as pl

from spendaudit.ingest.store import Store
from spendaudit.model.run import Input

#: What is of the file, and not of its rows.
_OF_FILE: Final = ("source", "file")


def without_copies(
    inputs: Iterable[Input], store: Store
) -> tuple[tuple[Input, ...], tuple[tuple[Input, Input], ...]]:
    """Part files from copies; each copy stands before the file whose rows it holds.

    A copy has the same rows in the same tables at the same places, row for row; files without any rows are
    none. Costs nothing where no two files of a source have as many rows.
    """
    kept: list[Input] = []
    copies: list[tuple[Input, Input]] = []
    alike = defaultdict[object, list[Input]](list)
    for entry in inputs:
        others = alike[entry.source, frozenset(entry.tables.items())] if entry.rows_loaded else []
        if of := next((other for other in others if _same(entry, other, store)), None):
            copies.append((entry, of))
        else:
            kept.append(entry)
            others.append(entry)
    return tuple(kept), tuple(copies)


def _same(one: Input, other: Input, store: Store) -> bool:
    tables = [table for table, counts in one.tables.items() if counts.loaded]
    return all(_equal(_rows(table, one, store), _rows(table, other, store)) for table in tables)


def _rows(table: str, entry: Input, store: Store) -> pl.LazyFrame:
    pattern = store.root / store.table_path(table, entry.source, entry.file, "*")
    return pl.scan_parquet(pattern, hive_partitioning=False).drop(_OF_FILE, strict=False)


def _equal(one: pl.LazyFrame, other: pl.LazyFrame) -> bool:
    """Compare column by column: most files differ in the first of them, and one fits into memory."""
    if one.collect_schema() != other.collect_schema():
        return False
    return all(
        one.select(name).collect().equals(other.select(name).collect()) for name in one.collect_schema()
    )
