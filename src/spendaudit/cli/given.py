"""What the paths of a command line mean: files, folders, a store, or what was fetched of a source."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spendaudit.errors import ReadError, UsageError
from spendaudit.ingest.archive import READ
from spendaudit.ingest.periods import begins, ends
from spendaudit.ingest.rawstore import RawStore, StoredRelease
from spendaudit.ingest.store import Store
from spendaudit.sources import load_sources
from spendaudit.wording import Words, meant

_ID: Final = re.compile(r"[a-z]{2}_[a-z0-9_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What is to be read."""

    files: tuple[Path, ...] = ()
    #: Those of them that a folder holds: nobody said that each is a table.
    found: frozenset[Path] = frozenset()
    #: Files of a folder that hold no table, by their names.
    passed_over: tuple[Path, ...] = ()
    #: What was fetched, by source.
    fetched: tuple[StoredRelease, ...] = ()
    #: A store whose normalised files are read.
    store: Store | None = None


def find(
    words: Sequence[str], raw: RawStore, first: str = "", last: str = "", written: Sequence[Path] = ()
) -> Given:
    """Find what every word means; `first` and `last` bound the periods of fetched sources.

    Files that are to be `written` are no tables of a folder: they are there from the last time.

    Raises UsageError for a word that means nothing, or a file that a report would take the place of,
    ReadError where nothing was fetched or no table is.
    """
    files: list[Path] = []
    found: set[Path] = set()
    passed_over: list[Path] = []
    fetched: list[StoredRelease] = []
    reports = {file.resolve() for file in written}
    for word in words:
        if not word:
            raise UsageError("a PATH is empty", hint="a variable of the shell may not be set")
        path = Path(word)
        if path.is_dir():
            if Store(path).is_store():
                return _only_store(words, path)
            tables, others = _sorted_out(path, reports)
            files += tables
            found |= {*tables}
            passed_over += others
        elif path.is_file() and path.resolve() in reports:
            raise UsageError(
                "{path} is to be read, and a report is to take its place",
                hint="choose another --output",
                path=path,
            )
        elif path.exists():
            files.append(path)
        else:
            fetched += _fetched(_source_id(word), raw, first, last)
    if (first or last) and not fetched:
        raise UsageError(
            "--from and --to choose among fetched releases, and no PATH is the id of a source",
            hint="give the source's id as the PATH; `spendaudit sources` lists them",
        )
    return Given(
        files=tuple(dict.fromkeys(files)),
        found=frozenset(found),
        passed_over=tuple(passed_over),
        fetched=tuple(fetched),
    )


def _only_store(words: Sequence[str], path: Path) -> Given:
    if len(words) > 1:
        raise UsageError(
            "{path} is a store, which is audited as a whole", hint="give it as the only PATH", path=path
        )
    return Given(store=Store(path))


def _sorted_out(folder: Path, written: set[Path]) -> tuple[list[Path], list[Path]]:
    files = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    tables = {path for path in files if path.suffix.lower() in READ and path.resolve() not in written}
    if not tables:
        raise ReadError(
            "{folder} holds no table",
            hint="tables are files whose names end in {endings}",
            folder=folder,
            endings=", ".join(sorted(READ)),
        )
    return sorted(tables), [path for path in files if path not in tables]


def _source_id(word: str) -> str:
    """Return the word if it is a source's id; say what may have been meant if it is not."""
    sources = load_sources()
    if word in sources:
        return word
    if Path(word).is_symlink():
        raise UsageError("{path} is a link that leads nowhere", hint="check where it should lead", path=word)
    if "://" in word:
        raise UsageError(
            "{path} is an address, and files are read from disk",
            hint="download it first; `spendaudit fetch ID` downloads what a known source publishes",
            path=word,
        )
    siblings = [str(path) for path in _siblings(Path(word))]
    raise UsageError(
        "there is no file or source {path}" if _ID.fullmatch(word) else "there is no file {path}",
        hint=meant(word, [*siblings, *sources], Words("check the path")),
        path=word,
    )


def _siblings(path: Path) -> Iterator[Path]:
    if path.parent.is_dir():
        yield from sorted(path.parent.iterdir())


def _fetched(source: str, raw: RawStore, first: str, last: str) -> list[StoredRelease]:
    releases = [
        release
        for release in raw.latest(source)
        if (not first or ends(release.period) >= begins(first))
        and (not last or begins(release.period) <= ends(last))
    ]
    if not releases:
        options = "".join(f" --{word} {period}" for word, period in (("from", first), ("to", last)) if period)
        raise ReadError(
            "nothing of {source} from {first} to {last} has been fetched"
            if first and last
            else "nothing of {source} from {first} has been fetched"
            if first
            else "nothing of {source} to {last} has been fetched"
            if last
            else "nothing of {source} has been fetched",
            hint="`spendaudit fetch {source}{options}` downloads it",
            source=source,
            first=first,
            last=last,
            options=options,
        )
    return releases
