"""Reads a sheet's XML row by row, and takes note of what the cells alone do not tell.

The library's own rows leave out, without a word, rows that stand out of order, and read a formula that no
program has worked out as an empty cell; so its parser of cells is used, and not what it makes of them.
"""

from collections.abc import Callable
from typing import IO, Any, Final

from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import SHEET_MAIN_NS

_FORMULA: Final = f"{{{SHEET_MAIN_NS}}}f"
_VALUE: Final = f"{{{SHEET_MAIN_NS}}}v"


class SheetParser(WorkSheetParser):
    """The library's parser, which also counts formulas without a result, errors and hidden rows."""

    def __init__(self, sheet: Any, progress: Callable[[int, int], None]) -> None:
        """Read a sheet that was opened for reading only; `progress` is told of bytes of it, and of all."""
        book = sheet.parent
        source = sheet._get_source()  # noqa: SLF001
        super().__init__(
            _Watched(source, book._archive.getinfo(source.name).file_size, progress),  # noqa: SLF001
            sheet._shared_strings,  # noqa: SLF001
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,  # noqa: SLF001
            timedelta_formats=book._timedelta_formats,  # noqa: SLF001
        )
        self.row_dimensions = _Hidden()
        self.uncomputed = 0
        self.failed = 0

    def parse_cell(self, element: Any) -> dict[str, Any]:
        """Read a cell; a formula without a result comes as the formula."""
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["data_type"] == "e":
            self.failed += 1
        # A formula whose result is an empty text says so by its type.
        if cell["value"] is None and cell["data_type"] != "str":
            formula = element.find(_FORMULA)
            if formula is not None:
                self.uncomputed += 1
                cell["value"] = f"={formula.text or ''}"
        return cell

    @property
    def hidden_rows(self) -> list[int]:
        """Rows that a spreadsheet program does not show."""
        return [int(row) for row in self.row_dimensions]

    @property
    def merged(self) -> list[tuple[int, str]]:
        """Cells that span several rows, by their first row and where they are."""
        cells = self.merged_cells.mergeCell if self.merged_cells else []
        return [(cell.min_row, cell.ref) for cell in cells if cell.max_row > cell.min_row]


class _Hidden(dict[str, dict[str, str]]):
    """What rows look like, by their numbers: kept of those that a spreadsheet program does not show."""

    def __setitem__(self, row: str, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in {"1", "true"}:
            super().__setitem__(row, attributes)


class _Watched:
    """A stream that tells how far it was read."""

    def __init__(self, stream: IO[bytes], size: int, progress: Callable[[int, int], None]) -> None:
        self._stream = stream
        self._size = size
        self._progress = progress
        self._done = 0

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(size)
        self._done += len(block)
        self._progress(self._done, self._size)
        return block
