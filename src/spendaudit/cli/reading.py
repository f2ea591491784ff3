"""Brings what is given into the store: files, folders, what was fetched, or another store as it is."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, Self

from spendaudit.audit.retell import remark
from spendaudit.cli.given import Given, find
from spendaudit.cli.notes import Notes
from spendaudit.cli.progress import bar
from spendaudit.errors import USAGE, ReadError, ReportError, UnknownLayoutError, UsageError, of_system
from spendaudit.i18n import t
from spendaudit.ingest.periods import begins, days
from spendaudit.ingest.rawstore import RawStore
from spendaudit.ingest.store import Store
from spendaudit.load.copies import without_copies
from spendaudit.load.superseded import noted
from spendaudit.model.lists import list_of
from spendaudit.model.remarks import SAME_ROWS
from spendaudit.model.run import Input
from spendaudit.model.tables import PUBLISHED
from spendaudit.paths import default_store
from spendaudit.report.words import count
from spendaudit.sources import load_sources, no_source
from spendaudit.wording import Words

if TYPE_CHECKING:
    from spendaudit.load.normalize import Loaded, Refused

#: So many files that were passed over are named.
_NAMED: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the command line says of the files."""

    paths: Sequence[str] = ()
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
    #: Files that the command writes: a folder may hold them from the last time.
    output: Sequence[Path] = ()

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> Self:
        """Take out of a command's arguments, by their names, what they say of the files."""
        return cls(**{name: arguments[name] for name in cls.__slots__ if name in arguments})


@dataclass(frozen=True, slots=True)
class Read:
    """What was read, where its rows are, and how many files could not be read."""

    inputs: tuple[Input, ...]
    store: Store
    refused: int
    #: Where runs are kept, and the key of pseudonyms: the store, or one's own where only others may write it.
    kept: Path


def read(wanted: Wanted, notes: Notes) -> Read:
    """Normalise what is new. A file that cannot be read is told, and does not stop the others.

    Raises the file's own error when there is no other file.
    """
    root = wanted.store or default_store()
    if wanted.source and wanted.source not in load_sources():
        raise no_source(wanted.source, load_sources())
    _check_periods(wanted)
    _check_mapping(wanted)
    given = find(wanted.paths, RawStore(root), wanted.first, wanted.last, wanted.output)
    if wanted.mapping and (given.store or given.fetched):
        raise UsageError(
            "--map is for files", hint="what was fetched or normalised is of a portal that is known"
        )
    if given.store:
        # Lists that were read for another run are no data of this one.
        entries = [entry for entry, _ in given.store.entries() if not list_of(entry.source)]
        mine = os.access(given.store.root, os.W_OK)
        kept = given.store.root if mine else root
        return Read(_counted_once(entries, given.store, notes), given.store, 0, kept)
    _say_passed_over(given, notes)
    store = _made(root)
    loaded = [_files(given, wanted, store, notes), *_releases(given, wanted, store, notes)]
    for part in loaded:
        for passed in part.passed_over:
            _say_why(passed.label, passed.reason, notes)
    inputs = tuple({(one.file, one.source): one for part in loaded for one in part.inputs}.values())
    refused = [one for part in loaded for one in part.refused]
    if inputs:
        refused = _without_reports(_without_metadata(refused, given, notes), given, notes)
    if not inputs:
        _raise(refused, notes, passed_over=any(part.passed_over for part in loaded))
    for one in refused:
        notes.refuse(str(one.path), one.error)
    return Read(_counted_once(inputs, store, notes), store, len(refused), root)


def _counted_once(inputs: Sequence[Input], store: Store, notes: Notes) -> tuple[Input, ...]:
    """Leave out copies of other files, and note what later files tell anew."""
    kept, copies = without_copies(inputs, store)
    for copy, of in copies[:_NAMED]:
        _say_why(copy.name, SAME_ROWS.format(file=of.name), notes)
    if more := [copy.name for copy, _ in copies[_NAMED:]]:
        files = count(len(more), "more copy of another file", "more copies of other files")
        notes.say(t("passed over {files}: {names}", files=files, names=_first(more)))
    return noted(kept, store)


def _say_why(file: str, reason: str, notes: Notes) -> None:
    notes.say(t("passed over {file}: {reason}", file=file, reason=remark(reason)))


def _made(root: Path) -> Store:
    """Return a store whose folder is there. Raises UsageError where there can be none."""
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            "{store}: there can be no store ({error})",
            hint="choose another with --store",
            store=root,
            error=of_system(error),
        ) from error
    return Store(root)


def _raise(refused: "Sequence[Refused]", notes: Notes, *, passed_over: bool) -> NoReturn:
    """Say that nothing was read: why, if there was one file."""
    if len(refused) == 1:
        raise refused[0].error
    for one in refused:
        notes.refuse(str(one.path), one.error)
    if passed_over and not refused:
        raise ReadError("nothing of what was given has a place in a table")
    kind = UsageError if {one.error.exit_code for one in refused} == {USAGE} else ReadError
    raise kind(Words("none of the {number:,} files could be read", number=len(refused)))


def _check_periods(wanted: Wanted) -> None:
    for period in (wanted.period, wanted.first, wanted.last):
        if period:
            begins(period)
    if wanted.first and wanted.last:
        next(days(wanted.first, wanted.last))


def _check_mapping(wanted: Wanted) -> None:
    if wanted.mapping and wanted.source:
        raise UsageError("--map and --source name two ways to read the files", hint="give one of them")
    for name in ("country", "currency"):
        if getattr(wanted, name) and not wanted.mapping:
            raise UsageError(
                "--{name} fills what a mapping leaves open, and there is no --map",
                hint="a known portal states it; `spendaudit map FILE` drafts a mapping for any other file",
                name=name,
            )


def _say_passed_over(given: Given, notes: Notes) -> None:
    if given.passed_over:
        files = count(len(given.passed_over), "file that is no table", "files that are no tables")
        notes.say(t("passed over {files}: {names}", files=files, names=_named(given.passed_over)))


def _without_metadata(refused: "list[Refused]", given: Given, notes: Notes) -> "list[Refused]":
    """Pass over JSON of a folder that holds nothing known: descriptions of the other files, settings."""
    metadata = [
        one.path
        for one in refused
        if one.path in given.found
        and one.path.suffix.lower() == ".json"
        and isinstance(one.error, UnknownLayoutError)
    ]
    if metadata:
        files = count(
            len(metadata),
            "file with JSON of no kind that spendaudit knows",
            "files with JSON of no kind that spendaudit knows",
        )
        notes.say(t("passed over {files}: {names}", files=files, names=_named(metadata)))
    return [one for one in refused if one.path not in metadata]


def _without_reports(refused: "list[Refused]", given: Given, notes: Notes) -> "list[Refused]":
    """Pass over what spendaudit wrote into a folder when it was audited before."""
    reports = [one.path for one in refused if one.path in given.found and isinstance(one.error, ReportError)]
    if reports:
        files = count(len(reports), "report of spendaudit", "reports of spendaudit")
        notes.say(t("passed over {files}: {names}", files=files, names=_named(reports)))
    return [one for one in refused if one.path not in reports]


def _named(paths: Sequence[Path]) -> str:
    return _first([path.name for path in paths])


def _first(names: Sequence[str]) -> str:
    first = ", ".join(names[:_NAMED])
    return f"{first}, ..." if len(names) > _NAMED else first


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
        filled = mapped.source.outputs[0]
        if "currency" in PUBLISHED[filled.table] and "currency" not in filled.columns:
            notes.say(
                t(
                    "nothing says the currency of the amounts, and without it none is judged: "
                    "--currency CLP, or the mapping, states it"
                )
            )
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
                t(
                    "{file} was rewritten by the portal: the tables of its older version were taken out "
                    "(the file itself stays)",
                    file=release.name,
                )
            )
    return loaded
