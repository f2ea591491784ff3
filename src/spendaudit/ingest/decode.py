"""Turns published bytes into UTF-8, losing no character and saying which encoding was read.

Polars reads UTF-8 only, and its lossy mode replaces every accent in silence, so this is the one step of
reading that spendaudit owns. A block of whole lines is decoded at a time; lines of another encoding than the
rest are told apart, because portals paste files together.
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from spendaudit.errors import ReadError
from spendaudit.model.remarks import IS_UTF8, ONE_STRAY, STRAYS

#: Slices of this size stay in a core's cache, which doubles the speed of decoding.
_SLICE: Final = 256 << 10

#: Bytes as signed numbers: those of ASCII are not below 0, those within a character of UTF-8 (0x80-0xBF) are
#: below this one, and those that are controls in latin-1, curved quotes and the like in cp1252 (0x80-0x9F)
#: below the next.
_WITHIN_END: Final = 0xC0 - 256
_C1_END: Final = 0xA0 - 256

_UTF8_PAIR: Final = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")

#: Codecs that latin-1 agrees with everywhere but in 0x80-0x9F.
_NEAR_LATIN: Final = {"cp1252", "latin-1"}


def _table(encoding: str) -> str:
    """Characters of a one-byte encoding; bytes it does not define keep their number, as in browsers."""
    characters = []
    for byte in range(256):
        try:
            characters.append(bytes([byte]).decode(encoding))
        except UnicodeDecodeError:
            characters.append(chr(byte))
    return "".join(characters)


class Decoder:
    """Decodes the blocks of one file, in order, by the encodings its source states."""

    def __init__(self, encodings: tuple[str, ...]) -> None:
        """Take the encodings of the portal: UTF-8 where bytes are, else the first of a byte a character."""
        self._one_byte = next((name for name in encodings if name != "utf-8"), None)
        self._utf8_stated = "utf-8" in encodings
        self._chars = _table(self._one_byte) if self._one_byte else ""
        self._first: str | None = None
        #: Lines that were read in another encoding than the file's.
        self.strays: Counter[str] = Counter()

    @property
    def encoding(self) -> str:
        """The encoding that was read; `ascii` when the file needs none."""
        return self._first or "ascii"

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know about how the text was read."""
        notes = []
        if self._first == "utf-8" and not self._utf8_stated:
            notes.append(IS_UTF8.format(encoding=self._one_byte))
        for encoding, lines in self.strays.items():
            said = ONE_STRAY if lines == 1 else STRAYS
            notes.append(said.format(count=f"{lines:,}", encoding=encoding, other=self._first))
        return tuple(notes)

    def decode(self, block: bytes | memoryview) -> bytes:
        """Return a block of whole lines as UTF-8."""
        if self._first is None:
            text = bytes(block)
            if text.isascii():
                return text
            self._first = "utf-8" if _is_utf8(text) else (self._one_byte or "utf-8")
        if self._first == "utf-8":
            text = bytes(block)
            return text if _is_utf8(text) else self._line_by_line(text)
        if self._one_byte in _NEAR_LATIN:
            return self._as_latin(block) or self._line_by_line(bytes(block))
        return self._by_table(bytes(block))

    def _line_by_line(self, block: bytes) -> bytes:
        """Decode each line as UTF-8 if it is, and by the one-byte encoding otherwise."""
        lines = []
        for line in block.splitlines(keepends=True):
            encoding = "utf-8" if line.isascii() or _is_utf8(line) else self._one_byte
            if encoding is None:
                raise ReadError(
                    "the file is not UTF-8 as its portal states: the line {line!r} holds other bytes",
                    hint="save it again as UTF-8, or tell which encoding it is in",
                    line=line[:60],
                )
            if encoding != self._first and not line.isascii():
                self.strays[encoding] += 1
            lines.append(line if encoding == "utf-8" else self._by_table(line))
        return b"".join(lines)

    def _by_table(self, text: bytes) -> bytes:
        return codecs.charmap_decode(text, "strict", self._chars)[0].encode()

    def _as_latin(self, block: bytes | memoryview) -> bytes | None:
        """Decode latin-1 or cp1252 six times as fast as by a table; None when lines of UTF-8 are among it."""
        codes = np.frombuffer(block, np.int8)
        pieces: list[bytes] = []
        for start in range(0, len(block), _SLICE):
            # A character of UTF-8 may go on in the next slice.
            its_codes = codes[start : start + _SLICE + 1]
            lowest = its_codes.min()
            if lowest < _WITHIN_END and _holds_utf8_lines(block, start, its_codes):
                return None
            piece = block[start : start + _SLICE]
            if lowest < _C1_END and self._one_byte == "cp1252":
                pieces += self._with_quotes(piece, its_codes[: len(piece)])
            else:
                pieces.append(str(piece, "latin-1").encode())
        return b"".join(pieces)

    def _with_quotes(self, piece: bytes | memoryview, codes: npt.NDArray[np.int8]) -> Iterator[bytes]:
        """Decode cp1252: curved quotes and dashes are rare, and what lies between them is latin-1."""
        at = 0
        for place in np.flatnonzero(codes < _C1_END).tolist():
            yield str(piece[at:place], "latin-1").encode()
            yield self._chars[piece[place]].encode()
            at = place + 1
        yield str(piece[at:], "latin-1").encode()


def _holds_utf8_lines(block: bytes | memoryview, start: int, codes: npt.NDArray[np.int8]) -> bool:
    """Tell whether one-byte text, from `start` on, has lines of UTF-8 in it: `Ã±` where `ñ` was meant.

    A pair may look like UTF-8 by chance (`á` before a closing quote): its whole line decides.
    """
    # Two neighbours with the high bit are rare in one-byte text and the rule in UTF-8: where both are
    # negative, so is their bitwise "and".
    both = codes[1:] & codes[:-1]
    if both.min(initial=0) >= 0:
        return False
    checked = 0
    text = b""
    for pair in (np.flatnonzero(both < 0) + start).tolist():
        if pair < checked or not _UTF8_PAIR.match(block, pair):
            continue
        text = text or bytes(block)
        line = text.rfind(b"\n", 0, pair) + 1
        checked = text.find(b"\n", pair) + 1 or len(text)
        if _is_utf8(text[line:checked]):
            return True
    return False


def _is_utf8(block: bytes) -> bool:
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
