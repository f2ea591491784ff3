"""Takes objects apart that stand in columns: those of lists become rows, and their parts become columns.

A column is named by its path in the object (`value/amount`). Words are without the blanks around them, and
blanks alone are nothing. Rows are known by their numbers, from 0.
"""

from functools import cache
from typing import Final

import numpy as np
import polars as pl

#: The release that an object is in.
RELEASE: Final = "@release"
#: What holds the list that an object is in.
OF: Final = "@of"
#: The place of an object in its list, from 1.
PLACE: Final = "@place"

_PART: Final = "@part"

#: No row.
NONE: Final = pl.Series([None], dtype=pl.UInt32)

#: Objects that count although they say nothing that is read: whether one is there is a column of its own.
_TELLING: Final = frozenset({"buyer", "identifier", "period", "contractPeriod"})


class Strange:
    """Releases that hold something out of the ordinary."""

    def __init__(self) -> None:
        """Begin with none."""
        self._found: list[pl.Series] = [counted(0)]

    def add(self, parts: pl.DataFrame, odd: pl.Expr) -> None:
        """Take in the releases of parts that are odd."""
        self._found.append(parts.select(pl.col(RELEASE).filter(odd)).to_series())

    @property
    def rows(self) -> pl.Series:
        """All of them, in order."""
        return pl.concat(self._found).unique().sort()


def counted(count: int) -> pl.Series:
    """Give the numbers of so many rows."""
    return pl.int_range(count, dtype=pl.UInt32, eager=True)


def times(rows: pl.Series, count: int) -> pl.Series:
    """Tell of the first `count` numbers how often each is among some."""
    found = np.bincount(rows.drop_nulls().to_numpy(), minlength=count)
    return pl.Series(found.astype(np.uint32))


def starts(counts: pl.Series) -> pl.Series:
    """Tell where those of each begin, where there are so many of each."""
    return (counts.cum_sum() - counts).cast(pl.UInt32)


def at(rows: pl.Series, table: pl.DataFrame) -> pl.DataFrame:
    """Take rows of a table by their numbers; empty ones for nulls."""
    if len(rows) == table.height and rows.equals(counted(len(rows))):
        return table
    return table[rows]


def flat(objects: pl.DataFrame, strange: Strange) -> pl.DataFrame:
    """Give every part of objects a column; `RELEASE` is one of theirs."""
    telling: list[str] = []
    while nested := [name for name, dtype in objects.schema.items() if isinstance(dtype, pl.Struct)]:
        told = [name for name in nested if name.rpartition("/")[2] in _TELLING]
        there = objects.select(pl.col(told).is_not_null())
        objects = objects.unnest(nested, separator="/").hstack(there)
        telling += told
    objects = _trimmed(objects)
    for name in telling:
        if objects[name].any():
            # An empty object is as good as none, and one that holds other things is not.
            says_nothing = pl.all_horizontal(pl.col(f"^{name}/.*$").exclude(pl.Boolean).is_null())
            strange.add(objects, pl.col(name) & says_nothing)
    return objects


def listed(owners: pl.DataFrame, name: str, strange: Strange) -> pl.DataFrame:
    """Give every object of the lists of some owners a row, in order: `OF`, `PLACE`, `RELEASE`, its parts."""
    lists = owners[name]
    if not lists.list.len().sum():
        return _none_listed(lists.dtype)
    counts = lists.list.len().fill_null(0)
    of = pl.Series(np.repeat(np.arange(len(lists), dtype=np.uint32), counts.to_numpy()))
    parts = pl.DataFrame(
        {
            OF: of,
            PLACE: counted(len(of)) - starts(counts)[of] + 1,
            RELEASE: owners[RELEASE][of],
            _PART: lists.explode(empty_as_null=False, keep_nulls=False),
        }
    )
    strange.add(parts, pl.col(_PART).is_null())
    return flat(parts.unnest(_PART), strange)


@cache
def _none_listed(lists: pl.DataType) -> pl.DataFrame:
    """Give what `listed` gives where there is nothing."""
    numbers = dict.fromkeys((OF, PLACE, RELEASE), pl.UInt32())
    part = lists.inner if isinstance(lists, pl.List) else lists
    return flat(pl.DataFrame(schema={**numbers, _PART: part}).unnest(_PART), Strange())


def _trimmed(objects: pl.DataFrame) -> pl.DataFrame:
    texts = [one.name for one in objects if one.dtype == pl.String and one.null_count() < len(one)]
    cut = objects.select(pl.col(texts).str.strip_chars())
    shortest = cut.select(pl.all().str.len_bytes().min())
    empty = [name for name in texts if shortest[name].item() == 0]
    return objects.with_columns(cut).with_columns(
        pl.when(pl.col(name) != "").then(name).alias(name) for name in empty
    )
