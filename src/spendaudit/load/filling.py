"""Fills one table from one file: maps batch after batch, writes the rows, and accounts for every line."""

from pathlib import Path

import polars as pl

from spendaudit.ingest.writer import ROW_GROUP, SMALL_ROW_GROUP, Writer
from spendaudit.load.fullness import Fullness
from spendaudit.load.latest import Versions
from spendaudit.load.reunite import Apart
from spendaudit.load.rows import Mapped, Mapper
from spendaudit.model.run import Counts
from spendaudit.sources._source import Csv, Output, Source


class Filling:
    """One output of a source. `map` batches, take the `rest`, `close` and `finish`; or `abandon` it."""

    def __init__(
        self, source: Source, output: Output, path: Path, fullness: Fullness, *, first: bool
    ) -> None:
        """Write to `path`. `first`: of those that fill one table, this one accounts for unreadable rows."""
        # A sheet or a tree takes ten times as long as a line of text: their writers are never behind.
        self._row_group = ROW_GROUP if isinstance(source.layout, Csv) else SMALL_ROW_GROUP
        self.output = output
        self._path = path
        self._fullness = fullness
        self._first = first
        self._mapper = Mapper(source, output)
        self._writer = Writer(path, self._mapper.schema, row_group=self._row_group)
        self._apart = Apart(output)
        self._versions = Versions(output)
        #: Rows that it is made of: those of its grain, less those that its `of` leaves out.
        self.read = 0
        self._merged = self._removed = self._put_aside = 0

    @property
    def held(self) -> list[int]:
        """Rows of lines that wait for the next batch."""
        return self._mapper.held

    @property
    def counts(self) -> Counts:
        """What became of the rows so far."""
        return Counts(self._writer.rows - self._removed, self._merged, self._put_aside)

    def map(self, frame: pl.DataFrame, damaged: pl.DataFrame, *, records: int, merged: int) -> pl.DataFrame:
        """Write the rows of a batch, and return those put aside (`ASIDE`).

        `damaged` are put aside already, of the `records` that the batch was read from; `merged` were merged.
        """
        self._versions.watch(frame)
        spoken = frame if self.output.of is None else frame.filter(self.output.of)
        self.read += spoken.height
        mapped = self._mapper.map(spoken)
        self._merged += merged
        if not self._first:
            return self._take(mapped)
        self.read += records - frame.height
        return self._take(Mapped(mapped.rows, pl.concat([damaged, mapped.aside]), mapped.merged))

    def rest(self) -> pl.DataFrame:
        """Write what was held back, and return what is put aside (`ASIDE`)."""
        return self._take(self._mapper.rest())

    def _take(self, mapped: Mapped) -> pl.DataFrame:
        self._merged += mapped.merged
        self._put_aside += mapped.aside.height
        if mapped.rows.height:
            self._apart.watch(mapped.rows)
            self._fullness.watch(self.output.table, mapped.rows)
            self._writer.add(mapped.rows)
        return mapped.aside

    def close(self) -> None:
        """Write the last rows."""
        self._writer.close()

    def abandon(self) -> None:
        """Give up."""
        self._writer.abandon()

    def finish(self) -> tuple[Path, pl.DataFrame, pl.DataFrame]:
        """Take the steps that need the whole table: last versions, orders apart, leaves of a budget.

        Returns where the table is, the rows put aside now (`ASIDE`), and the `VERSIONS` of its records.
        """
        replaced, versions = self._versions.mend(self._path, self._row_group)
        merged, aside = self._apart.mend(self._path, self._row_group)
        self._put_aside += aside.height
        self._account(replaced + merged, aside.height)
        if not self.output.finish:
            return self._path, aside, versions
        finished = self._path.with_suffix(".finished")
        lines = pl.scan_parquet(self._path)
        rows = self.output.finish(lines).collect()
        rows.write_parquet(finished)
        self._account(lines.select(pl.len()).collect().item() - rows.height, 0)
        return finished, aside, versions

    def _account(self, merged: int, aside: int) -> None:
        self._merged += merged
        self._removed += merged + aside
