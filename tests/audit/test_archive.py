import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import polars as pl
import pytest

from spendaudit.audit.archive import load, save
from spendaudit.audit.run import audit
from spendaudit.errors import ReadError, UsageError
from spendaudit.model.run import Fact, Input, Run
from spendaudit.model.tables import Tables
from spendaudit.rules._rule import Rule


@pytest.fixture
def run(rule: Rule[Any], make_tables: Callable[..., Tables], inputs: tuple[Input, ...]) -> Run:
    rows = [{"supplier_key": key, "amount": Decimal("1.25"), "supplier_name": key} for key in "aabbcc"]
    noted = replace(inputs[0], quarantine=MappingProxyType({"no date": 2}), notes=("cp1252, as stated",))
    return audit(make_tables(rows), [noted], [rule])


def test_a_run_comes_back_as_it_was_kept(run: Run, tmp_path: Path) -> None:
    save(run, tmp_path)

    kept = load(tmp_path)

    assert replace(kept, rows={}) == replace(run, rows={})
    assert [outcome.severity.rank for outcome in kept.outcomes] == [1]
    assert kept.rows["contracts"].equals(run.rows["contracts"])
    assert kept.rows["contracts"].schema == run.rows["contracts"].schema


def test_a_full_disk_is_told_as_one(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise pl.exceptions.ComputeError("Invalid thrift: transport error")

    monkeypatch.setattr(pl.LazyFrame, "sink_parquet", fail)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=0))

    with pytest.raises(OSError, match=os.strerror(28)) as full:
        save(run, tmp_path)

    assert full.value.filename == str(tmp_path)


def test_facts_of_every_type_come_back_exact(run: Run, tmp_path: Path) -> None:
    facts: dict[str, Fact] = {
        "a": 1,
        "b": Decimal("0.10"),
        "c": date(2024, 2, 29),
        "d": None,
        "e": "$decimal {\u00f1}",
        "f": 10**15,
    }
    save(replace(run, findings=(replace(run.findings[0], facts=facts),)), tmp_path)

    assert load(tmp_path).findings[0].facts == facts


def test_a_run_without_findings_is_kept_too(run: Run, tmp_path: Path) -> None:
    save(replace(run, findings=(), rows={}), tmp_path)

    assert load(tmp_path).findings == ()


def test_the_latest_run_is_the_one_kept_last(run: Run, tmp_path: Path) -> None:
    for name in ("first", "second", "first"):
        save(replace(run, id=name), tmp_path)

    assert load(tmp_path).id == "first"
    assert load(tmp_path, "second").id == "second"
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == ["first", "latest", "second"]


def test_a_failed_save_leaves_the_runs_that_were_there(run: Run, tmp_path: Path) -> None:
    save(run, tmp_path)
    broken = replace(run, findings=(replace(run.findings[0], facts={"x": object()}),))  # type: ignore[dict-item]

    with pytest.raises(TypeError):
        save(broken, tmp_path)

    assert load(tmp_path).findings == run.findings
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == sorted([run.id, "latest"])


@pytest.mark.parametrize("run_id", ["", "0123456789abcdef", "../runs", "."])
def test_a_run_that_is_not_there_is_a_usage_error(tmp_path: Path, run_id: str) -> None:
    with pytest.raises(UsageError, match="keeps no run"):
        load(tmp_path, run_id)


def test_a_run_is_asked_for_by_its_id_not_by_a_path(run: Run, tmp_path: Path) -> None:
    save(run, tmp_path)

    with pytest.raises(UsageError, match="keeps no run"):
        load(tmp_path, f"../runs/{run.id}")


def test_a_run_of_another_shape_is_refused(run: Run, tmp_path: Path) -> None:
    head = save(run, tmp_path) / "run.json"
    head.write_text(json.dumps(json.loads(head.read_text("utf-8")) | {"format": 0}), "utf-8")

    with pytest.raises(ReadError, match="written by spendaudit"):
        load(tmp_path)


@pytest.mark.parametrize("damage", ["{", "[]", '{"format": 2}', "gone"])
def test_a_run_that_was_damaged_is_told(damage: str, run: Run, tmp_path: Path) -> None:
    folder = save(run, tmp_path)
    if damage == "gone":
        (folder / "members.parquet").unlink()
    else:
        (folder / "run.json").write_text(damage, "utf-8")

    with pytest.raises(ReadError, match="is damaged"):
        load(tmp_path)
