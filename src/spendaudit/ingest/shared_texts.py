"""Reads the table of texts that the cells of a workbook share, as far as cells have asked for them.

The library reads all of it before the first row, makes five objects of each text, and loses the escaped
underscore (`_x005F_`) in front of what looks like an escape.
"""

from array import array
from itertools import accumulate
from typing import IO, Any, Final
from xml.parsers import expat

from openpyxl.reader.excel import ExcelReader
from openpyxl.xml.constants import SHARED_STRINGS

_BLOCK: Final = 64 << 10


#: Texts that are held in one piece.
_PIECE: Final = 256


class SharedTexts:
    """The texts by their numbers; all that were read are held, in half the room that a list of them takes."""

    def __init__(self, stream: IO[bytes]) -> None:
        """Read from the start of the table's XML."""
        self._stream = stream
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._pieces: list[bytes] = []
        #: Where each text ends in its piece.
        self._ends = array("I")
        #: Those that are no whole piece yet.
        self._texts: list[bytes] = []
        #: Runs of the text that is being read; one with formats has several.
        self._runs: list[str] = []
        #: Readings of Chinese signs stand beside a text and are no part of it.
        self._phonetic = False
        self._over = False

    def __getitem__(self, number: int) -> str:
        """Raise IndexError where there is no such text."""
        if number < 0:
            raise IndexError(f"there is no text {number}")
        while number >= len(self._ends) + len(self._texts) and not self._over:
            block = self._stream.read(_BLOCK)
            self._over = not block
            self._parser.Parse(block, self._over)
        if number >= len(self._ends):
            return self._texts[number - len(self._ends)].decode()
        start = self._ends[number - 1] if number % _PIECE else 0
        return self._pieces[number // _PIECE][start : self._ends[number]].decode()

    def _start(self, tag: str, _attributes: dict[str, str]) -> None:
        match tag.rpartition(":")[2]:
            case "t" if not self._phonetic:
                self._parser.CharacterDataHandler = self._runs.append
            case "rPh":
                self._phonetic = True

    def _end(self, tag: str) -> None:
        match tag.rpartition(":")[2]:
            case "t":
                self._parser.CharacterDataHandler = None
            case "rPh":
                self._phonetic = False
            case "si":
                self._keep("".join(self._runs).encode())
                self._runs.clear()

    def _keep(self, text: bytes) -> None:
        self._texts.append(text)
        if len(self._texts) == _PIECE:
            self._pieces.append(b"".join(self._texts))
            self._ends.extend(accumulate(map(len, self._texts)))
            self._texts.clear()


class Reader(ExcelReader):
    """Opens a workbook; its texts are read when cells ask for them."""

    def read_strings(self) -> None:
        """Find the table and read nothing of it yet."""
        package: Any = self.package
        if table := package.find(SHARED_STRINGS):
            self.shared_strings: Any = SharedTexts(self.archive.open(table.PartName[1:]))
