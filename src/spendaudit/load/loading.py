"""Carries one published file into the store: read, map, write, and account for every row."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import polars as pl

from spendaudit.errors import DefinitionError, ReadError
from spendaudit.ingest.ahead import Ahead
from spendaudit.ingest.memory import keep_freed_memory
from spendaudit.ingest.records import ROW, Batch
from spendaudit.ingest.store import QUARANTINE, Store
from spendaudit.ingest.writer import ROW_GROUP, SMALL_ROW_GROUP, Writer
from spendaudit.load.batches import Reading
from spendaudit.load.complete import ASIDE, Columns
from spendaudit.load.latest import Versions
from spendaudit.load.matching import Recognised
from spendaudit.load.published_lines import lines_of
from spendaudit.load.quarantine import Texts
from spendaudit.load.reunite import Apart
from spendaudit.load.rows import Mapped, Mapper
from spendaudit.model.remarks import COUNTED, EMPTIER, EMPTY, HEADER_ALONE, NO_PERIOD, NO_ROW, VOID
from spendaudit.model.run import Counts, Input, file_id
from spendaudit.model.tables import ESSENTIAL
from spendaudit.sources._source import PERIOD, Csv, Documents

#: Blocks whose rows are mapped at once: a call for each step costs as much as some thousand rows.
_TOGETHER: Final = 4

#: Rows with something in them that cannot be read: beyond so many, if they are most, the file is another one.
_HOPELESS: Final = 500_000

#: Rows that are kept aside of one file; a sheet that a spreadsheet program has filled up has a million.
_MOST_ASIDE: Final = 2_000_000

#: Told the file, the bytes read so far, and the bytes in all (0 when unknown).
Progress = Callable[[str, int, int], None]


class Loading:
    """One file on its way into the store."""

    def __init__(
        self,
        recognised: Recognised,
        store: Store,
        *,
        period: str,
        mapping: str,
        sha256: str | None,
        by_line: bool = False,
    ) -> None:
        """Name the way of reading in `mapping`; without a `sha256` it is worked out on the way.

        `by_line`: take the quick way for trees; `run` raises AnotherWayError where the file has another form.
        """
        self._by_line = by_line
        self._recognised = recognised
        self._source = recognised.source
        self._store = store
        self._mapping = mapping
        self._hashed = sha256 is not None
        self._sha256 = sha256 or ""
        self._columns = Columns(self._source, recognised.header, period)
        self._undated = PERIOD in self._source.context and not period
        self._mappers = [Mapper(self._source, output) for output in self._source.outputs]
        self._merged = [0] * len(self._mappers)
        self._removed = [0] * len(self._mappers)
        self._aside: list[pl.DataFrame] = []
        self._apart = [Apart(output) for output in self._source.outputs]
        self._versions = [Versions(output) for output in self._source.outputs]
        self._last: list[pl.DataFrame] = []
        #: Cells with a value, of the columns that this portal is expected to fill.
        self._filled: Counter[str] = Counter()
        #: The same of what an audit asks first, by table and question.
        self._essential: Counter[tuple[str, str]] = Counter()
        #: Rows that each output is made of: those of its grain, less those that its `of` leaves out.
        self._read = [0] * len(self._mappers)
        self._put_aside = [0] * len(self._mappers)
        filled = [(output.table, output.grain) for output in self._source.outputs]
        #: Of outputs that fill one table, the first: it accounts for the rows that none of them can read.
        self._first = [filled.index(pair) == number for number, pair in enumerate(filled)]
        #: Rows of the file, and those that were put aside with something in them.
        self._records = 0
        self._unread = 0
        # A sheet or a tree takes ten times as long as a line of text: their writers are never behind.
        self._row_group = ROW_GROUP if isinstance(self._source.layout, Csv) else SMALL_ROW_GROUP

    def run(self, progress: Progress | None) -> Input:
        """Read, map and write the whole file; return where each row went."""
        keep_freed_memory()
        table = self._recognised.published
        with ExitStack() as stack:
            aside = stack.enter_context(self._store.writing())
            writers = [
                Writer(aside / f"{number}.parquet", mapper.schema, row_group=self._row_group)
                for number, mapper in enumerate(self._mappers)
            ]

            def tell(read: int, size: int) -> None:
                if progress:
                    progress(table.label, read, size)

            reading = Reading(self._recognised, hashed=not self._hashed, by_line=self._by_line, progress=tell)
            try:
                with reading.batches() as batches:
                    self._read_all(batches, writers)
                for writer in writers:
                    writer.close()
            except BaseException:
                for writer in writers:
                    writer.abandon()
                raise
            if not self._hashed:
                self._sha256 = reading.sha256
                self._store.remember_hash(table.path, self._sha256)
            return self._keep(aside, writers, reading)

    def _read_all(self, batches: Iterator[Batch], writers: list[Writer]) -> None:
        # Some batches are parsed while those before them are mapped.
        layout = self._source.layout
        # By grain, the batches whose lines a mapper holds back.
        last: dict[str, list[Batch]] = {}
        with Ahead(_grouped(batches), by=0) as groups:
            for group in groups:
                grain = group[0].grain
                near = [*last.get(grain, ()), *group]
                self._map(group, Texts(near, layout), writers)
                held = pl.Series(self._held(grain), dtype=pl.UInt32)
                last[grain] = [batch for batch in near if held.is_in(batch.frame[ROW].implode()).any()]
        for number, (mapper, output) in enumerate(zip(self._mappers, self._source.outputs, strict=True)):
            texts = Texts(last.get(output.grain, ()), layout)
            self._take(number, mapper.rest(), texts, writers[number])

    def _held(self, grain: str) -> list[int]:
        mappers = zip(self._mappers, self._source.outputs, strict=True)
        return [row for mapper, output in mappers if output.grain == grain for row in mapper.held]

    def _map(self, group: list[Batch], texts: Texts, writers: list[Writer]) -> None:
        grain, records = group[0].grain, sum(batch.records for batch in group)
        published = pl.concat([batch.frame for batch in group])
        frame, not_data = self._columns.complete(published)
        rejects = [(reject.row, reject.reason) for batch in group for reject in batch.rejects]
        damaged = pl.concat([pl.DataFrame(rejects, schema=ASIDE, orient="row"), not_data])
        self._records += records
        for number, (mapper, output) in enumerate(zip(self._mappers, self._source.outputs, strict=True)):
            if output.grain != grain:
                continue
            self._versions[number].watch(frame)
            spoken = frame if output.of is None else frame.filter(output.of)
            self._read[number] += spoken.height
            mapped = mapper.map(spoken)
            aside = mapped.aside
            if self._first[number]:
                self._read[number] += records - frame.height
                aside = pl.concat([damaged, aside])
            merged = mapped.merged + sum(batch.merged for batch in group)
            self._take(number, Mapped(mapped.rows, aside, merged), texts, writers[number])

    def _take(self, number: int, mapped: Mapped, texts: Texts, writer: Writer) -> None:
        self._merged[number] += mapped.merged
        if mapped.aside.height:
            self._put_aside[number] += mapped.aside.height
            self._refuse_beyond_hope(mapped.aside)
            self._aside.append(texts.add(mapped.aside, self._source.outputs[number].table))
        if mapped.rows.height:
            self._apart[number].watch(mapped.rows)
            if self._source.outputs[number].table == self._source.outputs[0].table:
                for name in self._source.expected:
                    self._filled[name] += mapped.rows.height - mapped.rows[name].null_count()
            self._count_essential(self._source.outputs[number].table, mapped.rows)
            writer.add(mapped.rows)

    def _refuse_beyond_hope(self, aside: pl.DataFrame) -> None:
        """Give up on a file that is not what it was taken for, before its rows fill the memory."""
        self._unread += aside.filter(pl.col("reason") != EMPTY).height
        label, source = self._recognised.published.label, self._source.id
        if self._unread > _HOPELESS and 2 * self._unread > sum(self._read):
            raise ReadError(
                "{file}: {unread:,} of the first {rows:,} rows cannot be read, the last of them "
                "because {reason}",
                hint="the portal may write them in another way now: `spendaudit sources {source}` shows "
                "what was expected",
                file=label,
                unread=self._unread,
                rows=self._records,
                reason=aside["reason"][-1],
                source=source,
            )
        if sum(self._put_aside) > _MOST_ASIDE:
            raise ReadError(
                "{file}: {aside:,} of the first {rows:,} rows are empty or cannot be read",
                hint="cut them off, or ask the portal for the file anew",
                file=label,
                aside=sum(self._put_aside),
                rows=self._records,
            )

    def _count_essential(self, table: str, rows: pl.DataFrame) -> None:
        for question, columns in ESSENTIAL.get(table, {}).items():
            if len(columns) == 1:
                filled = rows.height - rows[columns[0]].null_count()
            else:
                filled = rows.select(pl.any_horizontal(pl.col(columns).is_not_null()).sum()).item()
            self._essential[table, question] += filled

    def _shares(self, writers: list[Writer]) -> dict[str, dict[str, float]]:
        """Tell of every table that got rows which share of them answers what an audit asks first."""
        rows = Counter[str]()
        for output, writer in zip(self._source.outputs, writers, strict=True):
            rows[output.table] += writer.rows
        return {
            table: {
                question: round(self._essential[table, question] / count, 4) for question in ESSENTIAL[table]
            }
            for table, count in rows.items()
            if count and table in ESSENTIAL
        }

    def _keep(self, folder: Path, writers: list[Writer], reading: Reading) -> Input:
        source, table = self._source, self._recognised.published
        file = file_id(self._sha256, table.part)
        tables: dict[str, Counts] = {}
        parts: dict[str, list[Path]] = {}
        for number, output in enumerate(source.outputs):
            parts.setdefault(output.table, []).append(self._finished(number, folder / f"{number}.parquet"))
            loaded = writers[number].rows - self._removed[number]
            counts = Counts(loaded, self._merged[number], self._put_aside[number])
            if counts.read != self._read[number]:
                raise DefinitionError(
                    f"{table.label}: {output.table} has {counts}, of {self._read[number]} rows that were read"
                )
            tables[output.table] = tables.get(output.table, Counts(0, 0, 0)) + counts
        written = [
            (_joined(made), self._store.table_path(name, source.id, file, self._mapping))
            for name, made in parts.items()
        ]
        first = tables[source.outputs[0].table]
        quarantine = pl.concat([pl.DataFrame(schema=QUARANTINE), *self._aside])
        if quarantine.height:
            made = folder / "quarantine.parquet"
            quarantine.write_parquet(made)
            written.append((made, self._store.quarantine_path(source.id, file, self._mapping)))
        if self._last and (versions := pl.concat(self._last)).height:
            made = folder / "versions.parquet"
            versions.write_parquet(made)
            written.append((made, self._store.versions_path(source.id, file, self._mapping)))
        reasons = Counter(quarantine.filter(pl.col("table") == source.outputs[0].table)["reason"].to_list())
        entry = Input(
            path=table.place,
            member=table.part,
            sha256=self._sha256,
            source=source.id,
            jurisdiction=source.jurisdiction,
            encoding=reading.encoding,
            rows_read=first.read,
            rows_loaded=first.loaded,
            rows_merged=first.merged,
            rows_quarantined=first.quarantined,
            tables=tables,
            filled=self._shares(writers),
            quarantine=dict(sorted(reasons.items())),
            notes=(
                *self._recognised.notes,
                *reading.notes,
                *self._several(first),
                *self._void(parts),
                *self._missed(writers),
            ),
        )
        self._store.keep(written, entry, self._mapping)
        return entry

    def _finished(self, number: int, made: Path) -> Path:
        """Take the steps that need the whole table: last versions, orders apart, leaves of a budget."""
        output = self._source.outputs[number]
        replaced, last = self._versions[number].mend(made, self._row_group)
        self._last.append(last)
        merged, aside = self._apart[number].mend(made, self._row_group)
        self._merged[number] += replaced + merged
        self._removed[number] = replaced + merged + aside.height
        if aside.height:
            self._put_aside[number] += aside.height
            # Their batches are long gone; few files have any.
            found = lines_of(self._recognised, output.grain, aside["row"].to_list())
            texts = pl.col("row").replace_strict(found, default=None, return_dtype=pl.String)
            self._aside.append(
                aside.select("row", pl.lit(output.table).alias("table"), "reason", texts.alias("text"))
            )
        if output.finish:
            finished = made.with_suffix(".finished")
            lines = pl.scan_parquet(made)
            rows = output.finish(lines).collect()
            rows.write_parquet(finished)
            added_up = lines.select(pl.len()).collect().item() - rows.height
            self._merged[number] += added_up
            self._removed[number] += added_up
            return finished
        return made

    def _several(self, counts: Counts) -> list[str]:
        """Tell when rows were counted more than once, because they hold several rows of the first table."""
        if counts.read <= self._records:
            return []
        table = self._source.outputs[0].table
        return [COUNTED.format(table=table, count=f"{self._records:,}", all=f"{counts.read:,}")]

    def _void(self, parts: Mapping[str, list[Path]]) -> list[str]:
        """Tell how many contracts came to nothing, where the source knows the words for it."""
        if not any(output.void for output in self._source.outputs):
            return []
        frame = pl.concat([pl.scan_parquet(path) for path in parts["contracts"]])
        void, rows = frame.select(pl.col("is_void").sum(), pl.len()).collect().row(0)
        if not void:
            return []
        return [VOID.format(count=f"{void:,}", all=f"{rows:,}")]

    def _missed(self, writers: list[Writer]) -> list[str]:
        """Tell which columns are emptier than this portal's files are known to be."""
        if not any(self._read):
            if isinstance(self._source.layout, Documents):
                return [NO_ROW.format(table=self._source.outputs[0].table)]
            return [HEADER_ALONE]
        undated = [NO_PERIOD] if self._undated else []
        outputs = self._source.outputs
        rows = sum(
            writer.rows
            for writer, output in zip(writers, outputs, strict=True)
            if output.table == outputs[0].table
        )
        shares = {name: self._filled[name] / rows for name in self._source.expected if rows}
        return undated + [
            EMPTIER.format(column=name, count=f"{shares[name] * 100:.0f}", all=f"{least * 100:.0f}")
            for name, least in self._source.expected.items()
            if shares.get(name, least) < least
        ]


def _joined(made: list[Path]) -> Path:
    """Lay what several outputs have made of one table under one another."""
    if len(made) == 1:
        return made[0]
    joined = made[0].with_suffix(".joined")
    rows = pl.concat([pl.scan_parquet(path) for path in made]).sort("row", maintain_order=True)
    rows.sink_parquet(joined, maintain_order=True)
    return joined


def _grouped(batches: Iterator[Batch]) -> Iterator[list[Batch]]:
    """Bring batches of one form together."""
    group: list[Batch] = []
    for batch in batches:
        alike = group and (batch.grain, batch.frame.schema) == (group[0].grain, group[0].frame.schema)
        if group and (len(group) == _TOGETHER or not alike):
            yield group
            group = []
        group.append(batch)
    if group:
        yield group
