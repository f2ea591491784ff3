"""Turns a batch of published rows into rows of a canonical table, and puts aside those it cannot read."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from spendaudit.enrich.dates import date_basis, decision_date
from spendaudit.enrich.keys import organisation_keys
from spendaudit.enrich.parties import party_keys
from spendaudit.ingest.cells import Cell
from spendaudit.ingest.records import ROW
from spendaudit.load.complete import ASIDE
from spendaudit.load.reader import Reader
from spendaudit.model.remarks import CONTRADICTS
from spendaudit.model.tables import stored_schema
from spendaudit.sources._source import Output, Source

#: The place of an order's first line among all first lines.
_HEAD: Final = "@head"
_VALUE: Final = "@value:"


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
        native = {column.column for column in source.native}
        #: Cells that the parser may have read. They are read first, so that what it has read and what it has
        #: left as text can be mapped alike.
        self._early = {
            name: cell
            for name, cell in output.columns.items()
            if isinstance(cell, Cell) and cell.native and cell.native.column in native
        }
        values = {name: pl.col(f"{_VALUE}{name}") for name in self._early}
        late = [
            root for name in output.columns.keys() - values.keys() for root in _roots(output.columns[name])
        ]
        #: What a batch is reduced to, in one order whichever the parser has read: batches are joined.
        self._columns = [
            ROW,
            *sorted(
                {
                    *late,
                    *([output.one_per] if output.one_per else []),
                    *(f"{_VALUE}{name}" for name in values),
                }
            ),
        ]
        self._late = Reader({**output.columns, **values}, self._schema)
        self._repeated = sorted(
            {root for name in output.repeated for root in _roots(values.get(name, output.columns[name]))}
        )

    @property
    def schema(self) -> pl.Schema:
        """Columns of the rows that come out."""
        return self._schema

    @property
    def held(self) -> list[int]:
        """Rows of lines that are held back."""
        return [] if self._held is None else self._held[ROW].to_list()

    def map(self, frame: pl.DataFrame) -> Mapped:
        """Map a batch; the lines of its last order wait for those that may follow."""
        frame, unread = self._read_early(frame)
        if self._output.one_per is None:
            rows, wrong = self._late.read(frame.rechunk())
            return Mapped(self._finished(rows), pl.concat([unread, wrong]), 0)
        frame = frame if self._held is None else pl.concat([self._held, frame])
        name = frame[self._output.one_per].rechunk()
        starts = name.ne_missing(name.shift()) | name.is_null()
        if frame.height:
            whole = starts.arg_true()[-1]
            frame, starts, self._held = frame[:whole], starts[:whole], frame[whole:]
        mapped = self._merged(frame, starts)
        return Mapped(mapped.rows, pl.concat([unread, mapped.aside]), mapped.merged)

    def rest(self) -> Mapped:
        """Map the lines that were held back: none will follow."""
        held, self._held = self._held, None
        if held is None:
            return Mapped(pl.DataFrame(schema=self._schema), pl.DataFrame(schema=ASIDE), 0)
        # Without a name every line is an order of its own; with one, all that was held is one order.
        unnamed = held.get_column(self._output.one_per or ROW).is_null()
        return self._merged(held, unnamed | (pl.int_range(held.height, eager=True) == 0))

    def _read_early(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Bring the numbers that the parser may read into one form, whether it has or not."""
        columns = {name: cell.native.column for name, cell in self._early.items() if cell.native}
        texts = {name for name, column in columns.items() if frame.schema[column] == pl.String}
        wrong = pl.DataFrame(schema=ASIDE)
        values = pl.DataFrame()
        if texts:
            reader = Reader({name: self._early[name] for name in sorted(texts)}, self._schema)
            rows, wrong = reader.read(frame)
            values = rows.select(pl.all().exclude("row").name.prefix(_VALUE))
        if wrong.height:
            frame = frame.filter(~frame[ROW].is_in(wrong["row"].implode()))
        read = {
            f"{_VALUE}{name}": cell.of_native
            for name, cell in self._early.items()
            if name not in texts and cell.of_native is not None
        }
        others = [name for name in self._columns if name not in read and name not in values.columns]
        # To select from a frame in many chunks would lay all of its columns out anew; to name them does not.
        numbers = frame[[columns[name.removeprefix(_VALUE)] for name in read]].select(**read)
        return frame[others].hstack(numbers).hstack(values)[self._columns], wrong

    def _merged(self, lines: pl.DataFrame, starts: pl.Series) -> Mapped:
        """Make one row of the lines of each order: its first line, if the others repeat what it says."""
        # The parser hands over a chunk a thread and block, and every step from here would pay its overhead.
        heads = lines.filter(starts).rechunk()
        head = (starts.cum_sum() - 1).alias(_HEAD)
        repeats = lines[[ROW, *self._repeated]].hstack([head]).filter(~starts).rechunk()
        rows, wrong = self._late.read(heads)
        aside = [wrong, self._contradictions(heads, repeats)]
        if wrong.height:
            unread_heads = heads.select(pl.col(ROW).alias("row")).with_row_index(_HEAD).join(wrong, on="row")
            unread = repeats.join(unread_heads, on=_HEAD).select(pl.col(ROW).alias("row"), "reason")
            aside = [wrong, unread, aside[1].join(unread, on="row", how="anti")]
        put_aside = pl.concat(aside)
        return Mapped(self._finished(rows), put_aside, lines.height - rows.height - put_aside.height)

    def _contradictions(self, heads: pl.DataFrame, repeats: pl.DataFrame) -> pl.DataFrame:
        """Find lines that do not repeat what the first line of their order says."""
        if not repeats.height or not self._repeated:
            return pl.DataFrame(schema=ASIDE)
        firsts = heads.select(self._repeated)[repeats[_HEAD]]
        unlike = {name: repeats[name].ne_missing(firsts[name]) for name in self._repeated}
        if not any(differs.any() for differs in unlike.values()):
            return pl.DataFrame(schema=ASIDE)
        reasons = [
            pl.when(differs).then(
                pl.lit(CONTRADICTS.format(column=self._named(name), order=self._output.order))
            )
            for name, differs in unlike.items()
        ]
        paired = repeats.select(pl.col(ROW).alias("row"), pl.coalesce(reasons).alias("reason"))
        return paired.filter(pl.col("reason").is_not_null())

    def _named(self, column: str) -> str:
        """Name a column as the portal does."""
        cell = self._output.columns.get(column.removeprefix(_VALUE))
        return cell.roots[0] if column.startswith(_VALUE) and isinstance(cell, Cell) else column

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
                apart=organisation.apart or None,
                source=self._source.id,
            )
        if self._output.table == "parties":
            rows = party_keys(rows, country=self._source.jurisdiction)
        if self._output.table == "contracts":
            rows = rows.with_columns(decision_date=decision_date(), date_basis=date_basis())
            if self._output.void:
                rows = rows.with_columns(is_void=pl.col("status").is_in(sorted(self._output.void)))
            if self._output.void_tender:
                of_tender = pl.col("tender_status").is_in(sorted(self._output.void_tender))
                rows = rows.with_columns(is_void=pl.col("is_void") | of_tender.fill_null(value=False))
        have = rows.schema
        return rows.select(
            name if have[name] == dtype else pl.col(name).cast(dtype) for name, dtype in self._schema.items()
        )


def _roots(cell: Cell | pl.Expr) -> list[str]:
    return (cell.value if isinstance(cell, Cell) else cell).meta.root_names()
