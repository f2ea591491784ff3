"""A list that is no finding, in all its forms: for people, for a spreadsheet, for a program."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from rich.console import RenderableType

from spendaudit.report.screen import Screen


@dataclass(frozen=True, slots=True)
class Listing:
    """One list in all its forms."""

    #: What JSON calls it.
    name: str
    #: For CSV: flat columns.
    rows: pl.DataFrame
    #: For JSON: an object an entry.
    entries: Iterable[Mapping[str, Any]]
    lay_out: Callable[[Screen], Iterable[RenderableType]]
    #: More lists for JSON, which has room for several, by what it calls them.
    beside: Mapping[str, Iterable[Mapping[str, Any]]] = field(default_factory=dict)

    @property
    def named(self) -> dict[str, Iterable[Mapping[str, Any]]]:
        """All that JSON holds of it, by name."""
        return {self.name: self.entries, **self.beside}
