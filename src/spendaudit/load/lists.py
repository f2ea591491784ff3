"""Reads a reference list (sanctions, a register, a plan, dates) as any other file, and tells what it took.

A column whose header is a canonical name is that column. Other headers are read by the words that `spendaudit
map` knows, where these leave no doubt; what is doubtful is left out, and told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import polars as pl

from spendaudit.errors import LayoutChangedError, ReadError, UsageError
from spendaudit.i18n import ENGLISH, speaking
from spendaudit.ingest.archive import Published, published
from spendaudit.ingest.cells import Cell
from spendaudit.ingest.store import Store
from spendaudit.load.drafting.check import checked
from spendaudit.load.drafting.draft import Draft
from spendaudit.load.drafting.sample import take_sample
from spendaudit.load.drafting.write import to_toml
from spendaudit.load.list_headers import draft_list, taken
from spendaudit.load.loading import Progress
from spendaudit.load.mapping import Given, from_text, read_mapping
from spendaudit.load.normalize import Request, normalize
from spendaudit.load.tables import open_tables
from spendaudit.model.lists import CALLED, LISTS, source_of
from spendaudit.model.remarks import BACKWARDS, INVALID, NAMELESS, OF_NO_COUNTRY, ONE_INVALID, UNEXPLAINED
from spendaudit.model.run import Input
from spendaudit.model.tables import PUBLISHED
from spendaudit.sources._source import Source
from spendaudit.wording import Words, either

#: Columns without which a list says nothing: of each group one.
_NEEDED: Final[Mapping[str, tuple[frozenset[str], ...]]] = {
    "sanctions": (frozenset({"party_id", "name"}),),
    "connections": (frozenset({"party_id"}),),
    "registry": (frozenset({"party_id"}),),
    "plan": (frozenset({"buyer_id", "buyer_name"}), frozenset({"item_code"}), frozenset({"fiscal_year"})),
    "election_dates": (frozenset({"date"}),),
    "holidays": (frozenset({"date"}),),
}


@dataclass(frozen=True, slots=True)
class ListFile:
    """A file of a list, and the mapping that reads it, where its headers do not say all."""

    name: str
    path: Path
    mapping: Path | None = None


def load_list(
    wanted: ListFile, store: Store, *, country: str, progress: Progress | None = None
) -> tuple[Input, ...]:
    """Normalise a list into the store. Numbers without a scheme are read as those of the `country`.

    Raises UsageError or ReadError that says what the file lacks.
    """
    given, notes = _given(wanted, _table(wanted.path), country)
    request = Request(given=_strict(given.source, wanted.name), mapping=given.digested, new_columns=True)
    loaded = normalize([wanted.path], store, request, progress)
    for refused in loaded.refused:
        raise refused.error
    if not loaded.inputs:
        raise ReadError("{path} holds no rows of a {list}", path=wanted.path, list=Words(CALLED[wanted.name]))
    return tuple(replace(one, notes=(*notes, *_told(one), *_unmatched(one, store))) for one in loaded.inputs)


def _table(path: Path) -> Published:
    """Return the one table of a file. Raises UsageError where there are several, or none."""
    if not path.is_file():
        raise UsageError("there is no file {path}", hint="check the path that --list names", path=path)
    parts = published(path)
    if len(parts) != 1:
        raise UsageError(
            "{file} holds {number} tables, and a list is one",
            hint="keep the one sheet or file that holds the list",
            file=path.name,
            number=len(parts),
        )
    return parts[0]


def _given(wanted: ListFile, part: Published, country: str) -> tuple[Given, tuple[str, ...]]:
    """Take the mapping that is stated, or make one of the header."""
    if wanted.mapping:
        given = read_mapping(wanted.mapping, country="")
        table = given.source.outputs[0].table
        if table != LISTS[wanted.name]:
            raise UsageError(
                "{mapping} fills {table}, and a {list} is {wanted}",
                hint="spendaudit map {path} --table {wanted}",
                mapping=wanted.mapping,
                table=table,
                list=Words(CALLED[wanted.name]),
                wanted=LISTS[wanted.name],
                path=wanted.path,
            )
        _check(wanted, part, [*given.source.outputs[0].columns], ())
        return given, ()
    sample = take_sample(part)
    draft = checked(draft_list(sample, wanted.name, country))
    _check(wanted, part, [one.canonical for one in draft.columns], sample.names)
    _refuse_questions(wanted, draft)
    # By its text a way of reading is told from others, whatever the reader's language.
    with speaking(ENGLISH):
        drafted = to_toml(draft)
    given = from_text(drafted, wanted.path, country="", currency="")
    return given, taken(draft)


def _check(wanted: ListFile, part: Published, have: Sequence[str], names: Sequence[str]) -> None:
    """Refuse a file that lacks what the list is nothing without."""
    for group in _NEEDED[wanted.name]:
        if group.isdisjoint(have):
            table = LISTS[wanted.name]
            raise LayoutChangedError(
                "{label} has no column {columns}, which --list {name} needs; its columns are {listed}"
                if names
                else "{label} has no column {columns}, which --list {name} needs",
                hint="call its columns {known}, those that it has; or write a mapping (spendaudit map "
                "{file} --table {table} --output list.toml), and give it too: --list "
                "{name}={file},list.toml",
                label=part.label,
                columns=either(sorted(group)),
                name=wanted.name,
                listed=", ".join(names[:12]),
                known=", ".join(PUBLISHED[table].names()),
                file=part.path.name,
                table=table,
            )


def _refuse_questions(wanted: ListFile, draft: Draft) -> None:
    for question in draft.questions:
        raise UsageError(
            "{label} leaves open how to read {column}: {why}",
            hint="write dates as 2024-01-31; or answer in a mapping (spendaudit map {file} --table "
            "{table} --output list.toml), and give it too: --list {name}={file},list.toml",
            label=draft.sample.label,
            column=question.column,
            why=question.text,
            file=wanted.path.name,
            table=draft.table,
            name=wanted.name,
        )


def _strict(source: Source, name: str) -> Source:
    """Call the source after its list, and refuse what names nobody, or ends before it begins."""
    output = source.outputs[0]
    rejected = dict(source.rejected)
    text = {column: cell.text if isinstance(cell, Cell) else cell for column, cell in output.columns.items()}
    for group in _NEEDED[name]:
        read = sorted(group & set(text))
        rejected[NAMELESS.format(columns=" or ".join(read))] = pl.all_horizontal(
            text[column].is_null() for column in read
        )
    if {"valid_from", "valid_to"} <= set(output.columns):
        starts, ends = output.columns["valid_from"], output.columns["valid_to"]
        if isinstance(starts, Cell) and isinstance(ends, Cell):
            rejected[BACKWARDS] = (ends.value < starts.value).fill_null(value=False)
    return replace(
        source,
        id=source_of(name),
        rejected=rejected,
        outputs=(replace(output, finish=_once),),
        expected={},
    )


def _once(entries: pl.LazyFrame) -> pl.LazyFrame:
    """Keep each entry once: a second line that says the same is merged with the first."""
    said = [name for name in entries.collect_schema() if name != "row"]
    return entries.unique(said, keep="first", maintain_order=True)


def _told(one: Input) -> tuple[str, ...]:
    """Leave out what the loader says of columns that are no part of the list: it is told already."""
    return tuple(note for note in one.notes if not note.startswith(UNEXPLAINED.partition("{")[0]))


def _unmatched(one: Input, store: Store) -> tuple[str, ...]:
    """Tell how many numbers are not valid, or of a country that is not known here: they match nobody."""
    if not one.tables.get("parties") or not one.tables["parties"].loaded:
        return ()
    (entries,) = open_tables([one], store).frames.values()
    numbered, keyed = (
        entries.select(pl.col("party_id").is_not_null().sum(), pl.col("party_key").is_not_null().sum())
        .collect()
        .row(0)
    )
    if keyed == numbered:
        return ()
    wrong = numbered - keyed
    said = OF_NO_COUNTRY if not one.jurisdiction else ONE_INVALID if wrong == 1 else INVALID
    return (said.format(count=f"{wrong:,}", all=f"{numbered:,}", country=one.jurisdiction),)
