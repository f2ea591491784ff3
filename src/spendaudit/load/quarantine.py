"""Keeps the published text of rows that are put aside, so that a person can see what was not read."""

import json
from collections.abc import Iterable
from typing import Final

import polars as pl

from spendaudit.ingest.cuts import measure
from spendaudit.ingest.records import ROW, TREE, Batch
from spendaudit.sources._source import Csv, Layout

#: Of a record that is not whole nobody can tell which of its cells are private.
_WITHHELD: Final = (
    "(not kept: this portal publishes bank accounts, contact data or names of officials in the same line)"
)


class Texts:
    """Finds the text of rows in the batches that may hold them."""

    def __init__(self, batches: Iterable[Batch], layout: Layout) -> None:
        """Look in these batches, which follow on from each other."""
        self._batches = list(batches)
        self._layout = layout
        self._private = layout.private if isinstance(layout, Csv) else frozenset[str]()

    def add(self, aside: pl.DataFrame, table: str) -> pl.DataFrame:
        """Return the rows (`ASIDE`) as the quarantine keeps them (`QUARANTINE`)."""
        rows = set(aside["row"])
        texts: dict[int, str] = {}
        for batch in self._batches:
            texts |= {reject.row: _WITHHELD if self._private else reject.text for reject in batch.rejects}
            texts |= self._of(batch, rows - texts.keys())
        return aside.select(
            "row",
            pl.lit(table).alias("table"),
            "reason",
            pl.col("row").replace_strict(texts, default=None, return_dtype=pl.String).alias("text"),
        )

    def _of(self, batch: Batch, rows: set[int]) -> dict[int, str]:
        present = batch.frame.filter(pl.col(ROW).is_in(list(rows)))
        if present.is_empty():
            return {}
        starts = self._starts(batch)
        if len(starts) != batch.records:
            # No text, or one whose quotes do not pair up, or private cells: give the cells that were read.
            shown = present.drop(self._private, strict=False)
            return {row.pop(ROW): _written(row) for row in shown.iter_rows(named=True)}
        first = batch.first_row
        ends = [*starts[1:], len(batch.text)]
        return {
            row: batch.text[starts[row - first] : ends[row - first]].decode("utf-8", "replace").rstrip("\r\n")
            for row in present[ROW]
        }

    def _starts(self, batch: Batch) -> list[int]:
        if not batch.text or not isinstance(self._layout, Csv) or self._private:
            return []
        starts, _ = measure(batch.text, self._layout.separator, self._layout.quote)
        return [int(start) for start in starts]


def _written(cells: dict[str, str | None]) -> str:
    return json.dumps(
        {name: cell for name, cell in cells.items() if cell is not None and name != TREE},
        ensure_ascii=False,
        default=str,
    )
