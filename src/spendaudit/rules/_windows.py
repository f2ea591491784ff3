"""When did one group of contracts crowd together? Rolling windows of days, joined where they overlap.

Every contract has a place on one line: groups stand one after the other, far apart, each in the order of its
dates. Sorted by that number, windows need no grouping at all, which makes them several times faster than
`LazyFrame.rolling(group_by=...)`; and it is wide enough for any number of groups.
"""

from typing import Final

import polars as pl

from spendaudit.model.tables import SCHEMAS
from spendaudit.rules._repeats import digest

_SCHEMA: Final = SCHEMAS["contracts"]

#: Room for the days of one group: 45,000 years either side of 1970.
_DAYS: Final = 2**25

#: Room for every day of the calendar, from the year 1 to 9999.
CALENDAR: Final = 2**22


def crowded(rows: pl.LazyFrame, by: tuple[str, ...], days: int, fewest: int = 2) -> pl.LazyFrame:
    """Return the rows of groups that have `fewest` rows within `days` days: no other has a window of so many.

    Most buyers and suppliers meet rarely, and sorting bare numbers costs a fraction of sorting rows.
    So a digest stands for the group here; two groups that share one by chance are returned in vain.
    """
    place, group = pl.col("place"), pl.col("group")
    marked = rows.with_columns(group=digest(by) // CALENDAR).cache()
    near = (
        marked.select(place=group * CALENDAR + day_of_calendar())
        .sort("place")
        .filter(place - place.shift(fewest - 1) <= days)
    )
    groups = near.select(group=place // CALENDAR)
    return marked.join(groups, on="group", how="semi").drop("group")


def windows(rows: pl.LazyFrame, by: tuple[str, ...], days: int, measures: dict[str, pl.Expr]) -> pl.LazyFrame:
    """Measure, for each row, the window of its group that ends on its date and spans at most `days` days.

    A window is closed at both ends: with 30 days, the 1st and the 31st of a month stand in one. Rows of one
    day stand in each other's windows. `by` are Categorical or Enum columns of the table, or Categorical ones
    of the rule's own; null is a value like any other.
    Returns `first` and `last` (places) and the measures, which are aggregations.
    """
    read = {name for measure in measures.values() for name in measure.meta.root_names()}
    place = pl.col("place")
    # A gap longer than the window is as good as any other: so the line shrinks to what an index can hold.
    steps = (place - place.shift()).clip(upper_bound=days + 1).fill_null(0).cast(pl.Int64)
    return (
        rows.select(*sorted(read), place=_place(by))
        .sort("place")
        .with_columns(step=steps.cum_sum())
        .rolling("step", period=f"{days + 1}i")
        .agg(first=place.first(), last=place.last(), **measures)
    )


def runs(windows: pl.LazyFrame, measures: dict[str, pl.Expr]) -> pl.LazyFrame:
    """Join windows that overlap, and measure what they make together.

    Takes windows in the order in which `windows` gives them; some may have been left out.
    """
    apart = (pl.col("first") > pl.col("last").shift()).fill_null(value=True)
    return (
        windows.with_columns(run=apart.cum_sum())
        .group_by("run")
        .agg(pl.col("first").min(), pl.col("last").max(), **measures)
    )


def rows_in(runs: pl.LazyFrame, rows: pl.LazyFrame, by: tuple[str, ...]) -> pl.LazyFrame:
    """Return the rows that stand in a run, each with the columns of its run."""
    return (
        rows.with_columns(group=_group(by), day=_day_of_group())
        # Runs are few. Left to choose, the engine would hold all rows until it has seen them.
        .join(runs.with_columns(group=pl.col("first") // _DAYS), on="group", build_side="force_right")
        .filter((pl.col("group") * _DAYS + pl.col("day")).is_between("first", "last"))
        .drop("group", "day", "first", "last")
    )


def day_of_calendar() -> pl.Expr:
    """Count the day of a decision (UInt64) from before the year 1, below `CALENDAR`."""
    return (_day() + CALENDAR // 4).cast(pl.UInt64)


def _place(by: tuple[str, ...]) -> pl.Expr:
    return _group(by) * _DAYS + _day_of_group()


def _group(by: tuple[str, ...]) -> pl.Expr:
    """Write the codes of a group as the digits of one number (Int128): below 2^96 times 6 times 5."""
    number = pl.lit(0, pl.Int128)
    for name in by:
        dtype = _SCHEMA.get(name)
        codes = len(dtype.categories) + 1 if isinstance(dtype, pl.Enum) else 2**32
        number = number * codes + pl.col(name).to_physical().fill_null(codes - 1).cast(pl.Int128)
    return number


def _day_of_group() -> pl.Expr:
    return _day().cast(pl.Int128) + _DAYS // 2


def _day() -> pl.Expr:
    """Count days from 1970 (Int32)."""
    return pl.col("decision_date").to_physical()
