"""Rolling windows against the same thing counted by hand, pair by pair."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spendaudit.model.tables import SCHEMAS
from spendaudit.rules._windows import rows_in, runs, windows

BY: Final = ("buyer_key", "supplier_key", "main_procurement_category", "currency")
SCHEMA: Final = pl.Schema({name: SCHEMAS["contracts"][name] for name in (*BY, "decision_date", "row")})

#: Some days lie near one another, some at the ends of the calendar.
DAYS: Final = st.one_of(
    st.integers(0, 80).map(lambda days: date(1969, 12, 1) + timedelta(days)),
    st.sampled_from([date(1, 1, 1), date(9999, 12, 31)]),
)
ROWS: Final = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["goods", "unknown", None]),
        st.sampled_from(["CLP", None]),
        DAYS,
    ),
    max_size=30,
)


def found(rows: pl.DataFrame, days: int, fewest: int) -> set[frozenset[int]]:
    full = windows(rows.lazy(), BY, days, {"n": pl.len()}).filter(pl.col("n") >= fewest)
    members = rows_in(runs(full, {}), rows.lazy(), BY).group_by("run").agg("row").collect()
    return {frozenset(numbers) for numbers in members["row"]}


def counted(rows: Sequence[dict[str, Any]], days: int, fewest: int) -> set[frozenset[int]]:
    """Look at every window; join two that share a row, until none do."""
    groups: list[frozenset[int]] = []
    for last in rows:
        window = frozenset(
            row["row"]
            for row in rows
            if all(row[name] == last[name] for name in BY)
            and timedelta(0) <= last["decision_date"] - row["decision_date"] <= timedelta(days)
        )
        if len(window) >= fewest:
            touching = [group for group in groups if group & window]
            groups = [group for group in groups if not group & window]
            groups.append(window.union(*touching))
    return set(groups)


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(rows=ROWS, days=st.sampled_from([0, 1, 30, 31]), fewest=st.integers(1, 4))
def test_windows_are_what_one_would_count_by_hand(
    rows: list[tuple[Any, ...]], days: int, fewest: int
) -> None:
    numbered = [(*row, number) for number, row in enumerate(rows)]
    frame = pl.DataFrame(numbered, schema=SCHEMA, orient="row")

    assert found(frame, days, fewest) == counted(frame.to_dicts(), days, fewest)


def test_rows_of_one_day_stand_in_each_others_windows() -> None:
    day = [("a", "b", "goods", "CLP", date(2024, 1, 1), number) for number in (1, 2, 3)]
    frame = pl.DataFrame(day, schema=SCHEMA, orient="row")

    assert windows(frame.lazy(), BY, 0, {"n": pl.len()}).collect()["n"].to_list() == [3, 3, 3]
