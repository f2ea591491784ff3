"""Whom must a shared report not name? Puts pseudonyms in the place of natural persons.

A rule is right to look at a person's contracts; a report that travels must not carry who it was. Identifiers
of persons can be enumerated, so a plain digest would hide nothing: pseudonyms are keyed (see `mask_key`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Final

import polars as pl

from spendaudit.audit.message import plain, sentence
from spendaudit.enrich.keys import NAMED
from spendaudit.model.run import Finding, Members, Run

#: What tells a row's party to be a person, and the columns that name it, the steadiest first.
_NAMING: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "contracts": ("supplier_kind", ("supplier_key", "supplier_id", "supplier_name")),
    "payments": ("payee_kind", ("payee_key", "payee_id", "payee_name")),
    "parties": ("kind", ("party_id", "name")),
}
#: Where a person can be found; a pseudonym would say nothing there.
_CONTACT: Final = ("address", "phone", "email")
#: Columns that this project writes; they name nobody.
_OURS: Final = frozenset({"source", "file", "limit_source"})
#: A number and its check digit, and the number alone: anyone can work the check digit out.
_CHECKED: Final = re.compile(r"(([0-9][0-9.]{5,})-[0-9kK])$")
#: Shorter names stand by chance inside other words: they are hidden where they fill a cell, not in a text.
_SHORTEST: Final = 5


def mask(run: Run, key: bytes, messages: Mapping[str, str]) -> Run:
    """Return the run with every natural person among the flagged rows under a pseudonym, `person-<8 hex>`.

    One person has one pseudonym wherever the same key is used. What names them is hidden in their own rows,
    in the text of all other flagged rows, and in facts, members and sentences. `messages` holds the sentences
    of rules by rule id: they are filled anew; those of a rule that is not in it are searched as any text.
    """
    disguise = _disguise(run.rows, key)
    if not disguise.names:
        return run
    return replace(
        run,
        rows={table: _masked_rows(table, frame, disguise) for table, frame in run.rows.items()},
        findings=_masked_findings(run.findings, messages, disguise),
    )


def pseudonym(person: str, key: bytes) -> str:
    """Name a person without saying who it is."""
    return f"person-{blake2b(person.encode(), key=key, digest_size=4).hexdigest()}"


@dataclass(frozen=True, slots=True)
class _Disguise:
    #: The pseudonym of each person, by the steadiest of its names.
    people: Mapping[str, str]
    #: The pseudonym for every spelling of every name and identifier.
    names: Mapping[str, str]

    def hide(self, text: pl.Expr) -> pl.Expr:
        inside = sorted(
            (name for name in self.names if len(name) >= _SHORTEST), key=lambda name: (-len(name), name)
        )
        return text.replace(self.names).str.replace_many(
            inside, [self.names[name] for name in inside], ascii_case_insensitive=True, leftmost=True
        )

    def hide_all(self, texts: Iterable[str]) -> dict[str, str]:
        """Return what stands for each text that must change."""
        published = pl.Series("text", sorted(set(texts)), pl.String())
        hidden = published.to_frame().select(self.hide(pl.col("text"))).to_series()
        return {text: new for text, new in zip(published, hidden, strict=True) if text != new}


def _person(columns: Iterable[str]) -> pl.Expr:
    return pl.coalesce(pl.col(column).cast(pl.String()) for column in columns)


def _disguise(rows: Mapping[str, pl.DataFrame], key: bytes) -> _Disguise:
    named = [pl.DataFrame(schema={"person": pl.String(), "name": pl.String()})]
    for table, (kind, columns) in _NAMING.items():
        if table in rows:
            flagged = rows[table].filter(pl.col(kind) == "person")
            named += [
                flagged.select(person=_person(columns), name=pl.col(name).cast(pl.String()))
                for name in columns
            ]
    spelt = pl.concat(named).drop_nulls().unique()
    people = {person: pseudonym(person, key) for person in spelt["person"].unique().sort()}
    # A name that several persons share stands for none of them.
    owners = spelt.group_by("name").agg(pl.col("person").unique()).sort("name").iter_rows()
    names: dict[str, str] = {}
    for name, persons in owners:
        stands = people[persons[0]] if len(persons) == 1 else pseudonym(name, key)
        for spelling in _spellings(name):
            names.setdefault(spelling, stands)
    return _Disguise(people, names)


def _spellings(name: str) -> set[str]:
    """List how a name or identifier may stand in a text, an address or a sentence."""
    spellings = {name, plain(name), name.removeprefix(NAMED)}
    if not name.isascii():
        spellings |= {name.upper(), name.lower(), name.title()}
    if any(character.isdigit() for character in name):
        undotted = name.replace(".", "").replace(" ", "")
        spellings |= {undotted, undotted.replace("-", "")}
        spellings.update(*_CHECKED.findall(name), *_CHECKED.findall(undotted))
    return spellings - {""}


def _masked_rows(table: str, frame: pl.DataFrame, disguise: _Disguise) -> pl.DataFrame:
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String() and name not in _OURS]
    hidden = {name: disguise.hide(pl.col(name)) for name in texts}
    if table in _NAMING:
        kind, columns = _NAMING[table]
        is_person = pl.col(kind).eq_missing(pl.lit("person", frame.schema[kind]))
        stands = _person(columns).replace(disguise.people)
        for name in columns:
            known = is_person & pl.col(name).is_not_null()
            published = hidden.get(name, pl.col(name))
            hidden[name] = pl.when(known).then(stands.cast(frame.schema[name])).otherwise(published)
        for name in set(_CONTACT) & set(frame.columns):
            hidden[name] = pl.when(~is_person).then(hidden[name])
    return frame.with_columns(**hidden)


def _masked_findings(
    findings: tuple[Finding, ...], messages: Mapping[str, str], disguise: _Disguise
) -> tuple[Finding, ...]:
    searched = (value for finding in findings for value in (finding.message, *finding.facts.values()))
    hidden = disguise.hide_all(value for value in searched if isinstance(value, str))
    #: Findings share a table of members, which is then masked once.
    tables: dict[int, tuple[pl.DataFrame, pl.DataFrame]] = {}
    masked = []
    for finding in findings:
        members = Members.of(finding.members)
        if id(members.rows) not in tables:
            tables[id(members.rows)] = (
                members.rows,
                members.rows.with_columns(disguise.hide(pl.col("id", "url"))),
            )
        facts = {
            name: hidden.get(value, value) if isinstance(value, str) else value
            for name, value in finding.facts.items()
        }
        masked.append(
            replace(
                finding,
                facts=facts,
                members=replace(members, rows=tables[id(members.rows)][1]),
                message=sentence(
                    messages[finding.rule],
                    facts,
                    members=len(members),
                    amount=finding.amount,
                    currency=finding.currency,
                    starts=finding.starts,
                    ends=finding.ends,
                )
                if finding.rule in messages
                else hidden.get(finding.message, finding.message),
            )
        )
    return tuple(masked)
