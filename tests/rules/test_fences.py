"""Quartiles are those of Hyndman and Fan's type 8, as Cardinal takes them, and fences are Tukey's."""

from collections.abc import Callable
from fractions import Fraction

import polars as pl
import pytest

from spendaudit.rules._fences import lower_fence, percentile, upper_fence


def worked_out(values: list[float], share: Fraction) -> float:
    """Place (n + 1/3) p + 1/3 among the values in order, counted from 1."""
    ordered = sorted(values)
    place = (len(ordered) + Fraction(1, 3)) * share + Fraction(1, 3)
    below = int(place)
    if below < 1 or below >= len(ordered):
        return ordered[0 if below < 1 else -1]
    first, second = ordered[below - 1 : below + 1]
    return first + float(place - below) * (second - first)


def taken(values: list[float | None], asked: pl.Expr) -> float | None:
    frame = pl.LazyFrame({"v": values, "group": ["g"] * len(values)}, {"v": pl.Float64, "group": pl.String})
    found: float | None = frame.group_by("group").agg(x=asked).collect(engine="streaming")["x"].item()
    return found


@pytest.mark.parametrize("share", [Fraction(1, 100), Fraction(1, 4), Fraction(3, 4), Fraction(99, 100)])
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 10, 23])
def test_a_percentile_lies_between_two_values_in_proportion(count: int, share: Fraction) -> None:
    values = [float(number * 7 % 11 + number) for number in range(count)]

    found = taken([*values, None], percentile("v", float(share), fewest=1))
    assert found == pytest.approx(worked_out(values, share))


@pytest.mark.parametrize("fence", [lower_fence, upper_fence])
def test_two_values_have_no_middle_half_unless_they_are_to(fence: Callable[..., pl.Expr]) -> None:
    assert taken([1.0, 2.0], fence("v")) is None
    assert taken([1.0, 2.0, 3.0], fence("v")) is not None
    assert taken([2.0], fence("v", fewest=1)) == 2.0


def test_fences_are_one_and_a_half_middle_halves_away() -> None:
    values: list[float | None] = [1.0, 2.0, 3.0, 4.0, 5.0]
    first, third = (worked_out([1.0, 2.0, 3.0, 4.0, 5.0], Fraction(part, 4)) for part in (1, 3))

    assert taken(values, lower_fence("v")) == pytest.approx(first - 1.5 * (third - first))
    assert taken(values, upper_fence("v")) == pytest.approx(third + 1.5 * (third - first))


def test_where_a_quarter_of_values_is_nothing_none_is_unusually_small() -> None:
    assert taken([0.0, 0.0, 1.0, 1.0], lower_fence("v")) is None
