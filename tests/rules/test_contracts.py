"""What the findings on contracts tell, and what their settings change, beyond the examples on their pages."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest
from asking import frame, keyed, says, told
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

LAW: Final = "Ley 1"

#: A purchase that every rule here can judge.
PURCHASE: Final[dict[str, Any]] = {
    "file": "f",
    "buyer_name": "Hill",
    "supplier_name": "Ash",
    "procurement_method": "direct",
    "award_date": date(2024, 1, 3),
    "date_basis": "award_date",
    "amount": Decimal(60),
    "currency": "CLP",
    "limit": Decimal(100),
    "limit_source": LAW,
}


def purchase(**changes: Any) -> dict[str, Any]:
    return keyed(PURCHASE | changes)


def ask(rule_id: str, rows: Sequence[dict[str, Any]], **setting: Any) -> list[dict[str, Any]]:
    """The findings, each with the numbers of its rows (from 0) in the place of its members."""
    return told(rule_id, {"contracts": frame("contracts", rows)}, **setting)


def test_a_split_tells_its_highest_limit_whose_it_is_and_its_strongest_window() -> None:
    steps = [("2024-01-01", 60, 90, "A"), ("2024-01-02", 50, 90, "A"), ("2024-01-20", 60, 100, "C")]
    later = [("2024-01-21", 70, 100, "B"), ("2024-02-21", 55, 90, "A")]

    (finding,) = ask(
        "SPL001",
        [
            purchase(
                award_date=date.fromisoformat(day), amount=Decimal(amount), limit=limit, limit_source=law
            )
            for day, amount, limit, law in steps + later
        ],
        days=31,
    )

    assert finding["members"] == [0, 1, 2, 3, 4]
    assert finding["facts"]["limit"] == 100
    assert finding["facts"]["limit_source"] == "B"
    assert finding["facts"]["peak"] == 240
    assert finding["facts"]["span"] == 51
    assert (finding["starts"], finding["ends"]) == (date(2024, 1, 1), date(2024, 2, 21))
    assert finding["amount"] == 295
    assert says("SPL001", finding) == (
        "Hill bought 5 times from Ash, each time at or under the limit of 100 CLP; within 31 days that adds "
        "up to as much as 240 CLP"
    )


@pytest.mark.parametrize("rule_id", ["SPL001", "SPL003"])
def test_one_amount_can_stand_in_the_place_of_the_law(rule_id: str) -> None:
    lawless = [purchase(limit=None, limit_source=None) for _ in range(2)]

    (finding,) = ask(rule_id, lawless, limit="119.99")

    assert finding["facts"]["limit"] == Decimal("119.99")
    assert finding["facts"]["limit_source"] == "settings"
    assert not ask(rule_id, lawless)
    assert not ask(rule_id, lawless, limit="120")
    assert not ask(rule_id, lawless, limit="59.99")


@pytest.mark.parametrize("rule_id", ["SPL001", "SPL003"])
def test_a_split_can_be_asked_to_have_more_parts(rule_id: str) -> None:
    assert ask(rule_id, [purchase()] * 3, min_contracts=3)
    assert not ask(rule_id, [purchase()] * 2, min_contracts=3)


def test_a_same_day_split_tells_the_higher_limit_and_whose_it_is() -> None:
    parts = [
        purchase(amount=Decimal(90), limit=Decimal(90), limit_source="A"),
        purchase(limit_source="C"),
        purchase(limit_source="B"),
    ]

    (finding,) = ask("SPL003", parts)

    assert (finding["facts"]["limit"], finding["facts"]["limit_source"]) == (100, "B")
    assert (finding["starts"], finding["ends"], finding["amount"]) == (
        date(2024, 1, 3),
        date(2024, 1, 3),
        Decimal(210),
    )


def test_a_finding_tells_which_dates_it_went_by_and_that_it_rests_on_a_name() -> None:
    parts = [
        purchase(supplier_key="name:ASH"),
        purchase(
            supplier_key="name:ASH", supplier_name="Ash Ltd", buyer_key="Hill", buyer_name="Hill Council"
        )
        | {"date_basis": "contract_start"},
    ]

    (finding,) = ask("SPL001", parts)

    assert finding["facts"]["date_basis"] == "award_date, contract_start"
    assert finding["facts"]["supplier_known_by"] == "name"
    assert (finding["facts"]["buyer_name"], finding["facts"]["supplier_name"]) == ("Hill", "Ash")


def test_who_has_no_published_name_goes_by_the_key() -> None:
    nameless = purchase(supplier_key="CL-RUT-76086428-5", supplier_name=None)

    (finding,) = ask("SPL001", [nameless, nameless])

    assert finding["facts"]["supplier_name"] == "CL-RUT-76086428-5"
    assert finding["facts"]["supplier_known_by"] == "identifier"


def test_the_greatest_amounts_add_up_exactly() -> None:
    most = Decimal("999999999999999.9999")
    parts = [purchase(amount=most, limit=most, award_date=date(2024, 1, day)) for day in range(1, 21)]

    (finding,) = ask("SPL001", parts)

    assert finding["amount"] == finding["facts"]["peak"] == 20 * most


@pytest.mark.parametrize(("amount", "flagged"), [("119", False), ("119.0001", True)])
def test_a_share_of_the_ceiling_can_be_let_pass(amount: str, flagged: bool) -> None:
    found = ask("SPL006", [purchase(amount=Decimal(amount))], tolerance="0.19")

    assert bool(found) == flagged


def test_an_award_above_its_ceiling_tells_by_how_much() -> None:
    (finding,) = ask("SPL006", [purchase(amount=Decimal("110.5"))])

    assert finding["facts"]["excess"] == Decimal("10.5")
    assert says("SPL006", finding) == (
        "Hill awarded 110.50 CLP to Ash by a method whose limit is 100 CLP (Ley 1): which exception holds?"
    )


@pytest.mark.parametrize(
    ("tender_end", "date_signed", "act", "prior", "days"),
    [
        ("2024-01-08", None, "award", "close of bids", 5),
        (None, "2024-01-01", "signature", "award", 2),
        ("2024-01-08", "2024-01-01", "award", "close of bids", 5),
        ("2024-01-04", "2024-01-01", "signature", "award", 2),
        ("2024-01-02", "2024-01-02", "signature", "award", 1),
    ],
)
def test_dates_out_of_order_tell_the_step_that_is_furthest_out(
    tender_end: str | None, date_signed: str | None, act: str, prior: str, days: int
) -> None:
    ends, signed = (date.fromisoformat(day) if day else None for day in (tender_end, date_signed))

    (finding,) = ask("TIM005", [purchase(tender_end=ends, date_signed=signed, amount=None, currency=None)])

    assert (finding["facts"]["act"], finding["facts"]["prior"], finding["facts"]["days"]) == (
        act,
        prior,
        days,
    )
    assert (finding["ends"] - finding["starts"]).days == days
    assert finding["amount"] is None


def test_some_days_out_of_order_can_be_let_pass() -> None:
    signed = purchase(date_signed=date(2024, 1, 1))

    assert ask("TIM005", [signed], days=1)
    assert not ask("TIM005", [signed], days=2)


def test_repeated_awards_in_two_currencies_have_no_total() -> None:
    (finding,) = ask("COM005", [purchase(), purchase(), purchase(currency="USD")])

    assert (finding["amount"], finding["currency"]) == (None, None)


def test_repeated_awards_count_those_without_an_amount_and_add_up_the_others() -> None:
    (finding,) = ask("COM005", [purchase(), purchase(), purchase(amount=None, currency="USD")])

    assert (finding["amount"], finding["currency"]) == (120, "CLP")
    assert finding["facts"]["without_amount"] == 1


def test_repeated_awards_tell_the_fullest_window() -> None:
    days = [date(2024, 1, 1), date(2024, 1, 10), date(2024, 1, 20), date(2024, 2, 5), date(2024, 2, 9)]

    (finding,) = ask("COM005", [purchase(award_date=day) for day in days], days=30)

    assert finding["facts"]["most"] == 4
    assert (finding["starts"], finding["ends"]) == (days[0], days[-1])
    assert says("COM005", finding) == (
        "Hill awarded 5 contracts directly to Ash from 2024-01-01 to 2024-02-09, "
        "in up to 4 procedures within 30 days"
    )


def test_a_share_tells_its_greatest_window_the_earliest_of_equals() -> None:
    months = [date(2023, 12, 9), *(date(2024, month, 9) for month in (1, 2, 3, 4))]
    theirs = zip(months, [10, 10, 60, 60, 60], strict=True)
    rows = [purchase(award_date=day, amount=Decimal(amount)) for day, amount in theirs]
    others = [
        purchase(award_date=day, amount=Decimal(20), supplier_name=name)
        for day in months
        for name in ("Elm", "Fir")
    ]

    (finding,) = ask("CON001", rows + others, months=2, min_months=2, min_contracts=6, share="0.45")

    assert finding["facts"]["share"] == Decimal("0.6")
    assert (finding["facts"]["from_month"], finding["facts"]["to_month"]) == ("2024-02", "2024-03")
    assert (finding["facts"]["spent"], finding["facts"]["total"]) == (120, 200)
    assert finding["facts"]["contracts"] == 6
    assert finding["members"] == [1, 2, 3, 4]
    assert finding["amount"] == 190
    assert (finding["starts"], finding["ends"]) == (date(2024, 1, 9), date(2024, 4, 9))
    assert says("CON001", finding) == (
        "Ash received 60 % of what Hill spent from 2024-02 to 2024-03: 120 CLP of 200 CLP"
    )


def test_a_window_over_the_turn_of_a_year_is_named_by_its_months() -> None:
    rows = [purchase(award_date=date(2023, 12, 31)), purchase(award_date=date(2024, 1, 1))]

    (finding,) = ask("CON001", rows, months=2, min_months=2, min_contracts=2, share="1")

    assert (finding["facts"]["from_month"], finding["facts"]["to_month"]) == ("2023-12", "2024-01")


def large_shares(rows: Sequence[dict[str, Any]], months: int, fewest: int) -> set[frozenset[int]]:
    """Half of a buyer's money in a window that ends with a purchase; windows join that share a month."""
    groups: list[tuple[str, frozenset[int], frozenset[int]]] = []
    for last in rows:
        span = range(last["month"] - months + 1, last["month"] + 1)
        window = [row for row in rows if row["month"] in span]
        theirs = [row for row in window if row["supplier_name"] == last["supplier_name"]]
        if len(window) < fewest or 2 * sum(r["amount"] for r in theirs) < sum(r["amount"] for r in window):
            continue
        numbers, seen = frozenset(row["row"] for row in theirs), frozenset(span)
        mine = [group for group in groups if group[0] == last["supplier_name"] and group[2] & seen]
        groups = [group for group in groups if group not in mine]
        groups.append(
            (
                last["supplier_name"],
                numbers.union(*(group[1] for group in mine)),
                seen.union(*(group[2] for group in mine)),
            )
        )
    return {numbers for _, numbers, _ in groups}


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    drawn=st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 11), st.sampled_from([10, 20, 40])), max_size=14
    ),
    months=st.sampled_from([1, 2, 3]),
    fewest=st.sampled_from([1, 3]),
)
def test_shares_are_what_one_would_count_by_hand(
    drawn: list[tuple[str, int, int]], months: int, fewest: int
) -> None:
    rows = [
        purchase(
            supplier_name=supplier, award_date=date(2024, month + 1, 1), amount=Decimal(amount), row=number
        )
        for number, (supplier, month, amount) in enumerate(drawn)
    ]

    found = ask("CON001", rows, months=months, min_months=1, min_contracts=fewest, share="0.5")

    counted = large_shares([row | {"month": row["award_date"].month} for row in rows], months, fewest)
    assert {frozenset(finding["members"]) for finding in found} == counted


def test_amounts_without_a_currency_are_told_as_people_write_them() -> None:
    rows = [purchase(amount=Decimal("1250.5000"), currency=None), purchase(amount=Decimal(50), currency=None)]

    (finding,) = ask("DQ006", rows)

    assert says("DQ006", finding) == (
        "Hill: amounts such as 1,250.50 (2 contracts) name no currency: which is right?"
    )


def test_a_buyer_that_is_not_named_is_said_to_be_so() -> None:
    rows = [purchase(buyer_name=None, buyer_id=None, amount=Decimal(0))]

    (finding,) = ask("DQ004", rows)

    assert says("DQ004", finding) == (
        "An unnamed buyer: amounts such as 0 CLP (1 contract) seem to stand for no price: what was agreed?"
    )


def test_equal_amounts_of_one_day_are_of_that_day() -> None:
    rows = [purchase(award_date=date(2024, 5, 2), amount=Decimal(1234567)) for _ in range(3)]

    (finding,) = ask("PRC008", rows)

    assert ", on 2024-05-02: is that one need?" in says("PRC008", finding)


@pytest.mark.parametrize(("method", "told"), [("open", "open"), ("direct", None)])
def test_what_some_of_many_contracts_have_is_not_told_of_all(method: str, told: str | None) -> None:
    day = {"award_date": date(2024, 6, 3)}
    rows = [
        *(purchase(**day, title="Chairs", procurement_method="open") for _ in range(9)),
        purchase(**day, title="Chairs" if told else "Desks", procurement_method=method),
    ]

    (finding,) = ask("TIM009", rows)

    assert finding["facts"]["method"] == told
    assert finding["facts"]["title"] == ("Chairs" if told else None)
