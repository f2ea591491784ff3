"""Chile: the budget law of the central government, one file per programme and year.

What it holds
-------------
For every line of a programme's budget: what the law approves in pesos (Monto Pesos) and in dollars (Monto
Dólar). Subtitles below 21 are revenue, the others expense.

How often
---------
Yearly, by the Budget Office (Dirección de Presupuestos). The address of each file holds a number that tells
nothing, so there is no list of addresses to download: pass the files to `spendaudit audit`, those of one year
with `--period 2017`.

Licence
-------
Not stated in the files. The office's data sets on datos.gob.cl are offered under CC BY.

Caveats
-------
- Amounts are published in thousands (of pesos, of dollars) and stored in units. 0,001 is one peso: a
  placeholder for a line that may be needed.
- A row with pesos and dollars becomes two budget lines, one in each currency, as in the office's own monthly
  accounts; both carry the row's number. Counts are of budget lines: 4 186 rows of 2017 hold 4 249. A row with
  neither amount is a line of zero pesos.
- The file does not say its year. `fiscal_year` is empty unless the caller states it with `--period`; the same
  line of two years is then one line.
- A row without Item is the total of its items, a row without Asignación the total of its asignaciones.
  `is_leaf` marks the rows that no other row details, currency by currency. In 163 files of 2017 every total
  is the sum of its parts in both currencies, but for four placeholders of one peso.
- Partida 50 (Tesoro Público) transfers to the other partidas: with them it counts the same money twice.
- The law says what was approved, not what was spent: `cl_dipres_execution` has both.
"""

from typing import Final

import polars as pl

from spendaudit.ingest.cells import constant, money
from spendaudit.model.codelists import CURRENCY
from spendaudit.sources._dipres import lines
from spendaudit.sources._periods import stated_year
from spendaudit.sources._roll_ups import mark_leaves
from spendaudit.sources._source import Csv, Output, Source


def _holds_nothing(column: str) -> pl.Expr:
    """Find cells of zero. Text that is no number holds something: it is put aside, and seen."""
    return pl.col(column).str.strip_chars().fill_null("").str.contains(r"^0*(,0*)?$")


def _in(currency: str, column: str, of: pl.Expr) -> Output:
    return Output(
        table="budget",
        of=of,
        columns={
            "fiscal_year": stated_year(),
            **lines(pl.lit(currency)),
            "approved": money(column, decimal=",", scale=1000),
            "currency": constant(currency, CURRENCY),
        },
        finish=mark_leaves,
    )


SOURCE: Final = Source(
    id="cl_dipres_law",
    page=__doc__,
    jurisdiction="CL",
    homepage="https://www.dipres.gob.cl",
    licence="not stated",
    # Names of projects hold bare quotes, and no cell is ever quoted.
    layout=Csv(encodings=("latin-1",), separator=";", quote=""),
    outputs=(
        _in("CLP", "Monto Pesos", ~_holds_nothing("Monto Pesos") | _holds_nothing("Monto Dólar")),
        _in("USD", "Monto Dólar", ~_holds_nothing("Monto Dólar")),
    ),
    expected={"line_id": 1.0, "approved": 1.0, "currency": 1.0},
)
