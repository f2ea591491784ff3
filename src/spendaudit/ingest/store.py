"""The store of normalised files: what was read once is found again by its content.

    tables/<table>/source=<id>/file=<content id>/<way>.parquet
    quarantine/source=<id>/file=<content id>/<way>.parquet
    versions/source=<id>/file=<content id>/<way>.parquet
    manifests/<content id>-<source>-<way>.json
    known/<hash of a path>.json             the sha256 of a file, while its size and time stay the same
    .writing/<run>/                         what is being written, until it is whole

A way of reading is named by ten hexadecimal digits: another version of the code, or another mapping, reads
the same file in another way. Files are written aside and renamed, the manifest last: a run killed at any
moment leaves the old state.
"""

import json
import os
import shutil
import sys
import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from spendaudit.errors import ReadError
from spendaudit.ingest.durable import lock
from spendaudit.model.disks import watched
from spendaudit.model.run import Counts, Input

#: A row that was put aside: where it stood, which table it was meant for, why, and its text.
QUARANTINE: Final = pl.Schema({"row": pl.UInt32, "table": pl.String, "reason": pl.String, "text": pl.String})

#: A record that is published anew with every change: the last version that a file has of it, and the rows of
#: the table that are of that version.
VERSIONS: Final = pl.Schema(
    [
        ("table", pl.String()),
        ("key", pl.String()),
        ("updated", pl.Datetime("us", "UTC")),
        ("rows", pl.List(pl.UInt32)),
    ]
)

#: Folders that hold something of a file.
_OF_A_FILE: Final = ("tables/*", "quarantine", "versions")

#: What a file that was cut short or edited by hand raises.
_DAMAGE: Final = (ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of canonical Parquet."""

    root: Path

    def table_path(self, table: str, source: str, file: str, way: str) -> Path:
        """Where the rows of one file in one table are, below the root."""
        return Path("tables") / table / f"source={source}" / f"file={file}" / f"{way}.parquet"

    def quarantine_path(self, source: str, file: str, way: str) -> Path:
        """Where the rows that were put aside are, below the root."""
        return Path("quarantine") / f"source={source}" / f"file={file}" / f"{way}.parquet"

    def versions_path(self, source: str, file: str, way: str) -> Path:
        """Where a file's versions of records are, below the root; few sources have any."""
        return Path("versions") / f"source={source}" / f"file={file}" / f"{way}.parquet"

    def versions(self, source: str, file: str) -> Path | None:
        """Find a file's versions of records; None where a source has none."""
        folder = self.root / "versions" / f"source={source}" / f"file={file}"
        return next(folder.glob("*.parquet"), None)

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Give a folder to write in, beside the store's own; what is left in it is removed.

        So is what runs have left that were killed.
        """
        aside = self.root / ".writing" / uuid.uuid4().hex
        aside.mkdir(parents=True)
        claim = _claimed(aside)
        for other in aside.parent.iterdir():
            if other != aside and (left := _claimed(other)) is not None:
                shutil.rmtree(other, ignore_errors=True)
                os.close(left)
        try:
            with watched(aside, self.root):
                yield aside
        finally:
            shutil.rmtree(aside, ignore_errors=True)
            if claim is not None:
                os.close(claim)

    def keep(self, written: Sequence[tuple[Path, Path]], entry: Input, way: str) -> None:
        """Move finished files to their places, say so in the manifest, and drop what another way made.

        A file's rows are in the store once: any program may read the tables by a pattern, and add them up.
        """
        places = {place for _, place in written}
        for made, place in written:
            target = self.root / place
            target.parent.mkdir(parents=True, exist_ok=True)
            made.replace(target)
        manifest = self._manifest(entry.file, entry.source, way)
        self._write_json(manifest, asdict(entry))
        mine = f"source={entry.source}/file={entry.file}/*.parquet"
        others = [
            *(
                other
                for other in manifest.parent.glob(f"{entry.file}-{entry.source}-*.json")
                if other != manifest
            ),
            *(other for kind in _OF_A_FILE for other in self.root.glob(f"{kind}/{mine}")),
        ]
        for other in others:
            if other.relative_to(self.root) not in places:
                other.unlink(missing_ok=True)

    def find(self, file: str, source: str, way: str) -> Input | None:
        """Return what is known of a file that was normalised in the same way; None if it was not."""
        manifest = self._manifest(file, source, way)
        if not manifest.exists():
            return None
        try:
            entry = _entry(json.loads(manifest.read_text("utf-8")))
        except _DAMAGE:
            return None  # it is written anew
        tables = [self.table_path(table, source, file, way) for table in entry.tables]
        return entry if all((self.root / table).exists() for table in tables) else None

    def forget(self, sha256: Collection[str], source: str) -> int:
        """Drop the tables of these files, in whichever way they were read; return how many files had any."""
        found = {
            entry.file for entry, _ in self.entries() if entry.source == source and entry.sha256 in sha256
        }
        for file in found:
            # The manifest goes first: without it, what is left of the tables belongs to no file.
            folders = [f"{kind}/source={source}/file={file}" for kind in _OF_A_FILE]
            for manifest in (self.root / "manifests").glob(f"{file}-{source}-*.json"):
                manifest.unlink()
            for folder in folders:
                for place in self.root.glob(folder):
                    shutil.rmtree(place)
        return len(found)

    def entries(self) -> list[tuple[Input, str]]:
        """Every normalised file, with the way in which it was read."""
        found = []
        for manifest in sorted((self.root / "manifests").glob("*.json")):
            try:
                entry = _entry(json.loads(manifest.read_text("utf-8")))
            except _DAMAGE as error:
                raise ReadError(
                    "{manifest}: the manifest is damaged ({error})",
                    hint="remove it, and normalise its file again",
                    manifest=manifest,
                    error=error,
                ) from error
            found.append((entry, manifest.stem.split("-")[2]))
        return found

    def known_hash(self, path: Path) -> str | None:
        """Return the sha256 of a file that has not changed since it was read, by name, size and time."""
        note = self._known(path)
        try:
            known = json.loads(note.read_text("utf-8"))
            return str(known["sha256"]) if known["stat"] == _stat(path) else None
        except (FileNotFoundError, *_DAMAGE):
            return None

    def remember_hash(self, path: Path, sha256: str) -> None:
        """Note a file's sha256, so that the next run need not read it."""
        self._write_json(self._known(path), {"stat": _stat(path), "sha256": sha256})

    def is_store(self) -> bool:
        """Tell whether the folder holds normalised files."""
        return (self.root / "manifests").is_dir() and (self.root / "tables").is_dir()

    def _manifest(self, file: str, source: str, way: str) -> Path:
        return self.root / "manifests" / f"{file}-{source}-{way}.json"

    def _known(self, path: Path) -> Path:
        name = uuid.uuid5(uuid.NAMESPACE_URL, path.resolve().as_uri()).hex
        return self.root / "known" / f"{name}.json"

    def _write_json(self, path: Path, content: object) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(f".{uuid.uuid4().hex}")
        try:
            aside.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")
        except OSError as error:
            aside.unlink(missing_ok=True)
            # What is raised while bytes are written names no file.
            raise OSError(error.errno, error.strerror, str(self.root)) from error
        aside.replace(path)


def _claimed(folder: Path) -> int | None:
    """Claim a folder until the handle is closed or the process ends; None while another run has it."""
    if sys.platform == "win32":
        return None
    try:
        handle = os.open(folder / "claim", os.O_RDWR | os.O_CREAT)
    except OSError:
        return None
    if lock(handle):
        return handle
    os.close(handle)
    return None


def _stat(path: Path) -> list[int]:
    status = os.stat(path)  # noqa: PTH116 a plain tuple of numbers is all that is compared
    return [status.st_size, status.st_mtime_ns, status.st_ino]


def _entry(content: dict[str, Any]) -> Input:
    tables = {table: Counts(**counts) for table, counts in content.pop("tables").items()}
    notes = tuple(content.pop("notes"))
    return Input(**content | {"tables": tables, "notes": notes, "reused": True})
