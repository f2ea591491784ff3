"""The raw store: every body that a portal ever sent, kept for good under the hash of its content.

    raw/<first two of the sha256>/<sha256>
    raw/manifest/<source>/<period>-<when>-<sha256>.json     one for each download, never changed
    partial/<source>/<url hash>.part                        downloads that are not complete yet
    partial/<source>/lock, partial/.hosts/<host>            who is fetching, and who is asking

A body is in `raw/` complete or not at all, and its line in the manifest comes last. One file for each line,
because two runs that append to one file, or a run killed while it does, could leave half a line.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Self
from urllib.parse import quote

from spendaudit import __version__
from spendaudit.errors import FetchError, ReadError, UsageError, of_system
from spendaudit.ingest.durable import lock, sync_folder, write_json
from spendaudit.ingest.release import file_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the portal said of a body that it sent."""

    #: Where it was asked for, and where the portal had it after all redirects.
    url: str
    final_url: str
    status: int
    etag: str
    last_modified: str
    content_type: str
    #: Every hop was encrypted and showed a valid certificate.
    tls_verified: bool
    #: The portal said how long the body is or marked its end; without, a cut looks like an end.
    end_told: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRelease(Answer):
    """One download of a release: a line of the manifest."""

    source: str
    #: `2024`, `2024-03` or `2024-03-31`.
    period: str
    sha256: str
    bytes: int
    #: In UTC.
    fetched_at: datetime
    licence: str
    #: The file's name: the same one in the same period is the same file.
    name: str
    #: How many rows the portal counted in it beforehand, where it can be asked.
    rows: int | None
    #: The spendaudit that fetched it.
    version: str

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a line of the manifest; what a later version added to it is passed over."""
        try:
            content = json.loads(path.read_text("utf-8"))
            # The first lines that were ever written lack them.
            content = {"name": file_name(content["url"]), "rows": None, "end_told": True} | content
            known = {field.name: content[field.name] for field in fields(cls)}
            return cls(**known | {"fetched_at": datetime.fromisoformat(known["fetched_at"])})
        except (ValueError, KeyError, TypeError) as error:
            raise ReadError(
                "{path}: the line of the manifest is damaged ({error})",
                hint="remove the file and fetch the period again",
                path=path,
                error=error,
            ) from error


@dataclass(frozen=True, slots=True)
class RawStore:
    """The raw half of a store; `root` is the store's own folder."""

    root: Path

    def path_of(self, sha256: str) -> Path:
        """Where the body with this hash is, or would be."""
        return self.root / "raw" / sha256[:2] / sha256

    def part_of(self, source: str, url: str) -> Path:
        """Where a download grows until it is complete."""
        name = hashlib.sha256(url.encode()).hexdigest()[:16]
        return self.root / "partial" / source / f"{name}.part"

    def releases(self, source: str) -> list[StoredRelease]:
        """Every download of a source, by period, the oldest first."""
        lines = (self.root / "raw" / "manifest" / source).glob("*.json")
        return sorted(
            map(StoredRelease.read, lines), key=lambda line: (line.period, line.name, line.fetched_at)
        )

    def latest(self, source: str) -> list[StoredRelease]:
        """Return the newest download of each file, by period.

        Hosts of portals die and their files move: the same name in the same period is the same file, wherever
        it was. One whose body was taken out of the store is left out, and its older versions with it.
        """
        newest = {(line.period, line.name): line for line in self.releases(source)}
        return [line for line in newest.values() if self.path_of(line.sha256).is_file()]

    def older(self, release: StoredRelease) -> frozenset[str]:
        """Return the hashes that a file had before this, and that are no newest version of any other."""
        lines = self.releases(release.source)
        versions = {
            line.sha256 for line in lines if (line.period, line.name) == (release.period, release.name)
        }
        newest = {(line.period, line.name): line.sha256 for line in lines}
        return frozenset(versions - set(newest.values()))

    def add(
        self,
        body: Path,
        answer: Answer,
        *,
        source: str,
        period: str,
        licence: str,
        fetched_at: datetime,
        name: str = "",
        rows: int | None = None,
    ) -> StoredRelease:
        """Move a complete body into the store, then say so in the manifest."""
        with body.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            os.fsync(stream.fileno())
        line = StoredRelease(
            **asdict(answer),
            source=source,
            period=period,
            sha256=sha256,
            bytes=body.stat().st_size,
            fetched_at=fetched_at,
            licence=licence,
            name=name or file_name(answer.url),
            rows=rows,
            version=__version__,
        )
        target = self.path_of(sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            body.unlink()
        else:
            body.replace(target)
            sync_folder(target.parent)
        place = f"{quote(period, safe='')}-{fetched_at:%Y%m%dT%H%M%S%f}-{sha256[:12]}.json"
        content = asdict(line) | {"fetched_at": fetched_at.isoformat()}
        write_json(self.root / "raw" / "manifest" / source / place, content)
        return line

    @contextmanager
    def claim(self, source: str) -> Iterator[None]:
        """Keep other runs from fetching the same source: two would write into one another's parts.

        The claim ends with the process, however it ends. Raises `FetchError` when another run holds it, and
        `UsageError` when nothing can be written here.
        """
        place = self.root / "partial" / source / "lock"
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            stream = place.open("wb")
        except OSError as error:
            raise UsageError(
                "{store}: cannot write to the store ({error})",
                hint="choose another with --store",
                store=self.root,
                error=of_system(error),
            ) from error
        with stream:
            if not lock(stream.fileno()):
                raise FetchError(
                    "another run is fetching {source} into {store}",
                    hint="wait until it ends, then try again",
                    source=source,
                    store=self.root,
                )
            yield

    @contextmanager
    def turn(self, host: str, wait: Callable[[], None]) -> Iterator[None]:
        """Keep other runs that use this store from asking the same host at the same time.

        `wait` is called again and again while another run holds it.
        """
        place = self.root / "partial" / ".hosts" / quote(host, safe="")
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("wb") as stream:
            while not lock(stream.fileno()):
                wait()
            yield
