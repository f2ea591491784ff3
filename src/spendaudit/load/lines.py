"""Lays out files that hold a tree in every line, many lines at once, where the source knows how.

That holds only of files without a line that is anything else, and without two trees that tell of one thing.
Any other file is begun anew, the patient way (`documents`): the rows and their numbers are the same.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import IO, Final

import numpy as np
import polars as pl

from spendaudit.ingest.archive import Published
from spendaudit.ingest.json_trees import Reading, tree_of
from spendaudit.ingest.records import ROW, TREE, Batch, Reject
from spendaudit.load.aside import text_of
from spendaudit.model.remarks import TOO_DEEP
from spendaudit.sources._layouts import LINE, Documents, Laid, StrangeTreeError

#: Bytes of lines that are laid out at once.
_BYTES: Final = 14 << 20

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
        #: Hashes of what trees tell of.
        self._told: list[pl.Series] = []
        self._asked = 0

    def batches(self, chunks: Iterable[bytes]) -> Iterator[Batch]:
        """Take chunk after chunk; raises AnotherWayError."""
        encoding = "ascii"
        for plain, laid in _two_at_once(chunks, self._lay_out):
            encoding = encoding if plain else "utf-8"
            yield from self._taken(laid)
            if self._lines >= max(_FIRST, 2 * self._asked):
                self._ask_for_twins()
        self._ask_for_twins()
        self._reading.encodings.add(encoding)

    def _lay_out(self, text: bytes) -> tuple[bool, Laid]:
        """Lay lines out; tell whether they are ASCII."""
        plain = text.isascii()
        if not plain:
            _refuse_damage(text)
        if self._layout.lines is None:
            raise AnotherWayError
        return plain, self._layout.lines(text)

    def _taken(self, laid: Laid) -> Iterator[Batch]:
        found: dict[str, list[dict[str, str | int | None]]] = {name: [] for name in self._layout.grains}
        rejects: list[tuple[int, str, str]] = []
        names: list[str | None] = []
        for place, line in laid.left.items():
            if (tree := tree_of(line)) is None or not self._layout.fits(tree):
                raise AnotherWayError
            names.append(self._layout.tells_of(tree) if self._layout.tells_of else None)
            try:
                for grain, cells in list(self._layout.rows(tree)):
                    found[grain].append({**cells, LINE: place})
            except (StrangeTreeError, RecursionError) as error:
                reason = TOO_DEEP if isinstance(error, RecursionError) else str(error)
                rejects.append((place, reason, text_of(tree, self._layout.private)))
        told = pl.concat([laid.names, pl.Series(names, dtype=pl.String)])
        self._told.append(told.drop_nulls().hash())
        for grain, columns in self._layout.grains.items():
            rows = _together(laid.rows.get(grain), found[grain], columns)
            here = rejects if grain == self._grain else []
            if rows.height or here:
                yield self._batch(grain, rows, here)
        self._lines += len(laid.names)

    def _batch(self, grain: str, rows: pl.DataFrame, aside: Sequence[tuple[int, str, str]]) -> Batch:
        """Give rows their numbers, and those that are put aside among them theirs."""
        first = self._numbers[grain]
        self._numbers[grain] += rows.height + len(aside)
        places = rows[LINE].to_numpy()
        left = np.array([place for place, _, _ in aside], dtype=places.dtype)
        numbers = first + np.arange(rows.height) + np.searchsorted(left, places)
        before = first + np.arange(len(left)) + np.searchsorted(places, left)
        rejects = [
            Reject(int(number), reason, text) for number, (_, reason, text) in zip(before, aside, strict=True)
        ]
        trees = (rows[LINE] + self._lines + 1).alias(TREE)
        frame = rows.drop(LINE).with_columns(pl.Series(ROW, numbers, dtype=pl.UInt32), trees)
        return Batch(frame, rejects, rows.height + len(rejects), grain=grain)

    def _ask_for_twins(self) -> None:
        """Give up where two trees tell of one thing (or seem to, in one file of many thousands)."""
        self._asked = self._lines
        if self._layout.tells_of and self._told:
            told = pl.concat(self._told, rechunk=True)
            self._told = [told]
            if told.n_unique() < len(told):
                raise AnotherWayError


def _two_at_once(
    chunks: Iterable[bytes], lay_out: Callable[[bytes], tuple[bool, Laid]]
) -> Iterator[tuple[bool, Laid]]:
    """Lay out two chunks at a time, in order: most of it is work that threads can share."""
    with ThreadPoolExecutor(2) as pool:
        waiting: deque[Future[tuple[bool, Laid]]] = deque()
        for chunk in chunks:
            done = waiting.popleft().result() if len(waiting) > 1 else None
            waiting.append(pool.submit(lay_out, chunk))
            if done is not None:
                # Whoever takes it may need time.
                yield done
        while waiting:
            yield waiting.popleft().result()


def _refuse_damage(text: bytes) -> None:
    """Refuse what is not UTF-8: parsers pass over damage in what they do not read."""
    import pyarrow as pa  # noqa: PLC0415 as its parser, it is for files of lines alone

    ends = pa.py_buffer(np.array([0, len(text)], dtype=np.int64))
    try:
        # Several times as fast as `decode`, and without a copy.
        pa.Array.from_buffers(pa.large_string(), 1, [None, ends, pa.py_buffer(text)]).validate(full=True)
    except pa.ArrowInvalid as error:
        raise AnotherWayError from error


def _together(
    laid: pl.DataFrame | None, found: list[dict[str, str | int | None]], columns: Sequence[str]
) -> pl.DataFrame:
    """Bring the rows of lines that were laid out at once, and one by one, into the order of the lines."""
    schema: Mapping[str, pl.DataType] = {**dict.fromkeys(columns, pl.String()), LINE: pl.UInt32()}
    if not found:
        return pl.DataFrame(schema=schema) if laid is None else laid
    alone = pl.DataFrame({name: [cells.get(name) for cells in found] for name in schema}, schema=schema)
    if laid is None:
        return alone
    # Numbers as they would have been published: without what the parser has filled them up with.
    texts = laid.with_columns(pl.col(pl.Decimal).cast(pl.String).str.replace(r"\.?0+$", ""))
    return pl.concat([texts, alone]).sort(LINE, maintain_order=True)


def _chunks(stream: IO[bytes], progress: Callable[[int], None] | None) -> Iterator[bytes]:
    """Read whole lines."""
    left = b""
    while block := stream.read(_BYTES):
        if progress:
            progress(len(block))
        end = block.rfind(b"\n") + 1
        lines = b"".join((left, memoryview(block)[:end])) if end else b""
        left = block[end:] if end else left + block
        if len(left) > _LONGEST:
            raise AnotherWayError
        del block
        if lines:
            yield lines
    if left:
        yield left
