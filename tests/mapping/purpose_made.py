"""Makes files of no portal: invented rows below headers such as many portals write, in every form."""

import codecs
import csv
import datetime as dt
import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import islice, product

ENCODINGS = ("utf-8", "utf-8-sig", "latin-1", "cp1252", "cp850")
SEPARATORS = (",", ";", "\t", "|")

MONTHS_ES = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
]
MONTHS_PT = [
    "janeiro",
    "fevereiro",
    "março",
    "abril",
    "maio",
    "junho",
    "julho",
    "agosto",
    "setembro",
    "outubro",
    "novembro",
    "dezembro",
]
MONTHS_EN = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

#: How a date is written, and whether day and month can be told.
DATES: dict[str, Callable[[dt.date, int], str]] = {
    "iso": lambda day, _: f"{day:%Y-%m-%d}",
    "iso, hours": lambda day, row: f"{day:%Y-%m-%d} 1{row % 10}:30:00",
    "iso, three shapes": lambda day, row: f"{day:%Y-%m-%d}" + ("", " 10:15", " 00:00:00 GMT")[row % 3],
    "iso T Z": lambda day, _: f"{day:%Y-%m-%d}T00:00:00.000Z",
    "D/M/Y": lambda day, _: f"{day:%d/%m/%Y}",
    "D/M/Y, one digit": lambda day, _: f"{day.day}/{day.month}/{day.year}",
    "D/M/Y, hours": lambda day, _: f"{day:%d/%m/%Y} 09:05",
    "M/D/Y": lambda day, _: f"{day:%m/%d/%Y}",
    "M/D/Y, hours": lambda day, _: f"{day:%m/%d/%Y} 12:00:00 AM",
    "D/M/YY": lambda day, _: f"{day:%d/%m/%y}",
    "M/D/YY": lambda day, _: f"{day:%m/%d/%y}",
    "D.M.Y": lambda day, _: f"{day:%d.%m.%Y}",
    "D-M-Y": lambda day, _: f"{day:%d-%m-%Y}",
    "YYYYMMDD": lambda day, _: f"{day:%Y%m%d}",
    "words, es": lambda day, _: f"{day.day} de {MONTHS_ES[day.month - 1]} de {day.year}",
    "words, pt": lambda day, _: f"{day.day} de {MONTHS_PT[day.month - 1]} de {day.year}",
    "short words, es": lambda day, _: f"{day.day:02}-{MONTHS_ES[day.month - 1][:3]}-{day:%y}",
    "words, en": lambda day, _: f"{day.day:02}-{MONTHS_EN[day.month - 1]}-{day.year}",
    "Y word D": lambda day, _: f"{day.year} {MONTHS_EN[day.month - 1]} {day.day} 12:00:00 AM",
    "ambiguous": lambda day, _: f"{day.day % 12 + 1:02}/{day:%m/%Y}",
}


def _grouped(amount: Decimal, mark: str, group: str, places: int) -> str:
    text = f"{amount:,.{places}f}"
    return text.translate({ord(","): group, ord("."): mark})


#: How an amount is written, its decimal mark as a mapping states it, and how many decimals it has.
AMOUNTS: dict[str, tuple[Callable[[Decimal, int], str], str, int]] = {
    "1234,56": (lambda amount, _: f"{amount:.2f}".replace(".", ","), ",", 2),
    "1.234,56": (lambda amount, _: _grouped(amount, ",", ".", 2), ",", 2),
    "1234.56": (lambda amount, _: f"{amount:.2f}", ".", 2),
    "1,234.56": (lambda amount, _: _grouped(amount, ".", ",", 2), ".", 2),
    "1234": (lambda amount, _: f"{amount:.0f}", "none", 0),
    "1.234.567": (lambda amount, _: _grouped(amount, ",", ".", 0), ",", 0),
    " 1,234,567 ": (lambda amount, _: f" {_grouped(amount, '.', ',', 0)} ", ".", 0),
    "$1.234.567": (lambda amount, _: f"${_grouped(amount, ',', '.', 0)}", ",", 0),
    "$ 1,234.56": (lambda amount, _: f"$ {_grouped(amount, '.', ',', 2)}", ".", 2),
    "R$ 1.234,56": (lambda amount, _: f"R$ {_grouped(amount, ',', '.', 2)}", ",", 2),
    "1.234,56 $": (lambda amount, _: f"{_grouped(amount, ',', '.', 2)}\xa0$", ",", 2),
    "1.234,56 €": (lambda amount, _: f"{_grouped(amount, ',', '.', 2)} €", ",", 2),
    "£1,234.56": (lambda amount, _: f"£{_grouped(amount, '.', ',', 2)}", ".", 2),
    " - for zero": (
        lambda amount, row: " -   " if row % 9 == 4 else f" {_grouped(amount, '.', ',', 2)} ",
        ".",
        2,
    ),
    "(1,234.56)": (
        lambda amount, row: (
            f"({_grouped(amount, '.', ',', 2)})" if row % 9 == 4 else _grouped(amount, ".", ",", 2)
        ),
        ".",
        2,
    ),
    "1.234,56-": (lambda amount, row: _grouped(amount, ",", ".", 2) + ("-" if row % 9 == 4 else ""), ",", 2),
    "1.234,5600": (lambda amount, _: _grouped(amount, ",", ".", 4), ",", 4),
    "1,5e+07": (lambda amount, row: "1,5e+07" if row % 9 == 4 else f"{amount:.2f}".replace(".", ","), ",", 2),
    "ambiguous 1.234": (lambda amount, _: _grouped(amount % 899_000 + 1_000, ",", ".", 0), "?", 0),
    "ambiguous 1,234": (lambda amount, _: _grouped(amount % 899_000 + 1_000, ".", ",", 0), "?", 0),
}
#: What the cells of every ninth row mean where the form has a way of its own for them.
_NINTH: dict[str, Callable[[Decimal], Decimal]] = {
    "(1,234.56)": lambda amount: -amount,
    "1.234,56-": lambda amount: -amount,
    " - for zero": lambda _: Decimal(0),
    "1,5e+07": lambda _: Decimal(15_000_000),
}

#: A header, the table it speaks of, and for each column its name, what it is, and its kind of cells.
Header = tuple[str, tuple[tuple[str, str, str], ...]]
HEADERS: dict[str, Header] = {
    "es contracts, spelled out": (
        "contracts",
        (
            ("Nº de Contrato", "contract_id", "code"),
            ("Nombre de la Entidad", "buyer_name", "buyer"),
            ("NIT Entidad", "buyer_id", "tax"),
            ("Modalidad de Contratación", "procurement_method_details", "method"),
            ("Objeto del Contrato", "title", "words"),
            ("Documento Proveedor", "supplier_id", "tax"),
            ("Proveedor Adjudicado", "supplier_name", "firm"),
            ("Fecha de Firma", "date_signed", "date"),
            ("Fecha de Inicio", "contract_start", "date"),
            ("Fecha de Fin", "contract_end", "date"),
            ("Valor del Contrato", "amount", "money"),
            ("Estado del Contrato", "status", "status"),
            ("Correo Electrónico", "", "mail"),
        ),
    ),
    "es contracts, capitals": (
        "contracts",
        (
            ("DEPENDENCIA", "buyer_name", "buyer"),
            ("NUMERO_PROCEDIMIENTO", "tender_id", "code"),
            ("CODIGO_CONTRATO", "contract_id", "code"),
            ("TITULO_CONTRATO", "title", "words"),
            ("TIPO_PROCEDIMIENTO", "procurement_method_details", "method"),
            ("TIPO_CONTRATACION", "main_procurement_category_details", "category"),
            ("FECHA_CELEBRACION", "date_signed", "date"),
            ("FECHA_INICIO", "contract_start", "date"),
            ("FECHA_FIN", "contract_end", "date"),
            ("IMPORTE_CONTRATO", "amount", "money"),
            ("MONEDA", "currency", "currency"),
            ("PROVEEDOR_CONTRATISTA", "supplier_name", "firm"),
            ("", "", "empty"),
        ),
    ),
    "es contracts, glued": (
        "contracts",
        (
            ("CODIGOENTIDAD", "buyer_id", "code"),
            ("ENTIDAD", "buyer_name", "buyer"),
            ("FECHAADJUDICACION", "award_date", "date"),
            ("CODIGOCONVOCATORIA", "tender_id", "code"),
            ("DESCRIPCIONPROCESO", "description", "words"),
            ("RUCPROVEEDOR", "supplier_id", "tax"),
            ("PROVEEDOR", "supplier_name", "firm"),
            ("MONTOREFERENCIAL", "tender_amount", "money"),
            ("MONTOADJUDICADO", "amount", "money"),
            ("MONEDA", "currency", "currency"),
            ("URLFICHAPROCESO", "url", "url"),
        ),
    ),
    "es purchase orders, camel": (
        "contracts",
        (
            ("codigoOrdenCompra", "contract_id", "code"),
            ("nombreComprador", "buyer_name", "buyer"),
            ("rutComprador", "buyer_id", "tax"),
            ("rutProveedor", "supplier_id", "tax"),
            ("nombreProveedor", "supplier_name", "firm"),
            ("fechaEmision", "date_signed", "date"),
            ("descripcion", "description", "words"),
            ("montoTotal", "amount", "money"),
            ("estado", "status", "status"),
            ("telefonoContacto", "", "phone"),
        ),
    ),
    "pt contracts, Brazil": (
        "contracts",
        (
            ("Número do Contrato", "contract_id", "code"),
            ("Órgão", "buyer_name", "buyer"),
            ("Modalidade de Licitação", "procurement_method_details", "method_pt"),
            ("Objeto", "title", "words"),
            ("CNPJ/CPF Contratado", "supplier_id", "tax"),
            ("Nome do Contratado", "supplier_name", "firm"),
            ("Data de Assinatura", "date_signed", "date"),
            ("Data Início Vigência", "contract_start", "date"),
            ("Data Fim Vigência", "contract_end", "date"),
            ("Data de Publicação", "published_date", "date"),
            ("Valor do Contrato", "amount", "money"),
            ("Situação do Contrato", "status", "status"),
        ),
    ),
    "pt contracts, Portugal": (
        "contracts",
        (
            ("N.º Contrato", "contract_id", "code"),
            ("NIF Adjudicante", "buyer_id", "tax"),
            ("Adjudicante", "buyer_name", "buyer"),
            ("NIF Adjudicatário", "supplier_id", "tax"),
            ("Adjudicatário", "supplier_name", "firm"),
            ("Tipo de Procedimento", "procurement_method_details", "method_pt"),
            ("Objeto do Contrato", "title", "words"),
            ("Data de Publicação", "published_date", "date"),
            ("Data de Celebração do Contrato", "date_signed", "date"),
            ("Preço Contratual", "amount", "money"),
        ),
    ),
    "en contract register": (
        "contracts",
        (
            ("Contract Reference", "contract_id", "code"),
            ("Contract Title", "title", "words"),
            ("Department", "buyer_name", "buyer"),
            ("Supplier Name", "supplier_name", "firm"),
            ("Company Number", "supplier_id", "tax"),
            ("Start Date", "contract_start", "date"),
            ("End Date", "contract_end", "date"),
            ("Award Date", "award_date", "date"),
            ("Total Contract Value", "amount", "money"),
            ("Procurement Method", "procurement_method_details", "method_en"),
            ("Number of Tenders Received", "number_of_tenderers", "count"),
        ),
    ),
    "en contracts, snake": (
        "contracts",
        (
            ("award_id", "contract_id", "code"),
            ("awarding_agency_name", "buyer_name", "buyer"),
            ("recipient_uei", "supplier_id", "tax"),
            ("recipient_name", "supplier_name", "firm"),
            ("award_date", "award_date", "date"),
            ("period_of_performance_start_date", "contract_start", "date"),
            ("award_amount", "amount", "money"),
            ("award_description", "description", "words"),
            ("number_of_offers_received", "number_of_tenderers", "count"),
        ),
    ),
    "en payments": (
        "payments",
        (
            ("Body Name", "payer_name", "buyer"),
            ("Expense Type", "category", "expense"),
            ("Payment Date", "date", "date"),
            ("Transaction Number", "payment_id", "code"),
            ("Supplier Name", "payee_name", "firm"),
            ("Amount", "amount", "money"),
            ("Description", "description", "words"),
        ),
    ),
    "es payments, municipal": (
        "payments",
        (
            ("N° Decreto", "payment_id", "code"),
            ("Fecha de Pago", "date", "date"),
            ("RUT Beneficiario", "payee_id", "tax"),
            ("Beneficiario", "payee_name", "firm"),
            ("Glosa", "description", "words"),
            ("N° Factura", "document_id", "code"),
            ("Monto Pagado", "amount", "money"),
            ("Moneda", "currency", "currency"),
        ),
    ),
    "es payments, treasury": (
        "payments",
        (
            ("INSTITUCION", "payer_name", "buyer"),
            ("NRO_TRANSACCION", "payment_id", "code"),
            ("FECHA_PAGO", "date", "date"),
            ("NUMERO_FACTURA", "document_id", "code"),
            ("NOMBRE_PROVEEDOR", "payee_name", "firm"),
            ("CONCEPTO", "description", "words"),
            ("IMPORTE", "amount", "money"),
            ("CUENTA_BANCARIA", "", "code"),
        ),
    ),
    "pt payments": (
        "payments",
        (
            ("Código Pagamento", "payment_id", "code"),
            ("Data do Pagamento", "date", "date"),
            ("Órgão Pagador", "payer_name", "buyer"),
            ("CPF/CNPJ Favorecido", "payee_id", "tax"),
            ("Nome Favorecido", "payee_name", "firm"),
            ("Histórico", "description", "words"),
            ("Nota Fiscal", "document_id", "code"),
            ("Valor Pago", "amount", "money"),
        ),
    ),
    "es budget": (
        "budget",
        (
            ("Ejercicio", "fiscal_year", "year"),
            ("Periodo", "period_end", "month"),
            ("Clave Ramo", "institution_id", "few"),
            ("Descripción Ramo", "institution_name", "buyer"),
            ("Clave Unidad Responsable", "administrative_code", "few"),
            ("Clave Función", "functional_code", "few"),
            ("Descripción Función", "functional_label", "label"),
            ("Clave Partida Específica", "economic_code", "line"),
            ("Presupuesto Aprobado", "approved", "money"),
            ("Presupuesto Modificado", "adjusted", "money"),
            ("Monto Devengado", "executed", "money"),
            ("Monto Pagado", "paid", "money"),
        ),
    ),
    "pt budget": (
        "budget",
        (
            ("Ano", "fiscal_year", "year"),
            ("Mês Ano", "period_end", "month"),
            ("Código Órgão", "institution_id", "few"),
            ("Nome Órgão", "institution_name", "buyer"),
            ("Código Função", "functional_code", "few"),
            ("Nome Função", "functional_label", "label"),
            ("Código Natureza da Despesa", "economic_code", "line"),
            ("Orçamento Inicial", "approved", "money"),
            ("Orçamento Atualizado", "adjusted", "money"),
            ("Valor Empenhado", "committed", "money"),
            ("Valor Liquidado", "executed", "money"),
            ("Valor Pago", "paid", "money"),
        ),
    ),
    "en budget": (
        "budget",
        (
            ("Fiscal Year", "fiscal_year", "year"),
            ("Department", "institution_name", "buyer"),
            ("Programme Code", "functional_code", "few"),
            ("Programme Name", "functional_label", "label"),
            ("Account Code", "economic_code", "line"),
            ("Account Name", "economic_label", "label"),
            ("Approved Budget", "approved", "money"),
            ("Revised Budget", "adjusted", "money"),
            ("Actual Expenditure", "executed", "money"),
        ),
    ),
    "es awards, numbers of tenders": (
        "contracts",
        (
            ("NOG", "", "code"),
            ("Entidad Compradora", "buyer_name", "buyer"),
            ("Modalidad", "procurement_method_details", "method"),
            ("Fecha de publicación", "published_date", "date"),
            ("Fecha de cierre de recepción de ofertas", "tender_end", "date"),
            ("Fecha de adjudicación", "award_date", "date"),
            ("Nombre o Razón Social del Adjudicatario", "supplier_name", "firm"),
            ("NIT del Adjudicatario", "supplier_id", "tax"),
            ("Monto Adjudicado", "amount", "money"),
            ("Cantidad de oferentes", "number_of_tenderers", "count"),
        ),
    ),
    "es minor contracts, Spain": (
        "contracts",
        (
            ("Expediente", "tender_id", "code"),
            ("Órgano de contratación", "buyer_name", "buyer"),
            ("Objeto", "title", "words"),
            ("Tipo de contrato", "main_procurement_category_details", "category"),
            ("Fecha de formalización", "date_signed", "date"),
            ("CIF adjudicatario", "supplier_id", "tax"),
            ("Adjudicatario", "supplier_name", "firm"),
            ("Importe de licitación", "tender_amount", "money"),
            ("Importe de adjudicación", "amount", "money"),
            ("Plazo de ejecución", "", "status"),
        ),
    ),
    "es contracts, snake": (
        "contracts",
        (
            ("id_contrato", "contract_id", "code"),
            ("convocante", "buyer_name", "buyer"),
            ("ruc_contratista", "supplier_id", "tax"),
            ("razon_social_contratista", "supplier_name", "firm"),
            ("fecha_firma_contrato", "date_signed", "date"),
            ("monto_contrato", "amount", "money"),
            ("tipo_moneda", "currency", "currency"),
            ("estado", "status", "status"),
            ("link_contrato", "url", "url"),
        ),
    ),
    "es amended contracts": (
        "contracts",
        (
            ("Orden de Compra", "contract_id", "code"),
            ("Organismo", "buyer_name", "buyer"),
            ("Unidad de Compra", "buyer_unit", "buyer"),
            ("CUIT Proveedor", "supplier_id", "tax"),
            ("Razón Social Proveedor", "supplier_name", "firm"),
            ("Fecha Perfeccionamiento", "date_signed", "date"),
            ("Monto Original", "initial_amount", "money"),
            ("Monto Total", "amount", "money"),
        ),
    ),
    "pt purchases, capitals": (
        "contracts",
        (
            ("NUMERO_CONTRATO", "contract_id", "code"),
            ("CODIGO_ORGAO", "buyer_id", "few"),
            ("NOME_ORGAO", "buyer_name", "buyer"),
            ("CNPJ_FORNECEDOR", "supplier_id", "tax"),
            ("RAZAO_SOCIAL_FORNECEDOR", "supplier_name", "firm"),
            ("DATA_ASSINATURA", "date_signed", "date"),
            ("DATA_INICIO", "contract_start", "date"),
            ("DATA_TERMINO", "contract_end", "date"),
            ("VALOR_TOTAL", "amount", "money"),
            ("CODIGO_NATUREZA", "", "few"),
        ),
    ),
    "en council contracts": (
        "contracts",
        (
            ("Contract ID", "contract_id", "code"),
            ("Organisation", "buyer_name", "buyer"),
            ("Description", "description", "words"),
            ("Vendor", "supplier_name", "firm"),
            ("Contract Amount", "amount", "money"),
            ("Commencement Date", "contract_start", "date"),
            ("Expiry Date", "contract_end", "date"),
            ("Tender Process", "procurement_method_details", "method_en"),
        ),
    ),
    "en procuring entities": (
        "contracts",
        (
            ("Tender Ref No", "tender_id", "code"),
            ("Procuring Entity", "buyer_name", "buyer"),
            ("Tender Title", "title", "words"),
            ("Procurement Method", "procurement_method_details", "method_en"),
            ("Awarded Supplier", "supplier_name", "firm"),
            ("Award Amount", "amount", "money"),
            ("Currency", "currency", "currency"),
            ("Award Date", "award_date", "date"),
            ("No. of Bidders", "number_of_tenderers", "count"),
        ),
    ),
    "es payments, transfers": (
        "payments",
        (
            ("Folio", "payment_id", "code"),
            ("Fecha", "date", "date"),
            ("Nombre o razón social del beneficiario", "payee_name", "firm"),
            ("RFC", "payee_id", "tax"),
            ("Concepto de pago", "description", "words"),
            ("Importe pagado", "amount", "money"),
            ("Área responsable", "", "label"),
        ),
    ),
    "es payments, invoices": (
        "payments",
        (
            ("Órgano", "payer_name", "buyer"),
            ("Proveedor", "payee_name", "firm"),
            ("NIF", "payee_id", "tax"),
            ("Nº factura", "document_id", "code"),
            ("Fecha factura", "date", "date"),
            ("Importe total", "amount", "money"),
            ("Descripción", "description", "words"),
        ),
    ),
    "en spend over 500": (
        "payments",
        (
            ("Directorate", "", "label"),
            ("Expenditure Category", "category", "expense"),
            ("Supplier", "payee_name", "firm"),
            ("Invoice Number", "document_id", "code"),
            ("Date of Payment", "date", "date"),
            ("Net Amount", "amount", "money"),
        ),
    ),
    "en vendor payments": (
        "payments",
        (
            ("Fund", "", "few"),
            ("Department Name", "payer_name", "buyer"),
            ("Vendor Number", "payee_id", "code"),
            ("Vendor Name", "payee_name", "firm"),
            ("Check Number", "payment_id", "code"),
            ("Check Date", "date", "date"),
            ("Payment Amount", "amount", "money"),
        ),
    ),
    "pt payments, despesas": (
        "payments",
        (
            ("Unidade Gestora", "payer_name", "buyer"),
            ("Número Empenho", "", "code"),
            ("Ordem Bancária", "payment_id", "code"),
            ("Data Emissão", "date", "date"),
            ("Credor", "payee_name", "firm"),
            ("CNPJ Credor", "payee_id", "tax"),
            ("Valor", "amount", "money"),
        ),
    ),
    "es budget, Argentina": (
        "budget",
        (
            ("ejercicio_presupuestario", "fiscal_year", "year"),
            ("jurisdiccion_id", "institution_id", "few"),
            ("jurisdiccion_desc", "institution_name", "buyer"),
            ("funcion_id", "functional_code", "few"),
            ("funcion_desc", "functional_label", "label"),
            ("objeto_gasto_id", "economic_code", "line"),
            ("fuente_financiamiento_id", "fund_code", "few"),
            ("credito_presupuestado", "approved", "money"),
            ("credito_vigente", "adjusted", "money"),
            ("credito_comprometido", "committed", "money"),
            ("credito_devengado", "executed", "money"),
            ("credito_pagado", "paid", "money"),
        ),
    ),
    "es budget, Peru": (
        "budget",
        (
            ("ANO_EJE", "fiscal_year", "year"),
            ("SECTOR", "", "few"),
            ("PLIEGO", "institution_id", "few"),
            ("PLIEGO_NOMBRE", "institution_name", "buyer"),
            ("FUNCION", "functional_code", "few"),
            ("FUNCION_NOMBRE", "functional_label", "label"),
            ("MONTO_PIA", "approved", "money"),
            ("MONTO_PIM", "adjusted", "money"),
            ("MONTO_DEVENGADO", "executed", "money"),
            ("MONTO_GIRADO", "paid", "money"),
        ),
    ),
    "es items": (
        "items",
        (
            ("Orden de Compra", "contract_id", "code"),
            ("Código Producto", "item_code", "line"),
            ("Descripción del Producto", "description", "words"),
            ("Cantidad", "quantity", "count"),
            ("Unidad de Medida", "unit", "status"),
            ("Precio Unitario", "unit_price", "money"),
            ("Monto Total", "amount", "money"),
        ),
    ),
    "en bids": (
        "bids",
        (
            ("Tender Number", "tender_id", "code"),
            ("Bidder Name", "bidder_name", "firm"),
            ("Bid Amount", "amount", "money"),
            ("Bid Date", "date", "date"),
        ),
    ),
    "nothing of its names is known": (
        "payments",
        (
            ("Supplier", "payee_name", "firm"),
            ("Amount", "amount", "money"),
            ("Payment date", "date", "date"),
            ("xq_1", "", "money"),
            ("campo7", "", "date"),
            ("Zzyx", "", "words"),
            ("", "", "empty"),
        ),
    ),
}

_FIRMS = (
    "Panadería La Ñusta Ltda.",
    "Construções Ípsilon S.A.",
    "Áridos del Océano SpA",
    "Wishful Copiers Ltd",
    "María Inés Peñaloza Ficticia",
    "Cooperativa São Ninguém",
    "Ferretería El Búho & Cía.",
    "Imaginary Paper Moon plc",
    "José Ramón Inventado",
    "Médicos de Utopía S.A.C.",
)
_BUYERS = (
    "Municipalidad de Villa Ficticia",
    "Secretaría de Obras Públicas",
    "Fundação Imaginária",
    "Servicio de Salud Ejemplo",
    "Órgano Técnico Nº 4",
)
_WORDS = (
    "Suministro de papel y tóner",
    "Reparación de la techumbre, segunda etapa",
    "Aquisição de peças",
    "Cleaning of public buildings; annual",
    "Arriendo de camión aljibe",
    "Consultoría “Año Nuevo” – informe",
    "Mantención de áreas verdes",
)
_LISTS = {
    "method": ("Licitación Pública", "Adjudicación Directa", "Invitación a cuando menos tres personas"),
    "method_pt": ("Pregão", "Dispensa de Licitação", "Concorrência"),
    "method_en": ("Open procedure", "Direct award", "Restricted procedure"),
    "category": ("Servicios", "Adquisiciones", "Obra Pública"),
    "status": ("Activo", "Terminado", "Cerrado"),
    "currency": ("CLP", "USD"),
    "expense": ("Hire of Equipment", "Stationery", "Agency staff"),
    "label": ("Educación", "Salud", "Seguridad Pública", "Vivienda"),
}


#: Canonical column -> what its cells mean, row by row; None where the file does not tell.
Values = dict[str, list[Decimal | dt.date | None] | None]


@dataclass(frozen=True, slots=True)
class Made:
    """A made-up file and what is true of it."""

    name: str
    data: bytes
    encoding: str
    separator: str
    table: str
    #: Canonical column -> column of the file.
    truth: dict[str, str]
    values: Values


def every_form(first: int = 0, step: int = 1) -> Iterator[Made]:
    """Every encoding x separator x date form x amount form, or one in `step`; headers and dirt take turns."""
    headers = list(HEADERS)
    forms = enumerate(product(ENCODINGS, SEPARATORS, DATES, AMOUNTS))
    for number, (encoding, separator, dates, amounts) in islice(forms, first, None, step):
        header = headers[number % len(headers)]
        yield make(header, encoding, separator, dates, amounts, seed=number)


def make(
    header: str, encoding: str, separator: str, dates: str, amounts: str, *, seed: int, rows: int = 60
) -> Made:
    """Write one file. The seed chooses its cells, and which dirt stands around them."""
    chance = random.Random(seed)  # noqa: S311 invented cells
    table, columns = HEADERS[header]
    cells: list[list[str]] = [[] for _ in columns]
    values: Values = {}
    for place, (_, canonical, kind) in enumerate(columns):
        if kind == "date":
            days: list[dt.date] = [
                dt.date(2023, 1, 1) + dt.timedelta(chance.randrange(700)) for _ in range(rows)
            ]
            cells[place] = [DATES[dates](day, row) for row, day in enumerate(days)]
            values[canonical] = None if dates == "ambiguous" else [*days]
        elif kind == "money":
            cells[place], values[canonical] = _amounts(amounts, chance, rows)
        elif kind == "month":
            months = [dt.date(2024, 1 + chance.randrange(12), 28) for _ in range(rows)]
            cells[place] = [f"{month:%Y%m}" for month in months]
            values[canonical] = [
                (month + dt.timedelta(4)).replace(day=1) - dt.timedelta(1) for month in months
            ]
        else:
            cells[place] = [_cell(kind, chance, row) for row in range(rows)]
    if seed % 7 in {3, 5}:
        _leave_out(columns, cells, values, chance, "" if seed % 7 == 3 else "No definido")
    body = [list(row) for row in zip(*cells, strict=True)]
    lines = [[name for name, _, _ in columns], *body]
    if seed % 3 == 1:
        lines = [
            ["Portal de Transparencia de Villa Ficticia", *[""] * (len(columns) - 1)],
            [""] * len(columns),
            *lines,
        ]
    if seed % 5 == 2:
        lines.append(["Total" if name == _first_words(columns) else "" for name, _, _ in columns])
    return Made(
        name=f"{header} | {encoding} | {separator!r} | {dates} | {amounts} | {seed}",
        data=_written(lines, encoding, separator, quoted=seed % 11 == 3),
        encoding=encoding,
        separator=separator,
        table=table,
        truth={canonical: name for name, canonical, _ in columns if canonical},
        values=values,
    )


def _leave_out(
    columns: tuple[tuple[str, str, str], ...],
    cells: list[list[str]],
    values: Values,
    chance: random.Random,
    nothing: str,
) -> None:
    """Publish nothing, or a word for it, in every eighth cell of columns that may lack values."""
    for place, (_, canonical, kind) in enumerate(columns):
        if kind not in {"date", "tax", "method", "status", "url", "mail", "money"}:
            continue
        for row in range(len(cells[place])):
            if chance.randrange(8) == 0:
                cells[place][row] = nothing
                if (meant := values.get(canonical)) is not None:
                    meant[row] = None


def _first_words(columns: tuple[tuple[str, str, str], ...]) -> str:
    return next(name for name, _, kind in columns if kind in {"firm", "buyer", "words"})


def _amounts(
    form: str, chance: random.Random, rows: int
) -> tuple[list[str], list[Decimal | dt.date | None] | None]:
    write, mark, places = AMOUNTS[form]
    amounts = [Decimal(chance.randrange(100_000, 999_999_999)).scaleb(-2) for _ in range(rows)]
    amounts = [Decimal(int(amount)) if places == 0 else amount for amount in amounts]
    # Some without cents or thousands, as everywhere.
    amounts[1], amounts[2] = Decimal(1_500), Decimal(2_250_000)
    cells = [write(amount, row) for row, amount in enumerate(amounts)]
    ninth = _NINTH.get(form, Decimal)
    meant: list[Decimal | dt.date | None] = [
        ninth(amount) if row % 9 == 4 else amount for row, amount in enumerate(amounts)
    ]
    return cells, (None if mark == "?" else meant)


_KINDS: dict[str, Callable[[random.Random, int], str]] = {
    "code": lambda chance, row: f"AB-{chance.randrange(100, 999)}-{2024 * 1000 + row}",
    "tax": lambda chance, row: (
        f"{chance.randrange(50, 99)}.{chance.randrange(100, 999)}.{chance.randrange(100, 999)}-{row % 10}"
    ),
    "firm": lambda chance, _: chance.choice(_FIRMS),
    "buyer": lambda chance, _: chance.choice(_BUYERS),
    "words": lambda chance, row: f"{chance.choice(_WORDS)} {row}",
    "year": lambda _, __: "2024",
    "few": lambda chance, _: f"{chance.randrange(1, 9):02}",
    "line": lambda _, row: f"{21000 + row}",
    "count": lambda chance, _: str(chance.randrange(1, 12)),
    "url": lambda _, row: f"https://portal.example/ficha/{row}",
    "mail": lambda _, row: f"persona{row}@example.org",
    "phone": lambda chance, _: f"+56 2 2{chance.randrange(100_000, 999_999)}",
    "empty": lambda _, __: "",
}


def _cell(kind: str, chance: random.Random, row: int) -> str:
    return chance.choice(_LISTS[kind]) if kind in _LISTS else _KINDS[kind](chance, row)


def _written(lines: list[list[str]], encoding: str, separator: str, *, quoted: bool) -> bytes:
    out = io.StringIO()
    writer = partial(csv.writer, out, delimiter=separator, lineterminator="\r\n")
    (writer(quoting=csv.QUOTE_ALL) if quoted else writer()).writerows(lines)
    text = out.getvalue()
    if encoding in {"latin-1", "cp850"}:
        text = text.translate({ord("“"): "'", ord("”"): "'", ord("–"): "-", ord("€"): "$"})
    data = text.encode("utf-8" if encoding == "utf-8-sig" else encoding)
    return codecs.BOM_UTF8 + data if encoding == "utf-8-sig" else data
