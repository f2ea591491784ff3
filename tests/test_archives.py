"""What portals pack: read whatever the packing, or refused in plain words; never half of it in silence."""

import gzip
import os
import sys
import threading
import zipfile
from pathlib import Path

import pytest
from packing import zipped

from spendaudit.errors import ReadError, SpendauditError
from spendaudit.ingest.store import Store
from spendaudit.load.normalize import normalize

FIXTURES = Path(__file__).parents[1] / "fixtures" / "sources"
CSV = (FIXTURES / "gb_spend" / "ledger.csv").read_bytes()
BOOK = FIXTURES / "pe_seace_direct_awards" / "direct_awards_2020.xlsx"


def _zip(path: Path, **members: bytes) -> Path:
    path.write_bytes(zipped({name.replace("__", "."): content for name, content in members.items()}))
    return path


def _refusal(path: Path, folder: Path) -> SpendauditError:
    loaded = normalize([path], Store(folder / ".store"))
    (refused,) = loaded.refused
    assert loaded.inputs == ()
    assert type(refused.error) is ReadError
    assert refused.error.hint
    return refused.error


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"7z\xbc\xaf\x27\x1c\0\4", "an archive of a kind that is not opened"),
        (b"Rar!\x1a\x07\x01\0", "an archive of a kind that is not opened"),
        (b"BZh91AY&SY", "an archive of a kind that is not opened"),
        (b"\xfd7zXZ\0\0\4", "an archive of a kind that is not opened"),
        (b"\x28\xb5\x2f\xfd\4", "an archive of a kind that is not opened"),
        (b"data.csv".ljust(257, b"\0") + b"ustar\x0000", "an archive of a kind that is not opened"),
        (gzip.compress(b"data.csv".ljust(257, b"\0") + b"ustar  \0", mtime=0), "an archive of a kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls), or one that is locked"),
        ('{"ocid": "x"}'.encode("utf-16-le"), "UTF-16LE text"),
        ("Entity,Amount\n".encode("utf-16-be"), "UTF-16BE text"),
        ("Entity,Amount\n".encode("utf-32"), "UTF-32 text"),
        (b"\0" * 1000, "holds blanks only"),
    ],
)
def test_what_is_no_text_is_called_by_its_name(start: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "spend.csv"
    path.write_bytes(start + b"\0" * 20)

    assert words in _refusal(path, tmp_path).message


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"inner__zip": b"PK\x03\x04"}, "no table in the zip, only inner.zip"),
        ({"mimetype": b"x", "META-INF/manifest__xml": b"<a/>", "content__xml": b"<a/>"}, "an OpenDocument"),
        ({"xl/workbook__bin": b"x"}, "an Excel workbook in the binary form"),
        ({"xl/workbook__xml": b"<a><b"}, "the workbook is damaged"),
        ({"xl/workbook__xml": b"<a><sheet/></a>"}, "is damaged"),
        ({"a__xlsx": b"no zip"}, "pack.zip!a.xlsx: the archive is damaged"),
    ],
)
def test_a_zip_without_a_table_is_called_by_what_it_is(
    members: dict[str, bytes], words: str, tmp_path: Path
) -> None:
    assert words in _refusal(_zip(tmp_path / "pack.zip", **members), tmp_path).message


@pytest.mark.parametrize("place", range(60, 200, 7))
def test_a_byte_that_is_wrong_in_a_packed_file_is_found(place: int, tmp_path: Path) -> None:
    for name, whole in (("a.csv.gz", gzip.compress(CSV)), ("a.zip", zipped({"a.csv": CSV}))):
        path = tmp_path / name
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])

        assert "damaged" in _refusal(path, tmp_path).message


def test_a_zip_that_is_locked_or_packed_by_an_unknown_method_says_so(tmp_path: Path) -> None:
    # The general flags stand 6 bytes, the method 8 bytes behind the start; 8 and 10 in the list at the end.
    listed = zipped({"a.csv": CSV}).rindex(b"PK\x01\x02")
    for offset, value, words in ((6, 1, "is locked with a password"), (8, 9, "packed by a method")):
        content = bytearray(zipped({"a.csv": CSV}))
        content[offset] = content[listed + offset + 2] = value
        path = tmp_path / "locked.zip"
        path.write_bytes(content)

        assert words in _refusal(path, tmp_path).message


def test_a_name_that_stands_twice_in_a_zip_is_refused_instead_of_read_once(tmp_path: Path) -> None:
    path = tmp_path / "twice.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", CSV)
        archive.writestr("b.csv", CSV + CSV.splitlines(keepends=True)[-1])
    content = path.read_bytes().replace(b"b.csv", b"a.csv")
    path.write_bytes(content)

    assert "holds a.csv 2 times" in _refusal(path, tmp_path).message


def test_members_that_point_out_of_the_zip_are_read_where_they_are(tmp_path: Path) -> None:
    path = tmp_path / "far" / "odd.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../outside.csv", CSV)
        archive.writestr("/nowhere/absolute.csv", CSV)

    loaded = normalize([path], Store(tmp_path / "store"))

    assert [entry.member for entry in loaded.inputs] == ["../outside.csv", "/nowhere/absolute.csv"]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["far", "store"]


def test_what_is_packed_once_more_beside_a_table_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    path = _zip(
        tmp_path / "pack.zip", a__csv=CSV, b__zip=zipped({"a.csv": CSV}), c__xls=b"\xd0\xcf", d__pdf=b"%PDF"
    )

    loaded = normalize([path], Store(tmp_path / "store"))

    assert len(loaded.inputs) == 1
    assert [one.label for one in loaded.passed_over] == ["pack.zip!b.zip", "pack.zip!c.xls"]


def test_a_pipe_is_refused_because_it_can_be_read_only_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.open("wb").close(), daemon=True)
    writer.start()

    assert "can be read only once" in _refusal(pipe, tmp_path).message


def test_a_workbook_that_is_made_to_fill_the_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<a/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"x" * (101 << 20))

    assert "times as large unpacked" in _refusal(path, tmp_path).message


def test_a_workbook_in_the_strict_form_is_called_so(tmp_path: Path) -> None:
    path = tmp_path / "strict.xlsx"
    with zipfile.ZipFile(BOOK) as plain, zipfile.ZipFile(path, "w") as strict:
        for name in plain.namelist():
            content = plain.read(name)
            strict.writestr(
                name, content.replace(b"schemas.openxmlformats.org/spreadsheetml", b"purl.oclc.org/ooxml/s")
            )

    assert "in the strict form" in _refusal(path, tmp_path).message


@pytest.mark.skipif(sys.platform != "linux", reason="other systems' file names are text")
def test_a_file_whose_name_is_no_text_is_read(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\xf1o.csv"))
    path.write_bytes(CSV)

    (entry,) = normalize([path], Store(tmp_path / "store")).inputs

    assert entry.path == f"{tmp_path}/a\ufffdo.csv"


def test_a_file_that_was_cut_short_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(gzip.compress(CSV)[:-20])

    assert _refusal(path, tmp_path).message == "cut.csv.gz: the archive ends too early"


def test_a_member_whose_name_is_damaged_is_told(tmp_path: Path) -> None:
    path = tmp_path / "nameless.zip"
    path.write_bytes(zipped({"a.csv": CSV}).replace(b"a.csv", b"\0.csv"))

    assert "nameless.zip: the archive is damaged" in _refusal(path, tmp_path).message
