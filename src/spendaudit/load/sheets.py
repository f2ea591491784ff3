"""Reads the header of a sheet, which may stand below a banner, and its rows in batches."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice, pairwise
from typing import Final

import polars as pl

from spendaudit.errors import UnknownLayoutError
from spendaudit.ingest.archive import Published
from spendaudit.ingest.records import ROW, Batch, Reject
from spendaudit.ingest.workbook import Row, Seen, rows
from spendaudit.load.matching import Candidate, Recognised, changed, chosen, unknown
from spendaudit.model.remarks import UNNAMED
from spendaudit.sources._source import CONTEXT, Source, Workbook

#: Rows among which the header is looked for.
_BANNER: Final = 40

#: Columns without a name that may lie between two of a header.
_APART: Final = 100

#: Rows of a batch.
_ROWS: Final = 5_000

#: A source, and how it writes sheets.
Shape = tuple[Source, Workbook]


def recognise(published: Published, sources: Iterable[Source], *, new_columns: bool) -> Recognised:
    """Match the first rows of a sheet with the sources that write workbooks."""
    with rows(published) as read:
        head = list(islice(read, _BANNER))
    if not any(any(cells) for _, cells in head):
        raise UnknownLayoutError(
            "{file} has nothing in its first {rows} rows" if head else "{file} has nothing",
            hint="give the sheet with the portal's header above its rows",
            file=published.label,
            rows=_BANNER,
        )
    wanted = [(source, source.layout) for source in sources if isinstance(source.layout, Workbook)]
    candidates = [_candidate(head, *shape) for shape in wanted]
    recognised = chosen(published, candidates, new_columns=new_columns)
    if recognised and isinstance(recognised.source.layout, Workbook):
        context = _stated_above(head, recognised.row, recognised.source.layout.above)
        header = replace(recognised.header, context={**recognised.header.context, **context})
        recognised = replace(recognised, header=header)
    if recognised is None:
        first = next(cells for _, cells in head if any(cells))
        line = _written([cell for cell in first if cell])
        raise changed(published, candidates) or unknown(published, line, [cell or "" for cell in first])
    return recognised


def _candidate(head: Sequence[Row], source: Source, layout: Workbook) -> Candidate:
    """Find the row that holds most of what the source needs; it is the header."""
    levels = layout.header_rows
    found = [
        Candidate(source, head[at + levels - 1][0], source.read_header(names_of(head[at : at + levels])))
        for at in range(len(head) - levels + 1)
    ]
    empty = Candidate(source, 1, source.read_header([]))
    return max(found, key=lambda candidate: (candidate.fits, candidate.share), default=empty)


def _stated_above(head: Sequence[Row], header: int, patterns: Iterable[str]) -> dict[str, str]:
    """Read what stands in a banner: the period, the state."""
    cells = [cell for row, cells in head if row < header for cell in cells if cell]
    found = [match for pattern in patterns for cell in cells if (match := re.search(pattern, cell))]
    return {f"{CONTEXT}{name}": text for match in found for name, text in match.groupdict().items() if text}


def names_of(header: Sequence[Row]) -> list[str]:
    """Join the rows of a header: a cell of an upper row names all columns up to the next filled one."""
    width = max(len(cells) for _, cells in header)
    lines = []
    for number, (_, cells) in enumerate(header):
        line = [cells[place] if place < len(cells) else None for place in range(width)]
        if number < len(header) - 1:
            for place in range(1, width):
                line[place] = line[place] or line[place - 1]
        lines.append(line)
    names = [" / ".join(cell.strip() for cell in column if cell) for column in zip(*lines, strict=True)]
    filled = [place for place, name in enumerate(names) if name]
    # What stands alone far to the right is a stray cell, and no name.
    end = next((left for left, right in pairwise(filled) if right - left > _APART), max(filled, default=-1))
    return names[: end + 1]


@contextmanager
def batches(
    recognised: Recognised, seen: Seen, progress: Callable[[int, int], None]
) -> Iterator[Iterator[Batch]]:
    """Open a sheet and read the rows below its header; what was `seen` beside them is known in the end.

    `progress` is told how many bytes of the sheet were read, and how many it has.
    """
    with rows(recognised.published, seen, progress) as read:
        below = (row for row in read if row[0] > recognised.row)
        yield (_batch(recognised, part) for part in iter(lambda: list(islice(below, _ROWS)), []))


def _batch(recognised: Recognised, part: Sequence[Row]) -> Batch:
    source, names = recognised.source, recognised.header.names
    nulls = frozenset(source.layout.nulls) if isinstance(source.layout, Workbook) else frozenset()
    read = {
        name: place
        for place, name in enumerate(names)
        if name in source.used or name in recognised.header.nameless
    }
    rejects = [
        Reject(row, UNNAMED.format(count=len(cells)), _written(cells))
        for row, cells in part
        if any(cell and cell.strip() for cell in cells[len(names) :])
    ]
    aside = {reject.row for reject in rejects}
    whole = [(row, cells) for row, cells in part if row not in aside]
    columns = {
        name: pl.Series([_cell(cells, place, nulls) for _, cells in whole], dtype=pl.String)
        for name, place in read.items()
    }
    numbers = pl.Series([number for number, _ in whole], dtype=pl.UInt32)
    frame = pl.DataFrame({**columns, ROW: numbers})
    return Batch(frame, rejects, len(part), first_row=part[0][0])


def _written(cells: Sequence[str | None]) -> str:
    return " | ".join(cell or "" for cell in cells)


def _cell(cells: Sequence[str | None], place: int, nulls: frozenset[str]) -> str | None:
    cell = cells[place] if place < len(cells) else None
    return None if cell in nulls else cell
