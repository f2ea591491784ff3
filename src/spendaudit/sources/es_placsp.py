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
- The awards of a case that was annulled (ANUL) are rows, and count as no spending.
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

from functools import partial
from typing import Final

import polars as pl

from spendaudit.ingest.cells import code, constant, currency, date, first_of, flag, integer, money, text
from spendaudit.model.codelists import CATEGORY, LEVEL, METHOD
from spendaudit.sources._placsp_rows import COLUMNS, fits, rows
from spendaudit.sources._releases import Downloads, Plan, together, yearly_then_monthly
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


def _feed(name: str, since: str) -> Plan:
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
        form="xml", fits=fits, grains={"award": COLUMNS}, rows=rows, trees=("entry", "deleted-entry")
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
            void=frozenset({"ANUL"}),
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
