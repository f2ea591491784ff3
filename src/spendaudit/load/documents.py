"""Recognises files of trees, JSON or XML, by their first tree, and lays all of them out as rows."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import islice
from types import MappingProxyType
from typing import Final, Literal

import polars as pl

from spendaudit.errors import DefinitionError, UnknownLayoutError
from spendaudit.ingest import json_trees, xml_trees
from spendaudit.ingest.archive import Published
from spendaudit.ingest.json_trees import Damaged, Reading, Tree
from spendaudit.ingest.records import ROW, TREE, Batch, Reject
from spendaudit.load import lines
from spendaudit.load.aside import text_of, without_private
from spendaudit.load.matching import Recognised
from spendaudit.load.together import together
from spendaudit.model.remarks import TOO_DEEP
from spendaudit.sources._layouts import StrangeTreeError
from spendaudit.sources._source import Documents, Header, Source

Form = Literal["json", "xml"]

#: Rows that are handed over at once.
_ROWS: Final = 5_000

#: Trees at the start of a file, of which one must look like a source's.
_FIRST: Final = 50


def form_of(head: bytes) -> Form | None:
    """Tell JSON and XML from other texts by their first sign."""
    start = head.lstrip()[:1]
    return {b"{": "json", b"[": "json", b"<": "xml"}.get(start)  # type: ignore[return-value]


def recognise(published: Published, form: Form, sources: Iterable[Source]) -> Recognised:
    """Match the first trees of a file with the sources that write such trees."""
    found = None
    if shapes := _shapes(sources, form):
        # All at once: what holds the trees of one is a tree of unknown length to the others.
        with _trees(published, _any_of([layout for _, layout in shapes]), Reading()) as trees:
            first = (tree for tree in islice(trees, _FIRST) if not isinstance(tree, Damaged))
            found = next((shape for tree in first for shape in shapes if shape[1].fits(tree)), None)
    if found is None:
        raise UnknownLayoutError(
            "{file} is {form} of no kind that spendaudit knows",
            hint="of JSON, packages, records and releases of OCDS are read; "
            "`spendaudit sources` lists the rest",
            file=published.label,
            form=form.upper(),
        )
    source, layout = found
    header = Header(
        names=tuple(sorted({name for names in layout.grains.values() for name in names})),
        context=MappingProxyType({}),
        gone=frozenset(),
        absent=frozenset(),
        new=frozenset(),
        nameless=frozenset(),
        twice=frozenset(),
    )
    return Recognised(published, source, header, 0)


@contextmanager
def batches(
    recognised: Recognised,
    reading: Reading,
    progress: Callable[[int], None] | None = None,
    *,
    by_line: bool = False,
) -> Iterator[Iterator[Batch]]:
    """Open a file and lay its trees out, some thousand rows at a time: one batch a grain.

    `progress` is told of bytes that were read; of a file that is read twice, of half of them each time.
    `by_line`: take the quick way for files that hold a tree in every line; raises AnotherWayError at others.
    """
    source, layout = recognised.source, recognised.source.layout
    if not isinstance(layout, Documents):
        raise DefinitionError(f"{source.id} writes no documents")
    grain = source.outputs[0].grain
    if by_line and layout.lines and not recognised.published.more:
        with lines.batches(recognised.published, layout, grain, reading, progress) as found:
            yield found
        return
    told = _halved(progress) if progress and layout.tells_of else progress
    opening = partial(_trees, recognised.published, layout, reading, told)
    laying = _Laying(layout, grain=grain)
    if layout.tells_of:
        yield laying.batches(together(opening, layout.tells_of))
        return
    with opening() as trees:
        yield laying.batches(tree if isinstance(tree, Damaged) else [tree] for tree in trees)


class _Laying:
    """Rows that are laid out and wait to become a batch."""

    def __init__(self, layout: Documents, *, grain: str) -> None:
        """Trees that cannot be laid out count as rows of `grain`."""
        self._layout = layout
        self._grain = grain
        self._numbers = dict.fromkeys(layout.grains, 1)
        self._rows: dict[str, list[Mapping[str, str | None]]] = {name: [] for name in layout.grains}
        self._places: dict[str, list[tuple[int, int]]] = {name: [] for name in layout.grains}
        self._rejects: list[Reject] = []
        self._merged: Counter[str] = Counter()
        self._waiting = 0

    def batches(self, groups: Iterable[Damaged | Sequence[Tree]]) -> Iterator[Batch]:
        """Lay out every group as one tree."""
        for number, group in enumerate(groups, start=1):
            if isinstance(group, Damaged):
                self._put_aside(group.reason, without_private(group.text, self._layout.private))
            else:
                self._lay_out(number, group)
            if self._waiting >= _ROWS:
                yield from self._handed_over()
        yield from self._handed_over()

    def _lay_out(self, number: int, group: Sequence[Tree]) -> None:
        try:
            laid = list(self._layout.rows(self._one(group)))
        except (StrangeTreeError, RecursionError) as error:
            reason = TOO_DEEP if isinstance(error, RecursionError) else str(error)
            for tree in group:
                self._put_aside(reason, text_of(tree, self._layout.private))
            return
        for grain, cells in laid:
            self._rows[grain].append(cells)
            self._places[grain].append((self._next(grain), number))
        if len(group) > 1:
            self._merged.update(Counter(grain for tree in group for grain in self._grains_of(tree)))
            self._merged.subtract(grain for grain, _ in laid)

    def _one(self, group: Sequence[Tree]) -> Tree:
        return self._layout.merge(group) if self._layout.merge and len(group) > 1 else group[-1]

    def _grains_of(self, tree: Tree) -> list[str]:
        """Name the grains of the rows that a tree would be, were it alone."""
        try:
            return [grain for grain, _ in self._layout.rows(tree)]
        except (StrangeTreeError, RecursionError):
            return []

    def _put_aside(self, reason: str, text: str) -> None:
        self._rejects.append(Reject(self._next(self._grain), reason, text))

    def _next(self, grain: str) -> int:
        number = self._numbers[grain]
        self._numbers[grain] += 1
        self._waiting += 1
        return number

    def _handed_over(self) -> Iterator[Batch]:
        for grain, found in self._rows.items():
            rejects = self._rejects if grain == self._grain else []
            merged = max(0, self._merged[grain])
            if found or rejects or merged:
                yield self._batch(grain, found, rejects, merged)
        self._rows = {grain: [] for grain in self._rows}
        self._places = {grain: [] for grain in self._places}
        self._rejects = []
        self._merged.clear()
        self._waiting = 0

    def _batch(
        self, grain: str, found: list[Mapping[str, str | None]], rejects: list[Reject], merged: int
    ) -> Batch:
        columns = {
            name: pl.Series([cells.get(name) for cells in found], dtype=pl.String)
            for name in self._layout.grains[grain]
        }
        places = pl.DataFrame(self._places[grain], {ROW: pl.UInt32, TREE: pl.UInt32}, orient="row")
        count = len(found) + len(rejects) + merged
        return Batch(pl.DataFrame(columns).hstack(places), rejects, count, grain=grain, merged=merged)


def _shapes(sources: Iterable[Source], form: Form) -> list[tuple[Source, Documents]]:
    return [
        (source, source.layout)
        for source in sources
        if isinstance(source.layout, Documents) and source.layout.form == form
    ]


def _any_of(layouts: Sequence[Documents]) -> Documents:
    """Describe documents that are of any of these layouts, as far as trees are found in them."""
    names = dict.fromkeys(name for layout in layouts for name in layout.trees)
    return replace(
        layouts[0],
        trees=tuple(names),
        fits=lambda tree: any(layout.fits(tree) for layout in layouts),
        says=None,
    )


@contextmanager
def _trees(
    published: Published,
    layout: Documents,
    reading: Reading,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Iterator[Tree | Damaged]]:
    if layout.form == "json":
        with json_trees.trees(
            published, layout.trees, layout.fits, reading, says=layout.says, progress=progress
        ) as trees:
            yield trees
        return
    reading.encodings.add("utf-8")
    with xml_trees.trees(published, layout.trees, progress) as trees:
        yield trees


def _halved(progress: Callable[[int], None]) -> Callable[[int], None]:
    read = 0

    def tell(count: int) -> None:
        nonlocal read
        before, read = read, read + count
        progress(read // 2 - before // 2)

    return tell
