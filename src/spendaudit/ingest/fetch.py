"""Brings releases into the raw store: only what is new, nothing twice, and says what became of each."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from http import HTTPStatus
from typing import Final

from spendaudit.errors import FetchError, of_system
from spendaudit.ingest.bodies import check_body, sealed
from spendaudit.ingest.download import download
from spendaudit.ingest.hops import Line
from spendaudit.ingest.parts import Part
from spendaudit.ingest.polite import Manners, open_session
from spendaudit.ingest.rawstore import Answer, RawStore, StoredRelease
from spendaudit.ingest.refusals import absent, unlisted
from spendaudit.ingest.release import Release
from spendaudit.ingest.stated import address, check_rows, row_count
from spendaudit.wording import Words

#: How often another run's turn at a host is looked after, in seconds.
_QUEUE: Final = 1.0

#: Called with a release, the bytes that are there and how many there will be, if the portal says so.
Progress = Callable[[Release, int, int | None], None]


class Outcome(StrEnum):
    """What became of one release."""

    NEW = "new"
    #: The portal says that it has not changed (HTTP 304).
    UNCHANGED = "unchanged"
    #: It was sent again, byte by byte the same.
    SAME = "same content"
    #: The portal has changed a file that was already here; the older one stays beside it.
    REWRITTEN = "rewritten"
    UNPUBLISHED = "not published"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One release after the portal was asked for it."""

    period: str
    #: Its name in the store.
    file: str
    url: str
    outcome: Outcome
    #: What the store holds of it now.
    stored: StoredRelease | None = None
    #: What the store held of it before.
    previous: StoredRelease | None = None
    error: FetchError | None = None

    @property
    def note(self) -> Words:
        """What a reader should know beyond the outcome."""
        if self.error:
            return self.error.said
        if self.outcome is Outcome.REWRITTEN and self.previous:
            return Words(
                "rewritten since {day}; the older file is kept", day=f"{self.previous.fetched_at:%Y-%m-%d}"
            )
        if self.stored and self.stored.url.startswith("https:") and not self.stored.tls_verified:
            return Words("the certificate was not verified")
        if self.stored and not (self.stored.end_told or self.stored.rows is not None or sealed(self.file)):
            return Words("the portal did not say where the file ends: it may have been cut")
        return Words("")


def fetch(
    releases: Iterable[Release],
    *,
    source_id: str,
    licence: str,
    store: RawStore,
    delay: float,
    manners: Manners | None = None,
    progress: Progress = lambda _release, _arrived, _total: None,
    enough: Callable[[Fetched], bool] = lambda _fetched: False,
) -> list[Fetched]:
    """Ask for every release in turn, `delay` seconds apart, and store what is new, until one is `enough`.

    A release that fails does not stop the others; `failure` sums up. Raises `FetchError` when another run is
    fetching the same source, `UsageError` when the store cannot be written. Interrupted, it leaves what had
    arrived for the next run.
    """
    manners = manners or Manners()
    results: list[Fetched] = []
    with store.claim(source_id), open_session(manners, delay) as session:
        held = {(stored.period, stored.name): stored for stored in store.latest(source_id)}
        line = Line(session=session, manners=manners, delay=delay, turn=partial(_turn, store, manners))
        visit = _Visit(source=source_id, licence=licence, store=store, line=line, progress=progress)
        for release in releases:
            results.append(visit.bring(release, held.get((release.period, release.file))))
            if enough(results[-1]):
                break
    return results


def _turn(store: RawStore, manners: Manners, host: str) -> AbstractContextManager[None]:
    told = False

    def wait() -> None:
        nonlocal told
        if not told:
            manners.queue(host)
        told = True
        manners.sleep(_QUEUE)

    return store.turn(host, wait)


def failure(results: Sequence[Fetched]) -> FetchError | None:
    """Sum up what could not be fetched; None when all was."""
    errors = [(result.period, result.error) for result in results if result.error]
    if len(results) == 1 and errors:
        return errors[0][1]
    if not errors:
        return None
    periods = ", ".join(period for period, _ in errors)
    _, first = errors[0]
    return FetchError(
        "{failed} of {all} files could not be fetched ({periods}): {first}",
        hint=first.advice,
        failed=len(errors),
        all=len(results),
        periods=periods,
        first=first,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """All that is the same for every release of one run."""

    source: str
    licence: str
    store: RawStore
    line: Line
    progress: Progress

    def bring(self, release: Release, previous: StoredRelease | None) -> Fetched:
        """Ask for one release; what goes wrong is part of the result."""
        ended = partial(Fetched, period=release.period, file=release.file, url=release.url, previous=previous)
        try:
            url = address(self.line, release)
            rows = row_count(self.line, release)
            answer = self._download(release, url, previous) if url else None
            if answer and answer.status == HTTPStatus.NOT_MODIFIED:
                return ended(outcome=Outcome.UNCHANGED, stored=previous)
            if answer is None or answer.status != HTTPStatus.OK:
                error = self._absence(release, answer, previous)
                return ended(outcome=Outcome.UNPUBLISHED, stored=previous, error=error)
            stored = self._keep(release, answer, rows)
        except FetchError as error:
            return ended(outcome=Outcome.FAILED, stored=previous, error=error)
        except OSError as error:
            full = FetchError(
                "{url}: cannot write to the store at {store} ({error})",
                hint="make room or choose another folder with --store",
                url=release.url,
                store=self.store.root,
                error=of_system(error),
            )
            return ended(outcome=Outcome.FAILED, stored=previous, error=full)
        if previous is None:
            return ended(outcome=Outcome.NEW, stored=stored)
        same = previous.sha256 == stored.sha256
        return ended(outcome=Outcome.SAME if same else Outcome.REWRITTEN, stored=stored)

    def _download(self, release: Release, url: str, previous: StoredRelease | None) -> Answer:
        return download(
            self.line,
            url,
            self._part(url),
            conditions=_conditions(url, previous),
            watch=partial(self.progress, release),
        )

    def _keep(self, release: Release, answer: Answer, rows: int | None) -> StoredRelease:
        part = self._part(answer.url)
        try:
            check_body(part.path, answer.url, release.file)
            if rows is not None:
                check_rows(part.path, answer.url, rows)
        except FetchError:
            part.discard()
            raise
        stored = self.store.add(
            part.path,
            answer,
            source=self.source,
            period=release.period,
            licence=self.licence,
            fetched_at=datetime.now(UTC),
            name=release.file,
            rows=rows,
        )
        part.discard()
        return stored

    def _absence(self, release: Release, answer: Answer | None, previous: StoredRelease | None) -> FetchError:
        if answer is None:
            return unlisted(release.url, release.period, source=self.source)
        since = f"{previous.fetched_at:%Y-%m-%d}" if previous else ""
        return absent(answer.url, release.period, answer.status, source=self.source, held_since=since)

    def _part(self, url: str) -> Part:
        return Part(self.store.part_of(self.source, url))


def _conditions(url: str, previous: StoredRelease | None) -> dict[str, str]:
    """Ask for the body only if it is another one than the store's. Validators hold for one URL only."""
    if previous is None or previous.url != url:
        return {}
    validators = {"If-None-Match": previous.etag, "If-Modified-Since": previous.last_modified}
    return {name: value for name, value in validators.items() if value}
