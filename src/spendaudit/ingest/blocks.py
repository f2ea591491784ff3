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
BLOCK: Final = 16 << 20

#: A record that does not end within this many bytes has an unbalanced quote.
LONGEST: Final = 8 << 20

#: Slices of this size stay in a core's cache.
_SLICE: Final = 256 << 10

_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Block:
    """Whole records as UTF-8. `cut` is false when no record end was found and a line end had to do."""

    text: bytes
    cut: bool


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
        return Ahead((Block(self._decoder.decode(raw), cut) for raw, cut in self._cut()), by=1)

    def _cut(self) -> Iterator[tuple[memoryview, bool]]:
        """Give parts of a buffer that end where a record ends; each is read before the next is asked for."""
        buffer = bytearray(self._size + self._longest)
        view = memoryview(buffer)
        kept, quotes, first, carriage_returns = 0, 0, True, False
        while size := self._fill(view[kept : kept + self._size]):
            end = kept + size
            quotes += self._quotes_read
            if first:
                first = False
                while bytes(view[:3]) == _BOM:  # some portals write it twice
                    view[: end - 3], end = bytes(view[3:end]), end - 3
                # The last byte may be the first half of a line end.
                carriage_returns = b"\r" in buffer[: end - 1] and b"\n" not in buffer[:end]
            if carriage_returns:
                view[:end] = bytes(view[:end]).replace(b"\r", b"\n")
            place, before = self._last_record_end(buffer, end, quotes)
            if place < 0 and end < self._longest:
                kept = end
                continue
            if place >= 0:
                yield view[: place + 1], True
            quotes -= before
            if end - place - 1 >= self._longest:
                # A quote that is open for so long is broken: cut at a line end, and say so.
                line_end = buffer.rfind(b"\n", place + 1, end)
                start, place = place + 1, end - 1 if line_end < 0 else line_end
                yield view[start : place + 1], False
                quotes -= buffer.count(self._quote, start, place + 1)
            kept = end - place - 1
            view[:kept] = bytes(view[place + 1 : end])
        if kept:
            yield view[:kept], quotes % 2 == 0

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
