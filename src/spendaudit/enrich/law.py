"""Which ceilings the law sets, in currency, and on which days each held."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any, Final

from pydantic import ValidationError

from spendaudit.enrich.statutes import Comparison, Series, Statute, Step, Vat
from spendaudit.enrich.units import Values, Worth, month_after, read_units
from spendaudit.errors import DefinitionError

#: The smallest amount that MONEY can tell apart: what is *below* a ceiling is at most one step less.
STEP: Final = Decimal("0.0001")
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """A ceiling in its currency, on the days (both included) on which this amount held."""

    series: Series
    law: Step
    starts: date
    ends: date
    #: As published, in the series' currency.
    amount: Decimal
    #: The greatest amount that is still under it.
    limit: Decimal
    #: The law and the published number, for a reader.
    source: str
    #: What the unit was worth, where the law counts in one.
    worth: Worth | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Every legal ceiling with a source, by country, in currency; a later one holds before an earlier."""

    ceilings: Mapping[str, tuple[Ceiling, ...]] = field(default_factory=lambda: MappingProxyType({}))
    #: What each country's file says of all its ceilings.
    statutes: Mapping[str, Statute] = field(default_factory=lambda: MappingProxyType({}))
    #: Id of a buyer -> the tier that the user says it is of.
    buyer_tiers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    #: All that the user says, in values of JSON; empty: the law as it ships.
    said: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def in_force(self, country: str, day: date, **traits: str | None) -> list[Ceiling]:
        """List the ceilings of a country on a day; given traits (columns of `Scope`), of such contracts."""
        return [
            ceiling
            for ceiling in self.ceilings.get(country, ())
            if ceiling.starts <= day <= ceiling.ends and (not traits or ceiling.series.under.covers(traits))
        ]

    def tiers_of(self, country: str) -> Mapping[str, str]:
        """Name the tier of each level of buyers."""
        return self.statutes[country].tiers if country in self.statutes else {}

    def waits_for_tiers(self, country: str) -> bool:
        """Tell whether no contract of a country can have a limit until the user says its buyers' tiers."""
        known = {*self.tiers_of(country).values(), *self.buyer_tiers.values()}
        asked = [one.series.under.buyer_tier for one in self.ceilings.get(country, ()) if one.series.joined]
        return bool(asked) and not any(not tiers or known & {*tiers} for tiers in asked)


def _ceilings(statute: Statute, units: Mapping[str, Values]) -> Iterator[Ceiling]:
    """Put every step into currency: a unit's step is cut at the months in which the unit is known."""
    for series in statute.series:
        for step in series.steps:
            last = step.valid_to or statute.checked
            if series.unit is None:
                yield ceiling_of(series, step, step.valid_from, last)
                continue
            for month, worth in units[series.unit].items():
                starts, ends = max(step.valid_from, month), min(last, month_after(month) - _DAY)
                if starts <= ends:
                    yield ceiling_of(series, step, starts, ends, worth)


def ceiling_of(series: Series, step: Step, starts: date, ends: date, worth: Worth | None = None) -> Ceiling:
    """Put a step into currency for some of its days."""
    amount = step.amount * worth.amount if worth else step.amount
    published = f"{series.comparison} {step.amount:,} {series.unit or series.currency}"
    if worth:
        published += f" of {starts:%Y-%m} ({worth.amount:,} {series.currency})"
    notes = [series.caveat] if series.caveat else []
    notes += [] if series.vat is Vat.NOT_STATED else [f"VAT {series.vat}"]
    return Ceiling(
        series=series,
        law=step,
        starts=starts,
        ends=ends,
        amount=amount,
        limit=amount - STEP if series.comparison is Comparison.BELOW else amount,
        source=f"{step.law}: {published}" + (f" ({'; '.join(notes)})" if notes else ""),
        worth=worth,
    )


def read_limits(statutes: Iterable[Traversable], units: Traversable) -> Limits:
    """Read the countries' files and, from the folder `units`, what their units were worth.

    Raise DefinitionError for what has no source, leaves a gap, overlaps, or counts in an unknown unit.
    """
    ceilings: dict[str, tuple[Ceiling, ...]] = {}
    read: dict[str, Statute] = {}
    for file in statutes:
        try:
            statute = Statute.model_validate(tomllib.loads(file.read_text("utf-8"), parse_float=Decimal))
        except (tomllib.TOMLDecodeError, ValidationError) as error:
            raise DefinitionError(f"{file.name}: {error}") from error
        table = units / file.name.replace(".toml", ".csv")
        values = read_units(table) if table.is_file() else {}
        if unknown := {series.unit for series in statute.series if series.unit} - set(values):
            raise DefinitionError(f"{file.name}: no value is known of {', '.join(sorted(unknown))}")
        ceilings[statute.jurisdiction] = tuple(_ceilings(statute, values))
        read[statute.jurisdiction] = statute
    return Limits(MappingProxyType(ceilings), MappingProxyType(read))


@cache
def load_limits() -> Limits:
    """Read the limits that this package ships."""
    data = files("spendaudit") / "data"
    statutes = sorted((file for file in (data / "limits").iterdir() if file.name.endswith(".toml")), key=str)
    return read_limits(statutes, data / "units")
