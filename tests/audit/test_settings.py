import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from spendaudit.audit.settings import parse_params
from spendaudit.config import Assignment
from spendaudit.errors import UsageError
from spendaudit.rules._rule import Rule


@pytest.fixture
def rules(make_rule: Callable[..., Rule[Any]]) -> dict[str, Rule[Any]]:
    return {"TST001": make_rule(), "TST002": make_rule("TST002", name="repeats-again")}


def test_rules_keep_their_defaults_until_told_otherwise(rules: dict[str, Rule[Any]]) -> None:
    params = parse_params(["TST001.fewest=3"], rules)

    assert params["TST001"].model_dump()["fewest"] == 3
    assert params["TST002"].model_dump()["fewest"] == 2


def test_amounts_stay_exact(rules: dict[str, Rule[Any]]) -> None:
    params = parse_params(["TST001.floor=123456789012345.6789"], rules)

    assert params["TST001"].model_dump()["floor"] == Decimal("123456789012345.6789")


def test_rules_and_settings_are_found_in_any_case_and_by_name(rules: dict[str, Rule[Any]]) -> None:
    params = parse_params(["tst001.Match = buyer", "repeats-again.fewest=5"], rules)

    assert params["TST001"].model_dump()["match"] == "buyer"
    assert params["TST002"].model_dump()["fewest"] == 5


def test_the_last_of_two_values_holds(rules: dict[str, Rule[Any]]) -> None:
    params = parse_params(["TST001.fewest=4", "TST001.fewest=5"], rules)

    assert params["TST001"].model_dump()["fewest"] == 5


def test_several_values_stand_apart_by_commas(rules: dict[str, Rule[Any]]) -> None:
    params = parse_params(["TST001.methods=direct, limited"], rules)

    assert params["TST001"].model_dump()["methods"] == ("direct", "limited")


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("TST001.fewest=3660", "TST001.fewest: must be at most 100 (got 3660)"),
        ("TST001.fewest=1", "TST001.fewest: must be at least 2 (got 1)"),
        ("TST001.fewest=many", "TST001.fewest: must be a whole number (got many)"),
        ("TST001.fewest=2.5", "TST001.fewest: must be a whole number (got 2.5)"),
        ("TST001.floor=1,000", "TST001.floor: must be a number such as 1234.5 (got 1,000)"),
        ("TST001.floor=nan", "TST001.floor: must be a number such as 1234.5 (got nan)"),
        ("TST001.ceiling=0", "TST001.ceiling: must be above 0 (got 0)"),
        ("TST001.match=all", "TST001.match: must be 'pair' or 'buyer' (got all)"),
    ],
)
def test_a_bad_value_is_refused_with_the_bound_and_the_value(
    rules: dict[str, Rule[Any]], assignment: str, message: str
) -> None:
    with pytest.raises(UsageError) as refused:
        parse_params([assignment], rules)

    assert refused.value.message == message


def test_an_unknown_setting_is_refused_and_the_nearest_offered(rules: dict[str, Rule[Any]]) -> None:
    with pytest.raises(UsageError, match="TST001 has no setting 'fewst'") as refused:
        parse_params(["TST001.fewst=3"], rules)

    assert refused.value.hint == "did you mean TST001.fewest?"


def test_a_setting_of_an_unknown_rule_is_refused(rules: dict[str, Rule[Any]]) -> None:
    with pytest.raises(UsageError, match="no rule is called 'TST01'") as refused:
        parse_params(["TST01.fewest=3"], rules)

    assert refused.value.hint.startswith("did you mean TST00")


@pytest.mark.parametrize("assignment", ["TST001.fewest", "fewest=3", "TST001=3", "=", ""])
def test_what_is_no_assignment_is_refused_with_an_example(
    rules: dict[str, Rule[Any]], assignment: str
) -> None:
    with pytest.raises(UsageError, match="not a setting") as refused:
        parse_params([assignment], rules)

    assert "SPL001.days=60" in refused.value.hint


def test_a_prefix_of_several_rules_has_no_settings(rules: dict[str, Rule[Any]]) -> None:
    with pytest.raises(UsageError, match="TST001, TST002"):
        parse_params(["TST.fewest=3"], rules)


def test_what_was_settled_changes_defaults_and_assignments_change_what_was_settled(
    rules: dict[str, Rule[Any]],
) -> None:
    settled = [
        Assignment("TST001", "fewest", "3", "pyproject.toml"),
        Assignment("Repeats-Again", "fewest", "4", "spendaudit.toml"),
        Assignment("tst001", "methods", ["direct", "open"], "spendaudit.toml"),
        Assignment("TST001", "fewest", "5", "spendaudit.toml"),
        Assignment("TST002", "floor", "7", "spendaudit.toml"),
    ]

    params = parse_params(["TST002.floor=8"], rules, settled)

    assert params["TST001"].model_dump()["fewest"] == 5
    assert params["TST001"].model_dump()["methods"] == ("direct", "open")
    assert params["TST002"].model_dump()["fewest"] == 4
    assert params["TST002"].model_dump()["floor"] == 8


@pytest.mark.parametrize(
    ("rule", "name", "value", "message"),
    [
        ("TST001", "fewest", "3660", "home.toml: TST001.fewest: must be at most 100 (got 3660)"),
        ("TST001", "fewst", "3", "home.toml: TST001 has no setting 'fewst'"),
        ("TST009", "fewest", "3", "home.toml: no rule is called 'TST009'"),
        ("TST001", "fewest", ["3"], "home.toml: TST001.fewest: must be a whole number (got ['3'])"),
    ],
)
def test_a_settled_value_that_cannot_be_names_the_file(
    rules: dict[str, Rule[Any]], rule: str, name: str, value: str | list[str], message: str
) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        parse_params([], rules, [Assignment(rule, name, value, "home.toml")])


def test_a_wrong_assignment_is_not_blamed_on_a_file(rules: dict[str, Rule[Any]]) -> None:
    settled = [Assignment("TST001", "fewest", "3", "home.toml")]

    with pytest.raises(UsageError, match=r"^TST001.fewest: must be at most 100 \(got 500\)"):
        parse_params(["TST001.fewest=500"], rules, settled)
