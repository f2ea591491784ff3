"""Writes findings as GitLab's code quality report: what a merge request shows beside the files.

GitLab joins entries of one `fingerprint` from run to run. The gravest findings are `major`: `critical` and
`blocker` would judge, and a finding is a question. Merge requests show an entry at its first row only.
"""

from typing import Any, Final, TextIO

from spendaudit.model.findings import Severity
from spendaudit.model.run import Finding, Run
from spendaudit.report.formats import Options
from spendaudit.report.places import Places, more
from spendaudit.report.safe import plain
from spendaudit.report.to_json import write_list
from spendaudit.report.words import money

#: The first is what GitLab's own template calls the file.
SUFFIXES: Final = ("gl-code-quality-report.json", ".codequality.json")
ENCODING: Final = "utf-8"

_LEVEL: Final = {Severity.HIGH: "major", Severity.MEDIUM: "minor", Severity.LOW: "info"}


def report(run: Run, stream: TextIO, options: Options) -> None:
    """Write every finding, in order."""
    places = Places.of(run, options.root)
    write_list(stream, (_entry(finding, places) for finding in run.findings))
    stream.write("\n")


def _entry(finding: Finding, places: Places) -> dict[str, Any]:
    place = places.first(finding)
    amount = money(finding.amount, finding.currency)
    where = ", ".join(part for part in (amount, f"{place.name}{more(finding)}") if part)
    return {
        "description": f"{finding.rule} {finding.rule_name}: {plain(finding.message)} ({where})",
        "check_name": f"spendaudit/{finding.rule}",
        "fingerprint": finding.fingerprint,
        "severity": _LEVEL[finding.severity],
        "location": {"path": place.path, "lines": {"begin": place.line}},
    }
