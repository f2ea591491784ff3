"""Turns a batch of published rows into rows of a canonical table, and puts aside those it cannot read."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Final

import polars as pl

from spendaudit.enrich.dates import date_basis, decision_date
from spendaudit.enrich.keys import organisation_keys
from spendaudit.ingest.cells import Cell
from spendaudit.ingest.records import ROW
from spendaudit.load.complete import ASIDE
from spendaudit.model.tables import stored_schema
from spendaudit.sources._source import CONTEXT, Output, Source

_WORDS: Final = "@text:"
_RUN: Final = "@run"


@dataclass(frozen=True, slots=True)
class Mapped:
    """What became of a batch in one table."""

    rows: pl.DataFrame
    aside: pl.DataFrame
    merged: int


class Mapper:
    """Maps the batches of one file onto one table."""

    def __init__(self, source: Source, output: Output) -> None:
        """Serve one file: lines of an order that may go on in the next batch are held back."""
        self._source = source
        self._output = output
        self._held: pl.DataFrame | None = None
        self._schema = stored_schema(output.table)
        self._cells = {name: cell for name, cell in output.columns.items() if isinstance(cell, Cell)}
        plain = {name: expr for name, expr in output.columns.items() if not isinstance(expr, Cell)}
        self._quick = plain | {name: cell.quick for name, cell in self._cells.items()}
        self._thorough = plain | {name: cell.value for name, cell in self._cells.items()}
        self._words = {f"{_WORDS}{name}": cell.text for name, cell in self._cells.items()}
        roots = {root for name in output.repeated for root in self._thorough[name].meta.root_names()}
        self._repeated = sorted(root for root in roots if not root.startswith(CONTEXT))

    @property
    def schema(self) -> pl.Schema:
        """Columns of the rows that come out."""
        return self._schema

    def map(self, frame: pl.DataFrame, *, last: bool) -> Mapped:
        """Map a batch. `last`: no line of its last order is still to come."""
        if self._output.one_per is None:
            rows, wrong = self._values(frame)
            return Mapped(self._finished(rows), wrong, 0)
        if self._held is not None:
            frame = pl.concat([self._held, frame], rechunk=True)
        name = pl.col(self._output.one_per)
        starts = name.ne_missing(name.shift()) | name.is_null()
        frame = frame.with_columns(starts.cum_sum().alias(_RUN))
        if not last and frame.height:
            whole = frame[_RUN].search_sorted(frame[_RUN][-1])
            frame, self._held = frame[:whole], frame[whole:].drop(_RUN)
        return self._merged(frame)

    def _merged(self, lines: pl.DataFrame) -> Mapped:
        """Make one row of the lines of each order: its first line, if the others repeat what it says."""
        first = lines[_RUN].is_first_distinct()
        heads = lines.filter(first)
        repeats = lines.select(ROW, _RUN, *self._repeated).filter(~first)
        rows, wrong = self._values(heads)
        aside = [wrong, self._contradictions(heads, repeats)]
        if wrong.height:
            runs = heads.select(_RUN, pl.col(ROW).alias("row")).join(wrong, on="row").drop("row")
            unread = repeats.join(runs, on=_RUN).select(pl.col(ROW).alias("row"), "reason")
            aside = [wrong, unread, aside[1].join(unread, on="row", how="anti")]
        put_aside = pl.concat(aside)
        return Mapped(self._finished(rows), put_aside, lines.height - rows.height - put_aside.height)

    def _contradictions(self, heads: pl.DataFrame, repeats: pl.DataFrame) -> pl.DataFrame:
        """Find lines that do not repeat what the first line of their order says."""
        if not repeats.height or not self._repeated:
            return pl.DataFrame(schema=ASIDE)
        of_head = repeats[_RUN] - heads[_RUN][0]
        firsts = heads.select(self._repeated)[of_head]
        unlike = {name: repeats[name].ne_missing(firsts[name]) for name in self._repeated}
        if not any(differs.any() for differs in unlike.values()):
            return pl.DataFrame(schema=ASIDE)
        reasons = [
            pl.when(differs).then(
                pl.lit(f"{name} is not what the first line of the same {self._output.one_per} says")
            )
            for name, differs in unlike.items()
        ]
        paired = repeats.select(pl.col(ROW).alias("row"), pl.coalesce(reasons).alias("reason"))
        return paired.filter(pl.col("reason").is_not_null())

    def _values(self, published: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Read every cell: quickly first, then thoroughly in the rows where a cell was left without value."""
        rows = published.select(pl.col(ROW).alias("row"), **self._quick)
        left = [_unread(rows[name], published, cell) for name, cell in self._cells.items()]
        unread = [rows_left for rows_left in left if rows_left is not None and rows_left.any()]
        if not unread:
            return rows, pl.DataFrame(schema=ASIDE)
        again = reduce(or_, unread)
        read = published.filter(again).select(pl.col(ROW).alias("row"), **self._thorough, **self._words)
        reasons = [
            pl.when(pl.col(f"{_WORDS}{name}").is_not_null() & pl.col(name).is_null()).then(
                pl.lit(f"{' or '.join(cell.roots)} cannot be read as {_meaning(self._schema[name])}")
            )
            for name, cell in self._cells.items()
        ]
        read = read.with_columns(reason=pl.coalesce(*reasons, pl.lit(None, pl.String)))
        readable = read.filter(pl.col("reason").is_null()).select(rows.columns)
        whole = pl.concat([rows.filter(~again), readable], rechunk=True).sort("row")
        return whole, read.filter(pl.col("reason").is_not_null()).select(ASIDE.names())

    def _finished(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Add keys, and bring the columns into the table's order and types."""
        missing = {name: dtype for name, dtype in self._schema.items() if name not in rows.columns}
        rows = rows.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in missing.items())
        for organisation in self._output.organisations:
            rows = organisation_keys(
                rows,
                role=organisation.role,
                id=organisation.id,
                name=organisation.name,
                country=self._source.jurisdiction,
                tax_id=organisation.tax_id,
                source=self._source.id,
            )
        if self._output.table == "contracts":
            rows = rows.with_columns(decision_date=decision_date(), date_basis=date_basis())
        have = rows.schema
        return rows.select(
            name if have[name] == dtype else pl.col(name).cast(dtype) for name, dtype in self._schema.items()
        )


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
    pl.Boolean: "yes or no",
    pl.Categorical: "a currency",
}


def _meaning(dtype: pl.DataType) -> str:
    return next((words for kind, words in _MEANINGS.items() if isinstance(dtype, kind)), "a value")
