"""What has changed between two releases: rows, gaps, totals, findings, and the command that tells."""

import io
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from calling import Ended, Shell
from rich.console import Console, Group

from spendaudit.audit.diff import TableDiff, compare
from spendaudit.cli.changes import Block
from spendaudit.cli.comparing import compared
from spendaudit.cli.diffs import on_screen
from spendaudit.model.run import Run
from spendaudit.model.tables import SCHEMAS, Tables
from spendaudit.report.screen import Screen

HEADER = (
    "Body Name,Service Area,Expenses Type,Invoice Payment Date,Transaction Number,Net Amount,Supplier Name"
)
HIRE = "Wetherfold City Council,Libraries,Hire of Equipment,2011-12-31,5100700033,{},Wishful Copiers Ltd"
SEEDS = "Otherford Council,Parks,Seeds,2011-12-30,5100700036,99.00,Green Fingers Ltd"
RENT = "Otherford Council,Parks,Rent,2012-01-31,5100700037,50.00,Green Fingers Ltd"
#: In January 2024.
ROW: Mapping[str, Any] = {
    "contract_id": "a",
    "amount": Decimal(5),
    "currency": "CLP",
    "decision_date": date(2024, 1, 3),
    "buyer_name": "Hill",
}


def tables(rows: list[dict[str, Any]], table: str = "contracts") -> Tables:
    placed = [{"source": "s", "file": "f", "row": number, **row} for number, row in enumerate(rows, 2)]
    return Tables({table: pl.LazyFrame(placed, schema=SCHEMAS[table])})


def contracts(*changes: Mapping[str, Any]) -> Tables:
    return tables([{**ROW, **change} for change in changes])


def between(old: Tables, new: Tables) -> TableDiff:
    (one,) = compare(old, new)
    return one


def states(found: TableDiff) -> list[tuple[str, Any, Any]]:
    return found.rows.select("state", "old_contract_id", "new_contract_id").rows()


def test_a_row_that_stands_elsewhere_is_the_same() -> None:
    found = between(
        contracts({"row": 2, "file": "x"}, {"contract_id": "b"}), contracts({"contract_id": "b"}, {"row": 9})
    )

    assert (found.same, found.rows.height, found.restated) == (2, 0, 0)


def test_rows_are_paired_by_their_identifiers() -> None:
    old = contracts({}, {"contract_id": "b"}, {"contract_id": "c"})
    new = contracts({}, {"contract_id": "b", "amount": Decimal(7), "title": "Pens"}, {"contract_id": "d"})

    found = between(old, new)

    assert states(found) == [("changed", "b", "b"), ("gone", "c", None), ("added", None, "d")]
    assert found.columns == {"amount": 1, "title": 1}
    assert found.counts == {"changed": 1, "gone": 1, "added": 1}
    assert (found.same, found.restated) == (1, 2)


def test_a_row_counts_as_often_as_it_stands_there() -> None:
    found = between(contracts({}, {}, {}), contracts({}, {}))

    assert (found.same, states(found)) == (2, [("gone", "a", None)])


def test_of_rows_with_one_identifier_those_that_are_alike_pair_first() -> None:
    old = contracts({"amount": Decimal(1)}, {"amount": Decimal(2)})
    new = contracts({"amount": Decimal(2)}, {"amount": Decimal(3)})

    found = between(old, new)

    assert found.rows.select("state", "old_amount", "new_amount").rows() == [("changed", 1, 3)]


def test_rows_without_identifier_are_never_paired() -> None:
    found = between(contracts({"contract_id": None}), contracts({"contract_id": None, "title": "Pens"}))

    assert sorted(state for state, _, __ in states(found)) == ["added", "gone"]


def test_one_identifier_of_two_sources_is_two_rows() -> None:
    found = between(contracts({"source": "one"}), contracts({"source": "two"}))

    assert sorted(state for state, _, __ in states(found)) == ["added", "gone"]


def test_months_that_one_release_covers_alone_are_counted_apart() -> None:
    old = contracts({}, {"contract_id": "b", "decision_date": date(2023, 12, 31)})
    new = contracts({}, {"contract_id": "c", "decision_date": date(2024, 2, 1)})

    found = between(old, new)

    assert (found.old_only, found.new_only, found.rows.height, found.restated) == (1, 1, 0, 0)


def test_rows_without_a_date_are_compared_with_one_another() -> None:
    found = between(contracts({"decision_date": None}), contracts({"decision_date": None, "title": "Pens"}))

    assert (states(found), found.old_only) == ([("changed", "a", "a")], 0)


def test_an_institution_that_has_no_rows_now_is_a_gap() -> None:
    other = {"contract_id": "b", "buyer_name": "Dale"}
    later = {"contract_id": "z", "decision_date": date(2024, 3, 1)}
    earlier = {"contract_id": "y", "buyer_name": "Dale", "decision_date": date(2023, 11, 1)}

    found = between(contracts({}, other, other | {"contract_id": "c"}, earlier, later), contracts({}, later))

    assert found.gaps.rows() == [("Dale", date(2024, 1, 31), 2)]


@pytest.mark.parametrize(("left", "dropped"), [(8, False), (7, True)])
def test_a_fifth_fewer_rows_is_still_no_question(left: int, dropped: bool) -> None:
    rows = [{"contract_id": str(number)} for number in range(10)]

    assert between(contracts(*rows), contracts(*rows[:left])).dropped is dropped


def test_totals_are_those_of_months_that_both_cover_by_currency() -> None:
    old = contracts(
        {}, {"contract_id": "b", "currency": "USD"}, {"contract_id": "c", "decision_date": date(2023, 1, 1)}
    )
    new = contracts({"amount": Decimal("7.5")}, {"contract_id": "b", "currency": "USD"})

    assert between(old, new).totals.rows() == [
        ("Hill", date(2024, 1, 31), "CLP", "amount", Decimal(5), Decimal("7.5"))
    ]


LINE: Mapping[str, Any] = {
    "fiscal_year": 2024,
    "period_end": date(2024, 5, 31),
    "institution_name": "Works",
    "line_id": "1",
    "is_leaf": True,
    "direction": "expense",
    "adjusted": Decimal(10),
    "executed": Decimal(4),
    "currency": "CLP",
}


def line(**changes: Any) -> dict[str, Any]:
    return {**LINE, **changes}


def test_of_a_budget_only_leaves_of_expense_are_added_up() -> None:
    roof = line(line_id="0", is_leaf=False)
    tax = line(line_id="9", direction="revenue")
    old = tables([line(), roof, tax], "budget")
    new = tables(
        [line(executed=Decimal(6)), roof | {"executed": Decimal(9)}, tax | {"executed": Decimal(1)}], "budget"
    )

    found = between(old, new)

    assert found.totals.select("measure", "old", "new").rows() == [("executed", 4, 6)]
    assert found.counts["changed"] == 3


def test_the_same_line_of_the_next_month_is_no_change() -> None:
    june = line(period_end=date(2024, 6, 30), executed=Decimal(5))

    found = between(tables([line()], "budget"), tables([line(), june], "budget"))

    assert (found.same, found.new_only, found.restated) == (1, 1, 0)


def test_a_table_of_one_release_alone_is_told() -> None:
    found = compare(contracts({}), tables([line()], "budget"))

    assert [(one.table, one.old, one.new) for one in found] == [("contracts", 1, 0), ("budget", 0, 1)]


def test_persons_are_hidden_in_what_is_shown(tmp_path: Path) -> None:
    person = {
        "supplier_kind": "person",
        "supplier_key": "CL-RUT-12345678-5",
        "supplier_id": "12.345.678-5",
        "supplier_name": "Ana Luna Sol",
    }
    found = between(contracts(person), contracts({**person, "title": "Fees of Ana Luna Sol"}))
    run = Run(id="r", version="1", inputs=(), settings={}, outcomes=(), findings=(), rows={})

    shown = compared(run, run, None, [found], limit=9, show_personal=False, store=tmp_path).tables[0]
    whole = compared(run, run, None, [found], limit=9, show_personal=True, store=tmp_path).tables[0]

    assert "Ana Luna Sol" in whole.rows.write_csv()
    assert not [word for word in ("Ana", "12.345", "12345678") if word in shown.rows.write_csv()]
    assert shown.rows["new_title"].str.contains("^Fees of person-").all()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> "Spent":
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPENDAUDIT_STORE", str(tmp_path / "store"))
    return Spent(monkeypatch, capsys)


class Spent(Shell):
    def diff(self, *more: str) -> Ended:
        return self("diff", "old.csv", "new.csv", "--select", "PAY001", *more)


def spend(name: str, *rows: str) -> None:
    Path(name).write_text("\n".join([HEADER, *rows]) + "\n", "utf-8")


def test_a_new_finding_makes_the_exit_code(run: Spent) -> None:
    spend("old.csv", HIRE.format("1204.36"), SEEDS)
    spend("new.csv", HIRE.format("1204.36"), HIRE.format("1204.36"), SEEDS)

    ended = run.diff("--fail-on", "low")

    assert ended.code == 1
    assert "1 new, 0 gone, 0 changed, 0 the same" in ended.out
    assert run("diff", "new.csv", "new.csv", "--select", "PAY001", "--fail-on", "low").code == 0


def test_restated_rows_make_it_if_that_is_asked(run: Spent) -> None:
    spend("old.csv", HIRE.format("1204.36"), SEEDS)
    spend("new.csv", HIRE.format("1304.36"), SEEDS, RENT)

    assert run.diff().code == 0
    assert run.diff("--fail-on-restated").code == 1
    assert run("diff", "old.csv", "old.csv", "--select", "PAY001", "--fail-on-restated").code == 0


def test_what_a_baseline_knows_is_not_new(run: Spent) -> None:
    spend("old.csv", SEEDS)
    spend("new.csv", HIRE.format("1204.36"), HIRE.format("1204.36"), SEEDS)
    run.diff()
    run("audit", "new.csv", "--select", "PAY001")
    run("baseline", "write", "known.toml", "--reason", "paid back")

    ended = run.diff("--baseline", "known.toml", "--fail-on", "low")

    assert (ended.code, "0 new" in ended.out) == (0, True)


def test_two_runs_are_compared_by_their_findings(run: Spent) -> None:
    spend("old.csv", SEEDS)
    spend("new.csv", HIRE.format("1204.36"), HIRE.format("1204.36"), SEEDS)
    ids = []
    for name in ("old.csv", "new.csv"):
        told = run("audit", name, "--select", "PAY001", "--output-format", "json", "--fail-on", "never")
        ids.append(json.loads(told.out)["run"]["id"])

    ended = run("diff", *ids, "--fail-on", "low", "--output-format", "json")

    found = json.loads(ended.out)
    assert ended.code == 1
    assert found["findings"]["counts"] == {"new": 1, "gone": 0, "changed": 0, "same": 0}
    assert found["tables"] == []
    assert run("diff", ids[0], "new.csv").code == 2


def test_every_format_tells_the_same(run: Spent) -> None:
    spend("old.csv", HIRE.format("1204.36"), SEEDS)
    spend("new.csv", HIRE.format("1304.36"), RENT)

    ended = run.diff("-o", "d.md", "-o", "d.json", "-o", "d.txt")

    told = json.loads(Path("d.json").read_text("utf-8"))["tables"][0]
    assert (told["changed"], told["gone"], told["old_only"], told["new_only"]) == (1, 1, 0, 1)
    assert told["rows"][0]["old"] == {"payment_id": "5100700033", "amount": "1204.36"}
    assert told["rows"][0]["new"] == {"payment_id": "5100700033", "amount": "1304.36"}
    assert "| 5100700033 | 2011-12-31 | amount: 1,204.36 -\\> 1,304.36 |" in Path("d.md").read_text("utf-8")
    assert Path("d.txt").read_text("utf-8") == ended.out
    assert "amount: 1,204.36 -> 1,304.36" in ended.out


def test_markup_in_a_name_stays_text(run: Spent) -> None:
    spend("old.csv", SEEDS)
    spend("new.csv", SEEDS.replace("Green Fingers Ltd", "[x](http://a|b) <b>\x1b[31m`Ltd`"))

    run.diff("-o", "d.md")

    written = Path("d.md").read_text("utf-8")
    assert "\\[x\\](http://a\\|b) \\<b\\>\\`Ltd\\`" in written
    assert "\x1b" not in written


def test_few_rows_are_shown_and_all_are_counted(run: Spent) -> None:
    spend("old.csv", SEEDS)
    spend("new.csv", *(SEEDS.replace("700036", f"7001{number}") for number in range(10, 40)))

    few, whole = run.diff("--limit", "3"), run.diff("--limit", "0")

    assert "3 of 30 are shown" in few.out
    assert "are shown" not in whole.out
    assert whole.out.count("51007001") > few.out.count("51007001")


def test_a_format_or_a_folder_that_is_not_there_is_refused_before_reading(run: Spent) -> None:
    assert run("diff", "a.csv", "b.csv", "--output-format", "xml").code == 2
    assert run("diff", "a.csv", "b.csv", "-o", "d.pdf").code == 2
    assert run("diff", "a.csv", "b.csv", "-o", "none/d.md").code == 2
    assert run("diff", "a.csv", "b.csv").code == 2


def test_several_figures_stand_below_their_row_where_a_screen_has_no_room() -> None:
    block = Block(
        "Contracts",
        (),
        ("institution", "month", "before", "now"),
        (("Hill", "2024-01-31", "1,234", ""),),
        (2, 3),
    )

    def shown(width: int) -> list[str]:
        drawn = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
        drawn.print(Group(*on_screen(iter([block]), Screen(terminal=True, wide=False))))
        text = drawn.file.getvalue()  # type: ignore[attr-defined]
        return [line.rstrip() for line in text.splitlines() if "Hill" in line or "1,234" in line]

    assert shown(40) == ["  Hill         2024-01-31   1,234"]
    assert shown(30) == ["  Hill  2024-01-31", "    before: 1,234"]
