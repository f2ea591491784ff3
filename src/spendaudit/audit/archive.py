"""Where is a run kept, so that a later command can explain it? Below the store, by the run's id.

    runs/<run id>/run.json  findings.parquet  members.parquet  rows_<table>.parquet
    runs/latest             the id of the run that was kept last

A run is written aside and renamed: killing it at any moment leaves the runs that were there. What is kept
names persons as the portal did, like the tables of the store; masking is for what is shown.
"""

import json
import shutil
import uuid
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import polars as pl

from spendaudit.engine.aside import plans
from spendaudit.engine.local import write
from spendaudit.errors import ReadError, UsageError
from spendaudit.model.disks import watched
from spendaudit.model.findings import Severity
from spendaudit.model.found import FOUND, Findings
from spendaudit.model.run import Counts, Input, Outcome, Run, State

_LATEST: Final = "latest"
#: Raised when the files below a run's folder change their shape.
_FORMAT: Final = 2
#: What files raise that were cut short, are gone, or were written by hand or by another version.
_DAMAGE: Final = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    FileNotFoundError,
    pl.exceptions.PolarsError,
)

#: Rows that are laid out to be written at once: all that waits is memory.
_ROW_GROUP: Final = 16_384

#: Of zstd: less work than the usual 3 makes, for files that are as large.
_LEVEL: Final = 1


def save(run: Run, store: Path) -> Path:
    """Keep a run; return its folder. A run of the same id is replaced by it."""
    folder = store / "runs" / run.id
    aside = store / "runs" / f".{uuid.uuid4().hex}"
    aside.mkdir(parents=True)
    try:
        with watched(aside, store):
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
            raise UsageError("{store} keeps no run", hint="run `spendaudit audit` first", store=store)
        run_id = latest.read_text("ascii").strip()
    folder = runs / run_id
    if Path(run_id).name != run_id or not (folder / "run.json").exists():
        raise UsageError(
            "{store} keeps no run {run_id}", hint="run `spendaudit audit` again", store=store, run_id=run_id
        )
    try:
        return _read(store, folder)
    except _DAMAGE as error:
        raise ReadError("{folder} is damaged", hint="run the audit again", folder=folder) from error


def _read(store: Path, folder: Path) -> Run:
    kept = json.loads((folder / "run.json").read_text("utf-8"))
    if kept.pop("format") != _FORMAT:
        raise ReadError(
            "{folder} was written by spendaudit {version}",
            hint="run the audit again",
            folder=folder,
            version=kept["version"],
        )
    return Run(
        id=kept["id"],
        version=kept["version"],
        inputs=tuple(_input(entry) for entry in kept["inputs"]),
        settings=kept["settings"],
        outcomes=tuple(_outcome(entry) for entry in kept["outcomes"]),
        findings=Findings.laid(
            pl.read_parquet(folder / "findings.parquet"), pl.read_parquet(folder / "members.parquet")
        ),
        rows=load_rows(store, folder.name),
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
    found = Findings.of(run.findings)
    tables = {"findings": found.frame.lazy().select(FOUND.names()), "members": found.plan}
    tables |= {f"rows_{table}": plan for table, plan in plans(run.rows).items()}
    for name, plan in tables.items():
        write(plan, folder / f"{name}.parquet", compression_level=_LEVEL, row_group_size=_ROW_GROUP)


def _fields(entry: Input | Outcome | Counts) -> dict[str, Any]:
    """Return the fields by name. `asdict` would copy them, and a read-only mapping has no copy."""
    values = {field.name: getattr(entry, field.name) for field in fields(entry) if field.compare}
    if "tables" in values:
        values["tables"] = {table: _fields(counts) for table, counts in values["tables"].items()}
    return values


def _input(entry: dict[str, Any]) -> Input:
    tables = {table: Counts(**counts) for table, counts in entry["tables"].items()}
    return Input(**entry | {"tables": tables, "notes": tuple(entry["notes"])})


def _outcome(entry: dict[str, Any]) -> Outcome:
    return Outcome(**entry | {"severity": Severity(entry["severity"]), "state": State(entry["state"])})
