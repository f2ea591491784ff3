"""Cuts a stream of bytes into blocks that end where a record ends, decoded, in the background.

A quote may hold line ends, so a block is cut at its last line end with an even number of quotes before it.
Polars parses a block while the next one is read, hashed and decoded on another thread.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Final

import numpy as np

from spendaudit.ingest.ahead import Ahead
from spendaudit.ingest.decode import Decoder

#: Blocks of 8 to 16 MiB are fastest; from 32 MiB on, the allocator gives every buffer back to the system.
BLOCK: Final = 12 << 20

#: A record that does not end within this many bytes has an unbalanced quote.
LONGEST: Final = 8 << 20

#: Slices of this size stay in a core's cache.
_SLICE: Final = 256 << 10

#: Of a line that is longer, so much is shown.
_SHOWN: Final = 10_000

_BOM: Final = b"\xef\xbb\xbf"

#: The bits that tell a byte within a character of UTF-8, and what they are there.
_WITHIN: Final = 0b1100_0000, 0b1000_0000


@dataclass(frozen=True, slots=True)
class Block:
    """Whole records as UTF-8. `cut` is false when no record end was found and a line end had to do."""

    text: bytes
    cut: bool
    #: False for the start of a line that is longer than any record; the rest of it is left out.
    whole: bool = True


class Stream:
    """The blocks of one file, with what was learned while reading: its hash and its encoding."""

    def __init__(
        self,
        raw: IO[bytes],
        decoder: Decoder,
        *,
        quote: str,
        hashed: bool,
        progress: Callable[[int], None] | None = None,
        size: int = BLOCK,
        longest: int = LONGEST,
    ) -> None:
        """Read from `raw`, which stands at its start. `hashed`: work out the sha256 on the way.

        Blocks have about `size` bytes; a record of more than `longest` is taken for a broken quote.
        """
        self._raw = raw
        self._decoder = decoder
        self._quote = quote.encode()
        self._digest = hashlib.sha256() if hashed else None
        self._progress = progress
        self._size = size
        self._longest = longest
        self._quotes_read = 0

    @property
    def sha256(self) -> str:
        """Of all bytes, once they have been read."""
        return self._digest.hexdigest() if self._digest else ""

    def blocks(self) -> Ahead[Block]:
        """Read in the background for as long as the context is open."""
        parts = self._cut()
        return Ahead((Block(self._decoder.decode(raw), cut, whole) for raw, cut, whole in parts), by=1)

    def _cut(self) -> Iterator[tuple[memoryview, bool, bool]]:
        """Give parts of a buffer that end where a record ends; each is read before the next is asked for."""
        buffer = bytearray(self._size + self._longest)
        view = memoryview(buffer)
        kept, quotes, first, carriage_returns = 0, 0, True, False
        while size := self._fill(view[kept : kept + self._size]):
            end = kept + size
            quotes += self._quotes_read
            if first:
                first = False
                marks = 0
                while buffer.startswith(_BOM, marks, end):  # some portals write it twice
                    marks += len(_BOM)
                view[: end - marks], end = bytes(view[marks:end]), end - marks
                # The last byte may be the first half of a line end.
                carriage_returns = b"\r" in buffer[: end - 1] and b"\n" not in buffer[:end]
            if carriage_returns:
                view[:end] = bytes(view[:end]).replace(b"\r", b"\n")
            place, before = self._last_record_end(buffer, end, quotes)
            if place < 0 and end < self._longest:
                kept = end
                continue
            if place >= 0:
                yield view[: place + 1], True, True
            quotes -= before
            if end - place - 1 >= self._longest:
                start, place = place + 1, buffer.rfind(b"\n", place + 1, end)
                if place < 0:
                    yield view[start : _character_end(view, min(start + _SHOWN, end - 1))], False, False
                    kept = self._skip_line(buffer, carriage_returns=carriage_returns)
                    quotes = buffer.count(self._quote, 0, kept) if self._quote else 0
                    continue
                # A quote that is open for so long is broken: cut at a line end, and say so.
                yield view[start : place + 1], False, True
                quotes -= buffer.count(self._quote, start, place + 1) if self._quote else 0
            kept = end - place - 1
            view[:kept] = bytes(view[place + 1 : end])
        if kept:
            yield view[:kept], quotes % 2 == 0, True

    def _skip_line(self, buffer: bytearray, *, carriage_returns: bool) -> int:
        """Read up to the next line end; return how many bytes from behind it are in the buffer."""
        view = memoryview(buffer)
        while size := self._fill(view[: self._size]):
            if carriage_returns:
                view[:size] = bytes(view[:size]).replace(b"\r", b"\n")
            line_end = buffer.find(b"\n", 0, size) + 1
            if line_end:
                view[: size - line_end] = bytes(view[line_end:size])
                return size - line_end
        return 0

    def _fill(self, view: memoryview) -> int:
        """Fill the view as far as the file goes, by pieces that stay in the cache for all that is done."""
        filled = 0
        self._quotes_read = 0
        while size := self._raw.readinto(view[filled : filled + _SLICE]):  # type: ignore[attr-defined]
            piece = view[filled : filled + size]
            if self._digest:
                self._digest.update(piece)
            if self._quote:
                # In text where every cell is quoted this is five times as fast as `bytes.count`.
                self._quotes_read += int(np.count_nonzero(np.frombuffer(piece, np.uint8) == self._quote[0]))
            filled += size
        if self._progress and filled:
            self._progress(filled)
        return filled

    def _last_record_end(self, buffer: bytearray, end: int, quotes: int) -> tuple[int, int]:
        """Find the last line end with an even number of quotes before it, and that number; -1 for none."""
        place = end
        while (before := buffer.rfind(b"\n", 0, place)) >= 0:
            if self._quote:
                quotes -= buffer.count(self._quote, before, place)
            place = before
            if quotes % 2 == 0:
                return place, quotes
        return -1, 0


def _character_end(view: memoryview, place: int) -> int:
    """Step back to where no character of UTF-8 is cut in two."""
    mask, within = _WITHIN
    while view[place] & mask == within:
        place -= 1
    return place
