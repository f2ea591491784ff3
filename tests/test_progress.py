"""How far a file is read is told, whatever its form, and drawn where a person watches."""

import gzip
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from spendaudit.ingest.archive import published
from spendaudit.ingest.store import Store
from spendaudit.load.normalize import Request, normalize

SOURCES = Path(__file__).parents[1] / "fixtures" / "sources"
FEED = SOURCES / "es_placsp" / "licitaciones.atom"
LINES = SOURCES / "ocds" / "releases.jsonl"
SHEET = SOURCES / "pe_seace_direct_awards" / "direct_awards_2020.xlsx"
PACKAGE = SOURCES / "ocds" / "release_package.json"


def _told(path: Path, folder: Path) -> list[tuple[int, int]]:
    steps: list[tuple[int, int]] = []
    loaded = normalize(
        [path],
        Store(folder / "store"),
        Request(period="2024"),
        progress=lambda _label, done, total: steps.append((done, total)),
    )
    assert loaded.inputs
    return steps


@pytest.mark.parametrize("path", [FEED, LINES, PACKAGE], ids=lambda path: path.suffix)
def test_documents_are_read_to_the_last_byte(path: Path, tmp_path: Path) -> None:
    size = path.stat().st_size

    assert _told(path, tmp_path)[-1] == (size, size)


def test_a_workbook_is_as_long_as_the_sheet_that_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(SHEET) as book:
        size = book.getinfo("xl/worksheets/sheet1.xml").file_size

    assert _told(SHEET, tmp_path)[-1] == (size, size)


def test_the_documents_of_a_zip_are_as_long_as_they_are_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "months.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for month in (1, 2, 3):
            archive.write(FEED, f"licitaciones_{month}.atom")
    size = 3 * FEED.stat().st_size

    assert path.stat().st_size < size
    assert _told(path, tmp_path)[-1] == (size, size)


def test_nobody_knows_how_long_a_gzip_is(tmp_path: Path) -> None:
    path = tmp_path / "releases.jsonl.gz"
    path.write_bytes(gzip.compress(LINES.read_bytes()))

    assert _told(path, tmp_path)[0][1] == 0


def test_progress_grows_and_is_told_once_a_megabyte(tmp_path: Path) -> None:
    path = tmp_path / "feed.atom"
    entry = FEED.read_text("utf-8")
    head, entries = entry[: entry.index("<entry>")], entry[entry.index("<entry>") : entry.rindex("</feed>")]
    path.write_text(f"{head}{entries * 50}</feed>", "utf-8")
    size = path.stat().st_size
    assert size > 3 << 20

    told = _told(path, tmp_path)

    assert told == sorted(set(told))
    assert 3 <= len(told) <= 2 + size // (1 << 20)
    assert {total for _, total in told} == {size}


@pytest.mark.parametrize("path", [FEED, PACKAGE, SHEET], ids=lambda path: path.suffix)
def test_a_bar_is_drawn_on_a_terminal(path: Path, tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    words = ["normalize", str(path), "--store", str(tmp_path / "store")]

    subprocess.run(  # noqa: S603 our own command
        [sys.executable, "-m", "spendaudit", *words],
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "120"},
        check=True,
        timeout=60,
    )
    os.close(theirs)

    drawn = _all_of(ours)
    assert published(path)[0].label.encode() in drawn
    assert b"kB" in drawn


def _all_of(handle: int) -> bytes:
    drawn = b""
    while block := _read(handle):
        drawn += block
    os.close(handle)
    return drawn


def _read(handle: int) -> bytes:
    try:
        return os.read(handle, 65_536)
    except OSError:
        return b""
