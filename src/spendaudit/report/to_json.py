"""Writes a run as JSON for programs: `schema_version` 1, a rule or a finding a line, always in one order.

Amounts are strings of plain digits (`"1234.5"`): a JSON number is a float to most readers, and money is
not. `file` of a member is the short content id of one of the inputs: the beginning of its `sha256`, unless
it came out of an archive.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import PurePath
from typing import Any, Final, TextIO

from spendaudit.model.run import Input, Outcome, Run
from spendaudit.report._entries import entries, put
from spendaudit.report.formats import Options
from spendaudit.report.safe import escaped

SUFFIXES: Final = (".json",)
ENCODING: Final = "utf-8"
SCHEMA_VERSION: Final = 1


def report(run: Run, stream: TextIO, options: Options) -> None:
    """Write the whole run, finding by finding, and the lists that were asked for."""
    head = {
        "id": run.id,
        "version": run.version,
        "inputs": [_input(file) for file in run.inputs],
        "settings": dict(run.settings),
    }
    stream.write(f'{{"schema_version": {SCHEMA_VERSION},\n"run": {line(head)},\n"rules": ')
    write_list(stream, (_rule(outcome) for outcome in run.outcomes))
    stream.write(',\n"findings": ')
    mark = "["
    for part in entries(run, ",\n"):
        stream.write(f"{mark}\n")
        put(stream, part)
        mark = ","
    stream.write("[]" if mark == "[" else "\n]")
    for listing in options.lists:
        for name, listed in listing.named.items():
            stream.write(f',\n"{name}": ')
            write_list(stream, listed)
    stream.write("}\n")


def write_list(stream: TextIO, entries: Iterable[Mapping[str, Any]]) -> None:
    """Write a JSON array, an entry a line: amounts as exact strings, dates in ISO 8601."""
    mark = "["
    for one in entries:
        stream.write(f"{mark}\n{line(one)}")
        mark = ","
    stream.write("[]" if mark == "[" else "\n]")


def _input(file: Input) -> dict[str, Any]:
    return {
        "path": file.name,
        "sha256": file.sha256,
        "source": file.source,
        "tables": {
            name: {
                "rows_read": counts.read,
                "rows_loaded": counts.loaded,
                "rows_merged": counts.merged,
                "rows_quarantined": counts.quarantined,
            }
            for name, counts in file.tables.items()
        },
        "rows_read": file.rows_read,
        "rows_loaded": file.rows_loaded,
        "rows_merged": file.rows_merged,
        "rows_quarantined": file.rows_quarantined,
        "encoding": file.encoding,
        "notes": list(file.notes),
    }


def _rule(outcome: Outcome) -> dict[str, Any]:
    return {
        "id": outcome.id,
        "name": outcome.name,
        "severity": outcome.severity,
        "status": outcome.state,
        "evaluated": outcome.evaluated,
        "flagged": outcome.flagged,
        "base_rate": outcome.base_rate,
        "ceiling": outcome.ceiling,
        "blunt": outcome.blunt,
        "findings": outcome.findings,
        "reason": outcome.reason,
    }


def line(value: Mapping[str, Any]) -> str:
    """Write a JSON object on one line, without signs that a terminal would obey."""
    return escaped(_ENCODER.encode(value))


def _exact(value: object) -> Any:
    match value:
        case Decimal():
            return digits(value)
        case date():
            return value.isoformat()
        case PurePath():
            return str(value)
        case frozenset() | set():
            return sorted(value)
        case Mapping():
            return dict(value)
        case _:
            raise TypeError(f"no JSON for {type(value).__name__}")


#: Made once: a run has many findings.
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=_exact)


def digits(amount: Decimal) -> str:
    """Write an amount exactly, without the zeros that its scale adds: `1234.5`, `0`, `1000`."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
