"""Calls the entry point in this process, as a shell would, and tells how that ended."""

import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from spendaudit.__main__ import main


class Ended(NamedTuple):
    """How a command ended: its exit code, what it printed, what it said."""

    code: int
    out: str
    err: str


class Shell:
    """A person at a command line: calls the entry point with these arguments."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch = monkeypatch
        self.capsys = capsys

    def __call__(self, *arguments: str | Path) -> Ended:
        self.monkeypatch.setattr(sys, "argv", ["spendaudit", *map(str, arguments)])
        code = main()
        return Ended(code, *self.capsys.readouterr())
