"""Writes the controls that filter findings, the place for their list, and the gravest ones for no script."""

from collections.abc import Iterator
from typing import Final

from spendaudit.i18n import number, t
from spendaudit.model.run import Finding, Run
from spendaudit.report._page_markup import text, web
from spendaudit.report.places import Places, more
from spendaudit.report.words import count, money

#: Findings that are read without a script.
_WITHOUT_SCRIPT: Final = 5


def asked(run: Run, most: int, places: Places) -> Iterator[str]:
    """Write the part of a page that its script fills with findings, the first `most` of the run."""
    yield f"\n<section id=findings tabindex=-1><h2>{text(t('What to ask'))}</h2>"
    if len(run.findings) > most:
        cut = t(
            "{some} of {findings} are in this page, the gravest first. A CSV of the run has all.",
            some=number(most),
            findings=count(len(run.findings), "finding"),
        )
        yield f"<p><strong>{text(cut)}</strong>"
    yield "<form id=filters role=search hidden>"
    yield f"<label class=search>{text(t('Search'))}<input type=search name=q autocomplete=off></label>"
    yield f"<fieldset><legend>{text(t('severity'))}</legend>"
    for severity in dict.fromkeys(one.severity for one in run.findings):
        box = f"<input type=checkbox name=severity value={severity.value}>"
        yield f"<label>{box} {text(t(severity.value))}</label>"
    yield f"</fieldset><label>{text(t('rule'))}<select name=rule></select></label>"
    yield f"<label>{text(t('Sort by'))}<select name=sort>"
    yield from (f'<option value="{value}">{text(label)}' for value, label in _orders())
    yield f"</select></label><button type=reset>{text(t('Show all'))}</button></form>"
    yield "<ul id=chosen></ul><p id=status role=status tabindex=-1><ol id=list></ol>"
    yield "<button type=button id=more hidden></button>"
    yield from _without_script(run, places)
    yield "</section>"


def _orders() -> tuple[tuple[str, str], ...]:
    return (
        ("", t("gravity")),
        ("amount", t("amount, by currency")),
        ("latest", t("latest first")),
        ("earliest", t("earliest first")),
        ("rows", t("most rows")),
    )


def _without_script(run: Run, places: Places) -> Iterator[str]:
    """Show the gravest findings where no script runs."""
    shown = run.findings[:_WITHOUT_SCRIPT]
    said = t(
        "{some} of {findings} are shown: to filter them and to see all, let this page run its script.",
        some=number(len(shown)),
        findings=count(len(run.findings), "finding"),
    )
    yield f"<noscript><p>{text(said)}</p><ol>"
    yield from (_finding(one, places) for one in shown)
    yield "</ol></noscript>"


def _finding(finding: Finding, places: Places) -> str:
    place = text(places.first(finding).name + more(finding))
    url = web(finding.members[0].url)
    where = f'<a href="{text(url)}">{place}</a>' if url else place
    head = " ".join(
        (t(finding.severity.value).upper(), finding.rule, money(finding.amount, finding.currency))
    )
    return f"\n<li class=finding><strong>{text(head)}</strong> <bdi>{text(finding.message)}</bdi> ({where})"
