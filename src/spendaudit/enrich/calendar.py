"""Which days are public holidays, and when is the next election? Calendars beside the rows of the data.

The holidays of a country come from the package `holidays`, which only `--list holidays` needs.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from importlib import import_module, metadata
from typing import Final

import polars as pl

from spendaudit.errors import UsageError
from spendaudit.model.tables import PUBLISHED

_PACKAGE: Final = "holidays"
#: Jurisdictions that are no country: unknown, of every country (`ids.ANYWHERE`), and the Union.
_ANY: Final = ("", "any", "EU")


def public_holidays(places: Iterable[str], years: Iterable[int]) -> tuple[pl.DataFrame, str]:
    """Return the holidays (`date`, `name`, `country`, sorted) of countries, and who says so.

    A place is a country (`CL`) or a part of one (`GB-ENG`), whose own holidays are added. Raises UsageError
    where the package is missing, or does not know a place.
    """
    try:
        package = import_module(_PACKAGE)
    except ModuleNotFoundError as error:
        raise UsageError(
            "the package that knows public holidays is not installed",
            hint="pip install 'spendaudit[holidays]', or give a file: --list holidays=FILE",
        ) from error
    wanted = sorted({*years})
    rows = []
    for place in sorted({*places}):
        country, _, part = place.partition("-")
        try:
            language = package.country_holidays(country).default_language
            # Unless it is told, the package goes by the language of the machine.
            days = package.country_holidays(country, subdiv=part or None, years=wanted, language=language)
        except NotImplementedError as error:
            raise UsageError(
                "no public holidays are known of {place}",
                hint="a country or a part of one, such as CL or GB-ENG; or a file: --list holidays=FILE",
                place=place,
            ) from error
        rows += [{"date": day, "name": str(name), "country": country} for day, name in days.items()]
    frame = pl.DataFrame(rows, PUBLISHED["dates"], orient="row").sort("country", "date", "name")
    return frame, f"{_PACKAGE} {metadata.version(_PACKAGE)}"


def countries(jurisdictions: Iterable[str]) -> tuple[str, ...]:
    """Name the countries among the jurisdictions of sources, sorted."""
    return tuple(sorted({one for one in jurisdictions if one not in _ANY}))


def by_source(dates: pl.DataFrame, jurisdictions: Mapping[str, str]) -> dict[str, dict[date, str]]:
    """Give each source the days of its country, and those of no country: day -> name."""
    found: dict[str, dict[date, str]] = {}
    for source, country in sorted(jurisdictions.items()):
        mine = dates.filter(pl.col("country").is_null() | (pl.col("country") == country))
        named = mine.select("date", pl.coalesce("name", pl.lit("a holiday"))).sort("date", "name")
        days: dict[date, str] = {}
        for day, name in named.iter_rows():
            days.setdefault(day, name)
        found[source] = days
    return found


def holiday(column: str, days: Mapping[str, Mapping[date, str]]) -> pl.Expr:
    """Name the holiday on a day (String), by the source of the row; null on other days."""
    named = [
        pl.when(pl.col("source") == source).then(
            pl.col(column).replace_strict(
                pl.Series([*known], dtype=pl.Date), pl.Series([*known.values()], dtype=pl.String),
                default=None, return_dtype=pl.String,
            )
        )
        for source, known in sorted(days.items())
        if known
    ]  # fmt: skip
    return pl.coalesce(*named) if named else pl.lit(None, pl.String)


def next_of(column: str, days: Mapping[str, Sequence[date]]) -> pl.Expr:
    """Find the first day of the row's source that is not before a date (Date); null after the last."""
    later = [
        pl.when((pl.col("source") == source) & (pl.col(column) <= day)).then(pl.lit(day))
        for source, known in sorted(days.items())
        for day in sorted(known)
    ]
    return pl.coalesce(*later) if later else pl.lit(None, pl.Date)
