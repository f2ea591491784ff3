"""What one run read, asked and found: the facts that every report is made of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, Final, overload

import polars as pl

from spendaudit.model.findings import Severity

Fact = str | int | Decimal | date | None


def file_id(sha256: str, member: str = "") -> str:
    """Name a published file, or one file of a published archive, by twelve hexadecimal digits."""
    return (blake2b(f"{sha256}/{member}".encode()).hexdigest() if member else sha256)[:12]


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

    def __add__(self, other: "Counts") -> "Counts":
        """Add up what two parts of a file brought to one table."""
        return Counts(
            self.loaded + other.loaded,
            self.merged + other.merged,
            self.quarantined + other.quarantined,
        )


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
    #: Of the rows of each table, the share that says when, how much, who bought and who sold (`ESSENTIAL`).
    filled: Mapping[str, Mapping[str, float]] = field(default_factory=lambda: MappingProxyType({}))
    #: How many rows were put aside for each reason.
    quarantine: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    #: What a reader should know: why this encoding, which expectation was missed.
    notes: tuple[str, ...] = ()
    #: Found in the store from an earlier run.
    reused: bool = False

    @property
    def file(self) -> str:
        """The short content id that rows carry."""
        return file_id(self.sha256, self.member)

    @property
    def name(self) -> str:
        """Where a person finds it: its path, and after a `!` the file inside the archive."""
        return f"{self.path}!{self.member}" if self.member else self.path


class State(StrEnum):
    """How a rule fared. Only `clean` means that rows were judged and none was flagged."""

    FIRED = "fired"
    CLEAN = "clean"
    NOT_EVALUABLE = "not evaluable"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class Gap:
    """Something a rule needs that rows lack."""

    table: str
    #: A column, or several of which one would do (`a or b`); empty: the whole table was not loaded.
    column: str
    #: Rows in question that lack it.
    rows: int
    #: None of the rows in question has it: without it the rule judges nothing.
    everywhere: bool


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
    #: What `reason` says, for who sums reasons up. A run that is kept has the words alone.
    gaps: tuple[Gap, ...] = field(default=(), compare=False)

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
    #: Which row of `Run.rows` it is, from 0: two budget lines may have been published in one row.
    position: int


#: Members as they stand in a table.
MEMBERS: Final = pl.Schema(
    {
        "table": pl.String(),
        "id": pl.String(),
        "file": pl.String(),
        "row": pl.UInt32(),
        "url": pl.String(),
        "position": pl.UInt32(),
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Members(Sequence[Member]):
    """Members that stay in a table until someone looks: a run may have a million of them.

    `rows` has the columns of `MEMBERS` and is shared by all findings of a run; this is a part of it.
    """

    rows: pl.DataFrame
    start: int
    stop: int

    @classmethod
    def of(cls, members: Sequence[Member]) -> "Members":
        """Put members into a table, unless they are in one."""
        if isinstance(members, cls):
            return members
        values = [[getattr(member, name) for name in MEMBERS] for member in members]
        return cls(pl.DataFrame(values, MEMBERS, orient="row"), 0, len(members))

    @property
    def frame(self) -> pl.DataFrame:
        """This part of the table."""
        return self.rows.slice(self.start, self.stop - self.start)

    @classmethod
    def joined(cls, several: Iterable[Sequence[Member]]) -> pl.DataFrame:
        """Lay the members of several findings under one another; parts that follow in one table stay one."""
        parts = [cls.of(())]
        for part in map(cls.of, several):
            before = parts[-1]
            if part.rows is before.rows and part.start == before.stop:
                parts[-1] = cls(part.rows, before.start, part.stop)
            else:
                parts.append(part)
        return pl.concat([part.frame for part in parts])

    def __len__(self) -> int:
        """Count the members without reading them."""
        return self.stop - self.start

    @overload
    def __getitem__(self, index: int) -> Member: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Member, ...]: ...
    def __getitem__(self, index: int | slice) -> Member | tuple[Member, ...]:
        """Return one member, or some."""
        if isinstance(index, slice):
            return tuple(self)[index]
        return Member(**self.rows.row(self.start + range(len(self))[index], named=True))

    def __iter__(self) -> Iterator[Member]:
        """Read them in order."""
        return (Member(**row) for row in self.frame.iter_rows(named=True))

    def __eq__(self, other: object) -> bool:
        """Compare as a tuple of members does."""
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        """Agree with a tuple of the same members."""
        return hash(tuple(self))


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
    members: Sequence[Member]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A whole audit, in the order in which it is shown: gravest findings first, then the most money."""

    id: str
    version: str
    inputs: tuple[Input, ...]
    settings: Mapping[str, Any]
    outcomes: tuple[Outcome, ...]
    #: See `Findings`: they may stay in a table.
    findings: Sequence[Finding]
    #: The flagged rows with their canonical columns, by table; members find theirs by `position`.
    rows: Mapping[str, pl.DataFrame]
    #: Findings that a baseline knows, in the same order; reports for people leave them out.
    known: Sequence[Finding] = ()

    def with_status(self) -> Iterator[tuple[Finding, str]]:
        """Give every finding, `new` ones first, then those that a baseline has made `known`."""
        yield from ((finding, "new") for finding in self.findings)
        yield from ((finding, "known") for finding in self.known)
