"""What is said beside the data: notes, on standard error."""

import sys
from dataclasses import dataclass, field
from pathlib import Path

from spendaudit.errors import SpendauditError
from spendaudit.i18n import t, tell
from spendaudit.report.safe import folded, plain


@dataclass(frozen=True, slots=True)
class Notes:
    """How much a person wants to be told."""

    quiet: int = 0
    verbose: bool = False
    #: Hints that were given: the second file with the same fault needs none.
    _given: set[str] = field(default_factory=set, init=False)

    def say(self, text: str) -> None:
        """Tell what is good to know."""
        if not self.quiet:
            _write(plain(text))

    def detail(self, text: str) -> None:
        """Tell what only a person who asked for more wants to know."""
        if self.verbose:
            self.say(text)

    def hand(self, command: str) -> None:
        """Give a command on a line of its own, never folded: it is there to be copied."""
        if not self.quiet:
            sys.stderr.write(f"  {plain(command)}\n")

    def refuse(self, place: str, error: SpendauditError) -> None:
        """Tell what went wrong with one file while others go on; -q does not hide it."""
        if self.quiet > 1:
            return
        name = Path(place).name
        # Messages begin with a file's name; among others it needs its folder, too.
        message, hint = tell(error.said), tell(error.advice)
        told = message.removeprefix(place).removeprefix(name)
        where = place if told != message else f"{place}: "
        _write(f"{t('error:')} {plain(where + told)}")
        if hint and hint not in self._given:
            self._given.add(hint)
            _write(f"{t('hint:')} {plain(hint)}")


def _write(line: str) -> None:
    sys.stderr.write(f"{folded(line, sys.stderr)}\n")
