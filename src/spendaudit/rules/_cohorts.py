"""What is usual among alike things? Quartiles that one strange value among many does not move."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import polars as pl

from spendaudit.model.findings import TOTAL
from spendaudit.model.tables import MONEY

#: Room for the amounts of one group, in ten-thousandths, either side of nothing.
_ROOM: Final = 2**68
_PLACES: Final = 10_000
#: Quartiles by name, in order.
_QUARTILES: Final = {"lower": 1, "median": 2, "upper": 3}


def quartile(name: str, number: int) -> pl.Expr:
    """Give the first, second or third quartile of a column of money (TOTAL); three values or more are wanted.

    Hyndman and Fan's type 8, which needs no assumption about how values are spread: place (n + 1/3) p + 1/3,
    between two values in proportion. An aggregation: for groups that are small and many see `quartiles`.
    """
    values = pl.col(name).sort()
    return _between(lambda place: values.get(place, null_on_oob=True), pl.len(), number)


def quartiles(rows: pl.LazyFrame, by: Sequence[str], name: str, fewest: int) -> pl.LazyFrame:
    """Return the groups of `fewest` rows or more, three at least, with the quartiles of a column of money.

    One row per group: its keys, `count`, `highest`, and `lower`, `median`, `upper` (TOTAL; see `quartile`).
    Null is a key like any other.
    """
    value = pl.col(name).to_physical().cast(pl.Int128)
    place = pl.col("group").cast(pl.Int128) * _ROOM + value + _ROOM // 2
    groups = (
        rows.group_by(by)
        .agg(count=pl.len())
        .filter(pl.col("count") >= fewest)
        .with_row_index("group")
        .cache()
    )
    # Lists are gathered in a fraction of the memory where the values of a group stand together; and sorting
    # bare numbers, group after group, costs a fraction of sorting each list.
    sorted_values = (
        rows.join(groups, on=by, nulls_equal=True)
        .select(place=place)
        .sort("place")
        .select(group=(pl.col("place") // _ROOM).cast(pl.UInt32), value=pl.col("place") % _ROOM - _ROOM // 2)
        .group_by("group", maintain_order=True)
        .agg(values="value")
    )
    values = pl.col("values").list
    quartile_of = partial(_between, lambda at: _money(values.get(at, null_on_oob=True)), pl.col("count"))
    return groups.join(sorted_values, on="group").select(
        *by,
        "count",
        highest=_money(values.last()).cast(MONEY),
        **{word: quartile_of(number) for word, number in _QUARTILES.items()},
    )


def _money(value: pl.Expr) -> pl.Expr:
    return (value.cast(TOTAL) / _PLACES).cast(TOTAL)


def _between(value_at: Callable[[pl.Expr], pl.Expr], count: pl.Expr, number: int) -> pl.Expr:
    twelfths = 3 * number * count.cast(pl.Int64) + number + 4
    place, part = twelfths // 12, (twelfths % 12).cast(TOTAL)
    lower, upper = (value_at(place - 1 + step).cast(TOTAL) for step in (0, 1))
    return ((lower * (12 - part) + upper * part) / 12).cast(TOTAL)


def fence(lower: str, upper: str, reach: int) -> pl.Expr:
    """Tell from two quartiles where the unusual begins (Float64): far beyond `upper`, seen from `lower`.

    With amounts of money the distance between quartiles is a ratio: `upper` times the `reach`-th power of it.
    """
    near, far = pl.col(upper).cast(pl.Float64), pl.col(lower).cast(pl.Float64)
    return near * (near / far).pow(reach)
