"""What a source is. One instance per module of this package, always named `SOURCE`."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import polars as pl

from spendaudit.errors import DefinitionError
from spendaudit.ingest.cells import Cell, Native
from spendaudit.model.tables import PUBLISHED
from spendaudit.sources._releases import Downloads

SECTIONS = ("What it holds", "How often", "Licence", "Caveats")

#: Columns whose names begin so are not in the file: what the header's names capture (`@month`), and what the
#: caller states (`@period`, as `2017` or `2017-04`; null when nobody does).
CONTEXT = "@"
PERIOD = "@period"


@dataclass(frozen=True, slots=True, kw_only=True)
class Csv:
    """How the portal writes its files. Nothing here is guessed at run time."""

    #: Tried in this order, strictly: the first that reads the whole file is taken, and said.
    encodings: tuple[str, ...]
    separator: str
    quote: str = '"'
    #: Words that stand for nothing in any column.
    nulls: tuple[str, ...] = ()
    #: Name of the table's file inside an archive; the one CSV in it when empty.
    member: str = ""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One canonical table that the source fills, and how each of its columns is read."""

    table: str
    columns: Mapping[str, Cell | pl.Expr]
    #: The published column that names one canonical row, when the file repeats it on several lines.
    one_per: str | None = None
    #: Canonical columns that every line of such a row must repeat unchanged.
    repeated: tuple[str, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    #: A last step that needs the whole table, for small tables only (which budget lines are leaves).
    finish: Callable[[pl.LazyFrame], pl.LazyFrame] | None = None

    @property
    def reads(self) -> frozenset[str]:
        """The published columns that the cells are read from."""
        exprs = [
            expr
            for cell in self.columns.values()
            for expr in ([cell.value] if isinstance(cell, Cell) else [cell])
        ]
        names = {name for expr in exprs for name in expr.meta.root_names() if not name.startswith(CONTEXT)}
        return frozenset(names | ({self.one_per} if self.one_per else set()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A portal's data set: where its files are, how they are written, what each column means."""

    id: str
    page: str
    jurisdiction: str
    homepage: str
    licence: str
    layout: Csv
    #: The first is the one whose rows a file is counted in.
    outputs: tuple[Output, ...]
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
            if unknown := set(output.columns) - set(PUBLISHED[output.table].names()):
                raise DefinitionError(f"{self.id}: {output.table} has no {', '.join(sorted(unknown))}")
        if both := self.used & self.ignored:
            raise DefinitionError(f"{self.id}: both used and ignored: {', '.join(sorted(both))}")
        if unused := self.optional - self.used:
            raise DefinitionError(f"{self.id}: optional but never read: {', '.join(sorted(unused))}")

    @property
    def used(self) -> frozenset[str]:
        """The columns that any output or rejection reads, by the names used here."""
        reads = frozenset().union(*(output.reads for output in self.outputs))
        rejections = {name for expr in self.rejected.values() for name in expr.meta.root_names()}
        return reads | {name for name in rejections if not name.startswith(CONTEXT)}

    @property
    def native(self) -> frozenset[Native]:
        """Columns that the parser may read: numbers that nothing reads as text, of one decimal mark."""
        cells = [
            cell for output in self.outputs for cell in output.columns.values() if isinstance(cell, Cell)
        ]
        natives = {cell.native for cell in cells if cell.native}
        others = [cell.text for cell in cells if not cell.native] + [*self.rejected.values()]
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
        context: dict[str, str] = {}
        for place, cell in enumerate(published, start=1):
            name = " ".join(cell.split()) or f"column {place}"
            for ours, pattern in self.names.items():
                if found := re.fullmatch(pattern, name):
                    name = ours
                    context |= {f"{CONTEXT}{key}": value for key, value in found.groupdict().items() if value}
                    break
            names.append(name)
        have = set(names)
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
