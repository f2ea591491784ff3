"""Lays the cases of Spain's procurement platform out as rows: CODICE, one row an award."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import Final

from spendaudit.sources._xml_parts import NOTHING, Parts, every, part, words

#: TenderResultCode: void, given up, renounced, void for now, void in the end, best bid so far.
_NO_AWARD: Final = frozenset({"3", "4", "5", "6", "7", "10"})

#: Numbers of an organisation, the best first.
_NUMBERS: Final = ("NIF", "DIR3", "ID_PLATAFORMA", "ID_OC_PLAT")

#: Cells of a row.
COLUMNS: Final = (
    *("case", "updated", "award", "folder", "status", "title", "url", "procedure", "type", "party_type"),
    *("buyer_id", "buyer_name", "supplier_id", "supplier_name", "lot", "lot_title", "cpv"),
    *("award_date", "signed", "start", "planned_start", "planned_end", "tender_start", "tender_end"),
    *("published", "amount", "currency", "taxed", "tender_amount", "tenderers"),
)

Cells = Mapping[str, str | None]


def fits(tree: Parts) -> bool:
    """Tell an entry with a case, or a case that was taken back: feeds begin with hundreds of those."""
    return "ContractFolderStatus" in part(tree, "entry") or "contrataciondel" in (
        words(tree, "deleted-entry", "ref") or ""
    )


def rows(tree: Parts) -> Iterator[tuple[str, Cells]]:
    """Lay a version of a case out: a row an award, and one without `award` where there is none."""
    if "deleted-entry" in tree:
        gone = part(tree, "deleted-entry")
        yield "award", {"case": _number(words(gone, "ref")), "updated": words(gone, "when")}
        return
    entry = part(tree, "entry")
    folder = part(entry, "ContractFolderStatus")
    of_case = _of_case(entry, folder)
    awards = 0
    letters: dict[str | None, Iterator[int]] = {}
    for result in every(folder, "TenderResult"):
        if words(result, "ResultCode") in _NO_AWARD:
            continue
        for project in every(result, "AwardedTenderedProject") or [NOTHING]:
            of_award = _of_award(result, project, folder)
            if of_award["supplier_name"] or of_award["supplier_id"] or of_award["amount"]:
                awards += 1
                lot = of_award["lot"]
                winner = next(letters.setdefault(lot, count()))
                name = "-".join(filter(None, (of_case["case"], lot))) + _letters(winner)
                yield "award", {**of_case, **of_award, "award": name}
    if not awards:
        yield "award", of_case


def _letters(winner: int) -> str:
    """Tell the winners of a lot apart: nothing for the first, then a, b ... z, aa."""
    letters = ""
    while winner:
        winner, letter = divmod(winner - 1, 26)
        letters = chr(ord("a") + letter) + letters
    return letters


def _number(address: str | None) -> str | None:
    """Take the platform's number of a case from its address: the host has changed, the number has not."""
    return address.rstrip("/").rpartition("/")[2] if address else None


def _of_case(entry: Parts, folder: Parts) -> dict[str, str | None]:
    party = part(folder, "LocatedContractingParty", "Party")
    project = part(folder, "ProcurementProject")
    return {
        "case": _number(words(entry, "id")),
        "updated": words(entry, "updated"),
        "folder": words(folder, "ContractFolderID"),
        "status": words(folder, "ContractFolderStatusCode"),
        "title": words(project, "Name") or words(entry, "title"),
        "url": words(entry, "link", "href"),
        "procedure": words(folder, "TenderingProcess", "ProcedureCode"),
        "type": words(project, "TypeCode"),
        "party_type": words(folder, "LocatedContractingParty", "ContractingPartyTypeCode"),
        "buyer_id": _identifier(party),
        "buyer_name": words(party, "PartyName", "Name"),
        "planned_start": words(project, "PlannedPeriod", "StartDate"),
        "planned_end": words(project, "PlannedPeriod", "EndDate"),
        "tender_start": _issued(folder, "DOC_CN"),
        "tender_end": words(folder, "TenderingProcess", "TenderSubmissionDeadlinePeriod", "EndDate"),
        "published": _issued(folder, "DOC_CAN_ADJ"),
    }


def _of_award(result: Parts, awarded: Parts, folder: Parts) -> dict[str, str | None]:
    winners = every(result, "WinningParty")
    names = [name for winner in winners if (name := words(winner, "PartyName", "Name"))]
    lot = words(awarded, "ProcurementProjectLotID")
    described = _lot(folder, lot) or part(folder, "ProcurementProject")
    money = part(awarded, "LegalMonetaryTotal")
    taxed = words(money, "TaxExclusiveAmount") is None
    amount = "PayableAmount" if taxed else "TaxExclusiveAmount"
    return {
        "supplier_id": _identifier(winners[0]) if len(winners) == 1 else None,
        "supplier_name": "; ".join(names) or None,
        "lot": lot,
        "lot_title": words(described, "Name") if lot else None,
        "cpv": words(described, "RequiredCommodityClassification", "ItemClassificationCode")
        or words(folder, "ProcurementProject", "RequiredCommodityClassification", "ItemClassificationCode"),
        "award_date": words(result, "AwardDate"),
        "signed": words(result, "Contract", "IssueDate"),
        "start": words(result, "StartDate"),
        "amount": words(money, amount),
        "currency": words(money, amount, "currencyID"),
        "taxed": str(taxed) if words(money, amount) else None,
        "tender_amount": words(described, "BudgetAmount", "TotalAmount" if taxed else "TaxExclusiveAmount"),
        "tenderers": words(result, "ReceivedTenderQuantity"),
    }


def _lot(folder: Parts, lot: str | None) -> Parts:
    """Find what a lot is about."""
    for one in every(folder, "ProcurementProjectLot"):
        if lot and words(one, "ID") == lot:
            return part(one, "ProcurementProject")
    return NOTHING


def _identifier(party: Parts) -> str | None:
    """Choose the best number of an organisation; winners may have one of another kind (UTE, OTROS)."""
    numbers: dict[str, str] = {}
    for identification in every(party, "PartyIdentification"):
        if number := words(identification, "ID"):
            numbers.setdefault(words(identification, "ID", "schemeName") or "", number)
    best: Iterable[str] = (numbers[scheme] for scheme in _NUMBERS if scheme in numbers)
    return next(iter(best), next(iter(numbers.values()), None))


def _issued(folder: Parts, notice: str) -> str | None:
    """Give the first day on which a notice of some kind was published."""
    days = [
        day
        for told in every(folder, "ValidNoticeInfo")
        if words(told, "NoticeTypeCode") == notice
        for status in every(told, "AdditionalPublicationStatus")
        for reference in every(status, "AdditionalPublicationDocumentReference")
        if (day := words(reference, "IssueDate"))
    ]
    return min(days, default=None)
