"""Finds the rows of records that a later file tells anew: they are in the store, and do not count twice."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import polars as pl

from spendaudit.ingest.store import Store
from spendaudit.model.remarks import LATER
from spendaudit.model.run import Input

#: Rows that a later file replaces: the table and the file they are of, and the file that has the last word.
GONE: Final = pl.Schema(
    {"table": pl.String, "source": pl.String, "file": pl.String, "row": pl.UInt32, "by": pl.String}
)


def superseded(inputs: Iterable[Input], store: Store) -> pl.DataFrame:
    """Return the rows (`GONE`) of which another of these files has a later version.

    Costs nothing for files of sources whose records are published once.
    """
    of_source: dict[str, list[tuple[str, Path]]] = {}
    for entry in inputs:
        if path := store.versions(entry.source, entry.file):
            of_source.setdefault(entry.source, []).append((entry.file, path))
    gone = [_replaced(files, source) for source, files in of_source.items() if len(files) > 1]
    return pl.concat([pl.DataFrame(schema=GONE), *gone])


def _replaced(files: Sequence[tuple[str, Path]], source: str) -> pl.DataFrame:
    versions = pl.concat(
        pl.read_parquet(path, hive_partitioning=False).with_columns(file=pl.lit(file)) for file, path in files
    )
    record = ["table", "key"]
    # Neighbouring releases may hold the same version: any of them will do, always the same one.
    last = versions.sort("updated", "file", nulls_last=False).unique(record, keep="last", maintain_order=True)
    return (
        versions.join(last.select(*record, by="file"), on=record)
        .filter(pl.col("file") != pl.col("by"))
        .explode("rows")
        .drop_nulls("rows")
        .select("table", pl.lit(source).alias("source"), "file", pl.col("rows").alias("row"), "by")
        .sort("table", "file", "row")
    )


def noted(inputs: Sequence[Input], store: Store) -> tuple[Input, ...]:
    """Add to each file's notes how many of its rows do not count, and which files have the last word."""
    gone = superseded(inputs, store)
    if gone.is_empty():
        return tuple(inputs)
    names = {entry.file: entry.name for entry in inputs}
    notes: dict[tuple[str, str], list[str]] = {}
    counts = gone.group_by("source", "file", "table", "by").len().sort("source", "file", "table", "by")
    for source, file, table, by, rows in counts.iter_rows():
        notes.setdefault((source, file), []).append(LATER.format(count=rows, table=table, file=names[by]))
    return tuple(
        replace(entry, notes=(*entry.notes, *notes.get((entry.source, entry.file), ()))) for entry in inputs
    )
