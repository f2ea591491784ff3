"""Mexico: what states and municipalities did with federal money (gasto federalizado), quarter by quarter.

What it holds
-------------
One row per state or municipality, fund, executing agency and object of expenditure, as reported to the
treasury (SHCP) for a quarter: approved, modified, received, committed, accrued, executed and paid.

How often
---------
Quarterly, one workbook per state, in the treasury's report to Congress.

Licence
-------
Libre Uso MX.

Caveats
-------
- A title of ten rows stands above the header; the quarter is taken from it. The header has two rows, and its
  first two columns are empty.
- Rows `1.- PROGRAMA PRESUPUESTARIO` are totals of the rows `2.- PARTIDA` of their programme. `is_leaf` is
  false for a total, unless no part of it is published.
- `fiscal_year` is the cycle of the money, which may be years before the quarter of the report: 2008 in 2016.
- `N/R` (not reported) and `N/A` are empty, not zero.
- `executed` is Ejercido, as in the federal budget. What was received (Ministrado) and accrued (Devengado) is
  not kept.
- A municipality has no code here: `line_id` begins with the names of the state and the municipality.
- The remarks at the end of a row are free text, and left out.
"""

from typing import Final

import polars as pl

from spendaudit.ingest.cells import Cell, constant, integer, money, text
from spendaudit.model.codelists import CURRENCY, DIRECTION
from spendaudit.sources._roll_ups import mark_leaves
from spendaudit.sources._source import Output, Source, Workbook

#: The upper row of the header names what the columns below it are of.
_PROGRAMME: Final = "Descripción de Programas Presupuestarios / "
_OBJECT: Final = "PARTIDA / "
_MONEY: Final = "AVANCE FINANCIERO / "

QUARTERS: Final = {"primer": 3, "segundo": 6, "tercer": 9, "cuarto": 12}

_PLACE: Final = pl.concat_str(text(f"{_PROGRAMME}Entidad"), text(f"{_PROGRAMME}Municipio"), separator="/")
_TOTAL: Final = text(f"{_PROGRAMME}Tipo de Registro").str.starts_with("1.-")


def _programme() -> pl.Expr:
    """Name a programme of one cycle: `Puebla/Ahuacatlán 2016-33-I005`."""
    codes = pl.concat_str(
        [text(f"{_PROGRAMME}{name}") for name in ("Ciclo de Recurso", "Clave Ramo", "Clave Programa")],
        separator="-",
    )
    return pl.concat_str(_PLACE, codes, separator=" ")


def _line() -> pl.Expr:
    """Name a line by all that tells it from the others of its programme."""
    part = pl.concat_str(
        _programme(),
        *(
            text(f"{_PROGRAMME}{name}")
            for name in ("Programa Fondo Convenio - Específico", "Dependencia Ejecutora")
        ),
        *(text(f"{_OBJECT}{name}").str.extract(r"^(\d+) -") for name in ("Tipo de Gasto", "Partida")),
        separator=" / ",
        ignore_nulls=True,
    )
    return pl.when(_TOTAL).then(_programme()).otherwise(part)


def _quarter_end() -> pl.Expr:
    month = pl.col("@quarter").str.to_lowercase().replace_strict(QUARTERS, default=None, return_dtype=pl.Int8)
    return pl.date(pl.col("@year").cast(pl.Int32), month, 1).dt.month_end()


def _amount(column: str) -> Cell:
    return money(f"{_MONEY}{column}", decimal=".")


SOURCE: Final = Source(
    id="mx_federalised_spending",
    page=__doc__,
    jurisdiction="MX",
    homepage="https://www.transparenciapresupuestaria.gob.mx",
    licence="Libre Uso MX",
    layout=Workbook(
        nulls=("N/R", "N/A"),
        header_rows=2,
        above=(r"(?i)^\s*periodo:\s*(?P<quarter>\w+) trimestre (?P<year>\d{4})",),
    ),
    outputs=(
        Output(
            table="budget",
            columns={
                "fiscal_year": integer(f"{_PROGRAMME}Ciclo de Recurso"),
                "period_end": _quarter_end(),
                "institution_name": _PLACE,
                "line_id": _line(),
                "parent_line_id": pl.when(~_TOTAL).then(_programme()),
                "level": pl.when(_TOTAL).then(1).otherwise(2).cast(pl.Int8),
                "direction": constant("expense", DIRECTION),
                "administrative_label": text(f"{_PROGRAMME}Dependencia Ejecutora"),
                "functional_code": pl.concat_str(
                    text(f"{_PROGRAMME}Clave Ramo"), text(f"{_PROGRAMME}Clave Programa"), separator="-"
                ),
                "functional_label": text(f"{_PROGRAMME}Descripción Programa"),
                "economic_code": text(f"{_OBJECT}Partida").str.extract(r"^(\d+) -"),
                "economic_label": text(f"{_OBJECT}Partida").str.replace(r"^\d+ - ", ""),
                "fund_label": text(f"{_PROGRAMME}Programa Fondo Convenio - Específico"),
                "approved": _amount("Aprobado"),
                "adjusted": _amount("Modificado"),
                "committed": _amount("Comprometido"),
                "executed": _amount("Ejercido"),
                "paid": _amount("Pagado"),
                "currency": constant("MXN", CURRENCY),
            },
            finish=mark_leaves,
        ),
    ),
    ignored=frozenset(
        {f"{_PROGRAMME}{name}" for name in ("Tipo de Recurso", "Descripción Ramo", "Rendimiento Financiero")}
        | {f"{_PROGRAMME}Reintegro", f"{_MONEY}Recaudado (Ministrado)", f"{_MONEY}Devengado"}
        | {f"{_MONEY}Pagado SHCP", "OBSERVACIONES"}
    ),
    expected={"fiscal_year": 1.0, "period_end": 1.0, "line_id": 1.0, "approved": 0.95, "executed": 0.95},
)
