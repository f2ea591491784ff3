"""Which months or years are meant: `2024`, `2024-03`, or from one to another, both included."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from spendaudit.errors import UsageError

_YEAR: Final = 12
_SHAPES: Final = "write a year as 2024 or a month as 2024-03"


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One month of the calendar."""

    year: int
    number: int

    def __str__(self) -> str:
        """Write it as sources and file names do: `2024-03`."""
        return f"{self.year}-{self.number:02}"


def first_month(period: str) -> Month:
    """Return the month that a period begins with."""
    return _bounds(period)[0]


def last_month(period: str) -> Month:
    """Return the month that a period ends with."""
    return _bounds(period)[1]


def months(first: str, last: str) -> Iterator[Month]:
    """Count the months from the beginning of one period to the end of another.

    Raises `UsageError` when a period is not one, or when the last ends before the first.
    """
    start, end = first_month(first), last_month(last)
    if end < start:
        raise UsageError(f"{last} is before {first}", hint="the first period comes first")
    for index in range(start.year * _YEAR + start.number - 1, end.year * _YEAR + end.number):
        yield Month(index // _YEAR, index % _YEAR + 1)


def years(first: str, last: str) -> Iterator[int]:
    """Count the years that the months between two periods lie in. Raises as `months` does."""
    yield from dict.fromkeys(month.year for month in months(first, last))


def _bounds(period: str) -> tuple[Month, Month]:
    found = re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?", period)
    if not found:
        raise UsageError(f"{period!r} is no period", hint=_SHAPES)
    year, month = int(found[1]), found[2]
    if month is None:
        return Month(year, 1), Month(year, _YEAR)
    if not 1 <= int(month) <= _YEAR:
        raise UsageError(f"{period!r} is no period: there is no month {int(month)}", hint=_SHAPES)
    if len(month) == 1:
        raise UsageError(f"{period!r} is no period", hint=f"write the month with two digits: {year}-0{month}")
    return Month(year, int(month)), Month(year, int(month))
