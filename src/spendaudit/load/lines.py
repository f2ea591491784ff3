"""Lays out files that hold a tree in every line, many lines at once, where the source knows how.

That holds only of files without a line that is anything else, and without two trees that tell of one thing.
Any other file is begun anew, the patient way (`documents`): the rows and their numbers are the same.
"""

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Final

import numpy as np
import polars as pl

from spendaudit.ingest.archive import Published
from spendaudit.ingest.json_trees import TOO_DEEP, Reading, tree_of
from spendaudit.ingest.records import ROW, TREE, Batch, Reject
from spendaudit.load.aside import text_of
from spendaudit.sources._layouts import LINE, Documents, Laid, StrangeTreeError

#: Bytes of lines that are laid out at once.
_BYTES: Final = 8 << 20

#: A longer line (in bytes) is no line, or holds more than one tree should.
_LONGEST: Final = 4 << 20

#: Trees after which it is first asked whether two tell of one thing; then after twice as many, and so on.
_FIRST: Final = 1_000


class AnotherWayError(Exception):
    """A file is not a tree a line, or not each of another thing."""


@contextmanager
def batches(
    published: Published,
    layout: Documents,
    grain: str,
    reading: Reading,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Iterator[Batch]]:
    """Open a file and lay its lines out, some thousand at a time: one batch a grain.

    Lines that cannot be laid out count as rows of `grain`. Raises AnotherWayError, perhaps at the very end.
    """
    with published.open() as stream:
        yield _Laying(layout, grain, reading).batches(_chunks(stream, progress))


class _Laying:
    """How far a file has been laid out."""

    def __init__(self, layout: Documents, grain: str, reading: Reading) -> None:
        self._layout = layout
        self._grain = grain
        self._reading = reading
        self._numbers = dict.fromkeys(layout.grains, 1)
        self._lines = 0
        self._told = array("q")
        self._asked = 0

    def batches(self, chunks: Iterator[bytes]) -> Iterator[Batch]:
        """Lay out chunk by chunk."""
        if (lay_out := self._layout.lines) is None:
            raise AnotherWayError
        encoding = "ascii"
        for chunk in chunks:
            if not chunk.isascii():
                encoding = "utf-8"
                _refuse_other_text(chunk)
            lines = [line for line in chunk.split(b"\n") if line.strip(b" \t\r")]
            yield from self._laid_out(lines, lay_out(lines))
        self._ask_for_twins()
        self._reading.encodings.add(encoding)

    def _laid_out(self, lines: Sequence[bytes], laid: Laid) -> Iterator[Batch]:
        names = list(laid.names)
        found: dict[str, list[dict[str, str | int | None]]] = {name: [] for name in self._layout.grains}
        rejects: list[tuple[int, str, str]] = []
        for place in laid.left:
            if (tree := tree_of(lines[place])) is None or not self._layout.fits(tree):
                raise AnotherWayError
            names[place] = self._layout.tells_of(tree) if self._layout.tells_of else None
            try:
                for grain, cells in list(self._layout.rows(tree)):
                    found[grain].append({**cells, LINE: place})
            except (StrangeTreeError, RecursionError) as error:
                reason = TOO_DEEP if isinstance(error, RecursionError) else str(error)
                rejects.append((place, reason, text_of(tree, self._layout.private)))
        self._told.extend(hash(name) for name in names if name is not None)
        if len(self._told) >= max(_FIRST, 2 * self._asked):
            self._ask_for_twins()
        for grain, columns in self._layout.grains.items():
            here = rejects if grain == self._grain else []
            rows = _together(laid.rows.get(grain), found[grain], columns)
            if rows.height or here:
                yield self._batch(grain, rows, here)
        self._lines += len(lines)

    def _batch(self, grain: str, rows: pl.DataFrame, rejects: Sequence[tuple[int, str, str]]) -> Batch:
        """Give rows their numbers, and those that are put aside among them theirs."""
        first = self._numbers[grain]
        count = rows.height + len(rejects)
        self._numbers[grain] += count
        places = rows[LINE].to_numpy()
        aside = np.array([place for place, _, _ in rejects], dtype=places.dtype)
        numbers = first + np.arange(rows.height) + np.searchsorted(aside, places)
        numbered = rows.drop(LINE).with_columns(
            pl.Series(ROW, numbers, dtype=pl.UInt32), (rows[LINE] + self._lines + 1).alias(TREE)
        )
        before = np.searchsorted(places, aside) + np.arange(len(aside)) + first
        put_aside = [
            Reject(int(number), reason, text)
            for number, (_, reason, text) in zip(before, rejects, strict=True)
        ]
        return Batch(numbered, put_aside, count, grain=grain)

    def _ask_for_twins(self) -> None:
        """Give up where two trees tell of one thing (or seem to, in one file of many thousands)."""
        self._asked = len(self._told)
        if self._layout.tells_of and len(np.unique(np.frombuffer(self._told, np.int64))) < self._asked:
            raise AnotherWayError


def _refuse_other_text(chunk: bytes) -> None:
    """Give up on what is not UTF-8: parsers pass over damage in what they do not read."""
    try:
        # Many times as fast as `decode`, which makes a text of it.
        pl.Series([chunk], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.PolarsError as error:
        raise AnotherWayError from error


def _together(
    laid: pl.DataFrame | None, found: list[dict[str, str | int | None]], columns: Sequence[str]
) -> pl.DataFrame:
    """Bring the rows of lines that were laid out at once, and one by one, into the order of the lines."""
    schema: Mapping[str, pl.DataType] = {**dict.fromkeys(columns, pl.String()), LINE: pl.UInt32()}
    if laid is None:
        laid = pl.DataFrame(schema=schema)
    if not found:
        return laid
    alone = pl.DataFrame({name: [cells.get(name) for cells in found] for name in schema}, schema=schema)
    return pl.concat([laid, alone]).sort(LINE, maintain_order=True)


def _chunks(stream: IO[bytes], progress: Callable[[int], None] | None) -> Iterator[bytes]:
    """Read whole lines."""
    left = b""
    while block := stream.read(_BYTES):
        if progress:
            progress(len(block))
        end = block.rfind(b"\n") + 1
        if end:
            yield left + block[:end]
            left = block[end:]
        else:
            left += block
        if len(left) > _LONGEST:
            raise AnotherWayError
    if left:
        yield left
