"""What does a person's own question say of the tables? Runs one SELECT of SQL, persons hidden."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import polars as pl

from spendaudit.audit.masking import NAMING, pseudonym
from spendaudit.engine.local import collect
from spendaudit.enrich.keys import organisation_keys
from spendaudit.enrich.persons import may_be_person
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
    countries = {file.source: file.jurisdiction for file in inputs}
    for table, frame in tables.frames.items():
        # A reference list is a table of parties.
        shown, some = frame, set[str]()
        if table in _TOLD:
            shown, some = _parties(table, frame, key)
        elif table == "bids":
            shown, some = _bidders(frame, countries, key)
        elif "party_id" in SCHEMAS[table]:
            shown, some = _listed(frame, key)
        hidden[table] = shown
        people |= some
    return hidden, len(people)


def _parties(table: str, frame: pl.LazyFrame, key: bytes) -> tuple[pl.LazyFrame, set[str]]:
    kind, columns = NAMING[table]
    certain = (pl.col(kind).cast(pl.String()) == "person").fill_null(value=False)
    is_person = certain | may_be_person(kind=kind, key=columns[0], number=columns[1])
    return _replaced(frame, is_person, certain, columns, key)


def _listed(frame: pl.LazyFrame, key: bytes) -> tuple[pl.LazyFrame, set[str]]:
    certain = (pl.col("kind").cast(pl.String()) == "person").fill_null(value=False)
    names = [name for name in ("party_key", "party_id", "name", "name_key") if name in frame.collect_schema()]
    shown, people = _replaced(frame, certain, certain, names, key)
    contacts = [pl.when(~certain).then(name).alias(name) for name in ("address", "phone", "email")]
    return shown.with_columns(contacts), people


def _replaced(
    frame: pl.LazyFrame, is_person: pl.Expr, certain: pl.Expr, columns: Iterable[str], key: bytes
) -> tuple[pl.LazyFrame, set[str]]:
    names = list(columns)
    person = pl.coalesce(pl.col(name).cast(pl.String()) for name in names)
    found = collect(
        frame.filter(is_person).group_by(person=person).agg(certain.any().alias("certain")).drop_nulls()
    )
    stands = {name: pseudonym(name, key, perhaps=not known) for name, known in found.iter_rows()}
    if not stands:
        return frame, set()
    schema = frame.collect_schema()
    masked = person.replace_strict(stands, default=None, return_dtype=pl.String())
    return frame.with_columns(
        pl.when(is_person & pl.col(name).is_not_null())
        .then(masked.cast(schema[name]))
        .otherwise(name)
        .alias(name)
        for name in names
    ), set(stands.values())


def _bidders(frame: pl.LazyFrame, countries: Mapping[str, str], key: bytes) -> tuple[pl.LazyFrame, set[str]]:
    """Tell who bids by number and name: that is not kept with the bids."""
    named = ("source", "bidder_id", "bidder_name")
    known = [
        organisation_keys(
            part, role="supplier", id="bidder_id", name="bidder_name", country=countries.get(str(source), ""),
            tax_id=True, source=str(source),
        )
        for (source,), part in collect(frame.select(named).unique()).group_by("source")
    ]  # fmt: skip
    if not known:
        return frame, set()
    told = pl.concat(known)
    kind = (pl.col("supplier_kind").cast(pl.String()) == "person").fill_null(value=False)
    perhaps = may_be_person(kind="supplier_kind", key="supplier_key", number="bidder_id")
    persons = told.filter(kind | perhaps).with_columns(certain=kind)
    columns = persons.select(
        *named,
        "certain",
        person=pl.coalesce(pl.col("supplier_key").cast(pl.String()), "bidder_id", "bidder_name"),
    )
    stands = [
        None if person is None else pseudonym(person, key, perhaps=not certain)
        for person, certain in columns.select("person", "certain").iter_rows()
    ]
    masks = columns.select(named).with_columns(pl.Series("stands", stands, dtype=pl.String()))
    joined = frame.join(masks.lazy(), on=named, how="left", nulls_equal=True)
    shown = joined.with_columns(
        pl.when(pl.col("stands").is_not_null() & pl.col(name).is_not_null())
        .then("stands")
        .otherwise(name)
        .alias(name)
        for name in (*named[1:], "bidder_refs")
    )
    return shown.drop("stands"), {one for one in stands if one}


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
