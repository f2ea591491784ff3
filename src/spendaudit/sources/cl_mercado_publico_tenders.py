"""Chile: tenders of the whole public sector with every bid, one file per month.

What it holds
-------------
Every tender (licitación) published on Mercado Público, who bid what for each of its items, and who was
chosen: some 105 to 111 columns, one row per tender, item and bid, 17 rows a tender. `items` has one row per
item of a tender, `bids` one per bid, `contracts` one per tender and supplier that was chosen.

How often
---------
Daily: months are written anew, old ones too. The month of a tender is that of its FechaPublicacion. There are
files from January 2007 on, one CSV in a zip (two in that of March 2011).

Licence
-------
Open data of ChileCompra. The files name no licence.

Caveats
-------
- A row of `contracts` is an award: its amount is the sum of MontoLineaAdjudica over the items that one
  supplier won in one tender, its `row` the first of them. What is ordered later is another matter: those are
  the purchase orders, which name the tender. Do not add the two up.
- A row of `bids` is a bid: its amount is the sum of Valor Total Ofertado over its items. A sum is empty if an
  item has no amount, as six in ten rows of 2024 have none. `status` is Seleccionada for a bid that won an
  item, else Estado Oferta.
- What was put aside (an amount that cannot be read) is missing from these sums.
- In `items`, `contract_id` is the code of the tender: an item is asked for before it is known who wins it.
- One row in a thousand, and one in ten in February 2025, stands twice. An item of a bid counts once; if its
  lines differ in amount, currency, state or date, the later ones are put aside.
- Awards of a tender that was revoked (Revocada) are rows of `contracts`, and count as no spending.
- FechaAdjudicacion is filled for tenders that nobody has won yet, too; only awards carry it.
- Amounts are in the currency of the offer. Where its words are those of the tender's currency (Moneda
  Adquisicion), CodigoMoneda tells it; where they are not, MontoEstimado is left out, being in the other one.
  Whether amounts include tax is not said.
- The buyer is CodigoOrganismo and the supplier RutProveedor, as in the purchase orders.
- A tender code ends in two letters and a year: `LE` is open, `CO` and `B2` are by invitation.
- Until 2014 a chosen bid is called Ganadora, later Seleccionada. Rows with words of neither kind are put
  aside.
- The files of March and April 2014 name officials, with RUT, e-mail and telephone. Those columns are never
  read, and of rows that are put aside only the columns that are read are kept. The file of April 2014 holds
  the tenders of March once more: leave it out.
- Not checked against a whole month of the portal: names and order of columns are those that basedosdados and
  others have published of all 236 months. Until February 2014 UnidadMedida stands twice (or as
  UnidadMedida.1), the second being the bid's. The 111 columns of March 2014 are known in part.
- A line that holds UTF-8 and cp1252 at once is read as cp1252: single words of it may look strange.
- Many suppliers are natural persons, and titles may name others.
"""

from dataclasses import replace
from functools import partial
from typing import Final

import polars as pl

from spendaudit.ingest.cells import (
    CURRENCIES,
    Cell,
    code,
    code_text,
    constant,
    integer,
    money,
    quantity,
    text,
    trimmed,
)
from spendaudit.model.codelists import CURRENCY, LEVEL, METHOD
from spendaudit.model.tables import MONEY
from spendaudit.sources._mercado_publico import LEVELS, TENDERS, day
from spendaudit.sources._releases import Downloads, monthly
from spendaudit.sources._source import Csv, Organisation, Output, Source

#: What Oferta seleccionada says, in any case; the second of the losing words is the portal's own.
_CHOSEN: Final = ("seleccionada", "ganadora")
_NOT_CHOSEN: Final = ("no seleccionada", "no sleccionada", "perdedora")

#: Words of Moneda de la Oferta.
_CURRENCIES: Final = {
    "Peso Chileno": "CLP",
    "Dolar": "USD",
    "Dólar": "USD",
    "Euro": "EUR",
    "Unidad de Fomento": "CLF",
    "UTM": "UTM",
}

#: Columns of March and April 2014 that name officials. They are never read and never kept.
OFFICIALS: Final = frozenset(
    {"RutUsuario", "CodigoUsuario", "NombreUsuario", "CargoUsuario"}
    | {"NombreResponsablePago", "EmailResponsablePago"}
    | {"NombreResponsableContrato", "EmailResponsableContrato", "FonoResponsableContrato"}
)

_LAYOUT: Final = Csv(encodings=("cp1252", "utf-8"), separator=";", nulls=("NA", "-"))

#: Between the parts of the name of a line.
_PART: Final = "\x1f"

_CHOICE: Final = trimmed("Oferta seleccionada").str.to_lowercase()
_IS_CHOSEN: Final = _CHOICE.is_in(_CHOSEN)
_ONE_CURRENCY: Final = (trimmed("Moneda de la Oferta") == trimmed("Moneda Adquisicion")) | trimmed(
    "Moneda de la Oferta"
).is_null()
_BIDDER: Final = pl.coalesce(trimmed("RutProveedor"), trimmed("CodigoProveedor"))

_DERIVED: Final = {
    "@item": pl.concat_str(trimmed("CodigoExterno"), trimmed("Codigoitem"), separator=_PART),
    # A tender and a supplier, the name of the bid, the item.
    "@bid": pl.concat_str(
        pl.concat_str(trimmed("CodigoExterno"), _BIDDER, separator=" "),
        trimmed("Nombre de la Oferta").fill_null(""),
        trimmed("Codigoitem"),
        separator=_PART,
    ),
}


def _currency() -> Cell:
    """Read the currency of the bids; where it is the tender's, that has a code beside its words."""
    told = pl.coalesce(pl.when(_ONE_CURRENCY).then(trimmed("CodigoMoneda")), trimmed("Moneda de la Oferta"))
    known = {code: code for code in sorted(CURRENCIES)} | _CURRENCIES
    value = told.replace_strict(known, default=None, return_dtype=CURRENCY)
    return Cell(value, told, value)


def _estimate() -> Cell:
    """Read what the tender was estimated at, unless that is in another currency than its bids."""
    cell = money("MontoEstimado", decimal=",")
    value, words, quick = (pl.when(_ONE_CURRENCY).then(part) for part in (cell.value, cell.text, cell.quick))
    return Cell(value, words, quick)


def _added_up(lines: pl.LazyFrame, name: str, names: pl.Expr, *more: pl.Expr) -> pl.LazyFrame:
    """Make one row of the lines that share a name: their first, with the sum of their amounts."""
    whole = pl.col("amount").null_count() == 0
    # A sum beyond what money has room for is no sum.
    total = pl.when(whole).then(pl.col("amount").sum()).cast(MONEY, strict=False)
    order = lines.collect_schema().names()
    return (
        lines.sort("row")
        .with_columns(names.alias(name))
        .group_by(name, maintain_order=True)
        .agg(
            pl.all().exclude("amount").first(),
            total.alias("amount"),
            *(expr.name.prefix("@") for expr in more),
        )
        .with_columns(pl.col(f"@{expr.meta.output_name()}").alias(expr.meta.output_name()) for expr in more)
        .select(order)
        .sort("row")
    )


def _per_award(lines: pl.LazyFrame) -> pl.LazyFrame:
    """Add up what one supplier won in one tender."""
    return _added_up(lines, "contract_id", pl.col("contract_id").str.split(_PART).list.first())


def _per_bid(lines: pl.LazyFrame) -> pl.LazyFrame:
    """Add up what one bid offers for all its items; it has won if it has won an item."""
    won = pl.col("status") == "Seleccionada"
    status = (
        pl.when(won.any()).then(pl.lit("Seleccionada")).otherwise(pl.col("status").first()).alias("status")
    )
    bid = pl.col("tender_id").str.replace(rf"(?s){_PART}[^{_PART}]*$", "")
    added = _added_up(lines, "tender_id", bid, status)
    return added.with_columns(tender_id=pl.col("tender_id").str.replace(r"(?s) .*$", ""))


_TENDERS: Final = Source(
    id="cl_mercado_publico_tenders",
    page=__doc__,
    jurisdiction="CL",
    homepage="https://datos-abiertos.chilecompra.cl",
    licence="open data of ChileCompra; no licence named",
    layout=_LAYOUT,
    # The accents of the header went in 2015, one of them with its letter.
    names={
        "Tipo de Adquisicion": r"Tipo de Adquisici[oó]n",
        "Moneda Adquisicion": r"Moneda Adquisici[oó]n",
        "Nombre producto genrico": r"Nombre producto gen[eé]?rico",
        "Nombre linea Adquisicion": r"Nombre l[ií]nea Adquisici[oó]n",
        "Descripcion linea Adquisicion": r"Descripci[oó]n l[ií]nea Adquisici[oó]n",
    },
    # No sector until 2014.
    optional=frozenset({"Link", "sector"}),
    derived=_DERIVED,
    rejected={
        "Oferta seleccionada says neither that the bid was chosen nor that it was not": ~_CHOICE.is_in(
            (*_CHOSEN, *_NOT_CHOSEN)
        )
    },
    outputs=(
        Output(
            table="items",
            columns={
                "contract_id": code_text("CodigoExterno"),
                "line": code_text("Codigoitem"),
                "item_code": code_text("CodigoProductoONU"),
                "item_scheme": pl.when(code_text("CodigoProductoONU").is_not_null()).then(constant("UNSPSC")),
                "description": pl.coalesce(text("Nombre producto genrico"), text("Nombre linea Adquisicion")),
                "quantity": quantity("Cantidad", decimal=","),
                "unit": text("UnidadMedida"),
            },
            one_per="@item",
            named_by=("contract_id", "line"),
            repeated=("item_code", "quantity"),
        ),
        Output(
            table="bids",
            of=_BIDDER.is_not_null(),
            columns={
                # The name of the line, until lines are added up.
                "tender_id": pl.col("@bid"),
                "bidder_id": text("RutProveedor"),
                "bidder_name": pl.coalesce(text("RazonSocialProveedor"), text("NombreProveedor")),
                "amount": money("Valor Total Ofertado", decimal=","),
                "currency": _currency(),
                "status": pl.when(_IS_CHOSEN).then(pl.lit("Seleccionada")).otherwise(text("Estado Oferta")),
                "date": day("FechaEnvioOferta", "%Y-%m-%d"),
            },
            one_per="@bid",
            repeated=("amount", "currency", "status", "date"),
            finish=_per_bid,
        ),
        Output(
            table="contracts",
            of=_IS_CHOSEN & _BIDDER.is_not_null(),
            columns={
                # The name of the line, until lines are added up.
                "contract_id": pl.col("@bid"),
                "tender_id": code_text("CodigoExterno"),
                "buyer_id": code_text("CodigoOrganismo"),
                "buyer_name": text("NombreOrganismo"),
                "buyer_unit": text("NombreUnidad"),
                "buyer_level": code("sector", LEVELS, LEVEL),
                "buyer_region": text("RegionUnidad"),
                "supplier_id": text("RutProveedor"),
                "supplier_name": pl.coalesce(text("RazonSocialProveedor"), text("NombreProveedor")),
                "procurement_method": code("Tipo", TENDERS, METHOD),
                "procurement_method_details": text("Tipo"),
                "title": text("Nombre"),
                "tender_start": day("FechaPublicacion", "%Y-%m-%d"),
                "tender_end": day("FechaCierre", "%Y-%m-%d"),
                "award_date": day("FechaAdjudicacion", "%Y-%m-%d"),
                "amount": money("MontoLineaAdjudica", decimal=","),
                "currency": _currency(),
                "tender_amount": _estimate(),
                "number_of_tenderers": integer("NumeroOferentes"),
                "status": text("Estado"),
                "url": code_text("Link"),
            },
            one_per="@bid",
            repeated=("amount", "currency", "award_date"),
            void=frozenset({"Revocada"}),
            organisations=(
                Organisation(role="buyer", id="buyer_id", name="buyer_name", tax_id=False),
                Organisation(role="supplier", id="supplier_id", name="supplier_name", tax_id=True),
            ),
            finish=_per_award,
        ),
    ),
    ignored=frozenset(
        # Numbers of the portal, and codes whose words stand beside them.
        {"Codigo", "CodigoEstado", "CodigoEstadoLicitacion", "CodigoTipo", "Tipo de Adquisicion"}
        | {"Correlativo", "CodigoSucursalProveedor", "Estado final Oferta"}
        # Free text, in which people are named.
        | {"Descripcion", "Descripcion linea Adquisicion", "DescripcionProveedor", "CriteriosEvaluacion"}
        | {"CriteriosRequisitosAmbientales", "DescripcionCriteriosRequisitosAmbientales"}
        | {"CriteriosRequisitosSociales", "DescripcionCriteriosRequisitosSociales"}
        | {"DescripcionCriteriosRequisitosSociales.1", "JustificacionPublicidad", "ObservacionContrato"}
        | {"JustificacionMontoEstimado", "ProhibicionContratacion", "FuenteFinanciamiento"}
        # More about the buyer than the tables hold.
        | {"RutUnidad", "CodigoUnidad", "DireccionUnidad", "ComunaUnidad"}
        # How the tender is run: stages, visibility, complaints (a counter of the buyer, it seems).
        | {"Informada", "TipoConvocatoria", "Etapas", "EstadoEtapas", "TomaRazon", "EstadoPublicidadOfertas"}
        | {"EstadoCS", "Contrato", "Obras", "CantidadReclamos", "EsBaseTipo", "Modalidad", "TipoPago"}
        | {"SubContratacion", "ExtensionPlazo", "Estimacion", "VisibilidadMonto"}
        # Other days than those of publication, closing, award and bid, and lengths of time.
        | {"FechaCreacion", "FechaInicio", "FechaFinal", "FechaPubRespuestas", "FechaActoAperturaTecnica"}
        | {"FechaActoAperturaEconomica", "FechaEstimadaAdjudicacion", "FechaSoporteFisico"}
        | {"FechaTiempoEvaluacion", "UnidadTiempoEvaluacion", "FechaEstimadaFirma", "FechasUsuario"}
        | {"FechaVisitaTerreno", "DireccionVisita", "FechaEntregaAntecedentes", "DireccionEntrega"}
        | {"Tiempo", "UnidadTiempo", "UnidadTiempoDuracionContrato", "TiempoDuracionContrato"}
        | {"TipoDuracionContrato", "UnidadTiempoContratoLicitacion", "ValorTiempoRenovacion"}
        | {"PeriodoTiempoRenovacion", "EsRenovable"}
        # The administrative act.
        | {"TipoAprobacion", "NumeroAprobacion", "FechaAprobacion"}
        # Words for CodigoProductoONU.
        | {"Rubro1", "Rubro2", "Rubro3"}
        # Parts of a line's amounts, and an estimate of their sum.
        | {"Cantidad Ofertada", "UnidadMedida.1", "MontoUnitarioOferta", "CantidadAdjudicada"}
        | {"Monto Estimado Adjudicado"}
    ),
    personal=frozenset({"supplier_id", "supplier_name", "bidder_id", "bidder_name"}),
    expected={"contract_id": 1.0, "line": 1.0, "item_code": 0.99, "quantity": 0.99},
    downloads=Downloads(
        partial(
            monthly,
            "https://transparenciachc.blob.core.windows.net/lic-da/{year}-{month}.zip",
            since="2007-01",
        )
    ),
)

SOURCE: Final = replace(
    _TENDERS,
    shapes=(
        # March and April 2014.
        replace(
            _TENDERS,
            layout=replace(_LAYOUT, private=OFFICIALS),
            ignored=_TENDERS.ignored | OFFICIALS,
        ),
    ),
)
