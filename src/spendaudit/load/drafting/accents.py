"""Which encoding is all of a file in? Looks at every byte, and keeps some of the lines that have accents."""

import codecs
from typing import Final

from spendaudit.ingest.encodings import Verdict, detect
from spendaudit.wording import Words

#: Bytes of lines with accents that a one-byte encoding is told from.
_KEPT: Final = 256 << 10


class Accents:
    """What a file's bytes tell of its encoding, piece after piece."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._utf8 = True
        self._open = False
        self._marked: bool | None = None
        self._kept = bytearray()
        self._left_over = b""

    def take(self, piece: bytes) -> None:
        """Look at the next bytes."""
        if self._marked is None:
            self._marked = piece.startswith(codecs.BOM_UTF8)
        if piece.isascii() and not self._open:
            return
        if self._utf8:
            try:
                self._decoder.decode(piece)
            except UnicodeDecodeError:
                self._utf8 = False
        self._open = self._utf8 and self._decoder.getstate()[0] != b""
        if len(self._kept) < _KEPT:
            *lines, self._left_over = (self._left_over + piece).split(b"\n")
            for line in lines:
                if not line.isascii():
                    self._kept += line + b"\n"

    def verdict(self, size: int) -> Verdict:
        """Tell the encoding of the `size` bytes that were taken, and why."""
        if self._marked:
            return Verdict("utf-8", Words("it starts with the mark of UTF-8"))
        if not self._left_over.isascii():
            self._kept += self._left_over + b"\n"
        if not self._kept:
            none = Words("none of its {bytes:,} bytes is an accent, so any encoding reads it", bytes=size)
            return Verdict("ascii", none)
        if self._utf8 and not self._open:
            return Verdict("utf-8", Words("all of its {bytes:,} bytes are UTF-8", bytes=size))
        return detect(bytes(self._kept))
