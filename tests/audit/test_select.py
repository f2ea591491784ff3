from collections.abc import Callable, Sequence
from typing import Any

import pytest

from spendaudit.audit.select import for_readers, select_rules
from spendaudit.errors import UsageError
from spendaudit.rules._rule import Precision, Rule


@pytest.fixture
def rules(make_rule: Callable[..., Rule[Any]]) -> dict[str, Rule[Any]]:
    made = [
        make_rule("SPL001", name="split-purchases", ocp=("R011", "R055")),
        make_rule("SPL003", name="same-day-split", ocp=("R011",)),
        make_rule("BUD001", name="budget-overrun", ocp=()),
    ]
    return {rule.id: rule for rule in made}


def chosen(rules: dict[str, Rule[Any]], select: Sequence[str] = (), ignore: Sequence[str] = ()) -> list[str]:
    return [rule.id for rule in select_rules(rules, select, ignore)]


def test_without_a_word_every_rule_runs_in_the_order_of_ids(rules: dict[str, Rule[Any]]) -> None:
    assert chosen(rules) == ["BUD001", "SPL001", "SPL003"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("SPL001", ["SPL001"]),
        ("spl001", ["SPL001"]),
        ("Spl", ["SPL001", "SPL003"]),
        ("same-day-split", ["SPL003"]),
        ("Same-Day-Split", ["SPL003"]),
        ("r011", ["SPL001", "SPL003"]),
        ("R055", ["SPL001"]),
    ],
)
def test_a_rule_is_meant_by_id_prefix_name_or_number(
    rules: dict[str, Rule[Any]], word: str, meant: list[str]
) -> None:
    assert chosen(rules, [word]) == meant


def test_ignoring_takes_away_from_what_was_selected(rules: dict[str, Rule[Any]]) -> None:
    assert chosen(rules, ["SPL", "BUD"], ["R055"]) == ["BUD001", "SPL003"]


@pytest.mark.parametrize(
    ("word", "nearest"), [("SPL01", "SPL001"), ("budget-overun", "budget-overrun"), ("R01", "R011")]
)
def test_an_unknown_word_is_refused_and_the_nearest_offered(
    rules: dict[str, Rule[Any]], word: str, nearest: str
) -> None:
    with pytest.raises(UsageError) as refused:
        select_rules(rules, [word])

    assert repr(word) in refused.value.message
    assert refused.value.hint == f"did you mean {nearest}?"


@pytest.mark.parametrize("word", ["", "  "])
def test_an_empty_word_means_no_rule(rules: dict[str, Rule[Any]], word: str) -> None:
    with pytest.raises(UsageError):
        select_rules(rules, [word])


def test_an_unknown_word_is_refused_in_ignore_too(rules: dict[str, Rule[Any]]) -> None:
    with pytest.raises(UsageError, match="XYZ"):
        select_rules(rules, [], ["XYZ"])


def test_running_no_rule_at_all_is_refused(rules: dict[str, Rule[Any]]) -> None:
    with pytest.raises(UsageError, match="no rule is left"):
        select_rules(rules, ["BUD"], ["BUD001"])


def test_a_reader_is_spared_rules_that_say_little_but_for_those_that_are_named(
    make_rule: Callable[..., Rule[Any]],
) -> None:
    rules = {
        "AAA001": make_rule("AAA001", precision=Precision.HIGH),
        "AAA002": make_rule("AAA002", name="context", precision=Precision.LOW, ocp=("R001",)),
        "BBB001": make_rule("BBB001", name="more-context", precision=Precision.LOW),
    }
    chosen = list(rules.values())

    def kept(*select: str) -> tuple[list[str], tuple[str, ...]]:
        left, spared = for_readers(chosen, rules, select)
        return [rule.id for rule in left], spared

    assert kept() == (["AAA001"], ("AAA002", "BBB001"))
    assert kept("AAA", "context") == (["AAA001", "AAA002"], ("BBB001",))
    assert kept("R001", "BBB") == (["AAA001", "AAA002", "BBB001"], ())


def test_a_reader_who_is_spared_every_rule_is_told_how_to_ask_them(
    make_rule: Callable[..., Rule[Any]],
) -> None:
    rules = {id_: make_rule(id_, precision=Precision.LOW) for id_ in ("AAA001", "AAA002")}

    with pytest.raises(UsageError, match="no rule is left") as refused:
        for_readers(list(rules.values()), rules, ["AAA"])
    assert "--persona auditor" in refused.value.hint
