"""How do lists stand on a screen? Under a title, in columns; in a spreadsheet their amounts share a cell."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule as Line
from rich.table import Table
from rich.text import Text

from spendaudit.i18n import number, t
from spendaudit.report.listing import Listing
from spendaudit.report.screen import Screen
from spendaudit.report.to_json import digits


@dataclass(frozen=True, slots=True)
class Either:
    """A table where there is room for it, and lines where there is not."""

    table: Table
    lines: Sequence[RenderableType]
    #: Columns of the terminal that the table asks for.
    room: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Choose by the room that there is."""
        yield from [self.table] if options.max_width >= self.room else self.lines


def with_amounts(
    name: str,
    entries: Sequence[Mapping[str, Any]],
    schema: pl.Schema,
    lay_out: Callable[[Screen], Iterable[RenderableType]],
) -> Listing:
    """List entries with `amounts`, one for each currency; rows of a spreadsheet hold them in one cell."""
    rows = [{**entry, "amounts": _sums(entry["amounts"])} for entry in entries]
    return Listing(name=name, rows=pl.DataFrame(rows, schema, orient="row"), entries=entries, lay_out=lay_out)


def _sums(amounts: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join(f"{digits(one['amount'])} {one['currency']}" for one in amounts)


def titled(title: str, screen: Screen, *body: RenderableType) -> Iterator[RenderableType]:
    """Lay out a list under its title."""
    heading = Text(title, style="bold")
    yield Line(heading, align="left", style="dim") if screen.terminal else heading
    yield from (Padding(part, (0, 0, 0, 2), expand=screen.terminal) for part in body)
    yield Text("")


def bare_table() -> Table:
    """Return a table without columns or lines."""
    return Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")


def table_of(*headings: str, numbers: Sequence[int] = ()) -> Table:
    """Return an empty table; `numbers` are the places of columns that stand to the right."""
    table = bare_table()
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place in numbers else "left", overflow="fold")
    return table


def kept_elsewhere(others: int) -> Text:
    """Say that a table shows some of its rows, and what keeps the others, too."""
    return Text(t("... and {others} more: --output FILE.csv keeps all", others=number(others)), style="dim")
