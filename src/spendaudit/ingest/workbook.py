"""Reads the rows of a sheet of an Excel workbook as text, one after the other.

Only the workbook's table of shared texts is held in memory; rows are read as they are asked for.
"""

import datetime as dt
import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from shutil import copyfileobj
from typing import IO, Any, Final, cast
from xml.etree.ElementTree import ParseError

from spendaudit.errors import ReadError
from spendaudit.ingest.archive import Published

#: A workbook inside a zip up to this size is unpacked into memory, a larger one into a nameless file.
_IN_MEMORY: Final = 32 << 20

#: The row as a spreadsheet counts, and its cells as text; None for an empty one.
Row = tuple[int, list[str | None]]


@contextmanager
def rows(published: Published) -> Iterator[Iterator[Row]]:
    """Open a sheet; its rows come in order, empty ones below the last that is filled left out."""
    # It takes a while to import, and most files are no workbooks.
    from openpyxl import load_workbook  # noqa: PLC0415

    with ExitStack() as stack:
        stream = stack.enter_context(published.open())
        if published.member:
            stream = stack.enter_context(_seekable(stream))
        stack.enter_context(warnings.catch_warnings())
        # Portals' programs leave out styles and write odd print areas; neither concerns the cells.
        warnings.simplefilter("ignore", UserWarning)
        try:
            book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        except (zipfile.BadZipFile, KeyError, ValueError, ParseError) as error:
            raise _damaged(published, error) from error
        stack.callback(book.close)
        yield _rows(published, book[published.sheet])


def _rows(published: Published, sheet: Any) -> Iterator[Row]:
    if not hasattr(sheet, "reset_dimensions"):
        return  # a sheet that holds a chart only
    # Some portals' programs state one cell as the extent of the whole sheet.
    sheet.reset_dimensions()
    last = 0
    try:
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            texts = [_text(cell) for cell in cells]
            if any(text is not None for text in texts):
                yield from ((empty, []) for empty in range(last + 1, number))
                yield number, texts
                last = number
    except (zipfile.BadZipFile, KeyError, ValueError, ParseError) as error:
        raise _damaged(published, error) from error


def _text(cell: object) -> str | None:
    """Write a cell as it was meant: the shortest digits of a number, never its error."""
    match cell:
        case None | str():
            return cell or None
        case bool():
            return str(cell).upper()
        case float():
            return str(int(cell)) if cell.is_integer() else f"{Decimal(repr(cell)):f}"
        case dt.datetime():
            midnight = cell.time() == dt.time()
            return cell.date().isoformat() if midnight else cell.isoformat(sep=" ", timespec="seconds")
        case _:
            return str(cell)


@contextmanager
def _seekable(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    """Unpack a workbook that lies in a zip: its own table of contents is at its end."""
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as unpacked:
        copyfileobj(stream, unpacked)
        unpacked.seek(0)
        yield cast("IO[bytes]", unpacked)


def _damaged(published: Published, error: Exception) -> ReadError:
    return ReadError(
        f"{published.label}: the workbook is damaged ({error})",
        hint="download it again, or open it in a spreadsheet program and save it anew",
    )
