"""What can be wrong with a machine, and how to tell."""

import os
import platform
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Final

from spendaudit import __version__
from spendaudit.enrich.law import load_limits
from spendaudit.i18n import number, t
from spendaudit.report.words import count
from spendaudit.rules import load_rules
from spendaudit.sources import load_sources

_GIB: Final = 1 << 30
#: A month of purchase orders takes about this much while it is normalised.
_ROOM: Final = 2 * _GIB
_LIBRARIES: Final = ("polars", "numpy", "pydantic", "typer", "rich", "requests", "python-stdnum")


class State(StrEnum):
    """Whether something must be done."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    state: State
    name: str
    found: str


def all_checks(store: Path, settings: Sequence[Path] = ()) -> Iterator[Check]:
    """Look at everything that has been the cause of trouble; `settings` are the files that were read."""
    yield Check(State.OK, "spendaudit", __version__)
    yield Check(State.OK, "Python", f"{platform.python_version()}, {platform.system()} {platform.machine()}")
    yield Check(State.OK, t("libraries"), ", ".join(f"{name} {version(name)}" for name in _LIBRARIES))
    yield Check(State.OK, t("rules"), str(len(load_rules())))
    yield Check(State.OK, t("sources"), ", ".join(load_sources()))
    yield Check(State.OK, t("settings"), ", ".join(str(path) for path in settings) or t("no file"))
    yield from _limits(datetime.now(UTC).date())
    yield _store(store)
    yield _disk(store)
    yield _terminal()


def _limits(today: date) -> Iterator[Check]:
    """Tell until when each country's law is known; units of account are published for the month to come."""
    for country, ceilings in load_limits().ceilings.items():
        last = max(ceiling.ends for ceiling in ceilings)
        name = t("limits {country}", country=country)
        if last >= today:
            yield Check(State.OK, name, t("until {day}", day=last))
        else:
            said = t("until {day}: contracts decided later have no known limit", day=last)
            yield Check(State.WARN, name, said)


def _store(store: Path) -> Check:
    if not store.exists():
        place = _existing(store)
        if place.is_dir() and os.access(place, os.W_OK):
            return Check(State.OK, t("store"), t("{store} (not there yet)", store=store))
        said = t("{store} cannot be made in {place}; choose another with --store", store=store, place=place)
        return Check(State.FAIL, t("store"), said)
    if not store.is_dir() or not os.access(store, os.W_OK):
        said = t("{store} cannot be written to; choose another with --store", store=store)
        return Check(State.FAIL, t("store"), said)
    sizes = [path.stat().st_size for path in store.rglob("*") if path.is_file()]
    files = count(len(sizes), "file")
    return Check(State.OK, t("store"), f"{store} ({files}, {number(sum(sizes) / _GIB, 2)} GiB)")


def _disk(store: Path) -> Check:
    free = shutil.disk_usage(_existing(store)).free
    state = State.OK if free >= _ROOM else State.WARN
    return Check(state, t("free disk"), f"{number(free / _GIB, 1)} GiB")


def _existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.absolute().parents) if folder.exists())


def _terminal() -> Check:
    encoding = (sys.stdout.encoding or "-").lower()
    columns = shutil.get_terminal_size().columns
    kind = t("{number} columns", number=columns) if sys.stdout.isatty() else t("not a terminal")
    if encoding.replace("-", "") == "utf8":
        return Check(State.OK, t("output"), f"{kind}, {encoding}")
    said = t("some letters show as ?; set PYTHONUTF8=1")
    return Check(State.WARN, t("output"), f"{kind}, {encoding}: {said}")
