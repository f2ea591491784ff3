"""Chile: purchase orders of the whole public sector, one file per month.

What it holds
-------------
Every order sent to a supplier through Mercado Público: 78 columns, one row per line of an order. `contracts`
has one row per order, `items` one per line.

How often
---------
Daily: every month is written anew, old ones too, and has grown by a quarter one month later. The month of an
order is that of its FechaEnvio. There are files from January 2007 on, one CSV in a zip.

Licence
-------
Open data of ChileCompra. The files name no licence.

Caveats
-------
- The total of an order is repeated on each of its lines, 2.7 on average. It is counted once.
- The total includes taxes: 48984431,72 is 41163388 net and 7821043,72 of VAT. Prices of lines are net.
- Orders are commitments, not payments. Those that were cancelled or refused are in the file: see `status`. A
  Cancelada came to nothing and counts as no spending.
- So are orders that ChileCompra leaves out of its own statistics because their amount or currency is wrong.
- The buyer is CodigoOrganismoPublico, not RutUnidadCompra: services of one ministry share a RUT (several
  directorates of public works order with 61.202.000-0), and other bodies have one for each unit.
- The supplier is RutSucursal, a RUT with its check digit. CodigoSucursal and CodigoProveedor, which stand
  around it, are numbers of the portal.
- `award_date` is FechaEnvio, when the order went out; `date_signed` is FechaAceptacion, when it was
  accepted.
- Orders in UTM, CLF, dollars or euros stay in them. The portal's conversion to pesos is left aside.
- A Compra Ágil is `limited`, not `direct`: the buyer must ask for three quotes at least. An order from a
  framework is `selective`: suppliers won a place in it. A private tender (licitación privada) is `limited`.
- `procurement_method_details` is a short code: `AG` for a Compra Ágil, `CM` for a framework, the two letters
  of the tender (`LE` of `5858-1-LE22`) for an order from a tender, the type of order for all others.
- Many suppliers are natural persons, and titles may name others.
"""

from functools import partial
from typing import Final

import polars as pl

from spendaudit.ingest.cells import code, code_text, constant, currency, money, quantity, text
from spendaudit.model.codelists import LEVEL, METHOD
from spendaudit.sources._mercado_publico import LEVELS, TENDERS, day
from spendaudit.sources._releases import Downloads, monthly
from spendaudit.sources._source import Csv, Organisation, Output, Source

#: Where an order comes from, in the words of ProcedenciaOC.
ORIGINS: Final = {
    "Proveniente de licitación pública": "open",
    "Proveniente de licitación privada": "limited",
    "Proveniente de convenio marco": "selective",
}

#: Types of orders that tell how the supplier was chosen (api.mercadopublico.cl/modules/OrdenCompra.aspx; TD
#: and CT came in 2026). `OC`, `SE`, `CC` and `CA` only tell how the order was written.
TYPES: Final = {"AG": "limited", "CM": "selective", "CT": "limited", "MC": "limited", "TL": "selective"}
DIRECT: Final = ("C1", "D1", "F3", "FG", "G1", "R1", "TD")

# Codes that the portal writes by itself hold no blanks; cutting them off would double the time of mapping.
_TYPE: Final = pl.col("CodigoAbreviadoTipoOC")
_LETTERS: Final = pl.col("CodigoLicitacion").str.strip_chars().str.slice(-4, 2)
_AGILE: Final = (pl.col("EsCompraAgil") == "Si") | (_TYPE == "AG")
#: A blank stands for no framework, too.
_FRAMEWORK: Final = (_TYPE == "CM") | (pl.col("Codigo_ConvenioMarco").str.len_bytes() > 1)
_DIRECT: Final = (pl.col("EsTratoDirecto") == "Si") | _TYPE.is_in(DIRECT)


def _meaning(words: pl.Expr, meanings: dict[str, str]) -> pl.Expr:
    return words.replace_strict(meanings, default=None, return_dtype=METHOD)


def _method() -> pl.Expr:
    """Believe what the order says of itself before the tender that it names, which may have failed."""
    return (
        pl.when(_AGILE)
        .then(pl.lit("limited", METHOD))
        .when(_FRAMEWORK)
        .then(pl.lit("selective", METHOD))
        .when(_DIRECT)
        .then(pl.lit("direct", METHOD))
        .otherwise(
            pl.coalesce(
                _meaning(_LETTERS, TENDERS),
                _meaning(pl.col("ProcedenciaOC"), ORIGINS),
                _meaning(_TYPE, TYPES),
                pl.lit("unknown", METHOD),
            )
        )
    )


def _method_details() -> pl.Expr:
    return (
        pl.when(_AGILE)
        .then(pl.lit("AG"))
        .when(_FRAMEWORK)
        .then(pl.lit("CM"))
        .when(~_DIRECT.fill_null(value=False) & _LETTERS.is_in(list(TENDERS)))
        .then(_LETTERS)
        .otherwise(_TYPE)
    )


#: Products of a framework have a catalogue of their own, and 0 here.
_PRODUCT: Final = pl.when(~pl.col("codigoProductoONU").is_in(["0", ""])).then("codigoProductoONU")

SOURCE: Final = Source(
    id="cl_mercado_publico_orders",
    page=__doc__,
    jurisdiction="CL",
    homepage="https://datos-abiertos.chilecompra.cl",
    licence="open data of ChileCompra; no licence named",
    layout=Csv(encodings=("cp1252",), separator=";", nulls=("NA",)),
    # idPlanDeCompra until September 2020, Codigo_ConvenioMarco since; no Link in the last months of 2016.
    optional=frozenset({"Link", "Codigo_ConvenioMarco"}),
    outputs=(
        Output(
            table="contracts",
            columns={
                "contract_id": code_text("Codigo"),
                "tender_id": code_text("CodigoLicitacion"),
                "buyer_id": code_text("CodigoOrganismoPublico"),
                "buyer_name": text("OrganismoPublico"),
                "buyer_unit": text("UnidadCompra"),
                "buyer_level": code("sector", LEVELS, LEVEL),
                "buyer_region": text("RegionUnidadCompra"),
                "supplier_id": text("RutSucursal"),
                "supplier_name": text("NombreProveedor"),
                "procurement_method": _method(),
                "procurement_method_details": _method_details(),
                "title": text("Nombre"),
                "award_date": day("FechaEnvio", "%Y-%m-%d"),
                "date_signed": day("FechaAceptacion", "%Y-%m-%d"),
                "amount": money("MontoTotalOC", decimal=","),
                "currency": currency("TipoMonedaOC"),
                "tax_included": pl.lit(value=True),
                "framework_id": code_text("Codigo_ConvenioMarco"),
                "status": text("Estado"),
                "url": code_text("Link"),
            },
            one_per="Codigo",
            repeated=("amount", "currency", "supplier_id", "award_date"),
            void=frozenset({"Cancelada"}),
            organisations=(
                Organisation(role="buyer", id="buyer_id", name="buyer_name", tax_id=False),
                Organisation(role="supplier", id="supplier_id", name="supplier_name", tax_id=True),
            ),
        ),
        Output(
            table="items",
            columns={
                "contract_id": code_text("Codigo"),
                "line": code_text("IDItem"),
                "item_code": _PRODUCT,
                "item_scheme": pl.when(_PRODUCT.is_not_null()).then(constant("UNSPSC")),
                "description": text("NombreroductoGenerico"),
                "quantity": quantity("cantidad", decimal=","),
                "unit": text("UnidadMedida"),
                "unit_price": money("precioNeto", decimal=","),
                "amount": money("totalLineaNeto", decimal=","),
                "currency": currency("monedaItem"),
            },
        ),
    ),
    ignored=frozenset(
        # Numbers of the portal, and codes whose words stand beside them.
        {"ID", "Tipo", "CodigoTipo", "DescripcionTipoOC", "codigoEstado", "codigoEstadoProveedor"}
        | {"CodigoProveedor", "CodigoSucursal", "CodigoUnidadCompra", "FormaPago", "codigoCategoria"}
        | {"tieneItems"}
        # The buyer's plan, under two names.
        | {"idPlanDeCompra", "CodigoProyectoPlanAnualCompras"}
        # Free text, up to 2 000 characters, in which people are named.
        | {"Descripcion/Obervaciones", "EspecificacionComprador", "EspecificacionProveedor"}
        # Days on which the order was written, changed, refused or taken back.
        | {"FechaCreacion", "FechaSolicitudCancelacion", "fechaUltimaModificacion", "FechaCancelacion"}
        # Parts of the total, and its conversion by the portal.
        | {"MontoTotalOC_PesosChilenos", "Impuestos", "TipoImpuesto", "Descuentos", "Cargos", "TotalNetoOC"}
        | {"PorcentajeIva", "totalCargos", "totalDescuentos", "totalImpuestos"}
        # More about the buyer, its unit and the supplier than the tables hold.
        | {"RutUnidadCompra", "ActividadComprador", "CiudadUnidadCompra", "PaisUnidadCompra", "Sucursal"}
        | {"ActividadProveedor", "ComunaProveedor", "RegionProveedor", "PaisProveedor", "EstadoProveedor"}
        # How it is delivered, paid for and rated.
        | {"Financiamiento", "Pais", "TipoDespacho", "Forma de Pago"}
        | {"PromedioCalificacion", "CantidadEvaluacion"}
        # Words for codigoProductoONU.
        | {"Categoria", "RubroN1", "RubroN2", "RubroN3"}
    ),
    personal=frozenset({"supplier_id", "supplier_name"}),
    expected={
        "contract_id": 1.0,
        "buyer_id": 1.0,
        "supplier_id": 0.99,
        "supplier_name": 0.99,
        "award_date": 0.99,
        "amount": 1.0,
        "currency": 1.0,
    },
    downloads=Downloads(
        partial(
            monthly,
            "https://transparenciachc.blob.core.windows.net/oc-da/{year}-{month}.zip",
            since="2007-01",
        )
    ),
)
