"""Which canonical column is each column of a file? One to one, for the table that the file fills best."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from spendaudit.load.drafting.profile import Column
from spendaudit.load.drafting.words import closed_code, dictionary
from spendaudit.model.codelists import CURRENCY
from spendaudit.model.tables import MONEY, PUBLISHED
from spendaudit.wording import Words, joined

#: Below this nothing is said of a column.
LEAST: Final = 0.5
#: From here on a header and its cells leave little doubt, from here on some.
SURE: Final = 0.8
LIKELY: Final = 0.65
#: Two columns that fit as well as each other: neither is sure.
_RIVALS: Final = 0.06
_RIVALRY: Final = 0.2
#: Cells of another shape that are taken for dirt.
_MOST: Final = 0.95
_MANY: Final = 0.8
_HALF: Final = 0.5
#: Share of cells with letters from which on a column may hold names; signs from which on it holds no codes.
_WORDY: Final = 0.6
_LONG: Final = 25

_NAMES: Final = ("_name", "_label")
_CODES: Final = ("_id", "_code")
_TEXTS: Final = frozenset({"title", "description", "reason", "name", "buyer_unit", "buyer_region"})

#: Columns of published words -> the closed list that they are translated to.
CODED: Final = {
    "procurement_method_details": "procurement_method",
    "main_procurement_category_details": "main_procurement_category",
}
#: Words of such a list in so many of a column's values tell it as well as a header.
_MOST_KNOWN: Final = 0.6
_BY_VALUES: Final = 0.7

#: What a table is nothing without: of each group one column.
_ESSENTIAL: Final[Mapping[str, tuple[frozenset[str], ...]]] = {
    "contracts": (
        frozenset({"amount"}),
        frozenset({"supplier_name", "supplier_id", "contract_id", "tender_id", "award_date", "date_signed"}),
    ),
    "payments": (frozenset({"amount"}), frozenset({"payee_name", "payee_id", "payment_id", "document_id"})),
    "budget": (
        frozenset({"approved", "adjusted", "committed", "executed", "paid"}),
        frozenset(
            {
                "line_id",
                "institution_name",
                "institution_id",
                "functional_label",
                "economic_label",
                "economic_code",
                "administrative_label",
                "functional_code",
                "fiscal_year",
            }
        ),
    ),
    "items": (
        frozenset({"description", "item_code"}),
        frozenset({"quantity", "unit_price"}),
        frozenset({"contract_id", "line", "unit_price"}),
    ),
    "bids": (frozenset({"bidder_name", "bidder_id"}), frozenset({"tender_id"})),
    "amendments": (frozenset({"contract_id"}), frozenset({"number", "amount_change"})),
    "parties": (
        frozenset({"party_id", "name"}),
        frozenset({"registered_on", "valid_from", "valid_to", "status"}),
    ),
}


@dataclass(frozen=True, slots=True)
class Match:
    """A canonical column, the column that it is read from, and how sure that is, from 0 to 1."""

    canonical: str
    column: Column
    sure: float
    why: Words


@dataclass(frozen=True, slots=True)
class Assigned:
    """The likeliest table, its columns, and what else the file may be."""

    table: str
    matches: tuple[Match, ...]
    #: Tables by how well the file fills them, the best first.
    ranking: tuple[tuple[str, float], ...]


def assign(columns: Sequence[Column], table: str = "") -> Assigned | None:
    """Choose the table whose columns the file has; None where it lacks what every table is nothing without.

    A `table` that is stated is taken, whatever the file lacks of it.
    """
    if table:
        matches = _matches(table, columns)
        return Assigned(table, matches, ((table, _score(table, matches)),)) if matches else None
    found: dict[str, tuple[Match, ...]] = {}
    for name, groups in _ESSENTIAL.items():
        matches = _matches(name, columns)
        have = {match.canonical for match in matches}
        if all(have & group for group in groups) and not (name == "parties" and _has_amounts(columns)):
            found[name] = matches
    if not found:
        return None
    scores = {table: _score(table, matches) for table, matches in found.items()}
    ranking = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    best = ranking[0][0]
    return Assigned(best, found[best], tuple(ranking))


def _has_amounts(columns: Sequence[Column]) -> bool:
    """Tell whether money changes hands in a file: a register of parties has none."""
    return any(
        column.filled
        and column.numbers.share > _MANY
        and column.header.has("amount", "expense", "approved", "paid")
        for column in columns
    )


def _score(table: str, matches: Sequence[Match]) -> float:
    essential = frozenset[str]().union(*_ESSENTIAL.get(table, ()))
    return sum(match.sure * (2 if match.canonical in essential else 1) for match in matches)


def _matches(table: str, columns: Sequence[Column]) -> tuple[Match, ...]:
    pairs = []
    for canonical, patterns in dictionary().patterns[table].items():
        for column in columns:
            words = max(column.header.fits(pattern) for pattern in patterns)
            if canonical in CODED and known_codes(CODED[canonical], column.values) > _MOST_KNOWN:
                words = max(words, _BY_VALUES)
            if words < LEAST:
                continue
            fits, remark = shape_fits(table, canonical, column)
            if words * fits >= LEAST:
                pairs.append(Match(canonical, column, words * fits, remark))
    # Where two columns fit alike, the fuller one, then the one that comes first.
    order = {column.name: place for place, column in enumerate(columns)}
    pairs.sort(key=lambda pair: (-pair.sure, -pair.column.fill, order[pair.column.name]))
    taken: dict[str, Match] = {}
    used: set[str] = set()
    for pair in pairs:
        if pair.canonical not in taken and pair.column.name not in used:
            taken[pair.canonical] = pair
            used.add(pair.column.name)
    matches = [_with_rival(match, pairs, used) for match in taken.values()]
    names = PUBLISHED[table].names()
    return tuple(sorted(matches, key=lambda match: names.index(match.canonical)))


def _with_rival(match: Match, pairs: Sequence[Match], used: set[str]) -> Match:
    """Lower what is said of a match when another column, which nothing else is, fits as well."""
    rivals = [
        pair.column.name
        for pair in pairs
        if pair.canonical == match.canonical
        and pair.column.name not in used
        and match.sure - pair.sure <= _RIVALS
    ]
    if not rivals:
        return match
    named = joined([f"`{name}`" for name in rivals[:2]], ", ")
    why = Words("{columns} fits as well" if len(rivals) == 1 else "{columns} fit as well", columns=named)
    return Match(
        match.canonical, match.column, max(LEAST, match.sure - _RIVALRY), joined((match.why, why), "; ")
    )


def shape_fits(table: str, canonical: str, column: Column) -> tuple[float, Words]:
    """Tell how well the cells suit a canonical column, from 0 to 1, and why."""
    if not column.filled:
        return 0.75, Words("no cell of the sample is filled")
    dtype = PUBLISHED[table][canonical]
    if dtype == MONEY:
        return _share_fits(column.numbers.share, column, Words("numbers"))
    if dtype == pl.Int32() and canonical == "fiscal_year":
        return _share_fits(column.years, column, Words("years"))
    if dtype == pl.Int32():
        return _share_fits(column.whole, column, Words("whole numbers"))
    if dtype == CURRENCY:
        return _currency_fits(column)
    return _date_fits(canonical, column) if isinstance(dtype, pl.Date) else _text_fits(canonical)(column)


def _share_fits(share: float, column: Column, kind: Words) -> tuple[float, Words]:
    return _step(share), _share_are(share, column, kind)


def _share_are(share: float, column: Column, kind: Words) -> Words:
    return Words(
        "{share:.0f} % of {cells:,} cells are {kind}", share=share * 100, cells=column.filled, kind=kind
    )


def _currency_fits(column: Column) -> tuple[float, Words]:
    if column.currencies >= _MANY:
        return 1.0, Words("its values are currencies: {values}", values=", ".join(column.values[:3]))
    return (0.7 if column.values and column.lettered > _MANY else 0.0), Words("its values are few words")


def known_codes(canonical: str, values: Sequence[str]) -> float:
    """Tell which share of published words belongs to a closed list."""
    return sum(bool(closed_code(canonical, value)) for value in values) / max(len(values), 1)


def _step(share: float) -> float:
    return 1.0 if share >= _MOST else 0.8 if share >= _MANY else 0.0


def _date_fits(canonical: str, column: Column) -> tuple[float, Words]:
    dates = column.dates
    told = _share_are(dates.share, column, Words("months" if dates.month_only else "dates"))
    if dates.month_only and canonical != "period_end":
        return 0.0, told
    return _step(dates.share), told


def _text_fits(canonical: str) -> Callable[[Column], tuple[float, Words]]:
    if canonical == "url":
        return lambda column: (
            _step(column.linked),
            Words("{share:.0f} % of its cells are addresses", share=column.linked * 100),
        )
    if canonical.endswith(_NAMES) or canonical in _TEXTS:
        return _words_fit
    if canonical.endswith(_CODES) or canonical in {"ocid", "number", "line"}:
        return _codes_fit
    return lambda column: (
        1.0,
        Words(
            "1 distinct value" if column.distinct == 1 else "{number:,} distinct values",
            number=column.distinct,
        ),
    )


def _words_fit(column: Column) -> tuple[float, Words]:
    told = Words("{share:.0f} % of its cells have letters", share=column.lettered * 100)
    if column.dates.share > _MANY and column.lettered < _MANY:
        return 0.0, told
    return (1.0 if column.lettered >= _WORDY else 0.5), told


def _codes_fit(column: Column) -> tuple[float, Words]:
    told = Words(
        "1 distinct code, signs: {signs:.0f}"
        if column.distinct == 1
        else "{number:,} distinct codes, signs: {signs:.0f}",
        number=column.distinct,
        signs=column.length,
    )
    long_words = column.length > _LONG and column.lettered > _MANY and column.taxed < _HALF
    if column.figured < _HALF:
        return 0.5, Words("{share:.0f} % of its cells have no figure", share=(1 - column.figured) * 100)
    dated = column.dates.share > _MANY and column.numbers.share < _MANY
    if dated or long_words:
        return 0.5, told
    if column.taxed >= _MANY:
        return 1.0, Words("{share:.0f} % of its cells look like tax numbers", share=column.taxed * 100)
    return 1.0, told
