"""Reads the rows of a sheet of an Excel workbook as text, one after the other.

Only the workbook's table of shared texts is held in memory; rows are read as they are asked for.
"""

import datetime as dt
import errno
import re
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from shutil import copyfileobj
from typing import IO, Any, Final, cast

from spendaudit.errors import ReadError
from spendaudit.ingest.archive import Published
from spendaudit.model.remarks import FAILED, GAP, HIDDEN_ROWS, HIDDEN_SHEET, SPREAD, UNCOMPUTED

#: A workbook inside a zip up to this size is unpacked into memory, a larger one into a nameless file.
_IN_MEMORY: Final = 32 << 20

#: A sheet has no more rows.
_ROWS: Final = 1 << 20

#: More empty rows than these between two filled ones are told of, and not given one by one.
_GAP: Final = 1000

#: Digits that spreadsheet programs show of a number; those behind them are what a float adds.
_DIGITS: Final = 15

#: How workbooks write characters that XML has no place for.
_ESCAPED: Final = re.compile(r"(?:_x[0-9A-Fa-f]{4}_)+")

#: The row as a spreadsheet counts, and its cells as text; None for an empty one.
Row = tuple[int, list[str | None]]


@dataclass(slots=True)
class Seen:
    """What was seen of a sheet beside its cells, once it has been read to its end."""

    hidden: bool = False
    hidden_rows: list[int] = field(default_factory=list)
    #: Long runs of empty rows between filled ones: the first and the last of each.
    gaps: list[tuple[int, int]] = field(default_factory=list)
    #: Cells with a formula whose result no program has stored; they are read as the formula.
    uncomputed: int = 0
    #: Cells whose formula failed, such as `#REF!`.
    failed: int = 0
    #: Cells that span several rows, by their first row and where they are.
    merged: list[tuple[int, str]] = field(default_factory=list)

    def notes(self, header: int) -> tuple[str, ...]:
        """Tell what a reader should know of the rows below the header."""
        hidden = sum(row > header for row in self.hidden_rows)
        merged = [place for row, place in self.merged if row > header]
        told = {
            **{GAP.format(count=f"{first:,}", all=f"{last:,}"): True for first, last in self.gaps},
            HIDDEN_SHEET: self.hidden,
            HIDDEN_ROWS.format(count=f"{hidden:,}"): hidden,
            UNCOMPUTED.format(count=f"{self.uncomputed:,}"): self.uncomputed,
            FAILED.format(count=f"{self.failed:,}"): self.failed,
            SPREAD.format(count=f"{len(merged):,}", cells=", ".join(merged[:3])): merged,
        }
        return tuple(note for note, is_so in told.items() if is_so)


@contextmanager
def rows(
    published: Published,
    seen: Seen | None = None,
    progress: Callable[[int, int], None] = lambda _read, _size: None,
) -> Iterator[Iterator[Row]]:
    """Open a sheet; its rows come in order, empty ones below the last that is filled left out.

    `progress` is told how many bytes of the sheet were read, and how many it has.
    """
    # It takes a while to import, and most files are no workbooks.
    from spendaudit.ingest.shared_texts import Reader  # noqa: PLC0415

    with ExitStack() as stack:
        stream = stack.enter_context(published.open())
        if published.member:
            stream = stack.enter_context(_seekable(stream))
        stack.enter_context(warnings.catch_warnings())
        # Portals' programs leave out styles and write odd print areas; neither concerns the cells.
        warnings.simplefilter("ignore", UserWarning)
        with _told(published):
            reader = Reader(stream, read_only=True, data_only=True, keep_links=False)
            stack.callback(reader.archive.close)
            reader.read()
            sheet = reader.wb[published.sheet]
        yield _rows(published, sheet, Seen() if seen is None else seen, progress)


def _rows(
    published: Published, sheet: Any, seen: Seen, progress: Callable[[int, int], None]
) -> Iterator[Row]:
    from spendaudit.ingest.sheet_parser import SheetParser  # noqa: PLC0415 as above

    if not hasattr(sheet, "reset_dimensions"):
        return  # a sheet that holds a chart only
    seen.hidden = sheet.sheet_state != "visible"
    parser = SheetParser(sheet, progress)
    last = previous = 0
    with _told(published):
        for number, cells in parser.rows():
            if not previous < number <= _ROWS:
                raise _damaged(published, f"row {number} stands below row {previous}")
            previous = number
            if texts := _texts(cells):
                if number - last > _GAP:
                    seen.gaps.append((last + 1, number - 1))
                else:
                    yield from ((empty, []) for empty in range(last + 1, number))
                yield number, texts
                last = number
        seen.hidden_rows, seen.merged = parser.hidden_rows, parser.merged
        seen.uncomputed, seen.failed = parser.uncomputed, parser.failed


def _texts(cells: Mapping[int, object]) -> list[str | None]:
    """Lay the cells of a row out by their columns, up to the last that is filled."""
    filled = {column: text for column, cell in cells.items() if (text := _text(cell)) is not None}
    return [filled.get(column) for column in range(1, max(filled, default=0) + 1)]


def _text(cell: object) -> str | None:
    """Write a cell as it was meant: the shortest digits of a number, never its error."""
    match cell:
        case None:
            return None
        case str():
            return (_ESCAPED.sub(_meant, cell) if "_x" in cell else cell) or None
        case bool():
            return str(cell).upper()
        case float():
            return _number(cell)
        case dt.datetime():
            midnight = cell.time() == dt.time()
            return cell.date().isoformat() if midnight else cell.isoformat(sep=" ", timespec="seconds")
        case _:
            return str(cell)


def _number(cell: float) -> str:
    digits = Decimal(repr(cell))
    if not digits.is_finite():
        return str(digits)
    if len(digits.as_tuple().digits) > _DIGITS + 1:
        # It takes 17 digits to tell it from its neighbours: nobody wrote it so, a program added it up.
        digits = Decimal(f"{cell:.{_DIGITS}g}")
    return str(int(digits)) if cell.is_integer() else f"{digits:f}"


def _meant(escaped: re.Match[str]) -> str:
    codes = [int(code, 16) for code in re.findall(r"_x(....)_", escaped[0])]
    return b"".join(code.to_bytes(2, "little") for code in codes).decode("utf-16-le", "replace")


@contextmanager
def _seekable(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    """Unpack a workbook that lies in a zip: its own table of contents is at its end."""
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as unpacked:
        copyfileobj(stream, unpacked)
        unpacked.seek(0)
        yield cast("IO[bytes]", unpacked)


@contextmanager
def _told(published: Published) -> Iterator[None]:
    """Tell in plain words what goes wrong over a damaged workbook, which is anything a library can raise."""
    try:
        yield
    except (ReadError, MemoryError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno not in {None, errno.EINVAL}:
            raise  # the disk's fault
        raise _damaged(published, str(error) or type(error).__name__) from error


def _damaged(published: Published, reason: str) -> ReadError:
    return ReadError(
        "{file}: the workbook is damaged ({error})",
        hint="download it again, or open it in a spreadsheet program and save it anew",
        file=published.label,
        error=reason,
    )
