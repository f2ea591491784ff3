from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from spendaudit.audit.run import audit
from spendaudit.audit.score import Part, Score, Who, scores, weigh
from spendaudit.errors import UsageError
from spendaudit.model.findings import Severity
from spendaudit.model.run import Input, Run
from spendaudit.model.tables import Tables
from spendaudit.rules._rule import Rule

WEIGHTS = {"TST001": Decimal(3), "TST002": Decimal("0.5")}


@pytest.fixture
def tables(make_tables: Callable[..., Tables]) -> Tables:
    """Oak has three contracts with Hill and one in another method, Elm two, Ash one."""
    rows: list[dict[str, Any]] = [
        {"supplier_key": one, "supplier_name": f"{one} Ltd", "amount": 1}
        for one in ("Oak", "Oak", "Oak", "Elm", "Elm", "Ash")
    ]
    rows[2]["supplier_name"] = "Oak Private Ltd"
    return make_tables([*rows, {"supplier_key": "Oak", "supplier_name": "OAK", "procurement_method": "open"}])


@pytest.fixture
def run(tables: Tables, make_rule: Callable[..., Rule[Any]], inputs: tuple[Input, ...]) -> Run:
    rules = [make_rule("TST001"), make_rule("TST002")]
    return audit(tables, inputs, rules, {"TST002": rules[1].params(fewest=3)})


def test_the_sum_shows_every_part(run: Run, tables: Tables) -> None:
    oak, elm = scores(run, Who.SUPPLIERS, WEIGHTS, tables, run.rows)

    assert oak == Score(
        key="Oak",
        name="Oak Ltd",
        parts=(
            Part(rule="TST001", weight=Decimal(3), table="contracts", flagged=3, rows=4, findings=1),
            Part(rule="TST002", weight=Decimal("0.5"), table="contracts", flagged=3, rows=4, findings=1),
        ),
    )
    # 3 * 100 * 3 / (4 + 10), and half of 100 * 3 / (4 + 10)
    assert [part.points for part in oak.parts] == [Decimal("64.29"), Decimal("10.71")]
    assert oak.points == Decimal("75.00")
    assert (elm.key, elm.points) == ("Elm", Decimal("50.00"))


def test_buyers_have_a_score_of_their_own(run: Run, tables: Tables) -> None:
    (hill,) = scores(run, Who.BUYERS, WEIGHTS, tables, run.rows)

    assert (hill.key, hill.parts[0].rows, hill.parts[0].flagged, hill.parts[0].findings) == ("Hill", 7, 5, 2)


def test_a_rule_without_weight_and_one_that_is_too_blunt_count_nothing(run: Run, tables: Tables) -> None:
    blunt = replace(run, outcomes=tuple(replace(one, ceiling=0.0) for one in run.outcomes))

    assert scores(run, Who.BUYERS, dict.fromkeys(WEIGHTS, Decimal(0)), tables, run.rows) == ()
    assert scores(blunt, Who.BUYERS, WEIGHTS, tables, run.rows) == ()


def test_a_row_that_stands_in_several_findings_of_a_rule_counts_once(run: Run, tables: Tables) -> None:
    twice = replace(run, findings=(*run.findings, *run.findings))

    oak, _ = scores(twice, Who.SUPPLIERS, WEIGHTS, tables, run.rows)

    assert [(part.flagged, part.rows, part.findings) for part in oak.parts] == [(3, 4, 2), (3, 4, 2)]
    assert oak.points == Decimal("75.00")


def test_whoever_is_hidden_is_counted_by_what_was_published(run: Run, tables: Tables) -> None:
    hidden = run.rows["contracts"].with_columns(
        supplier_key=pl.lit("person-1").cast(run.rows["contracts"].schema["supplier_key"]),
        supplier_name=pl.lit("person-1"),
    )
    masked = replace(run, rows={"contracts": hidden})

    found = scores(masked, Who.SUPPLIERS, WEIGHTS, tables, run.rows)

    assert {(one.key, one.name) for one in found} == {("person-1", "person-1")}
    assert [one.points for one in found] == [Decimal("75.00"), Decimal("50.00")]


def test_a_rule_weighs_by_its_severity_where_nothing_is_said(make_rule: Callable[..., Rule[Any]]) -> None:
    rules = {
        id_: make_rule(id_, severity=severity)
        for id_, severity in zip(("AAA001", "AAA002", "AAA003"), Severity, strict=True)
    }

    assert weigh(rules, {}) == {"AAA001": 1, "AAA002": 3, "AAA003": 10}
    assert weigh(rules, {"low": Decimal(2)})["AAA001"] == 2


def test_of_several_weights_the_one_that_means_fewest_rules_holds(
    make_rule: Callable[..., Rule[Any]],
) -> None:
    rules = {id_: make_rule(id_, name=f"rule-{id_}") for id_ in ("AAA001", "AAA002", "ABB001")}
    weights = {"AAA001": Decimal(5), "A": Decimal(2), "AAA": Decimal(4), "medium": Decimal(9)}

    assert weigh(rules, weights) == {"AAA001": 5, "AAA002": 4, "ABB001": 2}


def test_a_weight_of_no_rule_is_refused(make_rule: Callable[..., Rule[Any]]) -> None:
    with pytest.raises(UsageError, match="no rule is called 'ZZZ'"):
        weigh({"AAA001": make_rule("AAA001")}, {"ZZZ": Decimal(1)})
