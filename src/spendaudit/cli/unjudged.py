"""What keeps rules from judging, in few lines: first what a reader can add, then what only a publisher can.

`spendaudit coverage`, and an audit with --verbose, tell it rule by rule.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from rich.text import Text

from spendaudit.audit.coverage import NOT_GIVEN, NOT_LOADED, called, worded
from spendaudit.audit.reasons import columns, reason
from spendaudit.audit.unlocks import unlocks
from spendaudit.i18n import n, number, t
from spendaudit.model.lists import CALLED, LISTS, LOOKED_UP_IN, option_of
from spendaudit.model.run import Input, Run, State
from spendaudit.report.words import count, words
from spendaudit.sources import load_sources

#: Columns and rules that a line names; more are counted.
_NAMED: Final = 6
#: Looked up in lists, too: the last only where a register is large enough.
_IN_LISTS: Final = {**LOOKED_UP_IN, "covering_registry": "registry"}
_LIMIT: Final = "limit"

#: Ids of rules by what they wait for.
_Waiting = Mapping[str, frozenset[str]]


def unjudged(run: Run) -> tuple[Text, ...]:
    """Sum up why rules judged nothing; empty where each judged something."""
    states = [one.state for one in run.outcomes]
    idle = states.count(State.NOT_EVALUABLE)
    elsewhere = [one.id for one in run.outcomes if one.state is State.NOT_APPLICABLE]
    if not idle and not elsewhere:
        return ()
    judged = t(
        "{some} of {rules} judged rows; {idle} lacked what they need.",
        some=number(len(states) - idle - len(elsewhere)),
        rules=count(len(states), "rule"),
        idle=number(idle),
    )
    return (Text(judged), *_lines(run), *_elsewhere(elsewhere))


def _lines(run: Run) -> Iterator[Text]:
    tables, lists, lacked = _waiting(run)
    for table, rules in _most_first(tables):
        said = reason(NOT_LOADED.format(rows=called(table)))
        yield words((f"{said}: ", "bold"), _wait(rules), _published(table, run.inputs))
    if tables:
        yield Text(
            t("Files of these can be given, too; `spendaudit map` drafts how one of no known portal is read.")
        )
    for name, rules in _most_first(lists):
        said = reason(NOT_GIVEN.format(list=CALLED[name], option=option_of(name)))
        yield words((f"{said}: ", "bold"), _wait(rules))
    if limited := lacked["contracts"].pop(_LIMIT, None):
        yield words(
            (f"{reason(f'all contracts lack {worded(_LIMIT)}')}: ", "bold"),
            _wait(limited),
            t("; `spendaudit limits` shows the law that is known, [limits] in spendaudit.toml adds to it"),
        )
    for table, missing in sorted(lacked.items()):
        if missing:
            yield words(
                (t("columns that {rows} lack (and rules that wait): ", rows=t(called(table))), "bold"),
                ", ".join(
                    f"{columns(worded(column))} ({number(len(rules))})"
                    for column, rules in _most_first(missing)[:_NAMED]
                ),
                t(" and {others} more", others=number(len(missing) - _NAMED))
                if len(missing) > _NAMED
                else "",
            )


def _waiting(run: Run) -> tuple[_Waiting, _Waiting, dict[str, dict[str, frozenset[str]]]]:
    """Tell which rules wait for which tables, for which lists, and for which columns of which tables."""
    tables: dict[str, frozenset[str]] = {}
    lists = defaultdict[str, frozenset[str]](frozenset)
    lacked = defaultdict[str, dict[str, frozenset[str]]](dict)
    for one in unlocks({one.id: one for one in run.outcomes}):
        rules = frozenset((*one.alone, *one.among))
        name = _IN_LISTS.get(one.column, "") if one.column else one.table
        if not rules:
            continue
        if name in LISTS:
            lists[name] |= rules
        elif one.column:
            lacked[one.table][one.column] = rules
        else:
            tables[one.table] = rules
    return tables, lists, lacked


def _most_first(waiting: _Waiting) -> Sequence[tuple[str, frozenset[str]]]:
    return sorted(waiting.items(), key=lambda one: (-len(one[1]), one[0]))


def _wait(rules: Iterable[str]) -> str:
    ids = sorted(rules)
    named = ids[0] if len(ids) == 1 else count(len(ids), "rule")
    return n("{rules} waits for that", "{rules} wait for that", len(ids)).format(rules=named)


def _published(table: str, inputs: Sequence[Input]) -> str:
    """Say which portals of the same country publish a table; empty where none is known."""
    countries, read = {one.jurisdiction for one in inputs}, {one.source for one in inputs}
    ids = [
        source.id
        for source in load_sources().values()
        if source.jurisdiction in countries and source.id not in read
        if any(output.table == table for shape in source.every_shape for output in shape.outputs)
    ]
    return t(", {sources} publishes them", sources=t(" or ").join(ids)) if ids else ""


def _elsewhere(ids: Sequence[str]) -> Iterator[Text]:
    if ids:
        more = t(" and {others} more", others=number(len(ids) - _NAMED)) if len(ids) > _NAMED else ""
        yield words(
            (
                n(
                    "{rules} asks about none of these rows: ",
                    "{rules} ask about none of these rows: ",
                    len(ids),
                ).format(rules=count(len(ids), "rule")),
                "bold",
            ),
            ", ".join(ids[:_NAMED]) + more,
        )
