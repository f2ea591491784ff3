"""Plain searches for split purchases in the plan: they keep the background free of them, and prove it."""

from typing import Final

import numpy as np
import polars as pl

import law
import plan

#: First and last part are at most so many days apart.
DAYS: Final = 30
_FAR: Final = np.iinfo(np.int64).max


def limited(orders: pl.DataFrame, *, by_family: bool) -> pl.DataFrame:
    """Orders that a ceiling binds, with `total` and `limit` in ten-thousandths of a peso, by `group` and day.

    A group is a buyer and a supplier; with `by_family`, and one way to buy.
    """
    method, day = orders["method"].to_numpy(), orders["day"].to_numpy()
    group = orders["buyer"].to_numpy().astype(np.int64) * 2**20 + orders["supplier"].to_numpy()
    if by_family:
        group = group * 2**2 + law.FAMILY[method]
    return (
        orders.with_row_index("order")
        .with_columns(
            plan.TOTAL.alias("total"), pl.Series("limit", law.ceiling(day, method)), pl.Series("group", group)
        )
        .filter(pl.col("limit") > 0, pl.col("currency") == 0, pl.col("total") <= pl.col("limit"))
        .sort("group", "day", "order")
    )


def _window_starts(rows: pl.DataFrame, days: int) -> law.Places:
    """For each row, the first row of the same group at most `days` earlier."""
    group = rows["group"].to_numpy()
    time = group * 2**14 + rows["day"].to_numpy().astype(np.int64) % 2**14
    earliest = np.maximum(time - days, group * 2**14)
    starts: law.Places = np.searchsorted(time, earliest, side="left")
    return starts


def _window_limits(limit: law.Whole, starts: law.Places, *, highest: bool) -> law.Whole:
    """Find the highest or the lowest limit in each window, one step back at a time."""
    found = limit.copy()
    here = np.arange(len(limit))
    back = 1
    while len(here := here[here - back >= starts[here]]):
        other = limit[here - back]
        found[here] = np.maximum(found[here], other) if highest else np.minimum(found[here], other)
        back += 1
    return found


def _windows_over(
    rows: pl.DataFrame, days: int, *, highest: bool
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell for each row whether the window that ends with it adds up to more than its limit."""
    starts = _window_starts(rows, days)
    total = rows["total"].to_numpy()
    before = np.concatenate(([0], np.cumsum(total)))
    here = np.arange(len(total))
    window = before[here + 1] - before[starts]
    over = window > _window_limits(rows["limit"].to_numpy(), starts, highest=highest)
    return over & (here > starts)


def without_splits(orders: pl.DataFrame) -> pl.DataFrame:
    """Turn into framework orders, which no ceiling binds, what would complete a split by accident.

    Stricter than the rule: whatever the ways to buy, no window may exceed even the lowest limit in it, so
    that no part of a window can be a split under any reading. One pass is enough: taking rows out only makes
    windows smaller.
    """
    rows = limited(orders, by_family=False)
    offenders = rows["order"].filter(pl.Series(_windows_over(rows, DAYS, highest=False))).to_numpy()
    method = orders["method"].to_numpy().copy()
    method[offenders] = law.CM
    return orders.with_columns(pl.Series("method", method))


def split_cases(orders: pl.DataFrame, days: int) -> set[int]:
    """List the cases of the orders that end a split window, the background too."""
    rows = limited(orders, by_family=True)
    return set(rows["case"].filter(pl.Series(_windows_over(rows, days, highest=True))).to_list())
