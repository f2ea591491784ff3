"""Where reports go: files, each in its format, and standard output."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TextIO, cast

from spendaudit.errors import UsageError
from spendaudit.model.run import Run
from spendaudit.paths import default_store
from spendaudit.report.formats import Options, Report, load_formats


@dataclass(frozen=True, slots=True)
class Outputs:
    """Files and their formats, and the format of standard output (None: nothing is printed)."""

    files: tuple[tuple[Path, Report], ...]
    printed: Report | None


def choose(files: Sequence[Path], format_name: str, *, quiet: int) -> Outputs:
    """Find the format of every file. Raises UsageError before any work is done that could not be kept."""
    formats = load_formats()
    if format_name not in formats:
        near = get_close_matches(format_name, formats, n=1)
        known = ", ".join(formats)
        raise UsageError(
            f"there is no format {format_name}",
            hint=f"did you mean {near[0]}?" if near else f"formats: {known}",
        )
    chosen = []
    for path in files:
        named = [one for one in formats.values() if path.name.lower().endswith(one.SUFFIXES)]
        if path.suffix and not named:
            suffixes = ", ".join(suffix for one in formats.values() for suffix in one.SUFFIXES)
            raise UsageError(f"{path}: no format is called so", hint=f"file names end in {suffixes}")
        if not path.parent.is_dir():
            raise UsageError(f"{path}: there is no folder {path.parent}", hint="make it first")
        if path.is_dir():
            raise UsageError(f"{path} is a folder", hint=f"name a file in it: {path / 'findings.csv'}")
        chosen.append((path, named[0] if named else formats[format_name]))
    return Outputs(tuple(chosen), None if quiet > 1 else formats[format_name])


def write(run: Run, outputs: Outputs, store: Path) -> None:
    """Write the files, each complete or not at all, then print; `store` keeps the run for later commands."""
    for path, report in outputs.files:
        _write_file(run, path, report)
    if outputs.printed:
        written = tuple(str(path) for path, _ in outputs.files)
        outputs.printed.report(
            run,
            standard_output(),
            Options(written=written, store="" if store == default_store() else str(store)),
        )


def _write_file(run: Run, path: Path, report: Report) -> None:
    write_file(path, report.ENCODING, lambda stream: report.report(run, stream, Options(limit=None)))


def write_file(path: Path, encoding: str, fill: Callable[[TextIO], object]) -> None:
    """Write a file aside and rename it: it is complete or not there. A device is written in place."""
    special = path.exists() and not path.is_file()
    aside = path if special else path.with_name(f".spendaudit-{os.getpid()}")
    try:
        with aside.open("w", encoding=encoding, newline="") as stream:
            fill(stream)
        if not special:
            aside.replace(path)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}", hint="choose another --output"
        ) from error
    finally:
        if not special:
            aside.unlink(missing_ok=True)


def standard_output() -> TextIO:
    """Return standard output, ready for any sign of any script: UTF-8, unless it is a terminal's own."""
    stream = sys.stdout
    if hasattr(stream, "reconfigure"):
        if stream.isatty():
            stream.reconfigure(errors="replace")
        else:
            stream.reconfigure(encoding="utf-8", newline="")
    return cast("TextIO", stream)
