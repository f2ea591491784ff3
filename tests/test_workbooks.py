"""Cells of workbooks are read as a spreadsheet shows them, and what it does not show is told or refused."""

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from spendaudit.errors import ReadError
from spendaudit.ingest.archive import published
from spendaudit.ingest.store import Store
from spendaudit.ingest.workbook import Row, rows
from spendaudit.load.normalize import Loaded, Request, normalize

SUBSIDIES = Path(__file__).parents[1] / "fixtures" / "sources" / "cl_municipal_payments" / "subvenciones.xlsx"


def _book(folder: Path, sheet_data: str) -> Path:
    """Write a workbook whose sheet has this XML for its rows, as no library would write it."""
    path, plain = folder / "book.xlsx", folder / "plain.xlsx"
    Workbook().save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                # Written in either way: by the standard library, and where lxml is installed.
                before, after = re.split(rb"<sheetData ?/>|<sheetData></sheetData>", content)
                content = before + f"<sheetData>{sheet_data}</sheetData>".encode() + after
            target.writestr(name, content)
    return path


def _rows(path: Path) -> list[Row]:
    with rows(published(path)[0]) as read:
        return list(read)


def _cell(folder: Path, xml: str) -> str | None:
    ((_, (cell,)),) = _rows(_book(folder, f'<row r="1">{xml}</row>'))
    return cell


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("0.30000000000000004", "0.3"),
        ("3.3000000000000003", "3.3"),
        ("2.9999999999999996", "3"),
        ("1234567890.1199999", "1234567890.12"),
        ("1234567890123.3499", "1234567890123.35"),
        ("12345678901234.56", "12345678901234.56"),
        ("1234567890123456", "1234567890123456"),
        ("1.2345678901234567E+19", "12345678901234600000"),
        ("1E+22", "10000000000000000000000"),
        ("9.9999999999999995E-8", "0.0000001"),
        ("-0", "0"),
        ("-0.0", "0"),
        ("12345678901234567890", "12345678901234567890"),
        ("1E+400", "Infinity"),
    ],
)
def test_a_number_has_the_digits_that_a_spreadsheet_shows_and_no_others(
    stored: str, shown: str, tmp_path: Path
) -> None:
    assert _cell(tmp_path, f'<c r="A1"><v>{stored}</v></c>') == shown


@pytest.mark.parametrize(
    ("stored", "meant"),
    [
        ("one_x000D_\ntwo", "one\r\ntwo"),
        ("_x005F_x000D_", "_x000D_"),
        ("_xD83D__xDE00_", "\U0001f600"),
        ("_xD83D_ alone", "\ufffd alone"),
        ("file_x12.pdf", "file_x12.pdf"),
    ],
)
def test_characters_that_xml_cannot_hold_are_read_as_they_were_meant(
    stored: str, meant: str, tmp_path: Path
) -> None:
    xml = f'<c r="A1" t="inlineStr"><is><t xml:space="preserve">{stored}</t></is></c>'

    assert _cell(tmp_path, xml) == meant


def test_a_formula_is_read_as_its_result_and_as_itself_where_there_is_none(tmp_path: Path) -> None:
    assert _cell(tmp_path, '<c r="A1"><f>B1*2</f><v>12.5</v></c>') == "12.5"
    assert _cell(tmp_path, '<c r="A1"><f>B1*2</f><v></v></c>') == "=B1*2"
    assert _cell(tmp_path, '<c r="A1"><f>B1*2</f></c>') == "=B1*2"
    assert _rows(_book(tmp_path, '<row r="1"><c r="A1" t="str"><f>IF(B1,1,"")</f><v></v></c></row>')) == []


@pytest.mark.parametrize(
    ("sheet_data", "reason"),
    [
        ('<row r="5"><c><v>1</v></c></row><row r="3"><c><v>2</v></c></row>', "row 3 stands below row 5"),
        ('<row r="5"><c><v>1</v></c></row><row r="5"><c><v>2</v></c></row>', "row 5 stands below row 5"),
        ('<row r="1048577"><c><v>1</v></c></row>', "row 1048577"),
        ('<row r="1"><c r="ZZZZ1"><v>1</v></c></row>', "ZZZZ"),
        ('<row r="1"><c t="s"><v>7</v></c></row>', "list index out of range"),
        ('<row r="1"><c><v>twelve</v></c></row>', "twelve"),
        ('<row r="1"><c><v>1</c></row>', "mismatched tag"),
    ],
)
def test_a_damaged_sheet_is_refused_in_plain_words(sheet_data: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"book\.xlsx!Sheet: the workbook is damaged") as refused:
        _rows(_book(tmp_path, sheet_data))

    assert reason in refused.value.message


def test_cells_are_placed_by_their_names_in_whatever_order_they_stand(tmp_path: Path) -> None:
    data = '<row r="2"><c r="C2"><v>3</v></c><c r="A2"><v>1</v></c></row>'

    assert _rows(_book(tmp_path, data)) == [(1, []), (2, ["1", None, "3"])]


def test_rows_that_are_formatted_and_empty_are_no_rows(tmp_path: Path) -> None:
    data = '<row r="1"><c><v>1</v></c></row>' + "".join(
        f'<row r="{row}" ht="15"><c s="0"/></row>' for row in range(2, 3000)
    )

    assert _rows(_book(tmp_path, data)) == [(1, ["1"])]


def test_a_stray_cell_far_below_makes_no_million_of_rows(tmp_path: Path) -> None:
    (entry,) = _load(_edited(tmp_path, A9="a gap of four", A1048576="stray"), tmp_path).inputs

    assert entry.rows_read == 9
    assert entry.quarantine["all columns that are read are empty"] == 4
    assert "rows 10 to 1,048,575 are empty, and count as none" in entry.notes


@pytest.mark.parametrize(("place", "aside"), [("XFD1", 0), ("XFD3", 1)])
def test_a_stray_cell_far_to_the_right_makes_no_thousands_of_columns(
    place: str, aside: int, tmp_path: Path
) -> None:
    (entry,) = _load(_edited(tmp_path, **{place: "stray"}), tmp_path).inputs

    assert (entry.rows_read, entry.rows_quarantined) == (3, aside)


def test_a_sheet_whose_first_rows_are_empty_is_called_unknown(tmp_path: Path) -> None:
    (refused,) = _load(_book(tmp_path, '<row r="200"><c r="A200"><v>1</v></c></row>'), tmp_path).refused

    assert "has nothing in its first 40 rows" in refused.error.message


def _edited(folder: Path, **cells: Any) -> Path:
    book = load_workbook(SUBSIDIES)
    for place, value in cells.items():
        book["Subsidios"][place] = value
    book.save(folder / "edited.xlsx")
    return folder / "edited.xlsx"


def _load(path: Path, folder: Path) -> Loaded:
    return normalize([path], Store(folder / "store"), Request(period="2016"))


def test_amounts_without_a_result_or_with_an_error_are_put_aside_and_told(tmp_path: Path) -> None:
    (entry,) = _load(_edited(tmp_path, D2="=1000*2", D3="#REF!"), tmp_path).inputs

    assert entry.quarantine == {"MONTO APORTE (Pesos) cannot be read as a number": 2}
    assert entry.notes == (
        "cells with a formula whose result was never stored: 1",
        "cells with an error of the spreadsheet, such as #REF!: 1",
    )


def test_text_beside_the_named_columns_puts_its_row_aside(tmp_path: Path) -> None:
    (entry,) = _load(_edited(tmp_path, G3="see the annex"), tmp_path).inputs

    assert (entry.rows_read, entry.rows_loaded) == (3, 2)
    assert entry.quarantine == {"column 7 has text but no name in the header": 1}


def test_what_a_spreadsheet_hides_or_spreads_over_rows_is_told(tmp_path: Path) -> None:
    book = load_workbook(_edited(tmp_path))
    sheet = book["Subsidios"]
    book.create_sheet("first")
    sheet.sheet_state = "hidden"
    sheet.row_dimensions[3].hidden = True
    sheet.merge_cells("B3:B4")
    sheet.merge_cells("A2:B2")
    book.save(tmp_path / "hidden.xlsx")

    (entry,) = _load(tmp_path / "hidden.xlsx", tmp_path).inputs

    assert entry.rows_loaded == 3
    assert entry.notes == (
        "the sheet is hidden in its workbook",
        "rows that are hidden in the workbook: 1; they were read like the others",
        "cells that span several rows: 1 (B3:B4); only the first row of each has the value",
    )
