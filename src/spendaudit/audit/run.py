"""What do these rules find in these tables? Runs an audit, from tables to findings."""

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import polars as pl

from spendaudit import __version__
from spendaudit.audit.collate import Answer, findings
from spendaudit.audit.counting import Counting
from spendaudit.audit.coverage import Coverage, measure
from spendaudit.audit.evidence import flagged_rows, numbered, numbers
from spendaudit.audit.lists import Lists, look_up
from spendaudit.audit.search import Search
from spendaudit.engine.aside import Aside, Kept
from spendaudit.engine.local import collect
from spendaudit.enrich.law import Limits, load_limits
from spendaudit.enrich.limits import join_limits
from spendaudit.model.run import Input, Outcome, Run, State
from spendaudit.model.tables import LIMITS, Tables
from spendaudit.rules import own_rules
from spendaudit.rules._rule import Params, Rule


def _silent(_rule: Rule[Any]) -> None:
    """Tell nobody."""


def audit(
    tables: Tables,
    inputs: Sequence[Input],
    rules: Sequence[Rule[Any]],
    params: Mapping[str, Params] | None = None,
    *,
    limits: Limits | None = None,
    progress: Callable[[Rule[Any]], None] = _silent,
    low_memory: bool = False,
) -> Run:
    """Put the rules to the tables.

    `params` holds the settings of rules by id; a rule that is not in it keeps its defaults. `limits` are the
    package's own unless others are given. `progress` is told of each rule in turn. With `low_memory` tables
    are searched part by part. The run is named by what went into it (`name_run`), so that the same inputs and
    settings give the same bytes. Reference lists stand among the tables by their own names, and their files
    among the inputs.
    """
    settings = {rule.id: (params or {}).get(rule.id) or rule.params() for rule in rules}
    tables, lists = look_up(tables, inputs)
    tables = tables.map(numbered)
    join = joining(inputs, limits, lists)
    counting = Counting(tables)
    coverage: dict[str, Coverage] = {}
    found: dict[str, pl.DataFrame] = {}
    for search in _searches(rules, settings, progress):
        if low_memory:
            judged, flagged = search.in_parts(tables, join, counting)
        else:
            judged, flagged = search.whole(tables.map(join), counting)
        coverage |= judged
        found |= flagged
    outcomes = tuple(_outcome(rule, coverage[rule.id], found.get(rule.id)) for rule in rules)
    asked = deque((rule, found.pop(rule.id)) for rule in rules if rule.id in found)
    fetched = flagged_rows(tables, ((rule.subject, some) for rule, some in asked))
    # Looked up for the fetched rows alone: a filter on a place cannot pass the look-up of a limit.
    whole = ((table, (collect(join(table, some.lazy())) for some in parts)) for table, parts in fetched)
    rows: Mapping[str, pl.DataFrame]
    if low_memory:
        kept = {table: Kept(parts) for table, parts in whole}
        rows, scans = Aside(kept), {table: one.lazy() for table, one in kept.items()}
    else:
        rows = {table: pl.concat(parts) for table, parts in whole}
        scans = {table: frame.lazy() for table, frame in rows.items()}
    told = findings(_answers(asked, scans, settings), scans, low_memory=low_memory)
    if not low_memory:
        for frame in rows.values():
            # In its place: any other way of dropping a column lays all others out anew.
            frame.drop_in_place("number")
    written = {"rules": {rule.id: settings[rule.id].model_dump(mode="json") for rule in rules}}
    if limits and limits.said:
        written["limits"] = dict(limits.said)
    return Run(
        id=name_run(inputs, rules, written),
        version=__version__,
        inputs=tuple(inputs),
        settings=written,
        outcomes=outcomes,
        findings=told,
        rows=rows,
    )


def _searches(
    rules: Sequence[Rule[Any]], settings: Mapping[str, Params], progress: Callable[[Rule[Any]], None]
) -> Iterator[Search]:
    """Search with codes for rules of this package; others get the texts, whatever they do with them."""
    own = {rule.id: rule for rule in own_rules()}
    for codes in (True, False):
        if some := [rule for rule in rules if (own.get(rule.id) is rule) is codes]:
            yield Search(some, settings, progress, codes=codes)


def _answers(
    asked: deque[tuple[Rule[Any], pl.DataFrame]],
    rows: Mapping[str, pl.LazyFrame],
    settings: Mapping[str, Params],
) -> Iterator[Answer]:
    """Give what each rule tells of what it found, which goes as soon as it is told."""
    while asked:
        rule, some = asked.popleft()
        if not some.is_empty():
            yield rule, collect(rule.tell(some.lazy(), rows[rule.subject], settings[rule.id]))


def cover(
    tables: Tables,
    inputs: Sequence[Input],
    rules: Sequence[Rule[Any]],
    params: Mapping[str, Params] | None = None,
    *,
    limits: Limits | None = None,
) -> dict[str, Coverage]:
    """Tell by id what each rule could judge of the tables, as `audit` would, without running any."""
    settings = {rule.id: (params or {}).get(rule.id) or rule.params() for rule in rules}
    tables, lists = look_up(tables, inputs)
    return measure(tables.map(joining(inputs, limits, lists)), rules, settings, Counting(tables))


def name_run(
    inputs: Sequence[Input], rules: Sequence[Rule[Any]], settings: Mapping[str, Mapping[str, Any]]
) -> str:
    """Digest the version, the files' contents and sources, the rules and their versions, and all settings."""
    read = {
        "version": __version__,
        "inputs": sorted((file.sha256, file.member, file.source) for file in inputs),
        "rules": sorted((rule.id, rule.version) for rule in rules),
        "settings": settings["rules"],
        **{name: value for name, value in settings.items() if name != "rules"},
    }
    return blake2b(json.dumps(read, sort_keys=True).encode(), digest_size=8).hexdigest()


def joining(
    inputs: Sequence[Input], limits: Limits | None, lists: Lists | None = None
) -> Callable[[str, pl.LazyFrame], pl.LazyFrame]:
    """Return what adds the columns that are nowhere stored (`JOINED`): the limit in force, what lists say.

    A table that brings its own keeps them.
    """
    countries = {file.source: file.jurisdiction for file in inputs}

    def joined(table: str, frame: pl.LazyFrame) -> pl.LazyFrame:
        if not set(LIMITS.get(table, ())) <= set(frame.collect_schema()):
            frame = join_limits(frame, countries, limits or load_limits())
        return (lists or Lists()).join(table, frame)

    return joined


def _outcome(rule: Rule[Any], coverage: Coverage, found: pl.DataFrame | None) -> Outcome:
    state = coverage.state or (State.CLEAN if found is None or found.is_empty() else State.FIRED)
    return Outcome(
        id=rule.id,
        name=rule.name,
        severity=rule.severity,
        state=state,
        rows=coverage.rows,
        applicable=coverage.applicable,
        evaluated=coverage.evaluated,
        flagged=0 if found is None else len(numbers(found)),
        findings=0 if found is None else found.height,
        reason=coverage.reason,
        ceiling=rule.ceiling,
        gaps=coverage.gaps,
    )
