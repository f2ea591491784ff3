from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from spendaudit.audit.run import audit
from spendaudit.enrich.law import Ceiling, Limits
from spendaudit.enrich.statutes import Comparison, Scope, Series, Step, Vat
from spendaudit.errors import DefinitionError
from spendaudit.model.findings import Severity, fingerprint
from spendaudit.model.run import Input, Member, Run, State
from spendaudit.model.tables import SCHEMAS, Tables
from spendaudit.rules._rule import Rule

Rows = list[dict[str, Any]]
MakeRule = Callable[..., Rule[Any]]
MakeTables = Callable[..., Tables]
#: Oak has two contracts, Elm three, Fir one.
ROWS: Rows = [
    {"supplier_key": "Oak", "amount": 10},
    {"supplier_key": "Elm", "amount": 100},
    {"supplier_key": "Oak", "amount": Decimal("20.50")},
    {"supplier_key": "Elm", "amount": 200},
    {"supplier_key": "Fir", "amount": 7},
    {"supplier_key": "Elm", "amount": 300},
]


def test_a_finding_carries_all_that_a_reader_needs(
    rule: Rule[Any], make_tables: MakeTables, inputs: tuple[Input, ...]
) -> None:
    rows = [
        {"amount": 10, "supplier_name": "Oak Ltd"},
        {"amount": Decimal("20.50"), "supplier_name": "Oak Ltd"},
    ]

    finding = audit(make_tables(rows), inputs, [rule]).findings[0]

    assert finding.fingerprint == fingerprint("TST001", ["c2", "c3"])
    assert (finding.rule, finding.rule_name, finding.rule_version) == ("TST001", "repeat-purchases", 1)
    assert (finding.amount, finding.currency) == (Decimal("30.50"), "CLP")
    assert (finding.starts, finding.ends) == (date(2024, 1, 2), date(2024, 1, 3))
    assert finding.facts == {"times": 2, "largest": Decimal("20.50"), "supplier_name": "Oak Ltd"}
    assert finding.message == "2 contracts with Oak Ltd add up to 30.50 CLP since 2024-01-02"
    assert tuple(finding.members) == tuple(
        Member(
            table="contracts",
            id=f"c{row}",
            file="aaaaaaaaaaaa",
            row=row,
            url=f"https://portal.example/c{row}",
            position=row - 2,
        )
        for row in (2, 3)
    )


def test_the_rule_that_fires_says_how_often(
    rule: Rule[Any], make_tables: MakeTables, inputs: tuple[Input, ...]
) -> None:
    rows = [*ROWS, {"amount": None}, {"amount": 5, "procurement_method": "open"}]

    outcome = audit(make_tables(rows), inputs, [rule]).outcomes[0]

    assert outcome.state is State.FIRED
    assert (outcome.rows, outcome.applicable, outcome.evaluated) == (8, 7, 6)
    assert (outcome.flagged, outcome.findings) == (5, 2)
    assert outcome.base_rate == 5 / 6
    assert outcome.reason == "1 of 7 contracts lacks amount"


def test_a_row_in_two_findings_is_flagged_once(
    make_rule: MakeRule, make_tables: MakeTables, inputs: tuple[Input, ...]
) -> None:
    rule = make_rule()
    twice = make_rule(find=lambda tables, params: pl.concat([rule.find(tables, params)] * 2))

    outcome = audit(make_tables(ROWS), inputs, [twice]).outcomes[0]

    assert (outcome.findings, outcome.flagged) == (4, 5)


def test_a_rule_above_its_ceiling_is_called_blunt(
    make_rule: MakeRule, make_tables: MakeTables, inputs: tuple[Input, ...]
) -> None:
    rates = {
        ceiling: audit(make_tables(ROWS), inputs, [make_rule(ceiling=ceiling)]).outcomes[0].blunt
        for ceiling in (0.5, 5 / 6)
    }

    assert rates == {0.5: True, 5 / 6: False}


def test_rows_judged_and_none_flagged_is_clean(
    rule: Rule[Any], make_tables: MakeTables, inputs: tuple[Input, ...]
) -> None:
    run = audit(make_tables([{"amount": 1}]), inputs, [rule])

    assert run.outcomes[0].state is State.CLEAN
    assert (run.findings, run.rows) == ((), {})


def test_a_rule_that_cannot_run_is_skipped_and_says_why(
    rule: Rule[Any], make_tables: MakeTables, inputs: tuple[Input, ...]
) -> None:
    asked: list[str] = []

    run = audit(make_tables([], "payments"), inputs, [rule], progress=lambda rule: asked.append(rule.id))

    assert run.outcomes[0].state is State.NOT_EVALUABLE
    assert run.outcomes[0].reason == "no contracts were loaded"
    assert run.outcomes[0].base_rate is None
    assert asked == []


@pytest.mark.parametrize("low_memory", [False, True])
def test_where_every_row_was_put_aside_no_rule_can_judge(low_memory: bool, rule: Rule[Any]) -> None:
    run = audit(Tables({}), [], [rule], low_memory=low_memory)

    assert run.outcomes[0].state is State.NOT_EVALUABLE
    assert run.findings == ()


def test_progress_is_told_of_each_rule_that_runs(
    make_rule: MakeRule, make_tables: MakeTables, inputs: tuple[Input, ...]
) -> None:
    asked: list[str] = []
    rules = [make_rule("TST001"), make_rule("TST002")]

    audit(make_tables(ROWS), inputs, rules, progress=lambda rule: asked.append(rule.id))

    assert asked == ["TST001", "TST002"]


def order_of(run: Run) -> list[tuple[str, str | None, Decimal | None]]:
    return [(finding.rule, finding.currency, finding.amount) for finding in run.findings]


def test_gravest_first_then_by_currency_then_the_most_money(
    make_rule: MakeRule, make_tables: MakeTables, inputs: tuple[Input, ...]
) -> None:
    pairs = [("a", "USD", 900), ("b", "CLP", 10), ("c", "CLP", 500), ("d", None, 99), ("e", "CLP", 50)]
    rows = [
        {"supplier_key": key, "currency": currency, "amount": amount}
        for key, currency, amount in pairs
        for _ in range(2)
    ]
    needs = {
        "contracts": frozenset({"buyer_key", "supplier_key", "amount", "decision_date", "procurement_method"})
    }
    uses = {"contracts": frozenset({"contract_id", "supplier_name", "currency"})}
    mild = make_rule("TST001", severity=Severity.LOW, needs=needs, uses=uses)
    grave = make_rule("TST002", severity=Severity.HIGH, needs=needs, uses=uses)

    order = order_of(audit(make_tables(rows), inputs, [mild, grave]))

    inside: list[tuple[str | None, int]] = [
        ("CLP", 1000),
        ("CLP", 100),
        ("CLP", 20),
        ("USD", 1800),
        (None, 198),
    ]
    assert order == [
        (rule, currency, Decimal(sum_)) for rule in ("TST002", "TST001") for currency, sum_ in inside
    ]


def test_the_order_of_rows_changes_nothing(
    make_rule: MakeRule, make_tables: MakeTables, inputs: tuple[Input, ...]
) -> None:
    rows = [{"supplier_key": f"s{n % 40}", "amount": n % 3 + 1} for n in range(200)]
    tables = make_tables(rows)
    frame = tables["contracts"].collect()
    shuffled = Tables({"contracts": frame.sample(fraction=1.0, shuffle=True, seed=1).lazy()})
    rules = [make_rule("TST001"), make_rule("TST002")]

    run, again = (audit(one, inputs, rules) for one in (tables, shuffled))

    assert again.findings == run.findings
    assert again.rows["contracts"].equals(run.rows["contracts"])


def test_findings_on_equal_identifiers_get_fingerprints_of_their_own(
    make_rule: MakeRule, make_tables: MakeTables, inputs: tuple[Input, ...]
) -> None:
    pairs = [("Fir", 9, 5), ("Oak", 1, 5), ("Elm", 1, 5), ("Yew", 20, 1)]
    rows = [
        {"contract_id": "same", "supplier_key": key, "amount": amount, "decision_date": date(2024, 1, day)}
        for key, amount, day in pairs
        for _ in range(2)
    ]
    rule = make_rule()
    turned = make_rule(find=lambda tables, params: rule.find(tables, params).reverse())

    named, again = (
        {one.members[0].row: one.fingerprint for one in audit(make_tables(rows), inputs, [each]).findings}
        for each in (rule, turned)
    )

    # The earliest keeps the plain one; then come the least amount and the place of publication.
    by_place = {row: fingerprint("TST001", ["same", "same", *more]) for row, more in
        ((8, []), (4, ["\x1e2"]), (6, ["\x1e3"]), (2, ["\x1e4"]))}  # fmt: skip
    assert named == by_place
    assert again == by_place


def test_a_row_without_identifier_is_named_by_its_place(
    rule: Rule[Any], make_tables: MakeTables, inputs: tuple[Input, ...]
) -> None:
    rows = [{"contract_id": None, "amount": 1}, {"contract_id": "c3", "amount": 1}]

    finding = audit(make_tables(rows), inputs, [rule]).findings[0]

    assert {member.id for member in finding.members} == {"aaaaaaaaaaaa#2", "c3"}
    assert finding.fingerprint == fingerprint("TST001", ["aaaaaaaaaaaa#2", "c3"])


def test_flagged_rows_come_whole_and_alone(
    rule: Rule[Any], make_tables: MakeTables, inputs: tuple[Input, ...]
) -> None:
    rows = audit(make_tables(ROWS), inputs, [rule]).rows["contracts"]

    assert rows["row"].to_list() == [2, 3, 4, 5, 7]
    assert rows.columns == SCHEMAS["contracts"].names()
    assert rows["url"].null_count() == 0


def test_places_of_two_files_are_kept_apart(
    rule: Rule[Any], make_tables: MakeTables, inputs: tuple[Input, ...]
) -> None:
    rows = [
        {"file": "bbbbbbbbbbbb", "row": 2, "amount": 1, "title": "b2"},
        {"file": "aaaaaaaaaaaa", "row": 3, "amount": 1, "title": "a3"},
        {"file": "aaaaaaaaaaaa", "row": 2, "amount": 1, "title": "a2", "supplier_key": "Elm"},
        {
            "file": "bbbbbbbbbbbb",
            "row": 3,
            "amount": 1,
            "title": "b3",
            "supplier_key": "Elm",
            "buyer_key": "Dale",
        },
    ]

    kept = audit(make_tables(rows), inputs, [rule]).rows["contracts"]

    assert kept["title"].to_list() == ["a3", "b2"]


def test_rows_of_a_table_that_were_published_as_one_row_are_told_apart(
    rule: Rule[Any], make_tables: MakeTables, inputs: tuple[Input, ...]
) -> None:
    rows = [
        {"row": 2, "amount": 1, "supplier_key": "Oak", "supplier_name": "Oak Ltd", "contract_id": "a"},
        {"row": 2, "amount": 2, "supplier_key": "Elm", "supplier_name": "Elm Ltd", "contract_id": "b"},
        {"row": 3, "amount": 3, "supplier_key": "Elm", "supplier_name": "Elm Ltd", "contract_id": "c"},
        {"row": 3, "amount": 4, "supplier_key": "Fir", "supplier_name": "Fir Ltd", "contract_id": "d"},
    ]

    run = audit(make_tables(rows), inputs, [rule])

    (finding,) = run.findings
    assert finding.facts == {"times": 2, "largest": 3, "supplier_name": "Elm Ltd"}
    assert [(member.id, member.row) for member in finding.members] == [("b", 2), ("c", 3)]
    assert run.rows["contracts"]["contract_id"].to_list() == ["b", "c"]
    assert run.outcomes[0].flagged == 2


def test_limits_are_kept_when_the_tables_bring_them(
    make_rule: MakeRule, make_tables: MakeTables, inputs: tuple[Input, ...]
) -> None:
    needs = {"contracts": frozenset({"amount", "limit", "procurement_method"})}
    rule = make_rule(needs=needs, uses={"contracts": frozenset({"contract_id", "buyer_key", "supplier_key",
        "currency", "decision_date", "supplier_name"})})  # fmt: skip
    rows = [{"amount": 1, "limit": 50}, {"amount": 1, "limit": 50}, {"amount": 1}]

    run = audit(make_tables(rows), inputs, [rule])

    assert run.outcomes[0].evaluated == 2
    assert run.rows["contracts"]["limit"].to_list() == [50, 50]


def test_rules_that_ask_for_no_limit_run_on_contracts_without_any(
    make_rule: MakeRule, make_tables: MakeTables, inputs: tuple[Input, ...]
) -> None:
    stored = make_tables(ROWS).map(lambda _, frame: frame.drop("limit", "limit_source"))
    uses = {"contracts": frozenset({"contract_id", "supplier_name"})}

    run = audit(stored, inputs, [make_rule(uses=uses)])

    assert run.outcomes[0].findings == 2


def test_a_run_is_named_by_what_went_into_it(
    make_rule: MakeRule, make_tables: MakeTables, inputs: tuple[Input, ...]
) -> None:
    tables, rule = make_tables(ROWS), make_rule()
    same = audit(tables, inputs, [rule], {"TST001": rule.params()})

    assert audit(tables, inputs, [rule]).id == same.id
    assert audit(tables, (), [rule]).id != same.id
    assert audit(tables, inputs, [rule], {"TST001": rule.params(fewest=3)}).id != same.id
    assert audit(tables, inputs, [make_rule(version=2)]).id != same.id


def test_settings_are_told_in_plain_values(
    make_rule: MakeRule, make_tables: MakeTables, inputs: tuple[Input, ...]
) -> None:
    rule = make_rule()

    run = audit(make_tables(ROWS), inputs, [rule], {"TST001": rule.params(floor=Decimal("0.5"))})

    assert run.settings["rules"]["TST001"] == {
        "fewest": 2, "floor": "0.5", "ceiling": None, "match": "pair", "methods": ["direct"]
    }  # fmt: skip


def test_a_rule_that_returns_other_columns_is_refused(
    make_rule: MakeRule, make_tables: MakeTables, inputs: tuple[Input, ...]
) -> None:
    rule = make_rule(find=lambda tables, _: tables["contracts"].select("amount"))

    with pytest.raises(DefinitionError, match="TST001"):
        audit(make_tables(ROWS), inputs, [rule])


def test_contracts_are_held_against_the_limit_of_their_country_on_their_day(
    make_rule: MakeRule, make_tables: MakeTables, inputs: tuple[Input, ...]
) -> None:
    needs = {"contracts": frozenset({"amount", "limit", "procurement_method"})}
    uses = {"contracts": frozenset({"contract_id", "buyer_key", "supplier_key", "currency", "decision_date",
        "supplier_name"})}  # fmt: skip
    rows: Rows = [
        {"amount": 1, "decision_date": date(2020, 5, day), "source": source}
        for source in ("xx_portal", "yy_portal")
        for day in (1, 1, 2)
    ]
    stored = make_tables(rows).map(lambda _, frame: frame.drop("limit", "limit_source"))
    day = date(2020, 5, 1)
    law = Step(valid_from=day, valid_to=day, amount=Decimal(9), law="Act 1", sources=("https://law.example",))
    series = Series(
        id="xx-small",
        procedure="small",
        currency="CLP",
        comparison=Comparison.AT_MOST,
        vat=Vat.NOT_STATED,
        scope=Scope(),
        steps=(law,),
    )
    ceiling = Ceiling(
        series=series, law=law, starts=day, ends=day, amount=Decimal(9), limit=Decimal(9), source="Act 1"
    )

    run = audit(stored, inputs, [make_rule(needs=needs, uses=uses)], limits=Limits({"XX": (ceiling,)}))

    assert run.outcomes[0].reason == "4 of 6 contracts lack a known legal limit"
    assert run.rows["contracts"].select("limit", "limit_source").rows() == [(Decimal(9), "Act 1")] * 2
