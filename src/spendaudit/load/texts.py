"""Reads the header of a text with separators, and tells what is none: a web page, a PDF, blanks."""

import codecs
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from spendaudit.errors import ReadError
from spendaudit.ingest.archive import Published
from spendaudit.ingest.decode import Decoder
from spendaudit.ingest.encodings import contradicts, detect
from spendaudit.ingest.first_records import first_records
from spendaudit.load.matching import Candidate, Recognised, changed, chosen, unknown
from spendaudit.sources._source import Csv, Source
from spendaudit.wording import Words, either

#: Enough for the longest header and a few records.
_HEAD: Final = 128 << 10

#: Enough of it to find the header in.
_DECODED: Final = 32 << 10

#: Records among which a header is looked for: some portals write a title above it.
_TITLES: Final = 10

_DELIMITERS: Final = (",", ";", "\t", "|")

_BINARY: Final = {
    b"\xd0\xcf\x11\xe0": Words("an old Excel workbook (.xls), or one that is locked with a password"),
    b"%PDF": Words("a PDF"),
    b"PAR1": Words("a Parquet file"),
}

#: What begins an archive that is not opened here: of a kind that is not read, or a zip inside an archive.
_PACKED: Final = (
    *(b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"),
    b"PK\x03\x04",
)

#: The mark of a tape archive (as in `.tar.gz`), and where it stands.
_TAR: Final = b"ustar"
_TAR_AT: Final = 257

#: A source, and how it writes texts.
Shape = tuple[Source, Csv]


def shapes(sources: Iterable[Source]) -> list[Shape]:
    """Pick the sources that write texts."""
    return [(source, source.layout) for source in sources if isinstance(source.layout, Csv)]


def recognise(
    published: Published, head: bytes, sources: Iterable[Source], *, new_columns: bool
) -> Recognised:
    """Match the first records of a file with the sources that write texts."""
    text = _decoded(head[:_DECODED])
    if not text.strip():
        text = _decoded(head)
    wanted = shapes(sources)
    candidates = _candidates(text, wanted)
    recognised = chosen(published, candidates, new_columns=new_columns)
    if recognised is None:
        raise _refusal(published, text, candidates, wanted)
    _check_encoding(published, head, recognised.source)
    return recognised


def first_record(published: Published, separator: str) -> list[str]:
    """Cut the first record of a text into its cells; nothing where there is no text."""
    try:
        text = _decoded(read_head(published))
    except ReadError:
        return []
    _, cells = next(first_records(text, separator, '"'), (0, []))
    return [cell.strip() for cell in cells]


def read_head(published: Published) -> bytes:
    """Read the start of a file; refuse what cannot be read as text, or is none."""
    with published.open() as stream:
        head = stream.read(_HEAD)
    name = published.label
    if not head:
        raise ReadError(
            "{name} is empty (0 bytes)", hint="download it again, or ask the portal for the file", name=name
        )
    for magic, kind in _BINARY.items():
        if head.startswith(magic):
            raise ReadError(
                "{name} is {kind}, which is not read",
                hint="save the table as an Excel workbook (.xlsx) or as CSV (UTF-8), and try again",
                name=name,
                kind=kind,
            )
    if head.startswith(_PACKED) or head[_TAR_AT:].startswith(_TAR):
        raise ReadError(
            "{name} is an archive of a kind that is not opened",
            hint="unpack it, and give what was in it; of archives, .zip and .gz are opened",
            name=name,
        )
    if not head.strip(b"\0"):
        # Room that a download was given, and never filled.
        head = b""
    if encoding := _of_wide_letters(head):
        raise ReadError(
            "{name} is {kind} text, which is not read",
            hint="convert it: iconv -f {encoding} -t utf-8",
            name=name,
            kind=encoding.upper(),
            encoding=encoding,
        )
    while head.startswith(codecs.BOM_UTF8):
        head = head[len(codecs.BOM_UTF8) :]
    start = head.lstrip()[:200].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head")):
        raise ReadError(
            "{name} is a web page, not data",
            hint="the portal answered with a page (often an error or a log-in); download the file again",
            name=name,
        )
    if not start:
        raise ReadError(
            "{name} holds blanks only", hint="download it again, or ask the portal for the file", name=name
        )
    return head


def _of_wide_letters(head: bytes) -> str:
    """Tell text in two or four bytes a letter by its mark, or by the empty halves of most letters."""
    start = head[:400]
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    halves = {"utf-16be": start[::2], "utf-16le": start[1::2]}
    return next((name for name, half in halves.items() if half.count(0) * 2 > len(half)), "")


def _candidates(head: str, wanted: Iterable[Shape]) -> list[Candidate]:
    """Read the first record as each source's header, or a later one that holds all that a source needs."""
    dialects: dict[tuple[str, str], list[tuple[int, list[str]]]] = {}
    read = []
    for source, layout in wanted:
        dialect = layout.separator, layout.quote
        if dialect not in dialects:
            dialects[dialect] = list(islice(first_records(head, *dialect), _TITLES))
        read.append((source, dialects[dialect]))
    first = [_candidate(source, record) for source, records in read for record in records[:1]]
    if any(candidate.fits for candidate in first):
        return first
    below = (_candidate(source, record) for source, records in read for record in records[1:])
    return [candidate for candidate in below if candidate.fits] or first


def _candidate(source: Source, record: tuple[int, list[str]]) -> Candidate:
    row, cells = record
    return Candidate(source, row, source.read_header(cells))


def _decoded(head: bytes) -> str:
    whole = head[: head.rfind(b"\n") + 1] or head
    text = Decoder(("utf-8", detect(head).encoding)).decode(whole).decode("utf-8")
    return text if "\n" in text else text.replace("\r", "\n")


def _check_encoding(published: Published, head: bytes, source: Source) -> None:
    ((_, layout),) = shapes([source])
    if other := contradicts(head, layout.encodings):
        stated = either(layout.encodings)
        raise ReadError(
            "{file} is in {found}, while {source} is published in {stated}: its accents would be "
            "read as other signs",
            hint="use the portal's own file, or convert it: iconv -f {found} -t utf-8",
            file=published.label,
            found=other.encoding,
            source=source.id,
            stated=stated,
        )


def _refusal(
    published: Published, head: str, candidates: Sequence[Candidate], wanted: Sequence[Shape]
) -> ReadError:
    """Say why no source fits: a changed layout, another delimiter, no header, or an unknown portal."""
    if error := changed(published, candidates):
        return error
    first_line = next((line.rstrip("\r") for line in head.split("\n") if line.strip()), "")
    if other := _other_delimiter(first_line, wanted):
        source, stated, delimiter = other
        return ReadError(
            "{file} has the columns of {source}, but separated by {delimiter} instead of {stated}",
            hint="it was saved by another program, which may have changed amounts and dates too: "
            "use the file as the portal publishes it",
            file=published.label,
            source=source,
            delimiter=_spelled(delimiter),
            stated=_spelled(stated),
        )
    return unknown(published, first_line, first_line.split(max(_DELIMITERS, key=first_line.count)))


def _other_delimiter(line: str, wanted: Sequence[Shape]) -> tuple[str, str, str] | None:
    for source, layout in wanted:
        for delimiter in sorted({*_DELIMITERS} - {layout.separator}):
            _, cells = next(first_records(line, delimiter, layout.quote))
            header = source.read_header(cells)
            if source.used - source.optional and not header.gone:
                return source.id, layout.separator, delimiter
    return None


def _spelled(delimiter: str) -> str | Words:
    return Words("tabs") if delimiter == "\t" else f"'{delimiter}'"
