"""What does a person's own question say of the tables? Runs one SELECT of SQL, persons hidden."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import polars as pl

from spendaudit.audit.naming import CONTACT, NAMING, Naming, pseudonyms, with_bidders
from spendaudit.engine.local import collect
from spendaudit.errors import UsageError
from spendaudit.model.found import Findings
from spendaudit.model.json_text import untagged
from spendaudit.model.run import Input, Run
from spendaudit.model.tables import SCHEMAS, Tables
from spendaudit.wording import Words, meant

#: Tables whose rows tell themselves whether their party is a person.
_TOLD: Final = ("contracts", "payments")
#: What it can ask of a finding.
_OF_FINDING: Final = (
    "fingerprint", "rule", "rule_name", "severity", "amount", "currency", "starts", "ends", "message",
    "facts",
)  # fmt: skip
#: What a query may begin with: it reads, and changes nothing.
_READS: Final = re.compile(r"\s*(?:SELECT|WITH|SHOW|EXPLAIN|\()", re.IGNORECASE)
_COMMENT: Final = re.compile(r"^\s*(?:--[^\n]*\n|/\*.*?\*/)", re.DOTALL)
_UNKNOWN: Final = re.compile(
    r"(?:relation|table) '([^']+)'|unable to find column \"([^\"]+)\"|: \"?(\w+)\"? not found"
)


def answer(sql: str, tables: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
    """Run one query. Raises UsageError that says what is wrong with it."""
    bare = sql
    while (shorter := _COMMENT.sub("", bare)) != bare:
        bare = shorter
    if not _READS.match(bare):
        raise UsageError(
            "a query begins with SELECT or WITH", hint="it reads the tables, and changes nothing"
        )
    try:
        return collect(pl.SQLContext(tables).execute(sql))
    except (pl.exceptions.PolarsError, ValueError) as error:
        raise UsageError(
            "the query cannot be run: {error}", hint=_hint(error, tables), error=_first_line(error)
        ) from error


def of_run(run: Run) -> dict[str, pl.LazyFrame]:
    """Lay out the findings of a run, and the rows that each of them rests on, as two tables."""
    found = Findings.of(run.findings)
    named = found.frame.select(pl.col("fingerprint").repeat_by("members").explode(empty_as_null=False))
    plain_facts = untagged(pl.col("facts"))
    return {
        "findings": found.frame.select(_OF_FINDING).with_columns(facts=plain_facts).lazy(),
        "members": named.hstack(found.members.drop("position")).lazy(),
    }


def without_persons(
    tables: Tables, inputs: Sequence[Input], key: bytes
) -> tuple[dict[str, pl.LazyFrame], int]:
    """Put pseudonyms in the place of persons, and count them; what texts say of them stays as published."""
    hidden, people = {}, set[str]()
    for table, frame in tables.frames.items():
        # A reference list is a table of parties.
        shown, some = frame, set[str]()
        if table in _TOLD:
            shown, some = _replaced(frame, NAMING[table], key)
        elif table == "bids":
            shown, some = _bidders(frame, inputs, key)
        elif "party_id" in SCHEMAS[table]:
            shown, some = _listed(frame, key)
        hidden[table] = shown
        people |= some
    return hidden, len(people)


def _replaced(frame: pl.LazyFrame, naming: Naming, key: bytes) -> tuple[pl.LazyFrame, set[str]]:
    stands = pseudonyms(frame, naming, key)
    if not stands:
        return frame, set()
    marked = frame.with_columns(stands=_stands(naming, stands))
    return _put(marked, naming.names), set(stands.values())


def _stands(naming: Naming, stands: Mapping[str, str]) -> pl.Expr:
    known = naming.party().replace_strict(stands, default=None, return_dtype=pl.String())
    return pl.when(naming.hidden()).then(known)


def _put(marked: pl.LazyFrame, names: Iterable[str]) -> pl.LazyFrame:
    """Put what `stands` for a person in the place of all its names."""
    schema, stands = marked.collect_schema(), pl.col("stands")
    return marked.with_columns(
        pl.when(stands.is_not_null() & pl.col(name).is_not_null())
        .then(stands.cast(schema[name]))
        .otherwise(name)
        .alias(name)
        for name in names
    ).drop("stands")


def _listed(frame: pl.LazyFrame, key: bytes) -> tuple[pl.LazyFrame, set[str]]:
    there = frame.collect_schema()
    names = tuple(name for name in ("party_key", "party_id", "name", "name_key") if name in there)
    naming = Naming("kind", names, keyed=False)
    shown, people = _replaced(frame, naming, key)
    contacts = [pl.when(~naming.certain()).then(name).alias(name) for name in CONTACT]
    return shown.with_columns(contacts), people


def _bidders(frame: pl.LazyFrame, inputs: Sequence[Input], key: bytes) -> tuple[pl.LazyFrame, set[str]]:
    """Hide who bids, told by number and name: bids are many, and bidders few."""
    published = ("source", "bidder_id", "bidder_name")
    spelt = collect(frame.select(published).unique())
    if spelt.is_empty():
        return frame, set()
    naming = Naming("bidder_kind", ("bidder_key", "bidder_id", "bidder_name"))
    told = with_bidders(spelt, inputs)
    stands = pseudonyms(told.lazy(), naming, key)
    if not stands:
        return frame, set()
    masks = told.select(*published, stands=_stands(naming, stands)).drop_nulls("stands")
    marked = frame.join(masks.lazy(), on=published, how="left", nulls_equal=True, maintain_order="left")
    return _put(marked, ("bidder_id", "bidder_name", "bidder_refs")), set(stands.values())


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__


def _hint(error: Exception, tables: Mapping[str, pl.LazyFrame]) -> Words:
    """Name what may have been meant."""
    all_tables = Words(
        "tables: {tables}; `spendaudit query` alone lists their columns", tables=", ".join(tables)
    )
    columns = {name: table for table, frame in tables.items() for name in frame.collect_schema()}
    if unknown := _UNKNOWN.search(str(error)):
        word = next(name for name in unknown.groups() if name)
        known: dict[str, Any] = columns if unknown[2] or unknown[3] else dict.fromkeys(tables)
        return meant(word, known, all_tables)
    return all_tables
