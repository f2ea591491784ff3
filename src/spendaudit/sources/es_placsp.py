"""Spain: contracts on the public sector's procurement platform (PLACSP), large and small, one row per award.

What it holds
-------------
The platform's syndication of every tender of the State, regions and councils that publish there, of the
regional platforms that hand theirs over (*plataformas agregadas*), and of small contracts (*contratos
menores*): ATOM feeds in zips, in which every entry is a case (*expediente*) in CODICE, Spain's form of UBL.
A row is one award of a case: of the whole of it, or of one of its lots, to one winner.

How often
---------
Daily. Zips are yearly until 2024 and monthly from 2025, three for each period: profiles of contracting
bodies (from 2012), their minor contracts (from 2018), and what other platforms pass on (from 2016).

Licence
-------
Reuse as datos.gob.es allows it (Real Decreto 1495/2011): the source and the date are to be named.

Caveats
-------
- A case is published anew with every change: several times in one zip, and again in later ones. Only its
  last version counts (`updated`); awards of earlier ones are merged into it. A case that was taken back
  (`deleted-entry`) counts no more from then on. Give all zips of a span in one call, so that a case of
  March that was changed in May is counted once.
- Tenders without an award, and lots that were left void or given up, are no contracts: no row is made of
  them, and none is counted. Neither is a best bidder who has yet to hand in documents (result 10).
- `amount` and `tender_amount` are without tax where the portal says both; `tax_included` tells which. The
  estimated value, with options and extensions, is not used. `tender_amount` is that of the lot.
- `contract_id` is the platform's number of the case, the lot, and a letter where a lot has several winners;
  `tender_id` that number alone. The body's own number of the case comes first in `description`: bodies
  count alike (`1/2024`).
- Several winners named in one award share it: they stay together in `supplier_name`, without a number.
- Numbers of persons are published with stars (`***1234**`), and are no number: the name is the key then.
- `buyer_id` is the tax number of the body (NIF), else its code in the State's directory (DIR3) or on the
  platform. Offices of one body share its number: `buyer_name` is the office that awards.
- `contract_start` is the day on which the contract takes effect, else the planned one; `contract_end` is
  planned, and empty where a duration is published instead of a day.
- A procedure that derives from a framework agreement is `limited`. Urgency, criteria, contacts, addresses
  and documents are not kept.
- The platform's certificate is not trusted everywhere; `fetch` says so, and what can be done.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import count
from typing import Any, Final

import polars as pl

from spendaudit.ingest.cells import code, constant, currency, date, first_of, flag, integer, money, text
from spendaudit.model.codelists import CATEGORY, LEVEL, METHOD
from spendaudit.sources._releases import Downloads, together, yearly_then_monthly
from spendaudit.sources._source import Documents, Latest, Organisation, Output, Source

#: SyndicationTenderingProcessCode 2.07; 8 (a design contest) may be open or not.
METHODS: Final = {
    code: method
    for method, codes in {
        "open": "1 9",
        "selective": "2 4 5 10 12 13",
        "limited": "3 7 11",
        "direct": "6",
    }.items()
    for code in codes.split()
}
PROCEDURES: Final = {
    "1": "Abierto",
    "2": "Restringido",
    "3": "Negociado sin publicidad",
    "4": "Negociado con publicidad",
    "5": "Diálogo competitivo",
    "6": "Contrato menor",
    "7": "Derivado de acuerdo marco",
    "8": "Concurso de proyectos",
    "9": "Abierto simplificado",
    "10": "Asociación para la innovación",
    "11": "Derivado de asociación para la innovación",
    "12": "Basado en un sistema dinámico de adquisición",
    "13": "Licitación con negociación",
    "100": "Normas internas",
    "999": "Otros",
}
#: ContractCode 2.08: supplies, services and their concessions, works and theirs.
CATEGORIES: Final = {
    "1": "goods",
    **dict.fromkeys(("2", "21", "22"), "services"),
    **dict.fromkeys(("3", "31", "32"), "works"),
}
#: ContractingAuthorityCode: the State, the regions, the councils.
LEVELS: Final = {"1": "national", "2": "regional", "3": "local"}

#: TenderResultCode: void, given up, renounced, void for now, void in the end, best bid so far.
_NO_AWARD: Final = frozenset({"3", "4", "5", "6", "7", "10"})

#: Numbers of an organisation, the best first.
_NUMBERS: Final = ("NIF", "DIR3", "ID_PLATAFORMA", "ID_OC_PLAT")

_COLUMNS: Final = (
    *("case", "updated", "award", "folder", "status", "title", "url", "procedure", "type", "party_type"),
    *("buyer_id", "buyer_name", "supplier_id", "supplier_name", "lot", "lot_title", "cpv"),
    *("award_date", "signed", "start", "planned_start", "planned_end", "tender_start", "tender_end"),
    *("published", "amount", "currency", "taxed", "tender_amount", "tenderers"),
)

Parts = Mapping[str, Any]
Cells = Mapping[str, str | None]

_NOTHING: Final[Parts] = {}


def _all(parts: Parts, name: str) -> list[Any]:
    """Give the elements of a name, however many there are."""
    found = parts.get(name)
    return found if isinstance(found, list) else [] if found is None else [found]


def _part(parts: Parts, *path: str) -> Parts:
    """Follow a path to an element with parts; of several elements the first."""
    for name in path:
        first = next(iter(_all(parts, name)), None)
        if not isinstance(first, dict):
            return _NOTHING
        parts = first
    return parts


def _words(parts: Parts, *path: str) -> str | None:
    """Follow a path to an element's text; of several elements the first."""
    found = next(iter(_all(_part(parts, *path[:-1]), path[-1])), None)
    return _text(found)


def _text(element: Any) -> str | None:
    text = element.get("") if isinstance(element, dict) else element
    return text if isinstance(text, str) else None


def _fits(tree: Parts) -> bool:
    """Tell an entry with a case, or a case that was taken back: feeds begin with hundreds of those."""
    return "ContractFolderStatus" in _part(tree, "entry") or "contrataciondel" in (
        _words(tree, "deleted-entry", "ref") or ""
    )


def _rows(tree: Parts) -> Iterator[tuple[str, Cells]]:
    """Lay a version of a case out: a row an award, and one without `award` where there is none."""
    if "deleted-entry" in tree:
        gone = _part(tree, "deleted-entry")
        yield "award", {"case": _number(_words(gone, "ref")), "updated": _words(gone, "when")}
        return
    entry = _part(tree, "entry")
    folder = _part(entry, "ContractFolderStatus")
    of_case = _of_case(entry, folder)
    awards = 0
    letters: dict[str | None, Iterator[int]] = {}
    for result in _all(folder, "TenderResult"):
        if not isinstance(result, dict) or _words(result, "ResultCode") in _NO_AWARD:
            continue
        for project in _all(result, "AwardedTenderedProject") or [_NOTHING]:
            of_award = _of_award(result, project if isinstance(project, dict) else _NOTHING, folder)
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
    party = _part(folder, "LocatedContractingParty", "Party")
    project = _part(folder, "ProcurementProject")
    return {
        "case": _number(_words(entry, "id")),
        "updated": _words(entry, "updated"),
        "folder": _words(folder, "ContractFolderID"),
        "status": _words(folder, "ContractFolderStatusCode"),
        "title": _words(project, "Name") or _words(entry, "title"),
        "url": _words(entry, "link", "href"),
        "procedure": _words(folder, "TenderingProcess", "ProcedureCode"),
        "type": _words(project, "TypeCode"),
        "party_type": _words(folder, "LocatedContractingParty", "ContractingPartyTypeCode"),
        "buyer_id": _identifier(party),
        "buyer_name": _words(party, "PartyName", "Name"),
        "planned_start": _words(project, "PlannedPeriod", "StartDate"),
        "planned_end": _words(project, "PlannedPeriod", "EndDate"),
        "tender_start": _issued(folder, "DOC_CN"),
        "tender_end": _words(folder, "TenderingProcess", "TenderSubmissionDeadlinePeriod", "EndDate"),
        "published": _issued(folder, "DOC_CAN_ADJ"),
    }


def _of_award(result: Parts, awarded: Parts, folder: Parts) -> dict[str, str | None]:
    winners = [winner for winner in _all(result, "WinningParty") if isinstance(winner, dict)]
    names = [name for winner in winners if (name := _words(winner, "PartyName", "Name"))]
    lot = _words(awarded, "ProcurementProjectLotID")
    described = _lot(folder, lot) or _part(folder, "ProcurementProject")
    money = _part(awarded, "LegalMonetaryTotal")
    taxed = "TaxExclusiveAmount" not in money
    amount = "PayableAmount" if taxed else "TaxExclusiveAmount"
    return {
        "supplier_id": _identifier(winners[0]) if len(winners) == 1 else None,
        "supplier_name": "; ".join(names) or None,
        "lot": lot,
        "lot_title": _words(described, "Name") if lot else None,
        "cpv": _words(described, "RequiredCommodityClassification", "ItemClassificationCode")
        or _words(folder, "ProcurementProject", "RequiredCommodityClassification", "ItemClassificationCode"),
        "award_date": _words(result, "AwardDate"),
        "signed": _words(result, "Contract", "IssueDate"),
        "start": _words(result, "StartDate"),
        "amount": _words(money, amount),
        "currency": _words(money, amount, "currencyID"),
        "taxed": str(taxed) if amount in money else None,
        "tender_amount": _words(described, "BudgetAmount", "TotalAmount" if taxed else "TaxExclusiveAmount"),
        "tenderers": _words(result, "ReceivedTenderQuantity"),
    }


def _lot(folder: Parts, lot: str | None) -> Parts:
    """Find what a lot is about."""
    for one in _all(folder, "ProcurementProjectLot"):
        if lot and isinstance(one, dict) and _words(one, "ID") == lot:
            return _part(one, "ProcurementProject")
    return _NOTHING


def _identifier(party: Parts) -> str | None:
    """Choose the best number of an organisation; winners may have one of another kind (UTE, OTROS)."""
    numbers: dict[str, str] = {}
    for identification in _all(party, "PartyIdentification"):
        number = identification.get("ID") if isinstance(identification, dict) else None
        if words := _text(number):
            scheme = number.get("schemeName", "") if isinstance(number, dict) else ""
            numbers.setdefault(scheme, words)
    best: Iterable[str] = (numbers[scheme] for scheme in _NUMBERS if scheme in numbers)
    return next(iter(best), next(iter(numbers.values()), None))


def _issued(folder: Parts, notice: str) -> str | None:
    """Give the first day on which a notice of some kind was published."""
    days = [
        day
        for told in _all(folder, "ValidNoticeInfo")
        if isinstance(told, dict) and _words(told, "NoticeTypeCode") == notice
        for status in _all(told, "AdditionalPublicationStatus")
        if isinstance(status, dict)
        for reference in _all(status, "AdditionalPublicationDocumentReference")
        if isinstance(reference, dict) and (day := _words(reference, "IssueDate"))
    ]
    return min(days, default=None)


def _feed(name: str, since: str) -> Any:
    return partial(
        yearly_then_monthly,
        f"https://contrataciondelsectorpublico.gob.es/sindicacion/{name}_{{period}}.zip",
        since=since,
        monthly_from="2025-01",
    )


#: Some days carry a zone (`2024-03-01+01:00`).
_DAY: Final = ("%Y-%m-%d", "%Y-%m-%d%:z", "%Y-%m-%dZ")

SOURCE: Final = Source(
    id="es_placsp",
    page=__doc__,
    jurisdiction="ES",
    homepage="https://contrataciondelsectorpublico.gob.es",
    licence="reuse of public sector information (Real Decreto 1495/2011)",
    layout=Documents(
        form="xml", fits=_fits, grains={"award": _COLUMNS}, rows=_rows, trees=("entry", "deleted-entry")
    ),
    outputs=(
        Output(
            table="contracts",
            grain="award",
            of=pl.col("award").is_not_null(),
            latest=Latest(
                key="case",
                updated=pl.col("updated").str.to_datetime(
                    "%+", time_unit="us", time_zone="UTC", strict=False
                ),
            ),
            columns={
                "contract_id": text("award"),
                "tender_id": text("case"),
                "buyer_id": text("buyer_id"),
                "buyer_name": text("buyer_name"),
                "buyer_level": code("party_type", LEVELS, LEVEL),
                "supplier_id": text("supplier_id"),
                "supplier_name": text("supplier_name"),
                "procurement_method": code("procedure", METHODS, METHOD),
                "procurement_method_details": text("procedure").replace(PROCEDURES),
                "main_procurement_category": code("type", CATEGORIES, CATEGORY),
                "item_code": text("cpv"),
                "item_scheme": pl.when(text("cpv").is_not_null()).then(constant("CPV")),
                "title": text("title"),
                "description": pl.concat_str(
                    text("folder"), text("lot_title"), separator=": ", ignore_nulls=True
                ),
                "tender_start": date("tender_start", *_DAY),
                "tender_end": date("tender_end", *_DAY),
                "award_date": date("award_date", *_DAY),
                "date_signed": date("signed", *_DAY),
                "contract_start": first_of(date("start", *_DAY), date("planned_start", *_DAY)),
                "contract_end": date("planned_end", *_DAY),
                "published_date": date("published", *_DAY),
                "amount": money("amount", decimal="."),
                "currency": currency("currency"),
                "tax_included": flag("taxed", yes=("True",), no=("False",)),
                "tender_amount": money("tender_amount", decimal="."),
                "number_of_tenderers": integer("tenderers"),
                "status": text("status"),
                "url": text("url"),
            },
            organisations=(
                Organisation(role="buyer", id="buyer_id", name="buyer_name", tax_id=True),
                Organisation(role="supplier", id="supplier_id", name="supplier_name", tax_id=True),
            ),
        ),
    ),
    personal=frozenset({"supplier_id", "supplier_name"}),
    expected={"contract_id": 1.0, "buyer_name": 1.0, "supplier_name": 0.95, "amount": 0.95},
    downloads=Downloads(
        partial(
            together,
            [
                _feed("sindicacion_643/licitacionesPerfilesContratanteCompleto3", "2012"),
                _feed("sindicacion_1143/contratosMenoresPerfilesContratantes", "2018"),
                _feed("sindicacion_1044/PlataformasAgregadasSinMenores", "2016"),
            ],
        ),
        certificate_fails=True,
    ),
)
