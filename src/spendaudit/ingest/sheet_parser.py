"""Reads a sheet's XML row by row, and takes note of what the cells alone do not tell.

The library's rows leave out, without a word, rows that stand out of order, and read a formula that no program
has worked out as an empty cell; its parser keeps something of every row that it has passed, and takes half as
long again. What it knows of styles, dates and columns is used.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final
from xml.parsers import expat

from openpyxl.utils.cell import column_index_from_string, range_boundaries
from openpyxl.utils.datetime import from_excel, from_ISO8601

_BLOCK: Final = 64 << 10

#: Elements of a cell that hold text: its value, a text that no other cell shares, a formula.
_TEXTS: Final = frozenset({"v", "t", "f"})

#: The number of a row, and its filled cells by their columns, which count from 1.
Cells = tuple[int, dict[int, object]]


class SheetParser:
    """One sheet, of a workbook that was opened for reading only."""

    def __init__(self, sheet: Any, progress: Callable[[int, int], None]) -> None:
        """`progress` is told how many bytes of the sheet were read, and how many it has."""
        self._sheet = sheet
        self._book = sheet.parent
        self._progress = progress
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        #: Tags without the prefix of their namespace.
        self._names: dict[str, str] = {}
        self._columns: dict[str, int] = {}
        self._done: list[Cells] = []
        self._row = self._column = 0
        self._cells: dict[int, object] = {}
        #: Attributes of the cell that is being read, and the texts in it.
        self._cell: dict[str, str] | None = None
        self._read: dict[str, str] = {}
        self._text: list[str] = []
        #: Readings of Chinese signs stand beside a text and are no part of it.
        self._phonetic = False
        self.hidden_rows: list[int] = []
        #: Cells that span several rows, by their first row and where they are.
        self.merged: list[tuple[int, str]] = []
        #: Formulas without a result, and errors.
        self.uncomputed = 0
        self.failed = 0

    def rows(self) -> Iterator[Cells]:
        """Read the rows as they stand; a formula without a result comes as the formula."""
        done = 0
        with self._sheet._get_source() as source:  # noqa: SLF001
            size = self._book._archive.getinfo(source.name).file_size  # noqa: SLF001
            while block := source.read(_BLOCK):
                self._parser.Parse(block, False)  # noqa: FBT003
                done += len(block)
                self._progress(done, size)
                yield from self._done
                self._done.clear()
        self._parser.Parse(b"", True)  # noqa: FBT003

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = self._names.get(tag) or self._names.setdefault(tag, tag.rpartition(":")[2])
        if name == "c":
            self._cell = attributes
        elif name in _TEXTS:
            if self._cell is not None and not self._phonetic:
                self._parser.CharacterDataHandler = self._text.append
        elif name == "row":
            self._begin_row(attributes)
        elif name == "rPh":
            self._phonetic = True
        elif name == "mergeCell":
            _, first, _, last = range_boundaries(attributes["ref"])
            if first and last and last > first:
                self.merged.append((first, attributes["ref"]))

    def _end(self, tag: str) -> None:
        name = self._names[tag]
        if name in _TEXTS:
            if self._text:
                self._read[name] = self._read.get(name, "") + "".join(self._text)
                self._text.clear()
            elif name == "f" and self._cell is not None:
                self._read[name] = ""
            self._parser.CharacterDataHandler = None
        elif name == "c":
            self._end_cell(self._cell or {}, self._read)
            self._cell = None
            self._read = {}
        elif name == "row":
            self._done.append((self._row, self._cells))
            self._cells = {}
        elif name == "rPh":
            self._phonetic = False

    def _begin_row(self, attributes: dict[str, str]) -> None:
        stated = attributes.get("r")
        # Some programs write `2.0`.
        number = float(stated or self._row + 1)
        if not number.is_integer():
            raise ValueError(f"{stated} is not a valid row number")
        self._row, self._column = int(number), 0
        if attributes.get("hidden") in {"1", "true"}:
            self.hidden_rows.append(self._row)

    def _end_cell(self, attributes: dict[str, str], read: dict[str, str]) -> None:
        place = attributes.get("r")
        self._column = self._column_of(place) if place else self._column + 1
        kind = attributes.get("t", "n")
        text = read.get("t" if kind == "inlineStr" else "v")
        value = self._value(kind, text, attributes) if text else None
        if kind == "e":
            self.failed += 1
        # A formula whose result is an empty text says so by its type.
        if value is None and kind != "str" and "f" in read:
            self.uncomputed += 1
            value = f"={read['f']}"
        if value is not None:
            self._cells[self._column] = value

    def _column_of(self, place: str) -> int:
        letters = place.rstrip("0123456789")
        if letters not in self._columns:
            self._columns[letters] = column_index_from_string(letters)
        return self._columns[letters]

    def _value(self, kind: str, text: str, attributes: dict[str, str]) -> object:
        if kind == "s":
            return self._sheet._shared_strings[int(text)]  # noqa: SLF001
        if kind == "n":
            number = int(text) if text.isdecimal() else _number(text)
            style = int(attributes.get("s") or 0)
            return self._date(number, style) if style in self._book._date_formats else number  # noqa: SLF001
        if kind == "b":
            return bool(int(text))
        return from_ISO8601(text) if kind == "d" else text  # type: ignore[no-untyped-call]

    def _date(self, number: float, style: int) -> object:
        try:
            is_span = style in self._book._timedelta_formats  # noqa: SLF001
            return from_excel(number, self._book.epoch, timedelta=is_span)
        except (OverflowError, ValueError):
            self.failed += 1
            return "#VALUE!"


def _number(text: str) -> float:
    return float(text) if "." in text or "E" in text or "e" in text else int(text)
