"""Cuts a recognised file into batches of published records, each with its row, whatever its form."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import IO, Final

from spendaudit.ingest.blocks import Block, Stream
from spendaudit.ingest.cuts import record_end
from spendaudit.ingest.decode import Decoder
from spendaudit.ingest.hashing import Hashing
from spendaudit.ingest.json_trees import Reading as Trees
from spendaudit.ingest.records import Batch, Records, Shape
from spendaudit.ingest.workbook import Seen
from spendaudit.load import documents, sheets
from spendaudit.load.matching import Recognised
from spendaudit.sources._source import Csv, Workbook

#: Bytes from one word on progress to the next: what draws it takes its time.
_STEP: Final = 1 << 20

#: Forms other than text are written in it.
_UTF_8: Final = "utf-8"


class Reading:
    """One pass over a file: its batches, and what is known of it once they have been read."""

    def __init__(
        self,
        recognised: Recognised,
        *,
        hashed: bool = False,
        by_line: bool = False,
        progress: Callable[[int, int], None] = lambda _read, _size: None,
    ) -> None:
        """`hashed`: work out the sha256 on the way. `by_line`: see `documents`.

        `progress` is told how many bytes were read, and how many there are (0 when that is not known).
        """
        self._recognised = recognised
        self._hashed = hashed
        self._by_line = by_line
        self._progress = progress
        self._size = recognised.published.size
        self._read = self._next = 0
        self.sha256 = ""
        self.encoding = _UTF_8
        self.notes: tuple[str, ...] = ()

    @contextmanager
    def batches(self) -> Iterator[Iterator[Batch]]:
        """Read the records, batch after batch, for as long as the context is open."""
        layout = self._recognised.source.layout
        if isinstance(layout, Csv):
            with self._recognised.published.open() as raw, self._of_text(raw, layout) as batches:
                yield batches
            return
        path = self._recognised.published.path
        with Hashing(path) if self._hashed else nullcontext() as hashing:
            if isinstance(layout, Workbook):
                seen = Seen()
                with sheets.batches(self._recognised, seen, self._tell) as batches:
                    yield batches
                self.notes = seen.notes(self._recognised.row)
            else:
                trees = Trees()
                with documents.batches(
                    self._recognised, trees, self._advance, by_line=self._by_line
                ) as batches:
                    yield batches
                self.encoding, self.notes = trees.encoding, trees.notes
            if hashing:
                self.sha256 = hashing.sha256()

    def _advance(self, count: int) -> None:
        self._read += count
        self._tell(self._read, self._size)

    def _tell(self, read: int, size: int) -> None:
        if read >= self._next or read == size:
            self._next = read + _STEP
            self._progress(read, size)

    @contextmanager
    def _of_text(self, raw: IO[bytes], layout: Csv) -> Iterator[Iterator[Batch]]:
        decoder = Decoder(layout.encodings)
        stream = Stream(raw, decoder, quote=layout.quote, hashed=self._hashed, progress=self._advance)
        shape = _shape(self._recognised, layout)
        records = Records(shape, first_row=self._recognised.row + 1)
        with stream.blocks() as blocks:
            yield records.read(_below_header(blocks, self._recognised.row, shape.quote))
        self.sha256, self.encoding, self.notes = stream.sha256, decoder.encoding, tuple(decoder.notes)


def _shape(recognised: Recognised, layout: Csv) -> Shape:
    names: list[str] = []
    for name in recognised.header.names:
        # A column that nobody reads may stand twice; Polars wants distinct names.
        names.append(name if name not in names else f"{name} ({len(names) + 1})")
    native = recognised.source.native
    return Shape(
        names=tuple(names),
        wanted=(recognised.source.used | recognised.header.nameless) & frozenset(names),
        separator=layout.separator,
        quote=layout.quote,
        nulls=layout.nulls,
        native={column.column: column.dtype for column in native if column.column in names[:-1]},
        decimal=next((column.decimal for column in native), "."),
    )


def _below_header(blocks: Iterator[Block], row: int, quote: str) -> Iterator[Block]:
    """Leave out the records up to the header's row."""
    for block in blocks:
        if row == 0:
            yield block
            continue
        place, text = 0, block.text
        for _ in range(row):
            place = record_end(text, place, b"\n", quote.encode())
        row = 0
        if place < len(text):
            yield Block(text[place:], block.cut)
