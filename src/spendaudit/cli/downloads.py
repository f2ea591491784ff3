"""Shows downloads: what would be asked for, how far each file is, and what became of it."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import RenderableType
from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from spendaudit.i18n import t, tell
from spendaudit.ingest.fetch import Fetched, Outcome, Progress
from spendaudit.ingest.rawstore import StoredRelease
from spendaudit.ingest.release import Release
from spendaudit.report.safe import plain

_STYLES = {
    Outcome.NEW: "green",
    Outcome.REWRITTEN: "yellow",
    Outcome.UNPUBLISHED: "red",
    Outcome.FAILED: "bold red",
}


def plan(releases: Sequence[Release], held: Sequence[StoredRelease]) -> Iterator[RenderableType]:
    """Lay out what would be asked for, and since when the store has it."""
    days = {(line.period, line.name): f"{line.fetched_at:%Y-%m-%d}" for line in held}
    table = _table(t("period"), t("in the store since"), t("address"))
    of_list = t("(the portal's list)")
    for release in releases:
        day = days.get((release.period, release.file), "-")
        where = f"{release.url} {of_list}" if release.listing else release.url
        table.add_row(*map(_cell, (release.period, day, where)))
    yield table


def results(fetched: Sequence[Fetched]) -> Iterator[RenderableType]:
    """Lay out what became of every file, and how large is what the store holds of it."""
    table = _table(t("period"), t("outcome"), t("size"), t("note"))
    table.columns[2].justify = "right"
    several = {period for period, files in Counter(one.period for one in fetched).items() if files > 1}
    for one in fetched:
        size = decimal(one.stored.bytes) if one.stored else "-"
        outcome = Text(t(one.outcome.value), style=_STYLES.get(one.outcome, ""))
        note = tell(one.note).removeprefix(f"{one.url}: ")
        period = f"{one.period}  {one.file}" if one.period in several else one.period
        table.add_row(_cell(period), outcome, _cell(size), _cell(note))
    yield table


@contextmanager
def watched(releases: Sequence[Release], *, quiet: int) -> Iterator[Progress]:
    """Draw how far each file is on standard error; nothing when that is no terminal, or with `-q`."""
    if quiet or not sys.stderr.isatty():
        yield lambda _release, _arrived, _total: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        TaskID,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )
    from rich.progress import Progress as Drawing

    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Drawing(
        TextColumn("{task.description}", markup=False),
        *columns,
        console=Console(stderr=True),
        transient=True,
    ) as drawn:
        tasks: dict[tuple[str, str], TaskID] = {}

        def advance(release: Release, arrived: int, total: int | None) -> None:
            key = (release.period, release.file)
            if key not in tasks:
                for other in tasks.values():
                    drawn.update(other, visible=False)
                place = t(
                    "{period} ({number} of {all})",
                    period=plain(release.period),
                    number=releases.index(release) + 1,
                    all=len(releases),
                )
                # What an earlier run brought is no speed of this one.
                tasks[key] = drawn.add_task(place, completed=arrived, total=total)
            drawn.update(tasks[key], completed=arrived, total=total)

        yield advance


def _table(*headings: str) -> Table:
    table = Table(*headings, box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.columns[-1].overflow = "fold"
    return table


def _cell(text: str) -> Text:
    return Text(plain(text))
