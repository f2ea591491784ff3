"""What one run read, asked and found: the facts that every report is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import polars as pl

from spendaudit.model.findings import Severity

Fact = str | int | Decimal | date | None


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the rows of one file in one table. They always add up: see `Input`."""

    loaded: int
    merged: int
    quarantined: int

    @property
    def read(self) -> int:
        """Rows that were read."""
        return self.loaded + self.merged + self.quarantined


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One published file, what it was recognised as, and where each of its rows went."""

    path: str
    #: The file inside an archive, if it was one.
    member: str = ""
    sha256: str
    source: str
    jurisdiction: str
    encoding: str
    rows_read: int
    rows_loaded: int
    rows_merged: int
    rows_quarantined: int
    tables: Mapping[str, Counts]
    #: How many rows were put aside for each reason.
    quarantine: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    #: What a reader should know: why this encoding, which expectation was missed.
    notes: tuple[str, ...] = ()
    #: Found in the store from an earlier run.
    reused: bool = False

    @property
    def file(self) -> str:
        """The short content id that rows carry."""
        return self.sha256[:12]


class State(StrEnum):
    """How a rule fared. Only `clean` means that rows were judged and none was flagged."""

    FIRED = "fired"
    CLEAN = "clean"
    NOT_EVALUABLE = "not evaluable"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One rule on this data: how many rows it could judge, how many it flagged, and why not more."""

    id: str
    name: str
    severity: Severity
    state: State
    #: Rows of the rule's table.
    rows: int
    #: Rows that the question is about.
    applicable: int
    #: Of those, rows that have every column the rule needs.
    evaluated: int
    #: Distinct rows that stand in a finding.
    flagged: int
    findings: int
    #: Why rows could not be judged, in plain words; empty when all could.
    reason: str
    #: The share of flagged rows above which the rule is too blunt for this data.
    ceiling: float

    @property
    def base_rate(self) -> float | None:
        """Flagged over evaluated rows; None when none could be judged."""
        return self.flagged / self.evaluated if self.evaluated else None

    @property
    def blunt(self) -> bool:
        """Tell whether the rule flags so much that a flag says little."""
        return (self.base_rate or 0.0) > self.ceiling


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A row that a finding rests on."""

    table: str
    id: str
    file: str
    row: int
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A question worth asking, with all that a reader needs to check it."""

    fingerprint: str
    rule: str
    rule_name: str
    rule_version: int
    severity: Severity
    amount: Decimal | None
    currency: str | None
    starts: date | None
    ends: date | None
    #: One plain sentence. It asks; it never accuses.
    message: str
    facts: Mapping[str, Fact]
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A whole audit, in the order in which it is shown: gravest findings first, then the most money."""

    id: str
    version: str
    inputs: tuple[Input, ...]
    settings: Mapping[str, Any]
    outcomes: tuple[Outcome, ...]
    findings: tuple[Finding, ...]
    #: The flagged rows with their canonical columns, by table; found again by `file` and `row`.
    rows: Mapping[str, pl.DataFrame]
