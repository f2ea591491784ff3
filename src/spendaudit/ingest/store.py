"""The store of normalised files: what was read once is found again by its content.

    tables/<table>/source=<id>/file=<content id>/<mapping>.parquet
    quarantine/source=<id>/file=<content id>/<mapping>.parquet
    manifests/<content id>-<source>-<mapping>.json

Files are written aside and renamed, the manifest last: a run killed at any moment leaves the old state.
"""

import json
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from spendaudit.model.run import Counts, Input

#: A row that was put aside: where it stood, which table it was meant for, why, and its text.
QUARANTINE: Final = pl.Schema({"row": pl.UInt32, "table": pl.String, "reason": pl.String, "text": pl.String})

_FOLDERS: Final = ("tables", "quarantine", "manifests", "known")


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of canonical Parquet."""

    root: Path

    def table_path(self, table: str, source: str, file: str, mapping: str) -> Path:
        """Where the rows of one file in one table are, below the root."""
        return Path("tables") / table / f"source={source}" / f"file={file}" / f"{mapping}.parquet"

    def quarantine_path(self, source: str, file: str, mapping: str) -> Path:
        """Where the rows that were put aside are, below the root."""
        return Path("quarantine") / f"source={source}" / f"file={file}" / f"{mapping}.parquet"

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Give a folder to write in, beside the store's own; what is left in it is removed."""
        aside = self.root / ".writing" / uuid.uuid4().hex
        aside.mkdir(parents=True)
        try:
            yield aside
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def keep(self, written: Iterable[tuple[Path, Path]], entry: Input, mapping: str) -> None:
        """Move finished files to their places, then say so in the manifest."""
        for made, place in written:
            target = self.root / place
            target.parent.mkdir(parents=True, exist_ok=True)
            made.replace(target)
        self._write_json(self._manifest(entry.file, entry.source, mapping), asdict(entry))

    def find(self, file: str, source: str, mapping: str) -> Input | None:
        """Return what is known of a file that was normalised by the same mapping; None if it was not.

        Of several mappings of one file, the last that was asked for is the one that tables are opened by.
        """
        manifest = self._manifest(file, source, mapping)
        if not manifest.exists():
            return None
        manifest.touch()
        return _entry(json.loads(manifest.read_text("utf-8")))

    def entries(self) -> list[tuple[Input, str]]:
        """Every normalised file with the mapping that was last asked for."""
        newest: dict[tuple[str, str], tuple[float, Path]] = {}
        for manifest in sorted((self.root / "manifests").glob("*.json")):
            file, source, _ = manifest.stem.split("-")
            when = manifest.stat().st_mtime
            if (file, source) not in newest or newest[file, source][0] < when:
                newest[file, source] = (when, manifest)
        return [
            (_entry(json.loads(manifest.read_text("utf-8"))), manifest.stem.split("-")[2])
            for _, manifest in newest.values()
        ]

    def known_hash(self, path: Path) -> str | None:
        """Return the sha256 of a file that has not changed since it was read, by name, size and time."""
        note = self._known(path)
        if not note.exists():
            return None
        known = json.loads(note.read_text("utf-8"))
        return str(known["sha256"]) if known["stat"] == _stat(path) else None

    def remember_hash(self, path: Path, sha256: str) -> None:
        """Note a file's sha256, so that the next run need not read it."""
        self._write_json(self._known(path), {"stat": _stat(path), "sha256": sha256})

    def is_store(self) -> bool:
        """Tell whether the folder holds normalised files."""
        return (self.root / "manifests").is_dir() and (self.root / "tables").is_dir()

    def _manifest(self, file: str, source: str, mapping: str) -> Path:
        return self.root / "manifests" / f"{file}-{source}-{mapping}.json"

    def _known(self, path: Path) -> Path:
        name = uuid.uuid5(uuid.NAMESPACE_URL, path.resolve().as_uri()).hex
        return self.root / "known" / f"{name}.json"

    def _write_json(self, path: Path, content: object) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(f".{uuid.uuid4().hex}")
        aside.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")
        aside.replace(path)


def _stat(path: Path) -> list[int]:
    status = os.stat(path)  # noqa: PTH116 a plain tuple of numbers is all that is compared
    return [status.st_size, status.st_mtime_ns, status.st_ino]


def _entry(content: dict[str, Any]) -> Input:
    tables = {table: Counts(**counts) for table, counts in content.pop("tables").items()}
    notes = tuple(content.pop("notes"))
    return Input(**content | {"tables": tables, "notes": notes, "reused": True})
