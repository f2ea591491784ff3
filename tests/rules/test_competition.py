"""What findings on competition tell, and what settings change, beyond the examples on their pages."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest
from asking import frame, keyed, says, told

#: A purchase that every rule here can judge.
PURCHASE: Final[dict[str, Any]] = {
    "source": "s",
    "file": "f",
    "contract_id": "c",
    "buyer_name": "Hill",
    "supplier_name": "Ash",
    "procurement_method": "direct",
    "title": "Chairs",
    "award_date": date(2024, 1, 3),
    "amount": Decimal(60),
    "currency": "CLP",
}


def purchase(**changes: Any) -> dict[str, Any]:
    return keyed(PURCHASE | changes)


def ask(rule_id: str, rows: Sequence[dict[str, Any]], **setting: Any) -> list[dict[str, Any]]:
    """The findings, each with the numbers of its rows (from 0) in the place of its members."""
    return told(rule_id, {"contracts": frame("contracts", rows)}, **setting)


def single(**changes: Any) -> dict[str, Any]:
    return purchase(**{"procurement_method": "open", "number_of_tenderers": 1} | changes)


@pytest.mark.parametrize(
    ("setting", "row"),
    [("invited", single(procurement_method="limited")), ("call_offs", single(framework_id="f1"))],
)
def test_single_bids_can_be_asked_of_more_procedures(setting: str, row: dict[str, Any]) -> None:
    assert not ask("COM001", [row])
    assert ask("COM001", [row], **{setting: True})


def test_lots_with_a_single_bid_are_one_finding_from_their_first_award_to_their_last() -> None:
    days = (date(2024, 1, 5), date(2024, 1, 4), date(2024, 1, 6))

    (finding,) = ask("COM001", [single(tender_id="t", award_date=day) for day in days])

    assert finding["members"] == [0, 1, 2]
    assert (finding["starts"], finding["ends"], finding["amount"]) == (days[1], days[2], 180)
    assert says("COM001", finding) == (
        'Hill asked for bids on "Chairs" and received one: who else could have bid?'
    )


def test_lots_that_brought_equally_many_bids_are_one_tender() -> None:
    lots = [single(tender_id="t", award_date=date(2024, 1, day)) for day in (5, 4, 6)]
    others = [single(number_of_tenderers=3)] * 18

    assert not ask("COM002", lots + others)
    (finding,) = ask("COM002", lots + others + [single(number_of_tenderers=4)])

    assert finding["members"] == [0, 1, 2]
    assert (finding["starts"], finding["ends"]) == (date(2024, 1, 4), date(2024, 1, 6))
    assert says("COM002", finding) == (
        'Hill asked for bids on "Chairs" and received 1, where 3 or more are usual in 20 similar tenders'
    )


def test_two_tenders_that_brought_equally_many_bids_are_two() -> None:
    rows = [single(tender_id="t1"), single(tender_id="t2"), *[single(number_of_tenderers=3)] * 18]

    assert [finding["members"] for finding in ask("COM002", rows)] == [[0], [1]]


@pytest.mark.parametrize(("digits", "found"), [(2, True), (3, False)])
def test_what_is_alike_can_be_told_by_more_characters(digits: int, found: bool) -> None:
    rows = [single(item_code="391"), *[single(item_code="392", number_of_tenderers=2)] * 19]

    assert bool(ask("COM002", rows, digits=digits)) == found


def of_buyers(*direct_and_open: tuple[Decimal, Decimal]) -> list[dict[str, Any]]:
    return [
        purchase(buyer_name=f"B{number}", procurement_method=method, amount=amount)
        for number, amounts in enumerate(direct_and_open)
        for method, amount in zip(("direct", "open"), amounts, strict=True)
    ]


def test_a_share_can_be_one_of_money_and_no_credit_counts() -> None:
    rows = of_buyers((Decimal(90), Decimal(10)), *[(Decimal(10), Decimal(90))] * 9)
    more = [
        purchase(buyer_name="B0", amount=Decimal(0)),
        purchase(buyer_name="B0", amount=Decimal(-500)),
        purchase(buyer_name="B0", procurement_method="open", amount=Decimal(900), currency="USD"),
    ]

    (finding,) = ask("COM004", rows + more, measure="amount", min_contracts=2)

    assert finding["members"] == [0]
    assert (finding["amount"], finding["currency"]) == (90, "CLP")
    facts = {name: finding["facts"][name] for name in ("share", "usual", "contracts", "buyers", "year")}
    assert facts == {
        "share": Decimal("0.9"),
        "usual": Decimal("0.18"),
        "contracts": 2,
        "buyers": 10,
        "year": 2024,
    }
    assert says("COM004", finding) == (
        "Of 2 contracts in 2024, B0 awarded 1 directly, 90 % of its spending; the mean of 10 buyers is 18 %"
    )


def test_a_share_by_number_needs_no_amount() -> None:
    rows = [purchase(buyer_name="B0", amount=None, currency=None)] * 10
    rows += [purchase(buyer_name=f"B{n}", procurement_method="open", amount=None) for n in range(1, 9)] * 10

    (finding,) = ask("COM004", rows)

    assert finding["members"] == list(range(10))
    assert (finding["amount"], finding["currency"]) == (None, None)
    assert (finding["starts"], finding["ends"]) == (date(2024, 1, 3), date(2024, 1, 3))


@pytest.mark.parametrize(("min_buyers", "found"), [(10, True), (11, False)])
def test_a_share_is_compared_with_those_of_enough_buyers(min_buyers: int, found: bool) -> None:
    rows = of_buyers((Decimal(90), Decimal(10)), *[(Decimal(10), Decimal(90))] * 9)

    assert bool(ask("COM004", rows, measure="amount", min_contracts=2, min_buyers=min_buyers)) == found


@pytest.mark.parametrize(("deviations", "found"), [("2.99", True), ("3", False)])
def test_a_share_is_above_the_mean_by_as_many_deviations_as_are_asked_for(
    deviations: str, found: bool
) -> None:
    rows = of_buyers((Decimal(90), Decimal(10)), *[(Decimal(10), Decimal(90))] * 9)

    assert bool(ask("COM004", rows, measure="amount", min_contracts=2, deviations=deviations)) == found


@pytest.mark.parametrize(("days", "found"), [(3, True), (4, False)])
def test_a_call_may_be_some_days_after_the_decision(days: int, found: bool) -> None:
    row = purchase(
        procurement_method="open", tender_start=date(2024, 1, 9), date_signed=date(2024, 1, 5), tender_id="t"
    )

    assert bool(ask("COM006", [row], days=days)) == found


@pytest.mark.parametrize(("day", "told"), [(9, "4 days"), (6, "1 day")])
def test_a_call_after_the_decision_tells_by_how_many_days(day: int, told: str) -> None:
    row = purchase(
        procurement_method="open",
        tender_start=date(2024, 1, day),
        date_signed=date(2024, 1, 5),
        tender_id="t",
    )

    (finding,) = ask("COM006", [row])

    assert says("COM006", finding) == (
        f'Hill: "Chairs" was decided on 2024-01-05, {told} before its call of 2024-01-0{day}: who could bid?'
    )


def test_a_framework_tells_its_orders_from_first_to_last_and_who_received_them() -> None:
    rows = [
        purchase(framework_id="f", buyer_name=f"B{number % 5}", award_date=date(2024, 1, 20 - number))
        for number in range(10)
    ]

    (finding,) = ask("COM013", rows)

    assert (finding["starts"], finding["ends"]) == (date(2024, 1, 11), date(2024, 1, 20))
    assert (finding["amount"], finding["currency"]) == (600, "CLP")
    assert says("COM013", finding) == (
        "5 buyers ordered 10 times under framework f; number of suppliers that were chosen: 1 (Ash)"
    )
