"""Chile: budget and accounts of a municipality, as the Observatorio del Gasto Fiscal collects them.

What it holds
-------------
For every account of the municipal classifier, what was budgeted and what was spent or received: one workbook
a year for expense (accounts 215, by area or school) and one for revenue (accounts 115), each for the
municipality itself, its schools (EDUCACIÓN) and its clinics (SALUD).

How often
---------
Yearly. The workbooks lie in the repository of the Observatorio's municipal portal and have no addresses of
their own: pass the files to `spendaudit audit`, those of one year with `--period 2016`.

Licence
-------
The repository is under the MIT licence. The files name none.

Caveats
-------
- Neither the year nor the municipality stands in the files; the year is in the name of their folder.
  `fiscal_year` and `period_end` are those of `--period` (of a year, its last day). Without it both are empty:
  the same account of two years is then one line at two dates that nobody knows.
- The file does not say whether Presupuestado is the budget as first passed or as amended. It is stored as
  `approved`. No line of the files at hand is over it, as one expects of an amended budget.
- An account that ends in zeros is the total of the accounts below it, in the same area: 215.21.00 of
  215.21.01 and 215.21.02. `is_leaf` marks those that no other details.
- In eleven of twelve files of 2015 and 2016 every total is the sum of its parts. In the revenue of education
  of 2015 thirteen of fourteen are not: that is how they were published.
- `line_id` leaves out the zeros at the end and names the area. Revenue has no area: the same account is in
  three workbooks a year, and up to six stand twice in one. They stay as they are published.
- Rows without an account are put aside. A second sheet (Hoja1) of formulas over codes of products belongs to
  nothing and is passed over.
- Amounts are pesos, without decimals. A point in a cell of text groups thousands.
"""

from dataclasses import replace
from typing import Final

import polars as pl

from spendaudit.ingest.cells import constant, money, text, trimmed
from spendaudit.model.codelists import CURRENCY, DIRECTION
from spendaudit.sources._periods import stated_end, stated_year
from spendaudit.sources._roll_ups import mark_leaves
from spendaudit.sources._source import Output, Source, Workbook

#: An account without the zeros that end it: `215.21` of `215.21.00.000.000.000`.
_ACCOUNT: Final = trimmed("Código").str.replace(r"(\.0+)+$", "")
_ABOVE: Final = pl.when(pl.col("@account").str.count_matches(r"\.") > 1).then(
    pl.col("@account").str.replace(r"\.\d+$", "")
)


def _direction() -> pl.Expr:
    return (
        pl.when(pl.col("@account").str.starts_with("215."))
        .then(pl.lit("expense", DIRECTION))
        .when(pl.col("@account").str.starts_with("115."))
        .then(pl.lit("revenue", DIRECTION))
        .otherwise(pl.lit("unknown", DIRECTION))
    )


_REVENUE: Final = Output(
    table="budget",
    columns={
        "fiscal_year": stated_year(),
        "period_end": stated_end(),
        "line_id": pl.col("@account"),
        "parent_line_id": _ABOVE,
        "level": pl.col("@account").str.count_matches(r"\.").cast(pl.Int8),
        "direction": _direction(),
        "economic_code": text("Código"),
        "approved": money("Presupuestado", decimal=","),
        "executed": money("Recibido", decimal=","),
        "currency": constant("CLP", CURRENCY),
    },
    finish=mark_leaves,
)

_EXPENSE: Final = replace(
    _REVENUE,
    columns={
        **_REVENUE.columns,
        "line_id": pl.concat_str("@account", text("Área Nivel 2"), separator=" "),
        "parent_line_id": pl.concat_str(_ABOVE, text("Área Nivel 2"), separator=" "),
        "administrative_label": text("Área Nivel 2"),
        "executed": money("Gastado", decimal=","),
    },
)

_FILLED: Final = {"line_id": 1.0, "approved": 1.0, "executed": 1.0}

_INCOME: Final = Source(
    id="cl_municipal_budget",
    page=__doc__,
    jurisdiction="CL",
    homepage="https://github.com/ObservatorioFiscal/PortalMunicipalFinal",
    licence="MIT for the repository; the files name none",
    layout=Workbook(),
    names={
        "Código": r"(?i)c[oó]digo",
        "Área Nivel 2": r"(?i)[aá]rea nivel 2",
        "Presupuestado": r"(?i)presupuestado",
        "Gastado": r"(?i)gastado",
        "Recibido": r"(?i)recibido",
    },
    derived={"@account": _ACCOUNT},
    rejected={
        "no account stands in the row": ~trimmed("Código")
        .str.contains(r"^\d{3}(\.\d+)+$")
        .fill_null(value=False)
    },
    outputs=(_REVENUE,),
    expected=_FILLED,
)

SOURCE: Final = replace(_INCOME, outputs=(_EXPENSE,), shapes=(_INCOME,))
