"""Mexico: the federal budget (Presupuesto de Egresos de la Federación), line by line.

What it holds
-------------
One row per budget line: who spends (ramo and unidad responsable), for what (function, activity, programme),
on what (object of expenditure), from which source of finance and in which state. The file of 2016 has the
approved amount only. The open data of later years have the approved, the modified and the paid amount beside
each other.

How often
---------
Once a year when the budget is approved; the open data are brought up to date each quarter.

Licence
-------
Libre Uso MX.

Caveats
-------
- The file of 2016 is in CP850, the code page of DOS. Read as any other it gives `Legislaci¢n`, and no error.
- In 2016 the amount is in a column named after the year (`PEF_2016`), padded with blanks, its thousands
  grouped by commas, and `-` stands for zero.
- The columns of 2018 stand in no fixed order. Of its amounts, only approved, modified and paid are filled
  while the year runs; `executed` is `monto_ejercido`, which comes with the public account.
- No total is published beside its parts: every row is a line of its own (`is_leaf`). All rows are expense.
- `line_id` joins the codes of the line. `economic_code` is a concepto (`6200`) in 2016, a partida específica
  (`14406`) in 2018: lines of the two do not have the same names.
- The modified amount of a line is often many times its approved one: money moves between lines all year.
- The day of the figures is not in the file; `period_end` stays empty.
- The portal has changed the delimiter from year to year; only the comma is read.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Final

import polars as pl

from spendaudit.ingest.cells import constant, integer, money, text
from spendaudit.model.codelists import CURRENCY, DIRECTION
from spendaudit.sources._releases import Downloads, yearly
from spendaudit.sources._source import Csv, Output, Source

#: Columns that name a line, from the ministry to the state, in the file of 2016 and in the open data.
LINE_OF_2016: Final = (
    *("Ramo", "UNIDAD", "GF", "FN", "SF", "RA", "AI", "MOD", "PP", "CONCEPTO", "TG", "FF", "EF"),
    "CLAVE_CARTERA",
)
LINE: Final = (
    *("id_ramo", "id_ur", "gpo_funcional", "id_funcion", "id_subfuncion", "id_ai", "id_modalidad", "id_pp"),
    *("id_partida_especifica", "id_tipogasto", "id_ff", "id_entidad_federativa", "id_clave_cartera"),
)

#: What is told of a line besides.
TOLD: Final = (
    *("ciclo", "desc_ramo", "desc_ur", "desc_subfuncion", "desc_ff", "desc_partida_especifica"),
    *("monto_aprobado", "monto_modificado", "monto_ejercido", "monto_pagado"),
)

#: Words of the codes in the line's name, and coarser codes that its finer ones begin with.
IGNORED_OF_2016: Final = (
    *("GRUPO_FUN_DESCRIPCION", "FUNCIONL_DESCRIPCION", "REASIGNACION_DESCRIPCION"),
    *("ACTIVIDAD_INST_DESCRIPCION", "MODALIDAD_DESCRIPCION", "PROGR_PRES_DESCRIPCION"),
    *("TIPO_GASTO_DESCRIPCION", "ENTIDAD_FED_DESCRIPCION"),
)
IGNORED: Final = (
    *("desc_ai", "desc_capitulo", "desc_concepto", "desc_funcion", "desc_gpo_funcional", "desc_modalidad"),
    *("desc_partida_generica", "desc_pp", "desc_tipogasto", "entidad_federativa"),
    *("id_capitulo", "id_concepto", "id_partida_generica"),
    # Bills of the past year, an amount that is always empty, and what was owed when.
    *("monto_adefas", "monto_ejercicio", "monto_devengado"),
)

#: Zero is a dash.
_amount_of_2016: Final = partial(money, decimal=".", zeros=("-",))
_amount: Final = partial(money, decimal=".")


def _codes(columns: Iterable[str]) -> pl.Expr:
    return pl.concat_str([text(column) for column in columns], separator="-", ignore_nulls=True)


_SAME: Final = {
    "is_leaf": pl.lit(value=True),
    "direction": constant("expense", DIRECTION),
    "currency": constant("MXN", CURRENCY),
}

_OF_2016: Final = Source(
    id="mx_pef",
    page=__doc__,
    jurisdiction="MX",
    homepage="https://www.transparenciapresupuestaria.gob.mx",
    licence="Libre Uso MX",
    layout=Csv(encodings=("utf-8", "cp850"), separator=","),
    names={"PEF": r"PEF_(?P<year>\d{4})"},
    outputs=(
        Output(
            table="budget",
            columns={
                "fiscal_year": integer("Ciclo"),
                "institution_id": text("Ramo"),
                "institution_name": text("RAMO_DESCRIPCION"),
                "line_id": _codes(LINE_OF_2016),
                "administrative_code": _codes(("Ramo", "UNIDAD")),
                "administrative_label": text("UNIDAD_DESCRIPCION"),
                "functional_code": _codes(("GF", "FN", "SF")),
                "functional_label": text("SUBFUNCIONL_DESCRIPCION"),
                "economic_code": text("CONCEPTO"),
                "economic_label": text("CONCEPTO_DESCRIPCION"),
                "fund_code": text("FF"),
                "fund_label": text("FUENTE_FINAN_DESCRIPCION"),
                "approved": _amount_of_2016("PEF"),
                **_SAME,
            },
        ),
    ),
    ignored=frozenset(IGNORED_OF_2016),
    expected={"line_id": 1.0, "fiscal_year": 1.0, "approved": 1.0},
)

SOURCE: Final = replace(
    _OF_2016,
    layout=Csv(encodings=("utf-8", "cp1252"), separator=","),
    # The portal writes names in capitals, copies of its files in small letters.
    names={name: f"(?i){name}" for name in (*LINE, *TOLD, *IGNORED)},
    outputs=(
        Output(
            table="budget",
            columns={
                "fiscal_year": integer("ciclo"),
                "institution_id": text("id_ramo"),
                "institution_name": text("desc_ramo"),
                "line_id": _codes(LINE),
                "administrative_code": _codes(("id_ramo", "id_ur")),
                "administrative_label": text("desc_ur"),
                "functional_code": _codes(("gpo_funcional", "id_funcion", "id_subfuncion")),
                "functional_label": text("desc_subfuncion"),
                "economic_code": text("id_partida_especifica"),
                "economic_label": text("desc_partida_especifica"),
                "fund_code": text("id_ff"),
                "fund_label": text("desc_ff"),
                "approved": _amount("monto_aprobado"),
                "adjusted": _amount("monto_modificado"),
                "executed": _amount("monto_ejercido"),
                "paid": _amount("monto_pagado"),
                **_SAME,
            },
        ),
    ),
    ignored=frozenset(IGNORED),
    expected={"line_id": 1.0, "fiscal_year": 1.0, "approved": 1.0, "adjusted": 1.0, "paid": 1.0},
    shapes=(_OF_2016,),
    downloads=Downloads(
        partial(
            yearly,
            "https://www.transparenciapresupuestaria.gob.mx/work/models/PTP/DatosAbiertos/"
            "Bases_de_datos_presupuesto/CSV/PEF_{year}.csv",
            since="2008",
        ),
        browser=True,
    ),
)
