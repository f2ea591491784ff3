"""Reads the cells of published rows, and tells which rows have text that cannot be read."""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Final

import polars as pl

from spendaudit.ingest.cells import Cell
from spendaudit.ingest.records import ROW
from spendaudit.load.complete import ASIDE
from spendaudit.model.remarks import UNREADABLE

_WORDS: Final = "@text:"


class Reader:
    """Reads some canonical columns, quickly where that gives a value, thoroughly where it does not."""

    def __init__(self, columns: Mapping[str, Cell | pl.Expr], schema: pl.Schema) -> None:
        """Take the columns by their canonical names, which the schema tells the types of."""
        self._cells = {name: cell for name, cell in columns.items() if isinstance(cell, Cell)}
        plain = {name: expr for name, expr in columns.items() if not isinstance(expr, Cell)}
        self._quick = plain | {name: cell.quick for name, cell in self._cells.items()}
        self._thorough = plain | {name: cell.value for name, cell in self._cells.items()}
        self._words = {f"{_WORDS}{name}": cell.text for name, cell in self._cells.items()}
        self._reasons = [
            pl.when(pl.col(f"{_WORDS}{name}").is_not_null() & pl.col(name).is_null()).then(
                pl.lit(UNREADABLE.format(columns=" or ".join(cell.roots), meaning=_meaning(schema[name])))
            )
            for name, cell in self._cells.items()
        ]

    def read(self, published: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return `row` and the columns for the rows that can be read, and the others (`ASIDE`)."""
        rows = published.select(pl.col(ROW).alias("row"), **self._quick)
        left = [_unread(rows[name], published, cell) for name, cell in self._cells.items()]
        unread = [rows_left for rows_left in left if rows_left is not None and rows_left.any()]
        if not unread:
            return rows, pl.DataFrame(schema=ASIDE)
        again = reduce(or_, unread)
        read = published.filter(again).select(pl.col(ROW).alias("row"), **self._thorough, **self._words)
        read = read.with_columns(reason=pl.coalesce(*self._reasons))
        readable = read.filter(pl.col("reason").is_null()).select(rows.columns)
        whole = pl.concat([rows.filter(~again), readable], rechunk=True).sort("row")
        return whole, read.filter(pl.col("reason").is_not_null()).select(ASIDE.names())


def _unread(values: pl.Series, published: pl.DataFrame, cell: Cell) -> pl.Series | None:
    """Tell in which rows a cell has text and was left without a value; None if counting shows none."""
    roots = cell.roots
    if len(roots) == 1 and values.null_count() == published[roots[0]].null_count():
        return None
    return values.is_null() & published.select(cell.text).to_series().is_not_null()


_MEANINGS: Final[Mapping[type[pl.DataType], str]] = {
    pl.Date: "a date",
    pl.Decimal: "a number",
    pl.Int32: "a count",
    pl.Int8: "a count",
    pl.Boolean: "yes or no",
    pl.Categorical: "a currency",
}


def _meaning(dtype: pl.DataType) -> str:
    return next((words for kind, words in _MEANINGS.items() if isinstance(dtype, kind)), "a value")
