"""How sheets are written into a workbook: headers that stay in view, filters, kinds of columns, limits.

Nothing is written as a formula. A number of more digits than Excel keeps (15) is written as text, with all of
them; a text that no cell holds is cut, and says so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, Final, Literal, Self

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Cell = str | int | float | bool | Decimal | date | None
Kind = Literal["text", "folded", "whole", "cents", "share", "date", "number", "link"]

#: Lines below the header that a sheet of Excel holds.
MOST_ROWS: Final = 1_048_575
#: Signs of a cell, significant digits of a number, links of a sheet and signs of a link that Excel takes.
LONGEST: Final = 32_767
_DIGITS: Final = 15
_LINKS: Final = 65_000
_LONGEST_LINK: Final = 2_000
#: Points of a line, and of the highest row.
_LINE: Final = 15.0
_HIGHEST: Final = 400.0
_CUT: Final = " ... [cut: a cell holds no more]"
_FORMATS: Final[dict[Kind, dict[str, object]]] = {
    "text": {},
    "folded": {"text_wrap": True},
    "whole": {"num_format": "#,##0"},
    "cents": {"num_format": "#,##0.00"},
    "share": {"num_format": "0.0 %"},
    "date": {"num_format": "yyyy-mm-dd"},
    "number": {"num_format": "0"},
    "link": {"font_color": "#0563C1", "underline": 1},
}
#: A file that was written at no time.
_NEVER: Final = datetime(2000, 1, 1)  # noqa: DTZ001 XlsxWriter writes it as it is


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet."""

    title: str
    kind: Kind = "text"
    #: In signs of the usual type.
    width: int = 12


class Book:
    """A workbook that is written from the first sheet to the last, each from its first row to its last."""

    def __init__(self, stream: BinaryIO, title: str, remark: str) -> None:
        """Begin a workbook on a stream."""
        from xlsxwriter import Workbook  # noqa: PLC0415 only who wants a workbook waits for it

        self._book = Workbook(stream, {"constant_memory": True})
        self._book.set_properties({"title": title, "comments": remark, "created": _NEVER})
        self._formats = {
            kind: self._book.add_format({"valign": "top", **form}) for kind, form in _FORMATS.items()
        }
        self._head = self._book.add_format(
            {"bold": True, "valign": "top", "bottom": 1, "bg_color": "#EEEEEE"}
        )

    def __enter__(self) -> Self:
        """Write within a `with`: the workbook is complete at its end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the workbook."""
        self._book.close()

    def add(
        self,
        name: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Cell]],
        above: Sequence[str] = (),
        height: float = _HIGHEST,
    ) -> None:
        """Add a sheet; lines of text may stand above its header. Rows that no sheet holds are not written.

        Rows are as high as what they hold, but not higher than `height` (points).
        """
        sheet = _Sheet(self._book.add_worksheet(name), columns, self._formats)
        for number, text in enumerate(above):
            sheet.sheet.write_string(number, 0, text)
        top = len(above)
        for place, column in enumerate(columns):
            # The button of the filter covers the end of a title.
            sheet.sheet.set_column(place, place, max(column.width, len(column.title) + 4))
            sheet.sheet.write_string(top, place, column.title, self._head)
        bottom = top
        for bottom, row in enumerate(islice(rows, MOST_ROWS - top), start=top + 1):
            sheet.write(bottom, row, height)
        sheet.sheet.freeze_panes(top + 1, 0)
        sheet.sheet.autofilter(top, 0, bottom, len(columns) - 1)
        sheet.sheet.set_landscape()
        sheet.sheet.repeat_rows(top)


class _Sheet:
    """Writes cells as their column says."""

    def __init__(self, sheet: "Worksheet", columns: Sequence[Column], formats: dict[Kind, "Format"]) -> None:
        self.sheet = sheet
        self._columns = [(place, column.kind, formats[column.kind]) for place, column in enumerate(columns)]
        self._folded = [
            (place, column.width) for place, column in enumerate(columns) if column.kind == "folded"
        ]
        self._text = formats["text"]
        self._links = 0

    def write(self, number: int, row: Sequence[Cell], highest: float) -> None:
        """Write a row, as high as its folded texts need: LibreOffice does not find that out by itself."""
        lines = max((_lines(row[place], width) for place, width in self._folded), default=1)
        if lines > 1:
            self.sheet.set_row(number, min(lines * _LINE, highest))
        for (place, kind, form), cell in zip(self._columns, row, strict=True):
            match cell:
                case None | "":
                    continue
                case bool():
                    self.sheet.write_boolean(number, place, cell, form)
                case date():
                    self.sheet.write_datetime(number, place, cell, form)
                case str() if kind == "link" and self._may_link(cell):
                    self._links += 1
                    self.sheet.write_url(number, place, cell, form)
                case str():
                    self.sheet.write_string(
                        number, place, fitting(cell), self._text if kind == "link" else form
                    )
                case _ if kept(cell):
                    self.sheet.write_number(number, place, float(cell), form)
                case _:
                    self.sheet.write_string(number, place, str(cell), form)

    def _may_link(self, text: str) -> bool:
        web = text.lower().startswith(("https://", "http://"))
        return web and len(text) <= _LONGEST_LINK and self._links < _LINKS


def _lines(cell: Cell, width: int) -> int:
    """Tell on how many lines a text will stand."""
    return sum(len(line) // width + 1 for line in cell.split("\n")) if isinstance(cell, str) else 1


def fitting(text: str) -> str:
    """Cut a text that no cell holds, and say so. Excel counts the signs of UTF-16."""
    written = text.encode("utf-16-le")
    if len(written) <= 2 * LONGEST:
        return text
    return written[: 2 * (LONGEST - len(_CUT))].decode("utf-16-le", "ignore") + _CUT


def kept(number: Decimal | float) -> bool:
    """Tell whether Excel keeps every digit of a number."""
    if isinstance(number, float):
        return True
    return len(f"{Decimal(number):f}".lstrip("-").replace(".", "").strip("0")) <= _DIGITS
