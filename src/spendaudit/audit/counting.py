"""How many rows is each rule about, and how many lack what it needs? Counts for many rules at once.

Most columns are full or empty. So nulls are counted first, each column's once, and only what they leave open
is asked of the rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from spendaudit.engine.local import collect
from spendaudit.model.tables import Tables
from spendaudit.rules._rule import Params, Rule

#: Numbers of rows of a table, under (rule id, what is counted); under `ROWS`, of all.
Counts = Mapping[tuple[str, str], int]

ROWS: Final = ("", "rows")

_EVERY: Final = pl.lit(value=True)


@dataclass(frozen=True, slots=True)
class Counting:
    """What was counted of tables so far, for rules that are asked about them later."""

    #: The tables as they are stored: what files tell of a whole column is not read there.
    stored: Tables
    #: By table and column; under no column, all rows.
    nulls: dict[tuple[str, str], int] = field(default_factory=dict)

    def know(self, table: str, rows: int, nulls: Mapping[str, int]) -> None:
        """Take what somebody has counted: the rows of a table, and how many lack some of its columns."""
        self.nulls.update({(table, ""): rows, **{(table, name): count for name, count in nulls.items()}})

    def count(
        self, tables: Tables, rules: Sequence[Rule[Any]], params: Mapping[str, Params]
    ) -> dict[str, Counts]:
        """Count, table by table, what each rule that needs it may ask of.

        Of the rows that it is about (`applicable`), those that have all that it needs (`evaluated`) and those
        that lack a column (`no <column>`). Unknown is not "no": with a needed column missing, the scope often
        cannot be told.
        """
        needed = sorted({table for rule in rules for table in rule.needs} & tables.frames.keys())
        return {
            table: self._counted(
                table, tables[table], [rule for rule in rules if table in rule.needs], params
            )
            for table in needed
        }

    def _counted(
        self, table: str, frame: pl.LazyFrame, rules: Sequence[Rule[Any]], params: Mapping[str, Params]
    ) -> Counts:
        gaps = {rule.id: rule.lacking(table, params[rule.id]) for rule in rules}
        columns = {
            column
            for rule in rules
            for name, gap in gaps[rule.id].items()
            if name not in rule.short_of
            for column in _read(gap)
        }
        rows, nulls = self._nulls(table, frame, sorted(columns))
        asked: dict[tuple[str, str], int | _Question] = {ROWS: rows}
        for rule in rules:
            scope = rule.about(params[rule.id]) if table == rule.subject else _EVERY
            of_rule = _asked(scope, gaps[rule.id], rule.short_of.keys(), rows, nulls)
            asked |= {(rule.id, what): question for what, question in of_rule}
        return _answered(frame, asked)

    def _nulls(self, table: str, frame: pl.LazyFrame, columns: Sequence[str]) -> tuple[int, dict[str, int]]:
        """Count the rows of a table, and of them those that lack each column."""
        wanted = [name for name in columns if (table, name) not in self.nulls]
        stored = self.stored[table].collect_schema()
        told = [name for name in wanted if name in stored]
        for name in told:
            # Asked so, files tell by their statistics.
            empty = self.stored[table].filter(pl.col(name).is_null())
            self.nulls[table, name] = collect(empty.select(pl.len())).item()
        others = [name for name in wanted if name not in told]
        if others or (table, "") not in self.nulls:
            counted = collect(frame.select(pl.col("row").len().alias(""), pl.col(others).null_count()))
            self.nulls.update({(table, name): count for name, count in counted.row(0, named=True).items()})
        return self.nulls[table, ""], {name: self.nulls[table, name] for name in columns}


@dataclass(frozen=True, slots=True)
class _Question:
    """Of how many rows does all of this hold? Where it is not known of the scope, take it as `open`."""

    scope: pl.Expr
    open: bool
    conditions: tuple[pl.Expr, ...] = ()


def _asked(
    scope: pl.Expr,
    gaps: Mapping[str, pl.Expr],
    short_of: AbstractSet[str],
    rows: int,
    nulls: Mapping[str, int],
) -> Iterator[tuple[str, int | _Question]]:
    """Say what to count for a rule, or give the number where nulls alone tell it.

    They never tell what complete rows are `short_of`, unless there are none.
    """
    all_rows = scope.meta.eq(_EVERY)
    applicable = rows if all_rows else _Question(scope, open=True)
    yield "applicable", applicable
    lack = {name: [nulls[column] for column in _read(gaps[name])] for name in gaps.keys() - short_of}
    #: A row lacks a choice of columns when it lacks each of them.
    some = {name: gaps[name] for name, counts in lack.items() if 0 < min(counts) < rows}
    by_one = {name: lack[name][0] for name in some if len(lack[name]) == 1}
    none = any(min(counts) == rows for counts in lack.values())
    if not none:
        some |= {name: gaps[name] for name in gaps.keys() & short_of}
    if none:
        yield "evaluated", 0
    elif all_rows and len(some) < 2 and by_one.keys() == some.keys():  # noqa: PLR2004
        yield "evaluated", rows - sum(by_one.values())
    else:
        yield "evaluated", _Question(scope, open=False, conditions=tuple(~gap for gap in some.values()))
    for name in gaps:
        if name not in some:
            yield f"no {name}", applicable if min(lack.get(name, [0])) == rows else 0
        elif all_rows and name in by_one:
            yield f"no {name}", by_one[name]
        else:
            yield f"no {name}", _Question(scope, open=True, conditions=(some[name],))


def _answered(frame: pl.LazyFrame, asked: Mapping[tuple[str, str], int | _Question]) -> Counts:
    """Count what is asked, each question once: many rules ask the same."""
    questions = [one for one in asked.values() if isinstance(one, _Question)]
    # Most questions begin with a scope, which is worked out once.
    scopes = {_spelt(one.scope): one.scope for one in questions}
    named = {spelt: f"scope {place}" for place, spelt in enumerate(scopes)}
    conditions: dict[tuple[Any, ...], pl.Expr] = {}
    for one in questions:
        about = pl.col(named[_spelt(one.scope)]).fill_null(one.open)
        conditions.setdefault(_known_as(one), pl.all_horizontal(about, *one.conditions))
    counted: dict[tuple[Any, ...], int] = {}
    if conditions:
        told = collect(
            frame.with_columns(scope.alias(named[spelt]) for spelt, scope in scopes.items()).select(
                condition.sum().alias(str(place)) for place, condition in enumerate(conditions.values())
            )
        )
        counted = dict(zip(conditions, told.row(0), strict=True))
    return {key: counted[_known_as(one)] if isinstance(one, _Question) else one for key, one in asked.items()}


def _known_as(question: _Question) -> tuple[Any, ...]:
    return (_spelt(question.scope), question.open, *map(_spelt, question.conditions))


def _spelt(expression: pl.Expr) -> bytes:
    return expression.meta.serialize()


def _read(expression: pl.Expr) -> list[str]:
    return expression.meta.root_names()
