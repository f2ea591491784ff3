"""Brings what is given into the store: files, folders, what was fetched, or another store as it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from spendaudit.cli.given import Given, find
from spendaudit.cli.notes import Notes
from spendaudit.cli.progress import bar
from spendaudit.errors import USAGE, ReadError, UsageError
from spendaudit.ingest.rawstore import RawStore
from spendaudit.ingest.store import Store
from spendaudit.load.superseded import noted
from spendaudit.model.run import Input
from spendaudit.paths import default_store
from spendaudit.sources import load_sources

if TYPE_CHECKING:
    from spendaudit.load.normalize import Loaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the command line says of the files."""

    paths: Sequence[str]
    store: Path | None = None
    source: str = ""
    period: str = ""
    first: str = ""
    last: str = ""
    ignore_new_columns: bool = False
    #: How files of no known portal are read, and what the caller says of them.
    mapping: Path | None = None
    country: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """What was read, where its rows are, and how many files could not be read."""

    inputs: tuple[Input, ...]
    store: Store
    refused: int


def read(wanted: Wanted, notes: Notes) -> Read:
    """Normalise what is new. A file that cannot be read is told, and does not stop the others.

    Raises the file's own error when there is no other file.
    """
    root = wanted.store or default_store()
    if wanted.source and wanted.source not in load_sources():
        raise UsageError(f"there is no source {wanted.source}", hint="`spendaudit sources` lists them")
    _check_mapping(wanted)
    given = find(wanted.paths, RawStore(root), wanted.first, wanted.last)
    if wanted.mapping and (given.store or given.fetched):
        raise UsageError(
            "--map is for files", hint="what was fetched or normalised is of a portal that is known"
        )
    if given.store:
        entries = [entry for entry, _ in given.store.entries()]
        return Read(noted(entries, given.store), given.store, 0)
    _say_passed_over(given, notes)
    store = Store(root)
    loaded = [_files(given, wanted, store, notes), *_releases(given, wanted, store, notes)]
    for part in loaded:
        for passed in part.passed_over:
            notes.say(f"passed over {passed.label}: {passed.reason}")
    inputs = tuple({(one.file, one.source): one for part in loaded for one in part.inputs}.values())
    refused = [one for part in loaded for one in part.refused]
    if not inputs and len(refused) == 1:
        raise refused[0].error
    for one in refused:
        notes.refuse(str(one.path), one.error)
    if not inputs and any(part.passed_over for part in loaded) and not refused:
        raise ReadError("nothing of what was given has a place in a table")
    if not inputs:
        code = {one.error.exit_code for one in refused}
        kind = UsageError if code == {USAGE} else ReadError
        raise kind(f"none of {len(refused)} files could be read")
    return Read(noted(inputs, store), store, len(refused))


def _check_mapping(wanted: Wanted) -> None:
    if wanted.mapping and wanted.source:
        raise UsageError("--map and --source name two ways to read the files", hint="give one of them")
    for name in ("country", "currency"):
        if getattr(wanted, name) and not wanted.mapping:
            raise UsageError(
                f"--{name} fills what a mapping leaves open, and there is no --map",
                hint="a known portal states it; `spendaudit map FILE` drafts a mapping for any other file",
            )


def _say_passed_over(given: Given, notes: Notes) -> None:
    if given.passed_over:
        names = ", ".join(path.name for path in given.passed_over[:3])
        more = ", ..." if len(given.passed_over) > 3 else ""  # noqa: PLR2004 a few names are enough
        notes.say(f"passed over {len(given.passed_over)} files that are no tables: {names}{more}")


def _files(given: Given, wanted: Wanted, store: Store, notes: Notes) -> "Loaded":
    # Whoever audits what lies normalised in a store waits for no parser.
    from spendaudit.load.normalize import Request, normalize

    request = Request(source=wanted.source, period=wanted.period, new_columns=wanted.ignore_new_columns)
    if wanted.mapping:
        from spendaudit.load.kept_mappings import keep
        from spendaudit.load.mapping import read_mapping

        mapped = read_mapping(wanted.mapping, country=wanted.country, currency=wanted.currency)
        request = replace(request, given=mapped.source, mapping=mapped.digested)
        keep(store.root, mapped)
    with bar(quiet=notes.quiet, of_bytes=True) as progress:
        return normalize(given.files, store, request, progress)


def _releases(given: Given, wanted: Wanted, store: Store, notes: Notes) -> "list[Loaded]":
    """Normalise what was fetched; a reader is shown where it was published, not where its bytes are kept."""
    from spendaudit.load.normalize import Loaded, Request, normalize

    loaded, raw = [], RawStore(store.root)
    for release in given.fetched:
        request = Request(source=release.source, period=release.period, new_columns=wanted.ignore_new_columns)
        with bar(quiet=notes.quiet, of_bytes=True) as progress:
            part = normalize([raw.path_of(release.sha256)], store, request, progress)
        inputs = tuple(replace(one, path=release.url) for one in part.inputs)
        refused = tuple(replace(one, path=Path(release.name)) for one in part.refused)
        loaded.append(Loaded(inputs, refused, part.passed_over))
        # Both versions in one store would count the same contracts twice.
        if inputs and not refused and store.forget(raw.older(release), release.source):
            notes.say(
                f"{release.name} was rewritten by the portal: the tables of its older version were taken out"
                " (the file itself stays)"
            )
    return loaded
