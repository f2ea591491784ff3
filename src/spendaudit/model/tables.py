"""The canonical tables: one grain each, OCDS and Fiscal Data Package names, exact money."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from spendaudit.model.codelists import (
    CATEGORY,
    CURRENCY,
    DATE_BASIS,
    DIRECTION,
    LEVEL,
    METHOD,
    ORGANISATION,
    PARTY_KIND,
)
from spendaudit.model.lists import LISTS, LOOKED_UP

#: Room for 10^15 units with four decimals (Chile's UF has four). Never a float.
MONEY: Final = pl.Decimal(20, 4)
QUANTITY: Final = pl.Decimal(20, 4)

_TEXT: Final = pl.String()
_DATE: Final = pl.Date()
#: A moment in UTC. Without a time zone in the type, which not every system knows the rules of.
_MOMENT: Final = pl.Datetime("us")
#: Minutes by which the published clock was ahead of UTC.
_OFFSET: Final = pl.Int16()

#: Where a row was published: which source, which file (short content id), which row of it, counting as a
#: spreadsheet does (the header is a row too). `source` and `file` are directories of the store.
PROVENANCE: Final = {"source": _TEXT, "file": _TEXT, "row": pl.UInt32()}

#: Which row of its table a row is, from 0, while tables are audited: several may be published in one place.
NUMBER: Final = "number in table"

_CONTRACTS: Final = {
    "contract_id": _TEXT,
    "ocid": _TEXT,
    "tender_id": _TEXT,
    "buyer_id": _TEXT,
    "buyer_name": _TEXT,
    "buyer_unit": _TEXT,
    "buyer_level": LEVEL,
    "buyer_region": _TEXT,
    "supplier_id": _TEXT,
    "supplier_name": _TEXT,
    "procurement_method": METHOD,
    "procurement_method_details": _TEXT,
    "main_procurement_category": CATEGORY,
    "main_procurement_category_details": _TEXT,
    "item_code": _TEXT,
    "item_scheme": _TEXT,
    "title": _TEXT,
    "description": _TEXT,
    "tender_start": _DATE,
    "tender_end": _DATE,
    "award_date": _DATE,
    "date_signed": _DATE,
    "contract_start": _DATE,
    "contract_end": _DATE,
    "published_date": _DATE,
    "amount": MONEY,
    "currency": CURRENCY,
    "tax_included": pl.Boolean(),
    "tender_amount": MONEY,
    "initial_amount": MONEY,
    "paid_amount": MONEY,
    "number_of_tenderers": pl.Int32(),
    "amendments": pl.Int32(),
    "framework_id": _TEXT,
    "status": _TEXT,
    "url": _TEXT,
}

_ITEMS: Final = {
    "contract_id": _TEXT,
    "line": _TEXT,
    "item_code": _TEXT,
    "item_scheme": _TEXT,
    "description": _TEXT,
    "quantity": QUANTITY,
    "unit": _TEXT,
    "unit_price": MONEY,
    "amount": MONEY,
    "currency": CURRENCY,
}

_BIDS: Final = {
    "tender_id": _TEXT,
    "bidder_id": _TEXT,
    "bidder_name": _TEXT,
    "amount": MONEY,
    "currency": CURRENCY,
    "status": _TEXT,
    "date": _DATE,
}

_AMENDMENTS: Final = {
    "contract_id": _TEXT,
    "number": _TEXT,
    "date": _DATE,
    "amount_change": MONEY,
    "contract_end": _DATE,
    "reason": _TEXT,
}

_BUDGET: Final = {
    "fiscal_year": pl.Int32(),
    "period_end": _DATE,
    "institution_id": _TEXT,
    "institution_name": _TEXT,
    "line_id": _TEXT,
    "parent_line_id": _TEXT,
    "level": pl.Int8(),
    "is_leaf": pl.Boolean(),
    "direction": DIRECTION,
    "administrative_code": _TEXT,
    "administrative_label": _TEXT,
    "functional_code": _TEXT,
    "functional_label": _TEXT,
    "economic_code": _TEXT,
    "economic_label": _TEXT,
    "fund_code": _TEXT,
    "fund_label": _TEXT,
    "approved": MONEY,
    "adjusted": MONEY,
    "committed": MONEY,
    "executed": MONEY,
    "paid": MONEY,
    "currency": CURRENCY,
}

_PAYMENTS: Final = {
    "payment_id": _TEXT,
    "date": _DATE,
    "payer_id": _TEXT,
    "payer_name": _TEXT,
    "payee_id": _TEXT,
    "payee_name": _TEXT,
    "amount": MONEY,
    "currency": CURRENCY,
    "document_id": _TEXT,
    "description": _TEXT,
    "contract_id": _TEXT,
    "line_id": _TEXT,
    "category": _TEXT,
}

_PARTIES: Final = {
    "party_id": _TEXT,
    "scheme": _TEXT,
    "name": _TEXT,
    "kind": PARTY_KIND,
    "registered_on": _DATE,
    "status": _TEXT,
    "address": _TEXT,
    "phone": _TEXT,
    "email": _TEXT,
    "list": _TEXT,
    "valid_from": _DATE,
    "valid_to": _DATE,
}

_PLAN: Final = {
    "plan_id": _TEXT,
    "buyer_id": _TEXT,
    "buyer_name": _TEXT,
    "title": _TEXT,
    "item_code": _TEXT,
    "fiscal_year": pl.Int32(),
}

_DATES: Final = {"date": _DATE, "name": _TEXT, "country": _TEXT}

#: What a source publishes, table by table: the columns that any source file may map.
PUBLISHED: Final[Mapping[str, pl.Schema]] = {
    "contracts": pl.Schema(_CONTRACTS),
    "items": pl.Schema(_ITEMS),
    "bids": pl.Schema(_BIDS),
    "amendments": pl.Schema(_AMENDMENTS),
    "budget": pl.Schema(_BUDGET),
    "payments": pl.Schema(_PAYMENTS),
    "parties": pl.Schema(_PARTIES),
    "plan": pl.Schema(_PLAN),
    "dates": pl.Schema(_DATES),
}

#: What trees tell of a process beside that, and flat files do not. No mapping of a person's own file does.
#: References are the numbers by which one process calls its parties, of several `; ` between them, in order:
#: they hold in that process, and may mean another party in the next. Moments are null where the publisher
#: left out the hour, or the offset from UTC.
PROCESS: Final[Mapping[str, pl.Schema]] = {
    "contracts": pl.Schema(
        {
            "award_id": _TEXT,
            "award_status": _TEXT,
            "tender_status": _TEXT,
            "buyer_ref": _TEXT,
            "procuring_entity_ref": _TEXT,
            "supplier_refs": _TEXT,
            "tender_start_time": _MOMENT,
            "tender_end_time": _MOMENT,
            "tender_end_offset": _OFFSET,
        }
    ),
    "bids": pl.Schema({"bidder_refs": _TEXT, "time": _MOMENT, "time_offset": _OFFSET}),
}

#: Stored beside them: keys and dates that every rule groups by, worked out once, when a file is loaded.
KEYS: Final[Mapping[str, pl.Schema]] = {
    "contracts": pl.Schema(
        {
            "buyer_key": ORGANISATION,
            "supplier_key": ORGANISATION,
            "supplier_kind": PARTY_KIND,
            "supplier_id_valid": pl.Boolean(),
            "decision_date": _DATE,
            "date_basis": DATE_BASIS,
            # Whether the published status says that it came to nothing; null where none is published.
            "is_void": pl.Boolean(),
        }
    ),
    "payments": pl.Schema({"payer_key": ORGANISATION, "payee_key": ORGANISATION, "payee_kind": PARTY_KIND}),
    # By a valid number, and by the name: what rests on a name alone is a lead.
    "parties": pl.Schema({"party_key": ORGANISATION, "name_key": ORGANISATION}),
}

#: Joined when a run starts, because the user may override them: the legal limit in force.
LIMITS: Final[Mapping[str, pl.Schema]] = {
    "contracts": pl.Schema({"limit": MONEY, "limit_source": _TEXT}),
}


def mappable(table: str) -> pl.Schema:
    """Columns of a table that a source may map."""
    return pl.Schema({**PUBLISHED[table], **PROCESS.get(table, {})})


def stored_schema(table: str) -> pl.Schema:
    """Columns of a table's Parquet files, without the two that are directory names."""
    return pl.Schema({"row": PROVENANCE["row"], **mappable(table), **KEYS.get(table, {})})


#: What is nowhere stored.
JOINED: Final[Mapping[str, pl.Schema]] = {
    table: pl.Schema({**LIMITS.get(table, {}), **LOOKED_UP.get(table, {})}) for table in PUBLISHED
}

_READ: Final = {
    table: pl.Schema({**PROVENANCE, **mappable(table), **KEYS.get(table, {}), **JOINED[table]})
    for table in PUBLISHED
}

#: What a rule may read: the tables, and each reference list by its own name.
SCHEMAS: Final[Mapping[str, pl.Schema]] = {**_READ, **{name: _READ[table] for name, table in LISTS.items()}}

#: What an audit asks of every row first, and the columns that say it: one of them is enough.
ESSENTIAL: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "contracts": {
        "date": ("decision_date",),
        "amount": ("amount",),
        "buyer": ("buyer_key",),
        "supplier": ("supplier_key",),
    },
    "payments": {
        "date": ("date",),
        "amount": ("amount",),
        "buyer": ("payer_key",),
        "supplier": ("payee_key",),
    },
    "budget": {
        "date": ("fiscal_year", "period_end"),
        "amount": ("approved", "adjusted", "committed", "executed", "paid"),
        "buyer": ("institution_id", "institution_name"),
    },
}

#: The column that names a row of a table to a person, and in a fingerprint.
IDENTIFIER: Final[Mapping[str, str]] = {
    "contracts": "contract_id",
    "items": "contract_id",
    "bids": "tender_id",
    "amendments": "contract_id",
    "budget": "line_id",
    "payments": "payment_id",
    "parties": "party_id",
    "plan": "plan_id",
    "dates": "name",
}

#: Which column tells when a row of a table happened.
DATE: Final[Mapping[str, str]] = {
    "contracts": "decision_date",
    "bids": "date",
    "amendments": "date",
    "budget": "period_end",
    "payments": "date",
    "parties": "registered_on",
}
#: Which column of a table holds the amount that adds up.
AMOUNT: Final[Mapping[str, str]] = {
    "contracts": "amount",
    "items": "amount",
    "bids": "amount",
    "amendments": "amount_change",
    "budget": "executed",
    "payments": "amount",
}


@dataclass(frozen=True, slots=True)
class Tables:
    """The canonical tables that a run can read, by name; a table that nobody loaded is absent."""

    frames: Mapping[str, pl.LazyFrame]

    def __getitem__(self, table: str) -> pl.LazyFrame:
        """Return one table."""
        return self.frames[table]

    def __contains__(self, table: str) -> bool:
        """Tell whether any loaded file fills the table."""
        return table in self.frames

    def map(self, change: Callable[[str, pl.LazyFrame], pl.LazyFrame]) -> "Tables":
        """Apply a change to every frame, given its name."""
        return Tables({name: change(name, frame) for name, frame in self.frames.items()})
