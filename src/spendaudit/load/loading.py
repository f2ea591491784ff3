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
from spendaudit.load.batches import Reading
from spendaudit.load.complete import ASIDE, Columns
from spendaudit.load.filling import Filling
from spendaudit.load.fullness import Fullness
from spendaudit.load.matching import Recognised
from spendaudit.load.published_lines import lines_of
from spendaudit.load.quarantine import Texts
from spendaudit.model.remarks import COUNTED, EMPTY, HEADER_ALONE, NO_PERIOD, NO_ROW, VOID
from spendaudit.model.run import Counts, Input, file_id
from spendaudit.sources._source import PERIOD, Documents

#: Blocks whose rows are mapped at once: each step's call costs as much as some thousand rows.
_TOGETHER: Final = 3

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
        way: str,
        sha256: str | None,
        by_line: bool = False,
    ) -> None:
        """Name the `way` of reading (see `Store`); without a `sha256` it is worked out on the way.

        `by_line`: take the quick way for trees; `run` raises AnotherWayError where the file has another form.
        """
        self._by_line = by_line
        self._recognised = recognised
        self._source = recognised.source
        self._store = store
        self._way = way
        self._hashed = sha256 is not None
        self._sha256 = sha256 or ""
        self._columns = Columns(self._source, recognised.header, period)
        self._undated = PERIOD in self._source.context and not period
        self._fullness = Fullness(self._source)
        self._fillings: list[Filling] = []
        self._aside: list[pl.DataFrame] = []
        #: Rows of the file, and those that were put aside with something in them.
        self._records = 0
        self._unread = 0

    def run(self, progress: Progress | None) -> Input:
        """Read, map and write the whole file; return where each row went."""
        keep_freed_memory()
        table = self._recognised.published
        with ExitStack() as stack:
            aside = stack.enter_context(self._store.writing())
            self._fillings = self._begun(aside)

            def tell(read: int, size: int) -> None:
                if progress:
                    progress(table.label, read, size)

            reading = Reading(self._recognised, hashed=not self._hashed, by_line=self._by_line, progress=tell)
            try:
                with reading.batches() as batches:
                    self._read_all(batches)
                for filling in self._fillings:
                    filling.close()
            except BaseException:
                for filling in self._fillings:
                    filling.abandon()
                raise
            if not self._hashed:
                self._sha256 = reading.sha256
                self._store.remember_hash(table.path, self._sha256)
            return self._keep(aside, reading)

    def _begun(self, folder: Path) -> list[Filling]:
        tables = [(output.table, output.grain) for output in self._source.outputs]
        return [
            Filling(
                self._source,
                output,
                folder / f"{number}.parquet",
                self._fullness,
                first=tables.index((output.table, output.grain)) == number,
            )
            for number, output in enumerate(self._source.outputs)
        ]

    def _of(self, grain: str) -> list[Filling]:
        return [filling for filling in self._fillings if filling.output.grain == grain]

    def _read_all(self, batches: Iterator[Batch]) -> None:
        layout = self._source.layout
        # By grain, the batches whose lines a mapper holds back.
        last: dict[str, list[Batch]] = {}
        # Some batches are parsed while those before them are mapped.
        with Ahead(_grouped(batches), by=0) as groups:
            for group in groups:
                grain = group[0].grain
                near = [*last.get(grain, ()), *group]
                self._map(group, Texts(near, layout))
                held = [row for filling in self._of(grain) for row in filling.held]
                rows = pl.Series(held, dtype=pl.UInt32).implode()
                last[grain] = [batch for batch in near if batch.frame[ROW].is_in(rows).any()]
        for filling in self._fillings:
            texts = Texts(last.get(filling.output.grain, ()), layout)
            self._put_aside(filling.rest(), texts, filling.output.table)

    def _map(self, group: list[Batch], texts: Texts) -> None:
        records, merged = sum(batch.records for batch in group), sum(batch.merged for batch in group)
        published = pl.concat([batch.frame for batch in group])
        frame, not_data = self._columns.complete(published)
        rejects = [(reject.row, reject.reason) for batch in group for reject in batch.rejects]
        damaged = pl.concat([pl.DataFrame(rejects, schema=ASIDE, orient="row"), not_data])
        self._records += records
        for filling in self._of(group[0].grain):
            aside = filling.map(frame, damaged, records=records, merged=merged)
            self._put_aside(aside, texts, filling.output.table)

    def _put_aside(self, aside: pl.DataFrame, texts: Texts, table: str) -> None:
        if aside.height:
            self._refuse_beyond_hope(aside)
            self._aside.append(texts.add(aside, table))

    def _refuse_beyond_hope(self, aside: pl.DataFrame) -> None:
        """Give up on a file that is not what it was taken for, before its rows fill the memory."""
        self._unread += aside.filter(pl.col("reason") != EMPTY).height
        label, source = self._recognised.published.label, self._source.id
        if self._unread > _HOPELESS and 2 * self._unread > sum(filling.read for filling in self._fillings):
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
        put_aside = sum(filling.counts.quarantined for filling in self._fillings)
        if put_aside > _MOST_ASIDE:
            raise ReadError(
                "{file}: {aside:,} of the first {rows:,} rows are empty or cannot be read",
                hint="cut them off, or ask the portal for the file anew",
                file=label,
                aside=put_aside,
                rows=self._records,
            )

    def _keep(self, folder: Path, reading: Reading) -> Input:
        source, table = self._source, self._recognised.published
        file = file_id(self._sha256, table.part)
        parts, last = self._finished()
        tables = self._counted()
        written = [
            (_joined(made), self._store.table_path(name, source.id, file, self._way))
            for name, made in parts.items()
        ]
        first = tables[source.outputs[0].table]
        quarantine = pl.concat([pl.DataFrame(schema=QUARANTINE), *self._aside])
        if quarantine.height:
            made = folder / "quarantine.parquet"
            quarantine.write_parquet(made)
            written.append((made, self._store.quarantine_path(source.id, file, self._way)))
        if (versions := pl.concat(last)).height:
            made = folder / "versions.parquet"
            versions.write_parquet(made)
            written.append((made, self._store.versions_path(source.id, file, self._way)))
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
            filled=self._fullness.shares(),
            quarantine=dict(sorted(reasons.items())),
            notes=(
                *self._recognised.notes,
                *reading.notes,
                *self._several(first),
                *self._void(parts),
                *self._missed(),
            ),
        )
        self._store.keep(written, entry, self._way)
        return entry

    def _finished(self) -> tuple[dict[str, list[Path]], list[pl.DataFrame]]:
        """Return where the rows of each table are, and the versions of their records."""
        parts: dict[str, list[Path]] = {}
        last: list[pl.DataFrame] = []
        for filling in self._fillings:
            table, grain = filling.output.table, filling.output.grain
            path, aside, versions = filling.finish()
            parts.setdefault(table, []).append(path)
            last.append(versions)
            if aside.height:
                # Their batches are long gone; few files have any.
                found = lines_of(self._recognised, grain, aside["row"].to_list())
                text = pl.col("row").replace_strict(found, default=None, return_dtype=pl.String)
                self._aside.append(aside.select("row", pl.lit(table).alias("table"), "reason", text=text))
        return parts, last

    def _counted(self) -> dict[str, Counts]:
        """Add up what became of the rows of each table. Raises DefinitionError for one that is lost."""
        tables: dict[str, Counts] = {}
        for filling in self._fillings:
            table, counts = filling.output.table, filling.counts
            if counts.read != filling.read:
                raise DefinitionError(
                    f"{self._recognised.published.label}: {table} has {counts}, of {filling.read} rows that "
                    "were read"
                )
            tables[table] = tables.get(table, Counts(0, 0, 0)) + counts
        return tables

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

    def _missed(self) -> list[str]:
        """Tell what a file of this portal has and this one lacks: rows, a period, values."""
        if not any(filling.read for filling in self._fillings):
            if isinstance(self._source.layout, Documents):
                return [NO_ROW.format(table=self._source.outputs[0].table)]
            return [HEADER_ALONE]
        return [*([NO_PERIOD] if self._undated else []), *self._fullness.missed()]


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
