"""In which order do the parts of a column's dates stand? Told by cells that can be read in one way only."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from spendaudit.ingest.month_words import MONTHS
from spendaudit.wording import Words, joined

#: Cells that say otherwise are taken for dirt up to this share of those that decide.
_DIRT: Final = 0.005
#: A day above 12 stands in two dates of three. So small a share of them tells of a slip, not of an order.
_SLIP: Final = 0.02
#: Years of spending releases.
_YEARS: Final = range(1980, 2070)
_LAST_MONTH: Final = 12
_LAST_DAY: Final = 31
_SHORT_YEAR: Final = "24"

_HOURS: Final = re.compile(
    r"(?P<gap>[ T]+)(?P<hour>\d{1,2}):\d{2}(?P<seconds>:\d{2}(?P<part>\.\d+)?)?(?P<half> ?[APap][Mm])?"
    r"(?P<zone> ?(?:Z|GMT|UTC|[+-]\d{2}(?::?\d{2})?))?"
)
_YEAR_FIRST: Final = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_PARTS: Final = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})")
_COMPACT: Final = re.compile(r"\d{8}")
_MONTH: Final = re.compile(r"(\d{4})([-/.]?)(\d{2})|(\d{2})([-/.])(\d{4})")
_WORDED: Final = re.compile(r"[a-z0-9\s\-/.,]+")
_WORD_PARTS: Final = re.compile(r"[a-z]+|\d+")
_YEAR_WORD_DAY: Final = re.compile(r"(\d{4}) ([A-Za-z]{3}) (\d{1,2})")


@dataclass(frozen=True, slots=True)
class Dates:
    """How the dates of a column are written."""

    #: Patterns of `strptime`, the commonest first; empty where the order of the parts is open.
    patterns: tuple[str, ...]
    #: Whether the month is a word.
    words: bool
    #: Whether cells name a month and no day.
    month_only: bool
    #: Patterns between which nothing decides.
    open: tuple[tuple[str, ...], ...]
    why: Words
    #: Share of the filled cells that are dates in some way of writing.
    share: float


def read_dates(published: pl.DataFrame) -> Dates:
    """Judge the cells of a column: distinct ones (`cell`, String) and how often each stands (`count`)."""
    counts = Counter(dict(published.select("cell", "count").iter_rows()))
    numeric: Counter[tuple[tuple[int, str, int, str], str]] = Counter()
    certain: Counter[str] = Counter()
    months: Counter[str] = Counter()
    worded: Counter[tuple[tuple[str, ...], str, str]] = Counter()
    for cell, count in counts.items():
        day, hours = _hours(cell)
        if found := _PARTS.fullmatch(day):
            first, sign, second, third = found.groups()
            numeric[(int(first), sign, int(second), third), hours] += count
        elif pattern := _certain(day):
            certain[pattern + hours] += count
        elif not hours and (pattern := _month(day)):
            months[pattern] += count
        elif not hours and (orders := _worded(day)):
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
        return Dates((), words=False, month_only=False, open=(), why=Words("no cell is a date"), share=0.0)
    example = f"`{_example(counts, most)}`"
    if most == "months":
        patterns = tuple(pattern for pattern, _ in months.most_common())
        return Dates(
            patterns,
            words=False,
            month_only=True,
            open=(),
            why=Words("{example} names a month and no day", example=example),
            share=share,
        )
    if most == "words":
        return _by_words(worded, example, share)
    return _by_parts(numeric, certain, example, share)


def _example(counts: Counter[str], kind: str) -> str:
    judges: Mapping[str, Callable[[str], object]] = {
        "parts": _PARTS.fullmatch,
        "certain": _certain,
        "months": _month,
        "words": _worded,
    }
    return next(cell for cell, _ in counts.most_common() if judges[kind](_hours(cell)[0]))


def _hours(cell: str) -> tuple[str, str]:
    """Part a cell into its day and the pattern of the hours behind it."""
    for found in _HOURS.finditer(cell):
        if found.end() == len(cell) and found.start():
            clock = "%I:%M" if found["half"] else "%H:%M"
            seconds = ":%S" if found["seconds"] else ""
            part = "%.f" if found["part"] else ""
            half = f"{' ' if (found['half'] or '').startswith(' ') else ''}%p" if found["half"] else ""
            zone = found["zone"] or ""
            if zone and zone.strip()[0] in "+-":
                zone = f"{' ' if zone.startswith(' ') else ''}%#z"
            return cell[: found.start()], f"{found['gap']}{clock}{seconds}{part}{half}{zone}"
    return cell, ""


def _certain(day: str) -> str:
    """Return the pattern of a day that can be read in one way; empty for none."""
    if found := _YEAR_FIRST.fullmatch(day):
        year, sign, month, last = found.groups()
        if year.startswith("0"):
            return ""
        if int(month) <= _LAST_MONTH and int(last) <= _LAST_DAY:
            return f"%Y{sign}%m{sign}%d"
        return ""
    if _COMPACT.fullmatch(day):
        year, month, last = int(day[:4]), int(day[4:6]), int(day[6:])
        return "%Y%m%d" if year in _YEARS and 1 <= month <= _LAST_MONTH and 1 <= last <= _LAST_DAY else ""
    if (found := _YEAR_WORD_DAY.fullmatch(day)) and found[2].lower() in MONTHS:
        return "%Y %b %d"
    return ""


def _month(day: str) -> str:
    if not (found := _MONTH.fullmatch(day)):
        return ""
    year, sign, month, month_first, other_sign, year_last = found.groups()
    if year and int(year) in _YEARS and 1 <= int(month) <= _LAST_MONTH:
        return f"%Y{sign}%m"
    if year_last and int(year_last) in _YEARS and 1 <= int(month_first) <= _LAST_MONTH:
        return f"%m{other_sign}%Y"
    return ""


def _worded(day: str) -> tuple[str, ...]:
    """Return the orders in which a day with a month's name can be read."""
    bare = re.sub(r"(\d)(?:st|nd|rd|th|o|º)\b", r"\1", day.lower().replace("ç", "c"))
    if not _WORDED.fullmatch(bare):
        return ()
    parts = [part for part in _WORD_PARTS.findall(bare) if part not in {"de", "del", "do", "of"}]
    shape = tuple("m" if part in MONTHS else len(part) if part.isdigit() else "?" for part in parts)
    if shape == (2, "m", 2):
        days = {"%d-m%m-%y": int(parts[0]), "%y-m%m-%d": int(parts[2])}
        return tuple(pattern for pattern, day in days.items() if 1 <= day <= _LAST_DAY)
    order = _WORDED_SHAPES.get(shape)
    return (order,) if order else ()


_WORDED_SHAPES: Final[Mapping[tuple[int | str, ...], str]] = {
    (1, "m", 4): "%d-m%m-%Y",
    (2, "m", 4): "%d-m%m-%Y",
    ("m", 1, 4): "m%m-%d-%Y",
    ("m", 2, 4): "m%m-%d-%Y",
    (4, "m", 1): "%Y-m%m-%d",
    (4, "m", 2): "%Y-m%m-%d",
    (1, "m", 2): "%d-m%m-%y",
}


def _by_words(worded: Counter[tuple[tuple[str, ...], str, str]], example: str, share: float) -> Dates:
    written: Counter[str] = Counter()
    short: Counter[tuple[tuple[str, ...], str, str]] = Counter()
    for key, count in worded.items():
        if key[0][0] in _SHORT_YEARS:
            short[key] += count
        else:
            written[key[0][0]] += count
    order = _short_order(short)
    if short and order is None:
        why = Words("{example}: nothing tells the day from the year", example=example)
        choices = tuple((choice,) for choice in _SHORT_YEARS)
        return Dates((), words=True, month_only=False, open=choices, why=why, share=share)
    if order:
        written[order] += short.total()
    patterns = tuple(pattern for pattern, _ in written.most_common())
    return Dates(
        patterns,
        words=True,
        month_only=False,
        open=(),
        why=Words("{example}: the month is a word", example=example),
        share=share,
    )


def _short_order(short: Counter[tuple[tuple[str, ...], str, str]]) -> str | None:
    """Tell day from year where both have two figures and the month is a word; None where nothing does."""
    total = short.total()
    possible = {
        order: sum(count for key, count in short.items() if order in key[0]) for order in _SHORT_YEARS
    }
    fitting = [order for order, count in possible.items() if count >= (1 - _DIRT) * total]
    if len(fitting) == 1 and total - min(possible.values()) > _SLIP * total:
        return fitting[0]
    years = _telling_years({first for _, first, _ in short}, {last for _, _, last in short})
    return {"first": _SHORT_YEARS[1], "last": _SHORT_YEARS[0]}.get(years or "")


def _telling_years(firsts: set[str], lasts: set[str]) -> str | None:
    """Tell which of two numbers is the year: a year takes few values, a day many. None where neither does."""
    few, many = 5, 12
    if len(lasts) <= few and len(firsts) > many:
        return "last"
    if len(firsts) <= few and len(lasts) > many:
        return "first"
    return None


def _by_parts(
    numeric: Counter[tuple[tuple[int, str, int, str], str]], certain: Counter[str], example: str, share: float
) -> Dates:
    surely = [pattern for pattern, _ in certain.most_common()]
    if not numeric:
        patterns = tuple(surely)
        return Dates(
            patterns,
            words=False,
            month_only=False,
            open=(),
            why=joined((example, Words(_SPELLED["ymd"])), ": "),
            share=share,
        )
    total = numeric.total()
    orders = {
        order: sum(count for (parts, _), count in numeric.items() if _possible(order, parts))
        for order in ("dmy", "mdy", "ymd")
    }
    fitting = [order for order, count in orders.items() if count >= (1 - _DIRT) * total]
    written = {order: tuple(_patterns(order, numeric)) for order in orders}
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
            return Dates(patterns, words=False, month_only=False, open=(), why=why, share=share)
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
    return Dates((), words=False, month_only=False, open=choices, why=why, share=share)


_SHORT_YEARS: Final = ("%d-m%m-%y", "%y-m%m-%d")
_SPELLED: Final = {
    "dmy": "the day comes first",
    "mdy": "the month comes first",
    "ymd": "the year comes first",
}


def _possible(order: str, parts: tuple[int, str, int, str]) -> bool:
    first, _, second, third = parts
    last = int(third)
    match order:
        case "dmy":
            return 1 <= first <= _LAST_DAY and 1 <= second <= _LAST_MONTH
        case "mdy":
            return 1 <= first <= _LAST_MONTH and 1 <= second <= _LAST_DAY
        case _:
            return len(third) == len(_SHORT_YEAR) and 1 <= second <= _LAST_MONTH and 1 <= last <= _LAST_DAY


def _by_years(fitting: list[str], numeric: Counter[tuple[tuple[int, str, int, str], str]]) -> list[str]:
    firsts, lasts = {str(parts[0]) for parts, _ in numeric}, {parts[3] for parts, _ in numeric}
    match _telling_years(firsts, lasts):
        case "last":
            return [order for order in fitting if order != "ymd"]
        case "first":
            return ["ymd"]
    return fitting


def _patterns(order: str, numeric: Counter[tuple[tuple[int, str, int, str], str]]) -> Iterable[str]:
    written: Counter[str] = Counter()
    for ((_, sign, _, third), hours), count in numeric.items():
        year = "%y" if len(third) == len(_SHORT_YEAR) else "%Y"
        parts = {"dmy": ("%d", "%m", year), "mdy": ("%m", "%d", year), "ymd": ("%y", "%m", "%d")}[order]
        written[sign.join(parts) + hours] += count
    return [pattern for pattern, _ in written.most_common()]


def _deciding(numeric: Counter[tuple[tuple[int, str, int, str], str]], against: str) -> str:
    parts = next(parts for (parts, _) in numeric if not _possible(against, parts))
    first, sign, second, third = parts
    return f"`{first:02}{sign}{second:02}{sign}{third}`"
