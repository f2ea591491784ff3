"""Measures spendaudit on made-up purchase orders: speed, memory, and what it finds of what was planted.

    python bench/run.py --lines 1000000 --lines 10000000 --runs 3
    python bench/run.py --part forms
    python bench/run.py --part releases --lines 100000

Every figure is of a whole process, start of the interpreter included. Commands that are compared take turns
(A B A B ...); ratios are medians of the ratios of such pairs, times are medians, peaks are the largest.
"""

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Container, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import beside
import growth
import labels
import measures
import proof
import published
import timing
from measures import Data, Measure
from report import Check, Report, described, printed

_HERE = Path(__file__).parent
#: The modules that the data depends on: when one has changed, the data is made anew.
_GENERATOR = (
    *("budget", "cases", "concentration", "generate", "labels", "law", "order_cells", "parties"),
    *("payments", "plan", "planter", "render", "splits", "wording", "words"),
)
_PARTS = ("reading", "rules", "whole", "forms", "releases", "truth")
#: Goals are stated from so many lines on; below, starting the interpreter weighs too much.
_READING_FROM = 1_000_000
_RULES_FROM = 10_000_000


def made(lines: int, folder: Path) -> Data:
    """Find the files of one size; make them up where they are missing."""
    label = labels.label(lines)
    data = Data(
        folder / f"orders_{label}.csv",
        folder / f"payments_{label}.csv",
        folder / "budget.csv",
        folder / f"truth_{label}.csv",
        folder / "scratch",
    )
    written = max((_HERE / f"{module}.py").stat().st_mtime for module in _GENERATOR)
    files = (data.orders, data.payments, data.budget, data.truth)
    if not all(path.exists() and path.stat().st_mtime >= written for path in files):
        _say(f"making up {lines:,} lines in {folder} ...")
        command = [sys.executable, str(_HERE / "generate.py"), f"--lines={lines}", f"--out={folder}"]
        subprocess.run(command, check=True)
    data.scratch.mkdir(parents=True, exist_ok=True)
    return data


Samples = dict[str, list[timing.Sample]]


def take_turns(report: Report, group: list[Measure], asked: argparse.Namespace, log: Path) -> Samples:
    """Run the commands of a group one after the other, as often as asked; leave out one that fails."""
    samples: Samples = {one.name: [] for one in group}
    for turn in range(asked.warmup + asked.runs):
        for one in (one for one in group if one.name in samples):
            one.prepare()
            try:
                sample = timing.run(one.command, log)
            except timing.FailedError as error:
                report.failures.append(f"{one.name}: {error}")
                del samples[one.name]
                continue
            counted = turn >= asked.warmup
            _say(f"  {one.name}: {sample.wall:.2f} s, {sample.peak:.0f} MiB{'' if counted else ' (warm-up)'}")
            if counted:
                samples[one.name].append(sample)
    return samples


def measure(report: Report, measured: Iterable[Measure], asked: argparse.Namespace, log: Path) -> None:
    """Run the commands of a group in turn, and compare them."""
    group = list(measured)
    samples = take_turns(report, group, asked, log)
    report.figures |= {name: timing.typical(taken) for name, taken in samples.items()}
    for one in (one for one in group if one.name in samples):
        for baseline, goal in one.against.items():
            if baseline in samples:
                ratio = timing.ratio(samples[one.name], samples[baseline])
                report.ratios.setdefault(one.name, {})[baseline] = ratio
                if goal:
                    report.checks.append(Check(f"{one.name} against {baseline}", ratio.wall, goal))


def benchmark(lines: int, asked: argparse.Namespace) -> Report:
    """Measure one size."""
    data = made(lines, asked.data)
    log = data.scratch / "log.txt"
    report = Report(lines, data.orders.stat().st_size)
    needs = measures.parsed(_printed(measures.drive("needs")))
    if "reading" in asked.parts:
        measure(report, measures.reading(data, needs["columns"], stated=lines >= _READING_FROM), asked, log)
        if peak := report.figures.get(measures.NORMALIZE):
            report.checks.append(Check("normalize, peak MiB", peak.peak, measures.PEAK))
    if "rules" in asked.parts:
        shutil.rmtree(data.store, ignore_errors=True)
        data.findings.unlink(missing_ok=True)
        try:
            for command in measures.normalizing(data):
                timing.run(command, log)
            stated = lines >= _RULES_FROM
            measure(report, measures.auditing(data, needs["rules"], stated=stated), asked, log)
            for name, most in measures.MEMORY.items() if stated else ():
                if figure := report.figures.get(name):
                    report.checks.append(Check(f"{name}, peak MiB", figure.peak, most))
            beside.by_rule(report, data)
            beside.beside(report, data, asked.runs, stated=stated)
        except timing.FailedError as error:
            report.failures.append(str(error))
        report.scores = scored(report, data, needs["rules"])
    if "truth" in asked.parts:
        report.checks += proof.checks(data, lines)
    if "whole" in asked.parts:
        measure(report, [measures.whole(data)], asked, log)
    return report


def releases(lines: int, asked: argparse.Namespace) -> Report:
    """Measure compiled releases of OCDS, so many lines of them."""
    path = published.made(lines, asked.data, _say)
    scratch = asked.data / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    report = Report(lines, path.stat().st_size)
    try:
        published.filled(path, scratch)
        measure(report, published.compared(path, scratch), asked, scratch / "log.txt")
    except timing.FailedError as error:
        report.failures.append(str(error))
    published.judged(report)
    return report


def scored(report: Report, data: Data, rules: Container[str]) -> list[dict[str, Any]]:
    """Hold what the rules found against what was planted for them."""
    if not data.findings.exists():
        return []
    scores = [score for score in json.loads(_printed(measures.score(data))) if score["rule"] in rules]
    for score in scores:
        if score["rule"] in measures.EXACT:
            lost = 2 - score["recall"] - (score["precision"] or 0.0)
            report.checks.append(Check(f"{score['rule']}, lost precision and recall", lost, 0.0))
    return scores


def flat(reports: list[Report]) -> None:
    """Compare the peak of normalising between the smallest size and the others."""
    if not reports:
        return
    smallest, *others = sorted(reports, key=lambda report: report.lines)
    least = smallest.figures.get(measures.NORMALIZE)
    for report in others:
        if least and (peak := report.figures.get(measures.NORMALIZE)):
            what = f"normalize, peak against that of {smallest.lines:,} lines"
            report.checks.append(Check(what, peak.peak / least.peak, measures.FLAT))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _printed(command: tuple[str, ...]) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, action="append", help="a size; may be repeated (1000000)")
    parser.add_argument("--runs", type=int, default=3, help="counted runs of each command")
    parser.add_argument("--warmup", type=int, default=1, help="rounds before them that are not counted")
    parser.add_argument("--data", type=Path, default=_HERE / "data", help="where the files are, or are made")
    parser.add_argument(
        "--part", choices=_PARTS, action="append", help="measure this part only; may be repeated"
    )
    parser.add_argument("--json", type=Path, help="write the figures to a file too")
    parser.add_argument("--check", action="store_true", help="fail when a goal is missed or a command fails")
    return parser.parse_args()


def main() -> int:
    """Measure every size, print, and with `--check` answer for the goals."""
    asked = _options()
    asked.parts = asked.part or _PARTS
    of_lines = set(asked.parts) - {"forms", "releases"}
    sizes = asked.lines or [1_000_000]
    reports = [benchmark(lines, asked) for lines in sizes if of_lines]
    flat(reports)
    if "releases" in asked.parts:
        reports += [releases(lines, asked) for lines in sizes]
    forms = growth.measured(asked.data, _say) if "forms" in asked.parts else growth.Growth()
    machine = described()
    print(", ".join(f"{name} {value}" for name, value in machine.items()), end="\n\n")
    for report in reports:
        print("\n".join([*printed(report), *beside.printed(report)]))
    if "forms" in asked.parts:
        print("\n".join(growth.printed(forms)))
    if asked.json:
        content = {
            "machine": machine,
            "sizes": [asdict(report) for report in reports],
            "forms": asdict(forms),
        }
        asked.json.write_text(json.dumps(content, indent=1), "utf-8")
    failures = [*forms.failures, *(failure for report in reports for failure in report.failures)]
    checks = [*forms.checks, *(check for report in reports for check in report.checks)]
    missed = failures or not all(check.met for check in checks)
    return 1 if asked.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
