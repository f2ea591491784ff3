"""Rules are changed in every small way that would be a mistake, and worked examples show the changes."""

import ast
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

BENCH: Final = Path(__file__).parents[1] / "bench"

#: One rule of each family, those with windows, keys, joins and shares among them.
RULES: Final = (
    "SPL001",
    "COM002",
    "CON002",
    "TIM009",
    "PRC008",
    "SUP013",
    "AMD004",
    "BUD013",
    "PAY003",
    "DQ009",
)

#: What a line of code, or a part of it, is changed into, one thing at a time.
CHANGES: Final = {
    "amount > limit": ["amount >= limit"],
    "day.is_between(first, last)": [
        "day.is_between(first, last, closed='left')",
        "day.is_between(first, last, closed='right')",
    ],
    "late & open": ["late | open", "late", "open"],
    "~late": ["late"],
    "rows.filter(late, open)": ["rows", "rows.filter(open)", "rows.filter(late)"],
    "known.fill_null(value=False)": ["known", "True"],
    "day.min()": ["day.max()"],
    "rows.join(others, on='id')": ["rows.join(others, on='id', how='left')"],
    "rows.join(others, on='id', how='semi')": ["rows.join(others, on='id', how='anti')", "rows"],
    "rows.group_by('a', 'b').agg(n=total)": [
        "rows.group_by('b').agg(n=total, a=pl.col('a').first())",
        "rows.group_by('a').agg(n=total, b=pl.col('b').first())",
    ],
    "total.over('a', 'b')": ["total.over('b')", "total.over('a')"],
    "Decimal('0.25')": ["Decimal('0.24')", "Decimal('0.26')"],
    "rows.sort('a', descending=True)": [],
}

SHOW: Final = """
import ast, sys
from mutants import mutants
for line in sys.argv[1:]:
    tree = ast.parse(f"def find():\\n    return {line}")
    print([ast.unparse(mutant.put) for mutant in mutants(tree, {})])
"""


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *words]
    return subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True, timeout=300, cwd=BENCH)  # noqa: S603


@pytest.fixture(scope="module")
def shown() -> dict[str, list[str]]:
    lines = run("-c", SHOW, *CHANGES).stdout.splitlines()
    return dict(zip(CHANGES, map(ast.literal_eval, lines), strict=True))


@pytest.mark.parametrize("line", CHANGES)
def test_a_line_is_changed_in_each_way_that_would_be_a_mistake(
    shown: dict[str, list[str]], line: str
) -> None:
    assert sorted(shown[line]) == sorted(CHANGES[line])


def test_every_change_of_a_rule_breaks_its_worked_example() -> None:
    told = run(str(BENCH / "mutate.py"), *RULES, "--brief").stdout.splitlines()
    scores = [line for line in told if line.startswith(RULES)]

    assert len(scores) == len(RULES)
    assert all(": 100.0 % (" in line for line in scores), scores
