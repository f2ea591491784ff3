"""Normalises published files: from a portal's bytes to canonical Parquet, with every row accounted for."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import polars as pl

from spendaudit.errors import ReadError, SpendauditError
from spendaudit.ingest.archive import Published, published
from spendaudit.ingest.store import Store
from spendaudit.load.loading import Loading, Progress
from spendaudit.load.recognise import recognise
from spendaudit.model.run import Input, file_id
from spendaudit.sources import load_sources
from spendaudit.sources._source import Source

#: Files up to this size are hashed before they are read, so that a copy of one that is known is not read
#: again. Larger ones are hashed while they are read.
_HASHED_FIRST: Final = 256 << 20


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that could not be read, and why."""

    path: Path
    error: SpendauditError


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of the files that were asked for."""

    inputs: tuple[Input, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """How files are to be read, where they do not say it themselves."""

    source: str = ""
    #: `2017` or `2017-04`, for portals whose files do not say which period they speak of.
    period: str = ""
    new_columns: bool = False


def normalize(
    paths: Sequence[Path], store: Store, request: Request | None = None, progress: Progress | None = None
) -> Loaded:
    """Normalise files and folders into the store. A file that cannot be read does not stop the others."""
    request = request or Request()
    inputs: dict[tuple[str, str], Input] = {}
    refused = []
    for path in _files(paths):
        try:
            for table in published(path):
                entry = _load(table, store, request, progress)
                inputs.setdefault((entry.file, entry.source), entry)
        except SpendauditError as error:
            refused.append(Refused(path, error))
    return Loaded(tuple(inputs.values()), tuple(refused))


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """Every file below the paths, in a stable order; hidden ones are left out."""
    for path in paths:
        if path.is_dir():
            below = (file for file in sorted(path.rglob("*")) if file.is_file())
            yield from (
                file for file in below if not any(p.startswith(".") for p in file.relative_to(path).parts)
            )
        elif path.exists():
            yield path
        else:
            raise ReadError(f"there is no file {path}", hint="check the path")


def _load(table: Published, store: Store, request: Request, progress: Progress | None) -> Input:
    recognised = recognise(table, load_sources(), source_id=request.source, new_columns=request.new_columns)
    mapping = _mapping(recognised.source, request)
    sha256 = store.known_hash(table.path)
    if sha256 is None and (table.packed or table.path.stat().st_size <= _HASHED_FIRST):
        sha256 = _hash(table.path)
        store.remember_hash(table.path, sha256)
    if sha256 and (entry := store.find(file_id(sha256, table.member), recognised.source.id, mapping)):
        # The same content may have another name now.
        return replace(entry, path=str(table.path))
    loading = Loading(recognised, store, period=request.period, mapping=mapping, sha256=sha256)
    return loading.run(progress)


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _mapping(source: Source, request: Request) -> str:
    """Name the way in which a file is read: another one when spendaudit or the request changes."""
    asked = f"{source.id}|{request.period}|{request.new_columns}|{pl.__version__}"
    return hashlib.sha256(_code_digest() + asked.encode()).hexdigest()[:10]


@cache
def _code_digest() -> bytes:
    """Digest of the code and data that a normalised file depends on."""
    digest = hashlib.sha256()
    package = files("spendaudit")
    for folder in ("ingest", "sources", "load", "enrich", "model", "data"):
        for item in sorted(package.joinpath(folder).iterdir(), key=lambda item: item.name):
            if item.name.endswith((".py", ".toml")):
                digest.update(item.read_bytes())
    return digest.digest()
