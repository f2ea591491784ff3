from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from spendaudit.audit.sensitivity import Sensitivity, sensitivity
from spendaudit.errors import UsageError
from spendaudit.model.run import Input
from spendaudit.model.tables import Tables
from spendaudit.rules._rule import Rule

Tried = Callable[..., Sensitivity]


@pytest.fixture
def tried(
    make_rule: Callable[..., Rule[Any]], make_tables: Callable[..., Tables], inputs: tuple[Input, ...]
) -> Tried:
    """Tries values on three contracts of one supplier, two of another, and two more in another currency."""
    suppliers = "AAABB"
    rows = [{"supplier_key": one, "amount": place} for place, one in enumerate(suppliers, start=1)]
    rows += [{"supplier_key": "B", "amount": 7, "currency": "USD", "contract_id": None}] * 2

    def of(assignment: str, **own: Any) -> Sensitivity:
        rule = make_rule()
        params = {rule.id: rule.params(**own)}
        return sensitivity(assignment, {rule.id: rule}, params, make_tables(rows), inputs)

    return of


def test_each_value_is_compared_with_the_audits_own(tried: Tried) -> None:
    found = tried("TST001.fewest=3,2,4")
    most, own, none = found.trials

    assert (found.rule, found.setting) == ("TST001", "fewest")
    assert [one.value for one in found.trials] == ["3", "2", "4"]
    assert [one.own for one in found.trials] == [False, True, False]
    assert [one.findings for one in found.trials] == [1, 3, 0]
    assert (most.gained, most.lost, most.rows_gained, most.rows_lost) == (0, 2, 0, 4)
    assert (none.gained, none.lost, none.rows_gained, none.rows_lost) == (0, 3, 0, 7)
    assert (own.gained, own.lost, own.rows_gained, own.rows_lost) == (0, 0, 0, 0)
    assert (own.flagged, own.evaluated, own.base_rate) == (7, 7, 1.0)


def test_amounts_of_two_currencies_are_not_added_up(tried: Tried) -> None:
    (own,) = tried("TST001.fewest=2").trials

    assert own.amounts == {"CLP": Decimal(15), "USD": Decimal(14)}


def test_the_audits_own_value_is_tried_first_when_it_is_not_among_them(tried: Tried) -> None:
    found = tried("TST001.fewest=2", fewest=3)

    assert [(one.value, one.own, one.gained) for one in found.trials] == [("3", True, 0), ("2", False, 2)]


def test_other_settings_stay_as_the_audit_has_them(tried: Tried) -> None:
    assert [one.flagged for one in tried("TST001.fewest=2", floor=Decimal(4)).trials] == [4]


def test_a_finding_with_one_row_less_is_another_one(tried: Tried) -> None:
    _, other = tried("TST001.floor=0,2").trials

    assert (other.gained, other.lost, other.rows_gained, other.rows_lost) == (1, 1, 0, 1)


def test_values_that_are_lists_stand_apart_by_semicolons(tried: Tried) -> None:
    found = tried("TST001.methods=direct; open,direct")

    assert [(one.value, one.own) for one in found.trials] == [("direct", True), ("open,direct", False)]


def test_one_value_twice_is_tried_once(tried: Tried) -> None:
    assert len(tried("TST001.fewest=2,2").trials) == 1


@pytest.mark.parametrize(
    ("assignment", "said"),
    [
        ("TST001.fewest", "not a setting: 'TST001.fewest'"),
        ("TST001.fewest=2,,3", "there is no value beside a comma"),
        ("TST001.fewest=2,one", r"TST001\.fewest: must be a whole number \(got one\)"),
        ("TST001.fewest=1", r"TST001\.fewest: must be at least 2 \(got 1\)"),
        ("TST001.least=1", "TST001 has no setting 'least'"),
        ("TST009.fewest=1", "no rule is called 'TST009'"),
    ],
)
def test_what_cannot_be_tried_is_refused(tried: Tried, assignment: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        tried(assignment)
