"""Invented awards as Spain's platform publishes them: Atom feeds in a zip, a case anew with every update."""

import datetime as dt
import zipfile
from collections.abc import Iterable, Iterator
from html import escape
from itertools import islice
from pathlib import Path
from typing import Final

from awards import Award, Party

#: Entries of a feed.
_LONG: Final = 500
_ADDRESS: Final = "https://contrataciondelestado.es/sindicacion/licitacionesPerfilContratante"
_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<feed xmlns="http://www.w3.org/2005/Atom"'
    ' xmlns:cbc-place-ext="urn:dgpe:names:draft:codice-place-ext:schema:xsd:CommonBasicComponents-2"'
    ' xmlns:cac-place-ext="urn:dgpe:names:draft:codice-place-ext:schema:xsd:CommonAggregateComponents-2"'
    ' xmlns:cbc="urn:dgpe:names:draft:codice:schema:xsd:CommonBasicComponents-2"'
    ' xmlns:cac="urn:dgpe:names:draft:codice:schema:xsd:CommonAggregateComponents-2">'
    "<title>Licitaciones</title><updated>2024-05-31T23:59:13.434+02:00</updated>\n"
)
_CODES: Final = 'listURI="https://contrataciondelestado.es/codice/cl/2.04/Code-2.04.gc"'
_LETTERS: Final = "JABCDEFGHI"


def write(path: Path, awards: Iterable[Award]) -> None:
    """Write a zip of feeds. Every third case is told twice, some feeds apart: the last version counts."""
    entries = _entries(awards)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as feeds:
        number = 0
        while some := list(islice(entries, _LONG)):
            feeds.writestr(
                zipfile.ZipInfo(f"licitaciones_{number:06}.atom"), _feed(some), zipfile.ZIP_DEFLATED
            )
            number += 1


def _feed(entries: Iterable[str]) -> str:
    return f"{_HEAD}{''.join(entries)}</feed>"


def _entries(awards: Iterable[Award]) -> Iterator[str]:
    again: list[Award] = []
    for award in awards:
        yield _entry(award, award.awarded)
        if award.number % 3 == 0:
            again.append(award)
        if len(again) > _LONG:
            yield from (_entry(one, one.awarded + dt.timedelta(days=9)) for one in again)
            again.clear()
    yield from (_entry(one, one.awarded + dt.timedelta(days=9)) for one in again)


def _in(name: str, *inside: str) -> str:
    """Write an element; its name may have attributes behind it."""
    return f"<{name}>{''.join(inside)}</{name.split(maxsplit=1)[0]}>"


def _coded(name: str, code: str) -> str:
    return _in(f"cbc:{name} {_CODES}", code)


def _euros(name: str, amount: str) -> str:
    return _in(f'cbc:{name} currencyID="EUR"', amount)


def _number(scheme: str, number: str) -> str:
    return _in("cac:PartyIdentification", _in(f'cbc:ID schemeName="{scheme}"', number))


def _entry(award: Award, updated: dt.date) -> str:
    title, case = escape(award.title), f"{award.number}/2024"
    page = f"https://contrataciondelestado.es/wps/poc?uri=deeplink:detalle&amp;idEvl=invented{award.number}"
    folder = _in(
        "cac-place-ext:ContractFolderStatus",
        _in("cbc:ContractFolderID", case),
        _in(f'cbc-place-ext:ContractFolderStatusCode languageID="es" {_CODES}', "RES"),
        _buyer(award.buyer),
        _project(award, title),
        *(_result(award, *bid, lot=lot) for lot, bid in enumerate(award.bids[:2], start=1)),
        _process(award),
    )
    return "\n    ".join(
        (
            "<entry>",
            _in("id", f"{_ADDRESS}/{15_000_000 + award.number}"),
            f'<link href="{page}"/>',
            _in('summary type="text"', f"Id licitación: {case}; {escape(award.buyer.name)}; Estado: RES"),
            _in("title", title),
            _in("updated", f"{updated}T10:00:00.100+02:00"),
            folder.replace("><c", ">\n    <c"),
            "</entry>\n",
        )
    )


def _buyer(buyer: Party) -> str:
    return _in(
        "cac-place-ext:LocatedContractingParty",
        _coded("ContractingPartyTypeCode", "3"),
        _in(
            "cac:Party",
            _number("DIR3", f"L0{buyer.number:07}"),
            _number("NIF", _nif("P", buyer)),
            _in("cac:PartyName", _in("cbc:Name", escape(buyer.name))),
            _in("cac:PostalAddress", _in("cbc:CityName", "Valdeinventado"), _in("cbc:PostalZone", "44999")),
            _in("cac:Contact", _in("cbc:Telephone", "910000000")),
        ),
    )


def _project(award: Award, title: str) -> str:
    return _in(
        "cac:ProcurementProject",
        _in("cbc:Name", title),
        _coded("TypeCode", "1"),
        _in(
            "cac:BudgetAmount",
            _euros("TotalAmount", f"{award.amount * 2}.50"),
            _euros("TaxExclusiveAmount", f"{award.amount}.25"),
        ),
        _in(
            "cac:RequiredCommodityClassification",
            _coded("ItemClassificationCode", f"{30_000_000 + award.number % 9_000}"),
        ),
        _in(
            "cac:PlannedPeriod",
            _in("cbc:StartDate", f"{award.awarded}"),
            _in("cbc:EndDate", f"{award.awarded + dt.timedelta(days=365)}"),
        ),
    )


def _result(award: Award, winner: Party, amount: int, *, lot: int) -> str:
    return _in(
        "cac:TenderResult",
        _coded("ResultCode", "9"),
        _in("cbc:Description", "Resuelto por el órgano de contratación"),
        _in("cbc:AwardDate", f"{award.awarded}"),
        _in("cbc:ReceivedTenderQuantity", f"{len(award.bids)}"),
        _in(
            "cac:WinningParty",
            _number("NIF", _nif("B", winner)),
            _in("cac:PartyName", _in("cbc:Name", escape(winner.name))),
        ),
        _in(
            "cac:AwardedTenderedProject",
            _in("cbc:ProcurementProjectLotID", f"{lot}"),
            _in(
                "cac:LegalMonetaryTotal",
                _euros("TaxExclusiveAmount", f"{amount}.5"),
                _euros("PayableAmount", f"{amount * 121 // 100}.61"),
            ),
        ),
    )


def _process(award: Award) -> str:
    ended = _in("cac:TenderSubmissionDeadlinePeriod", _in("cbc:EndDate", f"{award.awarded}"))
    document = _in(
        "cac-place-ext:AdditionalPublicationDocumentReference", _in("cbc:IssueDate", f"{award.asked}")
    )
    notice = _in(f"cbc-place-ext:NoticeTypeCode {_CODES}", "DOC_CN")
    return _in("cac:TenderingProcess", _coded("ProcedureCode", "1"), ended) + _in(
        "cac-place-ext:ValidNoticeInfo", notice, _in("cac-place-ext:AdditionalPublicationStatus", document)
    )


def _nif(letter: str, party: Party) -> str:
    """Make a tax number that closes with a check digit, or for public bodies with a letter."""
    number = f"44{party.number:05}"
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(number)]
    check = -sum(one // 10 + one % 10 for one in doubled) % 10
    return f"{letter}{number}{_LETTERS[check] if letter == 'P' else check}"
