"""The first 59 columns of the portal's file, which every line of an order repeats."""

from typing import Final

import numpy as np
import polars as pl

import law
import parties
import plan
import words
from parties import GLUE
from wording import Wording, decimal, picked

_NO_DATE: Final = "1900-01-01"
_LINK: Final = "http://www.mercadopublico.cl/PurchaseOrder/Modules/PO/DetailsPurchaseOrder.aspx?codigoOC="
#: The published kind of each method; a tender of any size is `SE`.
_KIND: Final = ("AG", *("SE",) * 5, "CM", "TD")
_UNSAID: Final = 2
_KIND_CELLS: Final = words.series([GLUE.join(words.KINDS[kind]) for kind in (*_KIND, "CM-")])
_STATE_CELLS: Final = words.series([GLUE.join(state) for state in words.STATES])
_CANCELLED: Final = 2


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


def order_cells(orders: pl.DataFrame, first: int, said: Wording, rng: np.random.Generator) -> pl.Series:
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
        pl.Series("title", picked(said.titles, rng.integers(0, len(said.titles), count))),
        pl.Series("remark", picked(said.remarks, rng.integers(0, said.odd_from, count))),
        pl.Series("kind", picked(_KIND_CELLS, kind)),
        pl.Series("state", picked(_STATE_CELLS, state)),
        pl.Series("is_cancelled", state == _CANCELLED),
        pl.Series("wait", rng.integers(0, 4, count)),
        pl.Series("accepted", rng.random(count) > 0.019),
        pl.Series("money", picked(words.series(list(plan.CURRENCIES)), currency)),
        pl.Series("pesos", plan.PESOS[currency]),
        pl.Series("unit_cells", picked(said.unit_cells, orders["unit"].to_numpy())),
        pl.Series("supplier_cells", picked(said.supplier_cells, orders["supplier"].to_numpy())),
        pl.Series("tender", rng.integers(1, 400, count)),
        pl.Series("tender_kind", picked(words.series(list(law.METHODS)), method)),
    )
    day = pl.col("day").dt.to_string("%Y-%m-%d")
    # Offices accept on working days: a signature on a weekend would be a finding that nobody planted.
    later = pl.col("day").dt.add_business_days(pl.col("wait"), roll="forward").dt.to_string("%Y-%m-%d")
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
