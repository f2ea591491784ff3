"""What was measured, laid out for a person."""

import os
import platform
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import timing


@dataclass(frozen=True, slots=True)
class Check:
    """One stated goal, and whether it was met."""

    what: str
    value: float
    most: float

    @property
    def met(self) -> bool:
        """Tell whether the value is within the goal."""
        return self.value <= self.most


@dataclass(slots=True)
class Report:
    """What was measured on one size."""

    lines: int
    bytes: int
    figures: dict[str, timing.Sample] = field(default_factory=dict)
    ratios: dict[str, dict[str, timing.Ratio]] = field(default_factory=dict)
    scores: list[dict[str, Any]] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    #: The search of each rule, and of some beside DuckDB (`beside.py`).
    rules: list[dict[str, Any]] = field(default_factory=list)
    twins: list[dict[str, Any]] = field(default_factory=list)


def described() -> dict[str, str]:
    """Say what was measured with, and how busy the machine is: wall times of a busy one mean little."""
    versions = {"python": platform.python_version()}
    for package in ("spendaudit", "polars", "duckdb"):
        with suppress(PackageNotFoundError):
            versions[package] = version(package)
    load = " ".join(f"{minutes:.1f}" for minutes in os.getloadavg())
    return versions | {"cpus": str(os.cpu_count()), "load": load}


def printed(report: Report) -> Iterator[str]:
    """Lay a report out for a person."""
    yield f"{report.lines:,} lines, {report.bytes / 1e9:.2f} GB"
    yield ""
    yield f"{'':<34}{'wall s':>9}{'cpu s':>9}{'peak MiB':>10}  times of"
    for name, one in report.figures.items():
        against = [
            f"{ratio.wall:.2f} (cpu {ratio.cpu:.2f}) {baseline}"
            for baseline, ratio in report.ratios.get(name, {}).items()
        ]
        yield f"{name:<34}{one.wall:>9.2f}{one.cpu:>9.2f}{one.peak:>10.0f}  {'; '.join(against)}"
    if report.scores:
        yield ""
        header = f"{'planted':>9}{'found':>9}{'findings':>10}{'precision':>11}{'recall':>8}  decoys hit"
        yield f"{'cases':<34}{header}"
    for score in report.scores:
        precision = "natural" if score["precision"] is None else f"{score['precision']:.4f}"
        yield (
            f"{score['rule']:<34}{score['planted']:>9}{score['found']:>9}{score['findings']:>10}"
            f"{precision:>11}{score['recall']:>8.4f}  {score['decoys_hit']} of {score['decoys']}"
        )
        yield from (f"    missed: {case}" for case in score["missed"])
        if score["precision"] is not None:
            yield from (f"    not planted: {members}" for members in score["unplanted"])
    if report.checks:
        yield ""
        yield f"{'goal':<66}{'is':>9}{'at most':>9}"
    for check in report.checks:
        yield f"{check.what:<66}{check.value:>9.2f}{check.most:>9.2f}  {'met' if check.met else 'MISSED'}"
    yield from ("", *(f"failed: {failure}" for failure in report.failures))
