"""What the tests of mappings share: the generator of files of no portal, and a person at the command line."""

import sys
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

from spendaudit.__main__ import main


class Ended(NamedTuple):
    """How a command ended: its exit code, what it printed, what it said."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture(scope="session")
def purpose_made() -> ModuleType:
    """The module beside this one; tests are no package."""
    spec = spec_from_file_location("purpose_made", Path(__file__).with_name("purpose_made.py"))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules["purpose_made"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Call the entry point in a folder and with a store of the test's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPENDAUDIT_STORE", str(tmp_path / "store"))

    def call(*arguments: str | Path) -> Ended:
        monkeypatch.setattr(sys, "argv", ["spendaudit", *map(str, arguments)])
        code = main()
        return Ended(code, *capsys.readouterr())

    return call
