"""What findings on split purchases and limits tell, and what settings change, beyond the pages' examples."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import numpy as np
import polars as pl
import pytest
from asking import flagged, found, frame, keyed, says, told

from spendaudit.model.tables import SCHEMAS

SCHEMA: Final = SCHEMAS["contracts"]

#: A purchase that every rule here can judge.
PURCHASE: Final[dict[str, Any]] = {
    "source": "s",
    "file": "f",
    "contract_id": "c",
    "buyer_name": "Hill",
    "supplier_name": "Ash",
    "procurement_method": "direct",
    "item_code": "1",
    "award_date": date(2024, 1, 3),
    "amount": Decimal(60),
    "currency": "CLP",
    "limit": Decimal(100),
    "limit_source": "Ley 1",
}


def purchase(**changes: Any) -> dict[str, Any]:
    return keyed(PURCHASE | changes)


def ask(
    rule_id: str, rows: Sequence[dict[str, Any]], amendments: Sequence[Decimal] = (), **setting: Any
) -> list[dict[str, Any]]:
    """The findings, each with the numbers of its rows (from 0) in the place of its members."""
    changes = [{"source": "s", "contract_id": "c", "amount_change": change} for change in amendments]
    tables = {"contracts": frame("contracts", rows), "amendments": frame("amendments", changes)}
    return told(rule_id, tables, **setting)


def test_a_split_among_suppliers_tells_its_highest_limit_and_its_strongest_window() -> None:
    steps = [(1, 60, 90, "Ash"), (2, 50, 90, "Bay"), (20, 60, 90, "Elm"), (22, 70, 100, "Ash")]

    (finding,) = ask(
        "SPL002",
        [
            purchase(
                award_date=date(2024, 1, day),
                amount=Decimal(amount),
                limit=Decimal(limit),
                limit_source=f"Ley {limit}",
                supplier_name=supplier,
            )
            for day, amount, limit, supplier in steps
        ],
        days=20,
    )

    assert finding["facts"]["limit"] == 100
    assert finding["facts"]["limit_source"] == "Ley 100"
    assert finding["facts"]["peak"] == 180
    assert (finding["amount"], finding["currency"]) == (240, "CLP")
    assert (finding["starts"], finding["ends"]) == (date(2024, 1, 1), date(2024, 1, 22))
    assert says("SPL002", finding) == (
        "Hill bought item 1 4 times from 3 suppliers, each time at or under the limit of 100 CLP; within 20 "
        "days that adds up to as much as 180 CLP"
    )


@pytest.mark.parametrize(("digits", "found"), [(2, True), (3, False)])
def test_items_are_alike_in_as_many_characters_as_are_asked_for(digits: int, found: bool) -> None:
    rows = [purchase(item_code=code, supplier_name=code) for code in ("301", "302", "303")]

    assert bool(ask("SPL002", rows, digits=digits)) == found


@pytest.mark.parametrize("rule_id", ["SPL002", "SPL004", "SPL007", "SPL008"])
def test_one_amount_can_stand_in_the_place_of_the_law(rule_id: str) -> None:
    lawless = [
        purchase(supplier_name=name, limit=None, limit_source=None, amount=Decimal(amount))
        for name, amount in [("Ash", 58), ("Ash", 59), ("Ash", 60), ("Bay", 60), ("Ash", 60)]
    ]

    finding = ask(rule_id, lawless, [Decimal(100)], limit="60")[0]

    assert finding["facts"]["limit"] == 60
    assert finding["facts"]["limit_source"] == "settings"
    assert not ask(rule_id, lawless, [Decimal(100)])


@pytest.mark.parametrize(("amount", "flagged"), [("89.9999", False), ("90", True), ("100", True)])
def test_the_band_below_a_limit_can_be_wider(amount: str, flagged: bool) -> None:
    assert bool(ask("SPL004", [purchase(amount=Decimal(amount))], band="0.1")) == flagged


def test_a_price_just_below_a_limit_tells_its_distance() -> None:
    (finding,) = ask("SPL004", [purchase(amount=Decimal("97.5"))])

    assert finding["facts"]["distance"] == Decimal("2.5")
    assert says("SPL004", finding) == (
        "Hill bought from Ash for 97.50 CLP, 2.50 CLP below the limit of 100 CLP (Ley 1): how was the price "
        "set?"
    )


def crowd(upper: int, lower: int) -> list[dict[str, Any]]:
    apart = [purchase(amount=Decimal("89.9999"))]
    below = [purchase(amount=Decimal(90), award_date=date(2020, 1, 1))] * lower
    return (
        apart
        + below
        + [purchase(amount=Decimal(95), award_date=date(2024, 1, day + 1)) for day in range(upper)]
    )


@pytest.mark.parametrize(
    ("upper", "lower", "found"), [(21, 7, True), (21, 8, False), (24, 8, True), (21, 0, True), (20, 0, False)]
)
def test_a_crowd_below_a_limit_is_three_times_that_of_the_band_below(
    upper: int, lower: int, found: bool
) -> None:
    assert bool(ask("SPL005", crowd(upper, lower))) == found


def test_a_crowd_below_a_limit_tells_its_own_purchases_and_counts_the_others() -> None:
    (finding,) = ask("SPL005", crowd(22, 7))

    assert finding["members"] == list(range(8, 30))
    assert (finding["amount"], finding["currency"]) == (22 * 95, "CLP")
    assert (finding["starts"], finding["ends"]) == (date(2024, 1, 1), date(2024, 1, 22))
    assert says("SPL005", finding) == (
        "Hill bought 22 times for at most 5 % less than the limit, and 7 times for a little less than that"
    )


def test_where_amounts_are_spread_evenly_few_buyers_have_a_crowd_by_chance() -> None:
    chance = np.random.default_rng(7)
    buyers, purchases = 400, 280
    amounts = chance.integers(1, 10_000, buyers * purchases)
    rows = pl.DataFrame(
        {
            "buyer_key": np.repeat(np.arange(buyers), purchases).astype(str),
            "amount": amounts,
            "row": np.arange(buyers * purchases),
        }
    )
    typed = pl.DataFrame(
        {name: pl.Series(name, [PURCHASE.get(name)], dtype) for name, dtype in SCHEMA.items()}
    )
    constants = typed.drop("buyer_key", "amount", "row", "limit", "decision_date")
    tables = rows.lazy().select(
        pl.col("buyer_key").cast(SCHEMA["buyer_key"]),
        pl.col("amount").cast(SCHEMA["amount"]),
        pl.col("row").cast(SCHEMA["row"]),
        limit=pl.lit(10_000).cast(SCHEMA["limit"]),
        decision_date=pl.lit(date(2024, 1, 3)),
    )
    contracts = tables.join(constants.lazy(), how="cross")

    assert found("SPL005", {"contracts": contracts}).height <= buyers * 0.01


@pytest.mark.parametrize(("first_month", "asked"), [(1, True), (4, False)])
def test_a_year_can_begin_in_another_month(first_month: int, asked: bool) -> None:
    rows = [purchase(award_date=date(2024, month, 1), amount=Decimal(100)) for month in (1, 3, 4, 12)]

    assert bool(ask("SPL007", rows, first_month=first_month)) == asked


def test_the_sum_of_a_year_can_be_asked_to_be_above_a_single_limit() -> None:
    assert ask("SPL007", [purchase(), purchase(amount=Decimal("40.01"))], times="1")
    assert not ask("SPL007", [purchase(), purchase(amount=Decimal(40))], times="1")


def test_a_year_tells_its_highest_limit_and_its_ends() -> None:
    days = [date(2024, 2, 1), date(2024, 1, 1), date(2024, 3, 1), date(2024, 2, 2)]
    rows = [
        purchase(award_date=day, amount=Decimal(80), limit=Decimal(limit), limit_source=f"Ley {limit}")
        for day, limit in zip(days, (90, 100, 90, 90), strict=True)
    ]

    (finding,) = ask("SPL007", rows)

    assert finding["facts"]["limit"] == 100
    assert finding["facts"]["limit_source"] == "Ley 100"
    assert (finding["starts"], finding["ends"]) == (date(2024, 1, 1), date(2024, 3, 1))
    assert finding["amount"] == 320


def test_an_amended_direct_award_tells_what_it_began_with_and_what_was_added() -> None:
    (finding,) = ask("SPL008", [purchase()], [Decimal(50), Decimal(-5)])

    assert finding["amount"] == 105
    facts = {name: finding["facts"][name] for name in ("first_amount", "added", "number_of_changes")}
    assert facts == {"first_amount": 60, "added": 45, "number_of_changes": 2}
    assert says("SPL008", finding) == (
        "Hill and Ash: 60 CLP was at or under the limit of 100 CLP, and with what amendments added it is "
        "105 CLP"
    )


def test_lines_of_an_item_are_added_up_over_orders_and_nothing_else_of_them() -> None:
    orders = [
        purchase(contract_id=name, supplier_name=name, item_code=None, award_date=date(2024, 1, day))
        for name, day in (("a", 5), ("b", 4), ("c", 31))
    ]
    lines = [(name, "30", 34) for name in "abc"] + [("a", "30", 1), ("b", "31", 50)]
    items = [
        {"source": "s", "contract_id": name, "item_code": code, "amount": amount, "currency": "CLP"}
        for name, code, amount in lines
    ]

    answer = found("SPL012", {"contracts": frame("contracts", orders), "items": frame("items", items)})

    shown = answer.select("amount", "starts", "ends", "item", "ceiling", "peak").rows()
    assert shown == [(103, date(2024, 1, 4), date(2024, 1, 31), "30", 100, 103)]


@pytest.mark.parametrize("first_day", range(0, 31, 3))
def test_the_lines_of_an_item_are_added_up_wherever_in_the_calendar_their_window_begins(
    first_day: int,
) -> None:
    days = {"a": 0, "b": 15, "c": 30, "d": 91, "e": 122}
    orders = [
        purchase(
            contract_id=name, supplier_name=name, award_date=date(2024, 1, 1) + timedelta(first_day + day)
        )
        for name, day in days.items()
    ]
    line = {"source": "s", "item_code": "30", "amount": 34, "currency": "CLP"}
    items = [{**line, "contract_id": name} for name in days]
    tables = {"contracts": frame("contracts", orders), "items": frame("items", items)}

    assert flagged("SPL012", tables) == [[0, 1, 2]]


def test_a_direct_award_after_calls_tells_the_first_call_and_who_won_them() -> None:
    rows = [
        purchase(procurement_method="open", award_date=date(2024, 1, 3), supplier_name="Elm"),
        purchase(procurement_method="open", award_date=date(2024, 1, 2), amount=Decimal(64)),
        purchase(supplier_name="Bay", award_date=date(2024, 2, 1)),
    ]

    (finding,) = ask("SPL009", rows)

    assert finding["members"] == [0, 1, 2]
    assert (finding["starts"], finding["ends"], finding["amount"]) == (
        date(2024, 1, 2),
        date(2024, 2, 1),
        60,
    )
    facts = {name: finding["facts"][name] for name in ("supplier_name", "winner", "value", "calls")}
    assert facts == {"supplier_name": "Bay", "winner": "Ash", "value": 64, "calls": 2}
