"""Tells of each rule that found something what a reader needs to judge its findings, once.

Settings and thresholds stand as this run asked, not as the rule's page discusses them; the formula stands
where an amount is not worked out from its rows. The whole page is that of `spendaudit rules`.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from markdown_it import MarkdownIt

from spendaudit.i18n import number, t
from spendaudit.model.run import Finding, Outcome
from spendaudit.report._page_markup import text
from spendaudit.report.methods import Method
from spendaudit.report.words import count, percent
from spendaudit.rules import load_rules
from spendaudit.rules._page import SETTLES

_FORMULA: Final = "Formula"
_WHY: Final = "Why it matters"
#: What stands in every finding of the rule too: the script finds it by its element.
_BESIDE: Final = ("False positives", SETTLES)
#: The value of a setting that asks nothing.
_OFF: Final = "-"
#: Ends of elements that HTML lets be left out, with the line ends around them.
_ENDS: Final = re.compile(r"\n?</(?:li|p|td|th|tr|thead|tbody)>\n?")


def pages(asked: Sequence[Method], findings: Iterable[Finding], unworked: Collection[str]) -> Iterator[str]:
    """Write what a reader needs of the rules that these findings are of, each closed.

    `unworked` are rules that gave an amount which neither the sum of its rows nor other terms explain.
    """
    rules = {one.rule for one in findings}
    fired = [one for one in asked if one.outcome.id in rules]
    if not fired:
        return
    yield f"<section id=rules><h2>{text(t('What the rules ask'))}</h2>"
    whole = t("Each rule's formula, the sources of its thresholds, a worked example: spendaudit rules ID.")
    yield f"<p class=note>{text(whole)}"
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    for one in sorted(fired, key=lambda one: one.outcome.id):
        yield from _page(one, markdown, with_formula=one.outcome.id in unworked)
    yield "</section>"


def _page(method: Method, markdown: MarkdownIt, *, with_formula: bool) -> Iterator[str]:
    outcome = method.outcome
    yield f'\n<details class=rule id="rule-{text(outcome.id)}">'
    yield f"<summary><strong>{text(outcome.id)}</strong> {text(outcome.name)}</summary>"
    yield f"<p>{text(method.summary)}{_part(method, _WHY, markdown)}"
    yield f"<p>{text(_rate(outcome))}"
    if method.ocp:
        yield f" Open Contracting Partnership: {text(', '.join(method.ocp))}."
    if settings := list(_settings(method)):
        yield f"<p>{text(t('Asked with these settings'))}: {', '.join(settings)}"
    if with_formula:
        yield f"<h3>{text(t(_FORMULA))}</h3>{_part(method, _FORMULA, markdown)}"
    for title in _BESIDE:
        if title in method.sections:
            yield f"<div><h3>{text(t(title))}</h3>{_part(method, title, markdown)}</div>"
    yield "</details>"


def _part(method: Method, title: str, markdown: MarkdownIt) -> str:
    return _ENDS.sub("", markdown.render(method.sections.get(title, ""))).strip()


def _rate(outcome: Outcome) -> str:
    return t(
        "It flagged {some} of {rows} that it could judge ({share}).",
        some=number(outcome.flagged),
        rows=count(outcome.evaluated, "row"),
        share=percent(outcome.base_rate or 0),
    )


def _settings(method: Method) -> Iterator[str]:
    """Tell the settings that the rule ran with, and of those that were changed what they usually are."""
    known = load_rules().get(method.outcome.id)
    usual = known.params().model_dump(mode="json") if known else {}
    for name, value in method.settings.items():
        said = _said(value)
        changed = name in usual and said != _said(usual[name])
        if changed or said != _OFF:
            told = f"<code>{text(f'{name} = {said}')}</code>"
            yield told + (text(t(" (usually {value})", value=_said(usual[name]))) if changed else "")


def _said(value: object) -> str:
    match value:
        case None | False | []:
            return _OFF
        case True:
            return "true"
        case list() | tuple() | set() | frozenset():
            return ", ".join(sorted(str(one) for one in value))
        case _:
            return str(value)
