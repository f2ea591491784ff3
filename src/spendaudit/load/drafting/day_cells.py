"""In which ways can one cell be read as a date? By its signs alone, whatever the cells beside it say."""

import re
from collections.abc import Mapping
from typing import Final

from spendaudit.ingest.month_words import MONTHS

#: Years of spending releases.
_YEARS: Final = range(1980, 2070)
_LAST_MONTH: Final = 12
_LAST_DAY: Final = 31
#: A year of two figures.
SHORT_YEAR: Final = "24"

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

#: Orders of a day whose month is a word, where day and year have two figures.
SHORT_YEARS: Final = ("%d-m%m-%y", "%y-m%m-%d")

#: Two numbers, the sign between them, and the last number as it is written: `5/1/2024`.
Parts = tuple[int, str, int, str]


def parts_of(day: str) -> Parts | None:
    """Take apart a day whose order other cells must tell; None where this is no such day."""
    if not (found := _PARTS.fullmatch(day)):
        return None
    first, sign, second, third = found.groups()
    return int(first), sign, int(second), third


def possible(order: str, parts: Parts) -> bool:
    """Tell whether a day can be read in this order: `dmy`, `mdy` or `ymd`."""
    first, _, second, third = parts
    last = int(third)
    match order:
        case "dmy":
            return 1 <= first <= _LAST_DAY and 1 <= second <= _LAST_MONTH
        case "mdy":
            return 1 <= first <= _LAST_MONTH and 1 <= second <= _LAST_DAY
        case _:
            return len(third) == len(SHORT_YEAR) and 1 <= second <= _LAST_MONTH and 1 <= last <= _LAST_DAY


def hours_behind(cell: str) -> tuple[str, str]:
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


def in_one_way(day: str) -> str:
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


def of_month(day: str) -> str:
    """Return the pattern of a month without a day; empty for none."""
    if not (found := _MONTH.fullmatch(day)):
        return ""
    year, sign, month, month_first, other_sign, year_last = found.groups()
    if year and int(year) in _YEARS and 1 <= int(month) <= _LAST_MONTH:
        return f"%Y{sign}%m"
    if year_last and int(year_last) in _YEARS and 1 <= int(month_first) <= _LAST_MONTH:
        return f"%m{other_sign}%Y"
    return ""


def in_words(day: str) -> tuple[str, ...]:
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
