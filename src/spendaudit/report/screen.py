"""How lines reach a terminal, a pipe or a file.

A terminal gets colour and its own width. What is not one gets neither colour nor box, and no line is cut or
folded, so that programs can read it.
"""

import io
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TextIO, cast

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

#: From this many columns on, tables can be read.
_WIDE: Final = 120
#: Wider than any line.
_UNBOUNDED: Final = 100_000


@dataclass(frozen=True, slots=True)
class Screen:
    """What lines are laid out for."""

    terminal: bool
    #: Wide enough for tables.
    wide: bool


@dataclass(frozen=True, slots=True)
class Fitting:
    """A table and what goes with it where no cell of it has to be folded, and narrower lines elsewhere."""

    table: Table
    beside: Sequence[RenderableType]
    narrow: Sequence[RenderableType]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Choose by the room that there is."""
        unbounded = options.update(max_width=_UNBOUNDED)
        fits = Measurement.get(console, unbounded, self.table).maximum <= options.max_width
        yield from (self.table, *self.beside) if fits else self.narrow


@dataclass(frozen=True, slots=True)
class Hyphenated:
    """A name of several words, `short-submission-period`, folded between them where it has to be."""

    name: str

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Ask for the longest word and its hyphen at least."""
        return Measurement(max(map(len, self.name.split("-"))) + 1, len(self.name))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Fold it to the room that there is."""
        yield Text("\n".join(textwrap.wrap(self.name, options.max_width)))


def show(stream: TextIO, lay_out: Callable[[Screen], Iterable[RenderableType]]) -> None:
    """Print what `lay_out` gives for the kind of screen that the stream is."""
    console = Console(file=stream, highlight=False, markup=False, emoji=False)
    if console.is_terminal:
        console.print(Group(*lay_out(Screen(terminal=True, wide=console.width >= _WIDE))))
        return
    paper = Console(
        file=io.StringIO(), width=_UNBOUNDED, color_system=None, highlight=False, markup=False, emoji=False
    )
    with paper.capture() as printed:
        paper.print(Group(*lay_out(Screen(terminal=False, wide=True))))
    # Rich fills every cell up to the width of its column.
    stream.writelines(f"{line.rstrip()}\n" for line in printed.get().splitlines())


def standard_output() -> TextIO:
    """Return standard output, ready for any sign of any script: UTF-8, unless it is a terminal's own."""
    stream = sys.stdout
    if hasattr(stream, "reconfigure"):
        if stream.isatty():
            stream.reconfigure(errors="replace")
        else:
            stream.reconfigure(encoding="utf-8", newline="")
    return cast("TextIO", stream)
