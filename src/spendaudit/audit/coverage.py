"""How many rows can each rule judge, and why not the others? One pass over a table answers for all rules."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from spendaudit.engine.local import collect
from spendaudit.model.lists import CALLED, LISTS, LOOKED_UP_IN, option_of
from spendaudit.model.run import State
from spendaudit.model.tables import Tables
from spendaudit.rules._rule import Params, Rule

#: What a table's rows are called, where the table's own name is not a plural.
_ROWS: Final = {"budget": "budget lines", **{name: f"entries of the {CALLED[name]}" for name in LISTS}}
#: What columns are called that nobody published under their name.
_WORDS: Final = {
    "buyer_key": "buyer",
    "supplier_key": "supplier",
    "payer_key": "payer",
    "payee_key": "payee",
    "decision_date": "date",
    "limit": "known legal limit",
    "supplier_id_valid": "tax number that can be checked",
    "party_key": "valid number",
    "name_key": "name",
    **{
        column: f"{what} ({option_of(LOOKED_UP_IN[column])})"
        for column, what in {
            "supplier_in_registry": "register in which their suppliers could be looked up",
            "supplier_registered_on": "day on which the supplier was registered",
            "supplier_registered_to": "last day of the supplier in its register",
            "payee_registered_on": "day on which the payee was registered",
            "next_election": "election to come",
        }.items()
    },
}


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
class Coverage:
    """What a rule can judge of these tables."""

    rows: int
    #: Rows that may be meant: where a missing column leaves open whether a row is in scope, it counts here,
    #: and is not evaluated.
    applicable: int
    evaluated: int
    reason: str
    #: NOT_EVALUABLE or NOT_APPLICABLE; None when the rule can run.
    state: State | None
    #: What rows lack: first what no row has, then the emptiest columns of each needed table.
    gaps: tuple[Gap, ...] = ()


def measure(tables: Tables, rules: Sequence[Rule[Any]], params: Mapping[str, Params]) -> dict[str, Coverage]:
    """Count for every rule, by id. Reads each table once, and of it only what the rules need."""
    counts = {
        table: _counted(_scoped(tables[table], table, asking, params), _questions(table, asking, params))
        for table, asking in _asking(rules).items()
        if table in tables
    }
    return {rule.id: _coverage(rule, params[rule.id], counts) for rule in rules}


def _asking(rules: Sequence[Rule[Any]]) -> dict[str, list[Rule[Any]]]:
    asking = defaultdict(list)
    for rule in rules:
        for table in rule.needs:
            asking[table].append(rule)
    return asking


def _scoped(
    frame: pl.LazyFrame, table: str, rules: Sequence[Rule[Any]], params: Mapping[str, Params]
) -> pl.LazyFrame:
    """Work out once what most questions begin with: whether each rule is about a row, null if unknown."""
    return frame.with_columns(
        rule.about(params[rule.id]).alias(_scope(rule)) for rule in rules if rule.subject == table
    )


def _scope(rule: Rule[Any]) -> str:
    return f"scope of {rule.id}"


def _questions(
    table: str, rules: Sequence[Rule[Any]], params: Mapping[str, Params]
) -> dict[tuple[str, str], pl.Expr]:
    """Lay out what to count: rows of the table that meet a condition, under (rule id, what it is)."""
    questions = {}
    for rule in rules:
        gaps = rule.lacking(table, params[rule.id])
        scope = pl.col(_scope(rule)) if table == rule.subject else pl.lit(value=True)
        #: Unknown is not "no": with a needed column missing, the scope often cannot be told.
        meant = scope.fill_null(value=True)
        questions[rule.id, "applicable"] = meant
        questions[rule.id, "evaluated"] = pl.all_horizontal(
            scope.fill_null(value=False), *(~gap for gap in gaps.values())
        )
        for name, gap in gaps.items():
            questions[rule.id, f"no {name}"] = meant & gap
    return questions


def _counted(frame: pl.LazyFrame, questions: Mapping[tuple[str, str], pl.Expr]) -> dict[tuple[str, str], int]:
    # `row` is never null; without a column beside it, a literal condition would count as one row.
    every = pl.col("row").is_not_null()
    conditions = [
        (every & condition).sum().alias(str(place)) for place, condition in enumerate(questions.values())
    ]
    rows, *counted = collect(frame.select(pl.len(), *conditions)).row(0)
    return {("", "rows"): rows, **dict(zip(questions, counted, strict=True))}


def _coverage(
    rule: Rule[Any], params: Params, counts: Mapping[str, Mapping[tuple[str, str], int]]
) -> Coverage:
    subject = counts.get(rule.subject, {})
    rows = subject.get(("", "rows"), 0)
    applicable = subject.get((rule.id, "applicable"), 0)
    evaluated = subject.get((rule.id, "evaluated"), 0)
    absent = [table for table in rule.needs if table not in counts]
    barren = [table for table in counts if table in rule.needs and not counts[table][rule.id, "evaluated"]]
    state = None
    if absent:
        reasons = [_absent(table) for table in absent]
        state, evaluated = State.NOT_EVALUABLE, 0
    elif rows and not applicable:
        read = sorted(set(rule.scope(params).meta.root_names())) or ["status"]
        going_by = ", ".join(_WORDS.get(name, name) for name in read)
        reasons = [f"it asks about none of the {_counted_rows(rows, rule.subject)}, going by {going_by}"]
        state = State.NOT_APPLICABLE
    else:
        reasons = [text for table in rule.needs if (text := _lacking(rule, table, params, counts[table]))]
        if barren:
            state, evaluated = State.NOT_EVALUABLE, 0
    return Coverage(
        rows=rows,
        applicable=applicable,
        evaluated=evaluated,
        reason="; ".join(reasons),
        state=state,
        gaps=tuple(
            sorted(
                (gap for table in rule.needs for gap in _gaps(rule, table, params, counts.get(table))),
                key=lambda gap: not gap.everywhere,
            )
        ),
    )


def _absent(table: str) -> str:
    if table in LISTS:
        return f"no {CALLED[table]} was given ({option_of(table)})"
    return f"no {called(table)} were loaded"


def _gaps(
    rule: Rule[Any], table: str, params: Params, counts: Mapping[tuple[str, str], int] | None
) -> list[Gap]:
    if counts is None or not counts["", "rows"]:
        return [Gap(table, "", 0, everywhere=True)]
    rows = counts[rule.id, "applicable"]
    missing = {name: counts[rule.id, f"no {name}"] for name in rule.lacking(table, params)}
    return [
        Gap(table, name, count, everywhere=count == rows)
        for name, count in sorted(missing.items(), key=lambda part: (-part[1], part[0]))
        if count
    ]


def _lacking(rule: Rule[Any], table: str, params: Params, counts: Mapping[tuple[str, str], int]) -> str:
    """Say which needed columns of a table are missing in how many rows, the emptiest first."""
    rows = counts[rule.id, "applicable"]
    if not rows:
        return f"there are no {called(table)}"
    missing = {name: counts[rule.id, f"no {name}"] for name in rule.lacking(table, params)}
    if (everywhere := [name for name in missing if missing[name] == rows]) and rows > 1:
        # What else is missing is not why no row can be judged.
        scope = "" if rows == counts["", "rows"] else " in question"
        return f"all {called(table)}{scope} lack {', '.join(map(worded, sorted(everywhere)))}"
    alike = defaultdict(list)
    for name, count in sorted(missing.items(), key=lambda part: (-part[1], part[0])):
        if count:
            alike[count].append(worded(name))
    lacking = [
        f"{_share(count, rows, table) if place == 0 else f'{count:,}'} {'lacks' if count == 1 else 'lack'} "
        f"{', '.join(names)}"
        for place, (count, names) in enumerate(alike.items())
    ]
    return "; ".join(lacking)


def called(table: str) -> str:
    """Say what the rows of a table are, as a person would: `contracts`, `budget lines`."""
    return _ROWS.get(table, table)


def worded(name: str) -> str:
    """Say a column, or a choice of columns, as a person would."""
    return " or ".join(_WORDS.get(word, word) for word in name.split(" or "))


def _share(count: int, rows: int, table: str) -> str:
    return f"the only {_one(table)}" if count == rows else f"{count:,} of {_counted_rows(rows, table)}"


def _counted_rows(rows: int, table: str) -> str:
    return f"{rows:,} {_one(table) if rows == 1 else called(table)}"


def _one(table: str) -> str:
    rows = called(table)
    return f"{rows.removesuffix('ies')}y" if rows.endswith("ies") else rows.removesuffix("s")
