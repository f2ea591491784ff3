"""Which years, months or days are meant: `2024`, `2024-03`, `2024-03-31`; a span includes both its ends."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from spendaudit.errors import UsageError
from spendaudit.wording import Words

_YEAR: Final = 12
_SHAPES: Final = Words("write a year as 2024, a month as 2024-03 or a day as 2024-03-31")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One month of the calendar."""

    year: int
    number: int

    def __str__(self) -> str:
        """Write it as sources and file names do: `2024-03`."""
        return f"{self.year}-{self.number:02}"


def begins(period: str) -> date:
    """Return the first day of a period. Raises `UsageError` when it is none."""
    return _bounds(period)[0]


def ends(period: str) -> date:
    """Return the last day of a period. Raises `UsageError` when it is none."""
    return _bounds(period)[1]


def days(first: str, last: str) -> Iterator[date]:
    """Count the days from the beginning of one period to the end of another.

    Raises `UsageError` when a period is not one, or when the last ends before the first.
    """
    start, end = begins(first), ends(last)
    if end < start:
        raise UsageError(
            "{last} is before {first}", hint="the first period comes first", last=last, first=first
        )
    for offset in range((end - start).days + 1):
        yield start + timedelta(days=offset)


def months(first: str, last: str) -> Iterator[Month]:
    """Count the months that the days between two periods lie in. Raises as `days` does."""
    yield from dict.fromkeys(Month(day.year, day.month) for day in days(first, last))


def years(first: str, last: str) -> Iterator[int]:
    """Count the years that the days between two periods lie in. Raises as `days` does."""
    yield from dict.fromkeys(month.year for month in months(first, last))


def _bounds(period: str) -> tuple[date, date]:
    found = re.fullmatch(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", period)
    if not found or found[1] == "0000":
        raise UsageError("{period!r} is no period", hint=_SHAPES, period=period)
    year, month, day = int(found[1]), found[2], found[3]
    if month is None:
        return date(year, 1, 1), date(year, _YEAR, 31)
    if not 1 <= int(month) <= _YEAR:
        raise UsageError(
            "{period!r} is no period: there is no month {month}",
            hint=_SHAPES,
            period=period,
            month=int(month),
        )
    if len(month) == 1 or (day and len(day) == 1):
        padded = "-".join(part.zfill(2) for part in found.groups() if part)
        raise UsageError(
            "{period!r} is no period",
            hint="write months and days with two digits: {padded}",
            period=period,
            padded=padded,
        )
    length = monthrange(year, int(month))[1]
    if day is None:
        return date(year, int(month), 1), date(year, int(month), length)
    if not 1 <= int(day) <= length:
        raise UsageError(
            "{period!r} is no period: {year}-{month} has {length} days",
            hint=_SHAPES,
            period=period,
            year=year,
            month=month,
            length=length,
        )
    return (date(year, int(month), int(day)),) * 2
