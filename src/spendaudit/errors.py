"""Every error that spendaudit raises on purpose, with the exit code it maps to."""

from typing import ClassVar, Final

DONE: Final = 0
FOUND: Final = 1
USAGE: Final = 2
UNREADABLE: Final = 3
INCOMPLETE: Final = 4
BUG: Final = 70
INTERRUPTED: Final = 130


class SpendauditError(Exception):
    """Root of the tree: the command line shows these without a traceback."""

    exit_code: ClassVar[int] = UNREADABLE

    def __init__(self, message: str, *, hint: str = "") -> None:
        """Say what happened and where; the hint says what to do."""
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(SpendauditError):
    """The caller can mend it: a wrong option, rule id, setting or path."""

    exit_code: ClassVar[int] = USAGE


class ReadError(SpendauditError):
    """A file is there but does not hold what a spending release must."""


class LayoutChangedError(ReadError):
    """The portal's file no longer has the columns that its source file describes."""


class UnknownLayoutError(ReadError):
    """A table that no portal known to spendaudit publishes."""


class FetchError(SpendauditError):
    """A download failed; what had arrived is kept and resumed next time."""


class DefinitionError(SpendauditError):
    """A rule, source or data file of spendaudit does not hold what it must."""

    exit_code: ClassVar[int] = BUG
