"""Chile: budget execution of the central government, one file per programme and month.

What it holds
-------------
For every line of a programme's budget: the approved appropriation (Presupuesto Inicial), the appropriation
as decrees have changed it so far (Presupuesto Vigente), and what was spent or collected from January to the
month that stands in the name of the last column. Subtitles below 21 are revenue, the others expense.

How often
---------
Monthly, by the Budget Office (Dirección de Presupuestos). The address of each file holds a number that tells
nothing, so there is no list of addresses to download: pass the files to `spendaudit audit`.

Licence
-------
Not stated in the files. The office's data sets on datos.gob.cl are offered under CC BY.

Caveats
-------
- Amounts are published in thousands (of pesos, of dollars) and stored in units.
- The file does not say its year. `fiscal_year` and `period_end` are empty unless the caller states the year.
- A row without Item is the total of its items, a row without Asignación the total of its asignaciones.
  `is_leaf` marks the rows that no other row details. In 169 files of April 2017 each total was the sum of
  its parts, but for two items of the Treasury of which only the greater part is detailed: there leaves add
  up to less than their total.
- A programme may have a file in pesos and another in dollars. Their lines are different lines.
- Partida 50 (Tesoro Público) transfers to the other partidas: with them it counts the same money twice.
- The last row, RESULTADO, is revenue less expense. It is put aside.
- An appropriation of 10 (thousand) is a placeholder for a line that the law allows to exceed it.
"""

from typing import Final

import polars as pl

from spendaudit.ingest.cells import currency, money, trimmed
from spendaudit.ingest.month_words import MONTHS
from spendaudit.sources._dipres import lines
from spendaudit.sources._periods import stated_year
from spendaudit.sources._roll_ups import mark_leaves
from spendaudit.sources._source import Csv, Output, Source

CURRENCIES: Final = {"P": "CLP", "D": "USD"}

_MONTH: Final = pl.col("@month").str.to_lowercase().replace_strict(MONTHS, default=None, return_dtype=pl.Int8)

SOURCE: Final = Source(
    id="cl_dipres_execution",
    page=__doc__,
    jurisdiction="CL",
    homepage="https://www.dipres.gob.cl",
    licence="not stated",
    # Names of projects hold bare quotes, and no cell is ever quoted.
    layout=Csv(encodings=("latin-1",), separator=";", quote=""),
    names={"Ejecución Acumulada": r"Ejecución Acumulada al (?P<month>\w+)"},
    rejected={
        "the result of the programme, not a budget line": (
            trimmed("Partida").is_null() & (trimmed("Denominación") == "RESULTADO")
        )
    },
    outputs=(
        Output(
            table="budget",
            columns={
                "fiscal_year": stated_year(),
                "period_end": pl.date(stated_year(), _MONTH, 1).dt.month_end(),
                **lines(currency("Moneda", meanings=CURRENCIES).value),
                "approved": money("Presupuesto Inicial", decimal=",", scale=1000),
                "adjusted": money("Presupuesto Vigente", decimal=",", scale=1000),
                "executed": money("Ejecución Acumulada", decimal=",", scale=1000),
                "currency": currency("Moneda", meanings=CURRENCIES),
            },
            finish=mark_leaves,
        ),
    ),
    expected={"line_id": 1.0, "approved": 1.0, "adjusted": 1.0, "executed": 1.0, "currency": 1.0},
)
