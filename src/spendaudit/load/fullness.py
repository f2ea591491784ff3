"""Counts how many rows of a file have a value where one is expected, and where an audit asks first."""

from collections import Counter
from collections.abc import Iterator

import polars as pl

from spendaudit.model.remarks import EMPTIER
from spendaudit.model.tables import ESSENTIAL
from spendaudit.sources._source import Source


class Fullness:
    """How full the columns of one file's tables are."""

    def __init__(self, source: Source) -> None:
        """Count nothing yet."""
        self._expected = source.expected
        #: The table that the expectations are of.
        self._table = source.outputs[0].table
        self._rows: Counter[str] = Counter()
        self._filled: Counter[str] = Counter()
        #: By table and question.
        self._essential: Counter[tuple[str, str]] = Counter()

    def watch(self, table: str, rows: pl.DataFrame) -> None:
        """Count the cells of some rows of a table."""
        self._rows[table] += rows.height
        if table == self._table:
            for name in self._expected:
                self._filled[name] += rows.height - rows[name].null_count()
        for question, columns in ESSENTIAL.get(table, {}).items():
            if len(columns) == 1:
                filled = rows.height - rows[columns[0]].null_count()
            else:
                filled = rows.select(pl.any_horizontal(pl.col(columns).is_not_null()).sum()).item()
            self._essential[table, question] += filled

    def shares(self) -> dict[str, dict[str, float]]:
        """Tell of every table that got rows which share of them answers what an audit asks first."""
        return {
            table: {
                question: round(self._essential[table, question] / count, 4) for question in ESSENTIAL[table]
            }
            for table, count in self._rows.items()
            if table in ESSENTIAL
        }

    def missed(self) -> Iterator[str]:
        """Tell which columns are emptier than this portal's files are known to be."""
        rows = self._rows[self._table]
        for name, least in self._expected.items():
            if rows and (share := self._filled[name] / rows) < least:
                yield EMPTIER.format(column=name, count=f"{share * 100:.0f}", all=f"{least * 100:.0f}")
