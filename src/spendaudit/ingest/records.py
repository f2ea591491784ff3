"""Parses blocks of text into rows, and puts aside every record that is not whole.

Polars reads well-formed blocks. It takes a short record for one with empty cells, and it gives up on a block
with a long one, so a block in which either may hide is measured first, and a block with a broken quote is
read line by line.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from spendaudit.errors import ReadError
from spendaudit.ingest.blocks import LONGEST, Block
from spendaudit.ingest.cuts import OPEN_LINES, measure, split
from spendaudit.model.remarks import CELLS, EMPTY, OVERLONG, UNBALANCED

#: What the csv module says of text that stands between a closed quote and the next separator.
_BEHIND_QUOTE: Final = "expected after"

#: So many blocks with odd numbers, each parsed twice, and the file is read as text from then on.
_TRUST: Final = 3

#: Records of one block that can be put aside.
_MOST_REJECTS: Final = 1 << 20

ROW: Final = "@row"

#: Of a file of trees, the one that a row was laid out from; they count from 1.
TREE: Final = "@tree"


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that was put aside: its row as a spreadsheet counts, why, and its text."""

    row: int
    reason: str
    text: str


@dataclass(slots=True)
class Batch:
    """The rows of one block: a column per published column that is read, and `@row`."""

    frame: pl.DataFrame
    rejects: list[Reject]
    #: Records of the block, the rejected and merged ones included.
    records: int
    #: What the rows were read from, if that is text.
    text: bytes = b""
    first_row: int = 0
    #: Of a file that holds rows of several grains, the one of these.
    grain: str = ""
    #: Records that say again what others of the block say.
    merged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What every record of a file must look like."""

    #: Names of all columns, in the file's order.
    names: tuple[str, ...]
    #: Those that are read.
    wanted: frozenset[str]
    separator: str
    quote: str
    nulls: tuple[str, ...]
    #: Columns that the parser may read itself, by their types, where it can; text otherwise.
    native: Mapping[str, pl.DataType] = field(default_factory=lambda: MappingProxyType({}))
    decimal: str = "."


class Records:
    """Reads the records of one file, block after block."""

    def __init__(self, shape: Shape, *, first_row: int) -> None:
        """Start at `first_row`, the row of the first record: the header and what stands above it count."""
        self._shape = shape
        self._row = first_row
        self._last = shape.names[-1]
        self._columns = [
            place for place, name in enumerate(shape.names) if name in shape.wanted or name == self._last
        ]
        self._left_over = b""
        #: Blocks that the parser may yet fail on before all of the file is read as text.
        self._trust = _TRUST if shape.native else 0

    def read(self, blocks: Iterator[Block]) -> Iterator[Batch]:
        """Read every block; the rows of all batches follow on from each other."""
        for block in blocks:
            if not block.whole:
                yield from self._overlong(block)
                continue
            yield self._next(
                Block(self._left_over + block.text, block.cut and not self._left_over), final=False
            )
        if self._left_over:
            yield self._next(Block(self._left_over, cut=False), final=True)

    def _overlong(self, block: Block) -> Iterator[Batch]:
        """Put aside a line that is longer than any record, of which only the start has been kept."""
        if self._left_over:
            yield self._next(Block(self._left_over, cut=False), final=True)
        reject = Reject(
            self._row, OVERLONG.format(count=LONGEST >> 20), block.text.decode("utf-8", "replace")
        )
        yield Batch(self._parse(b""), [reject], 1, first_row=self._row)
        self._row += 1

    def _next(self, block: Block, *, final: bool) -> Batch:
        self._left_over = b""
        batch = (self._quickly(block.text) or self._by_measure(block.text)) if block.cut else None
        batch = batch or self._line_by_line(block.text, final=final)
        batch.text, batch.first_row = block.text, self._row
        self._row += batch.records
        return batch

    def _parse(self, text: bytes, rows: "pl.Series | None" = None, *, native: bool = False) -> pl.DataFrame:
        shape = self._shape
        # A single word for nothing is not looked for in the last column, whose emptiness tells of short rows.
        nulls = (
            dict.fromkeys(shape.names[:-1], shape.nulls[0]) if len(shape.nulls) == 1 else list(shape.nulls)
        )
        if not text:
            return pl.DataFrame(schema={**dict.fromkeys(self._names, pl.String), ROW: pl.UInt32})
        frame = pl.read_csv(
            text,
            has_header=False,
            columns=self._columns,
            schema=dict.fromkeys(shape.names, pl.String()) | (dict(shape.native) if native else {}),
            decimal_comma=shape.decimal == ",",
            separator=shape.separator,
            quote_char=shape.quote or None,
            null_values=nulls or None,
            infer_schema=False,
        )
        numbers = (
            rows if rows is not None else pl.int_range(self._row, self._row + frame.height, dtype=pl.UInt32)
        )
        return frame.with_columns(numbers.alias(ROW))

    @property
    def _names(self) -> list[str]:
        return [self._shape.names[place] for place in self._columns]

    def _quickly(self, text: bytes) -> Batch | None:
        """Parse as it stands; None when a record may be short or is long."""
        frame = self._natively(text) if self._trust else None
        try:
            frame = self._parse(text) if frame is None else frame
        except pl.exceptions.PolarsError:
            return None
        if frame[self._last].null_count():
            return None
        return Batch(frame, [], frame.height)

    def _natively(self, text: bytes) -> pl.DataFrame | None:
        """Let the parser read numbers; None when one cell is not in the plain form."""
        try:
            return self._parse(text, native=True)
        except pl.exceptions.PolarsError:
            self._trust -= 1
            return None

    def _by_measure(self, text: bytes) -> Batch | None:
        """Measure each record, put aside those of another width; None when quotes do not pair up."""
        starts, widths = measure(text, self._shape.separator, self._shape.quote)
        ends = np.append(starts[1:], len(text))
        whole = widths == len(self._shape.names)
        rows = np.arange(self._row, self._row + len(starts), dtype=np.uint32)
        _refuse_beyond_hope(len(starts) - int(np.count_nonzero(whole)))
        rejects = [
            self._rejected(int(rows[at]), text[starts[at] : ends[at]], int(widths[at]))
            for at in np.flatnonzero(~whole)
        ]
        if self._shape.quote and any(self._shape.quote in reject.text for reject in rejects):
            return None  # a stray quote may have joined records that are whole
        kept = text if whole.all() else b"".join(text[starts[at] : ends[at]] for at in np.flatnonzero(whole))
        try:
            frame = self._parse(kept, pl.Series(ROW, rows[whole]))
        except (pl.exceptions.PolarsError, ValueError):
            return None
        return Batch(frame, rejects, len(starts)) if frame.height == int(whole.sum()) else None

    def _rejected(self, row: int, raw: bytes, width: int) -> Reject:
        words = raw.decode("utf-8", "replace").rstrip("\r\n")
        expected = len(self._shape.names)
        return Reject(row, EMPTY if not words.strip() else CELLS.format(count=width, all=expected), words)

    def _line_by_line(self, text: bytes, *, final: bool) -> Batch:
        """Read with the csv module, setting out again on the line after a quote that never closes."""
        lines = text.decode("utf-8").split("\n")
        if lines[-1] == "":
            lines.pop()
        written, out = io.StringIO(), []
        quote = self._shape.quote or '"'
        writer = csv.writer(
            written,
            delimiter=self._shape.separator,
            quotechar=quote,
            quoting=csv.QUOTE_ALL,
            lineterminator="\n",
        )
        rejects: list[Reject] = []
        row, at = self._row, 0
        while at < len(lines):
            cells, size = self._record(lines, at)
            if size == 0:
                # Nothing closed the quote. Near the end of a block the rest may be in the next one.
                if not final and len(lines) - at <= OPEN_LINES:
                    self._left_over = (
                        "\n".join(lines[at:]) + ("\n" if text.endswith(b"\n") else "")
                    ).encode()
                    break
                rejects.append(Reject(row, UNBALANCED, lines[at].rstrip("\r")))
                size = 1
            elif len(cells) == len(self._shape.names):
                writer.writerow(cells)
                out.append(row)
            else:
                rejects.append(self._rejected(row, "\n".join(lines[at : at + size]).encode(), len(cells)))
            at += size
            row += 1
            _refuse_beyond_hope(len(rejects))
        frame = self._parse(written.getvalue().encode(), pl.Series(ROW, out, pl.UInt32))
        return Batch(frame, rejects, row - self._row)

    def _record(self, lines: list[str], at: int) -> tuple[list[str], int]:
        """Return the cells of the record at a line, and its number of lines; 0 when its quote stays open."""
        quote, separator = self._shape.quote, self._shape.separator
        joined, quotes, opens = "", 0, bool(quote) and lines[at].startswith(quote)
        for size in range(1, min(OPEN_LINES, len(lines) - at) + 1):
            line = lines[at + size - 1]
            joined = f"{joined}\n{line}" if size > 1 else line
            if quote:
                quotes += line.count(quote)
                opens = opens or f"{separator}{quote}" in line
            if quotes % 2 and opens and size < len(lines) - at:
                continue
            try:
                cells = split(joined.rstrip("\r"), separator, quote)
            except csv.Error as error:
                if _BEHIND_QUOTE in str(error):
                    break  # what stands behind a closed quote stays there, whatever follows
                continue
            return cells, size
        return [], 0


def _refuse_beyond_hope(count: int) -> None:
    """Give up on a block of nothing but line ends before it fills the memory."""
    if count > _MOST_REJECTS:
        raise ReadError(
            "more than {rows:,} rows side by side are empty, or of another width than the header",
            hint="cut them off, or ask the portal for the file anew",
            rows=_MOST_REJECTS,
        )
