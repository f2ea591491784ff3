"""What is planted in made-up orders, payments, budgets and tenders is found, and nothing else is."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from spendaudit.rules import load_rules

BENCH = Path(__file__).parents[1] / "bench"

#: Rules that the background holds no case of.
EXACT = ("BUD001", "BUD002", "BUD009", "PAY001", "SPL001", "SPL003", "SPL006")
#: Rules that it may hold cases of.
NATURAL = ("COM005", "CON001")
#: Rules that tenders are planted for, with bids, amendments and parties.
OF_TENDERS = (
    *("AMD005", "BID004", "BID005", "COM001", "CON006", "DQ003", "DQ004"),
    *("PRC001", "PRC012", "SUP004", "TIM001", "TIM005"),
)

Scores = Mapping[str, Mapping[str, Any]]


def run(*command: str | Path) -> str:
    words = [sys.executable, *map(str, command)]
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True, timeout=300).stdout  # noqa: S603


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    files = [folder / name for name in ("orders_5k.csv", "payments_5k.csv", "budget.csv")]
    run(BENCH / "generate.py", "--lines", "5000", "--seed", "11", "--out", folder)
    options = ("--store", folder / "store", "--output", folder / "found.json", "--fail-on", "never", "-qq")
    run("-m", "spendaudit", "audit", *files, *options)
    return folder


@pytest.fixture(scope="module")
def scores(audited: Path) -> Scores:
    printed = run(BENCH / "truth.py", audited / "truth_5k.csv", audited / "found.json")
    return {one["rule"]: one for one in json.loads(printed)}


@pytest.fixture(scope="module")
def of_tenders(tmp_path_factory: pytest.TempPathFactory) -> Scores:
    folder = tmp_path_factory.mktemp("processes")
    found = folder / "found.json"
    run(BENCH / "processes.py", "--lines", "400", "--seed", "11", "--out", folder)
    options = ("--store", folder / "store", "--output", found, "--fail-on", "never", "-qq")
    run("-m", "spendaudit", "audit", folder / "processes.jsonl", *options)
    printed = run(BENCH / "truth.py", folder / "truth_processes.csv", found)
    return {one["rule"]: one for one in json.loads(printed)}


@pytest.fixture(scope="module")
def copies(audited: Path) -> Scores:
    lines = run(BENCH / "copies.py", audited / "store", "--copies", "3").splitlines()
    return {one["rule"]: one for one in map(json.loads, lines)}


@pytest.mark.parametrize("rule", EXACT)
def test_every_planted_case_is_a_finding_and_every_finding_is_planted(scores: Scores, rule: str) -> None:
    score = scores[rule]

    assert score["planted"] > 0
    assert (score["missed"], score["unplanted"], score["decoys_hit"]) == ([], [], 0)


@pytest.mark.parametrize("rule", NATURAL)
def test_every_planted_case_is_among_the_findings_and_no_decoy_is(scores: Scores, rule: str) -> None:
    score = scores[rule]

    assert score["planted"] > 0
    assert (score["missed"], score["decoys_hit"]) == ([], 0)


@pytest.mark.parametrize("rule", OF_TENDERS)
def test_every_planted_tender_is_a_finding_and_every_finding_is_planted(
    of_tenders: Scores, rule: str
) -> None:
    score = of_tenders[rule]

    assert score["planted"] > 0
    assert (score["missed"], score["unplanted"], score["decoys_hit"]) == ([], [], 0)


@pytest.mark.parametrize("rule", load_rules())
def test_copies_of_a_worked_example_among_other_rows_are_found_and_nothing_else(
    copies: Scores, rule: str
) -> None:
    score = copies[rule]

    assert score["planted"] > 0
    assert score["decoys"] > 0
    assert (score["found"], score["unplanted"], score["lost"]) == (score["planted"], 0, 0)
