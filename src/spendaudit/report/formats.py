"""Which formats there are, and what a module `to_<format>` holds.

A module has `SUFFIXES`, `ENCODING` and `report`, and may have `FOR_PEOPLE`, `beside` and `APPENDED`: see
`Format`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Any, Final

from rich.text import Text

from spendaudit import report
from spendaudit.model.findings import Severity
from spendaudit.model.run import Run
from spendaudit.report.listing import Listing

_PREFIX: Final = "to_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the caller wants to see. Formats for programs hold everything and ignore it."""

    #: How many findings a report for people shows; None shows all.
    limit: int | None = 20
    #: Files that this run has written, to be named as the places to look next.
    written: tuple[str, ...] = ()
    #: The store that later commands must name; empty when they find it by themselves.
    store: str = ""
    #: The folder that paths of checks are relative to, where they lie in it; empty: paths stay as given.
    root: str = ""
    #: From which severity on findings fail a check, where the format knows failures; None: none does.
    fail_on: Severity | None = Severity.LOW
    #: Lists that were asked for: the table and CSV write them in place of the findings, JSON beside them.
    lists: tuple[Listing, ...] = ()
    #: Why rules judged nothing, in few lines: the table tells it in their place. None: rule by rule.
    unjudged: tuple[Text, ...] | None = None


def _nothing(_run: Run, _stem: str) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One way to write a run. It computes nothing and asks nothing of the world."""

    name: str
    #: Names of files that are written in this format end so.
    suffixes: tuple[str, ...]
    #: How its files are encoded; a pipe always gets plain UTF-8. None: the stream takes bytes.
    encoding: str | None
    #: Writes the whole run to a stream of text, or of bytes.
    report: Callable[[Run, Any, Options], None]
    #: People read it: it is written in their language; for programs it is English, whoever asks.
    for_people: bool = False
    #: Texts to be written beside a file, by their names, given what the file is called before its suffix.
    beside: Callable[[Run, str], Mapping[str, str]] = _nothing
    #: What to append to files that variables of the environment name, when this format is printed.
    appended: Mapping[str, Callable[[Run], str]] = field(default_factory=lambda: MappingProxyType({}))


@cache
def load_formats() -> Mapping[str, Format]:
    """Import every format, by name, in order."""
    names = sorted(module.name for module in iter_modules(report.__path__) if module.name.startswith(_PREFIX))
    return MappingProxyType({name.removeprefix(_PREFIX): _format(name) for name in names})


def _format(name: str) -> Format:
    module = import_module(f"{report.__name__}.{name}")
    return Format(
        name=name.removeprefix(_PREFIX),
        suffixes=module.SUFFIXES,
        encoding=module.ENCODING,
        report=module.report,
        for_people=getattr(module, "FOR_PEOPLE", False),
        beside=getattr(module, "beside", _nothing),
        appended=getattr(module, "APPENDED", MappingProxyType({})),
    )


def named(file_name: str, formats: Iterable[Format]) -> tuple[Format, str] | None:
    """Return the format that the end of a file's name says, and that end; the longest that fits."""
    known = [(one, suffix) for one in formats for suffix in one.suffixes]
    fitting = [(one, suffix) for one, suffix in known if file_name.lower().endswith(suffix)]
    return max(fitting, key=lambda fit: len(fit[1]), default=None)
