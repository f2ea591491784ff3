"""Which ceilings does a user set in place of the law that ships, or beside it? Reads `[limits.ID]`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from types import MappingProxyType
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from spendaudit.config import Setting
from spendaudit.enrich.law import Ceiling, Limits, ceiling_of
from spendaudit.enrich.statutes import Comparison, Scope, Series, Source, Step, Text, Texts, Vat
from spendaudit.enrich.units import Values, Worth, month_after
from spendaudit.errors import UsageError
from spendaudit.misfits import misfit
from spendaudit.wording import NOTHING, Words, meant

_DAY: Final = timedelta(days=1)
#: Where nobody says since when or until when.
_EVER: Final = (date(2000, 1, 1), date(2099, 12, 31))
#: The words of the configuration for the columns of a scope.
_COLUMNS: Final = {
    "method": "procurement_method",
    "procedures": "procurement_method_details",
    "category": "main_procurement_category",
    "level": "buyer_level",
    "tier": "buyer_tier",
    "buyers": "buyer_id",
}


class OwnLimit(BaseModel):
    """One table `[limits.ID]`: an amount for some days, and for a new series all that makes one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    amount: Annotated[Decimal, Field(gt=0, description="in the currency, or in the unit of the series")]
    first: date | None = Field(None, alias="from", description="the first day; none: since ever")
    last: date | None = Field(None, alias="to", description="the last day; none: still in force")
    law: Text | None = Field(None, description="what findings name as the source; none: the configuration")
    source: Source | None = Field(None, description="where it can be read")
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    procedure: Text | None = Field(None, description="what the ceiling is for, in words")
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    unit: Text | None = Field(None, description="such as UTM; one of those that ship")
    comparison: Comparison | None = None
    vat: Vat | None = None
    method: Texts = Field((), description="of contracts: open, selective, limited, direct")
    procedures: Texts = Field((), description="of contracts, as published; an * at the end: beginning so")
    category: Texts = Field((), description="of contracts: goods, services, works")
    level: Texts = Field((), description="of buyers: national, regional, local")
    tier: Texts = Field((), description="of buyers, as [buyer-tiers] names them")
    buyers: Texts = Field((), description="ids of buyers")

    @property
    def narrowed(self) -> dict[str, Texts]:
        """Columns of a scope that it names."""
        return {column: getattr(self, name) for name, column in _COLUMNS.items() if getattr(self, name)}


def with_own(limits: Limits, own: Mapping[str, Setting], buyer_tiers: Mapping[str, Setting]) -> Limits:
    """Lay a user's ceilings over the law's, and take what the user says of buyers.

    Of two that hold for one contract the later does, unless they are for exactly the same contracts.
    Raises UsageError that names the file and the key.
    """
    ceilings = {country: [*listed] for country, listed in limits.ceilings.items()}
    shipped = {one.series.id: (country, one.series) for country, listed in ceilings.items() for one in listed}
    added: list[tuple[str, Ceiling]] = []
    said: dict[str, Any] = {}
    for id_, setting in own.items():
        for table in setting.value:
            place = f"{setting.origin}: limits.{id_}"
            one = _read(table, place)
            said.setdefault(id_, []).append(one.model_dump(mode="json", by_alias=True, exclude_unset=True))
            of_country, base = shipped.get(id_, (one.country, None))
            country = one.country or of_country
            if country is None:
                raise UsageError(
                    "{place}: no such series ships, and one of your own needs a country",
                    hint=meant(id_, shipped, Words("`spendaudit limits` lists what ships")),
                    place=place,
                )
            listed = ceilings.setdefault(country, [])
            worths = _worths(limits.ceilings.get(country, ()))
            laid = [*_ceilings(_series(id_, one, place, base), one, place, worths)]
            if base and not one.narrowed:
                ceilings[country] = [piece for ceiling in listed for piece in _outside(ceiling, id_, laid)]
            added += [(country, ceiling) for ceiling in laid]
    _refuse_overlaps(added, own)
    for country, ceiling in added:
        ceilings[country].append(ceiling)
    laid_over = MappingProxyType({country: tuple(listed) for country, listed in ceilings.items()})
    _check_tiers(laid_over, buyer_tiers)
    tiers = {buyer: setting.value for buyer, setting in sorted(buyer_tiers.items())}
    return replace(
        limits,
        ceilings=laid_over,
        buyer_tiers=MappingProxyType(tiers),
        said=MappingProxyType(said | ({"buyer-tiers": tiers} if tiers else {})),
    )


def _read(table: Mapping[str, Any], place: str) -> OwnLimit:
    try:
        return OwnLimit.model_validate(table)
    except ValidationError as error:
        detail = error.errors()[0]
        name = ".".join(str(part) for part in detail["loc"])
        known = [field.alias or name for name, field in OwnLimit.model_fields.items()]
        hint = meant(name, known) if detail["type"] == "extra_forbidden" else NOTHING
        raise UsageError(misfit(detail), hint=hint).at(f"{place}.{name}") from None


def _ceilings(series: Series, one: OwnLimit, place: str, worths: Mapping[str, Values]) -> Iterator[Ceiling]:
    starts, ends = one.first or _EVER[0], one.last or _EVER[1]
    if ends < starts:
        raise UsageError("{place}: ends on {ends}, before it begins", place=place, ends=ends)
    step = Step.model_construct(
        valid_from=starts,
        valid_to=one.last,
        amount=one.amount,
        law=one.law or place.replace(": ", ", "),
        sources=(one.source,) if one.source else (),
    )
    if series.unit is None:
        yield ceiling_of(series, step, starts, ends)
        return
    if series.unit not in worths:
        raise UsageError(
            "{place}: no value is known of {unit}",
            hint="give the amount in currency",
            place=place,
            unit=series.unit,
        )
    for month, worth in worths[series.unit].items():
        first, last = max(starts, month), min(ends, month_after(month) - _DAY)
        if first <= last:
            yield ceiling_of(series, step, first, last, worth)


def _series(id_: str, one: OwnLimit, place: str, base: Series | None) -> Series:
    said = {
        name: getattr(one, name)
        for name in ("procedure", "currency", "unit", "comparison", "vat")
        if getattr(one, name) is not None
    }
    if base is None:
        if one.currency is None:
            raise UsageError("{place}: a ceiling of your own needs a currency, such as CLP", place=place)
        made = {"procedure": id_, "unit": None, "comparison": Comparison.AT_MOST, "vat": Vat.NOT_STATED}
        scope = Scope(**one.narrowed)
        return Series.model_construct(
            id=id_, caveat="", scope=scope, found_by=None, joined=True, steps=(), **(made | said)
        )
    narrowed = base.under.model_copy(update=one.narrowed) if one.narrowed else base.found_by
    update = {"scope": base.scope.model_copy(update=one.narrowed), "found_by": narrowed, "steps": ()}
    # Whoever names the contracts wants them held against it.
    return base.model_copy(update=update | said | {"joined": base.joined or bool(one.narrowed)})


def _worths(listed: Sequence[Ceiling]) -> Mapping[str, Values]:
    """Collect what a country's units were worth in the months that its ceilings tell of."""
    found: dict[str, dict[date, Worth]] = {}
    for one in listed:
        if one.series.unit and one.worth:
            found.setdefault(one.series.unit, {})[one.starts.replace(day=1)] = one.worth
    return found


def _outside(ceiling: Ceiling, id_: str, laid: Sequence[Ceiling]) -> Iterator[Ceiling]:
    """Give what is left of a ceiling on the days that a series of the same id does not take."""
    if ceiling.series.id != id_ or not laid:
        yield ceiling
        return
    first, last = min(one.starts for one in laid), max(one.ends for one in laid)
    if ceiling.starts < first:
        yield replace(ceiling, ends=min(ceiling.ends, first - _DAY))
    if ceiling.ends > last:
        yield replace(ceiling, starts=max(ceiling.starts, last + _DAY))


def _refuse_overlaps(added: Sequence[tuple[str, Ceiling]], own: Mapping[str, Setting]) -> None:
    for (country, one), (another, other) in combinations(added, 2):
        if (
            country == another
            and one.series.currency == other.series.currency
            and max(one.starts, other.starts) <= min(one.ends, other.ends)
            and one.series.under == other.series.under
        ):
            raise UsageError(
                "{origin}: limits.{one} and limits.{other} hold for the same contracts on {day}",
                origin=own[one.series.id].origin,
                one=one.series.id,
                other=other.series.id,
                day=max(one.starts, other.starts),
            )


def _check_tiers(ceilings: Mapping[str, Sequence[Ceiling]], buyer_tiers: Mapping[str, Setting]) -> None:
    known = {tier for listed in ceilings.values() for one in listed for tier in one.series.under.buyer_tier}
    for buyer, setting in buyer_tiers.items():
        if setting.value not in known:
            raise UsageError(
                "{origin}: buyer-tiers.{buyer}: no ceiling asks for the tier {value}",
                hint=meant(
                    setting.value, sorted(known), Words("tiers are {known}", known=", ".join(sorted(known)))
                ),
                origin=setting.origin,
                buyer=buyer,
                value=setting.value,
            )
