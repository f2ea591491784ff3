"""Rows that stand in files read as those in memory do, and leave nothing behind."""

import gc
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from spendaudit.engine.aside import Aside, Kept, in_parts, remade
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
    aside = Aside({"contracts": Kept(some_after_some()), "items": Kept([ROWS])})

    assert [*folder.rglob("*.parquet")]
    assert aside.keys() == {"contracts", "items"}
    assert aside["contracts"].equals(ROWS.drop("number"))
    assert aside.kept["contracts"].lazy().collect().equals(ROWS)


def test_files_are_gone_when_nobody_can_ask_for_them(folder: Path) -> None:
    aside = Aside({"contracts": Kept(some_after_some())})

    del aside
    gc.collect()

    assert [*folder.iterdir()] == []


def test_some_rows_are_read_from_one_on(folder: Path) -> None:
    kept = Kept(some_after_some())

    assert [*folder.rglob("*.parquet")]
    assert kept.height == ROWS.height
    assert kept.slice(1, 2).equals(ROWS.slice(1, 2))


def test_tables_are_named_without_reading_them(folder: Path) -> None:
    aside = Aside({"contracts": Kept(some_after_some())})
    for file in folder.rglob("*.parquet"):
        file.unlink()

    assert "contracts" in aside
    assert "bids" not in aside


def test_what_is_made_of_rows_is_kept_as_they_were(folder: Path) -> None:
    def doubled(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.with_columns(pl.concat_str("contract_id", "contract_id"))

    apart = remade(Aside({"contracts": Kept(some_after_some())}), {"contracts": doubled})
    together = remade({"contracts": ROWS.drop("number")}, {"contracts": doubled})

    assert [part.height for part in in_parts(apart, "contracts")] == [2, 1]
    assert apart["contracts"]["contract_id"].to_list() == ["aa", "bb", "aa"]
    assert apart["contracts"].equals(together["contracts"])
    assert len([*folder.iterdir()]) == 1


def test_tables_that_nothing_is_made_of_stay_in_their_files(folder: Path) -> None:
    before = Aside({"contracts": Kept(some_after_some()), "items": Kept([ROWS])})

    after = remade(before, {"items": lambda rows: rows.head(1)})

    assert isinstance(after, Aside)
    assert after.kept["contracts"] is before.kept["contracts"]
    assert after["items"].height == 1
    assert len([*folder.iterdir()]) == 3
