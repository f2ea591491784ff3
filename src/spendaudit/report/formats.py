"""Which formats there are, and what a module `to_<format>` holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Protocol, TextIO, cast

from spendaudit import report
from spendaudit.model.run import Run

_PREFIX = "to_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the caller wants to see. Formats for programs hold everything and ignore it."""

    #: How many findings a report for people shows; None shows all.
    limit: int | None = 20
    #: Files that this run has written, to be named as the places to look next.
    written: tuple[str, ...] = ()
    #: The store that later commands must name; empty when they find it by themselves.
    store: str = ""


class Report(Protocol):
    """One format. It computes nothing and asks nothing of the world."""

    #: Names of files that are written in this format end so.
    @property
    def SUFFIXES(self) -> tuple[str, ...]: ...  # noqa: D102, N802 a constant of a module

    #: How its files are encoded; a pipe always gets plain UTF-8.
    @property
    def ENCODING(self) -> str: ...  # noqa: D102, N802 a constant of a module

    def report(self, run: Run, stream: TextIO, options: Options) -> None:
        """Write the whole run."""


@cache
def load_formats() -> Mapping[str, Report]:
    """Import every format, by name, in order."""
    names = sorted(module.name for module in iter_modules(report.__path__) if module.name.startswith(_PREFIX))
    return MappingProxyType(
        {
            name.removeprefix(_PREFIX): cast("Report", import_module(f"{report.__name__}.{name}"))
            for name in names
        }
    )
