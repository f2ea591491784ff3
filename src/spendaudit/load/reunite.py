"""Brings together orders whose lines do not stand side by side in a file."""

from pathlib import Path

import polars as pl

from spendaudit.ingest.writer import Writer
from spendaudit.load.complete import ASIDE
from spendaudit.model.remarks import UNLIKE
from spendaudit.sources._source import Output


class Apart:
    """Watches the identifiers that were written, and mends the file if one was written twice."""

    def __init__(self, output: Output) -> None:
        """Needed only where a file repeats an order on several lines."""
        self._output = output
        self._id = list(output.identity)
        self._hashes: list[pl.Series] = []

    def watch(self, rows: pl.DataFrame) -> None:
        """Note the identifiers of rows that are written: eight bytes each."""
        if self._output.one_per is not None:
            self._hashes.append(rows.select(self._id).drop_nulls().hash_rows())

    def mend(self, path: Path, row_group: int) -> tuple[int, pl.DataFrame]:
        """Keep the first row of each order; count those merged into it, and name those that say otherwise."""
        if not self._hashes or (hashes := pl.concat(self._hashes)).n_unique() == len(hashes):
            return 0, pl.DataFrame(schema=ASIDE)
        rows = pl.scan_parquet(path)
        twice = (
            rows.group_by(self._id)
            .len()
            .filter(pl.col("len") > 1, *(pl.col(name).is_not_null() for name in self._id))
        )
        again = (
            rows.select(*self._id, "row", *(set(self._output.repeated) - set(self._id)))
            .join(twice, on=self._id, how="semi")
            .sort(*self._id, "row")
            .collect()
        )
        later = pl.col("row") > pl.col("row").first().over(self._id)
        unlike = pl.any_horizontal(
            pl.col(name).ne_missing(pl.col(name).first().over(self._id)) for name in self._output.repeated
        )
        again = again.with_columns(later=later, unlike=unlike).filter("later")
        aside = again.filter("unlike").select(
            "row",
            reason=pl.lit(UNLIKE.format(order=self._output.order)),
        )
        leave_out(path, again["row"], row_group)
        return again.height - aside.height, aside


def leave_out(path: Path, gone: pl.Series, row_group: int) -> None:
    """Write a table's file anew without some of its rows, a row group at a time."""
    mended = path.with_suffix(".mended")
    rows = pl.scan_parquet(path)
    writer = Writer(mended, rows.collect_schema(), row_group=row_group)
    for start in range(0, rows.select(pl.len()).collect().item(), row_group):
        some = rows.slice(start, row_group)
        writer.add(some.filter(~pl.col("row").is_in(gone.implode())).collect())
    writer.close()
    mended.replace(path)
