"""Measures files in other forms than lines of text, at two sizes ten times apart: memory must not grow."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

import timing
from report import Check

_HERE: Final = Path(__file__).parent
#: The modules that the data depends on: when one has changed, the data is made anew.
_GENERATOR: Final = ("awards", "feeds", "forms", "releases", "workbooks")
#: Awards in the smaller file; a workbook holds a million rows at most.
_RECORDS: Final = 20_000
_TIMES: Final = 10
#: The most memory that normalising any of them may take, in MiB.
_PEAK: Final = 512
#: How many times of the smaller file's peak the larger one's may be. What grows are the texts that cells of a
#: workbook share, and what is known of the versions of a feed's records.
_MOST: Final[Mapping[str, float]] = MappingProxyType(
    {"workbook": 1.75, "JSON lines": 1.3, "JSON package": 1.3, "XML feeds": 1.6}
)
_SUFFIXES: Final = MappingProxyType(
    {"workbook": ".xlsx", "JSON lines": ".jsonl", "JSON package": ".json", "XML feeds": ".zip"}
)


@dataclass(frozen=True, slots=True)
class Normalized:
    """One file, and what it took to normalise it."""

    form: str
    records: int
    #: Of what is read: of an archive, once it is unpacked.
    bytes: int
    taken: timing.Sample


@dataclass(slots=True)
class Growth:
    """What was measured of all forms."""

    files: list[Normalized] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def measured(folder: Path, say: Callable[[str], None]) -> Growth:
    """Normalise every form in both sizes, each once: a peak hardly differs from run to run."""
    growth = Growth()
    (folder / "scratch").mkdir(parents=True, exist_ok=True)
    for form, most in _MOST.items():
        try:
            small, large = (_normalized(form, size, folder, say) for size in (_RECORDS, _RECORDS * _TIMES))
        except timing.FailedError as error:
            growth.failures.append(f"{form}: {error}")
            continue
        growth.files += [small, large]
        ratio = large.taken.peak / small.taken.peak
        growth.checks.append(Check(f"{form}, peak against that of a tenth", ratio, most))
        growth.checks.append(Check(f"{form}, peak MiB", large.taken.peak, _PEAK))
    return growth


def _normalized(form: str, records: int, folder: Path, say: Callable[[str], None]) -> Normalized:
    path = _made(form, records, folder, say)
    store, log = folder / "scratch" / "forms", folder / "scratch" / "log.txt"
    shutil.rmtree(store, ignore_errors=True)
    command = (sys.executable, "-m", "spendaudit", "normalize", str(path), "--store", str(store), "-q")
    taken = timing.run(command, log)
    say(f"  {form}, {records:,} awards: {taken.wall:.2f} s, {taken.peak:.0f} MiB")
    return Normalized(form, records, _unpacked(path), taken)


def _made(form: str, records: int, folder: Path, say: Callable[[str], None]) -> Path:
    """Find a file; make it up where it is missing."""
    path = folder / f"awards_{records}{_SUFFIXES[form]}"
    written = max((_HERE / f"{module}.py").stat().st_mtime for module in _GENERATOR)
    if not (path.exists() and path.stat().st_mtime >= written):
        say(f"making up {form} of {records:,} awards in {folder} ...")
        options = (form, f"--records={records}", f"--out={path}")
        subprocess.run((sys.executable, str(_HERE / "forms.py"), *options), check=True)
    return path


def _unpacked(path: Path) -> int:
    if not zipfile.is_zipfile(path):
        return path.stat().st_size
    with zipfile.ZipFile(path) as archive:
        return sum(member.file_size for member in archive.infolist())


def printed(growth: Growth) -> Iterator[str]:
    """Lay out what was measured for a person."""
    yield f"{'normalize':<18}{'awards':>10}{'MB':>8}{'wall s':>9}{'cpu s':>8}{'MB/s':>7}{'peak MiB':>10}"
    for one in growth.files:
        size, taken = one.bytes / 1e6, one.taken
        yield (
            f"{one.form:<18}{one.records:>10,}{size:>8.0f}{taken.wall:>9.2f}{taken.cpu:>8.2f}"
            f"{size / taken.wall:>7.1f}{taken.peak:>10.0f}"
        )
    yield ""
    for check in growth.checks:
        yield f"{check.what:<66}{check.value:>9.2f}{check.most:>9.2f}  {'met' if check.met else 'MISSED'}"
    yield from ("", *(f"failed: {failure}" for failure in growth.failures))
