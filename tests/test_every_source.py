"""What holds for every source: its page, its files as published, and what becomes of them."""

import csv
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from spendaudit.errors import LayoutChangedError
from spendaudit.ingest.archive import published
from spendaudit.ingest.store import Store
from spendaudit.load.normalize import Request, normalize
from spendaudit.load.recognise import Recognised, recognise
from spendaudit.load.tables import open_tables
from spendaudit.model.run import Input
from spendaudit.model.tables import PUBLISHED
from spendaudit.sources import load_sources
from spendaudit.sources._source import SECTIONS, Header, Source

SOURCES = load_sources()
FIXTURES = Path(__file__).parents[1] / "fixtures" / "sources"
FILES = sorted(FIXTURES.glob("*/*.csv"))

every_source = pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")


@dataclass(frozen=True)
class Loaded:
    """A published file after it was normalised."""

    entry: Input
    tables: Mapping[str, pl.DataFrame]


@pytest.fixture(scope="module")
def load(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Loaded]:
    """Normalise a file once, whichever tests ask for it."""
    store = Store(tmp_path_factory.mktemp("store"))
    known: dict[Path, Loaded] = {}

    def load_once(path: Path) -> Loaded:
        if path not in known:
            request = Request(period=_expected(path).get("period", ""))
            done = normalize([path], store, request)
            assert done.refused == ()
            tables = open_tables(done.inputs, store).frames
            frames = {name: frame.collect() for name, frame in tables.items()}
            known[path] = Loaded(done.inputs[0], frames)
        return known[path]

    return load_once


def _expected(path: Path) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads(path.with_suffix(".expected.json").read_text("utf-8"))
    return expected


def _header_line(path: Path) -> bytes:
    return path.read_bytes().partition(b"\n")[0].rstrip(b"\r")


def _cells(path: Path, source: Source) -> list[str]:
    """The header's cells as published."""
    line = _header_line(path).removeprefix(b"\xef\xbb\xbf").decode(_expected(path)["encoding"])
    return next(csv.reader([line], delimiter=source.layout.separator))


def _recognise(cells: list[str], source: Source, folder: Path) -> Recognised:
    """Recognise a file that has these cells as its header, and nothing else."""
    path = folder / "header.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=source.layout.separator).writerow(cells)
    return recognise(next(iter(published(path))), SOURCES)


def _as_json(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


@every_source
def test_the_page_has_every_heading_in_order_with_something_below_it(source: Source) -> None:
    title, *rest = source.page.strip().splitlines()
    at = [rest.index(section) for section in SECTIONS]

    assert title.endswith(".")
    assert at == sorted(at)
    assert all(set(rest[place + 1]) == {"-"} and rest[place + 2].strip() for place in at)


@every_source
def test_a_file_as_published_is_kept(source: Source) -> None:
    assert any(path.parent.name == source.id for path in FILES)


@every_source
def test_names_of_suppliers_and_payees_are_declared_personal(source: Source) -> None:
    naming = {"supplier_id", "supplier_name", "payee_id", "payee_name", "bidder_id", "bidder_name"}
    named = {column for output in source.outputs for column in output.columns} & naming

    assert source.personal == named


@every_source
def test_every_column_that_is_mapped_is_filled_in_some_file(
    source: Source, load: Callable[[Path], Loaded]
) -> None:
    loaded = [load(path) for path in FILES if path.parent.name == source.id]

    for output in source.outputs:
        rows = pl.concat(file.tables[output.table] for file in loaded)
        empty = {column for column in output.columns if rows[column].null_count() == rows.height}
        assert empty == set()


@every_file
def test_a_file_is_recognised_from_its_header_alone(path: Path, tmp_path: Path) -> None:
    alone = tmp_path / path.name
    alone.write_bytes(_header_line(path) + b"\n")

    assert recognise(next(iter(published(alone))), SOURCES).source.id == path.parent.name


@every_file
def test_rows_go_where_they_are_expected(path: Path, load: Callable[[Path], Loaded]) -> None:
    expected = _expected(path)

    entry = load(path).entry

    counts = {
        name: {"loaded": count.loaded, "merged": count.merged, "quarantined": count.quarantined}
        for name, count in entry.tables.items()
    }
    assert entry.source == path.parent.name
    assert entry.encoding == expected["encoding"]
    assert entry.rows_read == expected["read"]
    assert counts == expected["tables"]
    assert entry.quarantine == expected["quarantine"]


@every_file
def test_the_arithmetic_of_rows_closes(path: Path, load: Callable[[Path], Loaded]) -> None:
    loaded = load(path)

    for name, counts in loaded.entry.tables.items():
        assert counts.loaded + counts.merged + counts.quarantined == loaded.entry.rows_read
        assert loaded.tables[name].height == counts.loaded
        assert loaded.tables[name]["row"].n_unique() == counts.loaded


@every_file
def test_rows_become_what_is_expected(path: Path, load: Callable[[Path], Loaded]) -> None:
    tables = load(path).tables

    for name, wanted in _expected(path)["rows"].items():
        for row in wanted:
            found = tables[name].filter(pl.col("row") == row["row"]).row(0, named=True)
            filled = {
                column: _as_json(found[column])
                for column in ("row", *PUBLISHED[name])
                if found[column] is not None
            }
            assert filled == row


@every_file
def test_a_file_that_lacks_a_column_is_refused_by_name(path: Path, tmp_path: Path) -> None:
    source = SOURCES[path.parent.name]
    cells = _cells(path, source)
    names = source.read_header(cells).names
    needed = [place for place, name in enumerate(names) if name in source.used - source.optional]

    assert {names[place] for place in needed} == source.used - source.optional
    for place in needed:
        with pytest.raises(LayoutChangedError, match=re.escape(f'"{names[place]}"')):
            _recognise(cells[:place] + cells[place + 1 :], source, tmp_path)


@every_file
def test_a_file_that_lacks_optional_columns_is_read(path: Path, tmp_path: Path) -> None:
    source = SOURCES[path.parent.name]
    cells = _cells(path, source)
    kept = [
        cell
        for cell, name in zip(cells, source.read_header(cells).names, strict=True)
        if name not in source.optional | source.ignored
    ]

    header: Header = _recognise(kept, source, tmp_path).header

    assert header.absent == source.optional


@every_file
def test_a_column_that_nobody_explained_is_refused_by_name(path: Path, tmp_path: Path) -> None:
    source = SOURCES[path.parent.name]

    with pytest.raises(LayoutChangedError, match="Newly invented"):
        _recognise([*_cells(path, source), "Newly invented"], source, tmp_path)
