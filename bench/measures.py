"""What is measured on one size of data, with which command, against what, and how fast it should be."""

import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

_HERE = Path(__file__).parent

NORMALIZE: Final = "normalize"
#: Rules that must find every planted case and nothing else.
EXACT: Final = ("BUD001", "BUD002", "BUD009", "PAY001", "SPL001", "SPL003", "SPL006")
#: More than this is not flat: peak memory against that of the smallest size.
FLAT: Final = 1.25
#: The most memory that normalising may take, in MiB.
PEAK: Final = 1024

#: What the whole rule book is held against: one scan of six columns of contracts.
SIX: Final = "one scan of six columns"
_SIX: Final = (
    *("buyer_key", "supplier_key", "decision_date"),
    *("amount", "currency", "procurement_method"),
)
_TIMES: Final = 40
ALL: Final = "all rules, no report"
LOW: Final = "all rules, no report, low memory"
#: The most memory that they may take, in MiB; stated for ten million lines.
MEMORY: Final[Mapping[str, int]] = {ALL: 1536, LOW: 400}


@dataclass(frozen=True, slots=True)
class Data:
    """The files of one size, and a folder to work in."""

    orders: Path
    payments: Path
    budget: Path
    truth: Path
    scratch: Path

    @property
    def files(self) -> tuple[str, ...]:
        """Everything that is audited."""
        return (str(self.orders), str(self.payments), str(self.budget))

    @property
    def store(self) -> Path:
        """Where the files lie normalised while rules are timed."""
        return self.scratch / "store"

    @property
    def findings(self) -> Path:
        """What the audit of everything found."""
        return self.scratch / "findings.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One command."""

    name: str
    command: tuple[str, ...]
    #: What it is compared with, pair by pair, and the most times of that it should take; 0 for no goal.
    against: Mapping[str, float] = field(default_factory=dict)
    #: Removed before each run.
    fresh: Path | None = None

    def prepare(self) -> None:
        """Make the ground as it was before the first run."""
        if self.fresh:
            shutil.rmtree(self.fresh, ignore_errors=True)


def drive(*words: str) -> tuple[str, ...]:
    """Name a process of `drive.py`."""
    return (sys.executable, str(_HERE / "drive.py"), *words)


def spendaudit(*words: str) -> tuple[str, ...]:
    """Name a process of the product."""
    return (sys.executable, "-m", "spendaudit", *words)


def reading(data: Data, columns: list[str], *, stated: bool) -> Iterator[Measure]:
    """From the raw file to Parquet: the product, and what else could be done."""
    fresh = data.scratch / "fresh"
    bare, names = "bare Polars, lossy text", json.dumps(columns)
    out = str(data.scratch / "out.parquet")
    yield Measure(name=bare, command=drive("bare", str(data.orders), out, names))
    yield Measure(
        name="the same, typed", command=drive("typed", str(data.orders), out, names), against={bare: 0}
    )
    duckdb = "DuckDB, exact text"
    yield Measure(name=duckdb, command=drive("duckdb", str(data.orders), out, names), against={bare: 0})
    command = spendaudit("normalize", str(data.orders), "--store", str(fresh), "-q")
    yield Measure(
        name=NORMALIZE,
        command=command,
        against=dict.fromkeys((bare, duckdb), 0) | ({bare: 1.75, duckdb: 1.0} if stated else {}),
        fresh=fresh,
    )


def audit(data: Data, *words: str, findings: Path | None = None) -> tuple[str, ...]:
    """Audit the normalised files."""
    output = findings or data.scratch / "some.json"
    return spendaudit("audit", str(data.store), *words, "--output", str(output), "--fail-on", "never", "-q")


def normalizing(data: Data) -> tuple[tuple[str, ...], ...]:
    """Lay the ground for timing rules: everything normalised once."""
    store = ("--store", str(data.store), "-q")
    return (
        spendaudit("normalize", str(data.orders), str(data.payments), *store),
        spendaudit("normalize", str(data.budget), "--period", "2024-04", *store),
    )


def _scan(data: Data, needs: Mapping[str, list[str]]) -> tuple[str, ...]:
    tables = data.store / "tables"
    stored = {table: names for table, names in needs.items() if (tables / table).exists()}
    return drive(
        "scan", json.dumps({f"{tables}/{table}/**/*.parquet": names for table, names in stored.items()})
    )


def _union(rules: Mapping[str, Mapping[str, list[str]]]) -> dict[str, list[str]]:
    needs: dict[str, dict[str, None]] = {}
    for tables in rules.values():
        for table, names in tables.items():
            needs.setdefault(table, {}).update(dict.fromkeys(names))
    return {table: list(names) for table, names in needs.items()}


def auditing(data: Data, rules: Mapping[str, Mapping[str, list[str]]], *, stated: bool) -> Iterator[Measure]:
    """Rules on normalised files: all of them, against scans of what they read; and one by itself."""
    store = str(data.store)
    scan = f"one scan of what {len(rules)} rules need"
    yield Measure(name=SIX, command=_scan(data, {"contracts": list(_SIX)}))
    yield Measure(name=scan, command=_scan(data, _union(rules)))
    yield Measure(name=ALL, command=drive("rules", store), against={SIX: _TIMES if stated else 0, scan: 0})
    yield Measure(name=LOW, command=drive("low", store), against={SIX: 0})
    yield Measure(name="all rules", command=audit(data, findings=data.findings), against={SIX: 0, scan: 0})
    own = "scan for SPL001"
    yield Measure(name=own, command=_scan(data, rules["SPL001"]))
    goal = 3.0 if stated else 0
    yield Measure(name="SPL001", command=drive("rules", store, "SPL001"), against={own: goal})
    report = audit(data, "--select", "SPL001")
    yield Measure(name="SPL001, kept and reported", command=report, against={own: 0})


def score(data: Data) -> tuple[str, ...]:
    """Hold what the audit found against the truth."""
    return (sys.executable, str(_HERE / "truth.py"), str(data.truth), str(data.findings))


def whole(data: Data) -> Measure:
    """From raw files to findings."""
    fresh = data.scratch / "fresh"
    output = str(data.scratch / "whole.json")
    command = spendaudit(
        "audit", *data.files, "--store", str(fresh), "--output", output, "--fail-on", "never", "-q"
    )
    return Measure(name="whole audit of raw files", command=command, fresh=fresh)


def parsed(text: str) -> dict[str, Any]:
    """Read what `drive.py needs` printed."""
    needs: dict[str, Any] = json.loads(text)
    return needs
