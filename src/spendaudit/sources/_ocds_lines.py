"""How many releases at once become rows: column by column, for files that hold a release in every line.

Rows are those of `_ocds_rows`, which is the reference; a test compares both. A release that holds anything
out of the ordinary (a number for text, blanks around words, the forms of OCDS 1.0) is left to it.
"""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import repeat
from typing import Any, Final

import msgspec
import polars as pl

from spendaudit.sources._layouts import LINE, Laid
from spendaudit.sources._ocds_parties import local, registered, together
from spendaudit.sources._ocds_rows import GRAINS, NO_DAY, UNOPENED
from spendaudit.sources._ocds_structs import (
    Amendment,
    Award,
    Bid,
    Code,
    Contract,
    Item,
    Party,
    Period,
    Release,
    Tender,
    Unit,
    Value,
)

_READ: Final = msgspec.json.Decoder(Release, float_hook=str).decode

_NO_TENDER: Final = Tender()
_NO_AWARD: Final = Award()
_NO_CONTRACT: Final = Contract()
_NO_PARTY: Final = Party()
_NO_VALUE: Final = Value()
_NO_CODE: Final = Code()
_NO_UNIT: Final = Unit()
_NO_PERIOD: Final = Period()

#: Numbers of parties that are remembered, so that each is read once.
_REMEMBERED: Final = 200_000
_MOST_REGISTERS: Final = 100

#: Releases that are taken apart at once: few enough that their parts stay in the processor's cache.
_AT_ONCE: Final = 400

#: Columns that hold numbers, as the parser gives them.
_NUMBERS: Final = frozenset({"amount", "tender_amount", "quantity", "unit_price", "tenderers"})

#: Columns of days, which come as moments.
_DAYS: Final = ("award_date", "date_signed", "contract_start", "contract_end", "published_date", "date")

#: What holds for a process, and the place of a row's process among all.
_PROCESS: Final = "@process"

Columns = dict[str, list[Any]]
_Pair = tuple[str | None, str | None]
_Known = dict[str | None, Party]


class _Register(dict[str | None, str | None]):
    """What the numbers of one register come to."""

    def __init__(self, scheme: str | None) -> None:
        super().__init__()
        self._scheme = (scheme or "").strip() or None

    def __missing__(self, number: str | None) -> str | None:
        if len(self) > _REMEMBERED:
            self.clear()
        found = self[number] = registered(self._scheme, (number or "").strip() or None)
        return found


class _Registers(dict[str | None, _Register]):
    """All registers that were met."""

    def __missing__(self, scheme: str | None) -> _Register:
        if len(self) > _MOST_REGISTERS:
            self.clear()
        found = self[scheme] = _Register(scheme)
        return found


_REGISTERED: Final = _Registers()

#: Numbers of parties that have no blanks around them.
_CLEAN: Final[set[str | None]] = set()


def lines(texts: Sequence[bytes]) -> Laid:
    """Lay releases out, one a line (in UTF-8)."""
    found: dict[str, list[pl.DataFrame]] = {grain: [] for grain in (_PROCESS, *GRAINS)}
    left: set[int] = set()
    with _uncollected():
        for start in range(0, len(texts), _AT_ONCE):
            left |= _taken_apart(texts[start : start + _AT_ONCE], start, found)
    if not found[_PROCESS]:
        return Laid({}, pl.Series([None] * len(texts), dtype=pl.String), range(len(texts)))
    tables = {grain: pl.concat(frames, rechunk=True) for grain, frames in found.items()}
    rows = _rows(tables)
    left |= _unclean(rows)
    gone = pl.Series(sorted(left), dtype=pl.UInt32)
    if left:
        rows = {grain: frame.filter(~pl.col(LINE).is_in(gone.implode())) for grain, frame in rows.items()}
    laid = {
        grain: _filled(frame).select(*GRAINS[grain], LINE) for grain, frame in rows.items() if frame.height
    }
    names = pl.Series([None], dtype=pl.String).new_from_index(0, len(texts))
    names = names.scatter(tables[_PROCESS][LINE], tables[_PROCESS]["ocid"]).scatter(gone, None)
    return Laid(laid, names, names.is_null().arg_true().to_list())


def _taken_apart(texts: Sequence[bytes], start: int, found: dict[str, list[pl.DataFrame]]) -> set[int]:
    """Add the cells of some lines to those that were found; return lines that were read and are left."""
    places: list[int] = []
    releases: list[Release] = []
    for place, text in enumerate(texts, start=start):
        try:
            releases.append(_READ(text))
        except (msgspec.DecodeError, RecursionError):
            continue
        places.append(place)
    laying = _Laying(releases)
    before = sum(frame.height for frame in found[_PROCESS])
    for grain, columns in laying.cells().items():
        if grain == _PROCESS:
            columns[LINE] = places
        else:
            columns[_PROCESS] = [before + number for number in columns[_PROCESS]]
        found[grain].append(_table(columns))
    return {places[number] for number in laying.left}


def _rows(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Give every row what holds for its process."""
    processes = tables[_PROCESS].with_columns(
        _day("tender_start_time").alias("tender_start"), _day("tender_end_time").alias("tender_end")
    )
    rows: dict[str, pl.DataFrame] = {}
    for grain in GRAINS:
        table = tables[grain]
        of_process = table[_PROCESS]
        common = processes.select(*(name for name in GRAINS[grain] if name in processes.columns), LINE)
        if len(of_process) != processes.height or not of_process.equals(_counted(processes.height)):
            common = common[of_process]
        days = [_day(name).alias(name) for name in _DAYS if name in table.columns]
        if grain == "bid":
            days = [_day("time").alias("date")]
        rows[grain] = common.hstack(table.drop(_PROCESS).with_columns(days))
    return rows


def _table(columns: Columns) -> pl.DataFrame:
    return pl.DataFrame(
        {
            name: pl.Series(cells, dtype=pl.UInt32)
            if name in (_PROCESS, LINE)
            else _numbers(cells)
            if name in _NUMBERS
            else pl.Series(cells, dtype=pl.String)
            for name, cells in columns.items()
        }
    )


def _counted(count: int) -> pl.Series:
    return pl.int_range(count, dtype=pl.UInt32, eager=True)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Hold no search for garbage: it would go through hundred thousands of parts that are all in use."""
    held = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if held:
            gc.enable()


class _Laying:
    """Releases that are taken apart into lists of parts; those that are not for this module are `left`."""

    def __init__(self, releases: list[Release]) -> None:
        self.left: set[int] = set()
        self._releases = releases
        self._tenders = [release.tender or _NO_TENDER for release in releases]
        self._known: list[_Known] = [
            {party.id: party for party in release.parties} if release.parties else {} for release in releases
        ]
        self._bids = [(release.bids and release.bids.details) or () for release in releases]
        # Of contracts and awards: the place of their release, and their parts.
        self._of_row: list[int] = []
        self._contracts: list[Contract] = []
        self._awards: list[Award] = []
        self._names: list[str] = []
        self._award_names: list[str | None] = []
        self._alone: list[bool] = []
        # Of items: the same, and whose they are.
        self._of_item: list[int] = []
        self._items: list[Item] = []
        self._owners: list[str] = []
        self._item_places: list[int] = []
        self._leave_strange()
        self._take_apart()

    def _leave_strange(self) -> None:
        for number, (release, known) in enumerate(zip(self._releases, self._known, strict=True)):
            if (
                not (_CLEAN.issuperset(known) or _remembered(known))
                or not (release.date or release.tag)
                or release.compiledRelease
                or release.releases
                or release.versionedRelease
                or not release.ocid
            ):
                self.left.add(number)

    def _take_apart(self) -> None:
        add_place, add_contract, add_award = self._of_row.append, self._contracts.append, self._awards.append
        add_name, add_award_name, add_alone = (
            self._names.append,
            self._award_names.append,
            self._alone.append,
        )
        for number, release in enumerate(self._releases):
            awards, contracts = release.awards or (), release.contracts or ()
            if len(awards) == len(contracts) == 1:
                contract, award = contracts[0], awards[0]
                if contract.id and award.id and contract.awardID == award.id:
                    add_place(number)
                    add_contract(contract)
                    add_award(award)
                    add_name(f"{release.ocid}/contracts/{contract.id.strip()}")
                    add_award_name(f"{release.ocid}/awards/{award.id.strip()}")
                    add_alone(True)  # noqa: FBT003 a method of lists
                    if items := contract.items or award.items:
                        self._add_items(number, self._names[-1], items)
                    continue
            if awards or contracts:
                self._awarded(number, release.ocid, awards, contracts)
            else:
                self._tendered(number, release.ocid)

    def _awarded(
        self, number: int, ocid: str, awards: Sequence[Award], contracts: Sequence[Contract]
    ) -> None:
        by_id = {cut: award for award in awards if award.id and (cut := award.id.strip())}
        names = {id(award): _name(ocid, "awards", award.id, place) for place, award in enumerate(awards)}
        award_of: list[Award] = []
        shared: dict[int, int] = {}
        for contract in contracts:
            stated = contract.awardID and contract.awardID.strip()
            award = by_id.get(stated or "")
            if award is None:
                award = awards[0] if not stated and len(awards) == 1 else _NO_AWARD
            award_of.append(award)
            if award is not _NO_AWARD:
                shared[id(award)] = shared.get(id(award), 0) + 1
        for place, (contract, award) in enumerate(zip(contracts, award_of, strict=True)):
            name = _name(ocid, "contracts", contract.id, place)
            alone = shared.get(id(award)) == 1
            self._add_row(number, name, contract, award, names.get(id(award)), alone=alone)
        for award in awards:
            count = shared.get(id(award), 0)
            name = names[id(award)]
            if not count:
                self._add_row(number, name, _NO_CONTRACT, award, name, alone=True)
            elif count > 1 and award.items:
                self._add_items(number, name, award.items)

    def _tendered(self, number: int, ocid: str) -> None:
        tender = self._tenders[number]
        if not (self._bids[number] or tender.title or tender.status or tender.items):
            # It may have nothing at all.
            self.left.add(number)
        self._add_row(number, f"{ocid}/tender", _NO_CONTRACT, _NO_AWARD, None, alone=True)
        if tender.items:
            self._add_items(number, f"{ocid}/tender", tender.items)

    def _add_row(
        self, number: int, name: str, contract: Contract, award: Award, award_name: str | None, *, alone: bool
    ) -> None:
        self._of_row.append(number)
        self._contracts.append(contract)
        self._awards.append(award)
        self._names.append(name)
        self._award_names.append(award_name)
        self._alone.append(alone)
        if items := contract.items or (award.items if alone else None):
            self._add_items(number, name, items)

    def _add_items(self, number: int, owner: str, items: Sequence[Item]) -> None:
        self._items += items
        if len(items) == 1:
            self._of_item.append(number)
            self._owners.append(owner)
            self._item_places.append(1)
            return
        self._of_item += repeat(number, len(items))
        self._owners += repeat(owner, len(items))
        self._item_places += range(1, len(items) + 1)

    def cells(self) -> dict[str, Columns]:
        """Give the cells of all rows, by grain, and of the processes that they are of."""
        return {
            _PROCESS: self._processes(),
            "contract": self._contract_rows(),
            "item": self._item_rows(),
            "bid": self._bid_rows(),
            "amendment": self._amendment_rows(),
        }

    def _named(
        self, places: Sequence[int], parties: Sequence[Party]
    ) -> tuple[list[str | None], list[str | None]]:
        """Find the numbers and names of parties, each of the release at its place."""
        known = [
            knows.get(party.id, party)
            for knows, party in zip(map(self._known.__getitem__, places), parties, strict=True)
        ]
        identifiers = [party.identifier for party in known]
        if any(party.identifier is not None for party in parties):
            for number, party in enumerate(parties):
                if (own := party.identifier) is not None and own is not identifiers[number]:
                    identifiers[number] = own
                    if not (own.id or own.scheme or own.legalName):
                        self.left.add(places[number])
        numbers = [_REGISTERED[one.scheme][one.id] if one is not None else None for one in identifiers]
        names = [party.name or other.name for party, other in zip(parties, known, strict=True)]
        if not all(names):
            names = [
                name or (one.legalName if one is not None else None)
                for name, one in zip(names, identifiers, strict=True)
            ]
        if not all(numbers):
            numbers = [
                number or local(party.id, name)
                for number, party, name in zip(numbers, parties, names, strict=True)
            ]
        return numbers, names

    def _joint(
        self, places: Sequence[int], groups: Sequence[Sequence[Party] | None]
    ) -> tuple[list[Any], list[str | None], list[Any]]:
        """Find the numbers, names and references of those that act, alone or together."""
        single = [parties[0] if parties and len(parties) == 1 else _NO_PARTY for parties in groups]
        numbers, names = self._named(places, single)
        references = [party.id for party in single]
        for row, parties in enumerate(groups):
            if parties and len(parties) > 1:
                here = [places[row]] * len(parties)
                if not all(map(_clean, (word for party in parties for word in (party.id, party.name)))):
                    self.left.add(places[row])
                pairs = zip(*self._named(here, parties), strict=True)
                numbers[row], names[row] = together(pairs)
                references[row] = _references(parties)
        return numbers, names, references

    def _processes(self) -> Columns:
        tenders, releases = self._tenders, self._releases
        everywhere = range(len(releases))
        periods = [tender.tenderPeriod or _NO_PERIOD for tender in tenders]
        entities = [tender.procuringEntity or _NO_PARTY for tender in tenders]
        for number, release in enumerate(releases):
            if release.buyer is not None and not (release.buyer.id or release.buyer.name):
                # An empty object is as good as none, and one that holds other things is not.
                self.left.add(number)
        buyers = [release.buyer or entity for release, entity in zip(releases, entities, strict=True)]
        buyer_numbers, buyer_names = self._named(everywhere, buyers)
        _, units = self._named(everywhere, entities)
        addresses = [
            knows.get(buyer.id, buyer).address for knows, buyer in zip(self._known, buyers, strict=True)
        ]
        category = [tender.mainProcurementCategory for tender in tenders]
        details = list(category)
        if any(tender.additionalProcurementCategories for tender in tenders):
            details = [_categories(tender) for tender in tenders]
        return {
            "ocid": [release.ocid for release in releases],
            "buyer_id": buyer_numbers,
            "buyer_name": buyer_names,
            "buyer_unit": [
                unit if unit != name else None for unit, name in zip(units, buyer_names, strict=True)
            ],
            "buyer_region": [address and address.region for address in addresses],
            "method": [tender.procurementMethod for tender in tenders],
            "method_details": [tender.procurementMethodDetails for tender in tenders],
            "category": category,
            "category_details": details,
            "tender_start_time": [period.startDate for period in periods],
            "tender_end_time": [period.endDate for period in periods],
            "tender_status": [tender.status for tender in tenders],
            "buyer_ref": [release.buyer and release.buyer.id for release in releases],
            "entity_ref": [entity.id for entity in entities],
            "tenderers": self._counts(),
            "framework_id": [_framework(release) for release in releases],
        }

    def _counts(self) -> list[Any]:
        """Count those who made an offer, where the publisher did not."""
        stated = [tender.numberOfTenderers for tender in self._tenders]
        if set(map(type, stated)) == {int}:
            return stated
        counts: list[str | None] = []
        for number, (count, tender) in enumerate(zip(stated, self._tenders, strict=True)):
            if type(count) is int or (type(count) is str and count.strip()):
                counts.append(str(count).strip().removesuffix(".0"))
                continue
            if count is not None and type(count) is not str:
                self.left.add(number)
            parties = tender.tenderers or [
                one for bid in self._bids[number] if bid.status not in UNOPENED for one in bid.tenderers or ()
            ]
            if not all(map(_clean, (word for party in parties for word in (party.id, party.name)))):
                self.left.add(number)
            pairs = zip(*self._named([number] * len(parties), parties), strict=True)
            counts.append(str(len(set(pairs))) if parties else None)
        return counts

    def _contract_rows(self) -> Columns:
        contracts, awards, of_row = self._contracts, self._awards, self._of_row
        tenders = list(map(self._tenders.__getitem__, of_row))
        all_three = list(zip(contracts, awards, tenders, strict=True))
        for place, contract, award in zip(of_row, contracts, awards, strict=True):
            if contract.amendment or award.amendment:
                self.left.add(place)
        suppliers, names, references = self._joint(
            of_row, [one.suppliers or award.suppliers for one, award, _ in all_three]
        )
        amounts, currencies, asked = self._money(tenders)
        codes = self._classifications(tenders)
        periods = self._periods(tenders)
        changes = [
            one.amendments or (award.amendments if alone else None)
            for one, award, alone in zip(contracts, awards, self._alone, strict=True)
        ]
        return dict(
            contract_id=self._names,
            supplier_id=suppliers,
            supplier_name=names,
            supplier_refs=references,
            award_id=self._award_names,
            award_status=[award.status for award in awards],
            item_code=[code.id for code in codes],
            item_scheme=[code.scheme for code in codes],
            title=[one.title or award.title or tender.title for one, award, tender in all_three],
            description=[
                one.description or award.description or tender.description for one, award, tender in all_three
            ],
            award_date=[award.date for award in awards],
            date_signed=[one.dateSigned for one in contracts],
            contract_start=[period.startDate for period in periods],
            contract_end=[period.endDate for period in periods],
            published_date=[award.datePublished or tender.datePublished for _, award, tender in all_three],
            amount=amounts,
            currency=currencies,
            tender_amount=asked,
            amendments=[str(len(one)) if one else None for one in changes],
            status=[one.status or award.status or tender.status for one, award, tender in all_three],
            url=[
                one.uri or award.uri or one.url or award.url or tender.url for one, award, tender in all_three
            ],
            **{_PROCESS: of_row},
        )

    def _money(self, tenders: Sequence[Tender]) -> tuple[list[Any], list[str | None], list[Any]]:
        """Choose the amount and currency of rows, and the tender's amount where it is in the same."""
        amounts: list[Any] = []
        currencies: list[str | None] = []
        asked: list[Any] = []
        for number, contract, award, tender, alone in zip(
            self._of_row, self._contracts, self._awards, tenders, self._alone, strict=True
        ):
            of_tender = tender.value or _NO_VALUE
            value = contract.value
            if value is None or value.amount is None:
                other = award.value if alone else None
                if other is not None and (other.amount is not None or value is None or not value.currency):
                    value = other
            value = value or _NO_VALUE
            currency = value.currency or None
            amounts.append(value.amount)
            asked_amount = None if of_tender.amount == "" else of_tender.amount
            asked_currency = of_tender.currency or None
            if asked_currency not in _CLEAN and asked_currency and not _remembered([asked_currency]):
                self.left.add(number)
            asked.append(asked_amount if currency is None or currency == asked_currency else None)
            currencies.append(asked_currency if currency is None and asked_amount is not None else currency)
        return amounts, currencies, asked

    def _classifications(self, tenders: Sequence[Tender]) -> list[Code]:
        """Find the one classification that all items of a row have."""
        codes: list[Code] = []
        for contract, award, tender, alone in zip(
            self._contracts, self._awards, tenders, self._alone, strict=True
        ):
            items = contract.items or (award.items if alone else None) or tender.items
            first = items[0].classification if items else None
            if (
                first is None
                or not first.id
                or (items and len(items) > 1 and len({_code(item) for item in items}) > 1)
            ):
                first = tender.classification or _NO_CODE
            codes.append(first)
        return codes

    def _periods(self, tenders: Sequence[Tender]) -> list[Period]:
        """Choose when contracts are in force."""
        periods: list[Period] = []
        for number, (contract, award, tender) in enumerate(
            zip(self._contracts, self._awards, tenders, strict=True)
        ):
            period = contract.period or award.contractPeriod or tender.contractPeriod or _NO_PERIOD
            if period is not _NO_PERIOD and not (period.startDate or period.endDate):
                # An empty object is as good as none, and one that holds other things is not.
                self.left.add(self._of_row[number])
            periods.append(period)
        return periods

    def _item_rows(self) -> Columns:
        items = self._items
        codes = [item.classification or _NO_CODE for item in items]
        units = [item.unit or _NO_UNIT for item in items]
        prices = [unit.value or _NO_VALUE for unit in units]
        return {
            "contract_id": self._owners,
            "line": [item.id or str(place) for item, place in zip(items, self._item_places, strict=True)],
            "item_code": [code.id for code in codes],
            "item_scheme": [code.scheme for code in codes],
            "description": [
                item.description or code.description for item, code in zip(items, codes, strict=True)
            ],
            "quantity": [item.quantity for item in items],
            "unit": [unit.name for unit in units],
            "unit_price": [price.amount for price in prices],
            "currency": [price.currency for price in prices],
            _PROCESS: self._of_item,
        }

    def _bid_rows(self) -> Columns:
        bids: list[Bid] = []
        places: list[int] = []
        for number, found in enumerate(self._bids):
            bids += found
            places += repeat(number, len(found))
        values = [bid.value or _NO_VALUE for bid in bids]
        numbers, names, references = self._joint(places, [bid.tenderers for bid in bids])
        return {
            "bidder_id": numbers,
            "bidder_name": names,
            "bidder_refs": references,
            "amount": [value.amount for value in values],
            "currency": [value.currency for value in values],
            "status": [bid.status for bid in bids],
            "time": [bid.date for bid in bids],
            _PROCESS: places,
        }

    def _amendment_rows(self) -> Columns:
        owners: list[str] = []
        places: list[int] = []
        numbers: list[str] = []
        changes: list[Amendment] = []
        for place, name, contract, award, alone in zip(
            self._of_row, self._names, self._contracts, self._awards, self._alone, strict=True
        ):
            if found := contract.amendments or (award.amendments if alone else None):
                changes += found
                owners += repeat(name, len(found))
                places += repeat(place, len(found))
                numbers += (one.id or str(number) for number, one in enumerate(found, start=1))
        return {
            "contract_id": owners,
            "number": numbers,
            "date": [change.date for change in changes],
            "reason": [change.rationale or change.description for change in changes],
            _PROCESS: places,
        }


def _remembered(numbers: Iterable[str | None]) -> bool:
    """Remember numbers without blanks around them; tell whether all are."""
    if not all(number and _clean(number) for number in numbers):
        return False
    if len(_CLEAN) > _REMEMBERED:
        _CLEAN.clear()
    _CLEAN.update(numbers)
    return True


def _clean(words: str | None) -> bool:
    return words is None or words == words.strip()


def _name(ocid: str, kind: str, number: str | None, place: int) -> str:
    number = number and number.strip()
    return f"{ocid}/{kind}/{number}" if number else f"{ocid}/{kind}[{place + 1}]"


def _references(parties: Sequence[Party]) -> str | None:
    numbers = {party.id or "" for party in parties}
    return "; ".join(sorted(numbers)) if any(numbers) else None


def _code(item: Item) -> str | None:
    code = item.classification
    return code.id.strip() or None if code is not None and code.id else None


def _categories(tender: Tender) -> str | None:
    words = (tender.mainProcurementCategory or "", *_words(tender.additionalProcurementCategories))
    return "; ".join(filter(None, words)) or None


def _framework(release: Release) -> str | None:
    if not release.relatedProcesses:
        return None
    found = (one for one in release.relatedProcesses if "framework" in _words(one.relationship))
    return next((one.identifier for one in found), None)


def _words(words: list[str] | None) -> list[str]:
    return [cut for word in words or () if (cut := word.strip())]


def _numbers(values: Sequence[Any]) -> pl.Series:
    """Give numbers as the text they were published in; what is none stands out by a blank."""
    kinds = set(map(type, values)) - {type(None)}
    if kinds == {int}:
        try:
            return pl.Series(values, dtype=pl.Int64).cast(pl.String)
        except (OverflowError, TypeError):
            kinds = {int, str}
    if kinds <= {int, str}:
        texts = [str(value) if type(value) is int else value for value in values]
    else:
        known = {int, str, type(None)}
        texts = [
            str(value) if type(value) is int else value if type(value) in known else " " for value in values
        ]
    return pl.Series(texts, dtype=pl.String)


def _day(moment: str) -> pl.Expr:
    """Cut the hours off a moment, as it was written."""
    text = pl.col(moment)
    mark = text.str.slice(10, 1)
    day = pl.when((mark == "T") | (mark == " ")).then(text.str.head(10)).otherwise(text)
    return pl.when(~day.is_in(sorted(NO_DAY))).then(day)


def _filled(rows: pl.DataFrame) -> pl.DataFrame:
    """Take empty words for none."""
    texts = [name for name, dtype in rows.schema.items() if dtype == pl.String]
    shortest = rows.select(pl.col(texts).str.len_bytes().min()).row(0)
    empty = [name for name, length in zip(texts, shortest, strict=True) if length == 0]
    return rows.with_columns(pl.col(empty).replace("", None)) if empty else rows


def _unclean(rows: dict[str, pl.DataFrame]) -> set[int]:
    """Find the releases with blanks around words, or with nothing but blanks."""
    found: set[int] = set()
    for frame in rows.values():
        texts = [pl.col(name) for name, dtype in frame.schema.items() if dtype == pl.String]
        dirty = [text.str.strip_chars() != text for text in texts]
        wrong = frame.select(LINE, dirty=pl.any_horizontal(dirty).fill_null(value=False)).filter("dirty")
        found.update(wrong[LINE].to_list())
    return found
