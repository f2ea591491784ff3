"""Statistical rules flag no more of what was drawn by chance than their pages say."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from spendaudit.rules import load_rules

SCRIPT = Path(__file__).parents[1] / "bench" / "chance.py"
STATED: Final = r"Statistical: of \w+ drawn by chance \(`bench/chance\.py`\) at most ([\d.]+) % are flagged"

#: What each page that speaks of chance says, in percent.
MOST: Final = {
    rule.id: float(said[1])
    for rule in load_rules().values()
    if (said := re.search(STATED, " ".join(rule.page.split())))
}


@pytest.fixture(scope="module")
def shares() -> Mapping[str, Mapping[str, Any]]:
    command = [sys.executable, str(SCRIPT), "--rows", "20000", "--seed", "11"]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=120).stdout  # noqa: S603
    return {one["rule"]: one for one in map(json.loads, printed.splitlines())}


@pytest.mark.parametrize("rule", MOST)
def test_flags_no_more_by_chance_than_its_page_says(
    shares: Mapping[str, Mapping[str, Any]], rule: str
) -> None:
    share = shares[rule]

    assert share["judged"] > 10_000
    assert share["percent"] <= MOST[rule]


def test_every_rule_that_is_asked_of_chance_states_what_it_finds(
    shares: Mapping[str, Mapping[str, Any]],
) -> None:
    silent = {rule for rule in shares if "Statistical:" not in load_rules()[rule].page}

    assert not silent
