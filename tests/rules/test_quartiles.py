"""Quartiles are those of Hyndman and Fan's type 8, worked out exactly from a sorted list."""

from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Final

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spendaudit.model.tables import MONEY
from spendaudit.rules._cohorts import quartiles

SCHEMA: Final = pl.Schema({"unit": pl.String(), "amount": MONEY})

#: The last place of money, and the most that a column of it holds.
LAST: Final = Decimal("0.0001")
MOST: Final = Decimal(10**16) - LAST

#: Some alike, some below nothing, some as large or as small as there are.
VALUES: Final = st.one_of(
    st.sampled_from([Decimal(0), Decimal(10), Decimal(10), LAST, -LAST, MOST, -MOST, Decimal("-7.5")]),
    st.decimals(-MOST, MOST, places=4),
)


def quartile(values: list[Decimal], number: int) -> Fraction:
    """Place (n + 1/3) p + 1/3, counted from 1, between two values in proportion."""
    at = (len(values) + Fraction(1, 3)) * Fraction(number, 4) + Fraction(1, 3)
    lower, upper = (Fraction(values[int(at) - 1 + step]) for step in (0, 1))
    return lower + (upper - lower) * (at - int(at))


@settings(
    max_examples=200, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(
    values=st.tuples(*[st.lists(VALUES, max_size=30)] * 3).filter(any),
    fewest=st.integers(3, 10),
    random=st.randoms(use_true_random=False),
)
def test_quartiles_are_those_of_a_sorted_list(
    values: tuple[list[Decimal], ...], fewest: int, random: Random
) -> None:
    # No unit is one, too.
    groups = dict(zip(("kg", "box", None), values, strict=True))
    rows = [(unit, value) for unit, group in groups.items() for value in group]
    random.shuffle(rows)
    frame = pl.LazyFrame(rows, schema=SCHEMA, orient="row")

    found = {
        row["unit"]: row
        for row in quartiles(frame, ["unit"], "amount", fewest).collect(engine="streaming").to_dicts()
    }

    assert {*found} == {unit for unit, group in groups.items() if len(group) >= fewest}
    for unit, told in found.items():
        assert told["count"] == len(groups[unit])
        assert told["highest"] == max(groups[unit])
        for number, name in enumerate(("lower", "median", "upper"), start=1):
            exact = quartile(sorted(groups[unit]), number)
            assert abs(Fraction(told[name]) - exact) <= Fraction(LAST) / 2


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        # Places 1 5/12, 2 and 2 10/12.
        ("0 0 10", "0 0 8.3333"),
        # Places 1 5/12, 2 1/2 and 3 7/12.
        ("1 2 4 8", "1.4167 3 6.3333"),
    ],
)
def test_quartiles_of_few_values_are_told_to_the_last_place(amounts: str, expected: str) -> None:
    rows = [("kg", Decimal(amount)) for amount in amounts.split()]
    frame = pl.LazyFrame(rows, schema=SCHEMA, orient="row")

    (told,) = quartiles(frame, ["unit"], "amount", 3).collect().to_dicts()

    assert [told[name] for name in ("lower", "median", "upper")] == [*map(Decimal, expected.split())]
