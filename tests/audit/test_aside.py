"""Rows that stand in files read as those in memory do, and leave nothing behind."""

import gc
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from spendaudit.audit.aside import Aside
from spendaudit.model.tables import SCHEMAS

ROWS = pl.DataFrame(
    {"contract_id": ["a", "b", "a"], "amount": ["1.5", None, "2"], "number": [4, 7, 9]},
    schema_overrides={"number": pl.UInt32()},
).cast({"amount": SCHEMAS["contracts"]["amount"]})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def some_after_some() -> Iterator[pl.DataFrame]:
    yield ROWS.head(2)
    yield ROWS.tail(1)


def test_rows_come_back_in_order_and_without_their_numbers(folder: Path) -> None:
    aside = Aside([("contracts", some_after_some()), ("items", iter([ROWS]))])

    assert [*folder.rglob("*.parquet")]
    assert aside.keys() == {"contracts", "items"}
    assert aside["contracts"].equals(ROWS.drop("number"))
    assert aside.scans["contracts"].collect().equals(ROWS)


def test_files_are_gone_when_nobody_can_ask_for_them(folder: Path) -> None:
    aside = Aside([("contracts", some_after_some())])

    del aside
    gc.collect()

    assert [*folder.iterdir()] == []
