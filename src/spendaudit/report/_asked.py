"""Says in the table how the rules fared: what they could not judge, and how much they flagged."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from spendaudit.i18n import number, t
from spendaudit.model.run import Outcome, Run, State
from spendaudit.report.safe import plain
from spendaudit.report.screen import Hyphenated
from spendaudit.report.words import STYLE, count, percent, words

#: More rules than this are named by their ids alone.
_NAMED: Final = 2
#: More rules than this, whose tables nobody loaded, are only counted.
_LISTED: Final = 12
#: Rules that judged this share of the rows that they are about need no line of their own.
_NEARLY: Final = 0.99
#: So many lines on rules that judged a part are enough where lines are to be few.
_FEW: Final = 6


def doubts(outcomes: Sequence[Outcome], unjudged: Sequence[Text] | None = None) -> Iterator[RenderableType]:
    """Say which rules judged nothing or not all, and why; those that judged nearly all are summed up.

    Lines on those that judged nothing may be given in their place (`Options.unjudged`).
    """
    doubtful = [one for one in outcomes if one.reason]
    if unjudged:
        yield from unjudged
        yield from _partly([one for one in doubtful if one.evaluated], _FEW)
        yield Text(
            t("Rule by rule: `spendaudit audit --verbose` or `spendaudit coverage`, with the same files.")
        )
        return
    yield from _partly([one for one in doubtful if one.rows])
    if idle := [one for one in doubtful if not one.rows]:
        # Most rules are about tables that a file does not fill.
        reasons = sorted({part for one in idle for part in one.reason.split("; ")})
        named = _named(idle) if len(idle) <= _LISTED else count(len(idle), "rule")
        yield words((named, "bold"), f" ({t(State.NOT_EVALUABLE.value)}): ", "; ".join(reasons))
    if not doubtful:
        yield Text(t("Every rule could judge every row that it is about."))


def _partly(doubtful: Sequence[Outcome], most: int | None = None) -> Iterator[RenderableType]:
    """Say for rules whose table has rows how many of them they judged: first those that judged least."""
    nearly = [one for one in doubtful if one.evaluated >= _NEARLY * one.applicable > 0]
    if len(nearly) <= _NAMED:
        nearly = []
    rest = [one for one in doubtful if one not in nearly]
    rest.sort(key=lambda one: (one.evaluated / max(one.applicable, 1), _judged(one), one.reason, one.id))
    alike = [list(rules) for _, rules in groupby(rest, lambda one: (_judged(one), one.reason))]
    for rules in alike[:most]:
        # Most rules find nothing to judge in a given file: their ids are enough to look them up.
        named = _named(rules) if rules[0].evaluated else ", ".join(one.id for one in rules)
        yield words((named, "bold"), f" ({_judged(rules[0])}): ", rules[0].reason)
    if others := sum(map(len, alike[most:])) if most else 0:
        yield Text(t("{rules} besides these judged a part of the rows.", rules=count(others, "rule")))
    if nearly:
        yield words(
            (_named(nearly), "bold"),
            t(" (judged at least {share} of the rows): the others lack something", share=percent(_NEARLY)),
        )


def _blunt(outcomes: Sequence[Outcome]) -> Iterator[RenderableType]:
    """Say which rules flag too much to mean much."""
    blunt = sorted((one for one in outcomes if one.blunt), key=lambda one: (one.ceiling, one.id))
    for ceiling, alike in groupby(blunt, lambda one: one.ceiling):
        rules = list(alike)
        if len(rules) == 1:
            (one,) = rules
            yield words(
                (f"{one.id} {one.name}", "bold"),
                (t(" is too blunt for this data: "), "yellow"),
                t(
                    "it flags {share} of the {rows} it judged, more than {ceiling}. Its findings describe "
                    "the data rather than single rows.",
                    share=percent(one.base_rate or 0),
                    rows=count(one.evaluated, "row"),
                    ceiling=percent(ceiling),
                ),
            )
        else:
            yield words(
                (", ".join(one.id for one in rules), "bold"),
                (t(" are too blunt for this data: "), "yellow"),
                t(
                    "each flags more than {ceiling} of the rows it judged. Their findings describe the data "
                    "rather than single rows.",
                    ceiling=percent(ceiling),
                ),
            )


def _named(outcomes: Sequence[Outcome]) -> str:
    """Name rules; many of them by their ids alone."""
    if len(outcomes) > _NAMED:
        return ", ".join(one.id for one in outcomes)
    return ", ".join(f"{one.id} {one.name}" for one in outcomes)


def _judged(outcome: Outcome) -> str:
    if outcome.state in {State.NOT_EVALUABLE, State.NOT_APPLICABLE}:
        return t(outcome.state.value)
    return t("judged {some} of {rows}", some=number(outcome.evaluated), rows=count(outcome.applicable, "row"))


def found(run: Run, *, wide: bool) -> Iterator[RenderableType]:
    """Show how the rules fared that were asked, and name those that were not."""
    yield from totals(run.outcomes, wide=wide)
    yield from left_out(run)


def left_out(run: Run) -> Iterator[RenderableType]:
    """Name the rules that a reader is spared, and how to ask them."""
    spared = run.settings.get("left_out", ())
    if spared:
        yield words(
            (t("{rules} left out for a reader", rules=count(len(spared), "rule")), "yellow"),
            t(", as their findings say little by themselves: {rules}. ", rules=", ".join(spared)),
            t("--persona auditor asks them, too."),
        )


def totals(outcomes: Sequence[Outcome], *, wide: bool) -> Iterator[RenderableType]:
    """Show for every rule that fired how many rows it judged and flagged; sum up those that found nothing.

    A narrow table leaves the severity out. Rules that judged nothing are among the doubts.
    """
    judged = [one for one in outcomes if one.base_rate is not None]
    if not judged:
        yield Text(t("None of the rules judged anything."))
        return
    fired = [one for one in judged if one.findings]
    clean = [one for one in judged if not one.findings]
    if fired:
        yield _table(fired, wide=wide)
    if clean:
        rules = count(len(clean), "rule")
        found = (
            t("{rules} also judged all or some rows and flagged none: ", rules=rules)
            if fired
            else t("{rules} judged all or some rows and flagged none: ", rules=rules)
        )
        yield words(found, (", ".join(one.id for one in clean), "dim"))
    yield from _blunt(outcomes)


def _table(outcomes: Sequence[Outcome], *, wide: bool) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(t("rule"), no_wrap=True)
    table.add_column("")
    if wide:
        table.add_column(t("severity"), no_wrap=True)
    for heading in (t("findings"), t("flagged"), t("of judged"), t("share")):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in outcomes:
        severity = [Text(t(one.severity.value), STYLE[one.severity])] if wide else []
        table.add_row(words(one.id), Hyphenated(plain(one.name)), *severity, *_numbers(one))
    return table


def _numbers(outcome: Outcome) -> tuple[Text, ...]:
    share = Text(percent(outcome.base_rate or 0), "yellow" if outcome.blunt else "")
    numbers = (outcome.findings, outcome.flagged, outcome.evaluated)
    return *(Text(number(one)) for one in numbers), share
