"""Times a command as a whole process: wall clock, processor time and peak memory."""

import os
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Self

#: `ru_maxrss` is in KiB on Linux.
_KIB = 1024
_PAGE = os.sysconf("SC_PAGE_SIZE")
#: Seconds from one look at the memory of a command's processes to the next.
_LOOK = 0.1


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of one command."""

    wall: float
    cpu: float
    #: Largest resident memory, in MiB; of several processes together, as far as a look now and then shows it.
    peak: float


class FailedError(Exception):
    """A command that is measured did not end as it should."""


class _Watch:
    """Looks at the memory of a process and of those that it has started; the system tells only of one."""

    def __init__(self, process: int) -> None:
        self._process = process
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.peak = 0.0

    def __enter__(self) -> Self:
        """Begin to look."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(_LOOK):
            family = [self._process, *self._children()]
            if len(family) > 1:
                self.peak = max(self.peak, sum(map(_resident, family)))

    def _children(self) -> list[int]:
        with suppress(OSError):
            tasks = Path(f"/proc/{self._process}/task").iterdir()
            return [int(child) for task in tasks for child in (task / "children").read_text().split()]
        return []


def _resident(process: int) -> float:
    """Return the resident memory of a process in MiB; none of one that is gone."""
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE / (_KIB * _KIB)
    return 0.0


def run(command: Sequence[str], log: Path) -> Sample:
    """Run a command to its end; what it prints goes to `log`. The system accounts for it.

    A child's peak begins at its parent's, so the process that calls this must stay small: no Polars in it.
    """
    # Installed modules are compiled once; where Python is told to keep nothing, every start does it again.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with log.open("wb") as output:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment
        )
        with _Watch(process.pid) as watch:
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        said = log.read_text("utf-8", errors="replace").strip().splitlines()[-3:]
        raise FailedError(f"ended with {process.returncode}: {' / '.join(said)}")
    return Sample(wall, usage.ru_utime + usage.ru_stime, max(usage.ru_maxrss / _KIB, watch.peak))


def typical(samples: Sequence[Sample]) -> Sample:
    """Take the median of times, and the largest peak."""
    return Sample(
        median(sample.wall for sample in samples),
        median(sample.cpu for sample in samples),
        max(sample.peak for sample in samples),
    )


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times of another command's time a command takes."""

    wall: float
    #: Steadier than the clock where other work runs on the machine.
    cpu: float


def ratio(samples: Sequence[Sample], baseline: Sequence[Sample]) -> Ratio:
    """Compare runs pair by pair, in the order they were made, and take medians: drift hits both alike."""
    pairs = list(zip(samples, baseline, strict=True))
    return Ratio(
        median(one.wall / other.wall for one, other in pairs),
        median(one.cpu / other.cpu for one, other in pairs),
    )
