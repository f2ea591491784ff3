"""What the examples of the rules on payments cannot show: other settings, their sums, and several files."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from asking import frame, rows, told

PAYMENT: Final[dict[str, Any]] = {
    "file": "june",
    "payer_key": "name:HILL",
    "payer_name": "Hill",
    "payee_key": "name:ASH",
    "payee_name": "Ash",
    "document_id": "inv-1",
    "contract_id": "c1",
    "date": date(2024, 1, 10),
    "amount": Decimal(100),
    "currency": "GBP",
}
CONTRACT: Final[dict[str, Any]] = {
    "source": "one",
    "file": "contracts",
    "row": 1,
    "contract_id": "c1",
    "date_signed": date(2024, 1, 20),
    "amount": Decimal(80),
    "currency": "GBP",
}
AGAIN: Final[dict[str, Any]] = {"document_id": "inv-2"}
BACK: Final[dict[str, Any]] = {"amount": Decimal(-100)}


def found(rule_id: str, *changes: dict[str, Any], **settings: Any) -> list[dict[str, Any]]:
    """Ask about one payment for each change of it; rows count from 1."""
    payments = frame("payments", [PAYMENT | change for change in changes], first=1)
    return told(rule_id, {"payments": payments, "contracts": frame("contracts", [CONTRACT])}, **settings)


def on(day: int, **change: Any) -> dict[str, Any]:
    return {**change, "date": date(2024, 1, day)}


def test_an_amount_paid_again_is_told_with_its_documents_and_days() -> None:
    (finding,) = found("PAY002", {}, on(13, **AGAIN))

    assert finding["amount"] == Decimal(100)
    assert (finding["starts"], finding["ends"]) == (date(2024, 1, 10), date(2024, 1, 13))
    assert finding["facts"] == {
        "payer_name": "Hill",
        "payee_name": "Ash",
        "payee_known_by": "name",
        "documents": "inv-1, inv-2",
        "payments": 2,
        "once": Decimal(100),
        "days": 3,
    }


def test_how_often_an_amount_may_stand_and_how_near_is_a_setting() -> None:
    three: list[dict[str, Any]] = [{}, on(13, **AGAIN), on(30, document_id="inv-3")]

    assert found("PAY002", *three) == []
    assert rows(found("PAY002", *three, most=3)) == [[1, 2]]
    (all_three,) = found("PAY002", *three, most=3, days=17)
    assert rows([all_three]) == [[1, 2, 3]]
    assert all_three["amount"] == Decimal(200)


def test_sums_of_documents_are_compared_with_the_floor() -> None:
    half = {"amount": Decimal(50)}
    parts = (half, half, {**AGAIN, **half}, {**AGAIN, **half})

    assert rows(found("PAY002", *parts, floor="99.99")) == [[1, 2, 3, 4]]
    assert found("PAY002", *parts, floor=100) == []


def test_a_payment_that_was_taken_back_is_not_paid_again() -> None:
    back = on(25, **BACK)

    assert found("PAY002", {}, AGAIN, back) == []
    assert rows(found("PAY002", {}, AGAIN, back, reversal_days=14)) == [[1, 2]]


def test_rows_without_a_document_are_told_apart_by_file_and_row() -> None:
    nameless = {"document_id": None, "row": 7}

    assert rows(found("PAY002", nameless, {**nameless, "file": "july"})) == [[7, 7]]


def test_a_reversal_is_told_with_its_days() -> None:
    (finding,) = found("PAY013", {}, on(13, **BACK))

    assert finding["amount"] == Decimal(100)
    assert (finding["facts"]["days"], finding["facts"]["documents"]) == (3, "inv-1")


def test_reversals_reach_as_far_as_the_setting_says_and_small_ones_are_left_out() -> None:
    assert found("PAY013", {}, on(13, **BACK), days=2) == []
    assert rows(found("PAY013", {}, on(13, **BACK), days=3, floor="99.99")) == [[1, 2]]
    assert found("PAY013", {}, on(13, **BACK), floor=100) == []


def test_a_contract_may_be_exceeded_by_the_tolerance() -> None:
    (finding,) = found("PAY003", {}, tolerance="0.2499")

    assert finding["amount"] == Decimal(20)
    assert (finding["facts"]["worth"], finding["facts"]["paid"]) == (Decimal(80), Decimal(100))
    assert found("PAY003", {}, tolerance="0.25") == []


def test_payments_shortly_before_a_signature_may_be_allowed() -> None:
    (finding,) = found("PAY005", {}, on(15), days=9)

    assert rows([finding]) == [[1]]
    assert (finding["facts"]["signed"], finding["facts"]["days"]) == (date(2024, 1, 20), 10)
    assert found("PAY005", {}, days=10) == []


def test_the_share_of_payments_with_a_contract_and_the_floor_are_settings() -> None:
    nothing = {"contract_id": None}
    unknown = {"contract_id": "c9"}

    (finding,) = found("PAY012", {}, {}, nothing, unknown, floor="199.99")

    assert rows([finding]) == [[3, 4]]
    assert finding["facts"]["unknown_contracts"] == 1
    assert found("PAY012", {}, {}, nothing, unknown, floor=200) == []
    assert found("PAY012", {}, {}, nothing, unknown, linked="0.51") == []


def test_weekends_differ_from_country_to_country() -> None:
    week = [on(day) for day in range(1, 8)]

    def days(**settings: Any) -> list[str]:
        return [finding["facts"]["weekday"] for finding in found("PAY007", *week, **settings)]

    assert days() == ["Saturday", "Sunday"]
    assert days(weekend="friday-saturday") == ["Friday", "Saturday"]
    assert days(weekend="sunday") == ["Sunday"]


def test_last_days_of_months_are_asked_when_wanted_and_small_sums_left_out() -> None:
    end = {"date": date(2024, 3, 31)}

    assert found("PAY007", end) == []
    assert rows(found("PAY007", end, end, month_end=True, floor="199.99")) == [[1, 2]]
    assert found("PAY007", end, end, month_end=True, floor=200) == []


def test_payments_without_a_name_are_added_up_by_label() -> None:
    hidden = {"payee_key": None, "payee_name": "Redacted", "category": "care"}

    (finding,) = found("PAY010", hidden, {**hidden, "category": "rent"})

    assert finding["amount"] == Decimal(200)
    assert finding["facts"] == {"payer_name": "Hill", "label": "Redacted", "categories": 2}
    assert found("PAY010", hidden, floor=100) == []
