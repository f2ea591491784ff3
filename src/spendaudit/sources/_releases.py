"""How the files of a portal are counted: one a month or one a year, named by a pattern.

A source names its pattern and the first period that the portal has:

    releases=partial(monthly, "https://portal.example/orders/{year}-{month}.zip", since="2007-01")
"""

from collections.abc import Iterator

from spendaudit.errors import UsageError
from spendaudit.ingest import periods
from spendaudit.sources._source import Release


def monthly(pattern: str, first: str, last: str, *, since: str) -> Iterator[Release]:
    """Name one file a month. `{month}` is written without a leading zero, `{month:02}` with one."""
    _check_start(first, since)
    for month in periods.months(first, last):
        if month >= periods.first_month(since):
            yield Release(pattern.format(year=month.year, month=month.number), str(month))


def yearly(pattern: str, first: str, last: str, *, since: str) -> Iterator[Release]:
    """Name one file a year; a month stands for its year."""
    _check_start(first, since)
    for year in periods.years(first, last):
        yield Release(pattern.format(year=year), str(year))


def _check_start(first: str, since: str) -> None:
    if periods.last_month(first) < periods.first_month(since):
        raise UsageError(f"the portal has nothing from {first}", hint=f"its first period is {since}")
