"""Mexico: transfers of the federal government to the states, by fund and month.

What it holds
-------------
One row per fund, state and month: what the treasury (SHCP) paid to the state and its municipalities in that
month, from 2011 on. The funds are those of participaciones (ramo 28), aportaciones (ramo 33), subsidies (ramo
23), conventions and social health protection.

How often
---------
Monthly, thirty days after the month's end, as one file of all years since 2011.

Licence
-------
Libre Uso MX.

Caveats
-------
- Amounts are published in thousands of pesos, most with three decimals; they are stored in pesos. A row with
  another unit of measure is put aside.
- `paid` is the month's own payment. It does not run up through the year, as the budget execution of other
  portals does: months may be added up.
- Every third row or so is a total: of a ramo over its funds, of a fund over its parts (FAM, FAIS, FAETA), and
  of all states (code 00). `is_leaf` is false for them, and `parent_line_id` names the total of a part.
- `No distribuible` (code 33) is what no state received alone.
- PERIODO_FINAL says 2014-12 in rows of 2016: it was not kept up. It is not used.
- Totals differ from the sum of their parts by some pesos, because both are rounded. From September 2014 on,
  the total of ramo 28 is up to a fifth more than its parts: some of what it holds has no row of its own.
- Michoacán is spelt with and without its accent.
"""

from typing import Final

import polars as pl

from spendaudit.ingest.cells import Cell, constant, integer, money, text
from spendaudit.ingest.month_words import MONTHS
from spendaudit.model.codelists import CURRENCY, DIRECTION
from spendaudit.sources._source import Csv, Output, Source

#: A key is XAC, the fund (a ramo and a letter, or letters), and the state.
_KEY: Final = r"^XAC(\d\d[A-Z]?|C[DR][A-Z]?|PSS)(\d\d)$"

#: The fund that a part belongs to, where that is not its ramo: FAIS, FAM and FAETA are in parts themselves.
PARTS: Final = {
    **dict.fromkeys(("33D", "33E"), "33C"),
    **dict.fromkeys(("33G", "33H", "33I"), "33F"),
    **dict.fromkeys(("33M", "33N"), "33L"),
}

#: Funds that are the sum of others.
TOTALS: Final = ("23", "28", "33", "CD", *sorted(set(PARTS.values())))

#: The sum of all states stands where the state would.
ALL_STATES: Final = "00"

_FUND: Final = text("CLAVE_DE_CONCEPTO").str.extract(_KEY, 1)
_STATE: Final = text("CLAVE_DE_CONCEPTO").str.extract(_KEY, 2)


def _month_end() -> Cell:
    """Read a year and a month in words as the month's last day."""
    year = text("CICLO").cast(pl.Int32, strict=False)
    month = text("MES").str.to_lowercase().replace_strict(MONTHS, default=None, return_dtype=pl.Int8)
    # Polars gives up on a whole file where a year is beyond its calendar.
    end = pl.date(pl.when(year.is_between(1000, 9999)).then(year), month, 1).dt.month_end()
    return Cell(end, text("MES"), end)


def _parent() -> pl.Expr:
    ramo = _FUND.str.extract(r"^(\d\d|CD)[A-Z]$")
    fund = pl.coalesce(_FUND.replace_strict(PARTS, default=None, return_dtype=pl.String), ramo)
    return pl.when(fund.is_not_null()).then(pl.concat_str(pl.lit("XAC"), fund, _STATE))


def _level() -> pl.Expr:
    part = _FUND.is_in(list(PARTS))
    return pl.when(part).then(3).when(_parent().is_not_null()).then(2).otherwise(1).cast(pl.Int8)


SOURCE: Final = Source(
    id="mx_shcp_transfers",
    page=__doc__,
    jurisdiction="MX",
    homepage="https://www.transparenciapresupuestaria.gob.mx",
    licence="Libre Uso MX",
    layout=Csv(encodings=("utf-8", "cp1252"), separator=","),
    rejected={
        "not in thousands of pesos": text("UNIDAD_DE_MEDIDA").ne_missing("Miles de Pesos"),
        "not what was paid in a month": (text("BASE_DE_REGISTRO").ne_missing("Pagado"))
        | text("TIPO_DE_INFORMACION").ne_missing("Flujo"),
        "the key of the concept is of no known form": ~text("CLAVE_DE_CONCEPTO").str.contains(_KEY),
    },
    outputs=(
        Output(
            table="budget",
            columns={
                "fiscal_year": integer("CICLO"),
                "period_end": _month_end(),
                "institution_id": _STATE,
                "institution_name": text("NOMBRE").str.extract(r"^([^:]+):"),
                "line_id": text("CLAVE_DE_CONCEPTO"),
                "parent_line_id": _parent(),
                "level": _level(),
                "is_leaf": ~_FUND.is_in(list(TOTALS)) & (_STATE != ALL_STATES),
                "direction": constant("expense", DIRECTION),
                "economic_label": text("NOMBRE").str.extract(r"^[^:]+:\s*(.+)$"),
                "fund_code": _FUND,
                "fund_label": text("SUBTEMA"),
                "paid": money("MONTO", decimal=".", scale=1000),
                "currency": constant("MXN", CURRENCY),
            },
        ),
    ),
    ignored=frozenset(
        {"TEMA", "SECTOR", "AMBITO", "PERIODO_INICIO", "PERIODO_FINAL", "FRECUENCIA", "DIFUSION"}
    ),
    expected={"fiscal_year": 1.0, "period_end": 1.0, "institution_name": 1.0, "paid": 1.0},
)
