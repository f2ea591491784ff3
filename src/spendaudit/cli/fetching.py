"""Fetches what was asked for, shows what became of it, and fails in the end when something is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from time import sleep
from typing import Final

from spendaudit.cli.downloads import plan, results, watched
from spendaudit.cli.notes import Notes
from spendaudit.cli.outputs import standard_output
from spendaudit.errors import UsageError
from spendaudit.ingest.fetch import Fetched, Outcome, failure, fetch
from spendaudit.ingest.periods import begins
from spendaudit.ingest.polite import Manners
from spendaudit.ingest.rawstore import RawStore
from spendaudit.ingest.release import Release
from spendaudit.paths import default_store
from spendaudit.report.screen import show
from spendaudit.sources import load_sources
from spendaudit.sources._releases import Downloads
from spendaudit.sources._source import Source

#: Waits from this many seconds on are told: a bar that stands still looks broken.
_LONG: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which files of which source go into which store."""

    source: Source
    downloads: Downloads
    releases: tuple[Release, ...]
    first: str
    #: No last period was named: the portal may end before today.
    open_ended: bool
    store: RawStore


def choose(source_id: str, first: str, last: str, store: Path | None) -> Wanted:
    """Find the files from the first period to the last, or to today. Raises UsageError."""
    source = _source(source_id)
    if source.downloads is None:
        raise UsageError(
            f"the addresses of the files of {source.id} cannot be known beforehand",
            hint=f"get the files from {source.homepage} and audit them",
        )
    today = datetime.now(UTC).date()
    if begins(first) > today:
        raise UsageError(f"{first} is still to come", hint=f"today is {today}")
    releases = source.downloads.releases(first, last or str(today))
    return Wanted(
        source=source,
        downloads=source.downloads,
        releases=tuple(release for release in releases if begins(release.period) <= today),
        first=first,
        open_ended=not last,
        store=RawStore(store or default_store()),
    )


def preview(wanted: Wanted) -> None:
    """Show what would be asked for."""
    held = wanted.store.latest(wanted.source.id)
    show(standard_output(), lambda _screen: plan(wanted.releases, held))


def keep(wanted: Wanted, notes: Notes) -> None:
    """Fetch, and show what became of every file. Raises FetchError after the last one if any is missing."""
    source = wanted.source

    def wait(seconds: float) -> None:
        if seconds > max(_LONG, wanted.downloads.delay):
            notes.say(f"the portal is asked again in {seconds:.0f} seconds")
        sleep(seconds)

    with watched([release.period for release in wanted.releases], quiet=notes.quiet) as progress:
        try:
            fetched = fetch(
                wanted.releases,
                source_id=source.id,
                licence=source.licence,
                store=wanted.store,
                delay=wanted.downloads.delay,
                manners=Manners(sleep=wait),
                progress=progress,
            )
        except KeyboardInterrupt:
            notes.say("what had arrived is kept: the same command goes on from there")
            raise
    if notes.quiet <= 1:
        show(standard_output(), lambda _screen: results(fetched))
    if error := failure(_due(fetched) if wanted.open_ended else fetched):
        raise error
    notes.say(f"kept in {wanted.store.root}: `spendaudit audit {source.id} --from {wanted.first}` reads it")


def _source(source_id: str) -> Source:
    sources = load_sources()
    if source_id not in sources:
        near = get_close_matches(source_id, sources, n=1)
        hint = f"did you mean {near[0]}?" if near else "`spendaudit sources` lists them"
        raise UsageError(f"there is no source {source_id}", hint=hint)
    return sources[source_id]


def _due(fetched: Sequence[Fetched]) -> Sequence[Fetched]:
    """Leave out the periods after the newest that the portal has; all are due when it has none."""
    there = [place for place, one in enumerate(fetched) if one.outcome is not Outcome.UNPUBLISHED]
    return fetched[: there[-1] + 1] if there else fetched
