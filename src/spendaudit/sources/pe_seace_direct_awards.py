"""Peru: direct awards registered in SEACE, as the CONOSCE portal exports them.

What it holds
-------------
One row per item that was awarded directly, and supplier: the buying entity with its RUC, the item, the
estimated and the awarded amount, the supplier with its RUC. An item awarded to several suppliers has a row
for each, with its own amount. An item awarded to a consortium has a row for each member of it, all with the
whole amount: they are one contract here, of the consortium.

How often
---------
CONOSCE is brought up to date through the year. This export holds the direct awards of the health emergency of
2020; others of the same portal have the same columns.

Licence
-------
Not stated in the file. Peru's open data portal publishes under ODC-By 1.0.

Caveats
-------
- SEACE gives no number to a contract. `contract_id` is the number of the call and of the item, as in
  `600123-2`: an item awarded to several suppliers is under one identifier, and DQ002 asks about it.
- A consortium has a number of SEACE's own in place of a RUC. It is left out, and the consortium goes by its
  name. Its members are not kept.
- There is no day of award or signature: `published_date`, the day of the call, stands in for it.
- `Nuevos Soles` is the name that the sol had until 2015; the amounts are in soles all the same.
- Whether amounts include IGV is not stated.
- Letters were lost in most descriptions of items (`CONTRATACI¿N`); the title is that of the call, which kept
  them.
- Suppliers with a RUC that begins with 10 or 15 are natural persons.
- Excel writes a wrong extent into some of these workbooks; all rows are read nonetheless.
"""

from typing import Final

import polars as pl

from spendaudit.ingest.cells import code, currency, date, money, text
from spendaudit.model.codelists import CATEGORY, LEVEL, METHOD
from spendaudit.sources._source import Organisation, Output, Source, Workbook

#: FONAFE holds the enterprises of the state; OTROS are of no level.
LEVELS: Final = {
    "GOBIERNO NACIONAL": "national",
    "GOBIERNO REGIONAL": "regional",
    "GOBIERNO LOCAL": "local",
    "FONAFE": "national",
}

CATEGORIES: Final = {
    "Bien": "goods",
    "Servicio": "services",
    "Obra": "works",
    "Consultoría de Obra": "services",
}

CURRENCIES: Final = {
    "Soles": "PEN",
    "Nuevos Soles": "PEN",
    "Dólar Norteamericano": "USD",
    "Euro": "EUR",
}

SOURCE: Final = Source(
    id="pe_seace_direct_awards",
    page=__doc__,
    jurisdiction="PE",
    homepage="https://conosce.osce.gob.pe",
    licence="not stated in the file",
    layout=Workbook(),
    derived={"@award": pl.concat_str("CODIGOCONVOCATORIA", "NUMERO_ITEM", "RUCPROVEEDOR", separator="-")},
    outputs=(
        Output(
            table="contracts",
            columns={
                "contract_id": pl.concat_str(text("CODIGOCONVOCATORIA"), text("NUMERO_ITEM"), separator="-"),
                "tender_id": text("PROCESO"),
                "buyer_id": text("RUC_ENTIDAD"),
                "buyer_name": text("ENTIDAD"),
                "buyer_level": code("TIPOENTIDADOEE", LEVELS, LEVEL),
                "buyer_region": text("ENTIDAD_DEPARTAMENTO"),
                "supplier_id": pl.when(text("TIPOPROVEEDOR") != "Consorcio").then(text("RUCPROVEEDOR")),
                "supplier_name": text("PROVEEDOR"),
                "procurement_method": code("TIPOPROCESO", {"Contratación Directa": "direct"}, METHOD),
                "procurement_method_details": text("CAUSAL_EXOR_CONT_DIRECTA"),
                "main_procurement_category": code("OBJETOCONTRACTUAL", CATEGORIES, CATEGORY),
                "main_procurement_category_details": text("RUBROS"),
                "title": text("DESCRIPCION_PROCESO"),
                "description": text("ITEMCONVOCA_DESCRIPCION"),
                "published_date": date("FECHACONVOCATORIA", "%Y-%m-%d", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S"),
                "amount": money("MONTOADJUDICADO", decimal="."),
                "currency": currency("MONEDA", meanings=CURRENCIES),
                "tender_amount": money("MONTOREFERENCIAL", decimal="."),
                "status": text("ESTADOITEMCONVOCA"),
                "url": text("URLFICHAPROCESO"),
            },
            one_per="@award",
            named_by=("contract_id", "supplier_name"),
            repeated=("amount", "currency", "supplier_name"),
            organisations=(
                Organisation(role="buyer", id="buyer_id", name="buyer_name", tax_id=True),
                Organisation(role="supplier", id="supplier_id", name="supplier_name", tax_id=True),
            ),
        ),
    ),
    ignored=frozenset(
        # How many units, of what: as items they would repeat the row.
        {"CANTIDADADJUDICADA", "ITEMCONVOCA_UNIDADMEDIDA"}
        # The portal's own number of the entity, and where it and the item are.
        | {"CODIGOENTIDAD", "ENTIDAD_PROVINCIA", "ENTIDAD_DISTRITO", "SECTOR"}
        | {"ITEM_DEPARTAMENTO", "ITEM_PROVINCIA", "ITEM_DISTRITO"}
        # The amounts again, in soles; whether the call is the last of its process; who is in a consortium.
        | {"MONTOREFERENCIALSOLES", "MONTOADJUDICADOSOLES", "ULTIMO"}
        | {"RUCDETALLEPROVEEDOR", "DETALLEPROVEEDOR"}
    ),
    personal=frozenset({"supplier_id", "supplier_name"}),
    expected={
        "contract_id": 1.0,
        "buyer_id": 1.0,
        "supplier_id": 0.95,
        "supplier_name": 1.0,
        "published_date": 1.0,
        "amount": 1.0,
        "currency": 1.0,
    },
)
