"""Narrowing rows down loses none that stand twice, and none that lie near another."""

from collections import Counter
from datetime import date, timedelta

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spendaudit.model.tables import SCHEMAS
from spendaudit.rules._repeats import perhaps_repeated
from spendaudit.rules._windows import crowded

PAIR = ("buyer_key", "currency")
SCHEMA = pl.Schema({name: SCHEMAS["contracts"][name] for name in (*PAIR, "decision_date", "amount", "row")})
DAY = date(2024, 1, 1)

any_rows = settings(
    max_examples=100, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
ROWS = st.lists(
    st.tuples(st.sampled_from("aab"), st.sampled_from(["CLP", "CLP", None]), st.integers(0, 12), st.just(1)),
    min_size=1,
    max_size=40,
)


def numbers(rows: pl.LazyFrame) -> list[int]:
    return rows.collect()["row"].sort().to_list()


def contracts(*rows: tuple[str, str | None, int, int]) -> pl.LazyFrame:
    return pl.LazyFrame(
        [
            (buyer, currency, DAY + timedelta(days), amount, number)
            for number, (buyer, currency, days, amount) in enumerate(rows, start=1)
        ],
        schema=SCHEMA,
        orient="row",
    )


def test_rows_that_share_every_value_are_left_and_null_is_a_value() -> None:
    rows = contracts(
        ("a", "CLP", 0, 1), ("a", "CLP", 0, 1), ("a", "USD", 0, 1), ("b", None, 0, 1), ("b", None, 0, 1)
    )

    assert numbers(perhaps_repeated(rows, (*PAIR, "decision_date", "amount"))) == [1, 2, 4, 5]


def test_a_value_that_differs_in_any_column_is_no_repetition() -> None:
    rows = contracts(("a", "CLP", 0, 1), ("a", "CLP", 0, 2), ("a", "CLP", 1, 1), ("b", "CLP", 0, 1))

    assert numbers(perhaps_repeated(rows, (*PAIR, "decision_date", "amount"))) == []


def test_a_group_is_crowded_when_two_of_its_rows_are_near() -> None:
    rows = contracts(
        ("a", "CLP", 0, 1), ("a", "CLP", 30, 1), ("a", "CLP", 300, 1), ("b", "CLP", 0, 1), ("b", "CLP", 31, 1)
    )

    assert numbers(crowded(rows, PAIR, 30)) == [1, 2, 3]


def test_rows_of_different_groups_do_not_crowd() -> None:
    rows = contracts(("a", "CLP", 0, 1), ("b", "CLP", 0, 1), ("a", None, 0, 1), ("b", None, 0, 1))

    assert numbers(crowded(rows, PAIR, 366)) == []


@any_rows
@given(rows=ROWS, times=st.integers(2, 6))
def test_rows_are_left_that_stand_so_many_times(
    rows: list[tuple[str, str | None, int, int]], times: int
) -> None:
    counted = Counter((buyer, currency) for buyer, currency, _, _ in rows)
    left = [number for number, row in enumerate(rows, start=1) if counted[row[:2]] >= times]

    assert numbers(perhaps_repeated(contracts(*rows), PAIR, times)) == left


@any_rows
@given(rows=ROWS, days=st.integers(0, 5), fewest=st.integers(2, 6))
def test_groups_are_left_that_have_so_many_rows_in_so_many_days(
    rows: list[tuple[str, str | None, int, int]], days: int, fewest: int
) -> None:
    near = {
        last[:2]
        for last in rows
        if sum(row[:2] == last[:2] and 0 <= last[2] - row[2] <= days for row in rows) >= fewest
    }
    left = [number for number, row in enumerate(rows, start=1) if row[:2] in near]

    assert numbers(crowded(contracts(*rows), PAIR, days, fewest)) == left
