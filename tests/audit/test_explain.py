import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console, Group

from spendaudit.audit.archive import load, save
from spendaudit.audit.explain import explain, find_finding
from spendaudit.audit.run import audit
from spendaudit.cli.explained import lines
from spendaudit.errors import UsageError
from spendaudit.model.run import Input, Run
from spendaudit.model.tables import Tables
from spendaudit.report.screen import Screen
from spendaudit.rules._page import SETTLES
from spendaudit.rules._rule import Rule


@pytest.fixture
def run(rule: Rule[Any], make_tables: Callable[..., Tables], inputs: tuple[Input, ...]) -> Run:
    rows = [
        {"amount": 30, "decision_date": date(2024, 3, 1), "limit": 40, "limit_source": "Act 1"},
        {"amount": 10, "decision_date": date(2024, 1, 1)},
        {"amount": 20, "decision_date": date(2024, 2, 1)},
        {"amount": 5, "supplier_key": "Elm"},
        {"amount": 5, "supplier_key": "Elm"},
    ]
    return audit(make_tables(rows), inputs, [rule])


def test_the_rows_are_added_up_by_date(run: Run, rule: Rule[Any]) -> None:
    explained = explain(run, run.findings[0].fingerprint, {rule.id: rule})

    assert explained.finding == run.findings[0]
    assert explained.sum["date"].to_list() == [date(2024, month, 1) for month in (1, 2, 3)]
    assert explained.sum["amount"].to_list() == [10, 20, 30]
    assert explained.sum["total"].to_list() == [10, 30, 60]
    assert explained.sum["total"][-1] == explained.finding.amount == Decimal(60)
    assert explained.rows["contract_id"].to_list() == ["c3", "c4", "c2"]


def test_rows_without_a_date_come_last(
    rule: Rule[Any],
    make_tables: Callable[..., Tables],
    inputs: tuple[Input, ...],
    make_rule: Callable[..., Rule[Any]],
) -> None:
    needs = {"contracts": frozenset({"amount", "procurement_method"})}
    uses = {"contracts": frozenset({"contract_id", "buyer_key", "supplier_key", "currency", "decision_date",
        "supplier_name"})}  # fmt: skip
    lax = make_rule(needs=needs, uses=uses)
    run = audit(make_tables([{"amount": 1, "decision_date": None}, {"amount": 2}]), inputs, [lax])

    assert explain(run, run.findings[0].fingerprint, {rule.id: lax}).sum["amount"].to_list() == [2, 1]


def test_each_row_says_where_it_was_published_and_which_limit_held(run: Run, rule: Rule[Any]) -> None:
    last = explain(run, run.findings[0].fingerprint, {rule.id: rule}).sum.row(2, named=True)

    assert (last["path"], last["row"], last["url"]) == ("portal/2024.csv", 2, "https://portal.example/c2")
    assert (last["id"], last["limit"], last["limit_source"]) == ("c2", 40, "Act 1")


def test_of_rows_that_were_published_in_one_place_each_finding_shows_its_own(
    rule: Rule[Any], make_tables: Callable[..., Tables], inputs: tuple[Input, ...], tmp_path: Path
) -> None:
    rows = [
        {"row": row, "currency": currency, "amount": amount}
        for row in (2, 3)
        for currency, amount in (("CLP", 1000), ("USD", 5))
    ]
    save(audit(make_tables(rows), inputs, [rule]), tmp_path)

    run = load(tmp_path)

    assert [finding.currency for finding in run.findings] == ["CLP", "USD"]
    for finding, amounts in zip(run.findings, ([1000, 1000], [5, 5]), strict=True):
        explained = explain(run, finding.fingerprint, {rule.id: rule})
        assert explained.sum["amount"].to_list() == amounts
        assert explained.sum["total"][-1] == finding.amount
        assert explained.sum["row"].to_list() == [2, 3]


def test_the_page_and_the_settings_stand_beside_it(run: Run, rule: Rule[Any]) -> None:
    explained = explain(run, run.findings[0].fingerprint, {rule.id: rule})

    assert explained.sections["Why it matters"] == "Someone may wonder."
    assert explained.sections["False positives"] == "Subscriptions."
    assert explained.settings["fewest"] == 2
    assert explained.outcome == run.outcomes[0]
    assert explained.sections[SETTLES] == "The contracts."


@pytest.mark.parametrize(
    ("table", "needs"),
    [
        ("budget", {"executed": 7, "period_end": date(2024, 5, 1), "line_id": "01-02"}),
        ("items", {"amount": 7, "contract_id": "c9"}),
        ("parties", {"name": "Oak", "party_id": "p1"}),
    ],
)
def test_any_table_can_be_explained(
    run: Run,
    make_rule: Callable[..., Rule[Any]],
    make_tables: Callable[..., Tables],
    table: str,
    needs: dict[str, Any],
) -> None:
    rule = make_rule(
        subject=table,
        needs={table: frozenset(needs)},
        uses={},
        scope=Rule.__dataclass_fields__["scope"].default,
    )
    frame = make_tables([needs], table)[table].collect()
    finding = run.findings[0]
    members = [replace(finding.members[0], table=table, row=2)]
    told = replace(run, rows={table: frame}, findings=(replace(finding, members=members),))

    row = explain(told, finding.fingerprint, {rule.id: rule}).sum.row(0, named=True)

    assert row["id"] in needs.values()
    assert row["total"] == needs.get("executed", needs.get("amount"))


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("01-02", ["date        id     executed", "2024-05-01  01-02         7"]),
        (
            "a code long enough for most of a line of sixty",
            ["2024-05-01  a code long enough", "  executed: 7"],
        ),
    ],
)
def test_rows_that_have_no_room_side_by_side_stand_one_below_the_other(
    run: Run,
    make_rule: Callable[..., Rule[Any]],
    make_tables: Callable[..., Tables],
    code: str,
    shown: list[str],
) -> None:
    row = {"executed": Decimal(7), "period_end": date(2024, 5, 1), "line_id": code}
    scope = Rule.__dataclass_fields__["scope"].default
    rule = make_rule(subject="budget", needs={"budget": frozenset(row)}, uses={}, scope=scope)
    finding = replace(run.findings[0], members=[replace(run.findings[0].members[0], table="budget", row=2)])
    rows = {"budget": make_tables([row], "budget")["budget"].collect()}
    told = replace(run, rows=rows, findings=(finding,))
    drawn = Console(file=io.StringIO(), width=60, force_terminal=True, color_system=None)

    explained = explain(told, finding.fingerprint, {rule.id: rule})
    drawn.print(Group(*lines(explained, [], Screen(terminal=True, wide=False))))

    text = drawn.file.getvalue()  # type: ignore[attr-defined]
    assert [line for line in shown if line not in text] == []


def test_the_beginning_of_a_fingerprint_is_enough(run: Run) -> None:
    finding = run.findings[1]

    assert find_finding(run, finding.fingerprint[:6].upper()) == finding


def test_an_unknown_fingerprint_is_refused_and_the_nearest_offered(run: Run) -> None:
    known = run.findings[0].fingerprint
    mistyped = known[:7] + ("0" if known[7] != "0" else "1") + known[8:]

    with pytest.raises(UsageError, match=mistyped) as refused:
        find_finding(run, mistyped)

    assert refused.value.hint == f"did you mean {known}?"


@pytest.mark.parametrize("prefix", ["", "zzz"])
def test_what_no_fingerprint_begins_with_is_refused(run: Run, prefix: str) -> None:
    with pytest.raises(UsageError, match="no finding"):
        find_finding(run, prefix)


def test_a_beginning_of_several_fingerprints_is_refused(run: Run) -> None:
    twins = tuple(replace(run.findings[0], fingerprint=f"abc{digit}") for digit in "12")

    with pytest.raises(UsageError, match="2 findings begin with 'abc': abc1, abc2"):
        find_finding(replace(run, findings=twins), "abc")


def test_a_finding_of_a_rule_that_is_gone_is_refused(run: Run) -> None:
    with pytest.raises(UsageError, match="TST001, which is not installed"):
        explain(run, run.findings[0].fingerprint, {})


def test_reasons_for_which_the_rows_speak_stand_first(
    run: Run, make_rule: Callable[..., Rule[Any]], rule: Rule[Any]
) -> None:
    page = rule.page.replace("Subscriptions.", "- Emergencies.\n- Monthly rents.")
    paged = make_rule(page=page)

    explained = explain(run, run.findings[0].fingerprint, {rule.id: paged})

    assert [reason.text for reason in explained.reasons] == ["Monthly rents.", "Emergencies."]
    assert explained.reasons[0].evidence == "rows that follow about a month after the row before: 2 of 3"


def test_other_findings_about_the_same_rows_stand_beside_it(
    make_rule: Callable[..., Rule[Any]], make_tables: Callable[..., Tables], inputs: tuple[Input, ...]
) -> None:
    rules = {"TST001": make_rule(), "TST002": make_rule("TST002")}
    rows = [
        {"amount": 3},
        {"amount": 2},
        {"amount": 5, "supplier_key": "Elm"},
        {"amount": 5, "supplier_key": "Elm"},
    ]
    run = audit(make_tables(rows), inputs, list(rules.values()))

    explained = explain(run, run.findings[0].fingerprint, rules)

    assert len(run.findings) == 4
    (other,) = explained.beside
    assert other.rule != explained.finding.rule
    assert [member.row for member in other.members] == [member.row for member in explained.finding.members]


def test_amounts_that_the_rule_reads_stand_beside_one_another(
    make_rule: Callable[..., Rule[Any]], make_tables: Callable[..., Tables], inputs: tuple[Input, ...]
) -> None:
    rule = make_rule(
        uses={"contracts": frozenset({"supplier_name", "tender_amount", "initial_amount", "limit"})}
    )
    rows = [{"amount": 3, "tender_amount": 9, "limit": 5}, {"amount": 2, "limit": 5}]
    run = audit(make_tables(rows), inputs, [rule])

    explained = explain(run, run.findings[0].fingerprint, {rule.id: rule})

    assert explained.amounts == ("amount", "tender_amount")
    assert [term.name for term in explained.working] == ["sum of amount"]
    assert explained.limited


def test_a_limit_is_shown_only_where_the_rule_compares_with_it(run: Run, rule: Rule[Any]) -> None:
    assert not explain(run, run.findings[0].fingerprint, {rule.id: rule}).limited
