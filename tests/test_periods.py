from functools import partial

import pytest

from spendaudit.errors import UsageError
from spendaudit.ingest import periods
from spendaudit.sources._releases import daily, monthly, together, yearly, yearly_then_monthly

orders = partial(monthly, "https://portal.example/oc-da/{year}-{month}.zip", since="2007-01")
padded = partial(monthly, "https://portal.example/{year}{month:02}.zip", since="2007-03")
contracts = partial(yearly, "https://portal.example/Contratos{year}.csv", since="2010")


def test_a_month_is_one_file_named_without_a_leading_zero() -> None:
    (release,) = orders("2024-03", "2024-03")

    assert (release.url, release.period) == ("https://portal.example/oc-da/2024-3.zip", "2024-03")


def test_a_span_of_months_includes_both_ends_and_crosses_years() -> None:
    assert [release.period for release in orders("2023-11", "2024-02")] == [
        "2023-11",
        "2023-12",
        "2024-01",
        "2024-02",
    ]


def test_a_year_stands_for_its_months_and_mixes_with_months() -> None:
    assert len(list(orders("2024", "2024"))) == 12
    assert [release.period for release in orders("2024", "2024-02")] == ["2024-01", "2024-02"]


def test_a_pattern_may_ask_for_two_digits() -> None:
    assert [release.url[-10:] for release in padded("2024-09", "2024-10")] == ["202409.zip", "202410.zip"]


def test_a_month_stands_for_its_year_where_files_are_yearly() -> None:
    assert [release.period for release in contracts("2014-11", "2015-02")] == ["2014", "2015"]
    assert [release.url for release in contracts("2014", "2014")] == [
        "https://portal.example/Contratos2014.csv"
    ]


def test_months_before_the_portals_first_are_not_asked_for() -> None:
    assert [release.period for release in padded("2007", "2007-04")] == ["2007-03", "2007-04"]


@pytest.mark.parametrize(
    ("first", "last", "message", "hint"),
    [
        ("2024-13", "2024-13", "'2024-13' is no period: there is no month 13", "2024-03"),
        ("2024-00", "2024-00", "'2024-00' is no period: there is no month 0", "2024-03"),
        ("2024-3", "2024-3", "'2024-3' is no period", "2024-03"),
        ("24", "24", "'24' is no period", "write a year as 2024, a month as 2024-03"),
        ("2024-02-30", "2024-03", "'2024-02-30' is no period: 2024-02 has 29 days", "2024-03"),
        ("2024", "march", "'march' is no period", "2024-03"),
        ("2024-03", "2024-02", "2024-02 is before 2024-03", "the first period comes first"),
        ("2024", "2023", "2023 is before 2024", "the first period comes first"),
        ("2006-12", "2007-02", "the portal has nothing from 2006-12", "its first period is 2007-01"),
    ],
)
def test_a_span_that_is_none_is_refused_with_a_hint(first: str, last: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as error:
        list(orders(first, last))

    assert error.value.message == message
    assert hint in error.value.hint


def test_months_are_counted_from_the_calendar() -> None:
    assert [str(month) for month in periods.months("2023-12", "2024-01")] == ["2023-12", "2024-01"]
    assert list(periods.years("2023-12", "2024-01")) == [2023, 2024]


def test_a_portal_that_began_yearly_and_went_on_monthly_is_named_so() -> None:
    plan = partial(
        yearly_then_monthly, "https://portal.example/{period}.zip", since="2012", monthly_from="2025-01"
    )

    releases = list(plan("2023-11", "2025-02"))

    assert [release.period for release in releases] == ["2023", "2024", "2025-01", "2025-02"]
    assert [release.file for release in releases] == ["2023.zip", "2024.zip", "202501.zip", "202502.zip"]


def test_days_are_counted_from_the_calendar_and_stand_for_their_month_or_year() -> None:
    plan = partial(daily, "https://portal.example/{year}{month:02}{day:02}", since="2014-01-01")

    assert [release.period for release in plan("2024-02-28", "2024-03-01")] == [
        "2024-02-28",
        "2024-02-29",
        "2024-03-01",
    ]
    assert [release.period for release in orders("2024-02-28", "2024-03-01")] == ["2024-02", "2024-03"]
    assert [release.period for release in contracts("2014-11-30", "2015-01-01")] == ["2014", "2015"]


def test_a_portal_that_has_ended_is_asked_for_nothing_after_its_end() -> None:
    plan = partial(yearly, "https://portal.example/{year}.zip", since="2018", until="2023")

    assert [release.period for release in plan("2022", "2026")] == ["2022", "2023"]
    with pytest.raises(UsageError, match="nothing from 2024") as error:
        list(plan("2024", "2026"))
    assert error.value.hint == "its last period is 2023"


def test_all_since_the_portal_began_is_meant_without_a_first_period() -> None:
    assert [release.period for release in contracts("", "2012")] == ["2010", "2011", "2012"]


def test_data_sets_of_one_portal_come_period_by_period() -> None:
    tenders = partial(yearly, "https://portal.example/tenders{year}.zip", since="2020")
    minor = partial(yearly, "https://portal.example/minor{year}.zip", since="2020")
    later = partial(yearly, "https://portal.example/later{year}.zip", since="2022")

    assert [release.file for release in together((tenders, minor, later), "2020", "2021")] == [
        "tenders2020.zip",
        "minor2020.zip",
        "tenders2021.zip",
        "minor2021.zip",
    ]
    with pytest.raises(UsageError, match="nothing from 2019"):
        list(together((tenders, minor, later), "2019", "2019"))
