"""Reads the text of JSON value by value, and holds a window of it, no more.

The parser of the standard library reads a value at a time; one that tells every bracket is ten times slower.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from spendaudit.model.remarks import CUT, TOO_DEEP

#: A value that is longer (in characters) is no tree; it would fill the memory many times over.
_MOST: Final = 256 << 20

#: How much of a value that the window's end cuts in two may look wrong: an escape or a word.
_CUT_SHORT: Final = 12

_ENDS: Final = {"{": "}", "[": "]"}

#: An object at the top that is longer than this (in characters) is read member by member.
LONG: Final = 4 << 20

#: Characters of damaged text that are kept.
KEPT: Final = 10_000

#: Blanks of JSON, byte order marks within concatenated texts, and marks between records (RFC 7464).
_BLANKS: Final = " \t\r\n\ufeff\x1e"

_SIGN: Final = re.compile(f"[^{_BLANKS}]")

#: Halves of characters beyond the first 65,536, each written as an escape of its own.
_HALVES: Final = re.compile("[\ud800-\udfff]")

#: Numbers stay text: as exact as they were published.
_DECODER: Final = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)


class DamageError(Exception):
    """The text is no JSON at the window's start."""

    def __init__(self, reason: str, *, at_end: bool) -> None:
        """Say what is wrong, and whether the text ends there."""
        super().__init__(reason)
        self.at_end = at_end


class TooLongError(Exception):
    """A value is longer than is to be read at once."""


class Window:
    """The part of a document's text that is held, and the place in it."""

    def __init__(self, texts: Iterator[str]) -> None:
        """Take the pieces of the text, in order."""
        self._texts = texts
        self._text = ""
        self._at = 0
        self._over = False
        self._halves = False

    def sign(self) -> str:
        """Skip blanks; return the next character, or nothing at the end."""
        while True:
            if found := _SIGN.search(self._text, self._at):
                self._at = found.start()
                return found[0]
            self._at = len(self._text)
            if not self._more():
                return ""

    def take(self, sign: str) -> None:
        """Go past a sign that must stand here."""
        if self.sign() != sign:
            over = self._over and self._at >= len(self._text)
            raise DamageError(CUT if over else f"'{sign}' is missing", at_end=over)
        self._at += 1

    def value(self, longest: int = 0) -> Any:
        """Read one value and go past it. Raises TooLongError, and stays, at one of more characters."""
        self.sign()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except (json.JSONDecodeError, RecursionError) as error:
                cut = isinstance(error, json.JSONDecodeError) and (
                    error.msg.startswith("Unterminated string") or error.pos > len(self._text) - _CUT_SHORT
                )
                if longest and len(self._text) - self._at > longest and cut:
                    raise TooLongError from None
                if cut and self._more():
                    continue
                reason = error.msg if isinstance(error, json.JSONDecodeError) else TOO_DEEP
                raise DamageError(CUT if cut else reason, at_end=cut) from None
            # A number may go on behind the window.
            if end == len(self._text) and not isinstance(value, dict | list) and self._more():
                continue
            self._at = end
            return _whole(value) if self._halves else value

    def pass_over(self) -> None:
        """Go past one value of any length, a part of it at a time."""
        ends: list[str] = []
        while True:
            try:
                self.value(longest=LONG)
            except TooLongError:
                if (opened := self.sign()) in _ENDS:
                    self.take(opened)
                    ends.append(_ENDS[opened])
                    if opened == "{":
                        self._take_name()
                    continue
                self.value()
            while ends and self.sign() == ends[-1]:
                self.take(ends.pop())
            if not ends:
                return
            self.take(",")
            if ends[-1] == "}":
                self._take_name()

    def _take_name(self) -> None:
        self.value()
        self.take(":")

    def skip_document(self, *, to_line: bool) -> tuple[str, bool]:
        """Go past damaged text, up to a line that opens an object; tell whether there is one."""
        kept = ""
        while True:
            end = self._text.find("\n{", self._at) if to_line else -1
            # The bracket may be the first sign of what follows.
            stop = end if end >= 0 else max(self._at, len(self._text) - 1)
            kept += self._text[self._at : min(stop, self._at + KEPT - len(kept))]
            self._at = stop
            if end >= 0:
                if end > KEPT:
                    # The parser counts the lines above each damage.
                    self._text, self._at = self._text[end:], 0
                return kept, True
            if not self._more():
                kept = (kept + self._text[self._at :])[:KEPT]
                self._at = len(self._text)
                return kept, False

    def _more(self) -> bool:
        """Let go of what was read, and hold twice as much as is left."""
        if self._over:
            return False
        left = self._text[self._at :]
        if len(left) > _MOST:
            raise DamageError(f"a value of more than {_MOST >> 20} million characters", at_end=True)
        parts, size = [left], 0
        while size <= len(left):
            part = next(self._texts, None)
            if part is None:
                self._over = True
                break
            parts.append(part)
            size += len(part)
        self._text, self._at = "".join(parts), 0
        # One escape may be cut in two by the end of a part.
        self._halves = _has_halves(self._text)
        return size > 0


def value_of(text: str) -> Any:
    """Read a text that is one value. Raises ValueError or RecursionError."""
    value = _DECODER.decode(text)
    return _whole(value) if _has_halves(text) else value


def _has_halves(text: str) -> bool:
    return "\\ud" in text or "\\uD" in text


def _whole(value: Any) -> Any:
    """Put the sign for a damaged character in the place of every half that stands without its other one."""
    if isinstance(value, str):
        return _HALVES.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_HALVES.sub("\ufffd", name): _whole(part) for name, part in value.items()}
    return [_whole(part) for part in value] if isinstance(value, list) else value
