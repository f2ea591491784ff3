"""Takes objects apart that the parser has read: those of lists become rows, and their parts become columns.

A column is named by its path in the object (`value/amount`). Words are without the blanks around them, and
blanks alone are nothing. Rows are known by their numbers, from 0.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa

#: The release that an object is in.
RELEASE: Final = "@release"
#: What holds the list that an object is in.
OF: Final = "@of"
#: The place of an object in its list, from 1.
PLACE: Final = "@place"

#: No row.
NONE: Final = pl.Series([None], dtype=pl.UInt32)

#: Objects that count although they say nothing that is read: whether one is there is a column of its own.
_TELLING: Final = frozenset({"buyer", "identifier", "period", "contractPeriod"})


@dataclass(frozen=True, slots=True)
class Objects:
    """Objects that are taken apart."""

    #: A row each: its parts, and for the lists of objects under it, how many there are.
    told: pl.DataFrame
    #: Those lists.
    lists: Mapping[str, pa.ListArray]


class Strange:
    """Releases that hold something out of the ordinary."""

    def __init__(self) -> None:
        """Begin with none."""
        self._found: list[pl.Series] = [counted(0)]

    def add(self, releases: pl.Series, odd: pl.Series) -> None:
        """Take in the releases of what is odd."""
        if odd.any():
            self._found.append(releases.filter(odd))

    @property
    def rows(self) -> pl.Series:
        """All of them, in order."""
        return pl.concat(self._found).unique().sort()


def counted(count: int) -> pl.Series:
    """Give the numbers of so many rows."""
    return pl.int_range(count, dtype=pl.UInt32, eager=True)


def times(rows: pl.Series, count: int) -> pl.Series:
    """Tell of the first `count` numbers how often each is among some."""
    known = rows.drop_nulls() if rows.null_count() else rows
    return pl.Series(np.bincount(known.to_numpy(), minlength=count).astype(np.uint32))


def starts(counts: pl.Series) -> pl.Series:
    """Tell where those of each begin, where there are so many of each."""
    sizes = counts.to_numpy()
    return pl.Series((sizes.cumsum() - sizes).astype(np.uint32))


def at(rows: pl.Series, table: pl.DataFrame) -> pl.DataFrame:
    """Take rows of a table by their numbers; empty ones for nulls."""
    if len(rows) == table.height and rows.equals(counted(len(rows))):
        return table
    return table[rows]


def flat(objects: pa.StructArray, known: Mapping[str, pl.Series], strange: Strange) -> Objects:
    """Give every part of objects a column, beside what is `known`: `RELEASE` is of that."""
    lists: dict[str, pa.ListArray] = {}
    found: dict[str, pa.Array] = {}
    telling: list[str] = []
    for path, part in _parts(objects):
        found[path] = part
        if pa.types.is_boolean(part.type):
            telling.append(path)
        elif pa.types.is_list(part.type) and pa.types.is_struct(part.type.value_type):
            lists[path], found[path] = part, part.value_lengths()
    told = _trimmed(pl.DataFrame(pa.RecordBatch.from_pydict(found))).hstack(list(known.values()))
    for name in telling:
        if (there := told[name]).any():
            # An empty object is as good as none, and one that holds other things is not.
            parts = [one for one in told.iter_columns() if one.name.startswith(f"{name}/")]
            strange.add(told[RELEASE], there & _nothing(parts))
    return Objects(told, lists)


def _parts(objects: pa.StructArray, start: str = "") -> Iterator[tuple[str, pa.Array]]:
    """Name all parts by their paths; of objects that count, tell where one is."""
    for field, part in zip(objects.type, objects.flatten(), strict=True):
        path = f"{start}{field.name}"
        if pa.types.is_struct(part.type):
            yield from _parts(part, f"{path}/")
            if field.name in _TELLING:
                yield path, part.is_valid()
        elif not pa.types.is_null(part.type):
            yield path, part


def _nothing(parts: list[pl.Series]) -> pl.Series:
    frame = pl.DataFrame([part for part in parts if part.dtype != pl.Boolean])
    return frame.select(pl.all_horizontal(pl.all().is_null())).to_series()


def listed(owners: Objects, name: str, strange: Strange) -> Objects:
    """Give every object of the lists of some owners a row, in order: `OF`, `PLACE`, `RELEASE`, its parts."""
    lists = owners.lists[name]
    parts = lists.flatten()
    if not len(parts):
        return _none_listed(lists.type)
    counts = lists.value_lengths().fill_null(0).to_numpy()
    of = np.repeat(np.arange(len(counts), dtype=np.uint32), counts)
    known = {
        OF: pl.Series(OF, of),
        PLACE: pl.Series(
            PLACE, np.arange(1, len(of) + 1, dtype=np.uint32) - starts(pl.Series(counts)).to_numpy()[of]
        ),
        RELEASE: owners.told[RELEASE].gather(of),
    }
    if parts.null_count:
        strange.add(known[RELEASE], pl.Series(parts.is_null()))
    return flat(parts, known, strange)


@cache
def _none_listed(lists: pa.ListType) -> Objects:
    """Give what `listed` gives where there is nothing."""
    known = {name: pl.Series(name, [], pl.UInt32) for name in (OF, PLACE, RELEASE)}
    return flat(pa.array([], lists.value_type), known, Strange())


def _trimmed(objects: pl.DataFrame) -> pl.DataFrame:
    texts = [one.name for one in objects if one.dtype == pl.String and one.null_count() < len(one)]
    if not texts:
        return objects
    cut = objects.with_columns(pl.col(texts).str.strip_chars())
    shortest = cut.select(pl.col(texts).str.len_bytes().min()).row(0)
    if 0 not in shortest:
        return cut
    return cut.with_columns(pl.when(pl.col(texts) != "").then(pl.col(texts)))
