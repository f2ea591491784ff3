from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from spendaudit.model.findings import Severity
from spendaudit.model.run import Finding
from spendaudit.model.tables import MONEY
from spendaudit.model.working import Term, working

Worked = Callable[..., list[str]]

FINDING = Finding(
    fingerprint="0" * 16,
    rule="TST001",
    rule_name="test",
    rule_version=1,
    severity=Severity.LOW,
    amount=Decimal(0),
    currency="CLP",
    starts=None,
    ends=None,
    message="",
    facts={},
    members=(),
)


@pytest.fixture
def worked() -> Worked:
    """Works an amount out of columns and facts, and writes it down."""

    def out(amount: Any, facts: dict[str, Any] | None = None, /, **columns: list[Any]) -> list[str]:
        rows = pl.DataFrame(columns, schema=dict.fromkeys(columns, MONEY))
        finding = replace(FINDING, amount=None if amount is None else Decimal(amount), facts=facts or {})
        return [f"{'-' if one.taken else ''}{one.name}" for one in working(finding, rows, list(columns))]

    return out


def test_what_the_rows_add_up_to_is_a_sum(worked: Worked) -> None:
    assert worked(6, executed=[1, 2, 3]) == ["sum of executed"]
    assert worked(3, executed=[3]) == ["executed"]
    assert worked(9, amount=[1, 2], paid=[4, 5]) == ["sum of paid"]


def test_what_one_column_is_above_another_is_a_difference(worked: Worked) -> None:
    assert worked(2, executed=[5], adjusted=[3]) == ["executed", "-adjusted"]
    assert worked(-2, executed=[3], adjusted=[5]) == ["executed", "-adjusted"]
    assert worked(4, amount=[5, 5], estimate=[3, 3]) == ["sum of amount", "-sum of estimate"]


def test_facts_of_the_rule_are_thought_of_before_columns(worked: Worked) -> None:
    facts = {"paid": Decimal(7), "worth": Decimal(5), "contract": "C1", "times": 2}

    assert worked(2, facts, amount=[3], initial=[1]) == ["paid", "-worth"]
    assert worked(4, facts, amount=[3]) == ["paid", "-amount"]
    assert worked(5, facts, amount=[3]) == ["worth"]


def test_of_facts_that_come_to_the_same_those_that_the_sentence_names_are_shown() -> None:
    facts = {name: Decimal(3) for name in ("approved", "adjusted")} | {"executed": Decimal(5)}
    finding = replace(FINDING, amount=Decimal(2), facts=facts)

    worked = working(finding, pl.DataFrame({"x": [0]}), [], {"executed", "adjusted", "line"})

    assert [one.name for one in worked] == ["executed", "adjusted"]


def test_one_row_may_be_what_it_is_about(worked: Worked) -> None:
    assert worked(5, amount=[5, -5]) == ["largest amount"]


def test_a_column_that_some_row_lacks_adds_up_to_nothing(worked: Worked) -> None:
    assert worked(5, amount=[3, 2, None]) == []


def test_nothing_is_shown_where_nothing_comes_to_the_amount(worked: Worked) -> None:
    assert worked(100, {"peak": Decimal(9)}, amount=[1, 2]) == []
    assert worked(None, amount=[0]) == []


def test_the_terms_carry_their_values() -> None:
    rows = pl.DataFrame({"executed": [5], "adjusted": [3]}, schema={"executed": MONEY, "adjusted": MONEY})

    assert working(replace(FINDING, amount=Decimal(2)), rows, ["executed", "adjusted"]) == (
        Term("executed", Decimal(5)),
        Term("adjusted", Decimal(3), taken=True),
    )
