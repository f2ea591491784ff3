"""`spendaudit coverage` as scripts and people meet it: what each rule can judge, and what rules wait for."""

import csv
import io
import json
from io import StringIO
from pathlib import Path

import pytest
from calling import Shell
from rich.console import Console, Group

from spendaudit.audit.coverage import Coverage
from spendaudit.cli.covered import listing
from spendaudit.report.screen import Screen
from spendaudit.rules import load_rules

FIXTURES = Path(__file__).parents[1] / "fixtures"
DEMO = FIXTURES / "demo"


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has a folder and a store of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPENDAUDIT_STORE", str(tmp_path / "store"))


def test_every_rule_is_counted_as_the_audit_counts_it(run: Shell) -> None:
    code, covered, _ = run("coverage", DEMO, "--period", "2024", "--output-format", "json")
    _, audited, _ = run("audit", DEMO, "--period", "2024", "--output-format", "json")
    rules, outcomes = json.loads(covered)["coverage"], json.loads(audited)["rules"]

    assert code == 0
    assert [(one["id"], one["evaluable"], one["reason"]) for one in rules] == [
        (one["id"], one["evaluated"], one["reason"]) for one in outcomes
    ]
    assert [one["status"] for one in rules] == [
        one["status"] if one["status"].startswith("not") else "evaluable" for one in outcomes
    ]


def test_what_rules_wait_for_is_told_most_wanted_first(run: Shell) -> None:
    _, out, _ = run("coverage", DEMO, "--period", "2024", "--select", "BID,SPL", "--output-format", "json")
    told = json.loads(out)
    bids, *others = told["unlocks"]

    assert (bids["table"], bids["column"]) == ("bids", None)
    assert "BID001" in bids["alone"]
    assert ("contracts", "item_code", ["SPL002", "SPL009"]) in [
        (one["table"], one["column"], one["alone"]) for one in others
    ]
    lengths = [len(one["alone"]) for one in told["unlocks"]]
    assert lengths == sorted(lengths, reverse=True)


def test_a_file_holds_a_line_for_each_rule(run: Shell) -> None:
    code, out, _ = run(
        "coverage", DEMO, "--period", "2024", "--select", "SPL001,SPL008", "--output", "coverage.csv", "-qq"
    )
    rows = list(csv.DictReader(StringIO(Path("coverage.csv").read_text("utf-8-sig"))))

    assert (code, out) == (0, "")
    assert [(row["rule"], row["status"], row["missing"]) for row in rows] == [
        ("SPL001", "evaluable", "contracts.limit (20)"),
        ("SPL008", "not evaluable", "amendments; contracts.limit (18)"),
    ]
    assert (rows[0]["evaluable"], rows[0]["applicable"]) == ("59", "79")


def test_people_read_what_is_missing_and_what_to_ask_for(run: Shell) -> None:
    _, out, _ = run("coverage", DEMO, "--period", "2024", "--select", "SPL")

    assert "20 of 79 contracts lack a known legal limit" in out
    assert "item_code of contracts: 2 rules (SPL002, SPL009) could run" in out
    assert out.rstrip().endswith("No rule was run.")


def test_settings_change_what_a_rule_needs(run: Shell) -> None:
    asked = ("coverage", DEMO, "--period", "2024", "--select", "SPL001", "--output-format", "json")
    _, out, _ = run(*asked, "--param", "SPL001.limit=1000000")

    assert json.loads(out)["unlocks"] == []


def test_a_file_that_cannot_be_read_is_told(run: Shell) -> None:
    Path("notes.csv").write_text("a,b\n1,2\n", "utf-8")

    code, _, err = run("coverage", DEMO, "notes.csv", "--period", "2024", "--select", "SPL001")

    assert code == 3
    assert "notes.csv" in err


@pytest.mark.parametrize("width", [40, 80])
def test_no_terminal_is_too_narrow_for_a_reason(width: int) -> None:
    rule = load_rules()["SPL001"]
    lacks = Coverage(
        rows=9, applicable=9, evaluated=4, reason="5 of 9 contracts lack a known legal limit", state=None
    )
    drawn = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)

    drawn.print(Group(*listing([rule], {"SPL001": lacks}).lay_out(Screen(terminal=True, wide=False))))

    told = drawn.file.getvalue()  # type: ignore[attr-defined]
    assert "SPL001" in told
    assert "5 of 9 contracts lack a" in told
