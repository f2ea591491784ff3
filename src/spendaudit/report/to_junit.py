"""Writes a run as JUnit XML, which every CI server shows: a test case for each rule.

A rule fails when it found something of the severity on which the check fails (`--fail-on`), so that the
report agrees with the exit code; what it found below that stands in its output. A rule that could judge no
row is skipped, and the reason is told: it did not pass. No time is written: equal runs are equal bytes.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import compress
from typing import Final, TextIO
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from spendaudit.model.findings import Severity
from spendaudit.model.run import Finding, Outcome, Run, State
from spendaudit.report.formats import Options
from spendaudit.report.places import Places, more
from spendaudit.report.safe import plain
from spendaudit.report.words import count, money, percent

SUFFIXES: Final = (".xml",)
ENCODING: Final = "utf-8"

#: What XML 1.0 cannot hold and `plain` leaves.
_FORBIDDEN: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")
#: The part of the cycle or the kind of question: `SPL` of `SPL001`.
_FAMILY: Final = re.compile(r"[A-Z]*")


def report(run: Run, stream: TextIO, options: Options) -> None:
    """Write every rule and every finding."""
    found = defaultdict(list)
    for finding in run.findings:
        found[finding.rule].append(finding)
    places = Places.of(run, options.root)
    families = defaultdict(list)
    for outcome in run.outcomes:
        families[_family(outcome.id)].append(_case(outcome, found[outcome.id], places, options.fail_on))
    whole = Element("testsuites", name="spendaudit")
    for family, cases in families.items():
        suite = SubElement(whole, "testsuite", name=f"spendaudit.{family}")
        SubElement(SubElement(suite, "properties"), "property", name="run", value=run.id)
        suite.extend(cases)
    for part in [*whole, whole]:
        _count(part)
    indent(whole)
    stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    stream.write(tostring(whole, encoding="unicode"))
    stream.write("\n")


def _family(rule: str) -> str:
    found = _FAMILY.match(rule)
    return (found and found[0]) or rule


def _case(outcome: Outcome, findings: Sequence[Finding], places: Places, fail_on: Severity | None) -> Element:
    case = Element(
        "testcase",
        classname=f"spendaudit.{_family(outcome.id)}",
        name=f"{outcome.id} {outcome.name}",
        time="0",
    )
    if outcome.state in {State.NOT_EVALUABLE, State.NOT_APPLICABLE}:
        SubElement(case, "skipped", message=_text(f"{outcome.state.value}: {outcome.reason}".strip(": ")))
        return case
    judged = f"judged {outcome.evaluated:,} of {count(outcome.applicable, 'row')}"
    failing = [fail_on is not None and one.severity.rank >= fail_on.rank for one in findings]
    if any(failing):
        told = (
            f"{count(sum(failing), 'finding')}; flagged {percent(outcome.base_rate or 0)} of what was judged"
        )
        failure = SubElement(case, "failure", message=told, type=outcome.severity.value)
        failure.text = "\n".join(_told(one, places) for one in compress(findings, failing))
    told = "; ".join(part for part in (judged, outcome.reason) if part)
    rest = [_told(one, places) for one, fails in zip(findings, failing, strict=True) if not fails]
    SubElement(case, "system-out").text = "\n".join([_text(told), *rest])
    return case


def _told(finding: Finding, places: Places) -> str:
    amount = money(finding.amount, finding.currency)
    parts = [finding.severity.value.upper(), finding.fingerprint, *([amount] if amount else [])]
    where = f"({places.first(finding).name}{more(finding)})"
    return _text(" ".join([*parts, finding.message, where]))


def _text(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", plain(text))


def _count(part: Element) -> None:
    """Write how many cases there are below, and how they ended."""
    part.set("tests", str(len(part.findall(".//testcase"))))
    part.set("failures", str(len(part.findall(".//failure"))))
    part.set("errors", "0")
    if part.tag == "testsuite":
        part.set("skipped", str(len(part.findall(".//skipped"))))
    part.set("time", "0")
