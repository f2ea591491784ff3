"""Tells which portal published a file, from its header alone, and refuses what is not a table of one."""

import codecs
import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from spendaudit.errors import LayoutChangedError, ReadError, UsageError
from spendaudit.ingest.archive import Published
from spendaudit.ingest.decode import Decoder
from spendaudit.ingest.encodings import contradicts, detect
from spendaudit.ingest.records import split
from spendaudit.sources._source import Header, Source

#: Enough for the longest header and a few records.
_HEAD: Final = 128 << 10

#: A file that has this share of a source's columns is that source's, with a changed layout.
_ALIKE: Final = 0.5

_DELIMITERS: Final = (",", ";", "\t", "|")

_BINARY: Final = {
    b"PK\x03\x04": "a zip or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"PAR1": "a Parquet file",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file, its source, and its header as the source understands it."""

    published: Published
    source: Source
    header: Header
    #: The row of the header, as a spreadsheet counts.
    row: int
    #: Bytes of UTF-8 text, marks of byte order left out, before the first record below the header.
    notes: tuple[str, ...] = ()


def recognise(
    published: Published, sources: Mapping[str, Source], *, source_id: str = "", new_columns: bool = False
) -> Recognised:
    """Match a file's header with every source (or with the one that is stated).

    `new_columns`: go on when the portal has added columns that nobody has explained.
    Raises ReadError for what is no table, LayoutChangedError for a known portal's other columns.
    """
    head = _read_head(published)
    text = _decoded(head)
    wanted = {source_id: _stated(source_id, sources)} if source_id else sources
    headers = {}
    for name, source in wanted.items():
        row, cells = first_record(text, source)
        headers[name] = (row, source.read_header(cells))
    fitting = {
        name: (row, header) for name, (row, header) in headers.items() if not header.gone and not header.twice
    }
    if not fitting:
        raise _refusal(published, text, headers, wanted)
    name = _closest(published, fitting, wanted)
    row, header = fitting[name]
    _check_encoding(published, head, wanted[name])
    notes: tuple[str, ...] = ()
    if header.new:
        added = ", ".join(f'"{column}"' for column in sorted(header.new))
        if not new_columns:
            raise LayoutChangedError(
                f"{published.label}: {name} does not know the column {added}",
                hint="the portal may have changed its layout; --ignore-new-columns reads the file without it",
            )
        notes = (f"columns that nobody has explained were left out: {added}",)
    return Recognised(published, wanted[name], header, row, notes)


def first_record(head: str, source: Source) -> tuple[int, list[str]]:
    """Return the row and the cells of the first record that is not blank."""
    lines = head.split("\n")
    at = next((number for number, line in enumerate(lines) if line.strip()), 0)
    record = lines[at]
    quote = source.layout.quote
    for line in lines[at + 1 :]:
        if not quote or record.count(quote) % 2 == 0:
            break
        record += "\n" + line
    return at + 1, _cells(record, source.layout.separator, quote)


def _cells(record: str, separator: str, quote: str) -> list[str]:
    """Cut a header into its cells; where its quotes are broken, at every separator."""
    record = record.rstrip("\r")
    try:
        return split(record, separator, quote)
    except csv.Error:
        return record.split(separator)


def _stated(source_id: str, sources: Mapping[str, Source]) -> Source:
    if source_id not in sources:
        near = get_close_matches(source_id, sources, n=1)
        raise UsageError(
            f"there is no source {source_id}",
            hint=f"did you mean {near[0]}?" if near else "`spendaudit sources` lists them",
        )
    return sources[source_id]


def _read_head(published: Published) -> bytes:
    """Read the start of a file; refuse what cannot be a table."""
    with published.open() as stream:
        head = stream.read(_HEAD)
    name = published.label
    if not head:
        raise ReadError(
            f"{name} is empty (0 bytes)", hint="download it again, or ask the portal for the file"
        )
    for magic, kind in _BINARY.items():
        if head.startswith(magic):
            raise ReadError(
                f"{name} is {kind}, not a CSV", hint="export the table as CSV (UTF-8) and try again"
            )
    while head.startswith(codecs.BOM_UTF8):
        head = head[len(codecs.BOM_UTF8) :]
    start = head.lstrip()[:200].lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
        raise ReadError(
            f"{name} is a web page saved as CSV, not data",
            hint="the portal answered with a page (often an error or a log-in); download the file again",
        )
    if start.startswith((b"{", b"[")):
        raise ReadError(f"{name} is JSON, not a CSV", hint="download the portal's CSV instead")
    if not start:
        raise ReadError(f"{name} holds blanks only", hint="download it again, or ask the portal for the file")
    return head


def _decoded(head: bytes) -> str:
    whole = head[: head.rfind(b"\n") + 1] or head
    text = Decoder(("utf-8", detect(head).encoding)).decode(whole).decode("utf-8")
    return text if "\n" in text else text.replace("\r", "\n")


def _check_encoding(published: Published, head: bytes, source: Source) -> None:
    if other := contradicts(head, source.layout.encodings):
        stated = " or ".join(source.layout.encodings)
        raise ReadError(
            f"{published.label} is in {other.encoding}, while {source.id} is published in {stated}: "
            "its accents would be read as other signs",
            hint=f"use the portal's own file, or convert it: iconv -f {other.encoding} -t utf-8",
        )


def _closest(
    published: Published, fitting: Mapping[str, tuple[int, Header]], sources: Mapping[str, Source]
) -> str:
    """Choose the source that explains most of the header; refuse to choose between equals."""

    def explained(name: str) -> tuple[int, int]:
        header = fitting[name][1]
        return -len(header.new), len(sources[name].used & set(header.names))

    ranked = sorted(fitting, key=explained, reverse=True)
    if len(ranked) > 1 and explained(ranked[0]) == explained(ranked[1]):
        raise UsageError(
            f"{published.label} could be of {ranked[0]} or of {ranked[1]}",
            hint=f"say which: --source {ranked[0]}",
        )
    return ranked[0]


def _refusal(
    published: Published,
    head: str,
    headers: Mapping[str, tuple[int, Header]],
    sources: Mapping[str, Source],
) -> ReadError:
    """Say why no source fits: another delimiter, a changed layout, no header, or an unknown portal."""
    near = max(headers, key=lambda name: _share(headers[name][1], sources[name]))
    header = headers[near][1]
    if header.twice:
        return LayoutChangedError(
            f"{published.label}: {near} reads {_listed(header.twice)}, which stands in the header twice",
            hint="delete one of the two columns, or ask the portal which one holds",
        )
    if _share(header, sources[near]) >= _ALIKE:
        new = f" (and has {_listed(header.new)}, which it does not know)" if header.new else ""
        return LayoutChangedError(
            f"{published.label}: {near} needs the column {_listed(header.gone)}, which the file lacks{new}",
            hint="the portal may have renamed it; `spendaudit sources "
            + near
            + "` shows what the source reads",
        )
    first_line = next((line.rstrip("\r") for line in head.split("\n") if line.strip()), "")
    if other := _other_delimiter(first_line, sources.values()):
        name, delimiter = other
        return ReadError(
            f"{published.label} has the columns of {name}, but separated by {_spelled(delimiter)} "
            f"instead of {_spelled(sources[name].layout.separator)}",
            hint="it was saved by another program, which may have changed amounts and dates too: "
            "use the file as the portal publishes it",
        )
    cells = first_line.split(max(_DELIMITERS, key=first_line.count))
    if sum(bool(re.fullmatch(r"\"?[-\d.,/: ]*\d\"?", cell.strip())) for cell in cells) * 3 >= len(cells) > 1:
        return ReadError(
            f"{published.label} starts with data, not with column names: {first_line[:80]}",
            hint="add the portal's header as the first line",
        )
    return ReadError(
        f"{published.label} is of no portal that spendaudit knows; its header starts with {first_line[:80]}",
        hint="`spendaudit sources` lists the portals; --source ID tells what one of them would need",
    )


def _share(header: Header, source: Source) -> float:
    needed = source.used - source.optional
    return 1 - len(header.gone) / len(needed)


def _other_delimiter(line: str, sources: Iterable[Source]) -> tuple[str, str] | None:
    for source in sources:
        layout = source.layout
        for delimiter in sorted({*_DELIMITERS} - {layout.separator}):
            if not source.read_header(_cells(line, delimiter, layout.quote)).gone:
                return source.id, delimiter
    return None


def _spelled(delimiter: str) -> str:
    return {"\t": "tabs"}.get(delimiter, f"'{delimiter}'")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in sorted(names))
