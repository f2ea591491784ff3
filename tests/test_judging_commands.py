"""What helps to judge an audit, as scripts and people meet it: other settings, overlaps, scores, personas."""

import csv
import json
import sys
from collections import Counter
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from calling import Ended, Shell

from spendaudit.__main__ import main
from spendaudit.audit.score import RANKED, Who
from spendaudit.rules import load_rules

FIXTURES = Path(__file__).parents[1] / "fixtures"
DEMO = FIXTURES / "demo"
ORDERS = FIXTURES / "sources" / "cl_mercado_publico_orders" / "orders_2024_12.csv"


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has a folder and a store of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPENDAUDIT_STORE", str(tmp_path / "store"))


class Audit(Shell):
    """Audits the bundled orders."""

    def __call__(self, *arguments: str | Path, file: Path = DEMO) -> Ended:
        return super().__call__("audit", file, "--period", "2024", *arguments)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Audit:
    return Audit(monkeypatch, capsys)


def test_a_table_for_each_setting_takes_the_place_of_the_findings(run: Audit) -> None:
    code, out, _ = run(
        "--select", "SPL", "--sensitivity", "SPL001.days=7,90", "--sensitivity", "SPL001.min_contracts=3",
        "--fail-on", "medium",
    )  # fmt: skip

    assert code == 1
    assert "What SPL001.days changes" in out
    assert "What SPL001.min_contracts changes" in out
    assert [line.split()[0] for line in out.splitlines() if line.startswith("  ") and "CLP" in line] == [
        "30", "7", "90", "2", "3",
    ]  # fmt: skip
    assert "What to ask" not in out
    assert "see them without the options" in out


def test_statistics_count_findings_rows_and_money_by_rule_the_most_findings_first(run: Audit) -> None:
    code, out, _ = run("--statistics", "--fail-on", "medium")
    _, written, _ = run("--statistics", "--output-format", "csv", "--fail-on", "never")
    _, told, _ = run("--output-format", "json", "--fail-on", "never")

    counts = list(csv.DictReader(StringIO(written)))
    findings = json.loads(told)["findings"]
    by_rule = {one["rule"]: int(one["findings"]) for one in counts if one["findings"] != "0"}
    assert code == 1
    assert by_rule == Counter(one["rule"] for one in findings)
    assert [*by_rule.values()] == sorted(by_rule.values(), reverse=True)
    assert {one["rule"]: one["status"] for one in counts} == {
        one["id"]: one["status"] for one in json.loads(told)["rules"]
    }
    (budget,) = (one for one in counts if one["rule"] == "BUD001")
    total = sum(Decimal(one["amount"]) for one in findings if one["rule"] == "BUD001")
    assert budget["amounts"] == f"{total} CLP"
    assert [line.split() for line in out.splitlines() if "BUD001" in line] == [
        ["4", "high", "BUD001", "overrun-of-adjusted-budget", "4", "10.0", "%", f"{total:,}", "CLP"]
    ]
    fired = len(by_rule)
    clean = sum(one["status"] == "clean" for one in counts)
    assert (
        f"Of {len(counts)} rules, {clean} judged rows and found nothing new; "
        f"{len(counts) - fired - clean} had none to judge."
    ) in out
    assert "What to ask" not in out


def test_statistics_leave_out_what_a_baseline_knows(run: Audit) -> None:
    _, told, _ = run("--select", "BUD001,BUD002", "--output-format", "json", "--fail-on", "never")
    first = json.loads(told)["findings"][0]
    known = f'[[known]]\nrule = "BUD001"\nfingerprint = "{first["fingerprint"]}"\nreason = "answered"\n'
    Path("known.toml").write_text(f"schema_version = 1\n{known}", "utf-8")

    asked = ("--select", "BUD001,BUD002", "--baseline", "known.toml", "--fail-on", "never")
    _, told, _ = run("--statistics", *asked, "--output-format", "json")

    counts = {one["rule"]: (one["findings"], one["known"]) for one in json.loads(told)["statistics"]}
    assert counts == {"BUD001": (3, 1), "BUD002": (3, 0)}


def test_json_keeps_everything_and_adds_the_lists(run: Audit) -> None:
    asked = ("--select", "SPL", "--output-format", "json", "--fail-on", "never")
    _, plain, _ = run(*asked)
    _, out, _ = run(*asked, "--sensitivity", "SPL001.days=30,7", "--overlap", "--score", "buyers")
    told = json.loads(out)

    assert {name: told[name] for name in json.loads(plain)} == json.loads(plain)
    assert [one for one in told if one not in json.loads(plain)] == ["sensitivity", "overlap", "scores"]
    assert told["sensitivity"][1] == {
        "setting": "SPL001.days",
        "value": "7",
        "asked": False,
        "findings": 1,
        "flagged": 2,
        "evaluated": 59,
        "base_rate": 2 / 59,
        "gained": 0,
        "lost": 1,
        "rows_gained": 0,
        "rows_lost": 3,
        "amounts": [{"currency": "CLP", "amount": "8092000"}],
    }
    assert told["overlap"][0] == {
        "rules": ["SPL003", "SPL001"],
        "rows": 2,
        "of": [2, 5],
        "share": 1.0,
        "findings": [1, 1],
    }
    for one in told["scores"]:
        assert sum(Decimal(part["points"]) for part in one["parts"]) == Decimal(one["score"])


@pytest.mark.parametrize(
    ("asked", "header", "lines"),
    [
        (("--sensitivity", "SPL001.days=7,30"), "setting,value,asked,findings", 2),
        (("--overlap",), "rule,other,rows", 2),
        (("--score", "suppliers"), "key,name,score,rule,weight", 5),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else None,
)
def test_a_file_holds_the_list(run: Audit, asked: tuple[str, ...], header: str, lines: int) -> None:
    code, out, _ = run("--select", "SPL", *asked, "--output", "list.csv", "-qq", "--fail-on", "never")
    text = Path("list.csv").read_text("utf-8-sig")

    assert (code, out) == (0, "")
    assert text.startswith(header)
    assert len(list(csv.DictReader(StringIO(text)))) == lines


def test_csv_has_room_for_one_list(run: Audit) -> None:
    code, _, err = run("--overlap", "--score", "buyers", "--output", "list.csv")

    assert code == 2
    assert "CSV holds one list at a time" in err
    assert not Path("list.csv").exists()


def test_other_formats_stay_whole_reports(run: Audit) -> None:
    run("--select", "SPL", "--overlap", "--output", "whole.jsonl", "-qq")

    assert "SPL001" in Path("whole.jsonl").read_text("utf-8")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--score", "offices"), "there is no score of offices"),
        (("--sensitivity", "SPL001.days=0,7"), "SPL001.days: must be at least 1 (got 0)"),
        (("--sensitivity", "SPL001.day=7"), "did you mean SPL001.days?"),
        (("--sensitivity", "SPL.days=7"), "settings belong to one rule"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_is_asked_wrongly_is_refused_before_anything_is_read(
    run: Audit, asked: tuple[str, ...], said: str
) -> None:
    code, out, err = run(*asked)

    assert (code, out) == (2, "")
    assert said in err
    assert not Path("store").exists()


def test_weights_come_from_the_configuration(run: Audit) -> None:
    Path("spendaudit.toml").write_text(
        '[score.weights]\nSPL001 = 7.5\nmedium = 0\n"just-below-limit" = 0\n', "utf-8"
    )

    _, out, _ = run("--select", "SPL", "--score", "buyers", "--output-format", "json")
    parts = [part for one in json.loads(out)["scores"] for part in one["parts"]]

    assert {(part["rule"], part["weight"]) for part in parts} == {("SPL001", "7.5")}


def test_a_weight_of_no_rule_names_the_file(run: Audit) -> None:
    Path("spendaudit.toml").write_text("[score.weights]\nSPL021 = 2\n", "utf-8")

    code, _, err = run("--score", "buyers")

    assert code == 2
    assert "spendaudit.toml: score.weights: no rule is called 'SPL021'" in err
    assert "did you mean SPL" in err


def test_a_score_says_that_it_is_no_verdict_and_shows_its_sum(run: Audit) -> None:
    _, out, _ = run("--select", "SPL", "--score", "buyers")

    assert "an order for reading and no verdict" in out
    assert "29.03 SPL001 (3 x 3 of 21 rows) + 3.23 SPL004 (1 x 1 of 21 rows)" in out


@pytest.mark.parametrize("who", Who)
def test_a_score_says_which_rules_have_no_part_in_it(run: Audit, who: Who) -> None:
    called = {"bids": "bids", "items": "items", "budget": "budget lines"}
    subjects = {rule.subject for rule in load_rules().values()}
    *some, last = (called[table] for table in called if table in subjects - RANKED[who].keys())

    _, out, _ = run("--select", "SPL", "--score", who)

    assert subjects - RANKED[who].keys() <= called.keys()
    assert f"Rules on {', '.join(some)} and {last} have no part in it." in out


def test_a_score_names_no_person_who_is_hidden(run: Audit) -> None:
    asked = ("--score", "suppliers", "--output-format", "json", "--fail-on", "never", "--select", "SPL004",
             "--param", "SPL004.limit=1000000")  # fmt: skip
    _, hidden, _ = run(*asked, file=ORDERS)
    _, shown, _ = run(*asked, "--show-personal", file=ORDERS)
    masked, named = json.loads(hidden)["scores"], json.loads(shown)["scores"]
    keys = {one["key"] for one in named}
    changed = {one["key"] for one in masked} - keys

    assert changed
    assert all(key.startswith(("person-", "masked-")) for key in changed)
    assert sorted(one["score"] for one in masked) == sorted(one["score"] for one in named)


def test_by_default_nothing_is_left_out(run: Audit) -> None:
    _, out, err = run("--output-format", "json", "--fail-on", "never")
    told = json.loads(out)

    assert "TIM008" in {one["id"] for one in told["rules"]}
    assert "left_out" not in told["run"]["settings"]
    assert "left out" not in err


def test_a_reader_is_told_which_rules_are_left_out(run: Audit) -> None:
    _, table, _ = run("--persona", "reader", "--fail-on", "never")
    _, out, err = run("--persona", "reader", "--output-format", "json", "--fail-on", "never")
    told = json.loads(out)

    assert "rules left out for a reader, as their findings say little by themselves" in table
    assert "TIM008" in told["run"]["settings"]["left_out"]
    assert "TIM008" not in {one["id"] for one in told["rules"]}
    assert "--persona auditor asks them, too" in err


def test_a_reader_gets_a_rule_that_is_named(run: Audit) -> None:
    _, out, _ = run("--persona", "reader", "--select", "TIM008", "--output-format", "json")

    assert [one["id"] for one in json.loads(out)["rules"]] == ["TIM008"]


def test_the_persona_can_be_settled_for_all_runs(run: Audit) -> None:
    Path("spendaudit.toml").write_text('persona = "reader"\n', "utf-8")

    _, settled, _ = run("--output-format", "json", "--fail-on", "never")
    _, given, _ = run("--persona", "auditor", "--output-format", "json", "--fail-on", "never")

    assert json.loads(settled)["run"]["settings"]["persona"] == "reader"
    assert "persona" not in json.loads(given)["run"]["settings"]


def test_explain_works_after_any_of_them(run: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    _, out, _ = run("--select", "SPL001", "--overlap", "--output-format", "json", "--persona", "reader")
    (first, *_) = json.loads(out)["findings"]
    monkeypatch.setattr(sys, "argv", ["spendaudit", "explain", first["fingerprint"]])

    assert main() == 0
