"""Turns a batch of published rows into rows of a canonical table, and puts aside those it cannot read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from spendaudit.enrich.dates import date_basis, decision_date
from spendaudit.enrich.keys import organisation_keys
from spendaudit.ingest.cells import Cell
from spendaudit.ingest.records import EMPTY, ROW
from spendaudit.model.tables import stored_schema
from spendaudit.sources._source import PERIOD, Header, Output, Source

#: Rows that were put aside, before their text is looked up.
ASIDE: Final = pl.Schema({"row": pl.UInt32, "reason": pl.String})

_WORDS: Final = "@text:"
_RUN: Final = "@run"


@dataclass(frozen=True, slots=True)
class Mapped:
    """What became of a batch in one table."""

    rows: pl.DataFrame
    aside: pl.DataFrame
    merged: int


@dataclass(frozen=True, slots=True)
class Columns:
    """Completes and checks the published rows of one file, for every table it fills."""

    source: Source
    header: Header
    period: str

    def complete(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Add the columns that the file does not hold, and put aside the rows that are not data."""
        context = {name: pl.lit(text) for name, text in self.header.context.items()}
        period = pl.lit(self.period or None, pl.String)
        absent = {name: pl.lit(None, pl.String) for name in self.header.absent}
        frame = frame.with_columns(**context, **absent, **{PERIOD: period})
        reasons = [*self._empty(frame), *self._nameless(frame)]
        reasons += [pl.when(row).then(pl.lit(reason)) for reason, row in self.source.rejected.items()]
        if not reasons:
            return frame, pl.DataFrame(schema=ASIDE)
        reason = frame.select(reason=pl.coalesce(reasons)).to_series()
        if reason.null_count() == frame.height:
            return frame, pl.DataFrame(schema=ASIDE)
        aside = frame.select(pl.col(ROW).alias("row"), reason).filter(pl.col("reason").is_not_null())
        return frame.filter(reason.is_null()), aside

    def _empty(self, frame: pl.DataFrame) -> list[pl.Expr]:
        names = [name for name in frame.columns if name in self.source.used and name in self.header.names]
        if any(not frame[name].null_count() for name in names):
            return []
        return [pl.when(pl.all_horizontal(pl.col(names).is_null())).then(pl.lit(EMPTY))]

    def _nameless(self, frame: pl.DataFrame) -> list[pl.Expr]:
        return [
            pl.when(pl.col(name).str.strip_chars() != "").then(
                pl.lit(f"{name} has text but no name in the header")
            )
            for name in sorted(self.header.nameless & set(frame.columns))
            if frame[name].null_count() < frame.height
        ]


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

    @property
    def schema(self) -> pl.Schema:
        """Columns of the rows that come out."""
        return self._schema

    def map(self, frame: pl.DataFrame, *, last: bool) -> Mapped:
        """Map a batch. `last`: no line of its last order is still to come."""
        output = self._output
        if output.one_per is None:
            return self._read(frame, None)
        if self._held is not None:
            frame = pl.concat([self._held, frame])
        starts = (
            pl.col(output.one_per).ne_missing(pl.col(output.one_per).shift())
            | pl.col(output.one_per).is_null()
        )
        frame = frame.with_columns(starts.fill_null(value=True).cum_sum().alias(_RUN))
        if not last and frame.height:
            whole = frame.get_column(_RUN).search_sorted(frame.get_column(_RUN)[-1])
            frame, self._held = frame[:whole], frame[whole:].drop(_RUN)
        return self._read(*self._first_lines(frame))

    def _first_lines(self, lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Part the first line of each order from the lines that repeat it."""
        first = (
            lines.get_column(_RUN).is_first_distinct() if lines.height else pl.Series([], dtype=pl.Boolean)
        )
        return lines.filter(first), lines.filter(~first)

    def _read(self, heads: pl.DataFrame, repeats: pl.DataFrame | None) -> Mapped:
        rows, wrong = self._values(heads)
        aside = [wrong.select(ASIDE.names())]
        merged = 0
        if repeats is not None:
            if wrong.height:
                runs = heads.select(_RUN, pl.col(ROW).alias("row")).join(wrong, on="row").drop("row")
                aside.append(repeats.join(runs, on=_RUN).select(pl.col(ROW).alias("row"), "reason"))
                repeats = repeats.join(runs, on=_RUN, how="anti")
            other = self._contradictions(heads, repeats)
            merged = repeats.height - other.height
            aside.append(other)
        return Mapped(self._finished(rows), pl.concat(aside), merged)

    def _values(self, published: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Read every cell: quickly first, then thoroughly in the rows where a cell was left without value."""
        rows = published.select(pl.col(ROW).alias("row"), **self._quick)
        unread = [name for name, cell in self._cells.items() if _may_be_unread(rows[name], published, cell)]
        if not unread:
            return rows, pl.DataFrame(schema=ASIDE)
        hard = pl.any_horizontal(
            rows[name].is_null() & published.select(_published(self._cells[name])).to_series()
            for name in unread
        )
        again = published.select(hard=hard).to_series()
        read = published.filter(again).select(pl.col(ROW).alias("row"), **self._thorough, **self._words)
        reasons = [
            pl.when(pl.col(f"{_WORDS}{name}").is_not_null() & pl.col(name).is_null()).then(
                pl.lit(f"{' or '.join(cell.roots)} cannot be read as {_meaning(self._schema[name])}")
            )
            for name, cell in self._cells.items()
        ]
        read = read.with_columns(reason=pl.coalesce(*reasons, pl.lit(None, pl.String)))
        readable = read.filter(pl.col("reason").is_null()).select(rows.columns)
        whole = pl.concat([rows.filter(~again), readable]).sort("row")
        return whole, read.filter(pl.col("reason").is_not_null()).select(ASIDE.names())

    def _contradictions(self, heads: pl.DataFrame, repeats: pl.DataFrame) -> pl.DataFrame:
        """Find lines that do not repeat what the first line of their order says."""
        columns = sorted(
            {root for name in self._output.repeated for root in self._roots(name)} & set(heads.columns)
        )
        if not repeats.height or not columns:
            return pl.DataFrame(schema=ASIDE)
        firsts = heads.select(_RUN, *(pl.col(name).alias(f"{_WORDS}{name}") for name in columns))
        paired = repeats.select(ROW, _RUN, *columns).join(firsts, on=_RUN, how="inner", maintain_order="left")
        reasons = [
            pl.when(pl.col(name).ne_missing(pl.col(f"{_WORDS}{name}"))).then(
                pl.lit(f"{name} is not what the first line of the same {self._output.one_per} says")
            )
            for name in columns
        ]
        return paired.select(pl.col(ROW).alias("row"), pl.coalesce(reasons).alias("reason")).filter(
            pl.col("reason").is_not_null()
        )

    def _roots(self, name: str) -> list[str]:
        cell = self._output.columns[name]
        return (cell.value if isinstance(cell, Cell) else cell).meta.root_names()

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


def _published(cell: Cell) -> pl.Expr:
    return pl.any_horizontal(pl.col(cell.roots).is_not_null())


def _may_be_unread(values: pl.Series, published: pl.DataFrame, cell: Cell) -> bool:
    """Tell by counting whether a cell may lack a value where something is published."""
    return values.null_count() > min(published[root].null_count() for root in cell.roots) or (
        len(cell.roots) > 1 and values.null_count() > 0
    )


_MEANINGS: Final[Mapping[type[pl.DataType], str]] = {
    pl.Date: "a date",
    pl.Decimal: "a number",
    pl.Int32: "a count",
    pl.Boolean: "yes or no",
    pl.Categorical: "a currency",
}


def _meaning(dtype: pl.DataType) -> str:
    return next((words for kind, words in _MEANINGS.items() if isinstance(dtype, kind)), "a value")
