"""Where lists go that are no findings: a table for a person, CSV for a spreadsheet, JSON for a program."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final, TextIO

from spendaudit.cli.outputs import write_file
from spendaudit.cli.places import Places
from spendaudit.report.listing import Listing
from spendaudit.report.screen import show, standard_output
from spendaudit.report.to_csv import as_written
from spendaudit.report.to_json import SCHEMA_VERSION, write_list

#: Formats, and how their files are encoded: Excel takes UTF-8 for something else without a byte order mark.
_ENCODINGS: Final = {"table": "utf-8", "csv": "utf-8-sig", "json": "utf-8"}
_SUFFIXES: Final = {".txt": "table", ".csv": "csv", ".json": "json"}


def choose(files: Sequence[Path], format_name: str, *, quiet: int) -> Places:
    """Find the format of every file. Raises UsageError before any work is done that could not be kept."""
    return Places.of(files, format_name, _SUFFIXES, quiet=quiet)


def write(listing: Listing, places: Places) -> None:
    """Write the files, each complete or not at all, then print."""
    for path, named in places.files:
        write_file(path, _ENCODINGS[named], partial(_fill, listing, named))
    if places.printed:
        _fill(listing, places.printed, standard_output())


def _fill(listing: Listing, format_name: str, stream: TextIO) -> None:
    match format_name:
        case "csv":
            rows = listing.rows
            stream.write(
                rows.select(as_written(name, rows.schema[name]) for name in rows.columns).write_csv()
            )
        case "json":
            stream.write(f'{{"schema_version": {SCHEMA_VERSION}')
            for name, entries in listing.named.items():
                stream.write(f',\n"{name}": ')
                write_list(stream, entries)
            stream.write("}\n")
        case _:
            show(stream, listing.lay_out)
