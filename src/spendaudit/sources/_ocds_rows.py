"""How a contracting process becomes rows: its contracts and awards, their items and amendments, the bids."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from spendaudit.model.remarks import LICENSED, NO_PROCESS, ONE_LICENCE
from spendaudit.sources._json_parts import Tree, first_text, object_of, objects_of, text_of, texts_of
from spendaudit.sources._layouts import StrangeTreeError
from spendaudit.sources._ocds_parties import Parties, references
from spendaudit.sources._ocds_states import state_of

Row = dict[str, str | None]

GRAINS: Final[Mapping[str, tuple[str, ...]]] = {
    "contract": (
        *("contract_id", "ocid", "buyer_id", "buyer_name", "buyer_unit", "buyer_region"),
        *("supplier_id", "supplier_name", "method", "method_details", "category", "category_details"),
        *("item_code", "item_scheme", "title", "description", "tender_start", "tender_end"),
        *("award_date", "date_signed", "contract_start", "contract_end", "published_date"),
        *("amount", "currency", "tender_amount", "tenderers", "amendments", "framework_id", "status", "url"),
        *("award_id", "award_status", "tender_status", "buyer_ref", "entity_ref", "supplier_refs"),
        *("tender_start_time", "tender_end_time"),
    ),
    "item": (
        *("contract_id", "line", "item_code", "item_scheme", "description", "quantity", "unit"),
        *("unit_price", "currency"),
    ),
    "bid": (
        *("ocid", "bidder_id", "bidder_name", "bidder_refs", "amount", "currency", "status", "date", "time"),
    ),
    "amendment": ("contract_id", "number", "date", "reason"),
}

#: Days that stand for none in databases.
NO_DAY: Final = frozenset({"0001-01-01", "1900-01-01"})

#: Where the hours begin in a moment.
_HOURS: Final = 10

#: Bids that were never opened.
UNOPENED: Final = frozenset({"invited", "withdrawn"})


def fits(tree: Tree) -> bool:
    """Tell whether a tree speaks of one contracting process."""
    return isinstance(tree.get("ocid"), str)


def tells_of(tree: Tree) -> str | None:
    """Name the contracting process."""
    return text_of(tree.get("ocid"))


def says(package: Tree) -> str | None:
    """Tell under which licence a package is published, if it states one."""
    licence = text_of(package.get("license"))
    publisher = text_of(object_of(package.get("publisher")).get("name"))
    if not licence:
        return None
    return (
        LICENSED.format(publisher=publisher, licence=licence)
        if publisher
        else ONE_LICENCE.format(licence=licence)
    )


def rows(tree: Tree) -> Iterator[tuple[str, Row]]:
    """Lay the last state of a process out: one row for a contract with its award, or an award without one.

    A process that has neither is one row as long as it has a tender, or bids.
    """
    release = state_of(tree)
    process = _Process(release)
    awards = objects_of(release.get("awards"))
    contracts = objects_of(release.get("contracts"))
    if awards or contracts:
        yield from process.awarded(awards, contracts)
    elif object_of(release.get("tender")) or _bids(release):
        yield from process.tendered()
    else:
        raise StrangeTreeError(NO_PROCESS)
    yield from process.bids()


class _Process:
    """What holds for every row of one contracting process."""

    def __init__(self, release: Tree) -> None:
        tender = object_of(release.get("tender"))
        self._release = release
        self._tender = tender
        self._parties = Parties(objects_of(release.get("parties")))
        self._ocid = text_of(release.get("ocid")) or ""
        value = object_of(tender.get("value"))
        self._tender_amount = text_of(value.get("amount"))
        self._tender_currency = text_of(value.get("currency"))
        buyer = object_of(release.get("buyer"))
        entity = object_of(tender.get("procuringEntity"))
        buyer_id, buyer_name = self._parties.named(buyer or entity)
        unit = self._parties.named(entity)[1]
        address = object_of(self._parties.known(buyer or entity).get("address"))
        period = object_of(tender.get("tenderPeriod"))
        category = text_of(tender.get("mainProcurementCategory"))
        more = texts_of(tender.get("additionalProcurementCategories"))
        self._common: Row = {
            "ocid": self._ocid,
            "buyer_id": buyer_id,
            "buyer_name": buyer_name,
            "buyer_unit": unit if unit != buyer_name else None,
            "buyer_region": text_of(address.get("region")),
            "method": text_of(tender.get("procurementMethod")),
            "method_details": text_of(tender.get("procurementMethodDetails")),
            "category": category,
            "category_details": "; ".join(filter(None, (category, *more))) or None,
            "tender_start": _day(period.get("startDate")),
            "tender_end": _day(period.get("endDate")),
            "tender_start_time": text_of(period.get("startDate")),
            "tender_end_time": text_of(period.get("endDate")),
            "tender_status": text_of(tender.get("status")),
            "buyer_ref": text_of(buyer.get("id")),
            "entity_ref": text_of(entity.get("id")),
            "tenderers": self._tenderers(),
            "framework_id": self._framework(),
        }

    def awarded(self, awards: Sequence[Tree], contracts: Sequence[Tree]) -> Iterator[tuple[str, Row]]:
        """Lay out contracts, each with its award, and the awards that have none."""
        by_id = {number: award for award in awards if (number := text_of(award.get("id")))}
        names = {id(award): self._named("awards", award, place) for place, award in enumerate(awards)}
        of_award: dict[int, list[int]] = {}
        award_of: dict[int, Tree] = {}
        for place, contract in enumerate(contracts):
            number = text_of(contract.get("awardID"))
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
            yield from self._row(name, contract, award, names.get(id(award)), shares_nothing=alone)
        for award in awards:
            name = names[id(award)]
            if id(award) not in of_award:
                yield from self._row(name, {}, award, name, shares_nothing=True)
            elif len(of_award[id(award)]) > 1:
                # What is under an award of several contracts cannot be told apart among them.
                yield from _items(name, award)

    def tendered(self) -> Iterator[tuple[str, Row]]:
        """Lay out a tender that has no award yet."""
        name = f"{self._ocid}/tender"
        yield from self._row(name, {}, {}, None, shares_nothing=True)
        yield from _items(name, self._tender)

    def bids(self) -> Iterator[tuple[str, Row]]:
        """Lay out the bids."""
        for bid in _bids(self._release):
            value = object_of(bid.get("value"))
            tenderers = objects_of(bid.get("tenderers"))
            bidder_id, bidder_name = self._parties.joint(tenderers)
            yield (
                "bid",
                {
                    "ocid": self._ocid,
                    "bidder_id": bidder_id,
                    "bidder_name": bidder_name,
                    "bidder_refs": references(text_of(one.get("id")) for one in tenderers),
                    "amount": text_of(value.get("amount")),
                    "currency": text_of(value.get("currency")),
                    "status": text_of(bid.get("status")),
                    "date": _day(bid.get("date")),
                    "time": text_of(bid.get("date")),
                },
            )

    def _named(self, kind: str, one: Tree, place: int) -> str:
        """Name an award or contract: publishers number them from 1 in every process."""
        number = text_of(one.get("id"))
        return f"{self._ocid}/{kind}/{number}" if number else f"{self._ocid}/{kind}[{place + 1}]"

    def _row(
        self, name: str, contract: Tree, award: Tree, award_id: str | None, *, shares_nothing: bool
    ) -> Iterator[tuple[str, Row]]:
        tender = self._tender
        stated = [object_of(contract.get("value"))]
        if shares_nothing:
            stated.append(object_of(award.get("value")))
        value = next((one for one in stated if one.get("amount") is not None), {})
        currency = text_of(value.get("currency"))
        if not value:
            currency = next((word for one in stated if (word := text_of(one.get("currency")))), None)
        same = currency is None or currency == self._tender_currency
        suppliers = objects_of(contract.get("suppliers")) or objects_of(award.get("suppliers"))
        supplier_id, supplier_name = self._parties.joint(suppliers)
        period = object_of(
            contract.get("period") or award.get("contractPeriod") or tender.get("contractPeriod")
        )
        amendments = _amendments(contract) or (_amendments(award) if shares_nothing else [])
        items = objects_of(contract.get("items"))
        if not items and shares_nothing:
            items = objects_of(award.get("items"))
        code = _classification(items or objects_of(tender.get("items")), tender)
        yield (
            "contract",
            {
                **self._common,
                "contract_id": name,
                "supplier_id": supplier_id,
                "supplier_name": supplier_name,
                "supplier_refs": references(text_of(one.get("id")) for one in suppliers),
                "award_id": award_id,
                "award_status": text_of(award.get("status")),
                "item_code": text_of(code.get("id")),
                "item_scheme": text_of(code.get("scheme")),
                "title": first_text("title", contract, award, tender),
                "description": first_text("description", contract, award, tender),
                "award_date": _day(award.get("date")),
                "date_signed": _day(contract.get("dateSigned")),
                "contract_start": _day(period.get("startDate")),
                "contract_end": _day(period.get("endDate")),
                "published_date": _day(first_text("datePublished", award, tender)),
                "amount": text_of(value.get("amount")),
                "currency": currency or (self._tender_currency if self._tender_amount else None),
                "tender_amount": self._tender_amount if same else None,
                "amendments": str(len(amendments)) if amendments else None,
                "status": first_text("status", contract, award, tender),
                "url": first_text("uri", contract, award) or first_text("url", contract, award, tender),
            },
        )
        yield from _items(name, {"items": items})
        for place, change in enumerate(amendments, start=1):
            yield (
                "amendment",
                {
                    "contract_id": name,
                    "number": text_of(change.get("id")) or str(place),
                    "date": _day(change.get("date")),
                    "reason": first_text("rationale", change) or first_text("description", change),
                },
            )

    def _tenderers(self) -> str | None:
        """Count those who made an offer, if the publisher did not."""
        stated = text_of(self._tender.get("numberOfTenderers"))
        if stated:
            return stated.removesuffix(".0")
        listed = objects_of(self._tender.get("tenderers"))
        if not listed:
            opened = (bid for bid in _bids(self._release) if text_of(bid.get("status")) not in UNOPENED)
            listed = list(chain.from_iterable(objects_of(bid.get("tenderers")) for bid in opened))
        return str(len({self._parties.named(one) for one in listed})) if listed else None

    def _framework(self) -> str | None:
        return next(
            (
                text_of(process.get("identifier"))
                for process in objects_of(self._release.get("relatedProcesses"))
                if "framework" in texts_of(process.get("relationship"))
            ),
            None,
        )


def _items(name: str, owner: Tree) -> Iterator[tuple[str, Row]]:
    for place, item in enumerate(objects_of(owner.get("items")), start=1):
        code, unit = object_of(item.get("classification")), object_of(item.get("unit"))
        price = object_of(unit.get("value"))
        yield (
            "item",
            {
                "contract_id": name,
                "line": text_of(item.get("id")) or str(place),
                "item_code": text_of(code.get("id")),
                "item_scheme": text_of(code.get("scheme")),
                "description": text_of(item.get("description")) or text_of(code.get("description")),
                "quantity": text_of(item.get("quantity")),
                "unit": text_of(unit.get("name")),
                "unit_price": text_of(price.get("amount")),
                "currency": text_of(price.get("currency")),
            },
        )


def _classification(items: Sequence[Tree], tender: Tree) -> Tree:
    """Find the one classification that all items have."""
    codes = [object_of(item.get("classification")) for item in items]
    if len(numbers := {text_of(code.get("id")) for code in codes}) == 1 and None not in numbers:
        return codes[0]
    return object_of(tender.get("classification"))


def _amendments(one: Tree) -> list[Tree]:
    """List the changes of a contract or award; OCDS 1.0 knew one."""
    return objects_of(one.get("amendments")) or list(filter(None, objects_of(one.get("amendment"))))


def _bids(release: Tree) -> list[Tree]:
    return objects_of(object_of(release.get("bids")).get("details"))


def _day(value: Any) -> str | None:
    """Cut the hours off a moment: the day is the one that the publisher wrote, wherever it was noon then."""
    text = text_of(value)
    if text and len(text) > _HOURS and text[_HOURS] in "T ":
        text = text[:_HOURS]
    return None if text in NO_DAY else text
