"""What `spendaudit coverage` shows: what each rule can judge, and the columns that rules wait for."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import polars as pl
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from spendaudit.audit.coverage import Coverage, called, worded
from spendaudit.audit.reasons import columns, reason
from spendaudit.audit.unlocks import Unlock, unlocks
from spendaudit.cli.laid_out import Either, bare_table, titled
from spendaudit.i18n import n, number, t
from spendaudit.model.run import Gap, State
from spendaudit.report.listing import Listing
from spendaudit.report.screen import Screen
from spendaudit.report.words import STYLE, count, percent, words
from spendaudit.rules._rule import Rule

#: A rule that can run has none of the other states before it ran.
_EVALUABLE: Final = "evaluable"
_AMONG: Final = "{rules} could run if other columns came too"
#: Columns of a terminal that has room for the table.
_ROOM: Final = 64
#: Rules that a line names; more are counted.
_NAMED: Final = 6
_ROWS: Final = pl.Schema(
    {
        "rule": pl.String(),
        "name": pl.String(),
        "severity": pl.String(),
        "status": pl.String(),
        "table": pl.String(),
        "rows": pl.Int64(),
        "applicable": pl.Int64(),
        "evaluable": pl.Int64(),
        "share": pl.Float64(),
        "missing": pl.String(),
        "reason": pl.String(),
    }
)


def listing(rules: Sequence[Rule[Any]], coverage: Mapping[str, Coverage]) -> Listing:
    """List the rules in all forms, and in JSON and for people what they wait for."""
    waited = unlocks(coverage)
    return Listing(
        name="coverage",
        rows=pl.DataFrame([_row(rule, coverage[rule.id]) for rule in rules], _ROWS, orient="row"),
        entries=[_entry(rule, coverage[rule.id]) for rule in rules],
        lay_out=lambda screen: _lines(rules, coverage, waited, screen),
        beside={"unlocks": [_unlock(one) for one in waited]},
    )


def _status(covered: Coverage) -> str:
    return covered.state.value if covered.state else _EVALUABLE


def _share(covered: Coverage) -> float | None:
    return covered.evaluated / covered.applicable if covered.applicable else None


def _row(rule: Rule[Any], covered: Coverage) -> tuple[Any, ...]:
    missing = "; ".join(f"{_named(gap)} ({gap.rows})" if gap.column else gap.table for gap in covered.gaps)
    return (
        rule.id,
        rule.name,
        rule.severity.value,
        _status(covered),
        rule.subject,
        covered.rows,
        covered.applicable,
        covered.evaluated,
        _share(covered),
        missing,
        covered.reason,
    )


def _named(gap: Gap) -> str:
    return f"{gap.table}.{gap.column}"


def _entry(rule: Rule[Any], covered: Coverage) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": rule.name,
        "severity": rule.severity,
        "status": _status(covered),
        "table": rule.subject,
        "rows": covered.rows,
        "applicable": covered.applicable,
        "evaluable": covered.evaluated,
        "share": _share(covered),
        "missing": [
            {"table": gap.table, "column": gap.column or None, "rows": gap.rows, "everywhere": gap.everywhere}
            for gap in covered.gaps
        ],
        "reason": covered.reason,
    }


def _unlock(one: Unlock) -> dict[str, Any]:
    return {
        "table": one.table,
        "column": one.column or None,
        "alone": list(one.alone),
        "among": list(one.among),
        "more": list(one.more),
    }


def _lines(
    rules: Sequence[Rule[Any]], coverage: Mapping[str, Coverage], waited: Sequence[Unlock], screen: Screen
) -> Iterator[RenderableType]:
    running = [rule for rule in rules if not coverage[rule.id].state]
    table, narrow = _table(rules, coverage, screen), [*_stacked(rules, coverage)]
    yield from titled(t("What each rule can judge"), screen, Either(table, narrow, _ROOM))
    yield from titled(t("What rules wait for"), screen, *_waiting(waited))
    yield words(
        t(
            "{some} of {rules} can judge something. No rule was run.",
            some=number(len(running)),
            rules=count(len(rules), "rule"),
        )
    )


def _table(rules: Sequence[Rule[Any]], coverage: Mapping[str, Coverage], screen: Screen) -> Table:
    table = bare_table()
    table.add_column(t("rule"), no_wrap=True, style="bold")
    if screen.wide:
        table.add_column("")
        table.add_column(t("severity"), no_wrap=True)
    for heading in (t("evaluable"), t("of rows"), t("share")):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column(t("what is missing"), overflow="fold")
    for rule in rules:
        covered = coverage[rule.id]
        about = [words(rule.name), Text(t(rule.severity.value), STYLE[rule.severity])] if screen.wide else []
        share = _share(covered)
        shown = percent(share) if share is not None else ""
        table.add_row(
            rule.id,
            *about,
            number(covered.evaluated),
            number(covered.applicable or covered.rows),
            Text(shown, "yellow" if covered.state is State.NOT_EVALUABLE else ""),
            _missing(covered),
        )
    return table


def _stacked(rules: Sequence[Rule[Any]], coverage: Mapping[str, Coverage]) -> Iterator[RenderableType]:
    """Say the same below one another."""
    for rule in rules:
        covered = coverage[rule.id]
        some, rows = number(covered.evaluated), count(covered.applicable or covered.rows, "row")
        yield words((rule.id, "bold"), f" {rule.name}: ", t("evaluable"), f" {some} / {rows}")
        if covered.reason:
            yield Padding(_missing(covered), (0, 0, 0, 2))


def _missing(covered: Coverage) -> Text:
    return words((f"{t(covered.state.value)}: ", "yellow") if covered.state else "", reason(covered.reason))


def _waiting(waited: Sequence[Unlock]) -> Iterator[RenderableType]:
    if not waited:
        yield Text(t("Nothing: every rule can judge every row that it is about."))
        return
    for one in waited:
        what = t(called(one.table))
        if one.column:
            named = columns(worded(one.column))
            # What a reference list would tell names that list.
            what = named if "--list" in named else t("{column} of {rows}", column=named, rows=what)
        told = [
            told.format(rules=_rules(ids))
            for ids, told in (
                (one.alone, n("{rules} could run", "{rules} could run", len(one.alone))),
                (one.among, n(_AMONG, _AMONG, len(one.among))),
                (
                    one.more,
                    n("{rules} could judge more rows", "{rules} could judge more rows", len(one.more)),
                ),
            )
            if ids
        ]
        yield words((f"{what}: ", "bold"), "; ".join(told))


def _rules(ids: Sequence[str]) -> str:
    if len(ids) == 1:
        return ids[0]
    more = t(" and {others} more", others=number(len(ids) - _NAMED)) if len(ids) > _NAMED else ""
    return f"{count(len(ids), 'rule')} ({', '.join(ids[:_NAMED])}{more})"
