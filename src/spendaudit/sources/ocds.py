"""Any publisher of the Open Contracting Data Standard: releases, records, and tables with OCDS paths.

What it holds
-------------
Contracting processes, from the tender to the contract. Release packages, record packages, compiled and
versioned releases of OCDS 1.0 and 1.1 are read: as JSON, one after the other or a line each (`.jsonl`), in
gzip, or many in a zip. So are tables whose header cells are paths (`tender/title`, `awards/0/value/amount`).
`contracts` has one row per contract, joined with its award; an award without a contract is a row, and so is
a process that has nothing but a tender. Items, bids and amendments are in their own tables.

How often
---------
Each publisher has its own rhythm. The Data Registry of the Open Contracting Partnership
(data.open-contracting.org) collects most of them, a file a year and publication.

Licence
-------
Each publisher's own: packages state it under `license`, and it is noted with the file.

Caveats
-------
- All releases of a process that stand in one file are merged as the standard says, the last one counting;
  with a compiled release among them, the last of those is taken alone. The rows that they have in common
  count as merged. Releases of one process in several files are not brought together: use compiled releases.
- Of a record, the compiled release is read; without one, its releases. A record that only says where its
  releases are is put aside, and so is a process of which nothing but plans are published.
- `contract_id` is the ocid with the place of the contract in it, as in `ocds-213czf-1/contracts/2`: most
  publishers number contracts and awards from 1 in every process. `[2]` stands for the second one, where they
  have no number. `tender_id` is the ocid, because a tender's own number need not be unique.
- `row` counts the rows of a table in the order of the file, the merged ones last.
- `amount` is the contract's value. The award's stands in where the award has one contract or none; where it
  has several, none of which has a value, theirs stay empty. An award and its contract never count twice. The
  tender's value is given where it is in the same currency; it may be of several lots.
- Several suppliers of one award are one row, named together in the order of the alphabet (`A; B`), without a
  number: the amount is not that of any one of them.
- Contracts and awards that were cancelled or did not succeed are in the table; see `status`, as published.
- A party is known by the identifier that a register gave it, with its scheme (`CO-NIT-900123456`) where that
  is a code of org-id.guide. Only then is it known whose tax number it is, and judged. The `id` by which
  releases refer to parties may be a bare count: it is left out, unless there is no name either.
- `method`s and categories outside the standard's lists are `unknown`.
- Days are those that the publisher wrote, whatever the offset from UTC. `0001-01-01` and `1900-01-01` stand
  for no day. `published_date` is that of the award or tender; the date of a release is when it was written,
  often for all processes on one day, and is not kept.
- Prices of items may be those asked for in the tender, where a process is no further.
- `number_of_tenderers` is the published count, or else the number of tenderers, or of those whose bids were
  opened.
- In tables, each line is read for itself: sheets of one workbook are not joined, and of several suppliers in
  one line only the first is read. A semicolon between cells means a comma before decimals. `award/date` is
  the day of a tender's awards. Where there is a column `Total`, `tender/value` is the value of the line, as
  in Buenos Aires, and not of the tender.
- Contact points are never kept. Many suppliers are natural persons.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Final

import polars as pl

from spendaudit.enrich.ids import ANYWHERE
from spendaudit.ingest.cells import Cell, code, currency, date, integer, money, quantity, text, trimmed
from spendaudit.model.codelists import CATEGORY, METHOD
from spendaudit.sources._layouts import Layout
from spendaudit.sources._ocds_rows import GRAINS, fits, rows, says, tells_of
from spendaudit.sources._ocds_states import merged
from spendaudit.sources._releases import Downloads, yearly
from spendaudit.sources._source import Csv, Documents, Organisation, Output, Source, Workbook

METHODS: Final = {word: word for word in ("open", "selective", "limited", "direct")}

#: `consultingServices` was a category of its own in OCDS 1.0.
CATEGORIES: Final = {
    "goods": "goods",
    "services": "services",
    "works": "works",
    "consultingServices": "services",
}

_ISO_4217: Final = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN "
    "BYR BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EEK EGP ERN ETB "
    "EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY "
    "KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LTL LVL LYD MAD MDL MGA MKD MMK MNT MOP MRO "
    "MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD "
    "RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STD STN SVC SYP SZL THB TJS TMT TND TOP TRY "
    "TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VEF VES VND VUV WST XAF XCD XDR XOF XPF YER ZAR ZMK "
    "ZMW ZWL"
)

#: Any country may publish: every code in use, and those that old files still hold.
CURRENCIES: Final = {currency: currency for currency in _ISO_4217.split()}

_PARTIES: Final = (
    Organisation(role="buyer", id="buyer_id", name="buyer_name", tax_id=True),
    Organisation(role="supplier", id="supplier_id", name="supplier_name", tax_id=True),
)

_PERSONAL: Final = frozenset({"supplier_id", "supplier_name", "bidder_id", "bidder_name"})


def _day(column: str) -> Cell:
    return date(column, "%Y-%m-%d")


def _currency(column: str) -> Cell:
    return currency(column, meanings=CURRENCIES)


_CONTRACTS: Final = Output(
    table="contracts",
    grain="contract",
    columns={
        "contract_id": text("contract_id"),
        "ocid": text("ocid"),
        "tender_id": text("ocid"),
        "buyer_id": text("buyer_id"),
        "buyer_name": text("buyer_name"),
        "buyer_unit": text("buyer_unit"),
        "buyer_region": text("buyer_region"),
        "supplier_id": text("supplier_id"),
        "supplier_name": text("supplier_name"),
        "procurement_method": code("method", METHODS, METHOD),
        "procurement_method_details": text("method_details"),
        "main_procurement_category": code("category", CATEGORIES, CATEGORY),
        "main_procurement_category_details": text("category_details"),
        "item_code": text("item_code"),
        "item_scheme": text("item_scheme"),
        "title": text("title"),
        "description": text("description"),
        "tender_start": _day("tender_start"),
        "tender_end": _day("tender_end"),
        "award_date": _day("award_date"),
        "date_signed": _day("date_signed"),
        "contract_start": _day("contract_start"),
        "contract_end": _day("contract_end"),
        "published_date": _day("published_date"),
        "amount": money("amount", decimal="."),
        "currency": _currency("currency"),
        "tender_amount": money("tender_amount", decimal="."),
        "number_of_tenderers": integer("tenderers"),
        "amendments": integer("amendments"),
        "framework_id": text("framework_id"),
        "status": text("status"),
        "url": text("url"),
    },
    organisations=_PARTIES,
)

_ITEMS: Final = Output(
    table="items",
    grain="item",
    columns={
        "contract_id": text("contract_id"),
        "line": text("line"),
        "item_code": text("item_code"),
        "item_scheme": text("item_scheme"),
        "description": text("description"),
        "quantity": quantity("quantity", decimal="."),
        "unit": text("unit"),
        "unit_price": money("unit_price", decimal="."),
        "currency": _currency("currency"),
    },
)

_BIDS: Final = Output(
    table="bids",
    grain="bid",
    columns={
        "tender_id": text("ocid"),
        "bidder_id": text("bidder_id"),
        "bidder_name": text("bidder_name"),
        "amount": money("amount", decimal="."),
        "currency": _currency("currency"),
        "status": text("status"),
        "date": _day("date"),
    },
)

_AMENDMENTS: Final = Output(
    table="amendments",
    grain="amendment",
    columns={
        "contract_id": text("contract_id"),
        "number": text("number"),
        "date": _day("date"),
        "reason": text("reason"),
    },
)

_TREES: Final = Source(
    id="ocds",
    page=__doc__,
    jurisdiction=ANYWHERE,
    homepage="https://data.open-contracting.org",
    licence="each publisher's own; packages state it",
    layout=Documents(
        form="json",
        fits=fits,
        grains=GRAINS,
        rows=rows,
        trees=("releases", "records"),
        tells_of=tells_of,
        merge=merged,
        says=says,
        private=frozenset({"contactPoint", "additionalContactPoints"}),
    ),
    outputs=(_CONTRACTS, _ITEMS, _BIDS, _AMENDMENTS),
    personal=_PERSONAL,
    expected={"contract_id": 1.0},
    downloads=Downloads(
        partial(
            yearly,
            "https://data.open-contracting.org/en/publication/{publication}/download?name={year}.jsonl.gz",
            since="2000",
            name="{publication}-{year}.jsonl.gz",
        ),
        publication="the number of a publication in the OCP Data Registry",
    ),
)

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


def _tenders(layout: Layout, *, decimal: str) -> Source:
    """Describe a table of tenders, with a line for each of their items."""
    process = pl.coalesce("ocid", "tender/id").str.strip_chars()
    name = pl.col("@process") + "/tender"
    stated = money("@tender_amount", decimal=decimal)
    return replace(
        _TREES,
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
                    "currency": _currency("tender/value/currency"),
                    "tender_amount": stated,
                    "number_of_tenderers": integer("tender/numberOfTenderers"),
                    "status": text("tender/status"),
                },
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
                    "currency": _currency("tender/items/0/unit/value/currency"),
                },
                of=pl.coalesce("tender/items/0/id", "tender/items/0/description").is_not_null(),
            ),
        ),
        personal=frozenset(),
        expected={"contract_id": 1.0, "buyer_name": 0.9},
        downloads=None,
    )


def _awards(layout: Layout, *, decimal: str) -> Source:
    """Describe a table of awards, a line each."""
    name = pl.col("ocid").str.strip_chars() + "/awards/" + pl.col("awards/0/id").str.replace(r"\.0$", "")
    return replace(
        _TREES,
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
                    "currency": _currency("awards/0/value/currency"),
                    "status": text("awards/0/status"),
                },
                one_per="@award",
                repeated=("amount", "currency", "supplier_name"),
                organisations=_PARTIES,
            ),
        ),
        personal=frozenset({"supplier_name"}),
        expected={"contract_id": 1.0, "supplier_name": 0.99, "amount": 0.9},
        downloads=None,
    )


_SEMICOLONS: Final = Csv(encodings=("utf-8", "cp1252"), separator=";")
_COMMAS: Final = Csv(encodings=("utf-8", "cp1252"), separator=",")

#: A sheet of documents belongs to a workbook of OCDS; no table has a place for it.
_DOCUMENTS: Final = replace(
    _TREES,
    passed_over="a sheet of documents, which no table has a place for",
    layout=Workbook(),
    ignored=frozenset({"ocid", "id", "tender/documents/0/id", "tender/documents/0/description"}),
    outputs=(),
    personal=frozenset(),
    expected={},
    downloads=None,
)

SOURCE: Final = replace(
    _TREES,
    shapes=(
        _tenders(_SEMICOLONS, decimal=","),
        _tenders(_COMMAS, decimal="."),
        _tenders(Workbook(), decimal="."),
        _awards(_SEMICOLONS, decimal=","),
        _awards(_COMMAS, decimal="."),
        _awards(Workbook(), decimal="."),
        _DOCUMENTS,
    ),
)
