"""How is a text file written? Its separator, its quote, the rows above its header, by consistency alone."""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import Final

from spendaudit.errors import ReadError
from spendaudit.ingest.first_records import first_records
from spendaudit.wording import Words

SEPARATORS: Final = (",", ";", "\t", "|")
_SPELLED: Final = {"\t": "a tab", ",": "a comma", ";": "a semicolon", "|": "a bar"}

#: Records that are looked at, and rows above a header that are looked for.
_RECORDS: Final = 300
_BANNER: Final = 10
#: A header names at least this share of its columns, and holds at most this share of figures.
_NAMED: Final = 0.6
_FIGURES: Final = 1 / 3
#: Records of one width, as a share of all: fewer are no table.
_ALIKE: Final = 0.5

_FIGURE: Final = re.compile(r"[-+$€£()\s]*\d[\d.,/:\-\s$€£()%]*")


@dataclass(frozen=True, slots=True)
class Dialect:
    """A separator, a quote and a header row (as a spreadsheet counts), with the reasons."""

    separator: str
    quote: str
    header_row: int
    header: tuple[str, ...]
    #: Cells of the rows above the header: titles, dates of extraction.
    banner: tuple[str, ...]
    why: tuple[Words, ...]


def find_dialect(text: str, label: str) -> Dialect:
    """Choose the separator that cuts the records most evenly, and find the header below any banner.

    Raises ReadError for what is no table, and for a table without a header.
    """
    quote, quoting = _quote(text)
    tried = {
        separator: list(islice(first_records(text, separator, quote), _RECORDS)) for separator in SEPARATORS
    }
    scores = {separator: _evenness(found) for separator, found in tried.items()}
    best = max(SEPARATORS, key=lambda separator: scores[separator][0])
    _, width, share = scores[best]
    if width <= 1 or share < _ALIKE:
        raise ReadError(
            "{file} is no table that can be recognised: no separator cuts its rows into the same columns",
            hint="export it as CSV (UTF-8) with one header row, and try again",
            file=label,
        )
    row, header, above = _header(tried[best], width, label)
    why = [
        Words(
            "{separator} cuts {share:.0f} % of the first {records:,} records into {width} columns",
            separator=Words(_SPELLED[best]),
            share=share * 100,
            records=len(tried[best]),
            width=width,
        ),
        quoting,
    ]
    if row > 1:
        why.append(
            Words(
                "the header is row {row}: the {above} above it are a banner or empty", row=row, above=row - 1
            )
        )
    return Dialect(best, quote, row, tuple(header), above, tuple(why))


def find_header(rows: list[tuple[int, list[str]]], label: str) -> tuple[int, list[str]]:
    """Find the header of a sheet, whose rows may be shorter than others."""
    widths = [sum(bool(cell.strip()) for cell in cells) for _, cells in rows[:_RECORDS]]
    width = max(widths, default=0)
    full = [(row, [*cells, *[""] * width]) for row, cells in rows]
    filled = [
        (row, cells) for row, cells in full if sum(bool(cell.strip()) for cell in cells) >= _NAMED * width
    ]
    row, _, _ = _header([(row, [cell for cell in cells if cell.strip()]) for row, cells in filled], 0, label)
    header = next(cells for number, cells in rows if number == row)
    while header and not header[-1].strip():
        header = header[:-1]
    return row, header


def _quote(text: str) -> tuple[str, Words]:
    separators = re.escape("".join(SEPARATORS))
    opened = len(re.findall(rf'(?:^|[{separators}])"', text, re.MULTILINE))
    if '"' in text and not opened:
        return "", Words("its double quotes stand inside cells and quote nothing")
    return '"', Words("cells are quoted by double quotes" if opened else "no cell is quoted")


def _evenness(found: list[tuple[int, list[str]]]) -> tuple[float, int, float]:
    """Return a score, the width that most records have, and their share."""
    widths = Counter(len(cells) for _, cells in found)
    if not widths:
        return 0.0, 0, 0.0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    share = count / len(found)
    # A decimal comma cuts rows evenly too, but not the header.
    uneven_head = any(len(cells) != width for _, cells in found[:1]) and all(
        len(cells) == 1 for _, cells in found[:1]
    )
    return share**2 * min(width, 8) * (0.5 if uneven_head else 1.0) * (width > 1), width, share


def _header(
    found: list[tuple[int, list[str]]], width: int, label: str
) -> tuple[int, list[str], tuple[str, ...]]:
    above: list[str] = []
    for row, cells in found[:_BANNER]:
        named = [cell for cell in cells if cell.strip()]
        if len(cells) in {width, width or len(cells)} and len(named) >= max(_NAMED * width, 2):
            figures = sum(bool(_FIGURE.fullmatch(cell.strip())) for cell in named)
            if figures > _FIGURES * len(named):
                raise ReadError(
                    "{file} starts with data, not with column names: row {row}",
                    hint="add a header as the first line",
                    file=label,
                    row=row,
                )
            return row, cells, tuple(above)
        above += [" ".join(cell.split()) for cell in named]
    raise ReadError(
        "{file}: no header was found in its first {rows} rows",
        hint="add one row with a name for each column",
        file=label,
        rows=_BANNER,
    )
