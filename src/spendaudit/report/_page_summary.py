"""Says what was audited and what could not be judged: how a page begins."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from spendaudit.i18n import number, t
from spendaudit.model.run import Input, Outcome, Run, State
from spendaudit.report._page_markup import text
from spendaudit.report.methods import Method
from spendaudit.report.places import Places
from spendaudit.report.words import CLOSING, count, nothing, percent

#: More files than this are summed up by source.
_FILES: Final = 12
#: Reasons why rules could not judge that are read at once.
_REASONS: Final = 5


def lead(run: Run) -> Iterator[str]:
    """Say in two sentences what this page is."""
    rows = count(sum(file.rows_read for file in run.inputs), "row")
    files = count(len({file.path for file in run.inputs}), "file")
    totals = Counter(finding.severity for finding in run.findings)
    said = t(
        "{findings} in {rows} of {files}.",
        findings=count(len(run.findings), "finding"),
        rows=rows,
        files=files,
    )
    yield f'<p class="lead"><strong>{text(said)}</strong> {text(t(CLOSING))}</p>'
    if totals:
        marks = (
            f'<li><span class="badge {one.value}">{text(t(one.value))}</span> {number(many)}</li>'
            for one, many in totals.items()
        )
        yield f'<ul class="totals">{"".join(marks)}</ul>'
    else:
        yield f"<p>{text(nothing(run))}</p>"
    if run.known:
        known = count(len(run.known), "finding")
        yield f"<p>{text(t('{findings} that the baseline knows: left out here', findings=known))}.</p>"


def read(run: Run, places: Places) -> Iterator[str]:
    """Tell every file, what it was taken for, and where its rows went."""
    yield f"<section id=read><h2>{text(t('What was read'))}</h2>"
    headings = (t("file"), t("recognised as"), *_counted_as())
    yield '<table class="numbers stacked"><thead><tr>'
    yield "".join(f"<th scope=col>{text(one)}" for one in headings)
    yield "<tbody>"
    if len(run.inputs) <= _FILES:
        for file in run.inputs:
            inside = f"!{file.member}" if file.member else ""
            yield _counted(f"{places.path(file.path).as_posix()}{inside}", file.source, [file])
    else:
        by_source = sorted(run.inputs, key=lambda file: file.source)
        for source, files in groupby(by_source, lambda file: file.source):
            alike = list(files)
            yield _counted(count(len({file.path for file in alike}), "file"), source, alike)
    yield "</table>"
    yield from _aside(run.inputs)
    yield "</section>"


def _counted_as() -> tuple[str, ...]:
    return t("rows read"), t("= loaded"), t("+ merged"), t("+ quarantined")


def _counted(name: str, source: str, files: Sequence[Input]) -> str:
    counts = ("rows_read", "rows_loaded", "rows_merged", "rows_quarantined")
    sums = zip(_counted_as(), (sum(getattr(file, one) for file in files) for one in counts), strict=True)
    cells = "".join(f'<td data-of="{text(title)}">{number(rows)}' for title, rows in sums)
    return f"\n<tr><th scope=row>{text(name)}<td>{text(source)}{cells}"


def _aside(inputs: Sequence[Input]) -> Iterator[str]:
    """Say why rows were put aside, and what else a reader of the files should know."""
    reasons = Counter[str]()
    for file in inputs:
        reasons.update(file.quarantine)
    told = [
        t("{rows} quarantined: ", rows=count(many, "row")) + reason for reason, many in reasons.most_common()
    ]
    told += dict.fromkeys(note for file in inputs for note in file.notes)
    yield from _folded([text(one) for one in told], _REASONS)


def doubts(asked: Sequence[Method], spared: Sequence[str]) -> Iterator[str]:
    """Tell which rules could not judge which rows and why, and which flag too much to say anything."""
    yield f"<section id=doubts><h2>{text(t('What could not be judged'))}</h2>"
    yield from _blunt([one.outcome for one in asked if one.outcome.blunt])
    clean = [one.outcome.id for one in asked if one.outcome.evaluated and not one.outcome.findings]
    if clean:
        said = t("{rules} judged all or some rows and flagged none: ", rules=count(len(clean), "rule"))
        yield f"<p>{text(said)}{text(', '.join(clean))}"
    if spared:
        said = t("{rules} left out for a reader", rules=count(len(spared), "rule"))
        yield f"<p>{text(said)}: {text(', '.join(spared))}"
    lacking = [one.outcome for one in asked if one.outcome.reason]
    if not lacking:
        yield f"<p>{text(t('Every rule could judge every row that it is about.'))}"
    for title, found in (
        (t("judged in part"), [one for one in lacking if one.evaluated]),
        (t("not evaluable"), [one for one in lacking if one.state is State.NOT_EVALUABLE]),
        (t("not applicable"), [one for one in lacking if one.state is State.NOT_APPLICABLE]),
    ):
        if found:
            yield f"<h3>{text(title)}</h3>"
            yield from _folded(list(_alike(found)), _REASONS)
    yield "</section>"


def _alike(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Name rules that lack the same beside it, the most rules first."""
    alike = defaultdict(list)
    for one in outcomes:
        judged = t("judged {some} of {rows}", some=number(one.evaluated), rows=count(one.applicable, "row"))
        alike[f"{judged}: {one.reason}" if one.evaluated else one.reason].append(one.id)
    for reason, rules in sorted(alike.items(), key=lambda item: -len(item[1])):
        yield f"<b>{text(', '.join(rules))}</b>: {text(reason)}"


def _blunt(outcomes: Sequence[Outcome]) -> Iterator[str]:
    if outcomes:
        said = t(
            "Too blunt for this data: they flag more of the rows they judged than is to be expected, so that "
            "their findings describe the data rather than single rows: "
        )
        yield f"<p>{text(said)}<b>{text(', '.join(map(_share, outcomes)))}</b>"


def _share(outcome: Outcome) -> str:
    """Write the share that a rule flags beside the largest that it is expected to."""
    return f"{outcome.id} {outcome.name} ({percent(outcome.base_rate or 0)} > {percent(outcome.ceiling)})"


def _folded(items: Sequence[str], most: int) -> Iterator[str]:
    """List some items, and the others where a reader asks for them."""
    if items[:most]:
        yield f"<ul>{''.join(f'<li>{one}' for one in items[:most])}</ul>"
    if items[most:]:
        more = t("and {number} more", number=number(len(items) - most))
        yield f"<details><summary>{text(more)}</summary>"
        yield f"<ul>{''.join(f'<li>{one}' for one in items[most:])}</ul></details>"
