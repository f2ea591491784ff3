"""Fetches what was asked for, shows what became of it, and fails in the end when something is missing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import sleep
from typing import Final

from spendaudit.cli.downloads import plan, results, watched
from spendaudit.cli.notes import Notes
from spendaudit.errors import UsageError
from spendaudit.i18n import number, t
from spendaudit.ingest.fetch import Fetched, Outcome, failure, fetch
from spendaudit.ingest.periods import begins
from spendaudit.ingest.polite import Manners
from spendaudit.ingest.rawstore import RawStore
from spendaudit.ingest.release import Release
from spendaudit.paths import default_store
from spendaudit.report.screen import show, standard_output
from spendaudit.sources import load_sources, no_source, unpublished
from spendaudit.sources._releases import Downloads
from spendaudit.sources._source import Source
from spendaudit.wording import Words

#: Waits from this many seconds on are told: a bar that stands still looks broken.
_LONG: Final = 5.0
_MAY_BE_INSECURE: Final = Words(
    "this portal's certificate is known to fail: --insecure downloads without it, and the manifest says so"
)
#: How many periods a sample looks back for the newest that the portal has.
_LOOKS_BACK: Final = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person asks for; empty words are those that were not said."""

    source: str
    first: str = ""
    last: str = ""
    sample: bool = False
    publication: str = ""
    insecure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which files of which source go into which store."""

    request: Request
    source: Source
    downloads: Downloads
    releases: tuple[Release, ...]
    store: RawStore


def choose(request: Request, store: Path | None) -> Wanted:
    """Find the files from the first period to the last, or to today. Raises UsageError."""
    source = _source(request.source)
    downloads = source.downloads
    if downloads is None:
        raise UsageError(
            "the addresses of the files of {source} cannot be known beforehand",
            hint="get the files from {homepage} and audit them; `spendaudit sources {source}` tells more",
            source=source.id,
            homepage=source.homepage,
        )
    _check(request, downloads)
    today = datetime.now(UTC).date()
    if request.first and begins(request.first) > today:
        raise UsageError(
            "{first} is still to come", hint="today is {today}", first=request.first, today=today
        )
    named = downloads.releases(request.first, request.last or str(today), request.publication)
    releases = [release for release in named if begins(release.period) <= today]
    if request.sample:
        releases = sorted(releases, key=lambda release: begins(release.period), reverse=True)[:_LOOKS_BACK]
    return Wanted(
        request=request,
        source=source,
        downloads=downloads,
        releases=tuple(releases),
        store=RawStore(store or default_store()),
    )


def _check(request: Request, downloads: Downloads) -> None:
    """Refuse what does not go with the source."""
    if not request.first and not request.sample:
        raise UsageError(
            "from which period on?", hint="name one, as in --from 2024; or take the newest file with --sample"
        )
    if downloads.publication and not re.fullmatch(r"[A-Za-z0-9_-]+", request.publication):
        raise UsageError(
            "{source} holds many publications: which one?",
            hint="--publication names {publication}",
            source=request.source,
            publication=downloads.publication,
        )
    if request.publication and not downloads.publication:
        raise UsageError(
            "{source} is one publication",
            hint="leave --publication out: it is for others",
            source=request.source,
        )
    if request.insecure and not downloads.certificate_fails:
        raise UsageError(
            "--insecure is not for {source}: its certificate is not known to fail",
            hint="leave it out; a certificate that fails today may be mended tomorrow",
            source=request.source,
        )


def preview(wanted: Wanted) -> None:
    """Show what would be asked for."""
    held = wanted.store.latest(wanted.source.id)
    show(standard_output(), lambda _screen: plan(wanted.releases, held))


def keep(wanted: Wanted, notes: Notes) -> None:
    """Fetch, and show what became of every file. Raises FetchError after the last one if any is missing."""
    source, request = wanted.source, wanted.request
    with watched(wanted.releases, quiet=notes.quiet) as progress:
        try:
            fetched = fetch(
                wanted.releases,
                source_id=source.id,
                licence=source.licence,
                store=wanted.store,
                delay=wanted.downloads.delay,
                manners=_manners(wanted, notes),
                progress=progress,
                enough=lambda one: request.sample and one.outcome is not Outcome.UNPUBLISHED,
            )
        except KeyboardInterrupt:
            notes.say(t("what had arrived is kept: the same command goes on from there"))
            raise
    if notes.quiet <= 1:
        show(standard_output(), lambda _screen: results(fetched))
    if error := failure(_due(fetched, request)):
        raise error
    first, last = (request.first, request.last) if not request.sample else (fetched[-1].period,) * 2
    span = f" --from {first}" + (f" --to {last}" if last else "")
    command = f"`spendaudit audit {source.id}{span}`"
    notes.say(t("kept in {store}: {command} reads it", store=wanted.store.root, command=command))


def _manners(wanted: Wanted, notes: Notes) -> Manners:
    downloads = wanted.downloads

    def wait(seconds: float) -> None:
        if seconds > max(_LONG, downloads.delay):
            notes.say(t("the portal is asked again in {seconds} seconds", seconds=number(seconds)))
        sleep(seconds)

    def queue(host: str) -> None:
        notes.say(t("another run is downloading from {host}: waiting for its file to end", host=host))

    manners = Manners(sleep=wait, queue=queue, browser=downloads.browser)
    if wanted.request.insecure:
        notes.say(t("certificates are not verified: anybody on the way could have changed what arrives"))
        return replace(manners, verify=False)
    return replace(manners, certificate_hint=_MAY_BE_INSECURE) if downloads.certificate_fails else manners


def _source(source_id: str) -> Source:
    sources = load_sources()
    if source_id in unpublished():
        raise UsageError(
            "{source} publishes nothing that could be downloaded",
            hint="`spendaudit sources {source}` tells what was looked for",
            source=source_id,
        )
    if source_id not in sources:
        raise no_source(source_id, sources)
    return sources[source_id]


def _due(fetched: Sequence[Fetched], request: Request) -> Sequence[Fetched]:
    """Leave out what the portal need not have: what is newer than its newest, where no end was named."""
    there = [place for place, one in enumerate(fetched) if one.outcome is not Outcome.UNPUBLISHED]
    if not there:
        return fetched
    if request.sample:
        return fetched[there[0] :]
    return fetched if request.last else fetched[: there[-1] + 1]
