"""Memory that was kept for the next block of a file goes back to the system once there is none."""

import ctypes
import platform
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from spendaudit.ingest.memory import give_back_freed_memory, keep_freed_memory

_KEPT = """
from pathlib import Path
from spendaudit.ingest.memory import give_back_freed_memory, keep_freed_memory

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 >> 20

keep_freed_memory()
blocks = [b"x" * 1_000_000 for _ in range(200)]
blocks.clear()
kept = resident()
give_back_freed_memory()
print(kept, resident())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="another system")
def test_what_was_freed_is_kept_until_it_is_given_back() -> None:
    run = subprocess.run([sys.executable, "-c", _KEPT], capture_output=True, text=True, check=True)  # noqa: S603

    kept, left = map(int, run.stdout.split())

    assert kept > 150
    assert left < kept - 150


def _of_windows(name: str | None) -> SimpleNamespace:
    raise TypeError(f"LoadLibrary() argument 1 must be str, not {type(name).__name__}")


def _of_a_mac(_name: str | None) -> SimpleNamespace:
    return SimpleNamespace(malloc=len)


@pytest.mark.parametrize("library", [_of_windows, _of_a_mac])
def test_where_there_is_nothing_to_tune_nothing_happens(
    library: Callable[[str | None], SimpleNamespace], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ctypes, "CDLL", library)

    keep_freed_memory.__wrapped__()
    give_back_freed_memory()
