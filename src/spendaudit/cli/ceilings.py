"""What `spendaudit limits` shows: the ceilings that hold, what they are for, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, Self

import polars as pl
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from spendaudit.cli.laid_out import table_of
from spendaudit.enrich.law import Ceiling, Limits
from spendaudit.enrich.statutes import Scope, is_one
from spendaudit.errors import UsageError
from spendaudit.i18n import ENGLISH, number, speaking, t
from spendaudit.i18n import day as say_day
from spendaudit.model.codelists import CATEGORY, LEVEL, METHOD
from spendaudit.model.laws import source_of_limit
from spendaudit.report.listing import Listing
from spendaudit.report.screen import Screen
from spendaudit.report.terms import value as said
from spendaudit.report.words import count, money, words
from spendaudit.wording import Words, meant

_LEVELS: Final = tuple(LEVEL.categories)
#: The columns of a scope, and what they are called here.
_NAMES: Final = {
    "procurement_method": "method",
    "procurement_method_details": "procedures",
    "main_procurement_category": "category",
    "main_procurement_category_details": "categories",
    "buyer_level": "level",
    "buyer_tier": "tier",
    "buyer_id": "buyers",
}
#: What only portals have words for.
_PUBLISHED: Final = ("procurement_method_details", "main_procurement_category_details")
_TEXT: Final = (
    *("series", "country", "procedure", "comparison", "limit", "currency", "vat", *_NAMES.values()),
    *("starts", "ends", "units", "unit", "unit_value", "unit_source"),
    *("law", "law_from", "law_to", "sources", "caveat", "held_against"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which ceilings are wanted."""

    country: str
    day: date
    #: Columns of a scope and the value that a contract has there.
    traits: Mapping[str, str]

    @classmethod
    def of(
        cls, known: Limits, country: str, day: str, *, category: str, method: str, tier: str
    ) -> Self | None:
        """Read the options; None without a country. Raises UsageError for what no law of it speaks of."""
        if not country:
            if category or method or tier or day:
                raise UsageError("whose limits? --country is missing", hint="--country CL, MX, EU ...")
            return None
        code = country.strip().upper()
        if code not in known.ceilings:
            raise UsageError(
                "no limits are known of {country}",
                hint="countries: {known}",
                country=country,
                known=", ".join(sorted(known.ceilings)),
            )
        traits: dict[str, str] = {}
        scopes = [scope for one in known.ceilings[code] for scope in (one.series.scope, one.series.under)]
        if category:
            traits["main_procurement_category"] = _of(Words("category"), category, tuple(CATEGORY.categories))
        if method:
            details = {value for scope in scopes for value in scope.procurement_method_details}
            if any(is_one(method, value) for value in details):
                traits["procurement_method_details"] = method
            else:
                ours = tuple(METHOD.categories)
                traits["procurement_method"] = _of(Words("method"), method, (*ours, *sorted(details)))
        if tier:
            tiers = {value for scope in scopes for value in scope.buyer_tier}
            named = _of(Words("tier"), tier, (*_LEVELS, *sorted(tiers)))
            if named in _LEVELS:
                traits["buyer_level"] = named
                # A level of which the law's tier is not known is under none of its tiers.
                traits["buyer_tier"] = known.tiers_of(code).get(named, "")
            else:
                traits["buyer_tier"] = named
        return cls(code, _day(day), traits)

    def ceilings(self, known: Limits) -> list[Ceiling]:
        """List what holds on the day for such contracts."""
        published = {name: value for name, value in self.traits.items() if name in _PUBLISHED}
        return [
            one
            for one in known.in_force(self.country, self.day)
            if one.series.scope.allows(self.traits) and one.series.under.allows(published)
        ]

    def notes(self, known: Limits) -> Iterator[str]:
        """Say what a reader must know beside the ceilings."""
        if known.waits_for_tiers(self.country):
            yield t(
                "No contract is held against these: the law goes by the tier of the buyer, which no portal "
                "says. [buyer-tiers] in spendaudit.toml states it."
            )
        if not self.ceilings(known):
            every = known.ceilings[self.country]
            first, last = min(one.starts for one in every), max(one.ends for one in every)
            yield t(
                "Of {country} the law from {first} to {last} is known.",
                country=self.country,
                first=say_day(first),
                last=say_day(last),
            )
        if self.country in known.statutes:
            statute = known.statutes[self.country]
            yield from map(t, statute.notes)
            yield t("Checked on {day}.", day=say_day(statute.checked))


def _of(what: Words, name: str, known: Sequence[str]) -> str:
    folded = {one.casefold(): one for one in known}
    if name.casefold() not in folded:
        listed = Words(", ".join(one for one in known if one != "unknown"))
        raise UsageError(
            "there is no {what} {name}",
            hint=meant(name, known, listed),
            what=what,
            name=name,
        )
    return folded[name.casefold()]


def _day(text: str) -> date:
    if not text:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError("--date {text} is no day", hint="write it as 2024-12-12", text=text) from None


def countries(known: Limits) -> Listing:
    """List the countries whose law is known, and since when until when."""
    entries = [
        {
            "country": country,
            "series": len({one.series.id for one in listed}),
            "from": min(one.starts for one in listed).isoformat(),
            "to": max(one.ends for one in listed).isoformat(),
            "currencies": ", ".join(sorted({one.series.currency for one in listed})),
        }
        for country, listed in sorted(known.ceilings.items())
        if listed
    ]

    def lay_out(_screen: Screen) -> Iterator[RenderableType]:
        table = table_of(t("country"), t("ceilings"), t("known from"), t("to"), t("in"))
        for one in entries:
            table.add_row(*(words(str(value)) for value in one.values()))
        yield table
        yield Text()
        yield words(
            t("`spendaudit limits --country CODE` shows the ceilings, their law and where it was read.")
        )

    return Listing("countries", pl.DataFrame(entries), entries, lay_out)


def in_force(known: Limits, asked: Asked) -> Listing:
    """List the ceilings that were asked for, in all forms."""
    found = asked.ceilings(known)
    entries = [_entry(one, asked.country) for one in found]
    flat = [
        {name: "; ".join(value) if isinstance(value, list) else value for name, value in entry.items()}
        for entry in entries
    ]
    rows = pl.DataFrame(flat, dict.fromkeys(_TEXT, pl.String()))
    with speaking(ENGLISH):  # which programs read
        notes = [{"note": note} for note in asked.notes(known)]
    return Listing("limits", rows, entries, lambda _screen: _lines(found, asked, known), {"notes": notes})


def _entry(one: Ceiling, country: str) -> dict[str, Any]:
    """Say all of a ceiling; amounts as text, for they are exact."""
    series, scope = one.series, one.series.scope.model_dump()
    if one.series.found_by:
        scope |= {name: scope[name] + getattr(one.series.found_by, name) for name in _PUBLISHED}
    return {
        "series": series.id,
        "country": country,
        "procedure": series.procedure,
        "comparison": series.comparison.value,
        "limit": f"{one.amount:f}",
        "currency": series.currency,
        "vat": series.vat.value,
        **{name: list(dict.fromkeys(scope[column])) for column, name in _NAMES.items()},
        "starts": one.starts.isoformat(),
        "ends": one.ends.isoformat(),
        "units": f"{one.law.amount:f}" if series.unit else None,
        "unit": series.unit,
        "unit_value": f"{one.worth.amount:f}" if one.worth else None,
        "unit_source": one.worth.source if one.worth else None,
        "law": one.law.law,
        "law_from": one.law.valid_from.isoformat(),
        "law_to": one.law.valid_to.isoformat() if one.law.valid_to else None,
        "sources": list(one.law.sources),
        "caveat": series.caveat or None,
        "held_against": "contracts" if series.joined else "nothing",
    }


def _lines(found: Sequence[Ceiling], asked: Asked, known: Limits) -> Iterator[RenderableType]:
    traits = "".join(f", {_told(name, (trait,))}" for name, trait in asked.traits.items() if trait)
    what = count(len(found), "ceiling") if found else t("No ceiling")
    title = t(
        "{ceilings} of {country} on {day}", ceilings=what, country=asked.country, day=say_day(asked.day)
    )
    yield words((f"{title}{traits}", "bold"))
    if found:
        table = table_of(t("limit"), t("procedure"), t("for"), t("amount since"))
        for one in found:
            limit = f"{t(one.series.comparison.value)} {money(one.amount, one.series.currency)}"
            table.add_row(
                words((limit, "bold")), words(one.series.procedure), words(_for(one)), words(str(one.starts))
            )
        yield Padding(table, (1, 0))
        for one in found:
            yield words((f"{one.series.id}: ", "bold"), source_of_limit(one.source))
            yield from (Padding(words((line, "dim")), (0, 0, 0, 2)) for line in _why(one))
    if found:
        yield Text()
    yield words((t("To know"), "bold"))
    yield from (Padding(words(note), (0, 0, 0, 2)) for note in asked.notes(known))


def _for(one: Ceiling) -> str:
    """Say which contracts a ceiling is for, in the law's terms."""
    scope: Scope = one.series.scope
    buyer = "buyer_tier" if scope.buyer_tier else "buyer_level"
    named = (
        "procurement_method",
        "procurement_method_details",
        "main_procurement_category",
        buyer,
        "buyer_id",
    )
    parts = [_told(name, values) for name in named if (values := getattr(scope, name))]
    return ", ".join(parts) or t("all contracts")


def _told(name: str, values: Sequence[str]) -> str:
    """Say methods and categories in the reader's words; tiers and codes are the law's."""
    term = {"procurement_method": "method", "main_procurement_category": "category"}.get(name, name)
    return "/".join(said(term, one) for one in values)


def _why(one: Ceiling) -> Iterator[str]:
    first, last = one.law.valid_from, one.law.valid_to
    if last:
        held = t(
            "in law from {first} to {last}; VAT {vat}", first=first, last=last, vat=t(one.series.vat.value)
        )
    else:
        held = t("in law from {first} on; VAT {vat}", first=first, vat=t(one.series.vat.value))
    yield held
    if one.worth:
        unit, value = one.series.unit, f"{_exactly(one.worth.amount)} {one.series.currency}"
        yield f"{_exactly(one.law.amount)} {unit} x {value} = {money(one.amount, one.series.currency)}"
        month, source = f"{one.starts:%Y-%m}", one.worth.source
        yield t("{unit} of {month} read at {source}", unit=unit, month=month, source=source)
    yield from (t("law read at {source}", source=source) for source in one.law.sources)
    if not one.series.joined:
        yield t("no contract is held against it: no portal tells which are under it")


def _exactly(value: Decimal) -> str:
    return number(value, max(0, -int(value.as_tuple().exponent)))
