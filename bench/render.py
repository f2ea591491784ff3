"""Orders as the portal writes them: 78 columns, every cell quoted, decimal commas, Latin-1, CRLF."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

import law
import plan
import words
from order_cells import order_cells
from parties import GLUE
from wording import Wording, decimal, picked

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
            "order_cells": order_cells(orders, first, said, rng).gather(order),
            "id": np.arange(first_line, first_line + total) + 60_000_000,
            "product": picked(said.product_cells, rng.integers(0, len(said.product_cells), total)),
            "remark": picked(said.remarks, remark),
            "answer": picked(said.answers, rng.integers(0, len(said.answers), total)),
            "amount": amount,
            "measure": picked(words.series(list(words.UNITS)), rng.integers(0, len(words.UNITS), total)),
            "money": picked(words.series(list(plan.CURRENCIES)), orders["currency"].to_numpy()[order]),
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
