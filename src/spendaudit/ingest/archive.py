"""Opens what a portal published: a plain file, a gzip, or the tables inside a zip, none unpacked to disk."""

import gzip
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

from spendaudit.errors import ReadError

_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_TABLES: Final = (".csv", ".txt", ".tsv")


@dataclass(frozen=True, slots=True)
class Published:
    """One table as it was published: a file, or a member of an archive."""

    path: Path
    #: Name inside the archive; empty for a plain or gzipped file.
    member: str = ""

    @property
    def label(self) -> str:
        """How to call it in a message."""
        return f"{self.path.name}:{self.member}" if self.member else self.path.name

    @property
    def packed(self) -> bool:
        """Tell whether the bytes on disk are not the table's own."""
        return bool(self.member) or _starts_with(self.path, (_GZIP,))

    @property
    def size(self) -> int:
        """Bytes of the table, as far as they are known before reading; 0 when they are not."""
        if self.member:
            with zipfile.ZipFile(self.path) as archive:
                return archive.getinfo(self.member).file_size
        return 0 if self.packed else self.path.stat().st_size

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the table's bytes for reading from the start to the end, once."""
        try:
            if self.member:
                with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as stream:
                    yield stream
            elif self.packed:
                with gzip.open(self.path) as unpacked:
                    yield cast("IO[bytes]", unpacked)
            else:
                with self.path.open("rb", buffering=0) as plain:
                    yield cast("IO[bytes]", plain)
        except (zipfile.BadZipFile, gzip.BadGzipFile, EOFError, zipfile.LargeZipFile) as error:
            raise ReadError(
                f"{self.label}: the archive is damaged ({error})",
                hint="download it again; it may be cut short",
            ) from error


def published(path: Path, member: str = "") -> list[Published]:
    """List the tables of a path: itself, or the CSV members of a zip (only `member`, when it is given)."""
    if not _starts_with(path, _ZIP):
        return [Published(path)]
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
    except zipfile.BadZipFile as error:
        raise ReadError(
            f"{path.name}: the zip is damaged ({error})", hint="download it again; it may be cut short"
        ) from error
    # Finder leaves a shadow of every file under this name.
    tables = [name for name in names if name.lower().endswith(_TABLES) and not name.startswith("__MACOSX/")]
    wanted = [name for name in tables if not member or name == member]
    if not wanted:
        raise ReadError(f"{path.name}: no CSV in the zip, only {', '.join(names[:5]) or 'nothing'}")
    return [Published(path, name) for name in wanted]


def _starts_with(path: Path, magics: tuple[bytes, ...]) -> bool:
    with path.open("rb") as stream:
        return stream.read(4).startswith(magics)
