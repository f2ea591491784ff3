"""Which column of a reference list is which? Canonical names first, then words that leave no doubt."""

from collections.abc import Sequence
from typing import Final

from spendaudit.errors import ReadError
from spendaudit.load.drafting.assign import SURE, Match, assign
from spendaudit.load.drafting.draft import Draft
from spendaudit.load.drafting.profile import nothing_words, profile
from spendaudit.load.drafting.sample import Sample
from spendaudit.load.drafting.settings import Drafted, settle
from spendaudit.load.drafting.words import folded
from spendaudit.model.codelists import PARTY_KIND
from spendaudit.model.lists import LISTS, source_of
from spendaudit.model.remarks import ALL_TAKEN, NOT_TAKEN, TAKEN
from spendaudit.model.tables import PUBLISHED
from spendaudit.wording import Words

#: Words for who a party is, beside the canonical ones.
_KINDS: Final = {
    **{kind: kind for kind in PARTY_KIND.categories},
    **dict.fromkeys(
        ("empresa", "persona juridica", "pessoa juridica", "juridica", "j", "organisation"), "company"
    ),
    **dict.fromkeys(("organization", "entity", "legalentity", "entidad", "entidade"), "company"),
    **dict.fromkeys(
        ("persona", "persona natural", "persona fisica", "pessoa fisica", "fisica", "f"), "person"
    ),
    **dict.fromkeys(("individual", "natural person", "pessoa"), "person"),
}


def draft_list(sample: Sample, name: str, country: str) -> Draft:
    """Draft how a file is read as this list. Raises ReadError where a canonical column stands twice."""
    table = LISTS[name]
    columns = [column for column in profile(sample) if column.name not in sample.twice]
    called = {name: [one for one in columns if _plain(one.name) == name] for name in PUBLISHED[table].names()}
    if twice := sorted({_plain(name) for name in sample.twice.values()} & set(called)):
        raise ReadError(
            "{file} has {columns} in its header twice",
            hint="keep one of them",
            file=sample.label,
            columns=", ".join(twice),
        )
    exact = [
        Match(name, found[0], 1.0, Words("its name is the canonical one"))
        for name, found in called.items()
        if found
    ]
    have = {match.canonical for match in exact}
    assigned = assign([one for one in columns if all(one is not match.column for match in exact)], table)
    worded = [] if assigned is None else assigned.matches
    matches = [*exact, *(match for match in worded if match.canonical not in have)]
    drafted = [one for match in matches for one in _settled(table, match)]
    used = {one.source.name for one in drafted if one.source}
    return Draft(
        id=source_of(name),
        table=table,
        country=country,
        currency="",
        columns=tuple(drafted),
        ignored=tuple(
            (column, Words("no column of the list")) for column in columns if column.name not in used
        ),
        nulls=nothing_words(columns),
        totals=(),
        required=(),
        notes=(),
        sample=sample,
    )


def _plain(header: str) -> str:
    return folded(header).replace(" ", "_").replace("-", "_")


def _settled(table: str, match: Match) -> Sequence[Drafted]:
    if match.canonical != "kind":
        return [one for one in settle(table, match) if one.sure >= SURE or one.question]
    known = {value: _KINDS[folded(value)] for value in match.column.values if folded(value) in _KINDS}
    settings = {"read": "code", "column": match.column.name, "meanings": known}
    return [Drafted("kind", settings, match.sure, (match.why,), match.column)] if known else []


def taken(draft: Draft) -> tuple[str, ...]:
    """Say which column was taken for what where its name does not, so that nothing is taken in silence."""
    taken = [
        f"{one.canonical} from `{one.source.name}`"
        for one in draft.columns
        if one.source and _plain(one.source.name) != one.canonical
    ]
    left = [f"`{column.name}`" for column, _ in draft.ignored]
    if not taken and not left:
        return ()
    said = TAKEN if taken and left else ALL_TAKEN if taken else NOT_TAKEN
    return (said.format(taken=", ".join(taken), columns=", ".join(left)),)
