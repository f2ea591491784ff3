"""Lays out files that hold a tree in every line, many lines at once, where the source knows how.

That holds only of files without a line that is anything else, and without two trees that tell of one thing.
Any other file is begun anew, the patient way (`documents`): the rows and their numbers are the same.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Final

import numpy as np
import polars as pl

from spendaudit.ingest.archive import Published
from spendaudit.ingest.json_trees import Reading, tree_of
from spendaudit.ingest.records import ROW, TREE, Batch, Reject
from spendaudit.load.aside import text_of
from spendaudit.load.line_workers import Chunk, laid_out
from spendaudit.model.remarks import TOO_DEEP
from spendaudit.sources._layouts import LINE, Documents, StrangeTreeError

#: Bytes of lines that are laid out at once.
_BYTES: Final = 8 << 20

#: Files from this size on (in bytes) are laid out beside this process: another takes half a second to start.
_LARGE: Final = 48 << 20

#: Lines whose rows are handed over together: mapping costs as much a call as it does for some thousand rows.
_TOGETHER: Final = 16_000

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
    if layout.lines is None:
        raise AnotherWayError
    large = published.path.stat().st_size >= _LARGE
    with (
        published.open() as stream,
        laid_out(_chunks(stream, progress), layout.lines, beside=large) as chunks,
    ):
        yield _Laying(layout, grain, reading).batches(chunks)


class _Laying:
    """How far a file has been laid out."""

    def __init__(self, layout: Documents, grain: str, reading: Reading) -> None:
        self._layout = layout
        self._grain = grain
        self._reading = reading
        self._numbers = dict.fromkeys(layout.grains, 1)
        self._lines = 0
        #: Hashes of what trees tell of.
        self._told: list[pl.Series] = []
        self._asked = 0
        self._rows: dict[str, list[pl.DataFrame]] = {name: [] for name in layout.grains}
        self._rejects: list[Reject] = []
        self._waiting = 0

    def batches(self, chunks: Iterator[Chunk | None]) -> Iterator[Batch]:
        """Take chunk after chunk; raises AnotherWayError."""
        encoding = "ascii"
        for chunk in chunks:
            if chunk is None:
                raise AnotherWayError
            encoding = encoding if chunk.ascii else "utf-8"
            self._take(chunk)
            if self._lines >= max(_FIRST, 2 * self._asked):
                self._ask_for_twins()
            if self._waiting >= _TOGETHER:
                yield from self._handed_over()
        self._ask_for_twins()
        yield from self._handed_over()
        self._reading.encodings.add(encoding)

    def _take(self, chunk: Chunk) -> None:
        found: dict[str, list[dict[str, str | int | None]]] = {name: [] for name in self._layout.grains}
        rejects: list[tuple[int, str, str]] = []
        names: list[str | None] = []
        for place, line in chunk.left.items():
            if (tree := tree_of(line)) is None or not self._layout.fits(tree):
                raise AnotherWayError
            names.append(self._layout.tells_of(tree) if self._layout.tells_of else None)
            try:
                for grain, cells in list(self._layout.rows(tree)):
                    found[grain].append({**cells, LINE: place})
            except (StrangeTreeError, RecursionError) as error:
                reason = TOO_DEEP if isinstance(error, RecursionError) else str(error)
                rejects.append((place, reason, text_of(tree, self._layout.private)))
        told = pl.concat([chunk.laid.names, pl.Series(names, dtype=pl.String)])
        self._told.append(told.drop_nulls().hash())
        for grain, columns in self._layout.grains.items():
            rows = _together(chunk.laid.rows.get(grain), found[grain], columns)
            here = rejects if grain == self._grain else []
            if rows.height or here:
                self._number(grain, rows, here)
        self._lines += chunk.lines
        self._waiting += chunk.lines

    def _number(self, grain: str, rows: pl.DataFrame, rejects: Sequence[tuple[int, str, str]]) -> None:
        """Give rows their numbers, and those that are put aside among them theirs."""
        first = self._numbers[grain]
        self._numbers[grain] += rows.height + len(rejects)
        places = rows[LINE].to_numpy()
        aside = np.array([place for place, _, _ in rejects], dtype=places.dtype)
        numbers = first + np.arange(rows.height) + np.searchsorted(aside, places)
        before = first + np.arange(len(aside)) + np.searchsorted(places, aside)
        trees = (rows[LINE] + self._lines + 1).alias(TREE)
        self._rows[grain].append(
            rows.drop(LINE).with_columns(pl.Series(ROW, numbers, dtype=pl.UInt32), trees)
        )
        self._rejects += (
            Reject(int(number), reason, text)
            for number, (_, reason, text) in zip(before, rejects, strict=True)
        )

    def _handed_over(self) -> Iterator[Batch]:
        for grain, frames in self._rows.items():
            rejects = self._rejects if grain == self._grain else []
            if frames:
                rows = pl.concat(frames)
                yield Batch(rows, rejects, rows.height + len(rejects), grain=grain)
        self._rows = {grain: [] for grain in self._rows}
        self._rejects = []
        self._waiting = 0

    def _ask_for_twins(self) -> None:
        """Give up where two trees tell of one thing (or seem to, in one file of many thousands)."""
        self._asked = self._lines
        if self._layout.tells_of and self._told:
            told = pl.concat(self._told, rechunk=True)
            self._told = [told]
            if told.n_unique() < len(told):
                raise AnotherWayError


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
