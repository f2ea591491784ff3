"""A header is found below what stands above it, and rows keep the numbers that a spreadsheet gives them."""

from pathlib import Path

import pytest

from spendaudit.ingest.cuts import record_end
from spendaudit.ingest.first_records import first_records
from spendaudit.ingest.store import Store
from spendaudit.load.normalize import normalize
from spendaudit.load.tables import open_tables

HEADER = b"Department family,Entity,Date,Expense type,Expense area,Supplier,Transaction number,Amount\n"
ROW = b'DMW,Department of Make-Believe Works,2019-06-03,Fees,Press office,"Nobody, J",1,%d\n'


def test_blank_records_count_as_rows_and_are_left_out() -> None:
    found = list(first_records('\n"a\nb";c\r\n \n1;2', ";", '"'))

    assert found == [(2, ["a\nb", "c"]), (4, ["1", "2"])]


def test_a_record_whose_quotes_are_broken_is_cut_at_every_separator() -> None:
    assert list(first_records('a "b" c,"d"e,f\n', ",", '"')) == [(1, ['a "b" c', '"d"e', "f"])]


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("a\nb", 2),
        ('"a\nb"\nc', 6),
        ('"a\nb', 3),
        ('"' + "a\n" * 100, 3),
        ('"' + "a\n" * 98 + '"\nb\n', 199),
        ("a", 1),
    ],
    ids=[
        "a line",
        "lines in quotes",
        "never closed",
        "closed by nothing for long",
        "the longest",
        "the last",
    ],
)
def test_a_record_ends_where_its_quotes_are_closed(text: str, end: int) -> None:
    assert record_end(text, 0, "\n", '"') == end
    assert record_end(text.encode(), 0, b"\n", b'"') == end


@pytest.mark.parametrize(
    ("above", "first"),
    [
        (b"", 2),
        (b"Payments over 25,000\n\n", 4),
        (b'"Payments\nof June"\n', 3),
        (b'Payments of "June\n', 3),
        (b"\n" * 40_000, 40_002),
    ],
    ids=["nothing", "a title", "a title of two lines", "a quote that stays open", "many blank lines"],
)
def test_a_header_is_found_below_what_stands_above_it(above: bytes, first: int, tmp_path: Path) -> None:
    path = tmp_path / "spend.csv"
    path.write_bytes(above + HEADER + ROW % 10 + ROW % 20)
    store = Store(tmp_path / "store")

    inputs = normalize([path], store).inputs
    rows = open_tables(inputs, store)["payments"].select("row", "amount").collect().rows()
    assert [(row, int(amount)) for row, amount in rows] == [(first, 10), (first + 1, 20)]
