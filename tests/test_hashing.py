"""A file's hash is worked out beside other work, and only for as long as somebody wants it."""

import hashlib
import threading
from pathlib import Path

import pytest

from spendaudit.ingest.hashing import Hashing


def test_the_hash_is_that_of_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abc" * 1_000_000)

    with Hashing(path) as hashing:
        found = hashing.sha256()

    assert found == hashlib.sha256(b"abc" * 1_000_000).hexdigest()


def test_leaving_early_ends_the_work(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abc" * 10_000_000)
    before = threading.active_count()

    with Hashing(path):
        pass

    assert threading.active_count() == before


def test_a_file_that_is_gone_is_an_error_where_its_hash_is_asked_for(tmp_path: Path) -> None:
    with Hashing(tmp_path / "file") as hashing, pytest.raises(FileNotFoundError):
        hashing.sha256()


def test_a_part_of_a_file_has_no_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abc" * 1_000_000)

    class Short:
        def update(self, _block: bytes) -> None:
            raise MemoryError

    monkeypatch.setattr("spendaudit.ingest.hashing.hashlib.sha256", Short)
    with Hashing(path) as hashing, pytest.raises(MemoryError):
        hashing.sha256()
