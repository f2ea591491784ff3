"""Every error that spendaudit raises on purpose, with the exit code it maps to."""

from typing import ClassVar, Final, Self

from spendaudit.wording import Words, joined

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

    def __init__(self, message: str | Words, /, *, hint: str | Words = "", **values: object) -> None:
        """Say what happened and where; the hint says what to do. Both are texts of these values (`Words`)."""
        self.said = message if isinstance(message, Words) else Words(message, **values)
        self.advice = hint if isinstance(hint, Words) else Words(hint, **values)
        super().__init__(str(self.said))

    @property
    def message(self) -> str:
        """What happened, in English as programs read it; `i18n.tell` says it to a person."""
        return str(self.said)

    @property
    def hint(self) -> str:
        """What to do, in English; empty if nothing is advised."""
        return str(self.advice)

    def at(self, place: object) -> Self:
        """Return the same error, which first says where it is: in a file, or in a variable."""
        return type(self)(joined((place, self.said), ": "), hint=self.advice)


class UsageError(SpendauditError):
    """The caller can mend it: a wrong option, rule id, setting or path."""

    exit_code: ClassVar[int] = USAGE


class ReadError(SpendauditError):
    """A file is there but does not hold what a spending release must."""


class LayoutChangedError(ReadError):
    """The portal's file no longer has the columns that its source file describes."""


class UnknownLayoutError(ReadError):
    """A table that no portal known to spendaudit publishes."""


class ReportError(UnknownLayoutError):
    """What spendaudit itself wrote of an audit, and no data."""


class FetchError(SpendauditError):
    """A download failed; what had arrived is kept and resumed next time."""


class DefinitionError(SpendauditError):
    """A rule, source or data file of spendaudit does not hold what it must."""

    exit_code: ClassVar[int] = BUG


#: What a system says of a file, for translators.
SYSTEM: Final = (
    *("Permission denied", "Operation not permitted", "No such file or directory", "Not a directory"),
    *("Is a directory", "File exists", "File name too long", "No space left on device"),
    *("Disk quota exceeded", "Read-only file system", "Too many open files", "Input/output error"),
)


def of_system(error: OSError) -> Words:
    """Say why the system refuses."""
    return Words(error.strerror or type(error).__name__)
