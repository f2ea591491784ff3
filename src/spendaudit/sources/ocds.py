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
  number: the amount is not that of any one of them. So are several tenderers of one bid.
- Contracts, awards and tenders that were cancelled, withdrawn or did not succeed are in the table; see
  `status`, as published. They came to nothing (`is_void`) and count as no spending. One that was `terminated`
  did count: the standard calls so what has come to its end, too. All that stands under a tender that was
  cancelled came to nothing, whatever it says of itself.
- `award_id` names the award of a row as `contract_id` names contracts; `status` is the contract's own, where
  it has one, and `award_status` the award's.
- `buyer_ref`, `procuring_entity_ref`, `supplier_refs` and `bidder_refs` are the `id`s by which a process
  refers to its parties, of several all (`1; 2`): they tell who is who in one process, whatever their names.
- A party is known by the identifier that a register gave it, with its scheme (`CO-NIT-900123456`) where that
  is a code of org-id.guide. Only then is it known whose tax number it is, and judged. The `id` by which
  releases refer to parties may be a bare count: it is left out, unless there is no name either.
- `method`s and categories outside the standard's lists are `unknown`.
- Days are those that the publisher wrote, whatever the offset from UTC. `0001-01-01` and `1900-01-01` stand
  for no day. Where hour and offset are published, `tender_start_time`, `tender_end_time` and the `time` of
  bids are moments in UTC. `published_date` is that of the award or tender; the date of a release is when it
  was written, often for all processes on one day, and is not kept.
- Prices of items may be those asked for in the tender, where a process is no further.
- `number_of_tenderers` is the published count, or else the number of tenderers, or of those whose bids were
  opened.
- In tables, each line is read for itself: sheets of one workbook are not joined, and of several suppliers in
  one line only the first is read. A semicolon between cells means a comma before decimals. `award/date` is
  the day of a tender's awards. Where there is a column `Total`, `tender/value` is the value of the line, as
  in Buenos Aires, and not of the tender.
- Contact points are never kept. Many suppliers are natural persons.
"""

from dataclasses import replace
from functools import partial
from typing import Final

import polars as pl

from spendaudit.enrich.ids import ANYWHERE
from spendaudit.ingest.cells import Cell, code, date, integer, moment, money, offset, quantity
from spendaudit.model.codelists import CATEGORY, METHOD
from spendaudit.sources._layouts import Laid
from spendaudit.sources._ocds_codes import CATEGORIES, METHODS, VOID, VOID_TENDER, any_currency
from spendaudit.sources._ocds_rows import GRAINS, fits, rows, says, tells_of
from spendaudit.sources._ocds_states import merged
from spendaudit.sources._ocds_tables import tables
from spendaudit.sources._releases import Downloads, yearly
from spendaudit.sources._source import Documents, Organisation, Output, Source


def _lines(text: bytes) -> Laid:
    from spendaudit.sources._ocds_lines import lines  # noqa: PLC0415 its parser is for files of lines alone

    return lines(text)


_PARTIES: Final = (
    Organisation(role="buyer", id="buyer_id", name="buyer_name", tax_id=True),
    Organisation(role="supplier", id="supplier_id", name="supplier_name", tax_id=True),
)

_PERSONAL: Final = frozenset(
    {"supplier_id", "supplier_name", "supplier_refs", "bidder_id", "bidder_name", "bidder_refs"}
)


def _day(column: str) -> Cell:
    return date(column, "%Y-%m-%d")


# Words come without blanks around them, and never empty: `_ocds_rows` and `_ocds_lines` see to it.
_CONTRACTS: Final = Output(
    table="contracts",
    grain="contract",
    columns={
        "contract_id": pl.col("contract_id"),
        "ocid": pl.col("ocid"),
        "tender_id": pl.col("ocid"),
        "buyer_id": pl.col("buyer_id"),
        "buyer_name": pl.col("buyer_name"),
        "buyer_unit": pl.col("buyer_unit"),
        "buyer_region": pl.col("buyer_region"),
        "supplier_id": pl.col("supplier_id"),
        "supplier_name": pl.col("supplier_name"),
        "procurement_method": code("method", METHODS, METHOD),
        "procurement_method_details": pl.col("method_details"),
        "main_procurement_category": code("category", CATEGORIES, CATEGORY),
        "main_procurement_category_details": pl.col("category_details"),
        "item_code": pl.col("item_code"),
        "item_scheme": pl.col("item_scheme"),
        "title": pl.col("title"),
        "description": pl.col("description"),
        "tender_start": _day("tender_start"),
        "tender_end": _day("tender_end"),
        "award_date": _day("award_date"),
        "date_signed": _day("date_signed"),
        "contract_start": _day("contract_start"),
        "contract_end": _day("contract_end"),
        "published_date": _day("published_date"),
        "amount": money("amount", decimal="."),
        "currency": any_currency("currency"),
        "tender_amount": money("tender_amount", decimal="."),
        "number_of_tenderers": integer("tenderers"),
        "amendments": integer("amendments"),
        "framework_id": pl.col("framework_id"),
        "status": pl.col("status"),
        "url": pl.col("url"),
        "award_id": pl.col("award_id"),
        "award_status": pl.col("award_status"),
        "tender_status": pl.col("tender_status"),
        "buyer_ref": pl.col("buyer_ref"),
        "procuring_entity_ref": pl.col("entity_ref"),
        "supplier_refs": pl.col("supplier_refs"),
        "tender_start_time": moment("tender_start_time"),
        "tender_end_time": moment("tender_end_time"),
        "tender_end_offset": offset("tender_end_time"),
    },
    void=VOID,
    void_tender=VOID_TENDER,
    organisations=_PARTIES,
)

_ITEMS: Final = Output(
    table="items",
    grain="item",
    columns={
        "contract_id": pl.col("contract_id"),
        "line": pl.col("line"),
        "item_code": pl.col("item_code"),
        "item_scheme": pl.col("item_scheme"),
        "description": pl.col("description"),
        "quantity": quantity("quantity", decimal="."),
        "unit": pl.col("unit"),
        "unit_price": money("unit_price", decimal="."),
        "currency": any_currency("currency"),
    },
)

_BIDS: Final = Output(
    table="bids",
    grain="bid",
    columns={
        "tender_id": pl.col("ocid"),
        "bidder_id": pl.col("bidder_id"),
        "bidder_name": pl.col("bidder_name"),
        "amount": money("amount", decimal="."),
        "currency": any_currency("currency"),
        "status": pl.col("status"),
        "date": _day("date"),
        "bidder_refs": pl.col("bidder_refs"),
        "time": moment("time"),
        "time_offset": offset("time"),
    },
)

_AMENDMENTS: Final = Output(
    table="amendments",
    grain="amendment",
    columns={
        "contract_id": pl.col("contract_id"),
        "number": pl.col("number"),
        "date": _day("date"),
        "reason": pl.col("reason"),
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
        lines=_lines,
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

SOURCE: Final = replace(_TREES, shapes=tables(_TREES))
