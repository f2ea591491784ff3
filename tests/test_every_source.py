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
from openpyxl import Workbook as Workbooks

from spendaudit.errors import LayoutChangedError
from spendaudit.ingest.archive import published
from spendaudit.ingest.store import Store
from spendaudit.ingest.workbook import rows
from spendaudit.load.matching import Recognised
from spendaudit.load.normalize import Request, normalize
from spendaudit.load.recognise import recognise
from spendaudit.load.sheets import names_of
from spendaudit.load.tables import open_tables
from spendaudit.model.run import Input
from spendaudit.model.tables import PUBLISHED
from spendaudit.sources import load_sources
from spendaudit.sources._source import SECTIONS, Csv, Documents, Header, Source, Workbook

SOURCES = load_sources()
FIXTURES = Path(__file__).parents[1] / "fixtures" / "sources"
_EXPECTED = ".expected.json"
#: Stands beside the files that it describes, and is no table.
_DESCRIPTOR = "datapackage.json"


@dataclass(frozen=True)
class Case:
    """A part of a published file (all of it, a sheet, a member), and what must become of it."""

    path: Path
    part: str
    expected: Mapping[str, Any]

    @property
    def source(self) -> str:
        return self.path.parent.name

    def __str__(self) -> str:
        return "-".join(name for name in (self.source, self.path.name, self.part) if name)


def _cases() -> list[Case]:
    cases = []
    for path in sorted(FIXTURES.glob("*/*")):
        if not path.name.endswith(_EXPECTED) and path.name != _DESCRIPTOR:
            told = json.loads((path.parent / f"{path.stem}{_EXPECTED}").read_text("utf-8"))
            parts = told.get("parts", {"": told})
            cases += [Case(path, part, expected) for part, expected in parts.items()]
    return cases


@dataclass(frozen=True)
class Loaded:
    """A part of a published file after it was normalised."""

    entry: Input
    tables: Mapping[str, pl.DataFrame]


CASES = _cases()
every_source = pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
every_case = pytest.mark.parametrize("case", CASES, ids=str)


def _shape(case: Case) -> Source:
    """The shape of the source that reads this part."""
    (part,) = published(case.path, case.part)
    return recognise(part, SOURCES).source


#: Files that are known by their headers alone: not trees, nor what only a descriptor explains.
headed = [
    case for case in CASES if SOURCES[case.source].outputs and not isinstance(_shape(case).layout, Documents)
]
every_header = pytest.mark.parametrize("case", headed, ids=str)


@pytest.fixture(scope="module")
def load(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Case], Loaded]:
    """Normalise a file once, whichever tests ask for a part of it."""
    store = Store(tmp_path_factory.mktemp("store"))
    known: dict[tuple[Path, str], Loaded] = {}

    def load_once(case: Case) -> Loaded:
        if (case.path, case.part) not in known:
            done = normalize([case.path], store, Request(period=case.expected.get("period", "")))
            assert done.refused == ()
            for entry in done.inputs:
                tables = open_tables([entry], store).frames
                frames = {name: frame.collect() for name, frame in tables.items()}
                known[case.path, entry.member] = Loaded(entry, frames)
        return known[case.path, case.part]

    return load_once


def _cells(case: Case) -> list[str]:
    """The header's cells as published; the rows of a header of two are one."""
    (part,) = published(case.path, case.part)
    found = recognise(part, SOURCES)
    layout = found.source.layout
    if isinstance(layout, Workbook):
        with rows(part) as read:
            head = [row for row in read if found.row - layout.header_rows < row[0] <= found.row]
        return names_of(head)
    assert isinstance(layout, Csv)
    with part.open() as stream:
        content = stream.read()
    # Some portals write the mark of UTF-8 twice.
    text = re.sub(b"^(\xef\xbb\xbf)+", b"", content).decode(case.expected["encoding"], "replace")
    line = text.split("\n")[found.row - 1].rstrip("\r")
    return next(csv.reader([line], delimiter=layout.separator))


def _recognise(cells: list[str], case: Case, folder: Path) -> Recognised:
    """Recognise a file that has these cells as its header, and nothing else."""
    layout = _shape(case).layout
    if isinstance(layout, Workbook):
        path = folder / "header.xlsx"
        book = Workbooks()
        sheet = book.create_sheet("header", 0)
        # Without an upper name, a header of two rows is called by the lower one.
        for place, cell in enumerate(cells, start=1):
            sheet.cell(layout.header_rows, place, cell)
        book.save(path)
    else:
        assert isinstance(layout, Csv)
        path = folder / "header.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, delimiter=layout.separator).writerow(cells)
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
    assert any(case.source == source.id for case in CASES)


@every_source
def test_a_file_of_every_shape_is_kept(source: Source) -> None:
    kept = [_shape(case) for case in CASES if case.source == source.id]

    assert all(any(shape is one for one in kept) for shape in source.every_shape if shape.outputs)


@every_source
def test_names_of_suppliers_and_payees_are_declared_personal(source: Source) -> None:
    naming = {"supplier_id", "supplier_name", "payee_id", "payee_name", "bidder_id", "bidder_name"}

    for shape in source.every_shape:
        named = {column for output in shape.outputs for column in output.columns} & naming
        assert shape.personal >= named


@every_source
def test_every_column_that_is_mapped_is_filled_in_some_file(
    source: Source, load: Callable[[Case], Loaded]
) -> None:
    cases = [case for case in CASES if case.source == source.id]

    for shape in source.every_shape:
        loaded = [load(case) for case in cases if _shape(case) is shape]
        for output in shape.outputs:
            found = pl.concat(part.tables[output.table] for part in loaded if output.table in part.tables)
            empty = {column for column in output.columns if found[column].null_count() == found.height}
            assert empty == set()


@every_header
def test_a_file_is_recognised_from_its_header_alone(case: Case, tmp_path: Path) -> None:
    assert _recognise(_cells(case), case, tmp_path).source.id == case.source


@every_case
def test_rows_go_where_they_are_expected(case: Case, load: Callable[[Case], Loaded]) -> None:
    entry = load(case).entry

    counts = {
        name: {"loaded": count.loaded, "merged": count.merged, "quarantined": count.quarantined}
        for name, count in entry.tables.items()
    }
    assert entry.source == case.source
    assert entry.encoding == case.expected["encoding"]
    assert entry.rows_read == case.expected["read"]
    assert counts == case.expected["tables"]
    assert entry.quarantine == case.expected["quarantine"]


@every_case
def test_the_arithmetic_of_rows_closes(case: Case, load: Callable[[Case], Loaded]) -> None:
    loaded = load(case)

    first = next(iter(loaded.entry.tables.values()))
    assert first.read == loaded.entry.rows_read
    for name, counts in loaded.entry.tables.items():
        assert counts.loaded == (loaded.tables[name].height if name in loaded.tables else 0)
        if counts.loaded:
            made_of_one = sum(output.table == name for output in _shape(case).outputs)
            most = loaded.tables[name].group_by("row").len()["len"].sort()[-1]
            assert most <= made_of_one


@every_case
def test_rows_become_what_is_expected(case: Case, load: Callable[[Case], Loaded]) -> None:
    tables = load(case).tables

    for name, wanted in case.expected["rows"].items():
        for row in wanted:
            found = tables[name].filter(pl.col("row") == row["row"])
            if found.height > 1:
                # A row in two currencies is two rows, told apart by the currency.
                found = found.filter(pl.col("currency") == row["currency"])
            filled = {
                column: _as_json(value)
                for column, value in found.row(0, named=True).items()
                if column in {"row", *PUBLISHED[name]} and value is not None
            }
            assert filled == row


@every_case
def test_contracts_are_void_by_the_words_of_their_source(case: Case, load: Callable[[Case], Loaded]) -> None:
    words = {word for output in _shape(case).outputs for word in output.void}
    rows = load(case).tables.get(
        "contracts", pl.DataFrame(schema={"status": pl.String, "is_void": pl.Boolean})
    )
    void = pl.col("status").is_in(sorted(words)) if words else pl.lit(None, pl.Boolean)

    assert rows["is_void"].equals(rows.with_columns(is_void=void)["is_void"])


@every_header
def test_a_file_that_lacks_a_column_is_refused_by_name(case: Case, tmp_path: Path) -> None:
    source, cells = _shape(case), _cells(case)
    names = source.read_header(cells).names
    needed = [place for place, name in enumerate(names) if name in source.used - source.optional]

    assert {names[place] for place in needed} == source.used - source.optional
    for place in needed:
        with pytest.raises(LayoutChangedError, match=re.escape(f'"{names[place]}"')):
            _recognise(cells[:place] + cells[place + 1 :], case, tmp_path)


@every_header
def test_a_file_that_lacks_optional_columns_is_read(case: Case, tmp_path: Path) -> None:
    source, cells = _shape(case), _cells(case)
    kept = [
        cell
        for cell, name in zip(cells, source.read_header(cells).names, strict=True)
        if name not in source.optional | source.ignored
    ]

    header: Header = _recognise(kept, case, tmp_path).header

    assert header.absent == source.optional


@every_header
def test_a_column_that_nobody_explained_is_refused_by_name(case: Case, tmp_path: Path) -> None:
    with pytest.raises(LayoutChangedError, match="Newly invented"):
        _recognise([*_cells(case), "Newly invented"], case, tmp_path)
