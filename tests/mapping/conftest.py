"""What the tests of mappings share: the generator of files of no portal, and a person at the command line."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from calling import Shell


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
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Call the entry point in a folder and with a store of the test's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPENDAUDIT_STORE", str(tmp_path / "store"))
    return Shell(monkeypatch, capsys)
