"""Orders as the portal writes them: 78 columns, every cell quoted, decimal commas, Latin-1, CRLF."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

import law
import parties
import plan
import words
from parties import GLUE

HEADER: Final = (
    "ID;Codigo;Link;Nombre;Descripcion/Obervaciones;Tipo;ProcedenciaOC;EsTratoDirecto;EsCompraAgil;"
    "CodigoTipo;CodigoAbreviadoTipoOC;DescripcionTipoOC;codigoEstado;Estado;codigoEstadoProveedor;"
    "EstadoProveedor;FechaCreacion;FechaEnvio;FechaSolicitudCancelacion;fechaUltimaModificacion;"
    "FechaAceptacion;FechaCancelacion;tieneItems;PromedioCalificacion;CantidadEvaluacion;MontoTotalOC;"
    "TipoMonedaOC;MontoTotalOC_PesosChilenos;Impuestos;TipoImpuesto;Descuentos;Cargos;TotalNetoOC;"
    "CodigoUnidadCompra;RutUnidadCompra;UnidadCompra;CodigoOrganismoPublico;OrganismoPublico;sector;"
    "ActividadComprador;CiudadUnidadCompra;RegionUnidadCompra;PaisUnidadCompra;CodigoSucursal;"
    "RutSucursal;Sucursal;CodigoProveedor;NombreProveedor;ActividadProveedor;ComunaProveedor;"
    "RegionProveedor;PaisProveedor;Financiamiento;PorcentajeIva;Pais;TipoDespacho;FormaPago;"
    "CodigoLicitacion;Codigo_ConvenioMarco;IDItem;codigoCategoria;Categoria;codigoProductoONU;"
    "NombreroductoGenerico;RubroN1;RubroN2;RubroN3;EspecificacionComprador;EspecificacionProveedor;"
    "cantidad;UnidadMedida;monedaItem;precioNeto;totalCargos;totalDescuentos;totalImpuestos;"
    "totalLineaNeto;Forma de Pago"
).split(";")

#: Orders rendered at a time: about 40 MB of text.
_ORDERS_AT_A_TIME: Final = 15_000
#: The share of lines whose remark breaks the line or holds quotes.
_ODD_SHARE: Final = 0.009
_PRODUCTS: Final = 900
_NO_DATE: Final = "1900-01-01"
_LINK: Final = "http://www.mercadopublico.cl/PurchaseOrder/Modules/PO/DetailsPurchaseOrder.aspx?codigoOC="
#: The published kind of each method; a tender of any size is `SE`.
_KIND: Final = ("AG", *("SE",) * 5, "CM", "TD")
_UNSAID: Final = 2
_KIND_CELLS: Final = words.series([GLUE.join(words.KINDS[kind]) for kind in (*_KIND, "CM-")])
_STATE_CELLS: Final = words.series([GLUE.join(state) for state in words.STATES])
_CANCELLED: Final = 2


@dataclass(frozen=True, slots=True)
class Wording:
    """Everything that orders are put into words with."""

    buyers: parties.Buyers
    unit_cells: pl.Series
    supplier_cells: pl.Series
    product_cells: pl.Series
    titles: pl.Series
    remarks: pl.Series
    answers: pl.Series
    #: From this remark on they are odd.
    odd_from: int


def wording(buyers: int, suppliers: int, rng: np.random.Generator) -> Wording:
    """Invent the parties and the products."""
    invented = parties.invent_buyers(buyers, rng)
    remarks, odd_from = words.remarks()
    return Wording(
        invented,
        words.series(invented.cells),
        words.series(parties.invent_suppliers(suppliers, rng)),
        words.products(_PRODUCTS, rng),
        words.titles(),
        remarks,
        words.answers(),
        odd_from,
    )


def decimal(ten_thousandths: pl.Expr) -> pl.Expr:
    """Write `48984431,72`, no trailing zeros, and round millions as R does: `1,5e+07`."""
    whole, part = ten_thousandths // law.PLACES, ten_thousandths % law.PLACES
    digits = whole.cast(pl.String)
    tail = part.cast(pl.String).str.zfill(4).str.strip_chars_end("0")
    mantissa = digits.str.strip_chars_end("0")
    rest = mantissa.str.slice(1)
    power = (digits.str.len_bytes() - 1).cast(pl.String).str.zfill(2)
    short = pl.concat_str(
        mantissa.str.head(1), pl.when(rest != "").then("," + rest).otherwise(pl.lit("")), pl.lit("e+"), power
    )
    return (
        pl.when(part != 0)
        .then(pl.concat_str(digits, pl.lit(","), tail))
        .when((whole > 0) & (whole % 1_000_000 == 0))
        .then(short)
        .otherwise(digits)
    )


def numbered(orders: pl.DataFrame, buyers: parties.Buyers, rng: np.random.Generator) -> pl.DataFrame:
    """Shuffle the orders within their month and number them as their unit would: `1036-14-SE22`."""
    shuffled = orders.with_columns(pl.Series("shuffle", rng.random(len(orders)))).sort(
        pl.col("day").dt.truncate("1mo"), "shuffle"
    )
    buyer = shuffled["buyer"].to_numpy()
    unit = buyers.first_unit[buyer] + rng.integers(0, 2**31, len(buyer)) % buyers.units[buyer]
    placed = shuffled.drop("shuffle").with_columns(
        pl.Series("unit", unit, pl.Int32), pl.Series("unit_code", buyers.unit_code[unit], pl.Int32)
    )
    return placed.with_columns(
        code=pl.concat_str(
            pl.col("unit_code").cast(pl.String),
            pl.lit("-"),
            pl.col("unit").cum_count().over("unit").cast(pl.String),
            pl.lit("-"),
            pl.col("method").replace_strict(dict(enumerate(_KIND)), return_dtype=pl.String),
            pl.col("day").dt.year().cast(pl.String).str.tail(2),
        )
    )


def _picked(words_: pl.Series, place: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pl.Series:
    return words_.gather(place)


def _order_cells(orders: pl.DataFrame, first: int, said: Wording, rng: np.random.Generator) -> pl.Series:
    """Write the first 59 cells, which every line of an order repeats."""
    count = len(orders)
    method = orders["method"].to_numpy()
    # A part of the framework orders does not say where it comes from, as published.
    kind = method.astype(np.int64) + np.where((method == law.CM) & (rng.random(count) < 0.6), _UNSAID, 0)
    state = rng.choice(len(words.STATES), count, p=(0.7, 0.28, 0.02))
    # What was planted must not be left out because it was cancelled.
    state = np.where(orders["case"].to_numpy() >= 0, 0, state)
    currency = orders["currency"].to_numpy()
    total = pl.col("total")
    frame = orders.with_columns(
        plan.TOTAL.alias("total"),
        pl.Series("id", np.arange(first, first + count) + 20_000_000),
        pl.Series("title", _picked(said.titles, rng.integers(0, len(said.titles), count))),
        pl.Series("remark", _picked(said.remarks, rng.integers(0, said.odd_from, count))),
        pl.Series("kind", _picked(_KIND_CELLS, kind)),
        pl.Series("state", _picked(_STATE_CELLS, state)),
        pl.Series("is_cancelled", state == _CANCELLED),
        pl.Series("wait", rng.integers(0, 4, count)),
        pl.Series("accepted", rng.random(count) > 0.019),
        pl.Series("money", _picked(words.series(list(plan.CURRENCIES)), currency)),
        pl.Series("pesos", plan.PESOS[currency]),
        pl.Series("unit_cells", _picked(said.unit_cells, orders["unit"].to_numpy())),
        pl.Series("supplier_cells", _picked(said.supplier_cells, orders["supplier"].to_numpy())),
        pl.Series("tender", rng.integers(1, 400, count)),
        pl.Series("tender_kind", _picked(words.series(list(law.METHODS)), method)),
    )
    day = pl.col("day").dt.to_string("%Y-%m-%d")
    later = (pl.col("day") + pl.duration(days=pl.col("wait"))).dt.to_string("%Y-%m-%d")
    year = pl.col("day").dt.year().cast(pl.String).str.tail(2)
    tendered = pl.col("method").is_between(law.L1, law.LR)
    tender = pl.concat_str(
        pl.col("unit_code").cast(pl.String),
        pl.lit("-"),
        pl.col("tender").cast(pl.String),
        pl.lit("-"),
        "tender_kind",
        year,
    )
    cells: list[pl.Expr] = [
        pl.col("id").cast(pl.String),
        pl.col("code"),
        pl.lit(_LINK) + pl.col("code"),
        pl.col("title"),
        pl.concat_str("remark", pl.lit(". Solicitud "), pl.col("id").cast(pl.String)),
        pl.col("kind"),
        pl.col("state"),
        day,
        day,
        pl.when("is_cancelled").then(later).otherwise(pl.lit(_NO_DATE)),
        later,
        pl.when("accepted").then(later).otherwise(pl.lit("NA")),
        pl.when("is_cancelled").then(later).otherwise(pl.lit(_NO_DATE)),
        pl.lit(GLUE.join(("1", "0", "0"))),
        decimal(total),
        pl.col("money"),
        decimal(total * pl.col("pesos")),
        decimal(total - pl.col("net")),
        pl.when("exempt").then(pl.lit("Exento")).otherwise(pl.lit("IVA")),
        pl.lit(GLUE.join(("0", "0"))),
        decimal(pl.col("net")),
        pl.col("unit_cells"),
        pl.col("supplier_cells"),
        pl.lit("NA"),
        pl.when("exempt").then(pl.lit("0")).otherwise(pl.lit("19")),
        pl.lit(GLUE.join(("CL", "Dirección de envío", "30 días"))),
        pl.when(tendered).then(tender).otherwise(pl.lit("NA")),
        pl.when(pl.col("method") == law.CM).then(pl.lit("2239-7-LR17")).otherwise(pl.lit("NA")),
    ]
    return frame.select(pl.concat_str(cells, separator=GLUE)).to_series()


def _shares(orders: pl.DataFrame, order: law.Whole, rng: np.random.Generator) -> tuple[law.Whole, law.Whole]:
    """Draw quantity and price of each line, in steps of the currency; multiplied, they add up to the net."""
    step = plan.STEP[orders["currency"].to_numpy()]
    net = orders["net"].to_numpy() // step
    count = orders["lines"].to_numpy().astype(np.int64)
    begins = np.cumsum(count) - count
    weight = rng.uniform(0.2, 1.0, len(order))
    whole = np.add.reduceat(weight, begins)
    share = (net[order] * (weight / whole[order])).astype(np.int64)
    amount = np.minimum(
        np.floor(np.exp(1.4 * rng.standard_normal(len(order)) + 1)).astype(np.int64) + 1, share
    )
    price = share // amount
    # The first line takes what the others leave.
    amount[begins] = 1
    price[begins] = 0
    price[begins] = net - np.add.reduceat(amount * price, begins)
    return amount, price


def _lines(orders: pl.DataFrame, first: int, first_line: int, said: Wording, rng: np.random.Generator) -> str:
    """Whole records, one after the other."""
    count = orders["lines"].to_numpy()
    order = np.repeat(np.arange(len(orders)), count)
    amount, price = _shares(orders, order, rng)
    step = plan.STEP[orders["currency"].to_numpy()][order]
    exempt = orders["exempt"].to_numpy()[order]
    total = len(order)
    odd = rng.random(total) < _ODD_SHARE
    plain = rng.integers(0, said.odd_from, total)
    remark = np.where(odd, rng.integers(said.odd_from, len(said.remarks), total), plain)
    net = amount * price * step
    frame = pl.DataFrame(
        {
            "order_cells": _order_cells(orders, first, said, rng).gather(order),
            "id": np.arange(first_line, first_line + total) + 60_000_000,
            "product": _picked(said.product_cells, rng.integers(0, len(said.product_cells), total)),
            "remark": _picked(said.remarks, remark),
            "answer": _picked(said.answers, rng.integers(0, len(said.answers), total)),
            "amount": amount,
            "measure": _picked(words.series(list(words.UNITS)), rng.integers(0, len(words.UNITS), total)),
            "money": _picked(words.series(list(plan.CURRENCIES)), orders["currency"].to_numpy()[order]),
            "price": price * step,
            "tax": np.where(exempt, 0, net * 19 // 100),
            "net": net,
        }
    )
    cells = [
        pl.concat_str(pl.lit('"'), "order_cells"),
        pl.col("id").cast(pl.String),
        pl.col("product"),
        pl.col("remark"),
        pl.col("answer"),
        pl.col("amount").cast(pl.String),
        pl.col("measure"),
        pl.col("money"),
        decimal(pl.col("price")),
        pl.lit(GLUE.join(("0", "0"))),
        decimal(pl.col("tax")),
        decimal(pl.col("net")),
        pl.lit('Transferencia"\r\n'),
    ]
    text: str = frame.select(pl.concat_str(cells, separator=GLUE)).to_series().str.join("").item()
    return text


def written(orders: pl.DataFrame, said: Wording, rng: np.random.Generator) -> Iterator[bytes]:
    """Write the file, piece by piece. `orders` are numbered and in the order of the file."""
    yield ('"' + GLUE.join(HEADER) + '"\r\n').encode("latin-1")
    first_line = 0
    for first in range(0, len(orders), _ORDERS_AT_A_TIME):
        some = orders.slice(first, _ORDERS_AT_A_TIME)
        yield _lines(some, first, first_line, said, rng).encode("latin-1")
        first_line += int(some["lines"].sum())
