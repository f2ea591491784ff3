"""What rules on prices and suppliers do beyond the examples on their pages: chance, settings, exact facts."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from math import log, pi
from typing import Any, Final

import polars as pl
import pytest
from asking import flagged, found, frame, told

from spendaudit.model.tables import SCHEMAS

CONTRACT: Final[dict[str, Any]] = {
    "source": "portal",
    "file": "f",
    "buyer_key": "Hill",
    "supplier_key": "GB-1",
    "supplier_name": "Ash",
    "supplier_kind": "company",
    "decision_date": date(2024, 1, 3),
    "amount": Decimal(10),
    "currency": "CLP",
}


def contracts(changes: Sequence[Mapping[str, Any]]) -> dict[str, pl.LazyFrame]:
    return {"contracts": frame("contracts", [{**CONTRACT, **change} for change in changes], first=1)}


def blank(table: str, columns: Mapping[str, pl.Series | Any], height: int) -> pl.DataFrame:
    """A table of so many rows in which these columns are filled."""
    return pl.select(pl.int_range(1, height + 1, dtype=pl.UInt32).alias("row")).select(
        columns[name].cast(dtype).alias(name)
        if isinstance(columns.get(name), pl.Series)
        else pl.col("row")
        if name == "row"
        else pl.lit(columns.get(name)).cast(dtype).alias(name)
        for name, dtype in SCHEMAS[table].items()
    )


def lognormal(height: int, sigma: float, seed: int) -> pl.Series:
    """Amounts whose logarithms are spread normally (Box and Muller), the same every time."""
    steps = pl.int_range(height, eager=True)
    one, two = (((steps.hash(seed + part) % 2**32) + 1).cast(pl.Float64) / (2**32 + 1) for part in (0, 1))
    normal = (-2 * one.log()).sqrt() * (two * 2 * pi).cos()
    return ((normal * sigma).exp() * 100_000).cast(pl.Decimal(20, 4))


@pytest.mark.parametrize(("group", "most"), [(10, 0.001), (100, 0.0001)])
def test_prices_without_anything_strange_are_rarely_outliers(group: int, most: float) -> None:
    height = 100_000
    codes = (pl.int_range(height, eager=True) // group).cast(pl.String)
    prices = lognormal(height, 0.7, seed=7)
    lines = blank(
        "items",
        {"file": "f", "item_code": codes, "unit": "piece", "currency": "CLP", "unit_price": prices},
        height,
    )

    rate = found("PRC004", {"items": lines.lazy()})["members"].list.len().sum() / height

    assert rate <= most


@pytest.mark.parametrize(("group", "most"), [(50, 0.003), (300, 0.0015)])
def test_amounts_that_follow_benfords_law_are_rarely_findings(group: int, most: float) -> None:
    buyers = 4_000
    height = buyers * group
    mantissa = (pl.int_range(height, eager=True).hash(11) % 2**32).cast(pl.Float64) / 2**32
    amounts = ((mantissa * 4 * log(10)).exp() * 10).cast(pl.Decimal(20, 4))
    keys = (pl.int_range(height, eager=True) // group).cast(pl.String)
    rows = blank("contracts", {"file": "f", "buyer_key": keys, "currency": "CLP", "amount": amounts}, height)

    rate = found("PRC009", {"contracts": rows.lazy()}, min_contracts=group - group // 10).height / buyers

    assert rate <= most


@pytest.mark.parametrize(
    ("amount", "digit"),
    [("9999999999999999", 9), ("1000000000000000", 1), ("70000000", 7), ("20000", 2), ("300", 3), ("10", 1)],
)
def test_first_digits_of_small_and_huge_amounts_are_read(amount: str, digit: int) -> None:
    many = [{"amount": Decimal(amount)}] * 60
    spread = [{"amount": Decimal(10)}, {"amount": Decimal(10**7)}] if len(amount) > 2 else [{"amount": 10**7}]

    (finding,) = told("PRC009", contracts([*many, *spread]))

    assert finding["facts"]["digit"] == digit


@pytest.mark.parametrize(
    ("smallest", "largest", "contracts_of_nine", "expected"),
    [("10", "10000", 48, 1), ("10", "10000", 47, 0), ("10.01", "10000", 48, 0), ("10", "9999.99", 48, 0)],
)
def test_first_digits_are_asked_of_enough_contracts_of_many_sizes(
    smallest: str, largest: str, contracts_of_nine: int, expected: int
) -> None:
    rows = [Decimal(smallest), Decimal(largest), *[Decimal(90)] * contracts_of_nine]

    assert found("PRC009", contracts([{"amount": amount} for amount in rows])).height == expected


@pytest.mark.parametrize("setting", [{"chi_square": "9999"}, {"deviation": "0.9"}])
def test_first_digits_must_be_far_from_the_law_by_both_measures(setting: dict[str, str]) -> None:
    rows = contracts([{"amount": amount} for amount in (Decimal(10), Decimal(10_000), *[Decimal(90)] * 60)])

    assert found("PRC009", rows).height == 1
    assert found("PRC009", rows, **setting).height == 0


def test_quartiles_are_of_type_8_and_exact() -> None:
    prices = [Decimal(price) for price in ("1.10", "1.20", "1.30", "1.40", "1.50", "1.60", "1.70", "1.80")]
    lines = [
        {"file": "f", "item_code": "1", "unit": "kg", "currency": "CLP", "unit_price": price}
        for price in [*prices, Decimal("999.99")]
    ]

    (finding,) = told("PRC004", {"items": frame("items", lines, first=1)}, min_lines=9)

    facts = finding["facts"]
    # By hand, places 2 2/3, 5 and 7 1/3 of nine.
    assert facts["lower_quartile"] == Decimal("1.2667")
    assert facts["median"] == Decimal("1.5")
    assert facts["upper_quartile"] == Decimal("1.7333")
    assert facts["highest"] == Decimal("999.99")


def test_outliers_of_two_units_or_codes_are_two_findings() -> None:
    lines = [
        {"item_code": code, "unit": unit, "item_scheme": scheme, "source": source, "unit_price": price}
        for code, unit, scheme, source in [
            ("1", "kg", "CPV", "a"),
            ("2", "kg", "CPV", "a"),
            ("1", "box", "CPV", "a"),
            ("1", "kg", "UNSPSC", "a"),
            ("1", "kg", "CPV", "b"),
        ]
        for price in [Decimal(10)] * 11 + [Decimal(50)]
    ]
    rows = [{**line, "file": "f", "currency": "CLP"} for line in lines]

    assert flagged("PRC004", {"items": frame("items", rows, first=1)}) == [
        [12],
        [24],
        [36],
        [48],
        [60],
    ]


def test_what_95_percent_stay_under_is_told_of_the_others_alone() -> None:
    others = [{"amount": Decimal(amount), "item_code": "1"} for amount in range(1, 41)]
    large = [{"amount": Decimal(amount), "item_code": "1"} for amount in ("950", "950.01")]

    # Of the 40 others 38 cost 38 or less.
    assert flagged("PRC005", contracts([*others, large[0]])) == []
    assert flagged("PRC005", contracts([*others, large[1]])) == [[41]]


def test_a_shifted_decimal_point_is_looked_for_beyond_the_fence_of_the_quartiles() -> None:
    usual = [{"amount": Decimal(amount)} for amount in (50, 100, 200) for _ in range(20)]
    within = [{"amount": Decimal(amount)} for amount in ("12800", "0.7813")]
    beyond = [{"amount": Decimal(amount)} for amount in ("12800.01", "0.7812")]

    assert flagged("PRC006", contracts([*usual, *within])) == []
    assert flagged("PRC006", contracts([*usual, *beyond])) == [[61], [62]]


def test_contracts_can_be_compared_within_their_category() -> None:
    goods = [{"main_procurement_category": "goods"}] * 11
    large = {"main_procurement_category": "goods", "amount": Decimal(251)}
    works = {"main_procurement_category": "works", "amount": Decimal(999)}

    assert flagged("PRC005", contracts([*goods, large, works]), by="category") == [[12]]


def test_one_name_beside_two_numbers_is_found_in_any_spelling() -> None:
    rows = [
        {"supplier_name": "Élan S.A.", "supplier_key": "GB-1"},
        {"supplier_name": "ELAN SA", "supplier_key": "GB-2"},
        {"supplier_name": "Elan SA", "supplier_key": "GB-2"},
        {"supplier_name": "Oak", "supplier_key": "GB-3"},
    ]

    (finding,) = told("SUP006", contracts(rows), look="numbers")

    assert finding["members"] == [1, 2, 3]
    assert finding["facts"]["different"] == 2


def test_a_buyer_with_too_few_contracts_has_no_usual_amount() -> None:
    earlier: list[dict[str, Any]] = [{"decision_date": date(2020, 1, 1), "supplier_key": "GB-2"}] * 18
    first: list[dict[str, Any]] = [
        {"amount": Decimal(51)},
        {"amount": Decimal(51), "supplier_key": "GB-3"},
    ]

    assert flagged("SUP013", contracts([*earlier, *first])) == [[19], [20]]
    assert flagged("SUP013", contracts([*earlier[1:], *first])) == []


def test_what_90_percent_stay_under_is_the_place_below_the_tenth() -> None:
    earlier = [
        {"decision_date": date(2020, 1, 1), "supplier_key": "GB-2", "amount": Decimal(amount)}
        for amount in range(1, 31)
    ]
    first = [{"amount": Decimal(amount), "supplier_key": f"GB-{amount}"} for amount in ("28", "28.01")]

    # Of 31 contracts 28 cost 28 or less.
    assert flagged("SUP013", contracts([*earlier, first[0]]), times=1) == []
    assert flagged("SUP013", contracts([*earlier, first[1]]), times=1) == [[31]]


def test_amounts_above_a_ceiling_that_was_set_are_findings() -> None:
    rows = contracts([{"amount": Decimal(100)}, {"amount": Decimal("100.01")}])

    (finding,) = told("DQ005", rows, ceiling="100")

    assert finding["members"] == [2]
    assert finding["facts"]["doubt"] == "above the ceiling that was set"


def test_codes_of_a_division_can_be_left_out() -> None:
    rows = contracts(
        [{"item_scheme": "CPV", "item_code": code} for code in ("45000000", "4500000", "45210000")]
    )

    assert flagged("DQ007", rows, undetailed=False) == [[2]]


@pytest.mark.parametrize("digits", ["9999999", "999999999999999", "1111111", "123456", "123456789"])
def test_what_is_typed_for_want_of_a_price_is_told_up_to_the_longest(digits: str) -> None:
    rows = contracts([{"amount": Decimal(digits)}, {"amount": Decimal(digits) + 1}])

    assert flagged("DQ004", rows) == [[1]]


def test_a_field_is_expected_only_of_the_method_that_publishes_it() -> None:
    open_full = [{"procurement_method": "open", "award_date": date(2024, 1, 3), "amount": Decimal(9)}] * 10
    direct = [{"procurement_method": "direct", "amount": Decimal(9), "buyer_key": "Dale"}] * 10

    assert flagged("DQ009", contracts([*open_full, *direct])) == []
