"""Recognises files of trees, JSON or XML, by their first tree, and lays all of them out as rows."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from types import MappingProxyType
from typing import Any, Final, Literal

import polars as pl

from spendaudit.errors import DefinitionError, UnknownLayoutError
from spendaudit.ingest import json_trees, xml_trees
from spendaudit.ingest.archive import Published
from spendaudit.ingest.records import ROW, Batch
from spendaudit.load.matching import Recognised
from spendaudit.sources._source import Documents, Header, Source

Form = Literal["json", "xml"]

#: Trees that are laid out at once.
_TREES: Final = 2_000

#: Trees at the start of a file that must look like a source's.
_FIRST: Final = 3

_TREES_OF: Final = {"json": json_trees.trees, "xml": xml_trees.trees}


def form_of(head: bytes) -> Form | None:
    """Tell JSON and XML from other texts by their first sign."""
    start = head.lstrip()[:1]
    return {b"{": "json", b"[": "json", b"<": "xml"}.get(start)  # type: ignore[return-value]


def recognise(published: Published, form: Form, sources: Iterable[Source]) -> Recognised:
    """Match the first trees of a file with the sources that write such trees."""
    for source, layout in _shapes(sources, form):
        with _trees(published, layout) as trees:
            if any(layout.fits(tree) for tree in islice(trees, _FIRST)):
                names = tuple(sorted({name for names in layout.grains.values() for name in names}))
                header = Header(
                    names=names,
                    context=MappingProxyType({}),
                    gone=frozenset(),
                    absent=frozenset(),
                    new=frozenset(),
                    nameless=frozenset(),
                    twice=frozenset(),
                )
                return Recognised(published, source, header, 0)
    raise UnknownLayoutError(
        f"{published.label} is {form.upper()} of no kind that spendaudit knows",
        hint="of JSON, packages, records and releases of OCDS are read; `spendaudit sources` lists the rest",
    )


@contextmanager
def batches(recognised: Recognised) -> Iterator[Iterator[Batch]]:
    """Open a file and lay its trees out, some thousand at a time: one batch a grain."""
    layout = recognised.source.layout
    if not isinstance(layout, Documents):
        raise DefinitionError(f"{recognised.source.id} writes no documents")
    with _trees(recognised.published, layout) as trees:
        yield _laid_out(layout, trees)


def _laid_out(layout: Documents, trees: Iterator[Mapping[str, Any]]) -> Iterator[Batch]:
    numbers = dict.fromkeys(layout.grains, 1)
    while part := list(islice(trees, _TREES)):
        rows: dict[str, list[Mapping[str, str | None]]] = {grain: [] for grain in layout.grains}
        for tree in part:
            for grain, cells in layout.rows(tree):
                rows[grain].append(cells)
        for grain, found in rows.items():
            if found:
                first = numbers[grain]
                numbers[grain] += len(found)
                columns = {
                    name: pl.Series([cells.get(name) for cells in found], dtype=pl.String)
                    for name in layout.grains[grain]
                }
                row = pl.int_range(first, first + len(found), dtype=pl.UInt32, eager=True)
                frame = pl.DataFrame({**columns, ROW: row})
                yield Batch(frame, [], len(found), first_row=first, grain=grain)


def _shapes(sources: Iterable[Source], form: Form) -> list[tuple[Source, Documents]]:
    return [
        (source, source.layout)
        for source in sources
        if isinstance(source.layout, Documents) and source.layout.form == form
    ]


def _trees(published: Published, layout: Documents) -> Any:
    return _TREES_OF[layout.form](published, layout.trees)
