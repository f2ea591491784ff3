"""Writes a run as a page of Markdown for people: to publish, to send to an editor, to put into an issue.

All findings are in it, gravest first. Published text stays text: nothing in it becomes a link, an image,
markup, a mention of somebody or a reference to an issue.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final, TextIO
from urllib.parse import quote

from spendaudit.model.run import Finding, Input, Run
from spendaudit.report.formats import Options
from spendaudit.report.inputs import common_folder
from spendaudit.report.methods import Method, methods
from spendaudit.report.places import Places, more
from spendaudit.report.safe import plain
from spendaudit.report.words import count, money, percent

SUFFIXES: Final = (".md", ".markdown")
ENCODING: Final = "utf-8"
FOR_PEOPLE: Final = True

CLOSING: Final = "A finding is a question to ask, not a verdict."
#: Signs that Markdown, or GitHub's and GitLab's extensions of it, could obey.
_SIGNS: Final = re.compile(r"[\\`*_{}\[\]<>|~&$#!^=]")
#: Where a comment must part what they turn into a link, a mention or an emoji.
_LINKS: Final = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?<=@)|(?<=:)(?=\w+:)", re.IGNORECASE)
#: What a link may hold besides letters and digits; the rest is written as %XX.
_ADDRESS: Final = "/:?&=%#,;@+~.-_"
#: More files than this are summed up by source.
_FILES: Final = 12


def report(run: Run, stream: TextIO, options: Options) -> None:  # noqa: ARG001 a page to send on is whole
    """Write the whole page."""
    stream.write(page(run))


def page(run: Run, most: int | None = None) -> str:
    """Write the page with as many findings as fit into `most` bytes; it says how many are left out."""
    asked = methods(run)
    head = "\n".join(_head(run))
    tail = "\n".join([*_rules(asked), *_doubts(asked), *_read(run)])
    room = None if most is None else most - len((head + tail).encode())
    return "\n".join([head, *_findings(run, room), tail, ""])


def _head(run: Run) -> Iterator[str]:
    rows = sum(file.rows_read for file in run.inputs)
    files = len({file.path for file in run.inputs})
    totals = Counter(finding.severity for finding in run.findings)
    by_severity = ", ".join(f"{number:,} {severity.value}" for severity, number in totals.items())
    found = f"**{count(len(run.findings), 'finding')}**" + (f" ({by_severity})" if by_severity else "")
    yield "# What deserves a question"
    yield ""
    yield f"{found} in {count(rows, 'row')} of {count(files, 'file')}. {CLOSING}"
    yield ""
    if run.known:
        yield f"{count(len(run.known), 'finding')} that the baseline knows: left out here."
        yield ""


def _findings(run: Run, room: int | None) -> Iterator[str]:
    if not run.findings:
        yield "Nothing was flagged. That says what these rules saw, not that all is well."
        yield ""
        return
    yield "## What to ask"
    yield ""
    yield from _header("Severity", "Rule", "Amount:", "Question", "Published in", "Finding")
    places = Places.of(run, common_folder(run.inputs))
    shown = 0
    for finding in run.findings:
        row = _finding(finding, places)
        if room is not None:
            room -= len(row.encode()) + 1
            if room < len(CLOSING) * 10:
                break
        yield row
        shown += 1
    yield ""
    if shown < len(run.findings):
        yield f"**{shown:,} of {len(run.findings):,} findings are shown**: more do not fit here."
        yield ""


def _finding(finding: Finding, places: Places) -> str:
    place = literal(places.first(finding).name)
    url = _address(finding.members[0].url)
    where = f"[{place}](<{url}>)" if url else place
    return _row(
        finding.severity.value,
        f"{finding.rule} {literal(finding.rule_name)}",
        literal(money(finding.amount, finding.currency)),
        literal(finding.message),
        where + more(finding),
        f"`{finding.fingerprint}`",
    )


def _rules(asked: Sequence[Method]) -> Iterator[str]:
    judged = [one for one in asked if one.outcome.base_rate is not None]
    yield "## What the rules found"
    yield ""
    if not judged:
        yield "None of the rules judged anything."
        yield ""
        return
    yield from _header("Rule", "Asks about", "Rows judged:", "Flagged:", "Share:", "Findings:")
    for one in judged:
        outcome = one.outcome
        share = percent(outcome.base_rate or 0) + (" (too blunt)" if outcome.blunt else "")
        numbers = (f"{outcome.evaluated:,}", f"{outcome.flagged:,}", share, f"{outcome.findings:,}")
        yield _row(f"{outcome.id} {literal(outcome.name)}", literal(one.summary), *numbers)
    yield ""
    if any(one.outcome.blunt for one in judged):
        yield "A rule that is too blunt flags so much that its findings describe the data, not single rows."
        yield ""


def _doubts(asked: Sequence[Method]) -> Iterator[str]:
    yield "## What could not be judged"
    yield ""
    alike = defaultdict(list)
    for outcome in (one.outcome for one in asked if one.outcome.reason):
        judged = f"judged {outcome.evaluated:,} of {count(outcome.applicable, 'row')}"
        alike[judged if outcome.evaluated else outcome.state.value, outcome.reason].append(outcome.id)
    for (judged, reason), rules in alike.items():
        yield f"- {', '.join(rules)} ({judged}): {literal(reason)}"
    if not alike:
        yield "Every rule could judge every row that it is about."
    yield ""


def _read(run: Run) -> Iterator[str]:
    yield "## What was read"
    yield ""
    if folder := common_folder(run.inputs):
        yield f"In {literal(plain(folder))}:"
        yield ""
    yield from _header("File", "Recognised as", "Rows read:", "Loaded:", "Merged:", "Quarantined:")
    if len(run.inputs) <= _FILES:
        for file in run.inputs:
            name = file.name.removeprefix(folder).lstrip("/\\") if folder else file.name
            yield _counted(name, file.source, [file])
    else:
        for source, files in groupby(
            sorted(run.inputs, key=lambda file: file.source), lambda file: file.source
        ):
            alike = list(files)
            yield _counted(count(len({file.path for file in alike}), "file"), source, alike)
    yield ""
    yield f"spendaudit {literal(run.version)}, run {literal(run.id)}"


def _counted(name: str, source: str, files: Sequence[Input]) -> str:
    counts = ("rows_read", "rows_loaded", "rows_merged", "rows_quarantined")
    sums = (f"{sum(getattr(file, name) for file in files):,}" for name in counts)
    return _row(literal(name), literal(source), *sums)


def _header(*titles: str) -> Iterator[str]:
    """Begin a table; a colon after a title puts its numbers to the right."""
    yield _row(*(title.removesuffix(":") for title in titles))
    yield _row(*("--:" if title.endswith(":") else "---" for title in titles))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def literal(text: str) -> str:
    """Write a text so that a reader of Markdown shows it letter by letter."""
    # A comment of HTML is the one thing that parts a mention in two and is shown nowhere.
    return _LINKS.sub("<!-- -->", _SIGNS.sub(r"\\\g<0>", plain(text)))


def _address(url: str | None) -> str:
    """Return an address that a link may lead to; empty where it is none of the web."""
    if url is None or not url.lower().startswith(("https://", "http://")):
        return ""
    return quote(url, safe=_ADDRESS)
