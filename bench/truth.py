"""Holds findings against what was planted: how much was found, and how much of what was found was planted.

python bench/truth.py bench/data/truth_1m.csv findings.json
"""

import csv
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

Members = frozenset[str]

#: These ask about what the background holds by itself, too: what is found beside the planted is no mistake.
NATURAL: Final = frozenset({"COM005", "CON001"})
#: A share is asked about with all orders behind it, planted or not: it is enough that they meet.
_MEETS: Final = frozenset({"CON001"})
#: Identifiers of these tables are not unique; the row is.
_BY_ROW: Final = frozenset({"payments", "budget"})
_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Score:
    """How one rule did."""

    rule: str
    planted: int
    #: Planted cases that are a finding, member for member.
    found: int
    findings: int
    #: Decoys with a member in a finding that is not a planted case.
    decoys: int
    decoys_hit: int
    #: None where the background has cases of its own.
    precision: float | None
    recall: float
    #: Planted cases that were missed, with the variant, and findings that nobody planted: the first few.
    missed: tuple[str, ...]
    unplanted: tuple[str, ...]


def read_truth(path: Path) -> dict[str, dict[str, dict[str, tuple[str, Members]]]]:
    """Read rule -> kind -> case -> variant and members."""
    variants: dict[tuple[str, str, str], str] = {}
    members: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = (row["rule"], row["kind"], row["case"])
            variants[key] = row["variant"]
            members[key].add(row["row"] or row["member"])
    truth: dict[str, dict[str, dict[str, tuple[str, Members]]]] = defaultdict(
        lambda: {"planted": {}, "decoy": {}}
    )
    for (rule, kind, case), names in members.items():
        truth[rule][kind][case] = (variants[rule, kind, case], frozenset(names))
    return truth


def read_findings(path: Path) -> dict[str, list[Members]]:
    """Read rule -> the members of each finding."""
    found = defaultdict(list)
    for finding in json.loads(path.read_bytes())["findings"]:
        found[finding["rule"]].append(frozenset(_names(finding["members"])))
    return found


def _names(members: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    return (str(member["row"] if member["table"] in _BY_ROW else member["id"]) for member in members)


def score(
    rule: str, truth: Mapping[str, Mapping[str, tuple[str, Members]]], findings: list[Members]
) -> Score:
    """Compare one rule's findings with its cases."""
    planted, decoys = truth["planted"], truth["decoy"]
    cases = {members for _, members in planted.values()}
    if rule in _MEETS:
        met = frozenset().union(*findings)
        missed = {case: what for case, (what, members) in planted.items() if members.isdisjoint(met)}
    else:
        sets = set(findings)
        missed = {case: what for case, (what, members) in planted.items() if members not in sets}
    unplanted = [members for members in findings if members not in cases]
    elsewhere = frozenset().union(*unplanted)
    right = len(findings) - len(unplanted)
    return Score(
        rule=rule,
        planted=len(planted),
        found=len(planted) - len(missed),
        findings=len(findings),
        decoys=len(decoys),
        decoys_hit=sum(not members.isdisjoint(elsewhere) for _, members in decoys.values()),
        precision=None if rule in NATURAL or not findings else right / len(findings),
        recall=(len(planted) - len(missed)) / len(planted) if planted else 1.0,
        missed=tuple(f"{case} ({what})" for case, what in missed.items())[:_SHOWN],
        unplanted=tuple(", ".join(sorted(members)[:_SHOWN]) for members in unplanted)[:_SHOWN],
    )


def scores(truth: Path, findings: Path) -> list[Score]:
    """Score every rule that anything was planted for."""
    found = read_findings(findings)
    return [score(rule, cases, found.get(rule, [])) for rule, cases in sorted(read_truth(truth).items())]


def main() -> None:
    """Print the scores as JSON."""
    truth, findings = (Path(word) for word in sys.argv[1:])
    json.dump([asdict(one) for one in scores(truth, findings)], sys.stdout)


if __name__ == "__main__":
    main()
