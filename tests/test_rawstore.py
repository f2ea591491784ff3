import hashlib
import json
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest

from spendaudit import paths
from spendaudit.errors import FetchError, ReadError, UsageError
from spendaudit.ingest.parts import Begun, Part
from spendaudit.ingest.rawstore import Answer, RawStore, StoredRelease
from spendaudit.ingest.release import file_name

SOURCE = "xx_portal"


def add(
    store: RawStore,
    body: bytes,
    day: int,
    *,
    period: str = "2024-01",
    url: str = "https://portal.example/2024-1.zip",
) -> StoredRelease:
    path = store.root / "arrived"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    answer = Answer(
        url=url,
        final_url=url,
        status=200,
        etag='"a"',
        last_modified="Thu, 01 Feb 2024 00:00:00 GMT",
        content_type="application/zip",
        tls_verified=True,
    )
    when = datetime(2024, 5, day, tzinfo=UTC)
    return store.add(path, answer, source=SOURCE, period=period, licence="CC0-1.0", fetched_at=when)


def test_a_body_is_kept_under_the_hash_of_its_content(tmp_path: Path) -> None:
    store = RawStore(tmp_path)

    line = add(store, b"one", 1)

    assert line.sha256 == hashlib.sha256(b"one").hexdigest()
    assert store.path_of(line.sha256) == tmp_path / "raw" / line.sha256[:2] / line.sha256
    assert store.path_of(line.sha256).read_bytes() == b"one"
    assert not (tmp_path / "arrived").exists()


def test_the_manifest_tells_where_when_and_under_which_licence_a_body_came(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    line = add(store, b"one", 1)

    (file,) = (tmp_path / "raw" / "manifest" / SOURCE).iterdir()
    content = json.loads(file.read_text("utf-8"))

    assert content == {
        "url": "https://portal.example/2024-1.zip",
        "final_url": "https://portal.example/2024-1.zip",
        "status": 200,
        "etag": '"a"',
        "last_modified": "Thu, 01 Feb 2024 00:00:00 GMT",
        "content_type": "application/zip",
        "tls_verified": True,
        "end_told": True,
        "source": SOURCE,
        "period": "2024-01",
        "sha256": line.sha256,
        "bytes": 3,
        "fetched_at": "2024-05-01T00:00:00+00:00",
        "licence": "CC0-1.0",
        "name": "2024-1.zip",
        "rows": None,
        "version": line.version,
    }
    assert store.releases(SOURCE) == [line]


def test_a_line_written_before_files_had_names_is_still_read(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    line = add(store, b"one", 1)
    (file,) = (tmp_path / "raw" / "manifest" / SOURCE).iterdir()
    content = json.loads(file.read_text("utf-8"))
    del content["name"], content["rows"], content["end_told"]
    file.write_text(json.dumps(content), "utf-8")

    assert store.releases(SOURCE) == [line]


def test_the_newest_body_of_a_period_is_the_latest_and_the_older_one_stays(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    old, new = add(store, b"one", 1), add(store, b"two", 2)

    assert store.latest(SOURCE) == [new]
    assert store.releases(SOURCE) == [old, new]
    assert store.path_of(old.sha256).read_bytes() == b"one"


def test_a_body_that_comes_back_is_the_latest_again_and_kept_once(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    add(store, b"one", 1)
    add(store, b"two", 2)

    again = add(store, b"one", 3)

    assert store.latest(SOURCE) == [again]
    assert len([path for path in (tmp_path / "raw").glob("??/*") if path.is_file()]) == 2


def test_files_are_given_by_period(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    for number in (3, 1, 2):
        add(store, b"%d" % number, 1, period=f"2024-0{number}", url=f"https://portal.example/{number}.zip")

    assert [line.period for line in store.latest(SOURCE)] == ["2024-01", "2024-02", "2024-03"]


def test_a_file_that_moved_to_another_host_is_the_same_file(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    add(store, b"one", 1, url="https://dead.example/data/2024-1.zip")

    new = add(store, b"two", 2, url="https://alive.example/2024-1.zip")

    assert store.latest(SOURCE) == [new]


def test_two_files_of_one_period_are_both_given(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    add(store, b"one", 1, url="https://portal.example/rows.csv?page=1")
    add(store, b"two", 1, url="https://portal.example/rows.csv?page=2")

    assert [line.name for line in store.latest(SOURCE)] == ["rows.csv?page=1", "rows.csv?page=2"]


def test_a_release_whose_body_was_taken_away_is_not_given(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    add(store, b"one", 1)
    newest = add(store, b"two", 2)

    store.path_of(newest.sha256).unlink()

    assert store.latest(SOURCE) == []


def test_a_run_that_dies_before_the_manifest_leaves_the_old_state(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    old = add(store, b"one", 1)
    manifest = tmp_path / "raw" / "manifest"
    manifest.rename(tmp_path / "aside")
    manifest.write_bytes(b"in the way")

    with pytest.raises(OSError, match="manifest"):
        add(store, b"two", 2)
    manifest.unlink()
    (tmp_path / "aside").rename(manifest)

    assert store.latest(SOURCE) == [old]
    assert add(store, b"two", 3) == store.latest(SOURCE)[0]


def test_a_file_that_a_killed_run_was_writing_is_passed_over(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    line = add(store, b"one", 1)

    (tmp_path / "raw" / "manifest" / SOURCE / "0123.writing").write_text('{"url": "https://por')

    assert store.releases(SOURCE) == [line]


def test_a_damaged_line_of_the_manifest_is_named(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    add(store, b"one", 1)
    (file,) = (tmp_path / "raw" / "manifest" / SOURCE).iterdir()

    file.write_text('{"url": "https://por')

    with pytest.raises(ReadError, match=file.name):
        store.releases(SOURCE)


def test_what_a_later_version_says_in_the_manifest_is_passed_over(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    line = add(store, b"one", 1)
    (file,) = (tmp_path / "raw" / "manifest" / SOURCE).iterdir()

    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {"mood": 12}))

    assert store.releases(SOURCE) == [line]


def test_one_source_is_fetched_by_one_run_at_a_time(tmp_path: Path) -> None:
    store = RawStore(tmp_path)

    with (
        store.claim(SOURCE),
        store.claim("another"),
        pytest.raises(FetchError, match="another run is fetching xx_portal"),
        store.claim(SOURCE),
    ):
        pass
    with store.claim(SOURCE):
        pass


def test_a_store_that_cannot_be_written_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with (
        pytest.raises(UsageError, match="cannot write to the store"),
        RawStore(tmp_path / "file").claim(SOURCE),
    ):
        pass


def test_a_part_begun_anew_has_lost_its_old_bytes_before_anything_new_is_known(tmp_path: Path) -> None:
    line = add(RawStore(tmp_path), b"one", 1)
    part = Part(tmp_path / "new" / "0123.part")
    answer = Answer(**{field.name: getattr(line, field.name) for field in fields(Answer)})
    part.begin(Begun(answer, 9), resumable=True)
    part.path.write_bytes(b"old")
    assert part.begun == Begun(answer, 9)

    part.begin(Begun(answer, 8), resumable=True)

    assert part.size == 0


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://portal.example/oc-da/2024-1.zip", "2024-1.zip"),
        ("https://portal.example/a%20b.csv", "a b.csv"),
        ("https://portal.example/rows.csv?from=1/2", "rows.csv?from=1/2"),
    ],
)
def test_a_file_is_called_as_the_portal_calls_it(url: str, name: str) -> None:
    assert file_name(url) == name


def test_the_store_is_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPENDAUDIT_STORE", str(tmp_path / "mine"))

    assert paths.default_store() == tmp_path / "mine"
    assert not (tmp_path / "mine").exists()


def test_the_store_is_among_the_users_data_when_nobody_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SPENDAUDIT_STORE", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))

    assert paths.default_store().is_relative_to(tmp_path)
    assert list(tmp_path.iterdir()) == []
