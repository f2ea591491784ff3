"""What a rule is. One instance per module of this package, always named `RULE`."""

import string
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import polars as pl
from pydantic import BaseModel, ConfigDict

from spendaudit.errors import DefinitionError
from spendaudit.model.findings import FINDING, PLACE, Severity, published
from spendaudit.model.lists import LISTS, LOOKED_UP_IN
from spendaudit.model.tables import IDENTIFIER, SCHEMAS, Tables
from spendaudit.rules._page import SECTIONS

#: Above this share of flagged rows a rule says more about the data than about the rows. Default of this
#: project; it follows public-money-watch, which warns when a flag fires on more than 10 % of awards.
CEILING = 0.10


class Params(BaseModel):
    """Settings of a rule: bounded, documented, frozen, and closed to unknown names."""

    #: Of a hundred rules a run may ask one: what checks the settings of a rule is built when it is asked.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    def waived(self) -> frozenset[str]:
        """Needed columns that these settings make unnecessary."""
        return frozenset()

    def reads(self) -> Mapping[str, frozenset[str]]:
        """Columns that `find` reads under these settings and not under the default ones, of its tables."""
        return {}

    def standing(self) -> pl.Expr:
        """Tell which contracts did not come to nothing, and so count."""
        return ~pl.col("is_void").fill_null(value=False)


P = TypeVar("P", bound=Params)


class Stage(StrEnum):
    """The part of the public spending cycle that a rule looks at."""

    PLANNING = "planning"
    TENDER = "tender"
    AWARD = "award"
    CONTRACT = "contract"
    BUDGET = "budget"
    PAYMENT = "payment"
    DATA_QUALITY = "data-quality"


class Precision(StrEnum):
    """How much a finding of the rule says by itself: a judgement of this project."""

    #: Worth a question to the body that spends.
    HIGH = "high"
    #: Worth a question where another finding, or a reader's own knowledge, supports it.
    MEDIUM = "medium"
    #: Context: most of what it finds has an ordinary reason.
    LOW = "low"


def _anything(_params: Any) -> pl.Expr:
    return pl.lit(value=True)


#: What was worked out first, where `find` looks for it among the tables.
BEGUN = "begun"


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a rule works out before all else, to be kept while `find` reads the tables: far fewer rows.

    Rules that begin alike share it.
    """

    #: From the tables that `find` gets.
    plan: Callable[[Tables, Any], pl.LazyFrame]
    #: The settings that it goes by.
    params: type[Params]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[P]):
    """A question put to the data, with all that a reader needs to judge the answer."""

    id: str
    name: str
    severity: Severity
    precision: Precision = Precision.MEDIUM
    stage: Stage
    #: The table whose rows are flagged.
    subject: str
    #: Columns that must be published for a row to be judged. A row that lacks one is counted, not guessed.
    needs: Mapping[str, frozenset[str]]
    #: Columns of the subject of which a row must have at least one, besides those it needs.
    either: frozenset[str] = frozenset()
    #: The same of other tables that it needs.
    either_of: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    #: Columns that `find` reads when they are there; of a table that is not needed, when it is loaded.
    uses: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    #: Rows of the subject that the question is about; the rest are "not applicable". Reads needed columns.
    scope: Callable[[P], pl.Expr] = _anything
    #: What complete rows of the subject may lack all the same, for what other rows hold: under each name,
    #: what tells it of a row. Gets the settings, and which rows are complete and in scope.
    short_of: Mapping[str, Callable[[P, pl.Expr], pl.Expr]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    #: Rows that share these values can be audited apart from all others; None: needs the whole table.
    shard_by: tuple[str, ...] | None
    params: type[P]
    #: What `find` wants to be worked out first, among the tables as `BEGUN`.
    begins: Beginning | None = None
    #: From tables that hold complete rows in scope only, to one row per finding (`FINDING` and measures),
    #: sorted. For rules of this package codes or numbers may stand there for ids, states, units, sources and
    #: files, which sort alike and are no text: they are compared, and an id of a tender is no measure.
    find: Callable[[Tables, P], pl.LazyFrame]
    #: The facts of a finding in order, each an aggregation over its rows, whole and with its measures beside
    #: them. Names and other texts belong here: they are read of the rows that were found, not of all.
    tells: Callable[[P], Mapping[str, pl.Expr]]
    message: str
    page: str
    since: str
    #: Numbers in the Open Contracting Partnership's guide to red flags.
    ocp: tuple[str, ...] = ()
    ceiling: float = CEILING
    #: What facts may say in words of ours, which `{name:words}` of the message says in the reader's language.
    words: tuple[str, ...] = ()
    #: Raised when the same data and settings may give other findings.
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse a rule that could not be explained or run."""
        missing = [title for title in SECTIONS if f"\n{title}\n" not in self.page]
        if missing:
            raise DefinitionError(f"{self.id}: the page lacks {', '.join(missing)}")
        for columns_of in (self.needs, self.uses, self.either_of, {self.subject: self.either}):
            for table, columns in columns_of.items():
                unknown = columns - set(SCHEMAS[table].names())
                if unknown:
                    raise DefinitionError(f"{self.id}: {table} has no {', '.join(sorted(unknown))}")
        if self.subject not in self.needs:
            raise DefinitionError(f"{self.id}: needs no column of its subject, {self.subject}")

    @property
    def summary(self) -> str:
        """The first line of the page."""
        return self.page.strip().partition("\n")[0]

    @property
    def placeholders(self) -> frozenset[str]:
        """The names that the message is filled with."""
        return frozenset(name for _, name, _, _ in string.Formatter().parse(self.message) if name)

    def about(self, params: P) -> pl.Expr:
        """Tell which rows of the subject the question is about; null where a missing column leaves it open.

        Contracts that came to nothing are no spending: only questions about the data are asked of them.
        Raises DefinitionError for a scope that reads what the rule neither needs nor reads under these
        settings alone.
        """
        scope = self.scope(params)
        known = self.needs[self.subject] | params.reads().get(self.subject, frozenset())
        if unpublished := {*scope.meta.root_names()} - known:
            raise DefinitionError(f"{self.id}: the scope reads {', '.join(sorted(unpublished))}")
        if self.subject != "contracts" or self.stage is Stage.DATA_QUALITY:
            return scope
        return scope & params.standing()

    def lists(self, params: P) -> frozenset[str]:
        """Name the reference lists without which nothing can be judged under these settings."""
        columns = {name for table in self.needs for name in self.needed(table, params)}
        looked_up = {LOOKED_UP_IN[name] for name in columns & LOOKED_UP_IN.keys()}
        return frozenset(looked_up | (self.needs.keys() & LISTS.keys()))

    def needed(self, table: str, params: P) -> tuple[str, ...]:
        """Columns that a row of the table must have under these settings, in a stable order."""
        return tuple(sorted(self.needs.get(table, frozenset()) - params.waived()))

    def lacking(self, table: str, params: P) -> dict[str, pl.Expr]:
        """Name what a row of the table can lack under these settings, and tell for each whether it does."""
        gaps = {name: pl.col(name).is_null() for name in self.needed(table, params)}
        if choice := sorted(self._choice(table)):
            gaps[" or ".join(choice)] = pl.all_horizontal(pl.col(name).is_null() for name in choice)
        if table == self.subject and self.short_of:
            complete = self._complete(table, gaps, params)
            gaps |= {name: short(params, complete) for name, short in self.short_of.items()}
        return gaps

    def _choice(self, table: str) -> frozenset[str]:
        return self.either if table == self.subject else self.either_of.get(table, frozenset())

    def sought(self, table: str, params: P | None = None) -> tuple[str, ...]:
        """Columns of the table that are read of every row, in order; among them the place of a row.

        Under these settings; without any, under the default ones.
        """
        asked = self.params() if params is None else params
        wanted = self.needs.get(table, frozenset()) | self.uses.get(table, frozenset()) | {*PLACE}
        wanted |= self._choice(table) | asked.reads().get(table, frozenset())
        if table == self.subject:
            wanted |= {*self.about(asked).meta.root_names()}
            gaps = self.lacking(table, asked)
            wanted |= {column for name in self.short_of for column in gaps[name].meta.root_names()}
        return tuple(name for name in SCHEMAS[table].names() if name in wanted)

    def columns(self, table: str) -> tuple[str, ...]:
        """Every column of the table that the rule may read, of all rows or of those it found, in order."""
        wanted = {*self.sought(table)}
        if table == self.subject:
            told = [name for fact in self.tells(self.params()).values() for name in fact.meta.root_names()]
            wanted |= {*told, IDENTIFIER[table]}
        return tuple(name for name in SCHEMAS[table].names() if name in wanted)

    def judged(self, table: str, params: P) -> pl.Expr:
        """Rows that the rule can judge: in scope and complete."""
        return self._complete(table, self.lacking(table, params), params)

    def _complete(self, table: str, gaps: Mapping[str, pl.Expr], params: P) -> pl.Expr:
        complete = [~gap for gap in gaps.values()]
        if table == self.subject:
            complete.append(self.about(params).fill_null(value=False))
        return pl.all_horizontal(complete)

    def plan(self, tables: Tables, params: P, begun: pl.LazyFrame | None = None) -> pl.LazyFrame:
        """Lay out the search in these tables; an engine runs it. Missing tables are an error.

        `begun` is what the rule begins with (`begin`), if that was carried out before.
        """
        return self.search(self._ready(tables, params), params, begun)

    def search(self, ready: Tables, params: P, begun: pl.LazyFrame | None = None) -> pl.LazyFrame:
        """Do the same in tables that hold only what `find` gets."""
        if self.begins is None:
            return self.find(ready, params)
        first = self.begins.plan(ready, params) if begun is None else begun
        return self.find(Tables({**ready.frames, BEGUN: first}), params)

    def begin(self, tables: Tables, params: P) -> pl.LazyFrame | None:
        """Lay out what is worked out first, if anything is."""
        return self.begins.plan(self._ready(tables, params), params) if self.begins else None

    def beginning(self, params: P) -> Hashable:
        """Name what is worked out first: rules that begin by the same name begin alike."""
        if self.begins is None:
            return None
        settings = (getattr(params, name) for name in self.begins.params.model_fields)
        read = (frozenset(part.items()) for part in (self.needs, self.either_of))
        return (self.begins.plan, self.scope, self.either, *read, *settings)

    def _ready(self, tables: Tables, params: P) -> Tables:
        ready = {
            table: tables[table].select(self.sought(table, params)).filter(self.judged(table, params))
            for table in self.needs
        }
        for table in self.uses.keys() - self.needs.keys():
            if table in tables:
                ready[table] = tables[table].select(self.sought(table, params))
        return Tables(ready)

    def check(self, found: pl.DataFrame) -> pl.DataFrame:
        """Refuse findings that are not shaped as the model says; return them."""
        names, dtypes = found.columns[: len(FINDING)], found.dtypes[: len(FINDING)]
        hidden = {*found.columns[len(FINDING) :]} & {*SCHEMAS[self.subject]}
        if names != FINDING.names() or dtypes != FINDING.dtypes() or hidden:
            raise DefinitionError(f"{self.id}: find() returned {found.schema}")
        return found

    def tell(self, found: pl.LazyFrame, rows: pl.LazyFrame, params: P) -> pl.LazyFrame:
        """Lay out what findings tell of their rows.

        `rows` of the subject hold all of them, whole, each with the `number` by which members name it: its
        `row`, unless the audit numbered rows anew. Returns the findings in their order: in the place of their
        measures the struct `facts`, and each member as what is `published` of it, in that order.
        """
        numbered = found.with_row_index("finding")
        facts = dict(self.tells(params))
        known = published(self.subject)
        told = (
            numbered.drop(FINDING.names()[1:])
            .explode("members")
            .unnest("members")
            .rename({"row": "number"})
            .join(rows, on=("file", "number"))
            # Sorting the members of each finding apart takes five times as long.
            .sort("finding", *known)
            .group_by("finding", maintain_order=True)
            .agg(members=pl.struct(known), **facts)
            .select("finding", "members", facts=pl.struct(facts.keys()))
        )
        return (
            numbered.select("finding", *FINDING.names()[1:])
            .join(told, on="finding")
            .sort("finding")
            .select(*FINDING.names(), "facts")
        )
