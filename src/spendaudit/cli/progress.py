"""Shows how far a long step is, where a person watches."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Bar(Protocol):
    """Is told what is being done, how far it is, and how far it goes (0 when nobody knows)."""

    def __call__(self, label: str, done: int, total: int, /) -> None:
        """Show it."""


def _hidden(_label: str, _done: int, _total: int, /) -> None:
    """Show nothing."""


@contextmanager
def bar(*, quiet: int, of_bytes: bool) -> Iterator[Bar]:
    """Draw a bar on standard error while it lasts; nothing when that is no terminal, or with `-q`."""
    if quiet or not sys.stderr.isatty():
        yield _hidden
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    from spendaudit.report.safe import plain

    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn() if of_bytes else MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as drawn:
        task = drawn.add_task("", total=None)

        def advance(label: str, done: int, total: int, /) -> None:
            drawn.update(task, description=plain(label), completed=done, total=total or None)

        yield advance
