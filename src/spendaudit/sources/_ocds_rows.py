"""How a contracting process becomes rows: its contracts and awards, their items and amendments, the bids."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from spendaudit.enrich.schemes import SCHEMES
from spendaudit.sources._layouts import StrangeTreeError
from spendaudit.sources._ocds_states import Tree, state_of

Row = dict[str, str | None]

GRAINS: Final[Mapping[str, tuple[str, ...]]] = {
    "contract": (
        *("contract_id", "ocid", "buyer_id", "buyer_name", "buyer_unit", "buyer_region"),
        *("supplier_id", "supplier_name", "method", "method_details", "category", "category_details"),
        *("item_code", "item_scheme", "title", "description", "tender_start", "tender_end"),
        *("award_date", "date_signed", "contract_start", "contract_end", "published_date"),
        *("amount", "currency", "tender_amount", "tenderers", "amendments", "framework_id", "status", "url"),
    ),
    "item": (
        *("contract_id", "line", "item_code", "item_scheme", "description", "quantity", "unit"),
        *("unit_price", "currency"),
    ),
    "bid": ("ocid", "bidder_id", "bidder_name", "amount", "currency", "status", "date"),
    "amendment": ("contract_id", "number", "date", "reason"),
}

#: Identifiers in which portals' programs write that there is none.
_NOTHING: Final = re.compile(r"[\W0_]*|N/?A|null|none|S/N", re.IGNORECASE)

#: A code of org-id.guide: where a register is kept, and which it is.
_SCHEME: Final = re.compile(r"[A-Z]{2}-[A-Z0-9_]+")

_TAX_NUMBERS: Final = tuple(f"{scheme.name}-" for schemes in SCHEMES.values() for scheme in schemes)

#: Days that stand for none in databases.
_NO_DAY: Final = frozenset({"0001-01-01", "1900-01-01"})

#: Where the hours begin in a moment.
_HOURS: Final = 10

#: Bids that were never opened.
_UNOPENED: Final = frozenset({"invited", "withdrawn"})


def fits(tree: Tree) -> bool:
    """Tell whether a tree speaks of one contracting process."""
    return isinstance(tree.get("ocid"), str)


def tells_of(tree: Tree) -> str | None:
    """Name the contracting process."""
    return _text(tree.get("ocid"))


def says(package: Tree) -> str | None:
    """Tell under which licence a package is published, if it states one."""
    licence = _text(package.get("license"))
    publisher = _text(_object(package.get("publisher")).get("name"))
    return f"{publisher or 'the publisher'} states the licence {licence}" if licence else None


def rows(tree: Tree) -> Iterator[tuple[str, Row]]:
    """Lay the last state of a process out: one row for a contract with its award, or an award without one.

    A process that has neither is one row as long as it has a tender, or bids.
    """
    release = state_of(tree)
    process = _Process(release)
    awards = _objects(release.get("awards"))
    contracts = _objects(release.get("contracts"))
    if awards or contracts:
        yield from process.awarded(awards, contracts)
    elif _object(release.get("tender")) or _bids(release):
        yield from process.tendered()
    else:
        raise StrangeTreeError("neither a tender nor an award nor a contract")
    yield from process.bids()


class _Process:
    """What holds for every row of one contracting process."""

    def __init__(self, release: Tree) -> None:
        tender = _object(release.get("tender"))
        self._release = release
        self._tender = tender
        self._parties = {
            number: party for party in _objects(release.get("parties")) if (number := _text(party.get("id")))
        }
        self._ocid = _text(release.get("ocid")) or ""
        value = _object(tender.get("value"))
        self._tender_amount, self._tender_currency = _text(value.get("amount")), _text(value.get("currency"))
        buyer = _object(release.get("buyer"))
        entity = _object(tender.get("procuringEntity"))
        buyer_id, buyer_name = self._party(buyer or entity)
        unit = self._party(entity)[1]
        address = _object(self._known(buyer or entity).get("address"))
        period = _object(tender.get("tenderPeriod"))
        category = _text(tender.get("mainProcurementCategory"))
        self._common: Row = {
            "ocid": self._ocid,
            "buyer_id": buyer_id,
            "buyer_name": buyer_name,
            "buyer_unit": unit if unit != buyer_name else None,
            "buyer_region": _text(address.get("region")),
            "method": _text(tender.get("procurementMethod")),
            "method_details": _text(tender.get("procurementMethodDetails")),
            "category": category,
            "category_details": "; ".join(
                [word for word in (category, *_texts(tender.get("additionalProcurementCategories"))) if word]
            )
            or None,
            "tender_start": _day(period.get("startDate")),
            "tender_end": _day(period.get("endDate")),
            "tenderers": self._tenderers(),
            "framework_id": self._framework(),
        }

    def awarded(self, awards: Sequence[Tree], contracts: Sequence[Tree]) -> Iterator[tuple[str, Row]]:
        """Lay out contracts, each with its award, and the awards that have none."""
        by_id = {number: award for award in awards if (number := _text(award.get("id")))}
        of_award: dict[int, list[int]] = {}
        award_of: dict[int, Tree] = {}
        for place, contract in enumerate(contracts):
            number = _text(contract.get("awardID"))
            award = by_id.get(number or "")
            if award is None and number is None and len(awards) == 1:
                award = awards[0]
            if award is not None:
                award_of[place] = award
                of_award.setdefault(id(award), []).append(place)
        for place, contract in enumerate(contracts):
            award = award_of.get(place, {})
            alone = len(of_award.get(id(award), ())) == 1
            name = self._named("contracts", contract, place)
            yield from self._row(name, contract, award, shares_nothing=alone)
        for place, award in enumerate(awards):
            name = self._named("awards", award, place)
            if id(award) not in of_award:
                yield from self._row(name, {}, award, shares_nothing=True)
            elif len(of_award[id(award)]) > 1:
                # What is under an award of several contracts cannot be told apart among them.
                yield from _items(name, award)

    def tendered(self) -> Iterator[tuple[str, Row]]:
        """Lay out a tender that has no award yet."""
        name = f"{self._ocid}/tender"
        yield from self._row(name, {}, {}, shares_nothing=True)
        yield from _items(name, self._tender)

    def bids(self) -> Iterator[tuple[str, Row]]:
        """Lay out the bids."""
        for bid in _bids(self._release):
            value = _object(bid.get("value"))
            bidder_id, bidder_name = self._joint(_objects(bid.get("tenderers")))
            yield (
                "bid",
                {
                    "ocid": self._ocid,
                    "bidder_id": bidder_id,
                    "bidder_name": bidder_name,
                    "amount": _text(value.get("amount")),
                    "currency": _text(value.get("currency")),
                    "status": _text(bid.get("status")),
                    "date": _day(bid.get("date")),
                },
            )

    def _named(self, kind: str, one: Tree, place: int) -> str:
        """Name an award or contract: publishers number them from 1 in every process."""
        number = _text(one.get("id"))
        return f"{self._ocid}/{kind}/{number}" if number else f"{self._ocid}/{kind}[{place + 1}]"

    def _row(
        self, name: str, contract: Tree, award: Tree, *, shares_nothing: bool
    ) -> Iterator[tuple[str, Row]]:
        tender = self._tender
        stated = [_object(contract.get("value"))]
        if shares_nothing:
            stated.append(_object(award.get("value")))
        value = next((one for one in stated if one.get("amount") is not None), {})
        currency = _text(value.get("currency"))
        if not value:
            currency = next((word for one in stated if (word := _text(one.get("currency")))), None)
        same = currency is None or currency == self._tender_currency
        suppliers = _objects(contract.get("suppliers")) or _objects(award.get("suppliers"))
        supplier_id, supplier_name = self._joint(suppliers)
        period = _object(
            contract.get("period") or award.get("contractPeriod") or tender.get("contractPeriod")
        )
        amendments = _amendments(contract) or (_amendments(award) if shares_nothing else [])
        items = _objects(contract.get("items")) or (_objects(award.get("items")) if shares_nothing else [])
        code = _classification(items or _objects(tender.get("items")), tender)
        yield (
            "contract",
            {
                **self._common,
                "contract_id": name,
                "supplier_id": supplier_id,
                "supplier_name": supplier_name,
                "item_code": _text(code.get("id")),
                "item_scheme": _text(code.get("scheme")),
                "title": _first("title", contract, award, tender),
                "description": _first("description", contract, award, tender),
                "award_date": _day(award.get("date")),
                "date_signed": _day(contract.get("dateSigned")),
                "contract_start": _day(period.get("startDate")),
                "contract_end": _day(period.get("endDate")),
                "published_date": _day(award.get("datePublished") or tender.get("datePublished")),
                "amount": _text(value.get("amount")),
                "currency": currency or (self._tender_currency if self._tender_amount else None),
                "tender_amount": self._tender_amount if same else None,
                "amendments": str(len(amendments)) if amendments else None,
                "status": _first("status", contract, award, tender),
                "url": _first("uri", contract, award) or _first("url", contract, award, tender),
            },
        )
        yield from _items(name, {"items": items})
        for place, change in enumerate(amendments, start=1):
            yield (
                "amendment",
                {
                    "contract_id": name,
                    "number": _text(change.get("id")) or str(place),
                    "date": _day(change.get("date")),
                    "reason": _first("rationale", change) or _first("description", change),
                },
            )

    def _known(self, reference: Tree) -> Tree:
        """Find the party that a reference means; publishers of OCDS 1.0 write it in its place."""
        return self._parties.get(_text(reference.get("id")) or "", reference)

    def _party(self, reference: Tree) -> tuple[str | None, str | None]:
        """Return the number that a register gave to a party, and its name."""
        known = self._known(reference)
        identifier = _object(reference.get("identifier")) or _object(known.get("identifier"))
        name = _first("name", reference, known) or _text(identifier.get("legalName"))
        number, scheme = _text(identifier.get("id")), _text(identifier.get("scheme"))
        if number and not _NOTHING.fullmatch(number):
            if scheme and _SCHEME.fullmatch(scheme) and not number.startswith(f"{scheme}-"):
                number = f"{scheme}-{number}"
            return number, name
        local = _text(reference.get("id"))
        return local if local and (not name or local.startswith(_TAX_NUMBERS)) else None, name

    def _joint(self, references: Sequence[Tree]) -> tuple[str | None, str | None]:
        """Name one party, or several that act together: not one of them stands for the others."""
        parties = sorted(
            {self._party(one) for one in references}, key=lambda party: (party[1] or "", party[0] or "")
        )
        if len(parties) == 1:
            return parties[0]
        if not parties:
            return None, None
        names = [name for _, name in parties if name]
        if names:
            return None, "; ".join(names)
        return "; ".join(number for number, _ in parties if number) or None, None

    def _tenderers(self) -> str | None:
        """Count those who made an offer, if the publisher did not."""
        stated = _text(self._tender.get("numberOfTenderers"))
        if stated:
            return stated.removesuffix(".0")
        listed = _objects(self._tender.get("tenderers"))
        if not listed:
            opened = (bid for bid in _bids(self._release) if bid.get("status") not in _UNOPENED)
            listed = list(chain.from_iterable(_objects(bid.get("tenderers")) for bid in opened))
        return str(len({self._party(one) for one in listed})) if listed else None

    def _framework(self) -> str | None:
        return next(
            (
                _text(process.get("identifier"))
                for process in _objects(self._release.get("relatedProcesses"))
                if "framework" in _texts(process.get("relationship"))
            ),
            None,
        )


def _items(name: str, owner: Tree) -> Iterator[tuple[str, Row]]:
    for place, item in enumerate(_objects(owner.get("items")), start=1):
        code, unit = _object(item.get("classification")), _object(item.get("unit"))
        price = _object(unit.get("value"))
        yield (
            "item",
            {
                "contract_id": name,
                "line": _text(item.get("id")) or str(place),
                "item_code": _text(code.get("id")),
                "item_scheme": _text(code.get("scheme")),
                "description": _text(item.get("description")) or _text(code.get("description")),
                "quantity": _text(item.get("quantity")),
                "unit": _text(unit.get("name")),
                "unit_price": _text(price.get("amount")),
                "currency": _text(price.get("currency")),
            },
        )


def _classification(items: Sequence[Tree], tender: Tree) -> Tree:
    """Find the one classification that all items have."""
    codes = [_object(item.get("classification")) for item in items]
    if codes and len({_text(code.get("id")) for code in codes}) == 1 and codes[0].get("id"):
        return codes[0]
    return _object(tender.get("classification"))


def _amendments(one: Tree) -> list[Tree]:
    """List the changes of a contract or award; OCDS 1.0 knew one."""
    return _objects(one.get("amendments")) or [change for change in _objects(one.get("amendment")) if change]


def _bids(release: Tree) -> list[Tree]:
    return _objects(_object(release.get("bids")).get("details"))


def _object(value: Any) -> Tree:
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> list[Tree]:
    """List the objects of a list; some publishers write the only one without it."""
    if isinstance(value, dict):
        return [value]
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value.strip() or None
    return str(value).lower() if isinstance(value, bool) else None


def _texts(value: Any) -> Iterable[str]:
    words = value if isinstance(value, list) else [value]
    return (text for word in words if (text := _text(word)))


def _first(name: str, *owners: Tree) -> str | None:
    for owner in owners:
        if text := _text(owner.get(name)):
            return text
    return None


def _day(value: Any) -> str | None:
    """Cut the hours off a moment: the day is the one that the publisher wrote, wherever it was noon then."""
    text = _text(value)
    if text and len(text) > _HOURS and text[_HOURS] in "T ":
        text = text[:_HOURS]
    return None if text in _NO_DAY else text
