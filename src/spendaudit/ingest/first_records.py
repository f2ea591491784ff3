"""Cuts the start of a text into records, each with its row: where a header is looked for."""

import csv
from collections.abc import Iterator
from typing import AnyStr

from spendaudit.ingest.records import OPEN_LINES, split


def first_records(text: str, separator: str, quote: str) -> Iterator[tuple[int, list[str]]]:
    """Give the row, counted as records are, and the cells of every record that is not blank.

    Where the quotes of a record are broken, it is cut at every separator.
    """
    at = row = 0
    while at < len(text):
        end = record_end(text, at, "\n", quote)
        record = text[at:end].rstrip("\r\n")
        at, row = end, row + 1
        if not record.strip():
            continue
        try:
            yield row, split(record, separator, quote)
        except csv.Error:
            yield row, record.split(separator)


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
