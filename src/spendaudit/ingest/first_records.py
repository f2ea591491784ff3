"""Cuts the start of a text into records, each with its row: where a header is looked for."""

import csv
from collections.abc import Iterator

from spendaudit.ingest.cuts import record_end, split


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
