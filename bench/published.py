"""Measures files of compiled OCDS releases, a line each: from lines to tables, and Cardinal's questions.

The measure is what Python takes to read the same lines with the parser of its standard library, in turns.
"""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import labels
import measures
import timing
from measures import Measure
from report import Check, Report

_HERE: Final = Path(__file__).parent
#: The modules that the data depends on: when one has changed, the data is made anew.
_GENERATOR: Final = ("awards", "compiled", "releases")

#: Rules that Cardinal has, too, by their numbers in the guide of the Open Contracting Partnership.
ASKED: Final = "R003,R018,R024,R025,R028,R030,R035,R036,R038,R048,R058"

_PARSED: Final = "json, every line"
_NORMALIZE: Final = "normalize"
_WHOLE: Final = "eleven rules, from lines"
_RULES: Final = "eleven rules, normalized"
#: The most times of reading with `json` that they may take; stated from so many lines on.
_GOALS: Final = {_WHOLE: 0.45, _RULES: 0.10}
_STATED: Final = 1_000_000
#: The most memory of all processes together, in MiB.
_PEAK: Final = 800


def made(lines: int, folder: Path, say: Callable[[str], None]) -> Path:
    """Find the file of one size; make it up where it is missing."""
    path = folder / f"releases_{labels.label(lines)}.jsonl"
    written = max((_HERE / f"{module}.py").stat().st_mtime for module in _GENERATOR)
    if not (path.exists() and path.stat().st_mtime >= written):
        folder.mkdir(parents=True, exist_ok=True)
        say(f"making up {lines:,} releases in {folder} ...")
        command = (sys.executable, str(_HERE / "compiled.py"), f"--lines={lines}", f"--out={path}")
        subprocess.run(command, check=True)
    return path


def compared(path: Path, scratch: Path) -> Iterator[Measure]:
    """Name what is timed in turns; the store must be filled."""
    fresh, output = scratch / "fresh", str(scratch / "releases.json")
    yield Measure(name=_PARSED, command=measures.drive("parsed", str(path)))
    normalize = measures.spendaudit("normalize", str(path), "--store", str(fresh), "-q")
    yield Measure(name=_NORMALIZE, command=normalize, against={_PARSED: 0}, fresh=fresh)
    asked = ("--select", ASKED, "--output", output, "--fail-on", "never", "-q")
    whole = measures.spendaudit("audit", str(path), "--store", str(fresh), *asked)
    yield Measure(name=_WHOLE, command=whole, against={_PARSED: 0}, fresh=fresh)
    rules = measures.spendaudit("audit", str(scratch / "released"), *asked)
    yield Measure(name=_RULES, command=rules, against={_PARSED: 0})


def filled(path: Path, scratch: Path) -> None:
    """Lay the ground for timing rules by themselves. Raises FailedError."""
    store = scratch / "released"
    shutil.rmtree(store, ignore_errors=True)
    words = ("normalize", str(path), "--store", str(store), "-q")
    timing.run(measures.spendaudit(*words), scratch / "log.txt")


def judged(report: Report) -> None:
    """Hold the figures against what is stated."""
    for name, most in _GOALS.items():
        ratio = report.ratios.get(name, {}).get(_PARSED)
        if ratio and report.lines >= _STATED:
            report.checks.append(Check(f"{name} against {_PARSED}", ratio.wall, most))
    for name in (_WHOLE, _RULES):
        if figure := report.figures.get(name):
            report.checks.append(Check(f"{name}, peak MiB of all processes", figure.peak, _PEAK))
