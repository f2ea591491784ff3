"""Draws pages on a terminal: a cell that is too narrow for its words folds them, and cuts none."""

from collections.abc import Iterator
from typing import ClassVar

from rich.console import Console, ConsoleOptions
from rich.markdown import Markdown, MarkdownElement, TableElement
from rich.measure import Measurement
from rich.table import Column, Table
from rich.text import Text


class _Folding(TableElement):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Table]:
        for table in super().__rich_console__(console, options):
            if isinstance(table, Table):
                too_wide = (
                    Measurement.get(console, options.update(width=10_000), table).maximum > options.max_width
                )
                for column in table.columns:
                    column.overflow = "fold"
                    if too_wide:
                        _fold_heading(column)
                yield table


def _fold_heading(column: Column) -> None:
    """Fold the name of a column where its words meet, if it is all that makes the column wide."""
    cells = (cell.cell_len for cell in column.cells if isinstance(cell, Text))
    if isinstance(heading := column.header, Text) and heading.cell_len > max(cells, default=0):
        column.header = Text("\n").join(heading.split("_", include_separator=True))


class Page(Markdown):
    """Markdown whose tables are whole on any terminal."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {**Markdown.elements, "table_open": _Folding}
