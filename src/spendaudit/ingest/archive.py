"""Opens what a portal published: a file, a gzip, or what is inside a zip, none of it unpacked to disk."""

import gzip
import os
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

from spendaudit.errors import ReadError
from spendaudit.ingest.packed import Packed, told
from spendaudit.wording import Words

_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_TABLES: Final = (".csv", ".txt", ".tsv")
_DOCUMENTS: Final = (".json", ".jsonl", ".ndjson", ".xml", ".atom")
_WORKBOOKS: Final = (".xlsx", ".xlsm")

#: How the names of files end that may hold a table.
READ: Final = (*_TABLES, ".zip", ".gz", *_WORKBOOKS, *_DOCUMENTS)

#: What may hold tables, too, and is not read inside a zip.
_UNREAD: Final = (".zip", ".gz", ".7z", ".rar", ".tar", ".xls", ".xlsb", ".ods", ".parquet", ".mdb", ".accdb")

#: What every Excel workbook holds, and no other zip.
_BOOK: Final = "xl/workbook.xml"

#: The vocabulary of workbooks in the form that Excel calls strict.
_STRICT: Final = "purl.oclc.org/ooxml"

#: Parts of a workbook that are larger (in bytes) are not packed so many times smaller: of sheets, 10 to 30.
_LARGE: Final = 100 << 20
_USUAL: Final = 300

#: What programs write as a zip, by what no other zip holds.
_OTHERS: Final = {
    "xl/workbook.bin": Words("an Excel workbook in the binary form (.xlsb)"),
    "META-INF/manifest.xml": Words("an OpenDocument file (.ods)"),
    "word/document.xml": Words("a Word document"),
}


@dataclass(frozen=True, slots=True)
class Published:
    """What is read as one: a file, a member of an archive, a sheet, or all documents of an archive."""

    path: Path
    #: Name inside the archive; empty for a plain or gzipped file.
    member: str = ""
    #: Name of the sheet, in a workbook.
    sheet: str = ""
    #: More members of documents, which go on where `member` ends.
    more: tuple[str, ...] = ()

    @property
    def part(self) -> str:
        """Which part of the file this is; empty for all of it."""
        return "!".join(name for name in ("" if self.more else _readable(self.member), self.sheet) if name)

    @property
    def place(self) -> str:
        """Where the file is, as it can be written anywhere; its name may be of bytes that are no text."""
        return os.fsencode(self.path).decode("utf-8", "replace")

    @property
    def label(self) -> str:
        """How to call it in a message."""
        return f"{self.path.name}!{self.part}" if self.part else self.path.name

    @property
    def packed(self) -> bool:
        """Tell whether the bytes on disk are not the text's own."""
        return bool(self.member or self.sheet) or _starts_with(self.path, (_GZIP,))

    @property
    def size(self) -> int:
        """Bytes to read, as far as they are known before reading; 0 when they are not."""
        if self.member:
            with zipfile.ZipFile(self.path) as archive:
                return sum(archive.getinfo(name).file_size for name in (self.member, *self.more))
        return 0 if self.packed else self.path.stat().st_size

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the bytes for reading from the start to the end, once; of several documents, the first's."""
        if self.member:
            with _zip(self.path) as archive, self._member(archive, self.member) as stream:
                yield stream
        elif self.packed and not self.sheet:
            with gzip.open(self.path) as unpacked:
                yield cast("IO[bytes]", Packed(cast("IO[bytes]", unpacked), self.label, self.path.name))
        else:
            with self.path.open("rb", buffering=0) as plain:
                yield cast("IO[bytes]", plain)

    def streams(self) -> Generator[IO[bytes]]:
        """Open one document after the other."""
        if not self.more:
            with self.open() as stream:
                yield stream
            return
        with _zip(self.path) as archive:
            for name in (self.member, *self.more):
                with self._member(archive, name) as stream:
                    yield stream

    @contextmanager
    def _member(self, archive: zipfile.ZipFile, name: str) -> Iterator[IO[bytes]]:
        label = f"{self.path.name}!{_readable(name)}"
        with told(label):
            stream = archive.open(name)
        with stream:
            yield cast("IO[bytes]", Packed(stream, label, name))


def _zip(path: Path) -> zipfile.ZipFile:
    with told(path.name):
        return zipfile.ZipFile(path)


def published(path: Path, part: str = "") -> list[Published]:
    """List what a path holds: itself, the tables of a zip, the sheets of a workbook (or only one `part`)."""
    found = _held(path)
    wanted = [one for one in found if not part or one.part == part]
    if not wanted:
        raise ReadError("{file} holds no {part} any more", file=path.name, part=part)
    return wanted


def unread(path: Path) -> list[str]:
    """Name what lies in a zip and may hold tables, in a form that is not read."""
    if not _starts_with(path, _ZIP):
        return []
    with _zip(path) as archive:
        names = [] if _BOOK in archive.namelist() else _members(archive)
    return [_readable(name) for name in names if name.lower().endswith(_UNREAD)]


def _held(path: Path) -> list[Published]:
    if not path.is_file():
        raise ReadError(
            "{path} is a pipe or a device, which can be read only once",
            hint="save it to a file first",
            path=path,
        )
    if not _starts_with(path, _ZIP):
        return [Published(path)]
    with _zip(path) as archive:
        inside = set(archive.namelist())
        for name, kind in _OTHERS.items():
            if name in inside:
                raise ReadError(
                    "{file} is {kind}",
                    hint="save it as .xlsx or CSV and try again",
                    file=path.name,
                    kind=kind,
                )
        if _BOOK in inside:
            return [Published(path, sheet=sheet) for sheet in _sheets(archive, path.name)]
        names = _members(archive)
        books = [
            Published(path, name, sheet)
            for name in names
            if name.lower().endswith(_WORKBOOKS)
            for sheet in _sheets_within(archive, name, f"{path.name}!{_readable(name)}")
        ]
    tables = [Published(path, name) for name in names if name.lower().endswith(_TABLES)]
    documents = sorted(name for name in names if name.lower().endswith(_DOCUMENTS))
    together = [Published(path, documents[0], more=tuple(documents[1:]))] if documents else []
    if not (found := [*tables, *books, *together]):
        raise ReadError(
            "{file}: no table in the zip, only {names}" if names else "{file}: nothing in the zip",
            hint="CSV, Excel (.xlsx), JSON and XML are read; unpack what is packed once more",
            file=path.name,
            names=", ".join(names[:5]),
        )
    _refuse_twice(path.name, [*(one.part for one in [*tables, *books]), *documents])
    return found


def _members(archive: zipfile.ZipFile) -> list[str]:
    with told(Path(str(archive.filename)).name):
        # A damaged name may be empty, which the library trips over.
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
    # Finder leaves a shadow of every file under this name.
    return [name for name in names if not name.startswith("__MACOSX/")]


def _refuse_twice(label: str, names: list[str]) -> None:
    """Refuse what holds two things of one name: only one of them could be opened."""
    if twice := sorted(name for name, count in Counter(names).items() if count > 1):
        raise ReadError(
            "{file} holds {name} {times} times, and a name opens only one of them",
            hint="unpack it by hand, and give the files one by one",
            file=label,
            name=twice[0],
            times=Counter(names)[twice[0]],
        )


def _sheets(archive: zipfile.ZipFile, label: str) -> list[str]:
    """Name the sheets of a workbook, in its order. Reading all of it for that would take long."""
    import xml.etree.ElementTree as ET  # noqa: PLC0415 few files are workbooks

    for part in archive.infolist():
        if part.file_size > max(_LARGE, _USUAL * part.compress_size):
            times = part.file_size // max(part.compress_size, 1)
            raise ReadError(
                "{file}: {part} would be {times:,} times as large unpacked, as no sheet is",
                hint="find out where the file comes from: it is made to fill the memory",
                file=label,
                part=part.filename,
                times=times,
            )
    try:
        with told(label), archive.open(_BOOK) as stream:
            book = ET.parse(stream)  # noqa: S314 the parser refuses to blow entities up
            if _STRICT in str(book.getroot().tag):
                raise ReadError(
                    "{file} is an Excel workbook in the strict form, which is not read",
                    hint="save it as a plain Excel workbook (.xlsx) and try again",
                    file=label,
                )
            names = [sheet.attrib["name"] for sheet in book.iterfind(".//{*}sheet")]
    except ET.ParseError as error:
        raise ReadError(
            "{file}: the workbook is damaged ({error})",
            hint="download it again, or open it in a spreadsheet program and save it anew",
            file=label,
            error=error,
        ) from error
    _refuse_twice(label, names)
    return names


def _sheets_within(archive: zipfile.ZipFile, name: str, label: str) -> list[str]:
    with told(label):
        stream = archive.open(name)
    with stream:
        with told(label):
            book = zipfile.ZipFile(stream)
        with book:
            return _sheets(book, label)


def _readable(name: str) -> str:
    """Mend the name of a member: some programs write UTF-8 into a zip and do not say so."""
    with suppress(UnicodeError):
        name = name.encode("cp437").decode("utf-8")
    return unicodedata.normalize("NFC", name)


def _starts_with(path: Path, magics: tuple[bytes, ...]) -> bool:
    with path.open("rb") as stream:
        return stream.read(4).startswith(magics)
