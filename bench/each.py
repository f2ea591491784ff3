"""Times the search of each rule where all are asked in one process, and tells what each found.

A rule's time is that of its own plan: what rules share, reading their tables and counting what can be judged,
stands apart. A peak is that of the process while the rule ran, with all that is held for the others.
"""

import time
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl

from spendaudit.audit.counting import Counting
from spendaudit.audit.lists import look_up
from spendaudit.audit.run import joining
from spendaudit.audit.search import Search
from spendaudit.ingest.store import Store
from spendaudit.load.tables import open_tables
from spendaudit.model.tables import Tables
from spendaudit.rules import load_rules
from spendaudit.rules._rule import Rule

_KIB: Final = 1024
#: What stands in the place of a rule's id for all that is not one rule's.
SHARED: Final = "what rules share"


@dataclass(frozen=True, slots=True)
class Timed:
    """One rule: how long it searched, the peak meanwhile, and its answer."""

    rule: str
    wall: float
    cpu: float
    #: In MiB.
    peak: int
    findings: int
    #: Rows that findings name, each as often as it is named.
    rows: int
    #: What they add up to.
    amount: str


@dataclass(frozen=True)
class Clocked(Search):
    """A search that looks at the clock before and after each rule."""

    taken: list[Timed] = field(default_factory=list)

    def _found(self, rule: Rule[Any], tables: Tables, begun: Mapping[Hashable, pl.DataFrame]) -> pl.DataFrame:
        _forget_peak()
        wall, cpu = time.perf_counter(), time.process_time()
        found = super()._found(rule, tables, begun)
        spent = (time.perf_counter() - wall, time.process_time() - cpu)
        rows = int(found["members"].list.len().sum())
        self.taken.append(Timed(rule.id, *spent, _peak(), found.height, rows, f"{found['amount'].sum():.4f}"))
        return found


def timed(folder: Path, ids: Collection[str]) -> list[Timed]:
    """Put rules (all, if none is named) to the stored tables; what they share comes first."""
    store = Store(folder)
    inputs = [entry for entry, _ in store.entries()]
    tables, lists = look_up(open_tables(inputs, store, numbered=True), inputs)
    rules = [rule for rule in load_rules().values() if not ids or rule.id in ids]
    clocked = Clocked(rules, {rule.id: rule.params() for rule in rules}, lambda _: None, beside=1)
    _forget_peak()
    wall, cpu = time.perf_counter(), time.process_time()
    clocked.whole(tables.map(joining(inputs, None, lists)), Counting(tables))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    of_rules = (sum(one.wall for one in clocked.taken), sum(one.cpu for one in clocked.taken))
    peak = max(one.peak for one in clocked.taken)
    shared = Timed(SHARED, wall - of_rules[0], cpu - of_rules[1], peak, 0, 0, "")
    return [shared, *sorted(clocked.taken, key=lambda one: -one.cpu)]


def _forget_peak() -> None:
    """Let the system begin anew with the largest memory (Linux)."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")


def _peak() -> int:
    status = Path("/proc/self/status").read_text("ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) // _KIB
