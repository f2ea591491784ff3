"""Drafts a mapping: which table a file fills, how each column is read, and what only a person can decide."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from spendaudit.enrich.ids import knows, look_up
from spendaudit.errors import UsageError
from spendaudit.load.drafting.assign import LIKELY, SURE, assign
from spendaudit.load.drafting.notes import notes, why_not
from spendaudit.load.drafting.profile import Column, nothing_words, profile
from spendaudit.load.drafting.sample import Sample
from spendaudit.load.drafting.settings import Drafted, Question, settle
from spendaudit.load.drafting.units import scaled
from spendaudit.load.mapping import OF_A_SUM
from spendaudit.model.tables import PUBLISHED
from spendaudit.wording import Words

#: How sure a draft is of a column, in words.
LEVELS: Final = ("sure", "likely", "doubtful")
#: Columns that can name a natural person, table by table.
_PERSONAL: Final[Mapping[str, tuple[str, ...]]] = {
    "contracts": ("supplier_id", "supplier_name"),
    "payments": ("payee_id", "payee_name"),
    "bids": ("bidder_id", "bidder_name"),
    "parties": ("party_id", "name"),
}
_SIGNS: Final = {"€": "EUR", "£": "GBP", "R$": "BRL", "US$": "USD", "S/": "PEN"}
_MONEY_WORDS: Final = {"soles": "PEN", "reais": "BRL", "euros": "EUR", "€": "EUR", "£": "GBP"}
#: A sign in this share of an amount's cells is meant.
_SIGNED: Final = 0.9
_HALF: Final = 0.5
#: So many contracts of several lines, and of them this share with one amount each, tell of repeated totals.
_FEWEST: Final = 3
_ALIKE: Final = 0.9
_REPEATED: Final = 0.7
#: Codes that together are distinct in this share of the rows name them.
_NAMING: Final = 0.99
_CODES: Final = ("institution_id", "administrative_code", "functional_code", "economic_code", "fund_code")
_CODE_IDEAS: Final = (
    "institution",
    "administrative",
    "functional",
    "economic",
    "fund",
    "identifier",
    "budget_line",
)
_LONGEST_CODE: Final = 12


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted mapping and what it rests on."""

    id: str
    table: str
    country: str
    currency: str
    columns: tuple[Drafted, ...]
    #: Columns that nothing is made of, and why.
    ignored: tuple[tuple[Column, Words], ...]
    nulls: tuple[str, ...]
    totals: tuple[str, ...]
    required: tuple[str, ...]
    notes: tuple[Words, ...]
    sample: Sample
    #: A column whose values stand on several lines, all with one amount: its lines may be one contract.
    one_per: str = ""

    @property
    def personal(self) -> tuple[str, ...]:
        """Canonical columns of the draft that can name a natural person."""
        have = {column.canonical for column in self.columns}
        return tuple(name for name in _PERSONAL.get(self.table, ()) if name in have)

    @property
    def questions(self) -> tuple[Question, ...]:
        """What only a person can decide."""
        return tuple(column.question for column in self.columns if column.question)

    def answered(self, answers: Mapping[str, Any]) -> "Draft":
        """Settle open questions, by canonical column."""
        columns = tuple(
            column.answered(answers[column.canonical]) if column.canonical in answers else column
            for column in self.columns
        )
        return replace(self, columns=columns)


def level(sure: float) -> str:
    """Put a confidence into one of `LEVELS`."""
    return LEVELS[0 if sure >= SURE else 1 if sure >= LIKELY else 2]


def draft(sample: Sample, *, table: str = "", country: str = "", currency: str = "") -> Draft | None:
    """Draft a mapping of the file that a sample is of; None where it fills no table that is known."""
    columns = profile(sample)
    assigned = assign([column for column in columns if column.name not in sample.twice], table)
    if assigned is None:
        return None
    drafted = [one for match in assigned.matches for one in settle(assigned.table, match)]
    drafted = [_taxed(one, country, sample) for one in drafted]
    drafted = scaled(drafted, columns, sample)
    if assigned.table == "budget":
        drafted += _budget(drafted, columns, sample)
    currency, why = _currency(drafted, currency, assigned.table)
    names = PUBLISHED[assigned.table].names()
    drafted.sort(key=lambda one: names.index(one.canonical))
    totals, required = _footers(drafted, sample)
    used = {name for one in drafted for name in _reads(one)} | {*totals, *required}
    drafted, one_per = _repeating(assigned.table, drafted, sample)
    return Draft(
        id=_id_of(sample.label),
        table=assigned.table,
        country=country,
        currency=currency,
        columns=tuple(drafted),
        ignored=tuple((column, why_not(column, sample)) for column in columns if column.name not in used),
        nulls=nothing_words(columns),
        totals=totals,
        required=required,
        notes=(*why, *notes(assigned, drafted)),
        sample=sample,
        one_per=one_per,
    )


def _reads(one: Drafted) -> Iterable[str]:
    column = one.settings.get("column")
    return one.settings.get("columns") or ([column] if column else [])


def _id_of(label: str) -> str:
    bare = "!".join(re.sub(r"\.\w+$", "", name) for name in label.split("!"))
    plain = unicodedata.normalize("NFKD", bare).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:50]
    return stem if re.match(r"[a-z].", stem) else f"file_{stem or 'x'}"


def _taxed(one: Drafted, country: str, sample: Sample) -> Drafted:
    """Tell whether an identifier is a tax number, where a country or its name says so."""
    column = one.source
    if (
        column is None
        or one.canonical not in {"buyer_id", "supplier_id", "payer_id", "payee_id"}
        or not column.filled
    ):
        return one
    if knows(country):
        valid = look_up(country, sample.frame[column.name].str.strip_chars())["valid"].drop_nulls()
        share = float(valid.sum()) / max(valid.len(), 1)
        told = Words(
            "{share:.0f} % of its cells are valid tax numbers of {country}",
            share=share * 100,
            country=country,
        )
        evidence = (*one.evidence, told)
        if share >= _HALF:
            return replace(one, settings={**one.settings, "tax_number": True}, evidence=evidence)
        return replace(one, evidence=evidence)
    if column.header.has("tax") and column.taxed >= _HALF:
        return replace(one, settings={**one.settings, "tax_number": True})
    return one


def _budget(drafted: Sequence[Drafted], columns: Sequence[Column], sample: Sample) -> Iterator[Drafted]:
    have = {one.canonical: one for one in drafted}
    if "fiscal_year" not in have:
        yield Drafted(
            "fiscal_year", {"read": "period"}, SURE, (Words("no column says the year: --period fills it"),)
        )
    if "line_id" in have:
        return
    used = {name for one in drafted for name in _reads(one)}
    parts = [have[name].source for name in _CODES if name in have]
    parts += [
        column
        for column in columns
        if column.name not in used
        and column.filled
        and column.header.has(*_CODE_IDEAS)
        and column.length <= _LONGEST_CODE
        and not column.header.has("amount", "contact", "bank", "date")
    ]
    names = [column.name for column in parts if column is not None and column.name not in sample.twice]
    if not names:
        return
    besides = [
        name
        for one in drafted
        if one.canonical in {"fiscal_year", "period_end", "currency"}
        for name in _reads(one)
    ]
    distinct = sample.frame.select([*names, *besides]).n_unique() / sample.rows
    why = Words(
        "its codes together are distinct in {share:.0f} % of {rows:,} rows"
        if distinct >= _NAMING
        else "its codes together are distinct in {share:.0f} % of {rows:,} rows: something more names a "
        "line, or lines are booked in parts",
        share=distinct * 100,
        rows=sample.rows,
    )
    yield Drafted("line_id", {"read": "join", "columns": names}, SURE if distinct >= _NAMING else 0.5, (why,))


def _currency(drafted: Sequence[Drafted], currency: str, table: str) -> tuple[str, list[Words]]:
    """Tell the currency of every amount, where one column says it for all rows."""
    have = {one.canonical for one in drafted}
    if "currency" in have:
        if currency:
            raise UsageError(
                "--currency {currency}: the file has a column that says the currency of each row",
                currency=currency,
            )
        return "", []
    if currency or "currency" not in PUBLISHED[table]:
        return currency, []
    for one in drafted:
        if one.source is None or one.settings.get("read") != "money":
            continue
        signs = [(sign, count) for sign, count in one.source.numbers.signs if sign in _SIGNS]
        if signs and signs[0][1] >= _SIGNED * one.source.filled and len(signs) == 1:
            return _SIGNS[signs[0][0]], [
                Words(
                    "the currency is told by `{sign}` in {cells:,} cells of `{column}`",
                    sign=signs[0][0],
                    cells=signs[0][1],
                    column=one.source.name,
                )
            ]
        words = {_MONEY_WORDS[word] for word, _ in one.source.header.parts if word in _MONEY_WORDS}
        if len(words) == 1:
            return words.pop(), [
                Words("the currency is told by the name of `{column}`", column=one.source.name)
            ]
    return "", [Words("nothing in the file says the currency: state it below, or with --currency")]


def _repeating(table: str, drafted: list[Drafted], sample: Sample) -> tuple[list[Drafted], str]:
    """Find out whether lines of one contract repeat its amount: then it is no line's own, and no sure one."""
    have = {one.canonical: one for one in drafted}
    key, amount = have.get("contract_id"), have.get("amount")
    if table != "contracts" or not key or not amount or not key.source or not amount.source:
        return drafted, ""
    names = [key.source.name, amount.source.name]
    lines = sample.frame.select(pl.col(names).str.strip_chars()).filter(pl.col(names[0]).is_not_null())
    groups = lines.group_by(names[0]).agg(lines=pl.len(), amounts=pl.col(names[1]).n_unique())
    several = groups.filter(pl.col("lines") > 1)
    same = several.filter(pl.col("amounts") == 1).height
    if several.height < _FEWEST or same < _ALIKE * several.height:
        return drafted, ""
    why = Words(
        "in {same:,} of {all:,} contracts of several lines every line repeats it: a total?",
        same=same,
        all=several.height,
    )
    told = replace(amount, sure=min(amount.sure, _REPEATED), evidence=(*amount.evidence, why))
    return [told if one is amount else one for one in drafted], names[0]


def _footers(drafted: Sequence[Drafted], sample: Sample) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Find sums among the last rows: by the word, or by amounts beside which nothing else stands."""
    whole = pl.concat([sample.frame, sample.tail])
    totals = tuple(
        name for name in sample.names if name not in sample.twice and whole[name].str.contains(OF_A_SUM).any()
    )
    amounts = {name for one in drafted if one.settings.get("read") == "money" for name in _reads(one)}
    keys = [
        name
        for one in drafted
        for name in _reads(one)
        if one.settings.get("read") not in {"money", "constant", "period"}
        and name in sample.frame.columns
        and (sample.frame[name].str.strip_chars() != "").fill_null(value=False).mean() == 1.0
    ]
    if not keys or not amounts or not sample.tail.height:
        return totals, ()
    bare = pl.all_horizontal(
        pl.col(name).str.strip_chars().fill_null("") == "" for name in dict.fromkeys(keys)
    )
    filled = pl.any_horizontal(pl.col(name).str.strip_chars() != "" for name in sorted(amounts))
    found = sample.tail.filter(bare & filled).height
    return totals, tuple(dict.fromkeys(keys)) if found else ()
