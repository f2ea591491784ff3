"""How many rows can each rule judge, and why not the others? Puts in words what was counted."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from spendaudit.audit.counting import ROWS, Counting, Counts
from spendaudit.model.lists import CALLED, LISTS, LOOKED_UP_IN, option_of
from spendaudit.model.run import Gap, State
from spendaudit.model.tables import Tables
from spendaudit.rules._rule import Params, Rule

#: What a table's rows are called, where the table's own name is not a plural.
_ROWS: Final = {"budget": "budget lines", **{name: f"entries of the {CALLED[name]}" for name in LISTS}}
#: How reasons are put; `reasons` says them in other languages. Texts that are joined by "; ".
NOT_LOADED: Final = "no {rows} were loaded"
NOT_GIVEN: Final = "no {list} was given ({option})"
NONE_THERE: Final = "there are no {rows}"
OUT_OF_SCOPE: Final = "it asks about none of the {count} {rows}, going by {columns}"
ALL_LACK: Final = "all {rows} lack {columns}"
THOSE_LACK: Final = "all {rows} in question lack {columns}"
ONLY_ONE_LACKS: Final = "the only {row} lacks {columns}"
SOME_LACK: Final = "{count} of {all} {rows} lack {columns}"
ONE_LACKS: Final = "{count} of {all} {rows} lacks {columns}"
AS_MANY_LACK: Final = "as many lack {columns}"
MORE_LACK: Final = "{count} lack {columns}"
ONE_MORE_LACKS: Final = "{count} lacks {columns}"

#: What columns are called that nobody published under their name.
WORDS: Final = {
    "buyer_key": "a buyer",
    "supplier_key": "a supplier",
    "payer_key": "a payer",
    "payee_key": "a payee",
    "decision_date": "a date",
    "limit": "a known legal limit",
    "amendments": "a number of amendments",
    "supplier_id_valid": "a tax number that can be checked",
    "party_key": "a valid number",
    "name_key": "a name",
    "covering_registry": f"a register that has enough of their suppliers ({option_of('registry')})",
    **{
        column: f"{what} ({option_of(LOOKED_UP_IN[column])})"
        for column, what in {
            "supplier_in_registry": "a register in which their suppliers could be looked up",
            "supplier_registered_on": "a day on which the supplier was registered",
            "supplier_registered_to": "a last day of the supplier in its register",
            "payee_registered_on": "a day on which the payee was registered",
            "next_election": "an election to come",
        }.items()
    },
}


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


def measure(
    tables: Tables,
    rules: Sequence[Rule[Any]],
    params: Mapping[str, Params],
    counting: Counting | None = None,
) -> dict[str, Coverage]:
    """Tell for every rule, by id, what it can judge. Of each table only what the rules need is read.

    `counting` remembers what was counted of the same tables before.
    """
    counts = (counting or Counting(tables)).count(tables, rules, params)
    return {rule.id: _coverage(rule, params[rule.id], counts) for rule in rules}


def _coverage(rule: Rule[Any], params: Params, counts: Mapping[str, Counts]) -> Coverage:
    subject = counts.get(rule.subject, {})
    rows = subject.get(ROWS, 0)
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
        going_by = ", ".join(WORDS.get(name, name) for name in read)
        counted = {"count": f"{rows:,}", "rows": _rows_or_one(rows, rule.subject)}
        reasons = [OUT_OF_SCOPE.format(**counted, columns=going_by)]
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
        return NOT_GIVEN.format(list=CALLED[table], option=option_of(table))
    return NOT_LOADED.format(rows=called(table))


def _gaps(rule: Rule[Any], table: str, params: Params, counts: Counts | None) -> list[Gap]:
    if counts is None or not counts[ROWS]:
        return [Gap(table, "", 0, everywhere=True)]
    rows = counts[rule.id, "applicable"]
    missing = {name: counts[rule.id, f"no {name}"] for name in rule.lacking(table, params)}
    return [
        Gap(table, name, count, everywhere=count == rows)
        for name, count in sorted(missing.items(), key=lambda part: (-part[1], part[0]))
        if count
    ]


def _lacking(rule: Rule[Any], table: str, params: Params, counts: Counts) -> str:
    """Say which needed columns of a table are missing in how many rows, the emptiest first."""
    rows = counts[rule.id, "applicable"]
    if not rows:
        return NONE_THERE.format(rows=called(table))
    missing = {name: counts[rule.id, f"no {name}"] for name in rule.lacking(table, params)}
    if (everywhere := [name for name in missing if missing[name] == rows]) and rows > 1:
        # What else is missing is not why no row can be judged.
        all_lack = ALL_LACK if rows == counts[ROWS] else THOSE_LACK
        return all_lack.format(rows=called(table), columns=", ".join(map(worded, sorted(everywhere))))
    alike = defaultdict(list)
    for name, count in sorted(missing.items(), key=lambda part: (-part[1], part[0])):
        if count:
            alike[count].append(worded(name))
    said: list[str] = []
    for count, names in alike.items():
        # Of several rows, others may lack what as many lack.
        known = len(names) if rows == 1 else 1
        lack = _some_lack(count, rows, table, first=not said)
        said.append(lack.format(columns=", ".join(names[:known])))
        if others := names[known:]:
            said.append(AS_MANY_LACK.format(columns=", ".join(others)))
    return "; ".join(said)


def _some_lack(count: int, rows: int, table: str, *, first: bool) -> str:
    """Say how many rows lack something, which stays open."""
    said = {"count": f"{count:,}", "columns": "{columns}"}
    if not first:
        return (ONE_MORE_LACKS if count == 1 else MORE_LACK).format(**said)
    if count == rows == 1:
        return ONLY_ONE_LACKS.format(**said, row=one_of(table))
    return (ONE_LACKS if count == 1 else SOME_LACK).format(
        **said, all=f"{rows:,}", rows=_rows_or_one(rows, table)
    )


def called(table: str) -> str:
    """Say what the rows of a table are, as a person would: `contracts`, `budget lines`."""
    return _ROWS.get(table, table)


def worded(name: str) -> str:
    """Say a column, or a choice of columns, as a person would."""
    return " or ".join(WORDS.get(word, word) for word in name.split(" or "))


def _rows_or_one(rows: int, table: str) -> str:
    return one_of(table) if rows == 1 else called(table)


def one_of(table: str) -> str:
    """Say what one row of a table is."""
    if table in LISTS:
        return f"entry of the {CALLED[table]}"
    rows = called(table)
    return f"{rows.removesuffix('ies')}y" if rows.endswith("ies") else rows.removesuffix("s")
