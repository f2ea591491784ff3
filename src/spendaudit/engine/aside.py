"""Where are rows while memory is scarce? In files, which are gone when nobody can ask for them."""

import shutil
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

import polars as pl

from spendaudit.engine.local import collect

#: Of zstd: these files are small, and read a few times.
_LEVEL: Final = 1


class Kept:
    """A table in files, some rows in each: where the system keeps files for a while."""

    def __init__(self, parts: Iterable[pl.DataFrame]) -> None:
        """Write these parts, one after the other; there is at least one."""
        folder = mkdtemp(prefix="spendaudit-")
        # At the latest when the process ends.
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self._files: list[Path] = []
        self.height = 0
        for part in parts:
            self._files.append(Path(folder, f"{len(self._files)}.parquet"))
            part.write_parquet(self._files[-1], compression_level=_LEVEL)
            self.height += part.height
            # Before the next one is made.
            del part

    def lazy(self) -> pl.LazyFrame:
        """Lay out how it is read."""
        return pl.scan_parquet(self._files)

    def parts(self) -> Iterator[pl.DataFrame]:
        """Read it, part after part."""
        return (collect(pl.scan_parquet(file)) for file in self._files)

    def remade(self, change: Callable[[pl.DataFrame], pl.DataFrame]) -> "Kept":
        """Keep what `change` makes of each row."""
        return Kept(map(change, self.parts()))

    def slice(self, offset: int, length: int) -> pl.DataFrame:
        """Read so many rows from one on."""
        return collect(self.lazy().slice(offset, length))


class Aside(Mapping[str, pl.DataFrame]):
    """Rows by table, read anew each time one is asked for, without the `number` that stands beside them."""

    def __init__(self, kept: Mapping[str, Kept]) -> None:
        """Take these tables, in which `number` stands."""
        self.kept = kept

    def __getitem__(self, table: str) -> pl.DataFrame:
        """Read one table."""
        return collect(self.kept[table].lazy().drop("number"))

    def __contains__(self, table: object) -> bool:
        """Tell whether there is such a table. Other mappings read it to find out."""
        return table in self.kept

    def __iter__(self) -> Iterator[str]:
        """Name the tables."""
        return iter(self.kept)

    def __len__(self) -> int:
        """Count the tables."""
        return len(self.kept)


def in_parts(rows: Mapping[str, pl.DataFrame], table: str) -> Iterable[pl.DataFrame]:
    """Read a table as it is kept: some rows after some if it is put aside, or all of them."""
    return rows.kept[table].parts() if isinstance(rows, Aside) else [rows[table]]


def remade(
    rows: Mapping[str, pl.DataFrame], changes: Mapping[str, Callable[[pl.DataFrame], pl.DataFrame]]
) -> Mapping[str, pl.DataFrame]:
    """Put what a table's change makes of each row in its place, and keep tables as they were kept."""
    if isinstance(rows, Aside):
        return Aside(
            {**rows.kept, **{table: rows.kept[table].remade(change) for table, change in changes.items()}}
        )
    return {**rows, **{table: change(rows[table]) for table, change in changes.items()}}


def plans(rows: Mapping[str, pl.DataFrame]) -> dict[str, pl.LazyFrame]:
    """Lay out how each table is read."""
    if isinstance(rows, Aside):
        return {table: kept.lazy().drop("number") for table, kept in rows.kept.items()}
    return {table: frame.lazy() for table, frame in rows.items()}
