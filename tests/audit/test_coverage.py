from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from spendaudit.audit.coverage import Coverage, measure
from spendaudit.model.run import Gap, State
from spendaudit.model.tables import Tables
from spendaudit.rules._rule import Rule, Stage

Rows = list[dict[str, Any]]


@pytest.fixture
def covered(
    make_rule: Callable[..., Rule[Any]], make_tables: Callable[..., Tables]
) -> Callable[..., Coverage]:
    def measured(rows: Rows, table: str = "contracts", **changes: Any) -> Coverage:
        rule = make_rule(**changes)
        return measure(make_tables(rows, table), [rule], {rule.id: rule.params()})[rule.id]

    return measured


def told(coverage: Coverage) -> Coverage:
    """All but the gaps, which the reason puts in words."""
    return replace(coverage, gaps=())


def test_complete_rows_need_no_reason(covered: Callable[..., Coverage]) -> None:
    assert told(covered([{"amount": 1}, {"amount": 2}])) == Coverage(
        rows=2, applicable=2, evaluated=2, reason="", state=None
    )


def test_rows_without_a_needed_column_are_counted_and_named(covered: Callable[..., Coverage]) -> None:
    rows: Rows = [{"amount": 1}, {"amount": None}, {"amount": None, "currency": None}]

    assert told(covered(rows)) == Coverage(
        rows=3,
        applicable=3,
        evaluated=1,
        reason="2 of 3 contracts lack amount; 1 lacks currency",
        state=None,
    )


def test_a_rule_that_can_judge_no_row_is_not_evaluable(covered: Callable[..., Coverage]) -> None:
    coverage = covered([{"amount": None}] * 1200)

    assert coverage.state is State.NOT_EVALUABLE
    assert coverage.reason == "all contracts lack amount"


def test_rows_out_of_scope_are_not_counted_as_lacking(covered: Callable[..., Coverage]) -> None:
    rows: Rows = [{"amount": 1}, {"amount": None, "procurement_method": "open"}]

    assert told(covered(rows)) == Coverage(rows=2, applicable=1, evaluated=1, reason="", state=None)


def test_a_rule_that_no_row_is_about_is_not_applicable(covered: Callable[..., Coverage]) -> None:
    coverage = covered([{"amount": 1, "procurement_method": "open"}] * 2)

    assert coverage.state is State.NOT_APPLICABLE
    assert (coverage.rows, coverage.applicable, coverage.evaluated) == (2, 0, 0)
    assert coverage.reason == "it asks about none of the 2 contracts, going by procurement_method"


def test_contracts_that_came_to_nothing_are_asked_about_their_data_only(
    covered: Callable[..., Coverage],
) -> None:
    rows: Rows = [{"amount": 1, "is_void": True}, {"amount": 1, "is_void": False}, {"amount": None}]

    assert covered(rows).applicable == 2
    assert covered(rows).evaluated == 1
    assert covered(rows, stage=Stage.DATA_QUALITY).evaluated == 2


def test_that_all_contracts_came_to_nothing_is_told(covered: Callable[..., Coverage]) -> None:
    coverage = covered([{"amount": 1, "is_void": True}] * 2, scope=lambda _: pl.lit(value=True))

    assert coverage.state is State.NOT_APPLICABLE
    assert coverage.reason == "it asks about none of the 2 contracts, going by status"


def test_only_what_all_rows_lack_is_told_where_none_can_be_judged(covered: Callable[..., Coverage]) -> None:
    rows: Rows = [
        {"amount": None, "currency": None},
        {"amount": None},
        {"amount": 1, "procurement_method": "open"},
    ]

    assert covered(rows).reason == "all contracts in question lack amount"


def test_what_many_columns_lack_is_told_together(covered: Callable[..., Coverage]) -> None:
    rows: Rows = [{"amount": None, "currency": None, "supplier_key": None}, {"amount": 1}]
    needs = {"contracts": {"amount", "currency", "supplier_key", "procurement_method"}}

    assert (
        covered(rows, needs=needs).reason
        == "1 of 2 contracts lacks amount; as many lack currency, a supplier"
    )


def test_a_row_whose_scope_cannot_be_told_lacks_something(covered: Callable[..., Coverage]) -> None:
    coverage = covered([{"amount": 1, "procurement_method": None}] * 2)

    assert coverage.state is State.NOT_EVALUABLE
    assert coverage.applicable == 2
    assert coverage.reason == "all contracts lack procurement_method"


def test_a_rule_about_every_row_counts_every_row(covered: Callable[..., Coverage]) -> None:
    coverage = covered([{"amount": 1}] * 3, scope=lambda _: pl.lit(value=True))

    assert (coverage.applicable, coverage.evaluated) == (3, 3)


def test_a_table_that_nobody_loaded_is_named(covered: Callable[..., Coverage]) -> None:
    coverage = covered(
        [{"amount": 1}], needs={"contracts": {"amount", "procurement_method"}, "items": {"line"}}
    )

    assert coverage.state is State.NOT_EVALUABLE
    assert (coverage.rows, coverage.evaluated) == (1, 0)
    assert coverage.reason == "no items were loaded"


def test_an_absent_budget_is_spoken_of_in_the_plural(covered: Callable[..., Coverage]) -> None:
    assert covered([], table="payments").reason == "no contracts were loaded"
    assert covered(
        [], subject="budget", needs={"budget": {"executed"}}, scope=lambda _: pl.lit(value=True)
    ).reason == ("no budget lines were loaded")


def test_an_empty_table_is_not_clean(covered: Callable[..., Coverage]) -> None:
    coverage = covered([])

    assert coverage.state is State.NOT_EVALUABLE
    assert coverage.reason == "there are no contracts"


def test_one_of_several_columns_is_enough(covered: Callable[..., Coverage]) -> None:
    rows: Rows = [{"amount": 1, "url": None}, {"amount": 1, "url": None, "title": "x"}, {"amount": 1}]

    coverage = covered(rows, either=frozenset({"title", "url"}))

    assert coverage.evaluated == 2
    assert coverage.reason == "1 of 3 contracts lacks title or url"


def test_a_setting_can_make_a_column_unnecessary(
    make_rule: Callable[..., Rule[Any]], make_tables: Callable[..., Tables]
) -> None:
    rule = make_rule(needs={"contracts": frozenset({"amount", "limit", "procurement_method"})})
    tables = make_tables([{"amount": 1}])

    lawful = measure(tables, [rule], {rule.id: rule.params()})
    given = measure(tables, [rule], {rule.id: rule.params(ceiling=Decimal(100))})

    assert lawful[rule.id].reason == "the only contract lacks a known legal limit"
    assert given[rule.id].evaluated == 1


def test_rules_are_counted_apart_in_one_pass(
    make_rule: Callable[..., Rule[Any]], make_tables: Callable[..., Tables]
) -> None:
    strict = make_rule("TST002", needs={"contracts": frozenset({"title", "procurement_method"})})
    plain = make_rule("TST001", needs={"contracts": frozenset({"procurement_method"})})
    params = {rule.id: rule.params() for rule in (strict, plain)}

    counted = measure(make_tables([{"title": "x"}, {}]), [plain, strict], params)

    assert (counted["TST001"].evaluated, counted["TST002"].evaluated) == (2, 1)


def test_what_is_missing_is_counted_column_by_column(covered: Callable[..., Coverage]) -> None:
    rows: Rows = [{"amount": None, "currency": None}, {"amount": None}, {"amount": 1, "currency": None}]

    everywhere = covered([{"amount": None}] * 2).gaps

    assert covered(rows).gaps == (
        Gap("contracts", "amount", 2, everywhere=False),
        Gap("contracts", "currency", 2, everywhere=False),
    )
    assert everywhere == (Gap("contracts", "amount", 2, everywhere=True),)


@pytest.mark.parametrize("table", ["payments", "contracts"])
def test_a_table_without_rows_is_one_gap(covered: Callable[..., Coverage], table: str) -> None:
    assert covered([], table=table).gaps == (Gap("contracts", "", 0, everywhere=True),)
