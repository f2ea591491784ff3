"""Mexico: contracts registered in CompraNet, one file per year or span of years, 2010 to 2018.

What it holds
-------------
One row per contract of the federal government, and of states and municipalities that spend federal money:
the buying unit, the procedure, the supplier by name, the amount and its currency.

How often
---------
Yearly files, written anew for some years after. Their hosts have moved several times. From about 2019 on the
files have another layout, with other column names, which this source refuses.

Licence
-------
Libre Uso MX.

Caveats
-------
- There is no tax number of suppliers before 2023, so they go by name. FOLIO_RUPC, their number in the
  register of suppliers, is absent until 2015 and empty in 60 % of the rows of 2018: it would part a supplier
  in two.
- The buyer is the buying unit (CLAVEUC), a code of the portal, of which an institution may have hundreds. It
  is called by its institution and its own name: what is found of a unit need not hold for the whole. The mark
  before some institutions (`_Gobierno del Estado`) and the code behind units (`#019GYR046`) are left out.
- `award_date` is EXP_F_FALLO, which is empty for most direct awards. `tender_start` is the day of
  publication, `tender_end` the day on which bids were opened.
- `procurement_method_details` is PLANTILLA_EXPEDIENTE. It tells a direct award for a small amount (Art. 42
  LAASSP, Art. 43 LOPSRM) from one for another reason; TIPO_PROCEDIMIENTO says only that it was direct.
- Leases of goods (Arrendamientos) count as goods, services for public works as services. The published words
  are in `main_procurement_category_details`.
- Whether amounts include VAT is not stated.
- `amendments` is CONVENIO_MODIFICATORIO, a yes or no: 1 means at least one.
- A few rows are repeated unchanged, under the same CODIGO_CONTRATO.
- Many suppliers are natural persons. RESPONSABLE, the officer of the buying unit, is left out.
"""

from functools import partial
from typing import Final

import polars as pl

from spendaudit.ingest.cells import Cell, code, currency, date, integer, money, text
from spendaudit.model.codelists import CATEGORY, LEVEL, METHOD
from spendaudit.sources._releases import Downloads, yearly
from spendaudit.sources._source import Csv, Organisation, Output, Source

#: Levels of government: Administración Pública Federal, Gobierno Estatal, Gobierno Municipal.
LEVELS: Final = {"APF": "national", "GE": "regional", "GM": "local"}

METHODS: Final = {
    "Licitación Pública": "open",
    "Licitación Publica Estatal": "open",
    "Licitación Pública con OSD": "open",
    "Invitación a Cuando Menos 3 Personas": "limited",
    "Invitación a cuando menos 3 personas": "limited",
    "Adjudicación Directa Federal": "direct",
    "Adjudicación directa": "direct",
    "Convenio": "direct",
}

#: Words of a template, for the rows that name no type of procedure.
TEMPLATES: Final = {"Licitación": "open", "Invitación": "limited", "Adjudicación Directa": "direct"}

#: They are never read, kept or quoted.
OFFICIALS: Final = frozenset({"RESPONSABLE"})

CATEGORIES: Final = {
    "Adquisiciones": "goods",
    "Arrendamientos": "goods",
    "Servicios": "services",
    "Servicios Relacionados con la OP": "services",
    "Obra Pública": "works",
}


def _method() -> pl.Expr:
    template = text("PLANTILLA_EXPEDIENTE")
    by_template = [
        pl.when(template.str.contains(words, literal=True)).then(pl.lit(method, METHOD))
        for words, method in TEMPLATES.items()
    ]
    return pl.coalesce(code("TIPO_PROCEDIMIENTO", METHODS, METHOD), *by_template)


def _buyer() -> pl.Expr:
    """Name the buying unit that a contract is known by, and whose it is."""
    institution = text("DEPENDENCIA").str.strip_prefix("_")
    unit = text("NOMBRE_DE_LA_UC").str.replace(r"\s*#\S+$", "")
    return pl.coalesce(pl.format("{} ({})", institution, unit), institution, unit)


def _day(column: str) -> Cell:
    """Read a day, a day with hour and minute, or a midnight that says GMT: one row may hold all three."""
    return date(column, "%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S GMT")


SOURCE: Final = Source(
    id="mx_compranet_contracts",
    page=__doc__,
    jurisdiction="MX",
    homepage="https://comprasmx.buengobierno.gob.mx",
    licence="Libre Uso MX",
    layout=Csv(encodings=("utf-8", "cp1252"), separator=",", private=OFFICIALS),
    # The file of 2015 leaves the first cell of its header empty; cases were renamed in 2018.
    names={"GOBIERNO": "GOBIERNO|column 1", "CODIGO_EXPEDIENTE": "CODIGO_EXPEDIENTE|NUMERO_EXPEDIENTE"},
    optional=frozenset({"CONVENIO_MODIFICATORIO", "IDENTIFICADOR_CM"}),
    outputs=(
        Output(
            table="contracts",
            columns={
                "contract_id": text("CODIGO_CONTRATO"),
                "tender_id": text("NUMERO_PROCEDIMIENTO"),
                "buyer_id": text("CLAVEUC"),
                "buyer_name": _buyer(),
                "buyer_unit": text("NOMBRE_DE_LA_UC"),
                "buyer_level": code("GOBIERNO", LEVELS, LEVEL),
                "supplier_name": text("PROVEEDOR_CONTRATISTA"),
                "procurement_method": _method(),
                "procurement_method_details": pl.coalesce(
                    text("PLANTILLA_EXPEDIENTE"), text("TIPO_PROCEDIMIENTO")
                ),
                "main_procurement_category": code("TIPO_CONTRATACION", CATEGORIES, CATEGORY),
                "main_procurement_category_details": text("TIPO_CONTRATACION"),
                "title": text("TITULO_CONTRATO"),
                "description": text("TITULO_EXPEDIENTE"),
                "tender_start": _day("PROC_F_PUBLICACION"),
                "tender_end": _day("FECHA_APERTURA_PROPOSICIONES"),
                "award_date": _day("EXP_F_FALLO"),
                "date_signed": _day("FECHA_CELEBRACION"),
                "contract_start": _day("FECHA_INICIO"),
                "contract_end": _day("FECHA_FIN"),
                "amount": money("IMPORTE_CONTRATO", decimal="."),
                "currency": currency("MONEDA"),
                "amendments": integer("CONVENIO_MODIFICATORIO"),
                "framework_id": text("IDENTIFICADOR_CM"),
                "status": text("ESTATUS_CONTRATO"),
                "url": text("ANUNCIO"),
            },
            organisations=(
                Organisation(role="buyer", id="buyer_id", name="buyer_name", tax_id=False),
                Organisation(role="supplier", id="supplier_id", name="supplier_name", tax_id=False),
            ),
        ),
    ),
    ignored=frozenset(
        OFFICIALS
        # Short forms and sizes of organisations.
        | {"SIGLAS", "FOLIO_RUPC", "SIGLAS_PAIS", "ESTRATIFICACION_MUC", "ESTRATIFICACION_MPC"}
        | {"ESTATUS_EMPRESA", "CUENTA_ADMINISTRADA_POR"}
        # More about the procedure and the contract than the table holds.
        | {"CODIGO_EXPEDIENTE", "CARACTER", "FORMA_PROCEDIMIENTO", "ARCHIVADO", "CONTRATO_MARCO"}
        | {"COMPRA_CONSOLIDADA", "PLURIANUAL"}
        # Where the money comes from.
        | {"RAMO", "CLAVE_PROGRAMA", "APORTACION_FEDERAL", "CLAVE_CARTERA_SHCP", "C_EXTERNO", "ORGANISMO"}
    ),
    personal=frozenset({"supplier_name"}),
    expected={
        "contract_id": 1.0,
        "buyer_id": 1.0,
        "supplier_name": 0.99,
        "procurement_method": 0.99,
        "contract_start": 0.99,
        "amount": 1.0,
        "currency": 1.0,
    },
    downloads=Downloads(
        partial(
            yearly,
            "https://upcp-compranet.buengobierno.gob.mx/cnetassets/datos_abiertos_contratos_expedientes/"
            "Contratos_CompraNet{year}.csv",
            since="2010",
            until="2018",
        )
    ),
)
