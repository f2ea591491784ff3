"""Cuts a recognised file into batches of published records, each with its row."""

from collections.abc import Iterator

from spendaudit.ingest.blocks import Block
from spendaudit.ingest.records import Batch, Records, Shape
from spendaudit.load.recognise import Recognised


def read_batches(recognised: Recognised, blocks: Iterator[Block]) -> Iterator[Batch]:
    """Read the records below the header, block after block."""
    shape = _shape(recognised)
    records = Records(shape, first_row=recognised.row + 1)
    return records.read(_below_header(blocks, recognised.row, shape.quote))


def _shape(recognised: Recognised) -> Shape:
    names: list[str] = []
    for name in recognised.header.names:
        # A column that nobody reads may stand twice; Polars wants distinct names.
        names.append(name if name not in names else f"{name} ({len(names) + 1})")
    source = recognised.source
    native = source.native
    return Shape(
        names=tuple(names),
        wanted=(source.used | recognised.header.nameless) & frozenset(names),
        separator=source.layout.separator,
        quote=source.layout.quote,
        nulls=source.layout.nulls,
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
            end = text.find(b"\n", place)
            while end >= 0 and quote and text.count(quote.encode(), place, end) % 2:
                end = text.find(b"\n", end + 1)
            place = len(text) if end < 0 else end + 1
        row = 0
        if place < len(text):
            yield Block(text[place:], block.cut)
