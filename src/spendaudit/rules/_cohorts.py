"""What is usual among alike things? Quartiles that one strange value among many does not move."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from spendaudit.model.findings import TOTAL
from spendaudit.model.tables import MONEY

#: Room for the amounts of one group, in ten-thousandths, either side of nothing.
_ROOM: Final = 2**68
_PLACES: Final = 10_000
#: Quartiles by name, in order.
_QUARTILES: Final = {"lower": 1, "median": 2, "upper": 3}


def quartiles(rows: pl.LazyFrame, by: Sequence[str], name: str, fewest: int) -> pl.LazyFrame:
    """Return the groups of `fewest` rows or more, three at least, with the quartiles of a column of money.

    One row per group: its keys, `count`, `highest`, and `lower`, `median`, `upper` (TOTAL). Null is a key
    like any other. Quartiles are of Hyndman and Fan's type 8, which needs no assumption about how values are
    spread: place (n + 1/3) p + 1/3, between two values in proportion.
    """
    value, count = pl.col(name).to_physical().cast(pl.Int128), pl.col("count").cast(pl.Int64)
    groups = (
        rows.group_by(by)
        .agg(count=pl.len())
        .filter(pl.col("count") >= fewest)
        .with_row_index("group")
        .cache()
    )
    # Bare numbers, group after group: sorting them, and looking up a few, costs a fraction of a list a group.
    standing = (
        rows.join(groups, on=by, nulls_equal=True)
        .select(place=pl.col("group").cast(pl.Int128) * _ROOM + value + _ROOM // 2)
        .sort("place")
        .with_row_index("at")
    )
    # The neighbours of each quartile, and the highest. Of three values two quartiles have the same ones.
    steps = [_place(count, number) - 1 + step for number in _QUARTILES.values() for step in (0, 1)]
    sought = (
        groups.select("group", first=count.cum_sum() - count, step=pl.concat_list(*steps, count - 1))
        .explode("step")
        .with_row_index("nth")
        .select("nth", "group", at=(pl.col("first") + pl.col("step")).cast(pl.get_index_type()))
    )
    found = (
        standing.join(sought, on="at", build_side="force_right")
        .sort("nth")
        .group_by("group", maintain_order=True)
        .agg(values=pl.col("place") % _ROOM - _ROOM // 2)
    )
    values = pl.col("values").list
    return groups.join(found, on="group").select(
        *by,
        "count",
        highest=_money(values.last()).cast(MONEY),
        **{
            word: _between(
                _money(values.get(2 * number - 2)),
                _money(values.get(2 * number - 1)),
                pl.col("count"),
                number,
            )
            for word, number in _QUARTILES.items()
        },
    )


def _money(value: pl.Expr) -> pl.Expr:
    return (value.cast(TOTAL) / _PLACES).cast(TOTAL)


def _place(count: pl.Expr, number: int) -> pl.Expr:
    return _twelfths(count, number) // 12


def _twelfths(count: pl.Expr, number: int) -> pl.Expr:
    return 3 * number * count.cast(pl.Int64) + number + 4


def _between(lower: pl.Expr, upper: pl.Expr, count: pl.Expr, number: int) -> pl.Expr:
    """Take the quartile of so many values from the two (TOTAL) that it lies between."""
    part = (_twelfths(count, number) % 12).cast(TOTAL)
    return ((lower * (12 - part) + upper * part) / 12).cast(TOTAL)


def fence(lower: str, upper: str, reach: int) -> pl.Expr:
    """Tell from two quartiles where the unusual begins (Float64): far beyond `upper`, seen from `lower`.

    With amounts of money the distance between quartiles is a ratio: `upper` times the `reach`-th power of it.
    """
    near, far = pl.col(upper).cast(pl.Float64), pl.col(lower).cast(pl.Float64)
    return near * (near / far).pow(reach)
