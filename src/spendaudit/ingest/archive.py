"""Opens what a portal published: a file, a gzip, or what is inside a zip, none of it unpacked to disk."""

import gzip
import unicodedata
import zipfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

from spendaudit.errors import ReadError

_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_TABLES: Final = (".csv", ".txt", ".tsv")
_DOCUMENTS: Final = (".json", ".jsonl", ".ndjson", ".xml", ".atom")
_WORKBOOKS: Final = (".xlsx", ".xlsm")

#: What every Excel workbook holds, and no other zip.
_BOOK: Final = "xl/workbook.xml"


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
    def label(self) -> str:
        """How to call it in a message."""
        return f"{self.path.name}:{self.part}" if self.part else self.path.name

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
        with self._unpacking():
            if self.member:
                with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as stream:
                    yield stream
            elif self.packed and not self.sheet:
                with gzip.open(self.path) as unpacked:
                    yield cast("IO[bytes]", unpacked)
            else:
                with self.path.open("rb", buffering=0) as plain:
                    yield cast("IO[bytes]", plain)

    def streams(self) -> Generator[IO[bytes]]:
        """Open one document after the other."""
        if not self.more:
            with self.open() as stream:
                yield stream
            return
        with self._unpacking(), zipfile.ZipFile(self.path) as archive:
            for name in (self.member, *self.more):
                with archive.open(name) as stream:
                    yield stream

    @contextmanager
    def _unpacking(self) -> Iterator[None]:
        try:
            yield
        except (zipfile.BadZipFile, gzip.BadGzipFile, EOFError, zipfile.LargeZipFile) as error:
            raise ReadError(
                f"{self.label}: the archive is damaged ({error})",
                hint="download it again; it may be cut short",
            ) from error


def published(path: Path, part: str = "") -> list[Published]:
    """List what a path holds: itself, the tables of a zip, the sheets of a workbook (or only one `part`)."""
    found = _held(path)
    wanted = [one for one in found if not part or one.part == part]
    if not wanted:
        raise ReadError(f"{path.name} holds no {part} any more")
    return wanted


def _held(path: Path) -> list[Published]:
    if not _starts_with(path, _ZIP):
        return [Published(path)]
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
            if _BOOK in names:
                return [Published(path, sheet=sheet) for sheet in _sheets(archive)]
            # Finder leaves a shadow of every file under this name.
            names = [name for name in names if not name.startswith("__MACOSX/")]
            books = [
                Published(path, name, sheet)
                for name in names
                if name.lower().endswith(_WORKBOOKS)
                for sheet in _sheets_within(archive, name)
            ]
    except zipfile.BadZipFile as error:
        raise ReadError(
            f"{path.name}: the zip is damaged ({error})", hint="download it again; it may be cut short"
        ) from error
    tables = [Published(path, name) for name in names if name.lower().endswith(_TABLES)]
    documents = sorted(name for name in names if name.lower().endswith(_DOCUMENTS))
    together = [Published(path, documents[0], more=tuple(documents[1:]))] if documents else []
    if not (found := [*tables, *books, *together]):
        raise ReadError(
            f"{path.name}: no table in the zip, only {', '.join(names[:5]) or 'nothing'}",
            hint="CSV, Excel (.xlsx), JSON and XML are read",
        )
    return found


def _sheets(archive: zipfile.ZipFile) -> list[str]:
    """Name the sheets of a workbook, in its order. Reading all of it for that would take long."""
    import xml.etree.ElementTree as ET  # noqa: PLC0415 few files are workbooks

    with archive.open(_BOOK) as stream:
        book = ET.parse(stream)  # noqa: S314 the parser refuses to blow entities up
    return [sheet.attrib["name"] for sheet in book.iterfind(".//{*}sheet")]


def _sheets_within(archive: zipfile.ZipFile, name: str) -> list[str]:
    with archive.open(name) as stream, zipfile.ZipFile(stream) as book:
        return _sheets(book)


def _readable(name: str) -> str:
    """Mend the name of a member: some programs write UTF-8 into a zip and do not say so."""
    with suppress(UnicodeError):
        name = name.encode("cp437").decode("utf-8")
    return unicodedata.normalize("NFC", name)


def _starts_with(path: Path, magics: tuple[bytes, ...]) -> bool:
    with path.open("rb") as stream:
        return stream.read(4).startswith(magics)
