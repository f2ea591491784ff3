"""Normalises published files: from a portal's bytes to canonical Parquet, with every row accounted for."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Final

import polars as pl

from spendaudit.errors import ReadError, ReportError, SpendauditError, UnknownLayoutError, of_system
from spendaudit.ingest.archive import Published, published, unread
from spendaudit.ingest.memory import give_back_freed_memory
from spendaudit.ingest.store import Store
from spendaudit.load.fiscal.descriptors import described
from spendaudit.load.lines import AnotherWayError
from spendaudit.load.loading import Loading, Progress
from spendaudit.load.matching import Recognised
from spendaudit.load.recognise import recognise
from spendaudit.model.disks import FULL
from spendaudit.model.remarks import OTHER_SHEET, PACKED_WITHIN, SAME_FILE
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
class PassedOver:
    """A file, or a part of one, that no table has a place for, and why."""

    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of the files that were asked for."""

    inputs: tuple[Input, ...]
    refused: tuple[Refused, ...]
    passed_over: tuple[PassedOver, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """How files are to be read, where they do not say it themselves."""

    source: str = ""
    #: `2017` or `2017-04`, for portals whose files do not say which period they speak of.
    period: str = ""
    new_columns: bool = False
    #: A source that is not one of the package's: made from a mapping.
    given: Source | None = None
    #: What that mapping says, and all else that it was made with (`Given.digested`).
    mapping: str = ""

    @property
    def sources(self) -> Mapping[str, Source]:
        """Those that a file may be of."""
        return {self.given.id: self.given} if self.given else load_sources()


def normalize(
    paths: Sequence[Path], store: Store, request: Request | None = None, progress: Progress | None = None
) -> Loaded:
    """Normalise files and folders into the store. A file that cannot be read does not stop the others."""
    request = request or Request()
    inputs: dict[tuple[str, str], Input] = {}
    refused: list[Refused] = []
    passed_over: list[PassedOver] = []
    for path in _files(_described(paths, refused)):
        done = _load_all(path, store, request, progress)
        for entry in done.inputs:
            first = inputs.setdefault((entry.file, entry.source), entry)
            if first.path != entry.path:
                passed_over.append(PassedOver(entry.name, SAME_FILE.format(file=first.name)))
        refused += done.refused
        passed_over += done.passed_over
    give_back_freed_memory()
    return Loaded(tuple(inputs.values()), tuple(refused), tuple(passed_over))


def _load_all(path: Path, store: Store, request: Request, progress: Progress | None) -> Loaded:
    """Load every part of one file. Sheets that nobody knows, beside one that is known, are passed over."""
    inputs: list[Input] = []
    refused: list[Refused] = []
    passed_over: list[PassedOver] = []
    strange: list[tuple[Published, SpendauditError]] = []
    try:
        parts = published(path)
        passed_over += [PassedOver(f"{path.name}!{name}", PACKED_WITHIN) for name in unread(path)]
    except SpendauditError as error:
        return Loaded((), (Refused(path, error),))
    except OSError as error:
        return Loaded((), (Refused(path, _unreadable(path, error)),))
    for part in parts:
        try:
            recognised = recognise(
                part, request.sources, source_id=request.source, new_columns=request.new_columns
            )
            if recognised.source.outputs:
                inputs.append(_load(recognised, store, request, progress))
            else:
                passed_over.append(PassedOver(part.label, recognised.source.passed_over))
        except UnknownLayoutError as error:
            strange.append((part, error))
        except SpendauditError as error:
            refused.append(Refused(path, error))
        except OSError as error:
            refused.append(Refused(path, _unreadable(path, error)))
    if report := next((error for _, error in strange if isinstance(error, ReportError)), None):
        # One of its sheets says what the others are.
        return Loaded(tuple(inputs), (Refused(path, report),), tuple(passed_over))
    if inputs and all(part.sheet for part, _ in strange):
        passed_over += [PassedOver(part.label, OTHER_SHEET) for part, _ in strange]
    else:
        refused += [Refused(path, error) for _, error in strange]
    return Loaded(tuple(inputs), tuple(refused), tuple(passed_over))


def _unreadable(path: Path, error: OSError) -> ReadError:
    """Say why the system gives no bytes of this file; raise the error again where it is of another one.

    What is raised while bytes are read names no file.
    """
    if error.errno in FULL or error.filename not in {None, str(path)}:
        raise error
    return ReadError(
        "{path} cannot be read: {error}",
        hint="see whether it is still there, and whether you may read it",
        path=path,
        error=of_system(error),
    )


def _described(paths: Sequence[Path], refused: list[Refused]) -> Iterator[Path]:
    """Take the files that a descriptor speaks of, where it is given alone, for the descriptor."""
    for path in paths:
        beside = any(path.parent in other.parents for other in paths if other != path)
        try:
            yield from [path] if beside else described(path)
        except SpendauditError as error:
            refused.append(Refused(path, error))


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
            raise ReadError("there is no file {path}", hint="check the path", path=path)


def _load(recognised: Recognised, store: Store, request: Request, progress: Progress | None) -> Input:
    table = recognised.published
    way = _way(recognised, request)
    sha256 = store.known_hash(table.path)
    if sha256 is None and (table.packed or table.path.stat().st_size <= _HASHED_FIRST):
        sha256 = _hash(table.path)
        store.remember_hash(table.path, sha256)
    if sha256 and (entry := store.find(file_id(sha256, table.part), recognised.source.id, way)):
        # The same content may have another name now.
        return replace(entry, path=table.place)
    begin = partial(Loading, recognised, store, period=request.period, way=way, sha256=sha256)
    try:
        return begin(by_line=True).run(progress)
    except AnotherWayError:
        return begin().run(progress)


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _way(recognised: Recognised, request: Request) -> str:
    """Name the way in which a file is read: another one when spendaudit or the request changes."""
    given = recognised.mapping or request.mapping
    asked = f"{recognised.source.id}|{request.period}|{request.new_columns}|{given}|{pl.__version__}"
    return hashlib.sha256(_code_digest() + asked.encode()).hexdigest()[:10]


@cache
def _code_digest() -> bytes:
    """Digest of the code and data that a normalised file depends on."""
    digest = hashlib.sha256()
    package = files("spendaudit")
    for folder in ("ingest", "sources", "load", "load/fiscal", "enrich", "model", "data"):
        for item in sorted(package.joinpath(folder).iterdir(), key=lambda item: item.name):
            if item.name.endswith((".py", ".toml")):
                digest.update(item.read_bytes())
    return digest.digest()
