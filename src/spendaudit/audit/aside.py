"""Where are flagged rows while memory is scarce? In files, which are gone when nobody can ask for them."""

import shutil
import weakref
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

import polars as pl

from spendaudit.engine.local import collect

#: Of zstd: these files are small, and read a few times.
_LEVEL: Final = 1


class Aside(Mapping[str, pl.DataFrame]):
    """Rows by table, read anew each time one is asked for, without the `number` that stands beside them.

    `scans` lay out how to read them, with it.
    """

    def __init__(self, fetched: Iterable[tuple[str, Iterable[pl.DataFrame]]]) -> None:
        """Write the rows of tables, some after some, to where the system keeps files for a while."""
        folder = mkdtemp(prefix="spendaudit-")
        # At the latest when the process ends.
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.scans: dict[str, pl.LazyFrame] = {}
        for table, parts in fetched:
            files = []
            for place, part in enumerate(parts):
                files.append(Path(folder, f"{table}-{place}.parquet"))
                part.write_parquet(files[-1], compression_level=_LEVEL)
            self.scans[table] = pl.scan_parquet(files)

    def __getitem__(self, table: str) -> pl.DataFrame:
        """Read one table."""
        return collect(self.scans[table].drop("number"))

    def __iter__(self) -> Iterator[str]:
        """Name the tables."""
        return iter(self.scans)

    def __len__(self) -> int:
        """Count the tables."""
        return len(self.scans)
