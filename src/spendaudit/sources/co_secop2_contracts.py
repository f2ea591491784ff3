"""Colombia: contracts of SECOP II, from the portal's export or from its API.

What it holds
-------------
One row per contract that a public body has made, or is making, on the platform SECOP II: the body, the
procedure, the supplier with its number, the value and what has been invoiced and paid. The data set is
jbjy-vk9h of datos.gov.co.

How often
---------
Daily. The whole data set is one file; `fetch` asks for the contracts signed in one month, and for the
portal's count of them. Contracts that nobody has signed yet have no such month, and are not among them.

Licence
-------
Creative Commons Attribution-ShareAlike 4.0, by the portal's catalogue. The files name none.

Caveats
-------
- The two forms write the same cells differently, and each is read only as it is stated here. The portal's
  export: `$11.496.000.000` (the dot groups thousands), `08/06/2018` is the sixth of August, `899.999.162`.
  The API as CSV: names such as nombre_entidad, `11496000000`, `2018-08-06T00:00:00.000`, `899999162`.
- The names of the API's columns were taken from public code that reads them, not from a download. It is not
  known how its CSV writes a link; the address in it is read wherever it stands in the cell.
- `amount` is Valor del Contrato as it stands today, additions included. What was first agreed is not
  published. `paid_amount` is what bodies have entered; many enter nothing, and so a 0 is no proof that
  nothing was paid.
- Numbers come with and without their check digit, which is worked out. A supplier may be a citizen, by the
  number of the identity card. A consortium (Es Grupo) has a number or only a name of its own; its members are
  not published.
- Mínima cuantía is an open call with a short term, and counts as open. Contratación régimen especial follows
  the body's own rules and may be open or direct: unknown. So do sales of goods (enajenación) and requests for
  information.
- Orden tells national bodies from the others (Territorial), not departments from municipalities.
- No definido, Sin Descripcion, No aplica and the like stand for nothing.
- Drafts and cancelled contracts are rows too; `status` tells. Borrador and Cancelado count as no spending.
- Dates far away are typing errors, and are kept.
- Bank accounts, legal representatives, supervisors, officials and addresses are kept nowhere: of rows that
  are put aside, only the cells that are read are kept.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Final

import polars as pl

from spendaudit.ingest.cells import Cell, constant, date, money, text
from spendaudit.model.codelists import CATEGORY, CURRENCY, LEVEL, METHOD
from spendaudit.sources._releases import Downloads, socrata
from spendaudit.sources._source import Csv, Organisation, Output, Source

#: In lower case: spellings differ from row to row.
METHODS: Final = {
    "licitación pública": "open",
    "licitación pública obra publica": "open",
    "licitación pública acuerdo marco de precios": "open",
    "selección abreviada subasta inversa": "open",
    "concurso de méritos abierto": "open",
    "mínima cuantía": "open",
    "selección abreviada de menor cuantía": "selective",
    "seleccion abreviada menor cuantia sin manifestacion interes": "selective",
    "concurso de méritos con precalificación": "selective",
    "contratación directa": "direct",
    "contratación directa (con ofertas)": "direct",
}

CATEGORIES: Final = {
    "compraventa": "goods",
    "suministros": "goods",
    "prestación de servicios": "services",
    "consultoría": "services",
    "interventoría": "services",
    "seguros": "services",
    "servicios financieros": "services",
    "obra": "works",
}

LEVELS: Final = {"nacional": "national"}

NULLS: Final = (
    *("No definido", "No Definido", "No definida", "Sin Descripcion", "Sin Descripción"),
    *("No aplica", "No Aplica", "No válido", "No Válido"),
)

#: The portal's name of each column that is read, and the API's, which may be cut short.
READ: Final = {
    "Nombre Entidad": "nombre_entidad",
    "Nit Entidad": "nit_entidad",
    "Departamento": "departamento",
    "Orden": "orden",
    "Proceso de Compra": "proceso_de_compra",
    "ID Contrato": "id_contrato",
    "Estado Contrato": "estado_contrato",
    "Codigo de Categoria Principal": "codigo_de_categoria_principal",
    "Descripcion del Proceso": "descripcion_del_proceso",
    "Tipo de Contrato": "tipo_de_contrato",
    "Modalidad de Contratacion": "modalidad_de_contratacion",
    "Justificacion Modalidad de Contratacion": "justificacion_modalidad_de(_contratacion)?",
    "Fecha de Firma": "fecha_de_firma",
    "Fecha de Inicio del Contrato": "fecha_de_inicio_del_contrato",
    "Fecha de Fin del Contrato": "fecha_de_fin_del_contrato",
    "Documento Proveedor": "documento_proveedor",
    "Proveedor Adjudicado": "proveedor_adjudicado",
    "Valor del Contrato": "valor_del_contrato",
    "Valor Pagado": "valor_pagado",
    "Objeto del Contrato": "objeto_del_contrato",
    "URLProceso": "urlproceso",
}

#: A user may ask the API for some columns only.
OPTIONAL: Final = {
    "Departamento",
    "Orden",
    "Estado Contrato",
    "Codigo de Categoria Principal",
    "Descripcion del Proceso",
    "Tipo de Contrato",
    "Justificacion Modalidad de Contratacion",
    "Fecha de Inicio del Contrato",
    "Fecha de Fin del Contrato",
    "Valor Pagado",
    "Objeto del Contrato",
    "URLProceso",
}

#: The portal's name of each column that is left out, and the API's.
LEFT: Final = {
    # Where and what the body is.
    "Ciudad": "ciudad",
    "Localización": "localizaci_n",
    "Sector": "sector",
    "Rama": "rama",
    "Entidad Centralizada": "entidad_centralizada",
    "Codigo Entidad": "codigo_entidad",
    # More about the contract than the table holds.
    "Referencia del Contrato": "referencia_del_contrato",
    "Condiciones de Entrega": "condiciones_de_entrega",
    "TipoDocProveedor": "tipodocproveedor",
    "Codigo Proveedor": "codigo_proveedor",
    "Es Grupo": "es_grupo",
    "Es Pyme": "es_pyme",
    "Habilita Pago Adelantado": "habilita_pago_adelantado",
    "Liquidación": "liquidaci_n",
    "Obligación Ambiental": "obligaci_n_ambiental",
    "Obligaciones Postconsumo": "obligaciones_postconsumo",
    "Reversion": "reversion",
    "Duración del contrato": "duraci_n_del_contrato",
    "Dias adicionados": "dias_adicionados",
    "El contrato puede ser prorrogado": "el_contrato_puede_ser_prorrogado",
    "Fecha de notificación de prorrogación": "fecha_de_notificaci_n_de_prorrogaci_n",
    "Fecha Inicio Liquidacion": "fecha_inicio_liquidacion",
    "Fecha Fin Liquidacion": "fecha_fin_liquidacion",
    "Ultima Actualizacion": "ultima_actualizacion",
    "Documentos Tipo": "documentos_tipo",
    "Descripcion Documentos Tipo": "descripcion_documentos_tipo",
    "EsPostConflicto": "espostconflicto",
    "Puntos del Acuerdo": "puntos_del_acuerdo",
    "Pilares del Acuerdo": "pilares_del_acuerdo",
    # Where the money comes from, and how far it is spent.
    "Origen de los Recursos": "origen_de_los_recursos",
    "Destino Gasto": "destino_gasto",
    "Valor de pago adelantado": "valor_de_pago_adelantado",
    "Valor Facturado": "valor_facturado",
    "Valor Pendiente de Pago": "valor_pendiente_de_pago",
    "Valor Amortizado": "valor_amortizado",
    "Valor Pendiente de Amortizacion": "valor_pendiente_de(_amortizacion)?",
    "Valor Pendiente de Ejecucion": "valor_pendiente_de_ejecucion",
    "Estado BPIN": "estado_bpin",
    "Código BPIN": "c_digo_bpin",
    "Anno BPIN": "anno_bpin",
    "Saldo CDP": "saldo_cdp",
    "Saldo Vigencia": "saldo_vigencia",
    "Presupuesto General de la Nacion – PGN": "presupuesto_general_de_la_nacion_pgn",
    "Sistema General de Participaciones": "sistema_general_de_participaciones",
    "Sistema General de Regalías": "sistema_general_de_regal_as",
    "Recursos Propios (Alcaldías y Gobernaciones)": (
        "recursos_propios_alcald_as_gobernaciones_y_resguardos_ind_genas_?"
    ),
    "Recursos de Credito": "recursos_de_credito",
    "Otros Recursos (Especie, Privados, Cooperación, Propios Entidades Autónomas)": "recursos_propios",
}

#: Bank accounts, and people: kept nowhere.
PRIVATE: Final = {
    "Dirección de ejecución del contrato": "direcci_n_de_ejecuci_n_del_contrato",
    "Nombre del banco": "nombre_del_banco",
    "Tipo de cuenta": "tipo_de_cuenta",
    "Número de cuenta": "n_mero_de_cuenta",
    "Nombre Representante Legal": "nombre_representante_legal",
    "Nacionalidad Representante Legal": "nacionalidad_representante_legal",
    "Domicilio Representante Legal": "domicilio_representante_legal",
    "Tipo de Identificación Representante Legal": "tipo_de_identificaci_n_representante_legal",
    "Identificación Representante Legal": "identificaci_n_representante_legal",
    "Género Representante Legal": "g_nero_representante_legal",
    "Nombre ordenador del gasto": "nombre_ordenador_del_gasto",
    "Tipo de documento Ordenador del gasto": "tipo_de_documento_ordenador_del_gasto",
    "Número de documento Ordenador del gasto": "n_mero_de_documento_ordenador_del_gasto",
    "Nombre supervisor": "nombre_supervisor",
    "Tipo de documento supervisor": "tipo_de_documento_supervisor",
    "Número de documento supervisor": "n_mero_de_documento_supervisor",
    "Nombre Ordenador de Pago": "nombre_ordenador_de_pago",
    "Tipo de documento Ordenador de Pago": "tipo_de_documento_ordenador_de_pago",
    "Número de documento Ordenador de Pago": "n_mero_de_documento_ordenador_de_pago",
}


def _word(column: str, meanings: Mapping[str, str], dtype: pl.Enum) -> pl.Expr:
    words = text(column).str.to_lowercase()
    return words.replace_strict({**meanings, None: None}, default="unknown", return_dtype=dtype)


def _contracts(*, decimal: str, days: tuple[str, ...]) -> Output:
    unspsc = text("Codigo de Categoria Principal").str.extract(r"^(?:V1\.)?(\d{8})$")

    def day(column: str) -> Cell:
        return date(column, *days)

    return Output(
        table="contracts",
        columns={
            "contract_id": text("ID Contrato"),
            "tender_id": text("Proceso de Compra"),
            "buyer_id": text("Nit Entidad"),
            "buyer_name": text("Nombre Entidad"),
            "buyer_level": _word("Orden", LEVELS, LEVEL),
            "buyer_region": text("Departamento"),
            "supplier_id": text("Documento Proveedor"),
            "supplier_name": text("Proveedor Adjudicado"),
            "procurement_method": _word("Modalidad de Contratacion", METHODS, METHOD),
            "procurement_method_details": pl.concat_str(
                text("Modalidad de Contratacion"),
                text("Justificacion Modalidad de Contratacion"),
                separator="; ",
                ignore_nulls=True,
            ),
            "main_procurement_category": _word("Tipo de Contrato", CATEGORIES, CATEGORY),
            "main_procurement_category_details": text("Tipo de Contrato"),
            "item_code": unspsc,
            "item_scheme": pl.when(unspsc.is_not_null()).then(constant("UNSPSC")),
            "description": pl.coalesce(text("Objeto del Contrato"), text("Descripcion del Proceso")),
            "date_signed": day("Fecha de Firma"),
            "contract_start": day("Fecha de Inicio del Contrato"),
            "contract_end": day("Fecha de Fin del Contrato"),
            "amount": money("Valor del Contrato", decimal=decimal),
            "currency": constant("COP", CURRENCY),
            "paid_amount": money("Valor Pagado", decimal=decimal),
            "status": text("Estado Contrato"),
            "url": text("URLProceso").str.extract(r"(https?://[^\s\"')}]+)"),
        },
        void=frozenset({"Borrador", "Cancelado"}),
        organisations=(
            Organisation(role="buyer", id="buyer_id", name="buyer_name", tax_id=True),
            Organisation(
                role="supplier", id="supplier_id", name="supplier_name", tax_id=True, apart="supplier_id"
            ),
        ),
    )


EXPORT: Final = Source(
    id="co_secop2_contracts",
    page=__doc__,
    jurisdiction="CO",
    homepage="https://www.datos.gov.co/resource/jbjy-vk9h",
    licence="CC BY-SA 4.0",
    layout=Csv(encodings=("utf-8",), separator=",", nulls=NULLS, private=frozenset(PRIVATE)),
    # The two columns of own money have been renamed.
    names={
        "Recursos Propios (Alcaldías y Gobernaciones)": r"Recursos Propios \(Alcaldías.*\)",
        "Otros Recursos (Especie, Privados, Cooperación, Propios Entidades Autónomas)": (
            r"Otros Recursos \(.*\)|Recursos Propios"
        ),
    },
    # Signature and term are `08/06/2018`; settlement, beside them, is `2026 Dec 31 12:00:00 AM`.
    outputs=(_contracts(decimal=",", days=("%m/%d/%Y", "%Y %b %d %I:%M:%S %p")),),
    optional=frozenset(OPTIONAL),
    ignored=frozenset(LEFT | PRIVATE),
    personal=frozenset({"supplier_id", "supplier_name"}),
    expected={
        "contract_id": 1.0,
        "buyer_id": 0.99,
        "supplier_name": 0.95,
        "procurement_method": 0.99,
        "date_signed": 0.9,
        "amount": 1.0,
    },
    downloads=Downloads(
        partial(
            socrata, "https://www.datos.gov.co/resource/jbjy-vk9h", column="fecha_de_firma", since="2015-01"
        )
    ),
)

SOURCE: Final = replace(
    EXPORT,
    shapes=(
        replace(
            EXPORT,
            names=READ | LEFT | PRIVATE,
            outputs=(_contracts(decimal=".", days=("%Y-%m-%dT%H:%M:%S%.f",)),),
        ),
    ),
)
