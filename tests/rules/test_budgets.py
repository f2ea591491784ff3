"""What the examples of the rules on budget lines cannot show: sums, names, dates and other settings."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest
from asking import WAGES, frame, rows, told

JUNE: Final = date(2024, 6, 30)
LINE: Final[dict[str, Any]] = {
    **WAGES,
    "file": "june",
    "period_end": JUNE,
    "functional_label": "Defence",
    "administrative_label": "Staff",
    "approved": Decimal(100),
    "adjusted": Decimal(200),
    "executed": Decimal(300),
}


def found(rule_id: str, *changes: dict[str, Any], **settings: Any) -> list[dict[str, Any]]:
    """Ask about one line for each change of it; rows count from 1."""
    return told(
        rule_id, {"budget": frame("budget", [LINE | change for change in changes], first=1)}, **settings
    )


def test_an_overrun_says_who_spent_how_much_of_what_on_which_line() -> None:
    (finding,) = found("BUD001", {})

    assert finding["amount"] == Decimal(100)
    assert finding["currency"] == "CLP"
    assert finding["starts"] == finding["ends"] == JUNE
    assert finding["facts"] == {
        "institution_name": "Ministry",
        "line": "Wages",
        "fiscal_year": 2024,
        "approved": Decimal(100),
        "adjusted": Decimal(200),
        "executed": Decimal(300),
        "ratio": Decimal("1.5"),
    }


def test_an_overrun_of_the_approved_budget_is_measured_from_the_approved() -> None:
    (finding,) = found("BUD002", {})

    assert finding["amount"] == Decimal(200)
    assert finding["facts"]["ratio"] == Decimal(3)
    assert finding["facts"]["adjusted"] == Decimal(200)


def test_spending_without_an_appropriation_counts_in_full() -> None:
    (finding,) = found("BUD009", {"adjusted": Decimal(0)})

    assert finding["amount"] == Decimal(300)
    assert finding["facts"]["approved"] == Decimal(100)
    assert finding["facts"]["adjusted"] == Decimal(0)
    assert finding["facts"]["executed"] == Decimal(300)


@pytest.mark.parametrize(
    ("committed", "paid", "amount", "contradiction"),
    [
        (250, 310, 50, "executed > committed, paid > executed"),
        (290, 350, 50, "executed > committed, paid > executed"),
        (250, 0, 50, "executed > committed"),
        (None, 320, 20, "paid > executed"),
    ],
)
def test_a_contradiction_is_measured_by_the_largest_and_told_in_words(
    committed: int | None, paid: int, amount: int, contradiction: str
) -> None:
    (finding,) = found("BUD012", {"committed": committed, "paid": paid})

    assert finding["amount"] == Decimal(amount)
    assert finding["facts"]["contradiction"] == contradiction
    assert finding["facts"]["committed"] == committed
    assert finding["facts"]["executed"] == Decimal(300)
    assert finding["facts"]["paid"] == paid


@pytest.mark.parametrize(
    ("missing", "line"),
    [
        ((), "Wages"),
        (("economic_label",), "Defence"),
        (("economic_label", "functional_label"), "Staff"),
        (("economic_label", "functional_label", "administrative_label"), "21-03"),
    ],
)
def test_a_line_is_called_by_what_it_is_spent_on(missing: tuple[str, ...], line: str) -> None:
    (finding,) = found("BUD001", dict.fromkeys(missing))

    assert finding["facts"]["line"] == line


def test_an_institution_without_a_name_is_called_by_its_code() -> None:
    (finding,) = found("BUD001", {"institution_name": None})

    assert finding["facts"]["institution_name"] == "05-01"


def test_several_dates_of_a_line_are_one_finding_with_the_figures_of_the_last() -> None:
    may = {"file": "may", "period_end": date(2024, 5, 31), "executed": Decimal(900)}

    (finding,) = found("BUD001", {}, may)

    assert rows([finding]) == [[1, 2]]
    assert finding["amount"] == Decimal(100)
    assert finding["facts"]["executed"] == Decimal(300)
    assert (finding["starts"], finding["ends"]) == (date(2024, 5, 31), JUNE)


def test_where_no_date_is_known_the_largest_excess_is_the_last() -> None:
    undated = {"period_end": None}

    (finding,) = found("BUD001", {**undated, "executed": Decimal(400)}, undated)

    assert finding["amount"] == Decimal(200)
    assert finding["facts"]["executed"] == Decimal(400)
    assert finding["starts"] is finding["ends"] is None


def test_lines_of_two_sources_are_two_lines() -> None:
    assert rows(found("BUD001", {}, {"source": "other"})) == [[1], [2]]


def test_lines_without_a_code_are_told_apart_by_their_place() -> None:
    nameless = {"line_id": None}

    findings = found("BUD001", nameless, nameless, {**nameless, "file": "may", "row": 1})

    assert rows(findings) == [[1], [2], [1]]


@pytest.mark.parametrize("rule_id", ["BUD001", "BUD002"])
def test_a_tolerance_is_a_share_of_the_limit(rule_id: str) -> None:
    limits = {"approved": Decimal(100), "adjusted": Decimal(100)}
    at, over = {**limits, "executed": Decimal(125)}, {**limits, "executed": Decimal("125.01")}

    assert found(rule_id, at, tolerance="0.25") == []
    assert rows(found(rule_id, over, tolerance="0.25")) == [[1]]


@pytest.mark.parametrize("rule_id", ["BUD001", "BUD002"])
def test_limits_at_the_floor_are_placeholders(rule_id: str) -> None:
    at = {"approved": Decimal(10), "adjusted": Decimal(10)}
    above = {"approved": Decimal("10.01"), "adjusted": Decimal("10.01")}

    assert found(rule_id, at, floor=10) == []
    assert rows(found(rule_id, above, floor=10)) == [[1]]


def test_spending_at_the_floor_is_left_out() -> None:
    bare = {"adjusted": Decimal(0)}

    assert found("BUD009", bare, floor=300) == []
    assert rows(found("BUD009", {**bare, "executed": Decimal("300.01")}, floor=300)) == [[1]]


def test_rounding_may_be_set_to_thousands() -> None:
    at, over = {"paid": Decimal(1300)}, {"paid": Decimal("1300.01")}

    assert found("BUD012", at, rounding=1000) == []
    assert rows(found("BUD012", over, rounding=1000)) == [[1]]
