"""Chile: payments and grants of a municipality, as the Observatorio del Gasto Fiscal collects them.

What it holds
-------------
Three kinds of workbooks: payments to suppliers by decree (Proveedores), grants to neighbourhood and other
organisations (Subsidios, as law 19 862 wants them registered), and transfers to the municipality's own
corporations (Corporaciones).

How often
---------
Yearly. The workbooks lie in the repository of the Observatorio's municipal portal and have no addresses of
their own: pass the files to `spendaudit audit`, those of one year with `--period 2016`.

Licence
-------
The repository is under the MIT licence. The files name none.

Caveats
-------
- No file holds a date. The year is in the name of its folder: `date` is the last day of what `--period`
  states (31 December 2016 of 2016), so all payments of a file have one date, and nothing can be said about
  days. Without `--period` it is empty, and rules that need a date judge no row.
- Numbers of decrees begin anew each year, and for the municipality, its schools and its clinics. In the
  Proveedores at hand no number stands twice in a file.
- The municipality is not named, and payees have no RUT: a payee is known by its name only.
- Many payees are natural persons, and texts may name others.
- Rows of Corporaciones have no decree, and some stand twice in every column, as some grants do. They stay: a
  reader cannot tell an instalment from a row that was entered twice.
- The Corporaciones of 2015 and 2016 are one file, byte for byte, in two folders. It is read once; which year
  it is of is not known.
- Half of the rows of Corporaciones pass on money of the central government: `category` says whose it is.
- Amounts are pesos, without decimals. A point in a cell of text groups thousands.
"""

from dataclasses import replace
from typing import Final

from spendaudit.ingest.cells import constant, money, text
from spendaudit.model.codelists import CURRENCY
from spendaudit.sources._periods import stated_end
from spendaudit.sources._source import Organisation, Output, Source, Workbook

_PAID: Final = {"date": stated_end(), "currency": constant("CLP", CURRENCY)}

_TO_SUPPLIERS: Final = Output(
    table="payments",
    columns={
        **_PAID,
        "payee_name": text("PROVEEDOR"),
        "amount": money("MONTO (Pesos)", decimal=","),
        "document_id": text("Nº DECRETO"),
        "description": text("GLOSA"),
    },
    organisations=(
        Organisation(role="payer", id="payer_id", name="payer_name", tax_id=False),
        Organisation(role="payee", id="payee_id", name="payee_name", tax_id=False),
    ),
)

_GRANTS: Final = replace(
    _TO_SUPPLIERS,
    columns={
        **_PAID,
        "payee_name": text("ORGANIZACIÓN"),
        "amount": money("MONTO APORTE (Pesos)", decimal=","),
        "document_id": text("DECRETO"),
        "description": text("OBJETIVO DEL APORTE (Ley 19862)"),
        "category": text("CATEGORÍA"),
    },
)

_TRANSFERS: Final = replace(
    _TO_SUPPLIERS,
    columns={
        **_PAID,
        "payee_name": text("Destino"),
        "amount": money("Monto Aportado", decimal=","),
        "description": text("Objetivo Aporte"),
        "category": text("Origen"),
    },
)

_FILLED: Final = {"payee_name": 1.0, "amount": 1.0}

_PAYMENTS: Final = Source(
    id="cl_municipal_payments",
    page=__doc__,
    jurisdiction="CL",
    homepage="https://github.com/ObservatorioFiscal/PortalMunicipalFinal",
    licence="MIT for the repository; the files name none",
    layout=Workbook(),
    names={
        "Nº DECRETO": r"(?i)n[º°] decreto",
        "MONTO (Pesos)": r"(?i)monto \(pesos\)",
        "MONTO APORTE (Pesos)": r"(?i)monto aporte \(pesos\)",
        "OBJETIVO DEL APORTE (Ley 19862)": r"(?i)objetivo del aporte \(ley 19\.?862\)",
        "Objetivo Aporte": r"(?i)objetivo aporte",
        "Monto Aportado": r"(?i)monto aportado",
        "ORGANIZACIÓN": r"(?i)organizaci[oó]n",
        "CATEGORÍA": r"(?i)categor[ií]a",
        "PROVEEDOR": r"(?i)proveedor",
        "DECRETO": r"(?i)decreto",
        "GLOSA": r"(?i)glosa",
        "Origen": r"(?i)origen",
        "Destino": r"(?i)destino",
    },
    personal=frozenset({"payee_name"}),
    outputs=(_TO_SUPPLIERS,),
    expected={**_FILLED, "document_id": 1.0},
)

SOURCE: Final = replace(
    _PAYMENTS,
    shapes=(
        replace(_PAYMENTS, outputs=(_GRANTS,)),
        replace(_PAYMENTS, outputs=(_TRANSFERS,), expected=_FILLED),
    ),
)
