"""In which order do the parts of a column's dates stand? Told by cells that can be read in one way only."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from spendaudit.load.drafting.day_cells import (
    SHORT_YEAR,
    SHORT_YEARS,
    Parts,
    hours_behind,
    in_one_way,
    in_words,
    of_month,
    parts_of,
    possible,
)
from spendaudit.wording import Words, joined

#: Cells that say otherwise are taken for dirt up to this share of those that decide.
_DIRT: Final = 0.005
#: A day above 12 stands in two dates of three. So small a share of them tells of a slip, not of an order.
_SLIP: Final = 0.02
#: How the orders of parts are put.
_SPELLED: Final = {
    "dmy": "the day comes first",
    "mdy": "the month comes first",
    "ymd": "the year comes first",
}

#: How often days stand that only their column tells the order of, each with the hours behind it.
_Numeric = Counter[tuple[Parts, str]]
#: How often days stand whose month is a word: their orders, and their first and last number.
_Worded = Counter[tuple[tuple[str, ...], str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """How the dates of a column are written."""

    #: Patterns of `strptime`, the commonest first; empty where the order of the parts is open.
    patterns: tuple[str, ...] = ()
    #: Whether the month is a word.
    words: bool = False
    #: Whether cells name a month and no day.
    month_only: bool = False
    #: Patterns between which nothing decides.
    open: tuple[tuple[str, ...], ...] = ()
    why: Words
    #: Share of the filled cells that are dates in some way of writing.
    share: float


def read_dates(published: pl.DataFrame) -> Dates:
    """Judge the cells of a column: distinct ones (`cell`, String) and how often each stands (`count`)."""
    counts = Counter(dict(published.select("cell", "count").iter_rows()))
    numeric, worded = _Numeric(), _Worded()
    certain, months = Counter[str](), Counter[str]()
    for cell, count in counts.items():
        day, hours = hours_behind(cell)
        if parts := parts_of(day):
            numeric[parts, hours] += count
        elif pattern := in_one_way(day):
            certain[pattern + hours] += count
        elif not hours and (pattern := of_month(day)):
            months[pattern] += count
        elif not hours and (orders := in_words(day)):
            ends = re.findall(r"\d+", day)
            worded[orders, ends[0], ends[-1]] += count
    total = sum(counts.values()) or 1
    kinds = {
        "parts": numeric.total(),
        "certain": certain.total(),
        "months": months.total(),
        "words": worded.total(),
    }
    most = max(kinds, key=lambda kind: kinds[kind])
    share = (
        (kinds["parts"] + kinds["certain"]) / total if most in {"parts", "certain"} else kinds[most] / total
    )
    if not kinds[most]:
        return Dates(why=Words("no cell is a date"), share=0.0)
    example = f"`{_example(counts, most)}`"
    if most == "months":
        why = Words("{example} names a month and no day", example=example)
        return Dates(patterns=_commonest(months), month_only=True, why=why, share=share)
    if most == "words":
        return _by_words(worded, example, share)
    return _by_parts(numeric, certain, example, share)


def _commonest(written: Counter[str]) -> tuple[str, ...]:
    return tuple(pattern for pattern, _ in written.most_common())


def _example(counts: Counter[str], kind: str) -> str:
    judges: Mapping[str, Callable[[str], object]] = {
        "parts": parts_of,
        "certain": in_one_way,
        "months": of_month,
        "words": in_words,
    }
    return next(cell for cell, _ in counts.most_common() if judges[kind](hours_behind(cell)[0]))


def _by_words(worded: _Worded, example: str, share: float) -> Dates:
    written, short = Counter[str](), _Worded()
    for key, count in worded.items():
        if key[0][0] in SHORT_YEARS:
            short[key] += count
        else:
            written[key[0][0]] += count
    order = _short_order(short)
    if short and order is None:
        why = Words("{example}: nothing tells the day from the year", example=example)
        choices = tuple((choice,) for choice in SHORT_YEARS)
        return Dates(words=True, open=choices, why=why, share=share)
    if order:
        written[order] += short.total()
    why = Words("{example}: the month is a word", example=example)
    return Dates(patterns=_commonest(written), words=True, why=why, share=share)


def _short_order(short: _Worded) -> str | None:
    """Tell day from year where both have two figures and the month is a word; None where nothing does."""
    total = short.total()
    orders = {order: sum(count for key, count in short.items() if order in key[0]) for order in SHORT_YEARS}
    fitting = [order for order, count in orders.items() if count >= (1 - _DIRT) * total]
    if len(fitting) == 1 and total - min(orders.values()) > _SLIP * total:
        return fitting[0]
    years = _telling_years({first for _, first, _ in short}, {last for _, _, last in short})
    return {"first": SHORT_YEARS[1], "last": SHORT_YEARS[0]}.get(years or "")


def _telling_years(firsts: set[str], lasts: set[str]) -> str | None:
    """Tell which of two numbers is the year: a year takes few values, a day many. None where neither does."""
    few, many = 5, 12
    if len(lasts) <= few and len(firsts) > many:
        return "last"
    if len(firsts) <= few and len(lasts) > many:
        return "first"
    return None


def _by_parts(numeric: _Numeric, certain: Counter[str], example: str, share: float) -> Dates:
    surely = _commonest(certain)
    if not numeric:
        return Dates(patterns=surely, why=joined((example, Words(_SPELLED["ymd"])), ": "), share=share)
    total = numeric.total()
    orders = {
        order: sum(count for (parts, _), count in numeric.items() if possible(order, parts))
        for order in ("dmy", "mdy", "ymd")
    }
    fitting = [order for order, count in orders.items() if count >= (1 - _DIRT) * total]
    written = {order: _patterns(order, numeric) for order in orders}
    if len(fitting) > 1 and "ymd" in fitting:
        fitting = _by_years(fitting, numeric)
    if len(fitting) == 1:
        order = fitting[0]
        against = {"dmy": "mdy", "mdy": "dmy", "ymd": "dmy"}[order]
        deciding = total - orders[against]
        patterns = (*written[order], *surely)
        why = None
        if deciding > _SLIP * total:
            why = Words(
                "{example}: {order}, which {deciding:,} of {all:,} cells decide",
                example=_deciding(numeric, against),
                order=Words(_SPELLED[order]),
                deciding=deciding,
                all=total,
            )
        elif order == "ymd":
            why = Words(
                "{example}: {order}, because it hardly changes and the last part does",
                example=example,
                order=Words(_SPELLED[order]),
            )
        if why:
            return Dates(patterns=patterns, why=why, share=share)
        fitting = [order, against]
    candidates = fitting or [order for order, _ in sorted(orders.items(), key=lambda item: -item[1])[:2]]
    why = Words(
        "{example}: no part above 12 tells the day from the month in {all:,} cells"
        if fitting
        else "{example}: of {all:,} cells {not_dmy:,} cannot be day/month, {not_mdy:,} not month/day",
        example=example,
        all=total,
        not_dmy=total - orders["dmy"],
        not_mdy=total - orders["mdy"],
    )
    choices = tuple((*written[order], *surely) for order in candidates)
    return Dates(open=choices, why=why, share=share)


def _by_years(fitting: list[str], numeric: _Numeric) -> list[str]:
    firsts, lasts = {str(parts[0]) for parts, _ in numeric}, {parts[3] for parts, _ in numeric}
    match _telling_years(firsts, lasts):
        case "last":
            return [order for order in fitting if order != "ymd"]
        case "first":
            return ["ymd"]
    return fitting


def _patterns(order: str, numeric: _Numeric) -> tuple[str, ...]:
    written = Counter[str]()
    for ((_, sign, _, third), hours), count in numeric.items():
        year = "%y" if len(third) == len(SHORT_YEAR) else "%Y"
        parts = {"dmy": ("%d", "%m", year), "mdy": ("%m", "%d", year), "ymd": ("%y", "%m", "%d")}[order]
        written[sign.join(parts) + hours] += count
    return _commonest(written)


def _deciding(numeric: _Numeric, against: str) -> str:
    parts = next(parts for (parts, _) in numeric if not possible(against, parts))
    first, sign, second, third = parts
    return f"`{first:02}{sign}{second:02}{sign}{third}`"
