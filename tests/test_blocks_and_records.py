"""A file is cut, decoded and parsed into the records that Python's csv module sees, wherever a block ends."""

import csv
import hashlib
import io

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spendaudit.errors import ReadError
from spendaudit.ingest.blocks import LONGEST, Stream
from spendaudit.ingest.decode import Decoder
from spendaudit.ingest.records import ROW, Records, Reject, Shape
from spendaudit.model.remarks import EMPTY, OVERLONG, UNBALANCED

COLUMNS = ("a", "b", "c")


def read(
    content: bytes,
    *,
    size: int = 1 << 20,
    longest: int = 1 << 20,
    quote: str = '"',
    nulls: tuple[str, ...] = (),
) -> tuple[list[tuple[object, ...]], list[Reject], int]:
    """Return the rows with their numbers, the rejects, and how many records there were."""
    stream = Stream(
        io.BytesIO(content),
        Decoder(("utf-8", "cp1252")),
        quote=quote,
        hashed=False,
        size=size,
        longest=longest,
    )
    shape = Shape(names=COLUMNS, wanted=frozenset(COLUMNS), separator=";", quote=quote, nulls=nulls)
    rows: list[tuple[object, ...]] = []
    rejects: list[Reject] = []
    records = 0
    with stream.blocks() as blocks:
        for batch in Records(shape, first_row=2).read(blocks):
            rows += batch.frame.select(*COLUMNS, ROW).rows()
            rejects += batch.rejects
            records += batch.records
    return rows, rejects, records


cell = st.text(alphabet=st.sampled_from("añ€1 ;,\"\n'"), max_size=6)


@settings(deadline=None, max_examples=200)
@given(table=st.lists(st.tuples(cell, cell, cell), max_size=30), size=st.integers(8, 90))
def test_well_formed_text_is_read_as_python_reads_it(table: list[tuple[str, str, str]], size: int) -> None:
    written = io.StringIO()
    csv.writer(written, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(table)

    rows, rejects, records = read(written.getvalue().encode(), size=size, longest=400)

    assert rows == [(*row, number) for number, row in enumerate(table, start=2)]
    assert rejects == []
    assert records == len(table)


@settings(deadline=None, max_examples=200)
@given(
    lines=st.lists(
        st.sampled_from(["1;2;3", "1;2", "1;2;3;4", "", '1;"2;3', '1;5" pipe;3', '"x\ny";2;3']), max_size=25
    ),
    size=st.integers(8, 60),
)
def test_no_record_is_lost_whatever_is_wrong_with_its_neighbours(lines: list[str], size: int) -> None:
    content = "".join(f"{line}\n" for line in lines).encode()

    rows, rejects, records = read(content, size=size, longest=300)

    numbers = sorted([row[-1] for row in rows] + [reject.row for reject in rejects])  # type: ignore[type-var]
    assert numbers == list(range(2, 2 + records))
    assert sum(line == "1;2;3" for line in lines) <= sum(row[:3] == ("1", "2", "3") for row in rows) + sum(
        "1;2;3" in reject.text for reject in rejects
    )


def test_short_long_and_empty_records_are_put_aside_with_their_text() -> None:
    rows, rejects, _ = read(b"1;2;3\n4;5\n\n6;7;8;9\n1;2;\n")

    assert rows == [("1", "2", "3", 2), ("1", "2", None, 6)]
    assert rejects == [
        Reject(3, "2 cells instead of 3", "4;5"),
        Reject(4, EMPTY, ""),
        Reject(5, "4 cells instead of 3", "6;7;8;9"),
    ]


def test_a_quote_that_never_closes_costs_one_record() -> None:
    rows, rejects, _ = read(b'1;"2;3\n4;5;6\n7;8;9\n')

    assert rows == [("4", "5", "6", 3), ("7", "8", "9", 4)]
    assert rejects == [Reject(2, UNBALANCED, '1;"2;3')]


def test_a_quote_inside_a_word_is_only_a_letter() -> None:
    rows, rejects, _ = read(b'1;5" pipe;3\n4;5;6\n7;"8\n8";9\n')

    assert rows == [("1", '5" pipe', "3", 2), ("4", "5", "6", 3), ("7", "8\n8", "9", 4)]
    assert rejects == []


def test_a_broken_quote_longer_than_any_record_does_not_swallow_the_file() -> None:
    content = b"1;2;3\n" * 20 + b'4;"' + b"x" * 100 + b"\n" + b"7;8;9\n" * 20

    rows, rejects, _ = read(content, size=64, longest=128)

    assert len(rows) == 40
    assert [(reject.row, reject.reason) for reject in rejects] == [(22, UNBALANCED)]


def test_a_file_with_carriage_returns_only_is_cut_at_them() -> None:
    rows, _, _ = read(b"1;2;3\r4;5;6\r")

    assert rows == [("1", "2", "3", 2), ("4", "5", "6", 3)]


def test_a_line_end_that_is_cut_in_two_is_one_line_end() -> None:
    line = b"1;2;3\r\n"

    rows, rejects, _ = read(line, size=len(line) - 1)

    assert rows == [("1", "2", "3", 2)]
    assert rejects == []


def test_a_carriage_return_inside_a_line_stays_in_its_cell() -> None:
    rows, _, _ = read(b"1;2\r2;3\r\n")

    assert rows == [("1", "2\r2", "3", 2)]


def test_a_carriage_return_inside_a_cell_is_no_broken_quote() -> None:
    rows, rejects, _ = read(b'1;2\r2;3\n4;"5;6\n7;8\r;9\n')

    assert rows == [("1", "2\r2", "3", 2), ("7", "8\r", "9", 4)]
    assert [(reject.row, reject.reason) for reject in rejects] == [(3, UNBALANCED)]


def test_marks_of_byte_order_are_no_part_of_the_first_cell() -> None:
    rows, _, _ = read(b"\xef\xbb\xbf\xef\xbb\xbf1;2;3\n")

    assert rows == [("1", "2", "3", 2)]


def test_words_for_nothing_are_null_but_in_the_last_column_they_tell_of_whole_rows() -> None:
    rows, rejects, _ = read(b"NA;2;NA\n", nulls=("NA",))

    assert rows == [(None, "2", "NA", 2)]
    assert rejects == []


def test_an_error_while_reading_reaches_the_one_who_reads() -> None:
    class Broken(io.BytesIO):
        def readinto(self, _buffer: object) -> int:
            raise OSError("the disk is gone")

    stream = Stream(Broken(b"1"), Decoder(("utf-8",)), quote='"', hashed=False)

    with stream.blocks() as blocks, pytest.raises(OSError, match="the disk is gone"):
        list(blocks)


def test_the_hash_is_of_the_bytes_as_published() -> None:
    content = b"\xef\xbb\xbf1;2;3\r4;5;6\r"
    stream = Stream(io.BytesIO(content), Decoder(("utf-8",)), quote='"', hashed=True)

    with stream.blocks() as blocks:
        list(blocks)

    assert stream.sha256 == hashlib.sha256(content).hexdigest()


def test_rows_have_the_type_of_row_numbers() -> None:
    stream = Stream(io.BytesIO(b"1;2;3\n"), Decoder(("utf-8",)), quote='"', hashed=False)
    shape = Shape(names=COLUMNS, wanted=frozenset("a"), separator=";", quote='"', nulls=())

    with stream.blocks() as blocks:
        (batch,) = Records(shape, first_row=2).read(blocks)

    assert batch.frame.schema[ROW] == pl.UInt32
    assert batch.frame.columns == ["a", "c", ROW]


@pytest.mark.parametrize("size", [64, 65, 66, 67, 500])
@pytest.mark.parametrize("line_end", [b"\n", b"\r"])
@pytest.mark.parametrize("ends", [True, False])
def test_a_line_longer_than_any_record_costs_one_record(size: int, line_end: bytes, ends: bool) -> None:
    long = b'4;"' + 'é"'.encode() * 300
    content = (b"1;2;3" + line_end) * 20 + long + ((line_end + b"7;8;9") * 20 + line_end) * ends

    rows, rejects, records = read(content, size=size, longest=128)

    assert len(rows) == (40 if ends else 20)
    assert rows[-1][-1] == (42 if ends else 21)
    assert [(reject.row, reject.reason) for reject in rejects] == [(22, OVERLONG.format(count=LONGEST >> 20))]
    assert records == len(rows) + 1
    assert long.decode().startswith(rejects[0].text)


def test_every_quote_that_never_closes_costs_its_own_line_and_no_more() -> None:
    rows, rejects, _ = read(b'"a\n' * 20_000 + b"1;2;3\n" * 200)

    assert len(rows) == 200
    assert {reject.reason for reject in rejects} == {UNBALANCED}
    assert len(rejects) == 20_000


def test_a_mark_of_utf_8_may_stand_any_number_of_times() -> None:
    rows, rejects, _ = read(b"\xef\xbb\xbf" * 50_000 + b"1;2;3\n")

    assert rows == [("1", "2", "3", 2)]
    assert rejects == []


def test_a_million_line_ends_are_refused_before_they_fill_the_memory() -> None:
    with pytest.raises(ReadError, match="rows side by side are empty"):
        read(b"1;2;3\n" + b"\n" * 1_100_000, size=2 << 20)
