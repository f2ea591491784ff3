"""Writes a run for a person: what was read, what could not be judged, what to ask, where to look next.

A wide terminal gets tables, a narrow one short lines; a pipe gets tables of full width, without colour.
"""

import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TextIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from spendaudit.model.run import Run
from spendaudit.report import _asked, _found, _next, _read
from spendaudit.report.formats import Options

SUFFIXES: Final = (".txt",)
ENCODING: Final = "utf-8"

#: From this many columns on, tables can be read.
WIDE: Final = 120
#: Wider than any line: a pipe cuts and folds nothing.
_UNBOUNDED: Final = 100_000
_CLOSING: Final = "A finding is a question to ask, not a verdict."


def report(run: Run, stream: TextIO, options: Options) -> None:
    """Write the whole run; of many findings, the first of each rule, and how to get the rest."""
    screen = Console(file=stream, highlight=False, markup=False, emoji=False)
    if screen.is_terminal:
        wide = screen.width >= WIDE
        screen.print(Group(*_page(_sections(run, options, wide=wide), ruled=True)))
        return
    paper = Console(
        file=io.StringIO(), width=_UNBOUNDED, color_system=None, highlight=False, markup=False, emoji=False
    )
    with paper.capture() as printed:
        paper.print(Group(*_page(_sections(run, options, wide=True), ruled=False)))
    # Rich fills every cell up to the width of its column.
    stream.writelines(f"{line.rstrip()}\n" for line in printed.get().splitlines())


def _sections(run: Run, options: Options, *, wide: bool) -> Mapping[str, Iterable[RenderableType]]:
    return {
        "What was read": _read.lines(run.inputs, wide=wide),
        "What could not be judged": _asked.doubts(run.outcomes),
        "What to ask": _found.lines(run, options, wide=wide),
        "What every rule found": _asked.totals(run.outcomes),
        "Where to look next": _next.lines(run, options),
    }


def _page(sections: Mapping[str, Iterable[RenderableType]], *, ruled: bool) -> Iterator[RenderableType]:
    for title, lines in sections.items():
        yield Rule(Text(title, style="bold"), align="left", style="dim") if ruled else Text(title)
        yield from (Padding(line, (0, 0, 0, 2), expand=ruled) for line in lines)
        yield Text("")
    yield Text(_CLOSING, style="italic")
