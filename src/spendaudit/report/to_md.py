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

from spendaudit.i18n import number, t
from spendaudit.model.run import Finding, Input, Run
from spendaudit.report.formats import Options
from spendaudit.report.inputs import common_folder
from spendaudit.report.methods import Method, methods
from spendaudit.report.places import Places, more
from spendaudit.report.safe import plain
from spendaudit.report.words import CLOSING, count, money, nothing, percent

SUFFIXES: Final = (".md", ".markdown")
ENCODING: Final = "utf-8"
FOR_PEOPLE: Final = True

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
    by_severity = ", ".join(f"{number(many)} {t(severity.value)}" for severity, many in totals.items())
    found = f"**{count(len(run.findings), 'finding')}**" + (f" ({by_severity})" if by_severity else "")
    yield f"# {t('What deserves a question')}"
    yield ""
    where = t("in {rows} of {files}", rows=count(rows, "row"), files=count(files, "file"))
    yield f"{found} {where}. {t(CLOSING)}"
    yield ""
    if run.known:
        known = count(len(run.known), "finding")
        yield f"{t('{findings} that the baseline knows: left out here', findings=known)}."
        yield ""


def _findings(run: Run, room: int | None) -> Iterator[str]:
    if not run.findings:
        yield nothing(run)
        yield ""
        return
    yield f"## {t('What to ask')}"
    yield ""
    yield from _header(
        t("Severity"), t("Rule"), f"{t('Amount')}:", t("Question"), t("Published in"), t("Finding")
    )
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
        some = t(
            "{some} of {findings} are shown", some=number(shown), findings=count(len(run.findings), "finding")
        )
        yield f"**{some}**: {t('more do not fit here.')}"
        yield ""


def _finding(finding: Finding, places: Places) -> str:
    place = literal(places.first(finding).name)
    url = _address(finding.members[0].url)
    where = f"[{place}](<{url}>)" if url else place
    return _row(
        t(finding.severity.value),
        f"{finding.rule} {literal(finding.rule_name)}",
        literal(money(finding.amount, finding.currency)),
        literal(finding.message),
        where + more(finding),
        f"`{finding.fingerprint}`",
    )


def _rules(asked: Sequence[Method]) -> Iterator[str]:
    judged = [one for one in asked if one.outcome.base_rate is not None]
    yield f"## {t('What the rules found')}"
    yield ""
    if not judged:
        yield t("None of the rules judged anything.")
        yield ""
        return
    numbers = (t("Rows judged"), t("Flagged"), t("Share"), t("Findings"))
    yield from _header(t("Rule"), t("Asks about"), *(f"{title}:" for title in numbers))
    for one in judged:
        outcome = one.outcome
        share = percent(outcome.base_rate or 0) + (f" ({t('too blunt')})" if outcome.blunt else "")
        told = (number(outcome.evaluated), number(outcome.flagged), share, number(outcome.findings))
        yield _row(f"{outcome.id} {literal(outcome.name)}", literal(one.summary), *told)
    yield ""
    if any(one.outcome.blunt for one in judged):
        yield t(
            "A rule that is too blunt flags so much that its findings describe the data, not single rows."
        )
        yield ""


def _doubts(asked: Sequence[Method]) -> Iterator[str]:
    yield f"## {t('What could not be judged')}"
    yield ""
    alike = defaultdict(list)
    for outcome in (one.outcome for one in asked if one.outcome.reason):
        some, rows = number(outcome.evaluated), count(outcome.applicable, "row")
        judged = t("judged {some} of {rows}", some=some, rows=rows)
        alike[judged if outcome.evaluated else t(outcome.state.value), outcome.reason].append(outcome.id)
    for (judged, reason), rules in alike.items():
        yield f"- {', '.join(rules)} ({judged}): {literal(reason)}"
    if not alike:
        yield t("Every rule could judge every row that it is about.")
    yield ""


def _read(run: Run) -> Iterator[str]:
    yield f"## {t('What was read')}"
    yield ""
    if folder := common_folder(run.inputs):
        yield t("In {folder}:", folder=literal(plain(folder)))
        yield ""
    numbers = (t("Rows read"), t("Loaded"), t("Merged"), t("Quarantined"))
    yield from _header(t("File"), t("Recognised as"), *(f"{title}:" for title in numbers))
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
    yield t("spendaudit {version}, run {run}", version=literal(run.version), run=literal(run.id))


def _counted(name: str, source: str, files: Sequence[Input]) -> str:
    counts = ("rows_read", "rows_loaded", "rows_merged", "rows_quarantined")
    sums = (number(sum(getattr(file, name) for file in files)) for name in counts)
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
