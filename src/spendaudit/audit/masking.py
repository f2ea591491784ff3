"""Whom must a shared report not name? Puts pseudonyms in the place of natural persons, and who may be one.

A rule is right to look at a person's contracts; a report that travels must not carry who it was. Identifiers
of persons can be enumerated, so a plain digest would hide nothing: pseudonyms are keyed (see `mask_key`).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

import polars as pl

from spendaudit.audit.message import sentence
from spendaudit.audit.naming import CONTACT, NAMING, OF_BIDDERS, pseudonym, with_bidders
from spendaudit.audit.spellings import Spellings, besides, folded
from spendaudit.engine.aside import Kept, in_parts, remade
from spendaudit.engine.local import compact
from spendaudit.model.codelists import NAMED
from spendaudit.model.found import Findings, Rows
from spendaudit.model.json_text import decoded, encoded, unescaped
from spendaudit.model.run import Finding, Run
from spendaudit.model.tables import IDENTIFIER

#: Findings that are looked through in one go: folding texts takes several times what they do.
_AT_ONCE: Final = 20_000
#: Columns that this project writes; they name nobody.
_OURS: Final = frozenset({"source", "file", "limit_source", "table"})


def mask(run: Run, key: bytes, messages: Mapping[str, str]) -> Run:
    """Return the run with every natural person among the flagged rows under a pseudonym, `person-<8 hex>`.

    Who may be one, by a number that is not valid, is called `masked-<8 hex>` (see `Naming.perhaps`). One
    person has one pseudonym wherever the same key is used. What names them, however it is spelt (see
    `spellings`), is hidden in their own rows, in the text of all other flagged rows, and in facts, members
    and sentences. `messages` holds the sentences of rules by rule id: they are filled anew; those of a rule
    that is not in it are searched as any text.
    """
    rows = run.rows
    if "bids" in rows:
        rows = remade(rows, {"bids": partial(with_bidders, inputs=run.inputs)})
    disguise = _disguise(rows, key)
    if not disguise.people:
        return run
    return replace(
        run,
        rows=remade(rows, {table: partial(_masked_rows, disguise, table) for table in rows}),
        findings=_masked_findings(run.findings, messages, disguise),
        known=_masked_findings(run.known, messages, disguise),
    )


@dataclass(frozen=True, slots=True)
class _Disguise:
    #: The pseudonym of each person, by the steadiest of its names.
    people: Mapping[str, str]
    #: What stands wherever a text names one.
    spellings: Spellings
    #: Identifiers and addresses of rows that named one, with what they became: members repeat them.
    repeated: dict[str, str] = field(default_factory=dict)


def _disguise(rows: Mapping[str, pl.DataFrame], key: bytes) -> _Disguise:
    named = [pl.DataFrame(schema={"person": pl.String(), "name": pl.String(), "perhaps": pl.Boolean()})]
    for table, naming in NAMING.items():
        party, perhaps = naming.party(), naming.perhaps()
        for part in in_parts(rows, table) if table in rows else ():
            flagged = part.filter(naming.hidden())
            each = [
                flagged.select(person=party, name=pl.col(name).cast(pl.String()), perhaps=perhaps)
                for name in naming.names
            ]
            named.append(compact(pl.concat(each).drop_nulls().unique()))
    spelt = pl.concat(named).unique()
    known = spelt.group_by("person").agg(pl.col("perhaps").all()).sort("person")
    people = {person: pseudonym(person, key, perhaps=perhaps) for person, perhaps in known.iter_rows()}
    return _Disguise(people, Spellings(_stands(spelt, people, key)))


def _stands(spelt: pl.DataFrame, people: Mapping[str, str], key: bytes) -> dict[str, str]:
    """Tell what stands for each spelling of each name and identifier.

    One that several persons share stands for none of them; how one person is published goes before how
    another may be written besides.
    """
    each = pl.concat([spelt, spelt.with_columns(pl.col("name").str.strip_prefix(NAMED))])
    owned = each.select("person", "name", spelling=folded(each["name"])).filter(pl.col("spelling") != "")
    published = owned.group_by("spelling").agg(pl.col("person").unique(), pl.col("name").min())
    stands, others = {}, defaultdict[str, set[str]](set)
    for spelling, persons, name in published.iter_rows():
        stands[spelling] = people[persons[0]] if len(persons) == 1 else pseudonym(name, key)
        for other in besides(spelling):
            others[other].update(persons)
    for spelling, sharing in others.items():
        stands.setdefault(spelling, people[min(sharing)] if len(sharing) == 1 else pseudonym(spelling, key))
    return stands


def _masked_rows(disguise: _Disguise, table: str, frame: pl.DataFrame) -> pl.DataFrame:
    hidden = _hidden(table, frame, disguise)
    if table in NAMING:
        naming = NAMING[table]
        is_person = naming.hidden()
        stands = naming.party().replace(disguise.people)
        for name in naming.names:
            known = is_person & pl.col(name).is_not_null()
            published = hidden.get(name, pl.col(name))
            hidden[name] = pl.when(known).then(stands.cast(frame.schema[name])).otherwise(published)
        for name in set(CONTACT) & set(frame.columns):
            hidden[name] = pl.when(~is_person).then(hidden.get(name, pl.col(name)))
    return frame.with_columns(**hidden).drop(OF_BIDDERS, strict=False)


def _hidden(table: str, frame: pl.DataFrame, disguise: _Disguise) -> dict[str, pl.Expr]:
    """Lay out the columns in which some text must change."""
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String() and name not in _OURS]
    published = {name: frame[name].unique() for name in texts}
    # All at once: making ready to search for many names takes longer than most columns do.
    changes = disguise.spellings.changes(pl.concat([pl.Series(dtype=pl.String()), *published.values()]))
    changing = pl.Series(list(changes), dtype=pl.String()).implode()
    naming = {name: words.filter(words.is_in(changing)) for name, words in published.items()}
    for name in (IDENTIFIER[table], "url"):
        disguise.repeated.update((text, changes[text]) for text in naming.get(name, ()))
    return {name: pl.col(name).replace(changes) for name, words in naming.items() if len(words)}


def _masked_findings(
    findings: Sequence[Finding], messages: Mapping[str, str], disguise: _Disguise
) -> Sequence[Finding]:
    if not findings:
        return findings
    found = Findings.of(findings)
    read = pl.concat_str(
        "facts", pl.when(~pl.col("rule").is_in(messages.keys())).then("message"), ignore_nulls=True
    )
    # Few name a person; what the others tell is not even read.
    near = pl.concat(
        disguise.spellings.near(unescaped(part.select(read).to_series()))
        for part in found.frame.iter_slices(_AT_ONCE)
    ).arg_true()
    # Not as findings: these would be read with their members.
    some = [{**row, "facts": decoded(row["facts"])} for row in found.frame[near].iter_rows(named=True)]
    searched = [value for row in some for value in row["facts"].values() if isinstance(value, str)]
    searched += [row["message"] for row in some if row["rule"] not in messages]
    hidden = disguise.spellings.changes(pl.Series(searched, dtype=pl.String()))
    told = pl.DataFrame(
        [_retold(row, messages.get(row["rule"]), hidden) for row in some],
        {"message": pl.String(), "facts": pl.String()},
        orient="row",
    )
    frame = found.frame.with_columns(found.frame[name].scatter(near, told[name]) for name in told.columns)
    return Findings(frame, _masked_members(found.rows, disguise.repeated))


def _masked_members(members: Rows, changes: Mapping[str, str]) -> Rows:
    def hide(some: pl.DataFrame) -> pl.DataFrame:
        return some.with_columns(pl.col("id", "url").replace(changes))

    if not changes:
        return members
    return members.remade(hide) if isinstance(members, Kept) else hide(members.slice(0, members.height))


def _retold(row: Mapping[str, Any], message: str | None, hidden: Mapping[str, str]) -> tuple[str, str]:
    """Hide persons in the facts of a finding, and write its sentence anew from them; return both as texts."""
    facts = {
        name: hidden.get(value, value) if isinstance(value, str) else value
        for name, value in row["facts"].items()
    }
    told = row["message"]
    if message is None:
        told = hidden.get(told, told)
    elif facts != row["facts"]:
        about = ("members", "amount", "currency", "starts", "ends")
        told = sentence(message, facts, **{name: row[name] for name in about})
    return told, encoded(facts)
