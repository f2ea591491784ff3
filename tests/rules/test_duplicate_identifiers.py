"""What the worked example of DQ002 cannot show: what a finding adds up to, and in what its rows differ."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest
from asking import frame, told

CONTRACT: Final[dict[str, Any]] = {
    "source": "portal",
    "file": "june",
    "contract_id": "C-1",
    "buyer_key": "name:HILL",
    "supplier_key": "name:ASH",
    "title": "Chairs",
    "decision_date": date(2024, 6, 3),
    "amount": Decimal(100),
    "currency": "CLP",
}


def found(*changes: dict[str, Any]) -> list[dict[str, Any]]:
    """Ask about one contract for each change of it; rows count from 1."""
    return told(
        "DQ002", {"contracts": frame("contracts", [CONTRACT | change for change in changes], first=1)}
    )


def test_rows_that_differ_in_nothing_say_so() -> None:
    (finding,) = found({}, {}, {})

    assert finding["facts"] == {"contract_id": "C-1", "files": 1, "differ": "nothing"}
    assert finding["members"] == [1, 2, 3]
    assert finding["starts"] == finding["ends"] == date(2024, 6, 3)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"buyer_key": "X"}, "buyer"),
        ({"supplier_key": "X"}, "supplier"),
        ({"title": "Tables"}, "title"),
        ({"decision_date": date(2024, 6, 4)}, "date"),
        ({"amount": Decimal(101)}, "amount"),
        ({"currency": "USD"}, "currency"),
        ({"amount": None}, "amount"),
        ({"amount": Decimal(1), "title": "Tables"}, "title, amount"),
    ],
)
def test_rows_are_compared_column_by_column(change: dict[str, Any], word: str) -> None:
    (finding,) = found({}, change)

    assert finding["facts"]["differ"] == word


def test_files_are_counted_and_dates_told() -> None:
    (finding,) = found({}, {"file": "july", "decision_date": date(2024, 7, 1)}, {"file": "july"})

    assert finding["facts"]["files"] == 2
    assert (finding["starts"], finding["ends"]) == (date(2024, 6, 3), date(2024, 7, 1))


def test_amount_is_what_the_rows_add_beyond_the_largest() -> None:
    amounts = [{"amount": Decimal(amount)} for amount in (30, 100, 20)]

    (finding,) = found(*amounts)

    assert finding["amount"] == Decimal(50)
    assert finding["currency"] == "CLP"


def test_credits_and_missing_amounts_add_nothing() -> None:
    (finding,) = found({"amount": Decimal("0.50")}, {}, {"amount": Decimal("-0.50")}, {"amount": None})

    assert finding["amount"] == Decimal("0.50")


def test_two_currencies_make_no_sum() -> None:
    (finding,) = found({}, {}, {"currency": "USD"})

    assert finding["amount"] is None
    assert finding["currency"] is None


def test_nothing_is_said_of_money_that_was_not_published() -> None:
    (finding,) = found({"amount": None}, {"amount": None})

    assert finding["amount"] is None
