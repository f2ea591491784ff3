"""Where reports go: files, each in its format, and standard output."""

import io
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from spendaudit.audit.retell import retold
from spendaudit.cli.options import FailOn
from spendaudit.cli.unjudged import unjudged
from spendaudit.errors import UsageError, of_system
from spendaudit.i18n import ENGLISH, speaking
from spendaudit.model.findings import Severity
from spendaudit.model.run import Run
from spendaudit.paths import default_store
from spendaudit.report.formats import Format, Options, load_formats, named
from spendaudit.report.listing import Listing
from spendaudit.report.screen import standard_output
from spendaudit.rules import load_rules
from spendaudit.wording import Words, meant


@dataclass(frozen=True, slots=True)
class Outputs:
    """Files and their formats, and the format of standard output (None: nothing is printed)."""

    files: tuple[tuple[Path, Format], ...]
    printed: Format | None


def choose(files: Sequence[Path], format_name: str, *, quiet: int) -> Outputs:
    """Find the format of every file. Raises UsageError before any work is done that could not be kept."""
    formats = load_formats()
    if format_name not in formats:
        hint = meant(format_name, formats, Words("formats: {known}", known=", ".join(formats)))
        raise UsageError("there is no format {name}", hint=hint, name=format_name)
    chosen = tuple((path, _format(path, format_name)) for path in files)
    printed = None if quiet > 1 else formats[format_name]
    if printed and printed.encoding is None and sys.stdout.isatty():
        raise UsageError(
            "{name} is no text for a terminal",
            hint="--output findings{suffix}",
            name=format_name,
            suffix=printed.suffixes[0],
        )
    return Outputs(chosen, printed)


def _format(path: Path, format_name: str) -> Format:
    formats = load_formats()
    known = named(path.name, formats.values())
    if path.suffix and not known:
        suffixes = ", ".join(f"{one.name} ({', '.join(one.suffixes)})" for one in formats.values())
        raise UsageError(
            "{path}: no format is called so",
            hint="formats by how names end: {suffixes}",
            path=path,
            suffixes=suffixes,
        )
    check_place(path, "findings.csv")
    return known[0] if known else formats[format_name]


def check_place(path: Path, example: str) -> None:
    """Refuse what no file can be written to; `example` names a file."""
    if not path.parent.is_dir():
        raise UsageError(
            "{path}: there is no folder {folder}", hint="make it first", path=path, folder=path.parent
        )
    if path.is_dir():
        raise UsageError(
            "{path} is a folder", hint="name a file in it: {example}", path=path, example=path / example
        )


def write(
    run: Run,
    outputs: Outputs,
    store: Path,
    fail_on: FailOn = FailOn.LOW,
    lists: Sequence[Listing] = (),
    *,
    verbose: bool = False,
) -> None:
    """Write the files, each complete or not at all, then print; `store` keeps the run for later commands.

    `lists` were asked for: see `Options`. What is printed sums up why rules judged nothing, unless `verbose`.
    """
    failing = None if fail_on is FailOn.NEVER else Severity(fail_on.value)
    common = Options(limit=None, fail_on=failing, root=str(Path.cwd()), lists=tuple(lists))
    told = retold(run, load_rules())
    for path, report in outputs.files:
        with _language_of(report):
            _write_file(told if report.for_people else run, path, report, common)
    if outputs.printed:
        written = tuple(str(path) for path, _ in outputs.files)
        kept = "" if store == default_store() else str(store)
        shown = replace(common, limit=Options().limit, written=written, store=kept)
        if not verbose:
            shown = replace(shown, unjudged=unjudged(run))
        with _language_of(outputs.printed):
            _print(told if outputs.printed.for_people else run, outputs.printed, shown)


def _language_of(report: Format) -> AbstractContextManager[None]:
    """Speak the reader's language to people, and English to programs."""
    return nullcontext() if report.for_people else speaking(ENGLISH)


def _print(run: Run, report: Format, options: Options) -> None:
    stream = standard_output()
    _fill(run, stream.buffer if report.encoding is None else stream, report, options)
    stream.flush()
    for variable, text in report.appended.items():
        if name := os.environ.get(variable):
            try:
                with Path(name).open("a", encoding="utf-8", newline="") as file:
                    file.write(text(run))
            except OSError as error:
                raise UsageError(
                    "{name} cannot be written: {error}",
                    hint="${variable} names it",
                    name=name,
                    error=of_system(error),
                    variable=variable,
                ) from error


def _fill(run: Run, stream: IO[Any], report: Format, options: Options) -> None:
    if report.encoding is not None:
        report.report(run, stream, options)
        return
    # A zip that is written straight into a pipe has other bytes than one in a file, and libraries call a full
    # disk by names of their own.
    whole = io.BytesIO()
    report.report(run, whole, options)
    stream.write(whole.getbuffer())


def _write_file(run: Run, path: Path, report: Format, options: Options) -> None:
    write_file(path, report.encoding, lambda stream: _fill(run, stream, report, options))
    known = named(path.name, [report])
    stem = path.name[: -len(known[1])] if known else path.name
    for name, text in report.beside(run, stem).items():
        write_file(path.with_name(name), "utf-8", lambda stream, text=text: stream.write(text))  # type: ignore[misc]


def write_file(path: Path, encoding: str | None, fill: Callable[[Any], object]) -> None:
    """Write a file aside and rename it: it is complete or not there. A device is written in place.

    `fill` gets a stream of text in the encoding, or of bytes where there is none.
    """
    special = path.exists() and not path.is_file()
    aside = path if special else path.with_name(f".spendaudit-{os.getpid()}")
    try:
        with _open(aside, encoding) as stream:
            fill(stream)
        if not special:
            aside.replace(path)
    except OSError as error:
        raise UsageError(
            "{path} cannot be written: {error}",
            hint="choose another --output",
            path=path,
            error=of_system(error),
        ) from error
    finally:
        if not special:
            aside.unlink(missing_ok=True)


def _open(path: Path, encoding: str | None) -> IO[Any]:
    return path.open("wb") if encoding is None else path.open("w", encoding=encoding, newline="")
