"""A first audit says in few lines what its rules lacked, and rule by rule to whoever asks for that."""

import re
from dataclasses import replace
from pathlib import Path

from calling import Shell

from spendaudit.cli.unjudged import unjudged
from spendaudit.model.findings import Severity
from spendaudit.model.run import Gap, Input, Outcome, Run, State

FIXTURES = Path(__file__).parents[1] / "fixtures"
LAW = "; `spendaudit limits` shows the law that is known, [limits] in spendaudit.toml adds to it"
BARE = Run(id="0", version="0", inputs=(), settings={}, outcomes=(), findings=(), rows={})


def idle(rule: str, *gaps: Gap, state: State = State.NOT_EVALUABLE) -> Outcome:
    """Make the outcome of a rule that judged nothing."""
    return Outcome(
        id=rule, name="a-rule", severity=Severity.LOW, state=state, reason="because", ceiling=0.1, gaps=gaps,
        rows=9, applicable=9, evaluated=0, flagged=0, findings=0,
    )  # fmt: skip


def lack(column: str, table: str = "contracts") -> Gap:
    return Gap(table, column, 9, everywhere=True)


def lines(*outcomes: Outcome, inputs: tuple[Input, ...] = ()) -> list[str]:
    return [line.plain for line in unjudged(replace(BARE, outcomes=outcomes, inputs=inputs))]


def audited(run: Shell, tmp_path: Path, *arguments: str) -> str:
    """Return what an audit of the orders of the demonstration prints on what could not be judged."""
    orders = FIXTURES / "demo" / "purchase_orders_2024.csv"
    return section(run("audit", orders, "--store", tmp_path / "store", *arguments).out)


def section(printed: str) -> str:
    (told,) = re.findall(r"^What could not be judged\n(.*?)\n\n", printed, re.DOTALL | re.MULTILINE)
    return str(told)


def test_tables_come_first_then_lists_then_columns(run: Shell, tmp_path: Path) -> None:
    told = audited(run, tmp_path)

    begin = [
        "no bids were loaded: 13 rules wait for that, cl_mercado_publico_tenders publishes them",
        "no register was given (--list registry=FILE): 4 rules wait for that",
        "columns that contracts lack (and rules that wait): item_code (8), tender_amount (4), ",
        "Rule by rule: `spendaudit audit --verbose` or `spendaudit coverage`",
    ]
    assert sorted(begin, key=told.index) == begin
    assert len(told.splitlines()) < 30


def test_whoever_asks_for_more_is_told_rule_by_rule(run: Shell, tmp_path: Path) -> None:
    file = tmp_path / "whole.txt"

    told = audited(run, tmp_path, "--verbose", "--output", str(file))

    assert "TIM006 (not evaluable): all contracts in question lack contract_start" in told
    assert section(file.read_text("utf-8")) == told
    assert "Rule by rule" not in told


def test_each_rule_is_counted_once_for_what_it_waits_for() -> None:
    assert lines(
        idle("AAA001", lack("", "bids"), lack("title")),
        idle("AAA002", lack("title")),
        idle("AAA003", lack("supplier_registered_on")),
        idle("AAA004", lack("", "registry"), lack("supplier_in_registry")),
        idle("AAA005", lack("limit")),
        idle("AAA006", state=State.NOT_APPLICABLE),
    ) == [
        "0 of 6 rules judged rows; 5 lacked what they need.",
        "no bids were loaded: AAA001 waits for that",
        "Files of these can be given, too; `spendaudit map` drafts how one of no known portal is read.",
        "no register was given (--list registry=FILE): 2 rules wait for that",
        f"all contracts lack a known legal limit: AAA005 waits for that{LAW}",
        "columns that contracts lack (and rules that wait): title (2)",
        "1 rule asks about none of these rows: AAA006",
    ]


def test_columns_beyond_the_first_are_counted() -> None:
    several = [idle(f"AAA00{place}", lack(f"column_{place}")) for place in range(8)]

    assert lines(*several)[-1].endswith("column_4 (1), column_5 (1) and 2 more")


def test_nothing_is_summed_up_where_every_rule_judged_something() -> None:
    assert lines(replace(idle("AAA001"), state=State.CLEAN, evaluated=9)) == []
