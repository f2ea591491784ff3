"""The benchmark counts a planted case as found only when a finding names its members and no others."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[1] / "bench" / "truth.py"

TRUTH = """\
rule,case,kind,variant,table,member,row
SPL001,C1,planted,parts,contracts,a,
SPL001,C1,planted,parts,contracts,b,
SPL001,C2,planted,chain,contracts,c,
SPL001,C2,planted,chain,contracts,d,
SPL001,C3,decoy,31 days apart,contracts,e,
SPL001,C3,decoy,31 days apart,contracts,f,
PAY001,P1,planted,paid twice,payments,1000,7
PAY001,P1,planted,paid twice,payments,1000,9
CON001,C4,planted,share,contracts,g,
"""


def score(folder: Path, findings: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    truth, found = folder / "truth.csv", folder / "findings.json"
    truth.write_text(TRUTH, "utf-8")
    found.write_text(json.dumps({"findings": findings}), "utf-8")
    command = [sys.executable, str(SCRIPT), str(truth), str(found)]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=60)  # noqa: S603
    return {one["rule"]: one for one in json.loads(printed.stdout)}


def finding(rule: str, *members: str) -> dict[str, Any]:
    return {"rule": rule, "members": [{"table": "contracts", "id": name, "row": 2} for name in members]}


def test_all_that_was_planted_and_nothing_else_is_a_full_score(tmp_path: Path) -> None:
    found = score(tmp_path, [finding("SPL001", "b", "a"), finding("SPL001", "c", "d")])["SPL001"]

    assert (found["precision"], found["recall"], found["missed"], found["decoys_hit"]) == (1.0, 1.0, [], 0)


@pytest.mark.parametrize("members", [("c",), ("c", "d", "x")])
def test_a_part_or_more_than_the_whole_is_a_miss_and_a_mistake(
    tmp_path: Path, members: tuple[str, ...]
) -> None:
    found = score(tmp_path, [finding("SPL001", "a", "b"), finding("SPL001", *members)])["SPL001"]

    assert (found["precision"], found["recall"], found["missed"]) == (0.5, 0.5, ["C2 (chain)"])


def test_a_decoy_in_a_finding_is_told(tmp_path: Path) -> None:
    found = score(tmp_path, [finding("SPL001", "e", "f")])["SPL001"]

    assert (found["precision"], found["decoys_hit"], found["unplanted"]) == (0.0, 1, ["e, f"])


def test_payments_are_told_apart_by_their_rows(tmp_path: Path) -> None:
    members = [{"table": "payments", "id": "1000", "row": row} for row in (7, 9)]

    assert score(tmp_path, [{"rule": "PAY001", "members": members}])["PAY001"]["recall"] == 1.0


def test_a_share_is_found_when_its_orders_are_among_others(tmp_path: Path) -> None:
    found = score(tmp_path, [finding("CON001", "g", "natural"), finding("CON001", "other")])["CON001"]

    assert (found["recall"], found["precision"]) == (1.0, None)
