"""Runs the command line, and gives every way in which it can end its exit code and its words."""

import contextlib
import errno
import gc
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Final, NoReturn

from spendaudit import __version__, i18n
from spendaudit.errors import (
    BUG,
    DONE,
    INTERRUPTED,
    UNREADABLE,
    USAGE,
    DefinitionError,
    SpendauditError,
    of_system,
)
from spendaudit.wording import Words, joined

_ISSUES: Final = "https://github.com/spendaudit/spendaudit/issues"
#: What a machine may lack, and no mistake of this program.
_OUTSIDE: Final = {
    errno.EACCES,
    errno.EPERM,
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EROFS,
    errno.EMFILE,
    errno.EIO,
    errno.ENAMETOOLONG,
}


#: New objects after which Python looks for garbage.
_OBJECTS: Final = 50_000

_ROOM: Final = Words("make room there, or name a folder on another disk with --store")
_RIGHTS: Final = Words("whoever runs spendaudit needs the right to it; ask its owner, or name another place")
_HINTS: Final = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EROFS: Words("name a folder that can be written to with --store"),
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
}
#: What is raised while standard output is written names no file.
_PRINTED: Final = Words("make room where the output goes")


def main() -> int:
    """Run the command that `sys.argv` names; return the exit code."""
    _open_streams()
    if sys.flags.optimize > 1:
        return _fail(
            USAGE,
            Words("spendaudit cannot run under python -OO"),
            Words("its pages are docstrings, which -OO removes"),
        )
    if sys.argv[1:] in (["--version"], ["-V"]):
        # Answered before Typer is imported: scripts ask for it often.
        sys.stdout.write(f"spendaudit {__version__}\n")
        return DONE
    _tune_libraries()
    try:
        _speak()
    except SpendauditError as error:
        return _failed(error)
    return _run()


def _open_streams() -> None:
    """Put something in the place of standard streams that whoever started this has closed."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 it stays open


def _speak() -> None:
    """Choose the language before anything is imported that has words: by option, settings or locale."""
    wanted = i18n.option(sys.argv)
    if not wanted:
        from spendaudit.config import load_config  # noqa: PLC0415 not needed for --version

        # What is wrong with the settings is told by the commands that take them.
        with contextlib.suppress(SpendauditError):
            named = i18n.option(sys.argv, "--config", take=False)
            wanted = load_config(Path(named) if named else None).options["lang"].value
    system = i18n.of_locale(os.environ)
    try:
        i18n.use(wanted or system)
    except SpendauditError:
        i18n.use(system)
        raise


def _tune_libraries() -> None:
    """Set what libraries read from the environment when they are loaded, where the user has not."""
    # Modules and what they define are there for good: to look through them for garbage, over and over, would
    # take a tenth of the start.
    gc.set_threshold(_OBJECTS)
    # It would read the description of every installed package to find out whether one extends it.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
    # numpy would start threads for linear algebra, of which there is none here: they spin.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _run() -> int:
    try:
        from spendaudit.cli.app import app  # noqa: PLC0415 not needed for --version

        code = app(standalone_mode=False, prog_name="spendaudit")
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
        return DONE
    except SystemExit as end:
        # Typer ends so when it has completed a word. It and Rich answer a closed pipe by exiting with 1,
        # which here means findings.
        if end.code and not isinstance(end.__context__, BrokenPipeError):
            return _bug(end)
        _drop_output()
        return DONE
    except BaseException as error:  # noqa: BLE001 whatever it is, it must not look like findings
        return _failed(error)
    return _fail(INTERRUPTED, Words("interrupted")) if code == INTERRUPTED else code or DONE


def _drop_output() -> None:
    """Keep the interpreter from flushing what nobody takes, which would end in another exit code."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _failed(error: BaseException) -> int:
    from typer import Abort, TyperException  # noqa: PLC0415 not needed for --version

    match error:
        case KeyboardInterrupt() | Abort():
            return _fail(INTERRUPTED, Words("interrupted"))
        case DefinitionError():
            return _bug(error)
        case SpendauditError():
            return _fail(error.exit_code, error.said, error.advice)
        case TyperException():
            command = getattr(getattr(error, "ctx", None), "command_path", "spendaudit")
            from spendaudit.cli.mistakes import mistake  # noqa: PLC0415 not needed when all goes well

            # pydantic's word, by way of Typer.
            message = mistake(error.format_message().replace("Value error, ", ""))
            return _fail(
                USAGE, Words(message), Words("`{command} --help` shows what it takes", command=command)
            )
        case OSError() if error.errno in _OUTSIDE:
            place = f"{error.filename}: " if error.filename else ""
            hint = _HINTS.get(error.errno or 0) if error.filename else _PRINTED
            _drop_output()
            return _fail(UNREADABLE, joined((place, of_system(error)), ""), hint)
        case _:
            return _bug(error)


def _fail(code: int, message: Words, hint: Words | None = None) -> int:
    from spendaudit.report.safe import folded, plain  # noqa: PLC0415 not needed when all goes well

    for line in i18n.tell(message).splitlines():
        error = f"{i18n.t('error:')} {plain(line)}"
        sys.stderr.write(f"{folded(error, sys.stderr)}\n")
    if hint and (advice := i18n.tell(hint)):
        told = f"{i18n.t('hint:')} {plain(advice)}"
        sys.stderr.write(f"{folded(told, sys.stderr)}\n")
    return code


def _bug(error: BaseException) -> int:
    """Say that this is a mistake of spendaudit, where its trace is, and how to report it."""
    trace = "".join(traceback.format_exception(error))
    if {"-v", "--verbose"} & set(sys.argv) or os.environ.get("SPENDAUDIT_DEBUG"):
        sys.stderr.write(trace)
        where = Words("the traceback above")
    else:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", prefix="spendaudit-", suffix=".txt", delete=False
        ) as file:
            file.write(f"spendaudit {__version__}, Python {sys.version}\n{trace}")
        where = Words("the file {name}", name=file.name)
    return _fail(
        BUG,
        Words(
            "a bug in spendaudit, which says nothing about your data: {kind}: {error}",
            kind=type(error).__name__,
            error=str(error),
        ),
        Words(
            "please report it at {issues} with {where} and the output of `spendaudit doctor`",
            issues=_ISSUES,
            where=where,
        ),
    )


def run() -> NoReturn:
    """Run the command line, and end the process.

    At once: what was printed is flushed and what was written is closed, and to take an interpreter apart that
    has held some hundred megabytes takes a tenth of a second.
    """
    code = main()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    run()
