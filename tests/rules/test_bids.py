"""What settings of the rules on bids change, beyond the examples on their pages."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from asking import flagged, found, frame


def ask(
    rule_id: str, contracts: Sequence[dict[str, Any]], bids: Sequence[dict[str, Any]], **setting: Any
) -> list[list[int]]:
    """The rows (from 0) that each finding names."""
    return flagged(rule_id, of(contracts, bids), **setting)


def of(contracts: Sequence[dict[str, Any]], bids: Sequence[dict[str, Any]]) -> dict[str, pl.LazyFrame]:
    about = {"source": "s", "file": "f"}
    tables = {"contracts": contracts, "bids": bids}
    return {table: frame(table, [about | row for row in rows]) for table, rows in tables.items()}


def bid(tender: str, bidder: str, amount: int | None = None, status: str = "valid") -> dict[str, Any]:
    money = None if amount is None else Decimal(amount)
    return {
        "tender_id": tender,
        "bidder_id": bidder,
        "amount": money,
        "currency": "USD",
        "status": status,
    }


def award(tender: str, winner: str | None = "W", **more: Any) -> dict[str, Any]:
    return {"tender_id": tender, "supplier_id": winner, "status": "active", **more}


def tenders_won_by(*seconds: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    names = [f"T{number}" for number in range(len(seconds))]
    lost = [bid(name, "L", second) for name, second in zip(names, seconds, strict=True)]
    return [award(name) for name in names], [bid(name, "W", 100) for name in names] + lost


def test_a_bid_is_close_where_others_are_not() -> None:
    # Ratios 0.1, 0.1 and seven times 1: quartiles 0.7 and 1, the fence 0.25.
    rows = tenders_won_by(110, 110, *[200] * 7)

    assert ask("BID001", *rows, against="quartiles") == [[0], [1]]
    assert ask("BID001", *rows) == []


def test_where_a_quarter_of_second_bids_equal_the_first_none_is_close() -> None:
    assert ask("BID001", *tenders_won_by(*[100] * 4, *[200] * 5), against="quartiles") == []


def test_a_bid_is_far_below_where_others_are_not() -> None:
    rows = tenders_won_by(130, *range(105, 113))

    assert ask("BID002", *rows, against="quartiles") == [[0]]
    assert ask("BID002", *rows) == []


@pytest.mark.parametrize(("share", "found"), [("0.2", True), ("0.1999", False)])
def test_success_is_rare_up_to_the_share_that_is_asked_for(share: str, found: bool) -> None:
    names = [f"T{number}" for number in range(5)]
    bids = [bid(name, "A") for name in names]
    contracts = [award("T0", "A"), *(award(name) for name in names[1:])]

    assert ask("BID003", contracts, bids, max_share=share) == ([[0, 1, 2, 3, 4]] if found else [])


def test_success_is_compared_with_that_of_other_bidders() -> None:
    # Two in ten where nine bidders won all they bid for: quartiles and fence are 1.
    names = [f"T{number}" for number in range(10)]
    bids = [bid(name, "A") for name in names] + [bid(name, f"W{name}") for name in names[1:]]
    contracts = [award("T0", "A"), award("T1", "A"), *(award(name, f"W{name}") for name in names[1:])]

    assert ask("BID003", contracts, bids, against="quartiles") == [list(range(10))]
    assert ask("BID003", contracts, bids) == []


# Most bidders have no bid that was disqualified: among them any share would be unusual.
@pytest.mark.parametrize(("by", "found"), [("buyer", [[0]]), ("bidder", [])])
def test_disqualified_bids_are_compared_with_those_of_others(by: str, found: list[list[int]]) -> None:
    bids = [bid("T0", "D", status="disqualified"), bid("T1", "D"), *(bid(f"T{n}", f"S{n}") for n in range(6))]
    contracts = [award(f"T{n}", buyer_key=f"B{n}") for n in range(6)]

    asked = ask("BID008", contracts, bids, by=by, against="quartiles", min_bids=1, min_tenders=1)

    assert asked == found


@pytest.mark.parametrize("rule_id", ["BID011", "BID012"])
def test_two_bidders_met_from_their_first_to_their_last_bid(rule_id: str) -> None:
    days = [date(2024, 3, day) for day in range(1, 9)]
    made = [("T1", "A", 3), ("T1", "A", 7), ("T1", "B", 4), ("T2", "A", 5), ("T2", "B", 2), ("T2", "B", 0)]
    rows = [bid(tender, bidder) | {"date": days[day]} for tender, bidder, day in made]
    rows += [bid("T3", "A"), bid("T3", "B")]
    won = [award(tender, "A", decision_date=days[7]) for tender in ("T1", "T2", "T3")]

    answer = found(rule_id, of(won, rows), min_tenders=3, min_share=0)

    assert answer.select("starts", "ends", "tenders").rows() == [(days[0], days[7], 3)]
