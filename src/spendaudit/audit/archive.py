"""Where is a run kept, so that a later command can explain it? Below the store, by the run's id.

    runs/<run id>/run.json  findings.parquet  members.parquet  rows_<table>.parquet
    runs/latest             the id of the run that was kept last

A run is written aside and renamed: killing it at any moment leaves the runs that were there. What is kept
names persons as the portal did, like the tables of the store; masking is for what is shown.
"""

import json
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import polars as pl

from spendaudit.errors import ReadError, UsageError
from spendaudit.model.findings import TOTAL, Severity
from spendaudit.model.run import Counts, Finding, Input, Members, Outcome, Run, State

_LATEST: Final = "latest"
#: Raised when the files below a run's folder change their shape.
_FORMAT: Final = 2
_FINDINGS: Final = pl.Schema(
    {
        "fingerprint": pl.String(),
        "rule": pl.String(),
        "rule_name": pl.String(),
        "rule_version": pl.Int64(),
        "severity": pl.String(),
        "amount": TOTAL,
        "currency": pl.String(),
        "starts": pl.Date(),
        "ends": pl.Date(),
        "message": pl.String(),
        "facts": pl.String(),
        "members": pl.Int64(),
    }
)


def save(run: Run, store: Path) -> Path:
    """Keep a run; return its folder. A run of the same id is replaced by it."""
    folder = store / "runs" / run.id
    aside = store / "runs" / f".{uuid.uuid4().hex}"
    aside.mkdir(parents=True)
    try:
        _write(run, aside)
        gone = aside.with_suffix(".old")
        if folder.exists():
            folder.rename(gone)
        aside.rename(folder)
        shutil.rmtree(gone, ignore_errors=True)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    note = store / "runs" / f".{uuid.uuid4().hex}"
    note.write_text(run.id, "ascii")
    note.replace(store / "runs" / _LATEST)
    return folder


def load(store: Path, run_id: str = "") -> Run:
    """Return a kept run by its id, or the one that was kept last.

    Raises UsageError when there is none, ReadError when another version kept it in another shape.
    """
    runs = store / "runs"
    if not run_id:
        latest = runs / _LATEST
        if not latest.exists():
            raise UsageError(f"{store} keeps no run", hint="run `spendaudit audit` first")
        run_id = latest.read_text("ascii").strip()
    folder = runs / run_id
    if Path(run_id).name != run_id or not (folder / "run.json").exists():
        raise UsageError(f"{store} keeps no run {run_id}", hint="run `spendaudit audit` again")
    kept = json.loads((folder / "run.json").read_text("utf-8"))
    if kept.pop("format") != _FORMAT:
        raise ReadError(f"{folder} was written by spendaudit {kept['version']}", hint="run the audit again")
    return Run(
        id=kept["id"],
        version=kept["version"],
        inputs=tuple(_input(entry) for entry in kept["inputs"]),
        settings=kept["settings"],
        outcomes=tuple(_outcome(entry) for entry in kept["outcomes"]),
        findings=_read_findings(folder),
        rows=load_rows(store, run_id),
    )


def load_rows(store: Path, run_id: str) -> dict[str, pl.DataFrame]:
    """Return the flagged rows of a kept run by table, as they were published."""
    files = sorted((store / "runs" / run_id).glob("rows_*.parquet"))
    return {file.stem.removeprefix("rows_"): pl.read_parquet(file) for file in files}


def _write(run: Run, folder: Path) -> None:
    head = {
        "format": _FORMAT,
        "id": run.id,
        "version": run.version,
        "inputs": [_fields(entry) for entry in run.inputs],
        "settings": run.settings,
        "outcomes": [_fields(outcome) for outcome in run.outcomes],
    }
    (folder / "run.json").write_text(json.dumps(head, default=dict, ensure_ascii=False, indent=1), "utf-8")
    _table(run.findings).write_parquet(folder / "findings.parquet")
    Members.joined(finding.members for finding in run.findings).write_parquet(folder / "members.parquet")
    for table, rows in run.rows.items():
        rows.write_parquet(folder / f"rows_{table}.parquet")


def _fields(entry: Input | Outcome | Counts) -> dict[str, Any]:
    """Return the fields by name. `asdict` would copy them, and a read-only mapping has no copy."""
    values = {field.name: getattr(entry, field.name) for field in fields(entry)}
    if "tables" in values:
        values["tables"] = {table: _fields(counts) for table, counts in values["tables"].items()}
    return values


def _input(entry: dict[str, Any]) -> Input:
    tables = {table: Counts(**counts) for table, counts in entry["tables"].items()}
    return Input(**entry | {"tables": tables, "notes": tuple(entry["notes"])})


def _outcome(entry: dict[str, Any]) -> Outcome:
    return Outcome(**entry | {"severity": Severity(entry["severity"]), "state": State(entry["state"])})


def _table(findings: Sequence[Finding]) -> pl.DataFrame:
    columns = {name: [getattr(finding, name) for finding in findings] for name in _FINDINGS} | {
        # As text: handed a Decimal, Polars imports numpy to ask whether it is one of its numbers.
        "amount": [None if finding.amount is None else f"{finding.amount:f}" for finding in findings],
        "severity": [finding.severity.value for finding in findings],
        "facts": [_FACTS.encode(finding.facts) for finding in findings],
        "members": [len(finding.members) for finding in findings],
    }
    return pl.DataFrame(columns, {**_FINDINGS, "amount": pl.String()}).cast({"amount": TOTAL})


def _read_findings(folder: Path) -> tuple[Finding, ...]:
    found = pl.read_parquet(folder / "findings.parquet")
    members = pl.read_parquet(folder / "members.parquet")
    parts = pairwise([0, *found["members"].cum_sum()])
    return tuple(
        Finding(
            **row
            | {
                "severity": Severity(row["severity"]),
                "facts": json.loads(row["facts"], object_hook=_fact),
                "members": Members(members, start, stop),
            }
        )
        for row, (start, stop) in zip(found.iter_rows(named=True), parts, strict=True)
    )


def _tagged(value: object) -> dict[str, str]:
    """Write what JSON has no type for, so that it comes back exact."""
    match value:
        case Decimal():
            return {"$decimal": str(value)}
        case date():
            return {"$date": value.isoformat()}
        case _:
            raise TypeError(f"not a fact: {value!r}")


#: Made once: a run has many findings.
_FACTS: Final = json.JSONEncoder(default=_tagged, ensure_ascii=False)


def _fact(content: dict[str, Any]) -> Any:
    match content:
        case {"$decimal": digits}:
            return Decimal(digits)
        case {"$date": day}:
            return date.fromisoformat(day)
        case _:
            return content
