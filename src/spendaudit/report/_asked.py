"""Says in the table how the rules fared: what they could not judge, and how much they flagged."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from spendaudit.model.run import Outcome, Run, State
from spendaudit.report.words import STYLE, count, percent, words

#: More rules than this are named by their ids alone.
_NAMED: Final = 2
#: More rules than this, whose tables nobody loaded, are only counted.
_LISTED: Final = 12
#: Rules that judged this share of the rows that they are about need no line of their own.
_NEARLY: Final = 0.99


def doubts(outcomes: Sequence[Outcome]) -> Iterator[RenderableType]:
    """Say which rules judged nothing or not all, and why; those that judged nearly all are summed up."""
    doubtful = [one for one in outcomes if one.reason]
    nearly = [one for one in doubtful if one.evaluated >= _NEARLY * one.applicable > 0]
    if len(nearly) <= _NAMED:
        nearly = []
    idle = [one for one in doubtful if not one.rows]
    rest = [one for one in doubtful if one not in nearly and one not in idle]
    rest.sort(key=lambda one: (_judged(one), one.reason, one.id))
    for (judged, reason), alike in groupby(rest, lambda one: (_judged(one), one.reason)):
        rules = list(alike)
        # Most rules find nothing to judge in a given file: their ids are enough to look them up.
        named = _named(rules) if rules[0].evaluated else ", ".join(one.id for one in rules)
        yield words((named, "bold"), f" ({judged}): ", reason)
    if nearly:
        yield words(
            (_named(nearly), "bold"),
            f" (judged at least {percent(_NEARLY)} of the rows): the others lack something",
        )
    if idle:
        # Most rules are about tables that a file does not fill.
        reasons = sorted({part for one in idle for part in one.reason.split("; ")})
        named = _named(idle) if len(idle) <= _LISTED else count(len(idle), "rule")
        yield words((named, "bold"), " (not evaluable): ", "; ".join(reasons))
    if not doubtful:
        yield Text("Every rule could judge every row that it is about.")


def _blunt(outcomes: Sequence[Outcome]) -> Iterator[RenderableType]:
    """Say which rules flag too much to mean much."""
    blunt = sorted((one for one in outcomes if one.blunt), key=lambda one: (one.ceiling, one.id))
    for ceiling, alike in groupby(blunt, lambda one: one.ceiling):
        rules = list(alike)
        if len(rules) == 1:
            (one,) = rules
            yield words(
                (f"{one.id} {one.name}", "bold"),
                (" is too blunt for this data: ", "yellow"),
                f"it flags {percent(one.base_rate or 0)} of the {count(one.evaluated, 'row')} it judged, "
                f"more than {percent(ceiling)}. Its findings describe the data rather than single rows.",
            )
        else:
            yield words(
                (", ".join(one.id for one in rules), "bold"),
                (" are too blunt for this data: ", "yellow"),
                f"each flags more than {percent(ceiling)} of the rows it judged. Their findings describe the "
                "data rather than single rows.",
            )


def _named(outcomes: Sequence[Outcome]) -> str:
    """Name rules; many of them by their ids alone."""
    if len(outcomes) > _NAMED:
        return ", ".join(one.id for one in outcomes)
    return ", ".join(f"{one.id} {one.name}" for one in outcomes)


def _judged(outcome: Outcome) -> str:
    if outcome.state in {State.NOT_EVALUABLE, State.NOT_APPLICABLE}:
        return outcome.state.value
    return f"judged {outcome.evaluated:,} of {count(outcome.applicable, 'row')}"


def found(run: Run, *, wide: bool) -> Iterator[RenderableType]:
    """Show how the rules fared that were asked, and name those that were not."""
    yield from totals(run.outcomes, wide=wide)
    yield from left_out(run)


def left_out(run: Run) -> Iterator[RenderableType]:
    """Name the rules that a reader is spared, and how to ask them."""
    spared = run.settings.get("left_out", ())
    if spared:
        yield words(
            (f"{count(len(spared), 'rule')} left out for a reader", "yellow"),
            f", as their findings say little by themselves: {', '.join(spared)}. ",
            "--persona auditor asks them, too.",
        )


def totals(outcomes: Sequence[Outcome], *, wide: bool) -> Iterator[RenderableType]:
    """Show for every rule that fired how many rows it judged and flagged; sum up those that found nothing.

    A narrow table leaves the severity out. Rules that judged nothing are among the doubts.
    """
    judged = [one for one in outcomes if one.base_rate is not None]
    if not judged:
        yield Text("None of the rules judged anything.")
        return
    fired = [one for one in judged if one.findings]
    clean = [one for one in judged if not one.findings]
    if fired:
        yield _table(fired, wide=wide)
    if clean:
        beside = "also judged" if fired else "judged"
        found = f"{count(len(clean), 'rule')} {beside} all or some rows and flagged none: "
        yield words(found, (", ".join(one.id for one in clean), "dim"))
    yield from _blunt(outcomes)


def _table(outcomes: Sequence[Outcome], *, wide: bool) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("rule", no_wrap=True)
    table.add_column("", overflow="fold")
    if wide:
        table.add_column("severity", no_wrap=True)
    for heading in ("findings", "flagged", "of judged", "share"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in outcomes:
        severity = [Text(one.severity.value, STYLE[one.severity])] if wide else []
        table.add_row(words(one.id), words(one.name), *severity, *_numbers(one))
    return table


def _numbers(outcome: Outcome) -> tuple[Text, ...]:
    share = Text(percent(outcome.base_rate or 0), "yellow" if outcome.blunt else "")
    return Text(f"{outcome.findings:,}"), Text(f"{outcome.flagged:,}"), Text(f"{outcome.evaluated:,}"), share
