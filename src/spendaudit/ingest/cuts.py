"""Where does a record of text with separators end, and where each of its cells? Quotes may hold both ends."""

import csv
from typing import AnyStr, Final

import numpy as np
import numpy.typing as npt

#: A quote that is still open after so many lines was never meant to hold them.
OPEN_LINES: Final = 100

#: A character of no language, for private use.
_RETURN: Final = "\ue000"


def record_end(text: AnyStr, start: int, line_end: AnyStr, quote: AnyStr) -> int:
    """Return where the record that starts here ends, its line end included.

    One whose quote stays open for more lines than any record has ends with its first line.
    """
    place = start
    for _ in range(OPEN_LINES):
        place = text.find(line_end, place) + 1
        if not place:
            break
        if not quote or text.count(quote, start, place) % 2 == 0:
            return place
    return text.find(line_end, start) + 1 or len(text)


def split(record: str, separator: str, quote: str) -> list[str]:
    """Cut one record into its cells. Raises csv.Error when its quotes are broken.

    Python's csv module takes a lone carriage return for the end of a record, and refuses the rest; portals
    leave them inside cells.
    """
    reader = csv.reader(
        [record.replace("\r", _RETURN)],
        delimiter=separator,
        quotechar=quote or None,
        strict=True,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
    )
    return [cell.replace(_RETURN, "\r") for cell in next(reader, [])]


def measure(text: bytes, separator: str, quote: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Tell where each record of a block starts and how many cells it has, trusting that quotes pair up."""
    codes = np.frombuffer(text, np.uint8)
    outside: npt.NDArray[np.bool_] | None = None
    if quote and quote.encode() in text:
        # Bytes wrap at 256, which is even: the lowest bit still tells whether a quote is open.
        outside = (np.cumsum(codes == ord(quote), dtype=np.uint8) & 1) == 0
    line_ends = codes == ord("\n")
    marks = codes == ord(separator)
    if outside is not None:
        line_ends &= outside
        marks &= outside
    ends = np.flatnonzero(line_ends)
    if not text.endswith(b"\n"):
        ends = np.append(ends, len(text))
    separators = np.searchsorted(np.flatnonzero(marks), ends)
    starts = np.concatenate(([0], ends[:-1] + 1))
    return starts.astype(np.int64), (np.diff(separators, prepend=0) + 1).astype(np.int64)
