"""What was fetched lies in the store under its hash, without a suffix: it must be read all the same."""

import gzip
import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from packing import zipped

from spendaudit.__main__ import main
from spendaudit.ingest.bodies import check_body
from spendaudit.ingest.rawstore import Answer, RawStore
from spendaudit.ingest.release import Release
from spendaudit.ingest.store import Store
from spendaudit.sources import load_sources

FIXTURES = Path(__file__).parents[2] / "fixtures" / "sources"
TODAY = str(datetime.now(UTC).date())


def _cases() -> Iterator[tuple[str, Path]]:
    for source in load_sources().values():
        if source.downloads:
            for path in sorted((FIXTURES / source.id).glob("*")):
                # The registry of OCDS sends lines of JSON; its other forms come by hand.
                sent = path.suffix in {".json", ".jsonl", ".gz"} or not source.downloads.publication
                if sent and not path.name.endswith(".expected.json"):
                    yield source.id, path


def _newest(source_id: str) -> Release:
    downloads = load_sources()[source_id].downloads
    assert downloads
    *_, newest = downloads.releases("", TODAY, "41" if downloads.publication else "")
    return newest


def _as_published(path: Path, name: str) -> bytes:
    """Pack a fixture as the portal packs what it sends."""
    body = path.read_bytes()
    if name.endswith(".zip") and path.suffix != ".zip":
        return zipped({path.name: body})
    return gzip.compress(body) if name.endswith(".gz") and path.suffix != ".gz" else body


def _rows_expected(path: Path) -> int:
    told = json.loads((path.parent / f"{path.stem}.expected.json").read_text("utf-8"))
    return sum(part["read"] for part in told.get("parts", {"": told}).values())


@pytest.mark.parametrize(
    ("source_id", "path"), list(_cases()), ids=lambda value: getattr(value, "name", value)
)
def test_a_fetched_file_is_read_as_the_same_file_by_hand(
    source_id: str, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = _newest(source_id)
    arrived, by_hand = tmp_path / "arrived", tmp_path / path.name
    arrived.write_bytes(_as_published(path, release.file))
    shutil.copy(path, by_hand)
    check_body(arrived, release.url, release.file)
    answer = Answer(
        url=release.url,
        final_url=release.url,
        status=200,
        etag="",
        last_modified="",
        content_type="",
        tls_verified=True,
    )
    RawStore(tmp_path / "fetched").add(
        arrived,
        answer,
        source=source_id,
        period=release.period,
        licence="CC0-1.0",
        fetched_at=datetime.now(UTC),
        name=release.file,
    )

    entries = {}
    for word, store in ((source_id, tmp_path / "fetched"), (str(by_hand), tmp_path / "by_hand")):
        monkeypatch.setattr(sys, "argv", ["spendaudit", "normalize", word, "--store", str(store)])
        assert main() == 0
        read = [entry for entry, _ in Store(store).entries()]
        entries[word] = sorted((replace(one, path="", sha256="", member="") for one in read), key=str)

    assert entries[source_id] == entries[str(by_hand)]
    assert sum(one.rows_read for one in entries[source_id]) == _rows_expected(path)
