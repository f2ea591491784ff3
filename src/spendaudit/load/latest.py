"""Keeps the last version of every record that a portal publishes anew whenever it changes."""

from pathlib import Path

import polars as pl

from spendaudit.ingest.records import ROW, TREE
from spendaudit.ingest.store import VERSIONS
from spendaudit.load.reunite import leave_out
from spendaudit.sources._source import Output


class Versions:
    """Watches the versions of a file's records, and leaves out the rows of all but the last."""

    def __init__(self, output: Output) -> None:
        """Needed only where a source says how its records are known again."""
        self._table = output.table
        self._latest = output.latest
        self._seen: list[pl.DataFrame] = []

    def watch(self, published: pl.DataFrame) -> None:
        """Note the versions of published rows: some 40 bytes a row."""
        if self._latest is None:
            return
        # The rows of one tree are of one version; in other files every row is a version of its own.
        place = TREE if TREE in published.columns else ROW
        self._seen.append(
            published.select(
                key=pl.col(self._latest.key),
                updated=self._latest.updated.cast(VERSIONS["updated"]),
                place=pl.col(place),
                row=pl.col(ROW),
            )
        )

    def mend(self, path: Path, row_group: int) -> tuple[int, pl.DataFrame]:
        """Leave out what a later version replaces; return how many rows those are, and `VERSIONS`."""
        if not self._seen:
            return 0, pl.DataFrame(schema=VERSIONS)
        seen = pl.concat(self._seen).filter(pl.col("key").is_not_null())
        self._seen.clear()
        # Everything by the order of one sort, no grouping and no join: this is where a file of many records
        # takes the most memory.
        seen = seen.sort("key", "updated", "place", "row", nulls_last=False)
        ends = pl.col("key").ne_missing(pl.col("key").shift(-1))
        last = pl.when(ends).then("place").fill_null(strategy="backward")
        loaded = pl.scan_parquet(path).select("row").collect().to_series()
        seen = seen.with_columns(
            loaded=pl.col("row").is_in(loaded.implode()), replaced=pl.col("place") != last
        )
        gone = seen.filter("replaced", "loaded")["row"]
        seen = seen.filter(~pl.col("replaced")).drop("replaced", "place")
        versions = seen.group_by("key", maintain_order=True).agg(
            pl.col("updated").last(), rows=pl.col("row").filter("loaded").sort()
        )
        del seen
        if len(gone):
            leave_out(path, gone, row_group)
        table = pl.lit(self._table).alias("table")
        return len(gone), versions.select(table, "key", "updated", "rows").cast(VERSIONS)
