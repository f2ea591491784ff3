"""Times every rule by itself, and some beside the same question in SQL, the answers being equal."""

import json
import subprocess
from collections.abc import Iterable, Iterator
from statistics import median
from typing import Any, Final

import measures
from measures import Data
from report import Check, Report
from twins import TWINS

#: The most times of DuckDB's time that a rule may take, and all of them together.
_ONE: Final = 1.25
_ALL: Final = 1.0
_BOOK: Final = f"all {len(TWINS)}"

_CLOCKS: Final = ("wall", "cpu")

Told = list[dict[str, Any]]


def by_rule(report: Report, data: Data) -> None:
    """Time the search of each rule where all are asked in one process."""
    report.rules = _told("each", data, ())


def beside(report: Report, data: Data, runs: int, *, stated: bool) -> None:
    """Ask rules and DuckDB the same questions in turn, all in one process of each.

    What rules share, reading tables and counting what can be judged, is borne by each in equal parts. What
    is compared is the time from opening the tables to the answer, not that of starting Python.
    """
    turns = []
    for _ in range(runs):
        shared, *ours = _told("each", data, TWINS)
        theirs = _told("twins", data, TWINS)
        report.failures += _different(ours, theirs)
        for one in ours:
            one |= {clock: one[clock] + shared[clock] / len(ours) for clock in _CLOCKS}
        turns.append([{one["rule"]: one for one in told} for told in (ours, theirs)])
    for rules in [*((rule,) for rule in TWINS), tuple(TWINS)]:
        row: dict[str, Any] = {"rule": rules[0] if len(rules) == 1 else _BOOK}
        for clock in _CLOCKS:
            spent = [[sum(told[rule][clock] for rule in rules) for told in turn] for turn in turns]
            row[clock] = median(ours for ours, _ in spent)
            row[f"duckdb_{clock}"] = median(theirs for _, theirs in spent)
            row[f"times_{clock}"] = median(ours / theirs for ours, theirs in spent)
        report.twins.append(row)
        if stated:
            most = _ONE if len(rules) == 1 else _ALL
            report.checks.append(Check(f"{row['rule']} against its SQL", row["times_wall"], most))


def printed(report: Report) -> Iterator[str]:
    """Lay both out for a person."""
    if report.rules:
        header = f"{'wall s':>9}{'cpu s':>9}{'peak MiB':>10}{'findings':>10}{'rows':>9}"
        yield f"{'search of each rule':<34}{header}"
    for one in report.rules:
        spent = f"{one['wall']:>9.3f}{one['cpu']:>9.3f}{one['peak']:>10}"
        yield f"{one['rule']:<34}{spent}{one['findings']:>10}{one['rows']:>9}"
    if report.twins:
        yield ""
        yield f"{'beside DuckDB':<34}{'wall s':>9}{'its':>9}{'times':>9}{'cpu s':>9}{'its':>9}{'times':>9}"
    for one in report.twins:
        clocks = [
            f"{one[c]:>9.2f}{one['duckdb_' + c]:>9.2f}{one['times_' + c]:>9.2f}" for c in ("wall", "cpu")
        ]
        yield f"{one['rule']:<34}{''.join(clocks)}"
    yield ""


def _told(what: str, data: Data, rules: Iterable[str]) -> Told:
    command = measures.drive(what, str(data.store), *rules)
    told: Told = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return told


def _different(ours: Told, theirs: Told) -> Iterator[str]:
    answers = {one["rule"]: _answer(one) for one in ours}
    for one in theirs:
        if answers.get(one["rule"]) != _answer(one):
            yield f"{one['rule']}: the rule answers {answers.get(one['rule'])}, SQL {_answer(one)}"


def _answer(one: dict[str, Any]) -> tuple[Any, ...]:
    return one["findings"], one["rows"], one["amount"]
