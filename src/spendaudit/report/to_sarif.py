"""Writes findings as SARIF 2.1.0: what code scanning, and editors with a viewer for it, show beside the rows.

Levels are `warning` and `note`, never `error`: a finding is a question. A finding stands at its first row; up
to 20 others are `relatedLocations`, and `properties.rows` counts them all. GitHub matches alerts from run to
run by `primaryLocationLineHash`, which is the finding's own fingerprint here. What a baseline knows is there
too, as `unchanged` and suppressed.

GitHub refuses a file with more than 25,000 results and shows 5,000 of them. So the gravest 25,000 are
written, and a notification says how many there were, and from which number on GitHub shows none.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TextIO
from urllib.parse import quote

from spendaudit.model.findings import Severity
from spendaudit.model.run import Finding, Member, Run, State
from spendaudit.report.formats import Options
from spendaudit.report.methods import Method, methods
from spendaudit.report.places import Places, more
from spendaudit.report.safe import plain
from spendaudit.report.to_json import digits, line, write_list
from spendaudit.report.words import count

SUFFIXES: Final = (".sarif", ".sarif.json")
ENCODING: Final = "utf-8"

#: What GitHub takes in one upload, and what it shows of it.
MOST_RESULTS: Final = 25_000
_SHOWN: Final = 5_000
#: GitHub takes up to 100 locations a result; twenty keep a full file under its 10 MB, compressed.
_RELATED: Final = 20
_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_HOME: Final = "https://github.com/spendaudit/spendaudit"
_LEVEL: Final = {Severity.HIGH: "warning", Severity.MEDIUM: "warning", Severity.LOW: "note"}


def report(run: Run, stream: TextIO, options: Options) -> None:
    """Write the run."""
    asked = methods(run)
    driver = {
        "name": "spendaudit",
        "version": run.version,
        "informationUri": _HOME,
        "rules": [_rule(method) for method in asked],
    }
    results = _Results(run, asked, options.root)
    stream.write(f'{{"$schema": "{_SCHEMA}",\n"version": "2.1.0",\n"runs": [{{\n')
    stream.write(f'"tool": {line({"driver": driver})},\n')
    stream.write(f'"properties": {line({"run": run.id})},\n')
    stream.write(f'"invocations": [{line(_invocation(run, asked))}],\n"artifacts": ')
    write_list(stream, results.artifacts)
    stream.write(',\n"results": ')
    write_list(stream, (results.entry(*one) for one in islice(run.with_status(), MOST_RESULTS)))
    stream.write("\n}]}\n")


def _rule(method: Method) -> dict[str, Any]:
    sections = method.reading
    entry: dict[str, Any] = {
        "id": method.outcome.id,
        "name": method.outcome.name,
        "shortDescription": {"text": method.summary},
        "fullDescription": {"text": sections.get("Why it matters", method.summary)},
        "help": {"text": method.summary},
        "defaultConfiguration": {"level": _LEVEL[method.outcome.severity]},
        "properties": {"severity": method.outcome.severity, "tags": [method.stage] if method.stage else []},
    }
    if sections and method.outcome.findings:
        # The pages of a hundred rules that found nothing would be most of the file.
        entry["help"]["text"] += "".join(f"\n\n{title}\n{text}" for title, text in sections.items())
        entry["help"]["markdown"] = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections.items())
    return entry


def _invocation(run: Run, asked: Sequence[Method]) -> dict[str, Any]:
    return {
        "executionSuccessful": True,
        "toolConfigurationNotifications": list(_unjudged(asked)),
        "toolExecutionNotifications": [_notification("warning", text) for text in _losses(run)],
    }


def _unjudged(asked: Sequence[Method]) -> Iterator[dict[str, Any]]:
    """Say which rules could judge nothing or not all: their silence is no acquittal."""
    for index, method in enumerate(asked):
        outcome = method.outcome
        if outcome.reason and outcome.state is not State.NOT_APPLICABLE:
            judged = f"judged {outcome.evaluated:,} of {count(outcome.applicable, 'row')}"
            yield _notification("note", f"{outcome.id} {judged}: {outcome.reason}") | {
                "associatedRule": {"id": outcome.id, "index": index}
            }


def _losses(run: Run) -> Iterator[str]:
    """Say what is not in this file, or will not be seen of it."""
    aside = sum(file.rows_quarantined for file in run.inputs)
    if aside:
        yield f"{count(aside, 'row')} could not be read and were put aside"
    found = len(run.findings) + len(run.known)
    if found > MOST_RESULTS:
        yield f"the first {MOST_RESULTS:,} of {found:,} findings are in this file: GitHub refuses more"
    if found > _SHOWN:
        yield f"GitHub shows {_SHOWN:,} of {found:,} findings"


def _notification(level: str, text: str) -> dict[str, Any]:
    return {"level": level, "message": _message(text)}


def _message(text: str) -> dict[str, str]:
    """Write a text that no viewer takes for a link: `[words](address)` is one in SARIF."""
    return {"text": plain(text).replace("](", "] (")}


class _Results:
    """Writes the findings of one run."""

    def __init__(self, run: Run, asked: Sequence[Method], root: str) -> None:
        self._places = Places.of(run, root)
        self._rules: Mapping[str, int] = {method.outcome.id: index for index, method in enumerate(asked)}
        digests = {file.path: file.sha256 for file in reversed(run.inputs)}
        self._files = {path: index for index, path in enumerate(sorted(digests))}
        self.artifacts = [
            {"location": {"uri": self._uri(path)}, "hashes": {"sha-256": digests[path]}}
            for path in self._files
        ]

    def entry(self, finding: Finding, status: str) -> dict[str, Any]:
        """Lay a finding out as a result."""
        others = finding.members[1 : _RELATED + 1]
        amount = None if finding.amount is None else digits(finding.amount)
        about = {"severity": finding.severity, "amount": amount, "currency": finding.currency}
        spans = {"starts": finding.starts, "ends": finding.ends}
        where = f"({self._places.first(finding).name}{more(finding)})"
        result: dict[str, Any] = {
            "ruleId": finding.rule,
            "level": _LEVEL[finding.severity],
            "message": _message(f"{finding.message} {where}"),
            "locations": [self._location(finding.members[0])],
            "partialFingerprints": {
                "primaryLocationLineHash": f"{finding.fingerprint}:1",
                "spendaudit/v1": finding.fingerprint,
            },
            "properties": {**about, **spans, "rows": len(finding.members)},
        }
        if status == "known":
            result |= {"baselineState": "unchanged", "suppressions": [{"kind": "external"}]}
        if finding.rule in self._rules:
            result["ruleIndex"] = self._rules[finding.rule]
        if others:
            result["relatedLocations"] = [
                {"id": number, **self._location(member), "message": _message(self._places[member].name)}
                for number, member in enumerate(others, start=1)
            ]
        return result

    def _location(self, member: Member) -> dict[str, Any]:
        file = self._places.files.get(member.file)
        path = file.path if file else member.file
        artifact: dict[str, Any] = {"uri": self._uri(path)}
        if path in self._files:
            artifact["index"] = self._files[path]
        return {
            "physicalLocation": {"artifactLocation": artifact, "region": {"startLine": max(member.row, 1)}}
        }

    def _uri(self, path: str) -> str:
        """Write a path as a URI, relative to the repository where the path is relative."""
        known = self._places.path(path)
        return known.as_uri() if known.is_absolute() else quote(os.fsencode(known.as_posix()))
