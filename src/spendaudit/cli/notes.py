"""What is said beside the data: notes, on standard error."""

import sys
from dataclasses import dataclass

from spendaudit.errors import SpendauditError
from spendaudit.report.safe import plain


@dataclass(frozen=True, slots=True)
class Notes:
    """How much a person wants to be told."""

    quiet: int = 0
    verbose: bool = False

    def say(self, text: str) -> None:
        """Tell what is good to know."""
        if not self.quiet:
            sys.stderr.write(f"{plain(text)}\n")

    def detail(self, text: str) -> None:
        """Tell what only a person who asked for more wants to know."""
        if self.verbose:
            self.say(text)

    def refuse(self, place: str, error: SpendauditError) -> None:
        """Tell what went wrong with one file while others go on; -q does not hide it."""
        if self.quiet > 1:
            return
        where = "" if error.message.startswith(place) else f"{place}: "
        sys.stderr.write(f"error: {plain(where + error.message)}\n")
        if error.hint:
            sys.stderr.write(f"hint: {plain(error.hint)}\n")
