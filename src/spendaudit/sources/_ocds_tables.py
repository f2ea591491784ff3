"""Tables whose header cells are paths of OCDS (`tender/title`), as some publishers flatten their trees."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import polars as pl

from spendaudit.ingest.cells import Cell, code, integer, money, quantity, text, trimmed
from spendaudit.model.codelists import CATEGORY, METHOD
from spendaudit.sources._layouts import Layout
from spendaudit.sources._ocds_codes import CATEGORIES, METHODS, VOID, any_currency
from spendaudit.sources._source import Csv, Organisation, Output, Source, Workbook

#: Paths that are read in a table of tenders, and in one of awards.
_OF_TENDERS: Final = (
    *("ocid", "buyer/name", "tender/id", "tender/title", "tender/description", "tender/status"),
    *("tender/procuringEntity/name", "tender/value/amount", "tender/value/currency"),
    *("tender/procurementMethod", "tender/procurementMethodDetails", "tender/mainProcurementCategory"),
    *("tender/tenderPeriod/startDate", "tender/tenderPeriod/endDate", "tender/numberOfTenderers"),
    *("tender/items/0/id", "tender/items/0/description", "tender/items/0/quantity"),
    *("tender/items/0/unit/name", "tender/items/0/unit/value/amount", "tender/items/0/unit/value/currency"),
    "award/date",
)
#: Without these a table is none of tenders.
_NEEDED: Final = frozenset({"tender/id", "tender/title", "tender/value/amount", "tender/value/currency"})
_OF_AWARDS: Final = (
    *("ocid", "buyer/name", "awards/0/id", "awards/0/title", "awards/0/status", "awards/0/date"),
    *("awards/0/suppliers/0/name", "awards/0/value/amount", "awards/0/value/currency"),
)

#: Any other path of the standard: left aside, whatever it is.
_OTHER: Final = "another path"


def _others(read: Iterable[str]) -> str:
    """Match the paths that are not read."""
    parts = "planning|tender|awards?|contracts|parties|buyer|relatedProcesses"
    return f"(?!(?:{'|'.join(read)})$)(?:(?:{parts})/.+|ocid|id|date|tag|language|initiationType)"


def _moment(column: str) -> Cell:
    """Read the day of a moment, whatever its hours and offset."""
    words = trimmed(column)
    day = words.str.replace(r"^(\d{4}-\d{2}-\d{2})[T ].*$", "$1").str.to_date("%Y-%m-%d", strict=False)
    return Cell(day, words, day)


def _tenders(trees: Source, layout: Layout, *, decimal: str) -> Source:
    """Describe a table of tenders, with a line for each of their items."""
    process = pl.coalesce("ocid", "tender/id").str.strip_chars()
    name = pl.col("@process") + "/tender"
    stated = money("@tender_amount", decimal=decimal)
    return replace(
        trees,
        layout=layout,
        names={
            "tender/items/0/id": "tender/items/(?:0/)?id",
            "tender/items/0/description": "tender/items/(?:0/)?description",
            _OTHER: _others(_OF_TENDERS),
        },
        derived={
            "@process": process,
            "@tender_amount": pl.when(pl.col("Total").is_null()).then("tender/value/amount"),
        },
        optional=frozenset({*_OF_TENDERS, "Total"}) - _NEEDED,
        ignored=frozenset({_OTHER}),
        outputs=(
            Output(
                table="contracts",
                columns={
                    "contract_id": name,
                    "ocid": text("ocid"),
                    "tender_id": pl.col("@process"),
                    "buyer_name": pl.coalesce(text("buyer/name"), text("tender/procuringEntity/name")),
                    "buyer_unit": pl.when(text("buyer/name").is_not_null()).then(
                        text("tender/procuringEntity/name")
                    ),
                    "procurement_method": code("tender/procurementMethod", METHODS, METHOD),
                    "procurement_method_details": text("tender/procurementMethodDetails"),
                    "main_procurement_category": code("tender/mainProcurementCategory", CATEGORIES, CATEGORY),
                    "main_procurement_category_details": text("tender/mainProcurementCategory"),
                    "title": text("tender/title"),
                    "description": text("tender/description"),
                    "tender_start": _moment("tender/tenderPeriod/startDate"),
                    "tender_end": _moment("tender/tenderPeriod/endDate"),
                    "award_date": _moment("award/date"),
                    "currency": any_currency("tender/value/currency"),
                    "tender_amount": stated,
                    "number_of_tenderers": integer("tender/numberOfTenderers"),
                    "status": text("tender/status"),
                },
                void=VOID,
                one_per="@process",
                repeated=("title", "buyer_name", "tender_start"),
                organisations=(Organisation(role="buyer", id="buyer_id", name="buyer_name", tax_id=False),),
            ),
            Output(
                table="items",
                columns={
                    "contract_id": name,
                    "line": text("tender/items/0/id"),
                    "description": text("tender/items/0/description"),
                    "quantity": quantity("tender/items/0/quantity", decimal=decimal),
                    "unit": text("tender/items/0/unit/name"),
                    "unit_price": money("tender/items/0/unit/value/amount", decimal=decimal),
                    "amount": money("Total", decimal=decimal),
                    "currency": any_currency("tender/items/0/unit/value/currency"),
                },
                of=pl.coalesce("tender/items/0/id", "tender/items/0/description").is_not_null(),
            ),
        ),
        personal=frozenset(),
        expected={"contract_id": 1.0, "buyer_name": 0.9},
        downloads=None,
    )


def _awards(trees: Source, layout: Layout, *, decimal: str) -> Source:
    """Describe a table of awards, a line each."""
    name = pl.col("ocid").str.strip_chars() + "/awards/" + pl.col("awards/0/id").str.replace(r"\.0$", "")
    return replace(
        trees,
        layout=layout,
        names={_OTHER: _others(_OF_AWARDS)},
        derived={"@award": name},
        optional=frozenset({"awards/0/date", "awards/0/title", "awards/0/status", "buyer/name"}),
        ignored=frozenset({_OTHER}),
        outputs=(
            Output(
                table="contracts",
                columns={
                    "contract_id": pl.col("@award"),
                    "ocid": text("ocid"),
                    "tender_id": text("ocid"),
                    "buyer_name": text("buyer/name"),
                    "supplier_name": text("awards/0/suppliers/0/name"),
                    "title": text("awards/0/title"),
                    "award_date": _moment("awards/0/date"),
                    "amount": money("awards/0/value/amount", decimal=decimal),
                    "currency": any_currency("awards/0/value/currency"),
                    "status": text("awards/0/status"),
                },
                void=VOID,
                one_per="@award",
                repeated=("amount", "currency", "supplier_name"),
                organisations=trees.outputs[0].organisations,
            ),
        ),
        personal=frozenset({"supplier_name"}),
        expected={"contract_id": 1.0, "supplier_name": 0.99, "amount": 0.9},
        downloads=None,
    )


_SEMICOLONS: Final = Csv(encodings=("utf-8", "cp1252"), separator=";")
_COMMAS: Final = Csv(encodings=("utf-8", "cp1252"), separator=",")


def tables(trees: Source) -> tuple[Source, ...]:
    """Describe every kind of table, as a shape of the source that reads trees."""
    # A semicolon between cells leaves the comma free to stand before decimals, and is there for that.
    layouts = ((_SEMICOLONS, ","), (_COMMAS, "."), (Workbook(), "."))
    return (
        *(_tenders(trees, layout, decimal=mark) for layout, mark in layouts),
        *(_awards(trees, layout, decimal=mark) for layout, mark in layouts),
        replace(
            trees,
            passed_over="a sheet of documents, which no table has a place for",
            layout=Workbook(),
            ignored=frozenset({"ocid", "id", "tender/documents/0/id", "tender/documents/0/description"}),
            outputs=(),
            personal=frozenset(),
            expected={},
            downloads=None,
        ),
    )
