"""Prints findings as GitHub's workflow commands: annotations of the run and of the lines of a pull request.

GitHub shows ten warnings and ten notices of a step, so the gravest come first and the last line says how many
are not shown. All of them stand in the log, and as many as GitHub takes in the step's summary: a page of
Markdown that is appended to the file that `$GITHUB_STEP_SUMMARY` names.
"""

from collections import Counter
from types import MappingProxyType
from typing import Final, TextIO

from spendaudit.model.findings import Severity
from spendaudit.model.run import Finding, Run
from spendaudit.report.formats import Options
from spendaudit.report.places import Places, more
from spendaudit.report.safe import plain
from spendaudit.report.to_md import page
from spendaudit.report.words import count, money

SUFFIXES: Final = (".github.txt",)
ENCODING: Final = "utf-8"

_LEVEL: Final = {Severity.HIGH: "warning", Severity.MEDIUM: "warning", Severity.LOW: "notice"}
#: Annotations of one level that GitHub shows of a step.
_SHOWN: Final = 10
#: GitHub refuses a summary above 1,024 KiB as a whole; steps of one job share nothing of it.
_SUMMARY: Final = 1_000_000


def report(run: Run, stream: TextIO, options: Options) -> None:
    """Write a command for each finding, gravest first."""
    places = Places.of(run, options.root)
    stream.writelines(_command(finding, places) for finding in run.findings)
    levels = Counter(_LEVEL[finding.severity] for finding in run.findings)
    hidden = sum(max(number - _SHOWN, 0) for number in levels.values())
    told = f"spendaudit: {count(len(run.findings), 'finding')}"
    if hidden:
        told += f"; GitHub shows {len(run.findings) - hidden:,} of them beside the files"
    stream.write(f"{told}\n")


def _command(finding: Finding, places: Places) -> str:
    place = places.first(finding)
    about = {
        "file": place.path,
        "line": str(place.line),
        "title": f"{finding.rule} {finding.rule_name} ({finding.severity.value})",
    }
    properties = ",".join(f"{name}={_escaped(text, ':,')}" for name, text in about.items())
    amount = money(finding.amount, finding.currency)
    where = ", ".join(part for part in (amount, f"{place.name}{more(finding)}", finding.fingerprint) if part)
    return f"::{_LEVEL[finding.severity]} {properties}::{_escaped(f'{finding.message} ({where})')}\n"


def _escaped(text: str, signs: str = "") -> str:
    """Write a text that ends neither its command nor its property."""
    text = plain(text).replace("%", "%25")
    for sign in signs:
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text


def _summary(run: Run) -> str:
    """Write the page of the step, with as many findings as GitHub takes."""
    return page(run, _SUMMARY)


APPENDED: Final = MappingProxyType({"GITHUB_STEP_SUMMARY": _summary})
