"""Runs what says whether rules are right: planted tenders, and copies of the worked example of each rule."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import measures
from measures import Data
from report import Check

_HERE = Path(__file__).parent
#: How often the worked example of each rule is planted.
_COPIES = 20


def checks(data: Data, lines: int) -> Iterator[Check]:
    """Check at one size; every value is a number of mistakes, of which none is let pass."""
    yield from _tenders(data, lines // 20)
    if not data.store.exists():
        for command in measures.normalizing(data):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    printed = _run("copies.py", str(data.store), "--copies", str(_COPIES)).splitlines()
    wrong = [one["rule"] for one in map(json.loads, printed) if not one["right"]]
    yield Check(f"rules that miss copies of their examples: {', '.join(wrong) or 'none'}", len(wrong), 0)


def _tenders(data: Data, processes: int) -> Iterator[Check]:
    folder = data.scratch / "processes"
    _run("processes.py", "--lines", str(processes), "--out", str(folder))
    found = folder / "found.json"
    files = ("audit", str(folder / "processes.jsonl"), "--store", str(folder / "store"))
    options = ("--output", str(found), "--fail-on", "never", "-qq")
    subprocess.run(measures.spendaudit(*files, *options), check=True)
    scores: list[dict[str, Any]] = json.loads(
        _run("truth.py", str(folder / "truth_processes.csv"), str(found))
    )
    for score in scores:
        lost = 2 - score["recall"] - (score["precision"] or 0.0)
        yield Check(f"{score['rule']}, lost precision and recall, {score['planted']} tenders", lost, 0.0)


def _run(script: str, *words: str) -> str:
    command = [sys.executable, str(_HERE / script), *words]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
