"""What all tests share: where real portal files may be, and what happens when they are not."""

import os
from pathlib import Path

import pytest
from calling import Shell

REAL_DATA = Path(__file__).parents[1].parent / "shared" / "data"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real portal files; the test is skipped without it, but fails where it must be there."""
    if not REAL_DATA.is_dir():
        if os.environ.get("SPENDAUDIT_REALDATA") == "required":
            pytest.fail(f"{REAL_DATA} is required and is not there")
        pytest.skip("no real portal files beside the project")
    return REAL_DATA


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Call the entry point in this process."""
    return Shell(monkeypatch, capsys)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "real_data" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.realdata)
