"""The reference lists that a run can be given, and the columns that are looked up in them.

A list fills a canonical table; rules read it as a table of the list's own name (`sanctions`), or as a column
that stands beside each row of the data (`supplier_registered_on`).
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from spendaudit.model.codelists import ORGANISATION

#: Each list, and the canonical table that its files fill.
LISTS: Final[Mapping[str, str]] = {
    "sanctions": "parties",
    "registry": "parties",
    "connections": "parties",
    "plan": "plan",
    "election_dates": "dates",
    "holidays": "dates",
}

#: What a person calls them.
CALLED: Final[Mapping[str, str]] = {
    "sanctions": "list of sanctions",
    "registry": "register",
    "connections": "list of connections",
    "plan": "procurement plan",
    "election_dates": "list of election dates",
    "holidays": "list of holidays",
}

#: How the source of a list's file is called: `list_sanctions`.
_SOURCE: Final = "list_"

_DATE: Final = pl.Date()
_TEXT: Final = pl.String()

#: Looked up when a run starts, because lists are the user's; null where no list was given, or it does not
#: tell. `holiday` is that of `date_signed`, or of `date`.
LOOKED_UP: Final[Mapping[str, pl.Schema]] = {
    "contracts": pl.Schema(
        {
            # Of suppliers with a valid number: whether the register has it.
            "supplier_in_registry": pl.Boolean(),
            "supplier_registered_on": _DATE,
            # The last day in the register; null for one that still stands there.
            "supplier_registered_to": _DATE,
            "holiday": _TEXT,
            # On or after the day of the decision.
            "next_election": _DATE,
        }
    ),
    "payments": pl.Schema({"payee_registered_on": _DATE, "holiday": _TEXT}),
    # Whose name, and no number, is that of the listed party.
    "parties": pl.Schema({"lead_key": ORGANISATION}),
    "plan": pl.Schema({"buyer_key": ORGANISATION}),
}

#: The list that each of these columns is looked up in.
LOOKED_UP_IN: Final[Mapping[str, str]] = {
    "supplier_in_registry": "registry",
    "supplier_registered_on": "registry",
    "supplier_registered_to": "registry",
    "payee_registered_on": "registry",
    "next_election": "election_dates",
    "holiday": "holidays",
}


def source_of(name: str) -> str:
    """Name the source of a list's files."""
    return f"{_SOURCE}{name}"


def list_of(source: str) -> str:
    """Name the list that a source's files are of; empty for a source of data."""
    name = source.removeprefix(_SOURCE)
    return name if source.startswith(_SOURCE) and name in LISTS else ""


def option_of(name: str) -> str:
    """Write the option that gives a list."""
    return f"--list {name}" if name == "holidays" else f"--list {name}=FILE"
