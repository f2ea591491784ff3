"""How the files of a portal are counted, and how the portal wants to be asked.

A source names its pattern and the first period that the portal has, in one line:

    downloads=Downloads(partial(monthly, "https://portal.example/{year}-{month}.zip", since="2007-01"))

`{month}` and `{day}` are written without a leading zero, `{month:02}` with one. Where the last part of an
address is not the file's name, `name=` gives it: it ends in the file's suffix, by which the body is checked,
and tells files of one period apart.

`daily`, `monthly`, `yearly` and `yearly_then_monthly` count files; `until=` is for a portal that has
stopped. `together` joins several data sets, `socrata` asks a portal of that make month by month, and `listed`
finds the address in the portal's own list, where it holds the day on which the file was written. Each is
used by some source: its line is the one to copy.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass

from spendaudit.errors import UsageError
from spendaudit.ingest import periods
from spendaudit.ingest.release import Listing, Release

#: From a first to a last period, the files to download; an empty first one means all since the portal began.
Plan = Callable[..., Iterator[Release]]


@dataclass(frozen=True, slots=True)
class Downloads:
    """What a portal has to download, and how it wants to be asked for it."""

    plan: Plan
    _: KW_ONLY
    #: Seconds between two requests.
    delay: float = 1.0
    #: The portal shuts out whoever does not call himself a browser.
    browser: bool = False
    #: The portal's certificate is known to fail: a user may choose to do without (`--insecure`).
    certificate_fails: bool = False
    #: What `--publication` names, where a portal has many under one pattern; nothing where it has not.
    publication: str = ""

    def releases(self, first: str, last: str, publication: str = "") -> Iterator[Release]:
        """Name the files from the first period to the last. Raises `UsageError` where there can be none."""
        if publication:
            return self.plan(first, last, publication=publication)
        return self.plan(first, last)


def monthly(
    pattern: str, first: str, last: str, *, since: str, until: str = "", name: str = "", **named: str
) -> Iterator[Release]:
    """Name one file a month; a day stands for its month."""
    for month in periods.months(*_span(first, last, since, until)):
        values: dict[str, str | int] = {**named, "year": month.year, "month": month.number}
        yield Release(pattern.format(**values), str(month), name.format(**values))


def yearly(
    pattern: str, first: str, last: str, *, since: str, until: str = "", name: str = "", **named: str
) -> Iterator[Release]:
    """Name one file a year; a month stands for its year."""
    for year in periods.years(*_span(first, last, since, until)):
        values: dict[str, str | int] = {**named, "year": year}
        yield Release(pattern.format(**values), str(year), name.format(**values))


def daily(pattern: str, first: str, last: str, *, since: str, name: str = "") -> Iterator[Release]:
    """Name one file a day."""
    for day in periods.days(*_span(first, last, since)):
        values = {"year": day.year, "month": day.month, "day": day.day}
        yield Release(pattern.format(**values), day.isoformat(), name.format(**values))


def yearly_then_monthly(
    pattern: str, first: str, last: str, *, since: str, monthly_from: str
) -> Iterator[Release]:
    """Name one file a year, and one a month from a certain month on; `{period}` is `2024` or `202501`."""
    told = set()
    for month in periods.months(*_span(first, last, since)):
        late = periods.begins(str(month)) >= periods.begins(monthly_from)
        period = str(month) if late else str(month.year)
        if period not in told:
            told.add(period)
            yield Release(pattern.format(period=period.replace("-", "")), period)


def together(plans: Sequence[Plan], first: str, last: str) -> Iterator[Release]:
    """Name the files of several data sets of a portal, period by period; not all need have the same span."""
    releases: list[Release] = []
    refused: list[UsageError] = []
    for plan in plans:
        try:
            releases += plan(first, last)
        except UsageError as error:
            refused.append(error)
    if len(refused) == len(plans):
        raise refused[0]
    yield from sorted(releases, key=lambda release: periods.begins(release.period))


def socrata(resource: str, first: str, last: str, *, column: str, since: str) -> Iterator[Release]:
    """Name one query a month to a Socrata portal, by a column that holds days, as CSV.

    A whole export of millions of rows cannot be resumed (Socrata writes it while it sends it), and says
    nothing of its length. A month is soon asked for again, and its rows can be counted by the portal. Rows
    without a day in the column are not among them.

    One query is enough for a month: endpoints of version 2.1 have no greatest `$limit`
    (https://dev.socrata.com/docs/paging). Where one is kept all the same, the count shows it. Rows are
    ordered, so that an unchanged month is the same body again.
    """
    dataset = resource.rpartition("/")[2]
    for month in periods.months(*_span(first, last, since)):
        where = f"$where=date_trunc_ym({column})='{month}-01T00:00:00.000'"
        yield Release(
            f"{resource}.csv?{where}&$order=:id&$limit=10000000",
            str(month),
            f"{dataset}-{month}.csv",
            rows_url=f"{resource}.json?$select=count(*)&{where}",
        )


def listed(
    index: str,
    first: str,
    last: str,
    *,
    since: str,
    asks: Callable[[int], Mapping[str, str | int]],
    address: str,
    name: str,
) -> Iterator[Release]:
    """Name one file a year whose address stands in the portal's list, which is asked with `asks(year)`."""
    for year in periods.years(*_span(first, last, since)):
        listing = Listing(asks(year), address.format(year=year))
        yield Release(index, str(year), name.format(year=year), listing=listing)


def _span(first: str, last: str, since: str, until: str = "") -> tuple[str, str]:
    """Narrow a span to what the portal has."""
    first = first or since
    if periods.ends(first) < periods.begins(since):
        raise UsageError(
            "the portal has nothing from {first}",
            hint="its first period is {since}",
            first=first,
            since=since,
        )
    if periods.ends(last) < periods.begins(since):
        raise UsageError(
            "the portal has nothing until {last}", hint="its first period is {since}", last=last, since=since
        )
    if until and periods.begins(first) > periods.ends(until):
        raise UsageError(
            "the portal has nothing from {first}", hint="its last period is {until}", first=first, until=until
        )
    # The order of what was asked for is judged before it is narrowed: 2024 to 2023 is a mistake.
    if periods.ends(last) < periods.begins(first):
        raise UsageError(
            "{last} is before {first}", hint="the first period comes first", last=last, first=first
        )
    start = max(first, since, key=periods.begins)
    end = min(last, until or last, key=periods.ends)
    return start, end
