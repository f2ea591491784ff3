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
_WRONG: Final = "@wrong"


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
        reasons = [self._empty(frame)]
        reasons += [pl.when(row).then(pl.lit(reason)) for reason, row in self.source.rejected.items()]
        reasons += [
            pl.when(pl.col(name).str.strip_chars() != "").then(
                pl.lit(f"{name} has text but no name in the header")
            )
            for name in sorted(self.header.nameless & set(frame.columns))
        ]
        reason = frame.select(reason=pl.coalesce(reasons)).to_series()
        if reason.null_count() == frame.height:
            return frame, pl.DataFrame(schema=ASIDE)
        aside = frame.select(pl.col(ROW).alias("row"), reason).filter(pl.col("reason").is_not_null())
        return frame.filter(reason.is_null()), aside

    def _empty(self, frame: pl.DataFrame) -> pl.Expr:
        names = [name for name in frame.columns if name in self.source.used and name in self.header.names]
        blank = pl.all_horizontal(
            pl.col(name).is_null() | (pl.col(name).str.len_bytes() == 0) for name in names
        )
        return pl.when(blank).then(pl.lit(EMPTY))


class Mapper:
    """Maps the batches of one file onto one table."""

    def __init__(self, source: Source, output: Output) -> None:
        """Serve one file: lines of an order that may go on in the next batch are held back."""
        self._source = source
        self._output = output
        self._held: pl.DataFrame | None = None
        self._schema = stored_schema(output.table)
        #: Unreadable is text that gave no value; the reason names the published columns it was read from.
        self._cells = {name: cell for name, cell in output.columns.items() if isinstance(cell, Cell)}
        self._published = {
            name: " or ".join(sorted(root for root in set(cell.text.meta.root_names())))
            for name, cell in self._cells.items()
        }

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
        exprs = {name: c.value if isinstance(c, Cell) else c for name, c in self._output.columns.items()}
        words = {f"{_WORDS}{name}": cell.text for name, cell in self._cells.items()}
        kept = [ROW] if repeats is None else [ROW, _RUN]
        read = heads.select(*kept, **exprs, **words)
        unreadable = [
            pl.when(pl.col(f"{_WORDS}{name}").is_not_null() & pl.col(name).is_null()).then(
                pl.lit(f"{self._published[name]} cannot be read as {_meaning(self._schema[name])}")
            )
            for name in self._cells
        ]
        read = read.with_columns(pl.coalesce([*unreadable, pl.lit(None, pl.String)]).alias(_WRONG))
        asides = []
        if read.get_column(_WRONG).null_count() < read.height:
            wrong = read.filter(pl.col(_WRONG).is_not_null())
            asides.append(wrong.select(pl.col(ROW).alias("row"), pl.col(_WRONG).alias("reason")))
            if repeats is not None:
                bad = repeats.join(wrong.select(_RUN, _WRONG), on=_RUN, how="inner")
                asides.append(bad.select(pl.col(ROW).alias("row"), pl.col(_WRONG).alias("reason")))
                repeats = repeats.join(wrong, on=_RUN, how="anti")
            read = read.filter(pl.col(_WRONG).is_null())
        merged = 0
        if repeats is not None:
            other = self._contradictions(heads, repeats)
            merged = repeats.height - other.height
            asides.append(other)
        return Mapped(self._finished(read), pl.concat([pl.DataFrame(schema=ASIDE), *asides]), merged)

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

    def _finished(self, read: pl.DataFrame) -> pl.DataFrame:
        """Add keys, and bring the columns into the table's order and types."""
        table = self._output.table
        rows = read.rename({ROW: "row"})
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
        if table == "contracts":
            rows = rows.with_columns(decision_date=decision_date(), date_basis=date_basis())
        return rows.select(pl.col(name).cast(dtype) for name, dtype in self._schema.items())


_MEANINGS: Final[Mapping[type[pl.DataType] | pl.DataType, str]] = {
    pl.Date: "a date",
    pl.Decimal: "a number",
    pl.Int32: "a count",
    pl.Boolean: "yes or no",
    pl.Categorical: "a currency",
}


def _meaning(dtype: pl.DataType) -> str:
    return next((words for kind, words in _MEANINGS.items() if dtype == kind), "a value")
