"""What the worked example of PAY001 cannot show: its other settings, its sums, and rows in several files."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl
from asking import frame, rows, told

from spendaudit.rules.duplicate_payment import RULE

PAYMENT: Final = {
    "payer_key": "name:HILL",
    "payer_name": "Hill",
    "payee_key": "name:ASH",
    "payee_name": "Ash",
    "document_id": "inv-1",
    "date": date(2024, 1, 10),
    "amount": Decimal(100),
    "currency": "GBP",
    "file": "june",
}


def found(*changes: dict[str, Any], **settings: Any) -> list[dict[str, Any]]:
    """Ask about one payment for each change of it; rows count from 1."""
    return told(
        "PAY001", {"payments": frame("payments", [PAYMENT | change for change in changes], 1)}, **settings
    )


AGAIN: Final[dict[str, Any]] = {}
LATER: Final[dict[str, Any]] = {"date": date(2024, 3, 1)}
OTHER: Final[dict[str, Any]] = {"document_id": "inv-2"}
BACK: Final[dict[str, Any]] = {"amount": Decimal(-100)}


def test_amount_is_what_was_paid_beyond_the_first_time() -> None:
    small = {"amount": Decimal("7.50")}

    (finding,) = found(AGAIN, small, AGAIN, small, AGAIN)

    assert finding["amount"] == Decimal("207.50")
    assert finding["currency"] == "GBP"
    assert finding["starts"] == finding["ends"] == date(2024, 1, 10)
    assert finding["facts"] == {
        "payer_name": "Hill",
        "payee_name": "Ash",
        "payee_known_by": "name",
        "documents": "inv-1",
        "times": 2,
        "once": Decimal("107.50"),
    }


def test_a_party_with_an_identifier_is_known_by_it_and_named_in_one_spelling() -> None:
    (finding,) = found(
        {"payee_key": "GB-7", "payee_name": "ash ltd", "payer_name": None},
        {"payee_key": "GB-7", "payee_name": "ASH LTD", "payer_name": "Hill Council"},
    )

    assert finding["facts"]["payee_known_by"] == "identifier"
    assert finding["facts"]["payee_name"] == "ASH LTD"
    assert finding["facts"]["payer_name"] == "Hill Council"


def test_any_date_finds_a_document_paid_again_later() -> None:
    (finding,) = found(AGAIN, LATER, match="any-date")

    assert rows([finding]) == [[1, 2]]
    assert (finding["starts"], finding["ends"]) == (date(2024, 1, 10), date(2024, 3, 1))
    assert found(AGAIN, LATER) == []


def test_any_date_compares_everything_else() -> None:
    changes: list[dict[str, Any]] = [
        *({"payer_key": "X"}, {"payee_key": "X"}, {"currency": "EUR"}, {"document_id": "X"}),
        {"amount": Decimal(99)},
    ]

    assert [found(AGAIN, change, match="any-date") for change in changes] == [[], [], [], [], []]


def test_any_date_judges_payments_without_a_date() -> None:
    undated = {"date": None}

    assert rows(found(undated, undated, match="any-date")) == [[1, 2]]
    assert found(undated, undated) == []


def test_any_document_finds_equal_amounts_of_one_day() -> None:
    (finding,) = found(AGAIN, OTHER, {**OTHER, **LATER}, OTHER, {"document_id": None}, match="any-document")

    assert rows([finding]) == [[1, 2, 4, 5]]
    assert finding["facts"]["documents"] == "inv-1, inv-2"
    assert finding["facts"]["times"] == 4
    assert finding["amount"] == Decimal(300)


def test_any_document_compares_everything_else() -> None:
    changes: list[dict[str, Any]] = [
        *({"payer_key": "X"}, {"payee_key": "X"}, {"currency": "EUR"}, LATER),
        {"amount": Decimal(99)},
    ]

    assert [found(AGAIN, change, match="any-document") for change in changes] == [[], [], [], [], []]


def test_any_document_makes_a_finding_of_each_amount() -> None:
    small = {"amount": Decimal(7)}

    assert rows(found(AGAIN, small, OTHER, small, match="any-document")) == [[1, 3], [2, 4]]


def test_payments_that_name_no_document_say_so() -> None:
    nameless = {"document_id": None}

    (finding,) = found(nameless, nameless, match="any-document")

    assert finding["facts"]["documents"] is None


def test_lines_count_alone_when_the_document_need_not_be_whole() -> None:
    single = {"amount": Decimal(7)}

    (finding,) = found(AGAIN, AGAIN, single, whole=False)

    assert rows([finding]) == [[1, 2]]
    assert finding["amount"] == finding["facts"]["once"] == Decimal(100)
    assert found(AGAIN, AGAIN, single) == []


def test_amounts_at_the_floor_are_left_out_and_need_not_be_repeated() -> None:
    cent_more = {"amount": Decimal("7.01")}

    assert found(AGAIN, AGAIN, cent_more, floor="7") == []
    assert rows(found(AGAIN, AGAIN, cent_more, floor="7.01")) == [[1, 2]]
    assert found(AGAIN, AGAIN, floor=100) == []


def test_reversals_reach_as_far_as_the_setting_says() -> None:
    next_day = {**BACK, "date": date(2024, 1, 11)}

    assert found(AGAIN, AGAIN, next_day, reversal_days=1) == []
    assert rows(found(AGAIN, AGAIN, next_day, reversal_days=0)) == [[1, 2]]
    assert found(AGAIN, AGAIN, BACK, reversal_days=0) == []


def test_one_reversal_cancels_one_payment() -> None:
    assert rows(found(AGAIN, AGAIN, AGAIN, BACK)) == [[1, 2]]
    assert found(AGAIN, AGAIN, AGAIN, BACK, BACK) == []
    assert found(*[AGAIN] * 6, *[BACK] * 5) == []
    assert found(AGAIN, AGAIN, BACK, BACK, BACK) == []


def test_a_payment_booked_again_after_its_reversal_stands_once() -> None:
    assert found(AGAIN, BACK, AGAIN, match="any-date") == []
    assert found(AGAIN, {**BACK, "date": date(2024, 1, 11)}, LATER, match="any-date") == []


def test_rows_of_several_files_are_told_apart_by_file_and_row() -> None:
    # The payment of July stands in the same row as one of June, and only that of July was reversed.
    july = {"file": "july", "payee_key": "name:ELM", "payee_name": "Elm"}
    june = [AGAIN, AGAIN]
    cancelled = [{**july, "row": 1}, {**july, "row": 2}, {**july, **BACK, "row": 3}]

    assert rows(found(*june, *cancelled)) == [[1, 2]]


def test_a_reversal_in_a_later_file_cancels() -> None:
    assert found(AGAIN, AGAIN, {**BACK, "file": "july", "date": date(2024, 2, 1)}) == []


def test_amounts_of_zero_are_not_in_question() -> None:
    amounts = pl.LazyFrame({"amount": [Decimal("0.00"), Decimal("0.01"), Decimal("-0.01")]})

    assert amounts.select(RULE.scope(RULE.params.model_validate({}))).collect().to_series().to_list() == [
        False,
        True,
        True,
    ]
