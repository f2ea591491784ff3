"""Tells of each rule that found something what a reader needs to judge its findings: its page, once."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from markdown_it import MarkdownIt

from spendaudit.i18n import number, t
from spendaudit.model.run import Finding
from spendaudit.report._page_markup import text
from spendaudit.report.methods import Method
from spendaudit.report.words import count, percent
from spendaudit.rules import load_rules
from spendaudit.rules._rule import SETTLES

#: What a reader of findings is spared: it stands in the rule's own page, `spendaudit rules`.
_LEFT_OUT: Final = ("References",)
#: Ends of elements that HTML lets be left out, with the line ends around them.
_ENDS: Final = re.compile(r"\n?</(?:li|p|td|th|tr|thead|tbody)>\n?")
#: What stands in every finding of the rule too.
_BESIDE: Final = {"False positives": "doubts", SETTLES: "settles"}


def pages(asked: Sequence[Method], findings: Iterable[Finding]) -> Iterator[str]:
    """Write the pages of the rules that these findings are of, each closed."""
    rules = {one.rule for one in findings}
    fired = [one for one in asked if one.outcome.id in rules]
    if not fired:
        return
    yield f"<section id=rules><h2>{text(t('What the rules ask'))}</h2>"
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    for one in sorted(fired, key=lambda one: one.outcome.id):
        yield from _page(one, markdown)
    yield "</section>"


def _page(method: Method, markdown: MarkdownIt) -> Iterator[str]:
    outcome = method.outcome
    yield f'\n<details class=rule id="rule-{text(outcome.id)}">'
    yield f"<summary><strong>{text(outcome.id)}</strong> {text(outcome.name)}</summary>"
    yield f"<p>{text(method.summary)}"
    said = t(
        "It flagged {some} of {rows} that it could judge ({share}).",
        some=number(outcome.flagged),
        rows=count(outcome.evaluated, "row"),
        share=percent(outcome.base_rate or 0),
    )
    yield f"<p>{text(said)}"
    if changed := list(_changed(method)):
        yield f"<p>{text(t('Asked with settings of its own'))}: {', '.join(changed)}"
    for title, written in method.reading.items():
        if title in _LEFT_OUT:
            continue
        told = f"<h3>{text(t(title))}</h3>{_ENDS.sub('', markdown.render(written)).strip()}"
        yield f"\n<div data-part={_BESIDE[title]}>{told}</div>" if title in _BESIDE else f"\n{told}"
    yield "</details>"


def _changed(method: Method) -> Iterator[str]:
    """Name the settings that are not those which the page tells."""
    known = load_rules().get(method.outcome.id)
    usual = known.params().model_dump() if known else {}
    for name, value in method.settings.items():
        if name not in usual or _said(value) != _said(usual[name]):
            yield f"<code>{text(f'{name} = {_said(value)}')}</code>"


def _said(value: object) -> str:
    match value:
        case list() | tuple() | set() | frozenset():
            return ", ".join(sorted(str(one) for one in value))
        case _:
            return str(value)
