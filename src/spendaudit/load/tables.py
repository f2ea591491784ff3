"""Opens normalised files as the canonical tables that rules read."""

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from spendaudit.errors import ReadError
from spendaudit.ingest.store import Store
from spendaudit.load.superseded import superseded
from spendaudit.model.lists import LISTS, list_of
from spendaudit.model.run import Input
from spendaudit.model.tables import JOINED, NUMBER, PROVENANCE, SCHEMAS, Tables

_HIVE = {"source": PROVENANCE["source"], "file": PROVENANCE["file"]}


def open_tables(inputs: Iterable[Input], store: Store, *, numbered: bool = False) -> Tables:
    """Return every table that the inputs fill, nothing read yet; a reference list by its own name.

    All rows of all files, except those of a record that another of the files tells anew (`Output.latest`).
    If they are `numbered`, the last column is `NUMBER`: counted by the reader of files, it does not keep
    a condition from sparing that reader what need not be decoded.
    """
    inputs = list(inputs)
    gone = superseded(inputs, store)
    ways = {(entry.file, entry.source): way for entry, way in store.entries()}
    paths: dict[str, list[str]] = {}
    for entry in inputs:
        way = ways.get((entry.file, entry.source))
        if way is None:
            raise ReadError(
                "another run has taken {file} out of the store, or reads it in another way",
                hint="run the command again",
                file=entry.name,
            )
        for table, counts in entry.tables.items():
            if counts.loaded:
                path = store.root / store.table_path(table, entry.source, entry.file, way)
                if not path.exists():
                    raise ReadError(
                        "the store lacks {path}",
                        hint="normalise the file again; another run may have read it in another way",
                        path=path.relative_to(store.root),
                    )
                _check(path, table, entry)
                paths.setdefault(list_of(entry.source) or table, []).append(str(path))
    return Tables(
        {
            table: _scan(table, files, gone.filter(pl.col("table") == table), numbered=numbered)
            for table, files in sorted(paths.items())
        }
    )


def _check(path: Path, table: str, entry: Input) -> None:
    """Refuse what an older version has written: rules would take a column for empty that was never read."""
    try:
        held = pl.read_parquet_schema(path)
    except pl.exceptions.PolarsError as error:
        raise ReadError(
            "{path}: the table is damaged", hint="remove it, and run the command again", path=path
        ) from error
    missing = [name for name in _columns(table) if name not in held and name not in _HIVE]
    if missing:
        raise ReadError(
            "the store holds {file} as an older version of spendaudit read it, without {columns}",
            hint="normalise the file again",
            file=entry.name,
            columns=", ".join(missing),
        )


def _columns(table: str) -> list[str]:
    return [name for name in SCHEMAS[table] if name not in JOINED[LISTS.get(table, table)]]


def _scan(table: str, files: list[str], gone: pl.DataFrame, *, numbered: bool) -> pl.LazyFrame:
    columns = _columns(table)
    rows = pl.scan_parquet(files, hive_partitioning=True, hive_schema=_HIVE)
    rows = rows.with_row_index(NUMBER).select(*columns, NUMBER) if numbered else rows.select(columns)
    if gone.is_empty():
        return rows
    place = ["source", "file", "row"]
    return rows.join(gone.select(place).lazy(), on=place, how="anti")
