"""Brazil: commitments and payments of the federal government, one zip a day.

What it holds
-------------
The documents that SIAFI, the federal accounting system, issued on one day. Of the eleven tables in a zip,
three are read: payments (Pagamento) as payments; commitments to a purchase (Empenho) as contracts; what was
committed to (ItemEmpenho) as items. The other eight are passed over, each with its reason: no table has a
place for them, or they would count the same money again.

How often
---------
Daily, since April 2013. A day's zip is written anew while its commitments change.

Licence
-------
Open data of the federal government (Decreto 8.777/2016). The files name no licence; name the source.

Caveats
-------
- On holidays the tables of payments hold a header and no rows. That is no error: nothing was paid.
- A commitment (nota de empenho) is not a contract, though it may stand for one (Lei 14.133/2021, art. 95).
  One contract may have many, a year or a month each, so `amount` is what this note set aside when it was
  issued. What was added or annulled later stands in ItemEmpenhoHistorico and in other notes.
- Commitments without a purchase ("Não se Aplica": salaries, pensions, travel of officials) are put aside, and
  counted. Their favoured party is often the body itself. Their items are read like the others.
- The buyer, or payer, is the managing unit (Unidade Gestora): the legal ceiling of small purchases is counted
  by unit (Lei 14.133/2021, art. 75 § 1). Órgão, its ministry or agency, is left out; it may be cut short.
- `tender_id` is Processo, the administrative file. It is typed by hand: 11060723575202319 and
  11060.723575/2023-19 are one file.
- `payment_id` is the number of the payment order. No number of an invoice is published (Observação may name
  one), so a document paid twice can only be looked for with `any-document`.
- Payments through lists (to banks, of invoices, to final beneficiaries, of court orders) name the bank or the
  body as payee. Who received them stands in Pagamento_FavorecidosFinais, which would count the money twice.
- Código Favorecido is a CNPJ or the CPF of a person with digits hidden (***.123.456-**), which is never
  completed: the key is made of the name together with it, so that namesakes are not one person. Codes of
  federal units (six digits) and of foreign parties (EX...) are no tax numbers and are left out; the name is
  the key then.
- Amounts are in reais. Documents in another currency are as converted by the portal.
- Quantidade, Valor Unitário and Valor Total of ItemEmpenho are 0,00 in every file seen and are left out; the
  item's `amount` is Valor Atual, after later changes.
- Codes -1, -2 and -9 and SI (sem informação) stand for nothing. Names are cut after some 45 characters.
- Bank codes and branches (ListaBancos) are not read.
"""

from dataclasses import replace
from functools import partial
from typing import Final

import polars as pl

from spendaudit.ingest.cells import Cell, code, constant, date, money, text, trimmed
from spendaudit.model.codelists import CATEGORY, CURRENCY, LEVEL, METHOD
from spendaudit.sources._releases import Downloads, daily
from spendaudit.sources._source import Csv, Organisation, Output, Source

METHODS: Final = {
    "Concorrência": "open",
    "Concorrência - Internacional": "open",
    "Concurso": "open",
    "Pregão": "open",
    "Tomada de Preços": "selective",
    "Convite": "limited",
    "Dispensa de Licitação": "direct",
    "Inexigível": "direct",
}

#: Elementos de despesa that are a purchase of one kind (Portaria Interministerial STN/SOF 163/2001).
CATEGORIES: Final = {
    "30": "goods",
    "32": "goods",
    "52": "goods",
    "33": "services",
    "35": "services",
    "36": "services",
    "37": "services",
    "39": "services",
    "40": "services",
    "51": "works",
}

#: Of the columns that several tables have, those that none of the read ones uses.
_UNIT: Final = {"Código Órgão Superior", "Órgão Superior", "Código Órgão", "Órgão", "Código Gestão", "Gestão"}
_DOCUMENT: Final = {"Código Tipo Documento", "Tipo Documento"}
_NATURE: Final = {
    "Código Categoria de Despesa",
    "Categoria de Despesa",
    "Código Grupo de Despesa",
    "Grupo de Despesa",
    "Código Modalidade de Aplicação",
    "Modalidade de Aplicação",
}
_PLAN: Final = {
    "Código Plano Orçamentário",
    "Plano Orçamentário",
    "Código Programa Governo",
    "Nome Programa Governo",
}
_PARTIES: Final = {"Código Unidade Gestora", "Unidade Gestora", "Código Favorecido", "Favorecido"}
_ELEMENT: Final = {"Código Elemento de Despesa", "Elemento de Despesa"}
_IMPACT: Final = {
    "Código Empenho",
    "Código Natureza Despesa Completa",
    "Subitem",
    "Valor Restos a Pagar Inscritos (R$)",
    "Valor Restos a Pagar Cancelado (R$)",
    "Valor Restos a Pagar Pagos (R$)",
}
_LIST: Final = {"Código Pagamento", "Código Lista", "Data Emissão"}


def _day(column: str) -> Cell:
    return date(column, "%d/%m/%Y")


def _tax_number() -> pl.Expr:
    """Take a CNPJ, or a CPF that is masked or (never seen) whole."""
    favoured = text("Código Favorecido")
    return pl.when(favoured.str.contains(r"^\d{14}$|^\d{11}$|^\*{3}")).then(favoured)


def _party(role: str) -> tuple[Organisation, ...]:
    paying, paid = ("buyer", "supplier") if role == "supplier" else ("payer", "payee")
    return (
        Organisation(role=paying, id=f"{paying}_id", name=f"{paying}_name", tax_id=False),
        Organisation(role=paid, id=f"{paid}_id", name=f"{paid}_name", tax_id=True, apart=f"{paid}_id"),
    )


PAYMENTS: Final = Source(
    id="br_transparencia_despesas",
    page=__doc__,
    jurisdiction="BR",
    homepage="https://portaldatransparencia.gov.br/download-de-dados/despesas",
    licence="open data of the federal government; no licence named",
    layout=Csv(
        encodings=("cp1252",),
        separator=";",
        nulls=("-1", "-2", "-9", "SI", "SEM INFORMACAO", "Sem informação"),
    ),
    outputs=(
        Output(
            table="payments",
            columns={
                "payment_id": text("Código Pagamento"),
                "date": _day("Data Emissão"),
                "payer_id": text("Código Unidade Gestora"),
                "payer_name": text("Unidade Gestora"),
                "payee_id": _tax_number(),
                "payee_name": text("Favorecido"),
                "amount": money("Valor do Pagamento Convertido pra R$", decimal=","),
                "currency": constant("BRL", CURRENCY),
                "description": text("Observação"),
                "category": text("Elemento de Despesa"),
            },
            organisations=_party("payee"),
        ),
    ),
    ignored=frozenset(
        {
            "Código Pagamento Resumido",
            "Tipo OB",
            "Extraorçamentário",
            "Processo",
            "Código Elemento de Despesa",
        }
        | {"Valor Original do Pagamento", "Valor Utilizado na Conversão"}
        | _UNIT
        | _DOCUMENT
        | _NATURE
        | _PLAN
    ),
    personal=frozenset({"payee_id", "payee_name"}),
    expected={"payment_id": 1.0, "date": 1.0, "payer_id": 1.0, "payee_name": 0.99, "amount": 1.0},
    downloads=Downloads(
        partial(
            daily,
            "https://portaldatransparencia.gov.br/download-de-dados/despesas/{year}{month:02}{day:02}",
            since="2013-03-31",
            name="{year}{month:02}{day:02}_Despesas.zip",
        ),
        # The page leads to another host, whose firewall wants a browser.
        browser=True,
    ),
)

COMMITMENTS: Final = replace(
    PAYMENTS,
    rejected={
        "a commitment without a purchase (salaries, pensions, travel)": trimmed("Modalidade de Licitação")
        == "Não se Aplica"
    },
    outputs=(
        Output(
            table="contracts",
            columns={
                "contract_id": text("Código Empenho"),
                "tender_id": text("Processo"),
                "buyer_id": text("Código Unidade Gestora"),
                "buyer_name": text("Unidade Gestora"),
                "buyer_level": constant("national", LEVEL),
                "supplier_id": _tax_number(),
                "supplier_name": text("Favorecido"),
                "procurement_method": code("Modalidade de Licitação", METHODS, METHOD),
                "procurement_method_details": pl.concat_str(
                    text("Modalidade de Licitação"),
                    text("Amparo"),
                    text("Inciso"),
                    separator="; ",
                    ignore_nulls=True,
                ),
                "main_procurement_category": code("Código Elemento de Despesa", CATEGORIES, CATEGORY),
                "main_procurement_category_details": text("Elemento de Despesa"),
                "description": text("Observação"),
                "date_signed": _day("Data Emissão"),
                "amount": money("Valor do Empenho Convertido pra R$", decimal=","),
                "currency": constant("BRL", CURRENCY),
            },
            organisations=_party("supplier"),
        ),
    ),
    ignored=frozenset(
        {"Id Empenho", "Código Empenho Resumido", "Tipo Empenho", "Espécie Empenho"}
        | {"Referência de Dispensa ou Inexigibilidade", "Código Convênio", "Autor Emenda"}
        | {"Contrato de Repasse / Termo de Parceria / Outros"}
        | {"Valor Original do Empenho", "Valor Utilizado na Conversão"}
        # The budget line: its sphere, credit, fund, unit, function, programme and action.
        | {"Código Esfera Orçamentária", "Esfera Orçamentária", "Código Tipo Crédito", "Tipo Crédito"}
        | {"Código Grupo Fonte Recurso", "Grupo Fonte Recurso", "Código Fonte Recurso", "Fonte Recurso"}
        | {"Código Unidade Orçamentária", "Unidade Orçamentária", "Código Função", "Função"}
        | {"Código SubFunção", "SubFunção", "Código Programa", "Programa", "Código Ação", "Ação"}
        | {"Linguagem Cidadã", "Código Subtítulo (Localizador)", "Subtítulo (Localizador)"}
        | _UNIT
        | _DOCUMENT
        | _NATURE
        | _PLAN
    ),
    personal=frozenset({"supplier_id", "supplier_name"}),
    expected={
        "contract_id": 1.0,
        "buyer_id": 1.0,
        "supplier_name": 0.99,
        "procurement_method": 0.99,
        "date_signed": 1.0,
        "amount": 1.0,
    },
)

ITEMS: Final = replace(
    PAYMENTS,
    outputs=(
        Output(
            table="items",
            columns={
                "contract_id": text("Código Empenho"),
                "line": text("Sequencial"),
                # As the column Código Natureza Despesa Completa of other tables puts them together.
                "item_code": pl.concat_str(
                    text("Código Categoria de Despesa"),
                    text("Código Grupo de Despesa"),
                    text("Código Modalidade de Aplicação"),
                    text("Código Elemento de Despesa"),
                    text("Código SubElemento de Despesa"),
                ),
                "item_scheme": constant("BR-NATUREZA-DA-DESPESA"),
                "description": pl.coalesce(text("Descrição"), text("SubElemento de Despesa")),
                "amount": money("Valor Atual", decimal=","),
                "currency": constant("BRL", CURRENCY),
            },
        ),
    ),
    ignored=frozenset(
        {"Id Empenho", "Categoria de Despesa", "Grupo de Despesa", "Modalidade de Aplicação"}
        | {"Elemento de Despesa", "Quantidade", "Valor Unitário", "Valor Total"}
    ),
    personal=frozenset(),
    expected={"contract_id": 1.0, "line": 1.0, "item_code": 0.99, "amount": 1.0},
)


def _left(why: str, columns: set[str]) -> Source:
    return replace(
        PAYMENTS,
        outputs=(),
        passed_over=why,
        ignored=frozenset(columns),
        personal=frozenset(),
        expected={},
    )


SOURCE: Final = replace(
    PAYMENTS,
    shapes=(
        COMMITMENTS,
        ITEMS,
        _left(
            "what was added to an item or taken from it; Valor Atual of ItemEmpenho is the outcome",
            {"Id Empenho", "Código Empenho", "Sequencial", "Tipo Operação", "Data Operação"}
            | {"Quantidade Item", "Valor Unitário Item", "Valor Total Item"},
        ),
        _left(
            "bills that were accepted, without their amounts; what was paid of them is read from Pagamento",
            {"Código Liquidação", "Código Liquidação Resumido", "Data Emissão", "Observação"}
            | _UNIT
            | _PARTIES
            | _DOCUMENT
            | _NATURE
            | _ELEMENT
            | _PLAN,
        ),
        _left(
            "which commitments a bill was booked to; no table has a place for bills",
            {"Código Liquidação", "Valor Liquidado (R$)"} | _IMPACT,
        ),
        _left(
            "which commitments a payment was booked to; the payment itself is read from Pagamento",
            {"Código Pagamento", "Valor Pago (R$)"} | _IMPACT,
        ),
        _left(
            "who received the parts of a payment through a list; the same money would count twice, as the "
            "payment itself is read from Pagamento",
            {"Código Favorecido", "Favorecido", "Valor do Pagamento em R$"} | _LIST,
        ),
        _left(
            "bank codes of payments through a list; banks are not read",
            {"Código Banco", "Nome Banco", "Agência", "Valor em R$"} | _LIST,
        ),
        _left(
            "invoices of a payment through a list, without their numbers; the payment is read from Pagamento",
            {"Código Sequência", "Valor Lançamento em R$", "Valor Desconto em R$", "Valor Juros em R$"}
            | {"Valor Dedução em R$", "Valor Acréscimo em R$"}
            | _LIST,
        ),
        _left(
            "instalments of court orders in a payment through a list; the payment is read from Pagamento",
            {"Número Parcela", "Valor Precatorio em R$"} | _LIST,
        ),
    ),
)
