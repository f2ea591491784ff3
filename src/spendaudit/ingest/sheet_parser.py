"""Reads a sheet's XML row by row, and takes note of what the cells alone do not tell.

The library's own rows leave out, without a word, rows that stand out of order, and read a formula that no
program has worked out as an empty cell; so its parser of cells is used, and not what it makes of them.
"""

from typing import Any, Final

from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import SHEET_MAIN_NS

_FORMULA: Final = f"{{{SHEET_MAIN_NS}}}f"
_VALUE: Final = f"{{{SHEET_MAIN_NS}}}v"


class SheetParser(WorkSheetParser):
    """The library's parser, which also counts formulas without a result, errors and hidden rows."""

    def __init__(self, sheet: Any) -> None:
        """Read a sheet that was opened for reading only."""
        book = sheet.parent
        super().__init__(
            sheet._get_source(),  # noqa: SLF001
            sheet._shared_strings,  # noqa: SLF001
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,  # noqa: SLF001
            timedelta_formats=book._timedelta_formats,  # noqa: SLF001
        )
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
        rows = self.row_dimensions.items()
        return [int(row) for row, attributes in rows if attributes.get("hidden") in {"1", "true"}]

    @property
    def merged(self) -> list[tuple[int, str]]:
        """Cells that span several rows, by their first row and where they are."""
        cells = self.merged_cells.mergeCell if self.merged_cells else []
        return [(cell.min_row, cell.ref) for cell in cells if cell.max_row > cell.min_row]
