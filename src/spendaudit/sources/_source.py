"""What a source is. One instance per module of this package, always named `SOURCE`."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

import polars as pl

from spendaudit.errors import DefinitionError
from spendaudit.ingest.cells import Cell, Native
from spendaudit.model.tables import IDENTIFIER, mappable
from spendaudit.sources._layouts import Csv, Documents, Layout, Workbook
from spendaudit.sources._releases import Downloads

__all__ = ["Csv", "Documents", "Header", "Latest", "Layout", "Organisation", "Output", "Source", "Workbook"]

SECTIONS = ("What it holds", "How often", "Licence", "Caveats")

#: Columns whose names begin so are not in the file: what the header's names capture (`@month`), what the
#: caller states (`@period`, as `2017` or `2017-04`; null when nobody does), and what a source derives.
CONTEXT = "@"
PERIOD = "@period"

#: What a column's name ends in that stands in the header a second time, where the source knows both.
AGAIN = ".1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Which columns name an organisation, and how its key is made.

    With `tax_id`, a valid tax number of the jurisdiction is the key; otherwise the portal's own code is.
    Without either, the key is made of the name.
    """

    role: str
    id: str
    name: str
    tax_id: bool
    #: A canonical column that tells namesakes apart where the key is the name: a country, a masked number.
    apart: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """How a record is known again when the portal publishes it anew, and when each version was made.

    Only the rows of a record's last version count, in one file and over several.
    """

    #: The published column that names the record.
    key: str
    #: When the version was made, in UTC; of two of the same moment the later in the file counts.
    updated: pl.Expr


@dataclass(frozen=True, kw_only=True)
class Output:
    """One canonical table that the source fills, and how each of its columns is read."""

    table: str
    columns: Mapping[str, Cell | pl.Expr]
    #: Of a file that holds records of several grains (`Documents`), the one that fills this table.
    grain: str = ""
    #: The published rows that speak of this table, where not all do; the others are no part of its count.
    of: pl.Expr | None = None
    #: The published (or derived) column that names one canonical row, when the file repeats it on several
    #: lines.
    one_per: str | None = None
    #: The canonical columns that name that row, where the table's identifier alone does not.
    named_by: tuple[str, ...] = ()
    #: Canonical columns that every line of such a row must repeat unchanged.
    repeated: tuple[str, ...] = ()
    #: The published rows of a record that is published anew with every change: the last version counts. Rows
    #: that `of` leaves out are versions too.
    latest: Latest | None = None
    #: What the column `status` says of contracts that came to nothing (cancelled, unsuccessful, a draft).
    #: They are loaded, but are no spending. Words of the portal's own list, as published.
    void: frozenset[str] = frozenset()
    #: What `tender_status` says of tenders that came to nothing, with every contract under them.
    void_tender: frozenset[str] = frozenset()
    organisations: tuple[Organisation, ...] = ()
    #: A last step that needs the whole table, for small tables only: which budget lines are leaves, or lines
    #: added up into fewer rows, the others of which count as merged.
    finish: Callable[[pl.LazyFrame], pl.LazyFrame] | None = None

    @cached_property
    def reads(self) -> frozenset[str]:
        """The columns that the cells are read from, published or not."""
        exprs = [
            expr
            for cell in self.columns.values()
            for expr in ([cell.value] if isinstance(cell, Cell) else [cell])
        ]
        if self.of is not None:
            exprs.append(self.of)
        if self.latest is not None:
            exprs += [pl.col(self.latest.key), self.latest.updated]
        names = {name for expr in exprs for name in expr.meta.root_names()}
        return frozenset(names | ({self.one_per} if self.one_per else set()))

    @property
    def order(self) -> str:
        """What a person calls that which several lines are of; empty if every line is its own."""
        return (self.one_per or "").removeprefix(CONTEXT)

    @property
    def identity(self) -> tuple[str, ...]:
        """The canonical columns that are equal in rows of one order."""
        return self.named_by or (IDENTIFIER[self.table],)


@dataclass(frozen=True, kw_only=True)
class Source:
    """A portal's data set: where its files are, how they are written, what each column means."""

    id: str
    page: str
    jurisdiction: str
    homepage: str
    licence: str
    layout: Layout
    #: The first is the one whose rows a file is counted in. Several may fill one table: a row that holds an
    #: amount in each of two currencies is two rows there, and counts as two. Without any, the file belongs to
    #: the data set and no table has a place for it: it is known by the columns in `ignored`, and passed over.
    outputs: tuple[Output, ...]
    #: Why it is, in words that are told.
    passed_over: str = ""
    #: The same data set written in other ways: whole sources with this one's id and page.
    shapes: tuple["Source", ...] = ()
    #: Columns made of published ones before anything is read (`@key`): a name of several parts.
    derived: Mapping[str, pl.Expr] = field(default_factory=lambda: MappingProxyType({}))
    #: Published names that vary: the name used here -> a pattern that the whole published name must match.
    #: A group `(?P<month>...)` of the pattern becomes the column `@month`. An empty header cell is called
    #: `column 3` after its place.
    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    #: Columns that some releases lack.
    optional: frozenset[str] = frozenset()
    #: Published columns that are not used, on purpose.
    ignored: frozenset[str] = frozenset()
    #: Rows that are not data: the reason, and what such a row looks like (footer totals, repeated headers).
    rejected: Mapping[str, pl.Expr] = field(default_factory=lambda: MappingProxyType({}))
    #: Canonical columns that can name a natural person; reports mask them unless asked.
    personal: frozenset[str] = frozenset()
    #: Canonical columns of the first output and the least share of rows that should have them.
    expected: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    #: The files to download and how the portal wants to be asked; None where nothing has a stable URL.
    downloads: Downloads | None = None

    def __post_init__(self) -> None:
        """Refuse a source that fills what no table has, or explains a column twice."""
        missing = [title for title in SECTIONS if f"\n{title}\n" not in self.page]
        if missing:
            raise DefinitionError(f"{self.id}: the page lacks {', '.join(missing)}")
        for output in self.outputs:
            if unknown := set(output.columns) - set(mappable(output.table).names()):
                raise DefinitionError(f"{self.id}: {output.table} has no {', '.join(sorted(unknown))}")
        if strange := [shape.id for shape in self.shapes if shape.id != self.id or shape.shapes]:
            raise DefinitionError(f"{self.id}: a shape is called {strange[0]}, or has shapes itself")
        if isinstance(self.layout, Documents) and (self.derived or self.rejected or self.optional):
            raise DefinitionError(f"{self.id}: what documents hold is derived and left out by their layout")
        if bool(self.passed_over) is bool(self.outputs):
            raise DefinitionError(f"{self.id}: what has no outputs says why it is passed over, and only that")
        if self.outputs and (both := self.used & self.ignored):
            raise DefinitionError(f"{self.id}: both used and ignored: {', '.join(sorted(both))}")
        if isinstance(self.layout, Csv) and (read := self.layout.private - self.ignored):
            raise DefinitionError(f"{self.id}: private and not ignored: {', '.join(sorted(read))}")
        if unused := self.optional - self.used:
            raise DefinitionError(f"{self.id}: optional but never read: {', '.join(sorted(unused))}")

    @cached_property
    def used(self) -> frozenset[str]:
        """The published columns that anything reads, or that a file to pass over is known by."""
        if not self.outputs:
            return self.ignored
        return frozenset(name for name in self._reads if not name.startswith(CONTEXT))

    @cached_property
    def context(self) -> frozenset[str]:
        """The columns that anything reads and that are not in the file."""
        return frozenset(name for name in self._reads if name.startswith(CONTEXT))

    @cached_property
    def _reads(self) -> frozenset[str]:
        exprs = [*self.rejected.values(), *self.derived.values()]
        named = {name for expr in exprs for name in expr.meta.root_names()}
        return frozenset(named).union(*(output.reads for output in self.outputs))

    @property
    def every_shape(self) -> tuple["Source", ...]:
        """This source as described here, and in its other shapes."""
        return (self, *self.shapes)

    @property
    def fills(self) -> Mapping[str, tuple[str, ...]]:
        """The canonical tables that a file of any shape fills, and the columns of each."""
        found: dict[str, dict[str, None]] = {}
        for shape in self.every_shape:
            for output in shape.outputs:
                found.setdefault(output.table, {}).update(dict.fromkeys(output.columns))
        return MappingProxyType({table: tuple(columns) for table, columns in found.items()})

    @cached_property
    def native(self) -> frozenset[Native]:
        """Columns that the parser may read: numbers that nothing reads as text, of one decimal mark."""
        cells = [
            cell for output in self.outputs for cell in output.columns.values() if isinstance(cell, Cell)
        ]
        natives = {cell.native for cell in cells if cell.native}
        others = [cell.text for cell in cells if not cell.native]
        others += [*self.rejected.values(), *self.derived.values()]
        others += [output.of for output in self.outputs if output.of is not None]
        others += [
            expr for output in self.outputs for expr in output.columns.values() if not isinstance(expr, Cell)
        ]
        as_text = {name for expr in others for name in expr.meta.root_names()}
        as_text |= {output.one_per for output in self.outputs if output.one_per}
        marks = {native.decimal for native in natives}
        if len(marks) > 1 or len({native.column for native in natives}) < len(natives):
            return frozenset()
        return frozenset(native for native in natives if native.column not in as_text)

    def read_header(self, published: Sequence[str]) -> "Header":
        """Match the published column names with the ones used here."""
        names: list[str] = []
        have: set[str] = set()
        context: dict[str, str] = {}
        for place, cell in enumerate(published, start=1):
            name = " ".join(cell.split()) or f"column {place}"
            for ours, pattern in self.names.items():
                if found := re.fullmatch(pattern, name):
                    name = ours
                    context |= {f"{CONTEXT}{key}": value for key, value in found.groupdict().items() if value}
                    break
            if name in have and f"{name}{AGAIN}" in self.used | self.ignored:
                name += AGAIN
            names.append(name)
            have.add(name)
        nameless = frozenset(name for name in have if re.fullmatch(r"column \d+", name))
        return Header(
            names=tuple(names),
            context=MappingProxyType(context),
            gone=self.used - self.optional - have,
            absent=self.optional - have,
            new=frozenset(have - self.used - self.ignored - nameless),
            nameless=nameless,
            twice=frozenset(name for name in have & self.used if names.count(name) > 1),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A file's header as its source understands it."""

    #: In the file's order, by the names used in the source.
    names: tuple[str, ...]
    context: Mapping[str, str]
    #: Columns that the source reads and the file lacks.
    gone: frozenset[str]
    #: Optional columns that this file lacks.
    absent: frozenset[str]
    #: Columns that nobody has explained.
    new: frozenset[str]
    #: Columns with an empty name: they must be empty.
    nameless: frozenset[str]
    #: Columns that are read and stand twice.
    twice: frozenset[str]
