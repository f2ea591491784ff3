"""Times a command as a whole process: wall clock, processor time and peak memory."""

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

#: `ru_maxrss` is in KiB on Linux.
_KIB = 1024


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of one command."""

    wall: float
    cpu: float
    #: Largest resident memory, in MiB.
    peak: float


class FailedError(Exception):
    """A command that is measured did not end as it should."""


def run(command: Sequence[str], log: Path) -> Sample:
    """Run a command to its end; what it prints goes to `log`. The system accounts for it.

    A child's peak begins at its parent's, so the process that calls this must stay small: no Polars in it.
    """
    with log.open("wb") as output:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        said = log.read_text("utf-8", errors="replace").strip().splitlines()[-3:]
        raise FailedError(f"ended with {process.returncode}: {' / '.join(said)}")
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / _KIB)


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
