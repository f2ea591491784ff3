"""A store that was damaged, shared or left half-written is mended by the next run, or told in plain words."""

import json
import os
import shutil
import sys
from collections import namedtuple
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from spendaudit.errors import ReadError
from spendaudit.ingest.store import Store
from spendaudit.load.copies import without_copies
from spendaudit.load.normalize import normalize
from spendaudit.load.tables import open_tables
from spendaudit.model.run import Input

LEDGER = Path(__file__).parents[1] / "fixtures" / "sources" / "gb_spend" / "ledger.csv"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def _normalised(store: Store) -> Input:
    (entry,) = normalize([LEDGER], store).inputs
    return entry


def _only(store: Store, pattern: str) -> Path:
    (path,) = store.root.glob(pattern)
    return path


def test_a_table_that_is_gone_is_made_again(store: Store) -> None:
    first = _normalised(store)
    _only(store, "tables/**/*.parquet").unlink()

    again = _normalised(store)

    assert not again.reused
    assert open_tables([again], store).frames["payments"].collect().height == first.rows_loaded


def test_a_table_of_an_older_version_is_refused_for_what_it_lacks(store: Store) -> None:
    entry = _normalised(store)
    table = _only(store, "tables/**/*.parquet")
    pl.read_parquet(table, hive_partitioning=False).drop("payee_name", "payee_kind").write_parquet(table)

    with pytest.raises(
        ReadError, match="an older version of spendaudit read it, without payee_name, payee_kind"
    ):
        open_tables([entry], store)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"sha256": 1}'])
def test_small_files_of_the_store_that_are_damaged_are_written_anew(content: str, store: Store) -> None:
    _normalised(store)
    for pattern in ("manifests/*.json", "known/*.json"):
        _only(store, pattern).write_text(content)

    again = _normalised(store)

    assert not again.reused
    assert _normalised(store).reused
    assert json.loads(_only(store, "manifests/*.json").read_text())["rows_read"] == again.rows_read


def test_a_damaged_manifest_of_another_file_is_named(store: Store) -> None:
    entry = _normalised(store)
    _only(store, "manifests/*.json").write_text("{")

    with pytest.raises(ReadError, match="the manifest is damaged") as refused:
        open_tables([entry], store)

    assert "normalise its file again" in refused.value.hint


def test_a_file_that_another_run_took_out_meanwhile_is_told(store: Store) -> None:
    entry = _normalised(store)
    _only(store, "manifests/*.json").unlink()

    with pytest.raises(ReadError, match=r"another run has taken .*ledger\.csv out of the store"):
        open_tables([entry], store)


@pytest.mark.skipif(sys.platform == "win32", reason="a killed run's claim cannot be told there")
def test_what_a_killed_run_left_is_removed_and_what_another_writes_is_not(store: Store) -> None:
    left = store.root / ".writing" / "left"
    left.mkdir(parents=True)
    (left / "0.parquet").write_bytes(b"half")

    with store.writing() as one, store.writing() as other:
        assert sorted(path.name for path in left.parent.iterdir()) == sorted([one.name, other.name])

    assert list(left.parent.iterdir()) == []


Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 as the standard library's


def test_a_full_disk_is_told_as_one_whatever_the_writer_says(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = pl.exceptions.ComputeError("Invalid thrift: transport error")

    with pytest.raises(pl.exceptions.ComputeError), store.writing():
        raise failed
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(9, 9, 0))
    with pytest.raises(OSError, match=os.strerror(28)) as full, store.writing():
        raise failed

    assert full.value.filename == str(store.root)
    assert list((store.root / ".writing").iterdir()) == []


def test_a_table_that_is_damaged_is_told_by_its_name(store: Store) -> None:
    entry = _normalised(store)
    table = _only(store, "tables/**/*.parquet")
    table.write_bytes(b"no table")
    other = replace(entry, sha256="0" * 64)

    with pytest.raises(ReadError, match=f"{table.name}: the table is damaged"):
        open_tables([entry], store)
    assert without_copies([entry, other], store) == ((entry, other), ())
