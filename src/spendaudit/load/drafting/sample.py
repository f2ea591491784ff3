"""What does a file hold? A bounded sample of its rows as text: from its start, its middle and its end."""

import codecs
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import polars as pl

from spendaudit.errors import ReadError
from spendaudit.ingest import workbook
from spendaudit.ingest.archive import Published
from spendaudit.ingest.encodings import Verdict
from spendaudit.ingest.first_records import first_records
from spendaudit.load.drafting.accents import Accents
from spendaudit.load.drafting.dialect import Dialect, find_dialect, find_header
from spendaudit.load.texts import read_head
from spendaudit.wording import Words

#: Bytes of each part. The middle is a piece from the second half of the file.
_PIECE: Final = 1 << 20
_TAIL: Final = 64 << 10
#: Rows of each part.
_HEAD_ROWS: Final = 3_000
_MIDDLE_ROWS: Final = 1_000
_TAIL_ROWS: Final = 200


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows of a file as text; an empty cell is null."""

    label: str
    encoding: Verdict
    #: How the text is written; None for a sheet of a workbook.
    dialect: Dialect | None
    frame: pl.DataFrame
    #: The last rows of the file, which may be sums; they are not in `frame`.
    tail: pl.DataFrame
    #: Whether every row of the file is in the sample.
    whole: bool
    #: Header cells as the loader names them: an empty one after its place.
    names: tuple[str, ...]
    #: Columns whose name stands in the header more than once, by their names here, and that name.
    twice: Mapping[str, str]

    @property
    def extent(self) -> Words:
        """Say how many rows statistics rest on."""
        rows = Words("{rows:,} rows" if self.whole else "a sample of {rows:,} rows", rows=self.frame.height)
        if not self.tail.height:
            return rows
        return Words("{rows} (and the last {tail:,}, for sums)", rows=rows, tail=self.tail.height)

    @property
    def rows(self) -> int:
        """How many rows statistics rest on."""
        return self.frame.height


@dataclass(frozen=True, slots=True)
class _Read:
    head: bytes
    middle: bytes
    tail: bytes
    whole: bool
    encoding: Verdict


def take_sample(published: Published) -> Sample:
    """Read a table through once and keep some of it. Raises ReadError for what is no table."""
    return _of_sheet(published) if published.sheet else _of_text(published)


def _of_text(published: Published) -> Sample:
    read_head(published)  # refuses what is no text: a web page, a PDF
    read = _read(published)
    name = {"ascii": "utf-8"}.get(read.encoding.encoding, read.encoding.encoding)
    head = _decoded(read.head, name)
    dialect = find_dialect(head, published.label)
    rows = [cells for row, cells in _records(head, dialect) if row > dialect.header_row]
    rows, whole = _some(rows), read.whole and len(rows) <= _HEAD_ROWS + _MIDDLE_ROWS + _TAIL_ROWS
    for piece, limit in ((read.middle, _MIDDLE_ROWS), (read.tail, _TAIL_ROWS)):
        # A piece starts inside a record.
        _, _, text = _decoded(piece, name).partition("\n")
        more = [cells for _, cells in _records(text, dialect)]
        rows += more[-limit:] if piece is read.tail else more[:limit]
    return _sample(published, read.encoding, dialect, dialect.header, rows, whole=whole)


def _of_sheet(published: Published) -> Sample:
    with workbook.rows(published) as read:
        head = [(row, [cell or "" for cell in cells]) for row, cells in islice(read, _HEAD_ROWS)]
        middle = [[cell or "" for cell in cells] for _, cells in islice(read, _MIDDLE_ROWS)]
        last: deque[list[str]] = deque(
            ([cell or "" for cell in cells] for _, cells in read), maxlen=_TAIL_ROWS
        )
    row, header = find_header(head, published.label)
    below = [cells for number, cells in head if number > row]
    rows = [[*cells, *[""] * len(header)][: len(header)] for cells in (*below, *middle, *last)]
    whole = len(last) < _TAIL_ROWS
    return _sample(published, Verdict("utf-8", Words("workbooks are")), None, header, rows, whole=whole)


def _sample(
    published: Published,
    encoding: Verdict,
    dialect: Dialect | None,
    header: Sequence[str],
    rows: Sequence[list[str]],
    *,
    whole: bool,
) -> Sample:
    names = [" ".join(cell.split()) or f"column {place}" for place, cell in enumerate(header, start=1)]
    counts = Counter(names)
    distinct = [
        name if counts[name] == 1 else f"{name} ({place})" for place, name in enumerate(names, start=1)
    ]
    body = [row for row in rows if len(row) == len(header) and any(cell.strip() for cell in row)]
    if not body:
        raise ReadError(
            "{file} holds a header and no rows",
            hint="nothing can be told of its columns",
            file=published.label,
        )
    frame = pl.DataFrame(body, schema=dict.fromkeys(distinct, pl.String), orient="row", strict=False)
    return Sample(
        published.label,
        encoding,
        dialect,
        *_without_end(frame),
        whole=whole,
        names=tuple(distinct),
        twice={here: name for here, name in zip(distinct, names, strict=True) if counts[name] > 1},
    )


def _some(rows: list[list[str]]) -> list[list[str]]:
    """Keep the first rows, some from the middle of the others, and the last."""
    if len(rows) <= _HEAD_ROWS + _MIDDLE_ROWS + _TAIL_ROWS:
        return rows
    middle = (len(rows) + _HEAD_ROWS - _MIDDLE_ROWS) // 2
    return [*rows[:_HEAD_ROWS], *rows[middle : middle + _MIDDLE_ROWS], *rows[-_TAIL_ROWS:]]


def _records(text: str, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    return first_records(text, dialect.separator, dialect.quote)


def _without_end(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the last rows from the others, where there are enough: sums would spoil the statistics."""
    end = min(5, frame.height // 4)
    return frame[: frame.height - end], frame[frame.height - end :]


def _read(published: Published) -> _Read:
    """Read all bytes, because the first accent may be the last one; keep a bounded part of them."""
    head = middle = previous = last = b""
    accents = Accents()
    number = size = 0
    with published.open() as stream:
        while piece := stream.read(_PIECE):
            number += 1
            size += len(piece)
            if number == 1:
                head = piece
            elif number & (number - 1) == 0:
                middle = piece[: _PIECE // 4]
            previous, last = last, piece
            accents.take(piece)
    tail = (previous + last)[-_TAIL:] if number > 1 else b""
    return _Read(head, middle, tail, size == len(head), accents.verdict(size))


def _decoded(data: bytes, encoding: str) -> str:
    while data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
    text = data.decode(encoding, "replace")
    return text.replace("\r", "\n") if "\n" not in text else text
