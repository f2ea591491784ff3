"""Writes a run for a person: what was read, what to ask, what could not be judged, where to look next.

A wide terminal gets tables, a narrow one short lines; a pipe gets tables of full width, without colour.
"""

from collections.abc import Iterator
from typing import Final, TextIO

from rich.console import RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from spendaudit.i18n import t
from spendaudit.model.run import Run
from spendaudit.report import _asked, _found, _next, inputs
from spendaudit.report.formats import Options
from spendaudit.report.screen import Screen, show
from spendaudit.report.words import CLOSING, count, words

SUFFIXES: Final = (".txt",)
ENCODING: Final = "utf-8"
FOR_PEOPLE: Final = True


def report(run: Run, stream: TextIO, options: Options) -> None:
    """Write the whole run; of many findings, the first of each rule, and how to get the rest."""
    show(stream, lambda screen: _page(run, options, screen))


def _page(run: Run, options: Options, screen: Screen) -> Iterator[RenderableType]:
    if options.lists:
        yield from _listed(run, options, screen)
        return
    sections = {
        t("What was read"): inputs.lines(run.inputs, wide=screen.wide),
        t("What to ask"): _found.lines(run, options, wide=screen.wide),
        t("What the rules found"): _asked.found(run, wide=screen.wide),
        t("What could not be judged"): _asked.doubts(run.outcomes, options.unjudged),
        t("Where to look next"): _next.lines(run, options),
    }
    for title, lines in sections.items():
        heading = Text(title, style="bold")
        yield Rule(heading, align="left", style="dim") if screen.terminal else heading
        yield from (Padding(line, (0, 0, 0, 2), expand=screen.terminal) for line in lines)
        yield Text("")
    yield Text(t(CLOSING), style="italic")


def _listed(run: Run, options: Options, screen: Screen) -> Iterator[RenderableType]:
    for listing in options.lists:
        yield from listing.lay_out(screen)
        yield Text("")
    shown = count(len(run.findings), "finding")
    yield words((shown, "bold"), t(" of this audit: see them without the options that ask for these lists."))
    yield from _asked.left_out(run)
    yield Text(t(CLOSING), style="italic")
