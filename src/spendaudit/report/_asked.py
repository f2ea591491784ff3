"""Says in the table how the rules fared: what they could not judge, and how much they flagged."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from spendaudit.model.run import Outcome, State
from spendaudit.report.words import STYLE, count, percent, words

#: More rules than this are named by their ids alone.
_NAMED: Final = 2


def doubts(outcomes: Sequence[Outcome]) -> Iterator[RenderableType]:
    """Say which rules judged nothing or not all, and why; then which ones flag too much to mean much."""
    doubtful = sorted(
        (one for one in outcomes if one.reason), key=lambda one: (_judged(one), one.reason, one.id)
    )
    for (judged, reason), alike in groupby(doubtful, lambda one: (_judged(one), one.reason)):
        yield words((_named(list(alike)), "bold"), f" ({judged}): ", reason)
    blunt = [one for one in outcomes if one.blunt]
    for one in blunt:
        yield words(
            (f"{one.id} {one.name}", "bold"),
            (" is too blunt for this data: ", "yellow"),
            f"it flags {percent(one.base_rate or 0)} of the {count(one.evaluated, 'row')} it judged, "
            f"more than {percent(one.ceiling)}. Its findings describe the data rather than single rows.",
        )
    if not doubtful and not blunt:
        yield Text("Every rule could judge every row that it is about.")


def _named(outcomes: Sequence[Outcome]) -> str:
    """Name rules; many of them by their ids alone."""
    if len(outcomes) > _NAMED:
        return ", ".join(one.id for one in outcomes)
    return ", ".join(f"{one.id} {one.name}" for one in outcomes)


def _judged(outcome: Outcome) -> str:
    if outcome.state in {State.NOT_EVALUABLE, State.NOT_APPLICABLE}:
        return outcome.state.value
    return f"judged {outcome.evaluated:,} of {count(outcome.applicable, 'row')}"


def totals(outcomes: Sequence[Outcome], *, wide: bool) -> Iterator[RenderableType]:
    """Show for every rule that judged anything how many rows it judged and flagged.

    A narrow table leaves the severity out. Rules that judged nothing are among the doubts.
    """
    judged = [one for one in outcomes if one.base_rate is not None]
    if not judged:
        yield Text("None of the rules judged anything.")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("rule", no_wrap=True)
    table.add_column("", overflow="fold")
    if wide:
        table.add_column("severity", no_wrap=True)
    for heading in ("findings", "flagged", "of judged", "share"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in judged:
        severity = [Text(one.severity.value, STYLE[one.severity])] if wide else []
        table.add_row(words(one.id), words(one.name), *severity, *_numbers(one))
    yield table


def _numbers(outcome: Outcome) -> tuple[Text, ...]:
    share = Text(percent(outcome.base_rate or 0), "yellow" if outcome.blunt else "")
    return Text(f"{outcome.findings:,}"), Text(f"{outcome.flagged:,}"), Text(f"{outcome.evaluated:,}"), share
