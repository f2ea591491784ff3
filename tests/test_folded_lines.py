"""Notes and errors are folded between words on a terminal, and never anywhere else."""

import io
import re

import pytest

from spendaudit.cli import pages
from spendaudit.report.safe import folded

ERROR = "error: contracts.csv is of no portal that spendaudit knows; its header starts with Número"


class Terminal(io.StringIO):
    """What says of itself that it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make terminals 40 columns wide."""
    monkeypatch.setenv("COLUMNS", "40")


def test_a_terminal_gets_whole_words() -> None:
    assert folded(ERROR, Terminal()).splitlines() == [
        "error: contracts.csv is of no portal",
        "  that spendaudit knows; its header",
        "  starts with Número",
    ]


def test_a_path_stays_whole_so_that_it_can_be_copied() -> None:
    path = f"/data/{'long-name/' * 6}file.csv"

    assert path in folded(f"passed over {path}: it is empty", Terminal()).splitlines()[1]


def test_a_file_gets_the_line_as_it_is() -> None:
    assert folded(ERROR, io.StringIO()) == ERROR


def test_what_has_no_room_in_a_list_goes_on_below_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(pages, "standard_output", lambda: terminal)

    pages.show_list(("rule",), [("AMD004", "long-extension", "low", "contracts, amendments", "Why?")], "")

    shown = re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue())
    assert [line.rstrip() for line in shown.splitlines()[:3]] == [
        "AMD004  long-extension  low  contracts,",
        "        amendments",
        "  Why?",
    ]
