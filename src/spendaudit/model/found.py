"""Where are the findings of a run until someone looks? In a table: there may be hundreds of thousands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, overload

import polars as pl

from spendaudit.model.findings import TOTAL, Severity
from spendaudit.model.json_text import decoded, encoded
from spendaudit.model.run import Finding, Members

#: A finding as it stands in a table: its facts as JSON (see `json_text`), its members as their number.
FOUND: Final = pl.Schema(
    {
        "fingerprint": pl.String(),
        "rule": pl.String(),
        "rule_name": pl.String(),
        "rule_version": pl.Int64(),
        "severity": pl.String(),
        "amount": TOTAL,
        "currency": pl.String(),
        "starts": pl.Date(),
        "ends": pl.Date(),
        "message": pl.String(),
        "facts": pl.String(),
        "members": pl.Int64(),
    }
)
#: Which of all members is the first of a finding.
_FIRST: Final = "first"

#: Findings that are read in one go, with their members.
_AT_ONCE: Final = 10_000

#: What a finding counts for among members.
_OF_FINDING: Final = 5


class Rows(Protocol):
    """A table of which some rows at a time are looked at. A frame is one; others need not be in memory."""

    @property
    def height(self) -> int:
        """Count its rows."""

    def slice(self, offset: int, length: int, /) -> pl.DataFrame:
        """Return so many rows from one on."""

    def lazy(self) -> pl.LazyFrame:
        """Lay out how they are read."""


@dataclass(frozen=True, slots=True, eq=False)
class Findings(Sequence[Finding]):
    """A table of findings that reads as a sequence of them.

    `frame` has the columns of `FOUND`, and `first`: where in `rows`, which has the columns of `Member`, the
    members of a finding begin.
    """

    frame: pl.DataFrame
    rows: Rows

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> "Findings":
        """Put findings into a table, unless they are in one."""
        if isinstance(findings, cls):
            return findings
        columns = {name: [getattr(finding, name) for finding in findings] for name in FOUND} | {
            # As text: handed a Decimal, Polars imports numpy to ask whether it is one of its numbers.
            "amount": [None if finding.amount is None else f"{finding.amount:f}" for finding in findings],
            "severity": [finding.severity.value for finding in findings],
            "facts": [encoded(finding.facts) for finding in findings],
            "members": [len(finding.members) for finding in findings],
        }
        frame = pl.DataFrame(columns, {**FOUND, "amount": pl.String()}).cast({"amount": TOTAL})
        return cls.laid(frame, Members.joined(finding.members for finding in findings))

    @classmethod
    def laid(cls, frame: pl.DataFrame, rows: Rows) -> "Findings":
        """Take a table of findings whose members stand in `rows`, finding after finding."""
        first = pl.col("members").cum_sum() - pl.col("members")
        return cls(frame.select(*FOUND, first.alias(_FIRST)), rows)

    @property
    def members(self) -> pl.DataFrame:
        """The members of all findings, finding after finding."""
        first, rows = _span(self.frame, self.rows)
        if self._are(first, rows.height):
            return rows
        counts = pl.col("members")
        begins = pl.col(_FIRST) - first
        places = pl.int_ranges(begins, begins + counts).explode(empty_as_null=False)
        return rows[self.frame.select(places).to_series()]

    @property
    def plan(self) -> pl.LazyFrame:
        """How to read the members of all findings: a part of them at a time, where these are all members."""
        return self.rows.lazy() if self._are(0, self.rows.height) else self.members.lazy()

    def _are(self, first: int, count: int) -> bool:
        """Tell whether their members are so many rows from one on, in order."""
        counts = pl.col("members")
        follow = (pl.col(_FIRST) - first == counts.cum_sum() - counts).all()
        return bool(self.frame.select(follow & (counts.sum() == count)).item())

    def parts(self, most: int) -> Iterator["Findings"]:
        """Cut them, in order, where they and their members become too many."""
        turn = (pl.col("members") + _OF_FINDING).cum_sum() // most
        start = 0
        for length in self.frame.select(turn.rle().struct.field("len")).to_series():
            yield Findings(self.frame.slice(start, length), self.rows)
            start += length

    def where(self, condition: pl.Expr) -> "Findings":
        """Keep those that meet a condition on the columns of `FOUND`."""
        return Findings(self.frame.filter(condition), self.rows)

    def __len__(self) -> int:
        """Count them without reading any."""
        return self.frame.height

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Finding, ...]: ...
    def __getitem__(self, index: int | slice) -> Finding | tuple[Finding, ...]:
        """Return one finding, or some."""
        if isinstance(index, slice):
            return tuple(Findings(self.frame[index], self.rows))
        place = range(len(self))[index]
        return next(iter(Findings(self.frame.slice(place, 1), self.rows)))

    def __iter__(self) -> Iterator[Finding]:
        """Read them in order."""
        for part in self.frame.iter_slices(_AT_ONCE):
            first, rows = _span(part, self.rows)
            for row in part.iter_rows(named=True):
                yield _read(row, rows, row[_FIRST] - first)

    def __eq__(self, other: object) -> bool:
        """Compare as a tuple of findings does."""
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        """Agree with a tuple of the same findings."""
        return hash(tuple(self))


def _span(frame: pl.DataFrame, rows: Rows) -> tuple[int, pl.DataFrame]:
    """Tell where the first member of these findings stands in `rows`, and read from there to the last."""
    ends = pl.col(_FIRST) + pl.col("members")
    first, end = frame.select(pl.col(_FIRST).min().fill_null(0), ends.max().alias("end").fill_null(0)).row(0)
    return first, rows.slice(first, end - first)


def _read(row: Mapping[str, Any], rows: pl.DataFrame, first: int) -> Finding:
    values = {name: value for name, value in row.items() if name != _FIRST}
    return Finding(
        **values
        | {
            "severity": Severity(row["severity"]),
            "facts": decoded(row["facts"]),
            "members": Members(rows, first, first + row["members"]),
        }
    )
