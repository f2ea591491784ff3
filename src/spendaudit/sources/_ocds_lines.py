"""How many releases at once become rows: column by column, for files that hold a release in every line.

Rows are those of `_ocds_rows`, which is the reference; a test compares both. A release that holds anything
out of the ordinary (a number for text, the forms of OCDS 1.0) is left to it.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl
import pyarrow as pa

from spendaudit.sources._layouts import LINE, Laid
from spendaudit.sources._ocds_columns import Releases
from spendaudit.sources._ocds_parts import RELEASE, counted
from spendaudit.sources._ocds_rows import GRAINS
from spendaudit.sources._ocds_schema import read

#: Pieces of so many lines that hold anything else are left as they are: to find it costs as much.
_LEAST: Final = 32


def lines(text: bytes) -> Laid:
    """Lay releases out, one a line (in UTF-8). Two in a line are two."""
    whole = read(text)
    if whole is not None:
        laid = _laid(whole, counted(len(whole)), len(whole))
        if not laid.names.null_count():
            return laid
    each = [line for line in text.split(b"\n") if line.strip(b" \t\r")]
    if whole is None or len(whole) != len(each):
        pieces = list(_pieces(each, 0))
        if not pieces:
            return Laid({}, _nameless(len(each)), dict(enumerate(each)))
        places = pl.concat([counted(len(piece)) + start for start, piece in pieces])
        laid = _laid(pa.concat_arrays([piece for _, piece in pieces]), places, len(each))
    return Laid(laid.rows, laid.names, {place: each[place] for place in laid.names.is_null().arg_true()})


def _pieces(each: Sequence[bytes], start: int) -> Iterator[tuple[int, pa.StructArray]]:
    """Read lines, in smaller and smaller pieces where some are no releases; leave the smallest."""
    piece = read(b"\n".join(each))
    if piece is not None and len(piece) == len(each):
        yield start, piece
    elif len(each) > _LEAST:
        half = len(each) // 2
        yield from _pieces(each[:half], start)
        yield from _pieces(each[half:], start + half)


def _laid(found: pa.StructArray, places: pl.Series, count: int) -> Laid:
    """Lay out the releases at some places among the lines, as far as they are ordinary."""
    releases = Releases(found)
    cells = releases.cells()
    strange = releases.strange
    rows: dict[str, pl.DataFrame] = {}
    for grain, frame in cells.items():
        ordinary = frame.filter(~pl.col(RELEASE).is_in(strange.implode())) if len(strange) else frame
        if ordinary.height:
            line = places[ordinary[RELEASE]].alias(LINE)
            rows[grain] = ordinary[list(GRAINS[grain])].hstack([line])
    names = _nameless(count).scatter(places, releases.names)
    return Laid(rows, names.scatter(places[strange], None), {})


def _nameless(count: int) -> pl.Series:
    return pl.repeat(None, count, dtype=pl.String, eager=True)
