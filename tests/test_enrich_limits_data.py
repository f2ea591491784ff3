"""The limits that ship are law with a source, and what is not is refused."""

import csv
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest

from spendaudit.enrich.law import Limits, load_limits, read_limits
from spendaudit.enrich.statutes import Scope
from spendaudit.enrich.units import month_after
from spendaudit.errors import DefinitionError

STEP = """
[[series.steps]]
valid_from = 2020-01-01
valid_to = 2020-12-31
amount = 1000
law = "Act 1"
sources = ["https://example.org/act-1"]
"""

LAW = f"""
jurisdiction = "XX"
checked = 2024-06-30

[[series]]
id = "xx-small"
procedure = "Small purchase"
currency = "EUR"
comparison = "at most"
vat = "excluded"
scope.procurement_method = ["direct"]
{STEP}"""


GOODS = {"main_procurement_category": "goods"}


def read(folder: Path, text: str, units: str = "") -> Limits:
    (folder / "xx.toml").write_text(text, encoding="utf-8")
    if units:
        (folder / "xx.csv").write_text(f"unit,date,value,source_url\n{units}", encoding="utf-8")
    return read_limits([folder / "xx.toml"], folder)


def test_a_file_with_sources_is_read_and_says_what_it_is(tmp_path: Path) -> None:
    (ceiling,) = read(tmp_path, LAW).in_force("XX", date(2020, 12, 31))

    assert ceiling.limit == 1000
    assert ceiling.source == "Act 1: at most 1,000 EUR (VAT excluded)"


@pytest.mark.parametrize(
    ("told", "instead", "complaint"),
    [
        ('sources = ["https://example.org/act-1"]', "sources = []", "at least 1 item"),
        ('sources = ["https://example.org/act-1"]', "", "Field required"),
        ('"https://example.org/act-1"', '"[memory]"', "string_pattern_mismatch"),
        ('law = "Act 1"', 'law = ""', "at least 1 character"),
        ("amount = 1000", "amount = 0", "greater than 0"),
        ('comparison = "at most"', 'comparison = "about"', "'at most' or 'below'"),
        ('vat = "excluded"', "", "Field required"),
        ('vat = "excluded"', 'vat = "excluded"\ncolour = "red"', "extra_forbidden"),
        ("valid_to = 2020-12-31", "valid_to = 2019-12-31", "before it begins"),
        ('currency = "EUR"', 'currency = "EUR"\nunit = "UTM"', "no value is known of UTM"),
        ('jurisdiction = "XX"', 'jurisdiction = "XX', "xx.toml"),
    ],
)
def test_a_row_that_is_not_law_is_refused(tmp_path: Path, told: str, instead: str, complaint: str) -> None:
    assert told in LAW

    with pytest.raises(DefinitionError, match=complaint):
        read(tmp_path, LAW.replace(told, instead))


@pytest.mark.parametrize(
    "begins",
    ["2020-12-31", "2021-01-02", "2019-01-01"],
    ids=["overlapping by a day", "leaving out a day", "before the first"],
)
def test_steps_that_do_not_follow_one_another_are_refused(tmp_path: Path, begins: str) -> None:
    later = STEP.replace("2020-12-31", "2022-12-31").replace("2020-01-01", begins)

    with pytest.raises(DefinitionError, match="does not follow 2020-12-31"):
        read(tmp_path, LAW + later)


def test_nothing_follows_an_open_end(tmp_path: Path) -> None:
    later = STEP.replace("2020-12-31", "2021-12-31").replace("2020-01-01", "2021-01-01")

    with pytest.raises(DefinitionError, match="does not follow an open end"):
        read(tmp_path, LAW.replace("valid_to = 2020-12-31", "") + later)


def second_series(ends: str, begins: str, method: str) -> str:
    series = LAW[LAW.index("[[series]]") :].replace("xx-small", "xx-other").replace('["direct"]', method)
    return series.replace("2020-12-31", ends).replace("2020-01-01", begins)


@pytest.mark.parametrize("method", ['["direct"]', '["limited", "direct"]', "[]"])
def test_two_ceilings_for_one_contract_on_one_day_are_refused(tmp_path: Path, method: str) -> None:
    with pytest.raises(DefinitionError, match="same contracts on the same days"):
        read(tmp_path, LAW + second_series("2021-12-31", "2020-12-31", method))


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("A*", "AB", True),
        ("AB*", "A*", True),
        ("AB*", "AC*", False),
        ("A", "AB", False),
        ("*A", "BA", True),
        ("*A", "*B", False),
        ("*BA", "*A", True),
        ("A*", "*B", True),
    ],
)
def test_what_begins_so_meets_what_begins_longer(one: str, other: str, meet: bool) -> None:
    first, second = (Scope(procurement_method_details=(text,)) for text in (one, other))

    assert (first.meets(second), second.meets(first)) == (meet, meet)


def test_a_series_that_no_contract_is_held_against_may_share_its_contracts(tmp_path: Path) -> None:
    other = second_series("2020-12-31", "2020-01-01", "[]").replace("amount = 1000", "amount = 5")

    limits = read(tmp_path, LAW + other.replace("vat =", "joined = false\nvat ="))

    assert [one.amount for one in limits.in_force("XX", date(2020, 6, 1))] == [1000, 5]


def test_ceilings_that_no_contract_or_no_day_share_stand_side_by_side(tmp_path: Path) -> None:
    apart = second_series("2020-12-31", "2020-01-01", '["limited"]')
    after = second_series("2021-12-31", "2021-01-01", '["direct"]').replace("xx-other", "xx-next")

    limits = read(tmp_path, LAW + apart + after)

    assert [ceiling.series.id for ceiling in limits.ceilings["XX"]] == ["xx-small", "xx-other", "xx-next"]


def test_an_open_end_reaches_to_the_day_the_file_was_checked(tmp_path: Path) -> None:
    limits = read(tmp_path, LAW.replace("valid_to = 2020-12-31", ""))

    assert len(limits.in_force("XX", date(2024, 6, 30))) == 1
    assert limits.in_force("XX", date(2024, 7, 1)) == []


@pytest.mark.parametrize(
    "row",
    ["UTM,2020-01-02,5,https://e.org", "UTM,2020-01-01,5,[memory]", "UTM,2020-02-01,6,https://e.org"],
    ids=["not a month", "no source", "twice"],
)
def test_a_unit_of_unsure_value_is_refused(tmp_path: Path, row: str) -> None:
    with pytest.raises(DefinitionError, match="is odd, repeated or has no source"):
        read(tmp_path, LAW, f"UTM,2020-02-01,6,https://e.org\n{row}\n")


def test_a_unit_is_worth_what_its_month_says_and_nothing_where_none_does(tmp_path: Path) -> None:
    counted = LAW.replace('currency = "EUR"', 'currency = "EUR"\nunit = "UTM"')

    limits = read(tmp_path, counted, "UTM,2020-02-01,6.5,https://e.org\nUTM,2020-12-01,7,https://e.org\n")

    assert limits.in_force("XX", date(2020, 1, 31)) == []
    assert [ceiling.limit for ceiling in limits.in_force("XX", date(2020, 2, 29))] == [Decimal(6500)]
    assert limits.in_force("XX", date(2020, 3, 1)) == []
    assert [ceiling.ends for ceiling in limits.in_force("XX", date(2020, 12, 1))] == [date(2020, 12, 31)]


def utm() -> list[tuple[date, Decimal]]:
    table = files("spendaudit") / "data" / "units" / "cl.csv"
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return [(date.fromisoformat(row["date"]), Decimal(row["value"])) for row in rows if row["unit"] == "UTM"]


def test_the_utm_has_a_value_for_every_month_of_its_table() -> None:
    months = [month for month, _ in utm()]

    assert months[0] == date(2015, 1, 1)
    assert all(month_after(one) == other for one, other in pairwise(months))


def test_each_utm_is_the_one_before_changed_by_a_price_index_to_one_decimal() -> None:
    """The tax authority makes it so; made-up or mistyped months do not come out even."""
    for (_, before), (month, value) in pairwise(utm()):
        thousandths = ((value / before - 1) * 1000).quantize(Decimal(1), ROUND_HALF_UP)
        again = (before * (1 + thousandths / 1000)).quantize(Decimal(1), ROUND_HALF_UP)

        assert (again, abs(thousandths) <= 20) == (value, True), month


@pytest.mark.parametrize(
    ("month", "value"),
    [
        (date(2015, 1, 1), 43198),
        (date(2022, 1, 1), 54442),
        (date(2024, 10, 1), 66561),
        (date(2025, 7, 1), 68923),
        (date(2026, 1, 1), 69751),
    ],
)
def test_the_utm_agrees_with_second_sources(month: date, value: int) -> None:
    assert dict(utm())[month] == value


def test_nothing_that_was_remembered_only_is_law() -> None:
    for file in (files("spendaudit") / "data").joinpath("limits").iterdir():
        assert "[memory]" not in file.read_text(encoding="utf-8")


def test_every_shipped_ceiling_names_its_law_and_its_sources() -> None:
    every = [ceiling for listed in load_limits().ceilings.values() for ceiling in listed]

    assert set(load_limits().ceilings) == {"BR", "CL", "CO", "ES", "EU", "GB", "MX", "PT", "US"}
    assert len(every) > 600
    assert all(ceiling.law.sources and ceiling.source.startswith(ceiling.law.law) for ceiling in every)


def test_every_shipped_step_is_of_the_time_that_was_read() -> None:
    """A step that is still in force ends on the day of the check, or with the last month of its unit."""
    for country, listed in load_limits().ceilings.items():
        checked = load_limits().statutes[country].checked
        for ceiling in listed:
            last = ceiling.law.valid_to or checked
            assert ceiling.law.valid_from <= ceiling.starts <= ceiling.ends <= last, ceiling.source


def test_a_country_says_what_is_missing_or_must_be_known() -> None:
    assert all(statute.notes for statute in load_limits().statutes.values())


@pytest.mark.parametrize(
    ("country", "day", "traits", "found"),
    [
        ("ES", date(2018, 3, 8), {}, []),
        ("ES", date(2018, 3, 9), {"main_procurement_category": "goods"}, [("es-minor", "15000")]),
        ("ES", date(2026, 11, 23), {"main_procurement_category": "works"}, [("es-minor-works", "40000")]),
        ("EU", date(2015, 12, 31), {}, []),
        ("EU", date(2016, 1, 1), {"main_procurement_category": "works"}, [("eu-works", "5225000")]),
        ("EU", date(2019, 12, 31), {"buyer_tier": "central", **GOODS}, [("eu-central", "144000")]),
        ("EU", date(2020, 1, 1), {"buyer_tier": "sub-central", **GOODS}, [("eu-sub-central", "214000")]),
        ("EU", date(2023, 12, 31), {"buyer_tier": "utilities", **GOODS}, [("eu-utilities", "431000")]),
        ("EU", date(2025, 12, 31), {"buyer_tier": "central", **GOODS}, [("eu-central", "143000")]),
        ("EU", date(2027, 12, 31), {"main_procurement_category": "works"}, [("eu-works", "5404000")]),
        ("EU", date(2028, 1, 1), {}, []),
        ("GB", date(2025, 12, 31), {"main_procurement_category": "works"}, [("gb-works", "5372609")]),
        ("GB", date(2026, 1, 1), {"buyer_tier": "central", **GOODS}, [("gb-central", "135018")]),
        ("GB", date(2021, 12, 31), {}, []),
        ("PT", date(2018, 1, 1), {"procurement_method": "direct", **GOODS}, [("pt-direct", "20000")]),
        (
            "PT",
            date(2024, 1, 1),
            {"procurement_method": "limited", "main_procurement_category": "works"},
            [("pt-consultation-works", "150000")],
        ),
        ("BR", date(2021, 3, 31), {}, []),
        ("BR", date(2021, 4, 1), GOODS, [("br-goods", "50000.00")]),
        ("BR", date(2023, 12, 31), GOODS, [("br-goods", "57208.33")]),
        ("BR", date(2024, 1, 1), GOODS, [("br-goods", "59906.02")]),
        ("BR", date(2025, 6, 1), {"main_procurement_category": "works"}, [("br-works", "125451.15")]),
        ("BR", date(2026, 1, 1), {"main_procurement_category": "works"}, [("br-works", "130984.20")]),
        ("US", date(2019, 1, 1), {}, []),
        (
            "US",
            date(2025, 9, 30),
            {},
            [
                ("us-simplified", "250000"),
                ("us-simplified-commercial", "7500000"),
                ("us-micro-purchase", "10000"),
            ],
        ),
        (
            "US",
            date(2025, 10, 1),
            {"buyer_level": "national"},
            [
                ("us-simplified", "350000"),
                ("us-simplified-commercial", "9000000"),
                ("us-micro-purchase", "15000"),
            ],
        ),
        ("US", date(2025, 10, 1), {"buyer_level": "local"}, []),
        (
            "CO",
            date(2023, 12, 31),
            {"buyer_tier": "budget-1200000"},
            [("co-minor-1200000", "1160000000"), ("co-minimal-1200000", "116000000")],
        ),
        (
            "CO",
            date(2024, 1, 1),
            {"buyer_tier": "budget-120000", "procurement_method": "selective"},
            [("co-minor-120000", "585000000")],
        ),
    ],
)
def test_the_law_of_a_day_is_that_of_its_source(
    country: str, day: date, traits: dict[str, str], found: list[tuple[str, str]]
) -> None:
    held = [
        (one.series.id, one.amount)
        for one in load_limits().ceilings[country]
        if one.starts <= day <= one.ends and one.series.scope.allows(traits)
    ]

    assert held == [(name, Decimal(amount)) for name, amount in found]


def test_mexican_ceilings_hold_for_calendar_years_and_say_what_they_leave_out() -> None:
    limits = load_limits()
    traits = {
        "procurement_method": "direct",
        "main_procurement_category_details": "Servicios",
        "buyer_level": "national",
    }

    (before,) = limits.in_force("MX", date(2014, 12, 31), **traits)
    (after,) = limits.in_force("MX", date(2015, 1, 1), **traits)

    assert [before.limit, after.limit] == [Decimal(389000), Decimal(450000)]
    assert before.source == (
        "LAASSP art. 42, 2014: at most 389,000 MXN (Anexo 9 PEF; one tier; no ceiling under art. 41)"
    )
    assert limits.in_force("MX", date(2011, 12, 31)) == []
    assert limits.in_force("MX", date(2020, 1, 1)) == []


def test_chilean_ceilings_end_with_the_last_known_utm() -> None:
    last, _ = utm()[-1]

    assert len(load_limits().in_force("CL", month_after(last) - timedelta(days=1))) == 5
    assert load_limits().in_force("CL", month_after(last)) == []
