"""What the codes of OCDS mean, whichever way a publisher writes them."""

from typing import Final

from spendaudit.ingest.cells import Cell, currency

METHODS: Final = {word: word for word in ("open", "selective", "limited", "direct")}

#: `consultingServices` was a category of its own in OCDS 1.0.
CATEGORIES: Final = {
    "goods": "goods",
    "services": "services",
    "works": "works",
    "consultingServices": "services",
}

#: Statuses of tenders, awards and contracts that came to nothing. What is `terminated` may be delivered.
VOID: Final = frozenset({"cancelled", "unsuccessful", "withdrawn"})

#: Statuses of tenders that leave nothing of their awards and contracts. One that was `unsuccessful` may have
#: lots that were awarded.
VOID_TENDER: Final = frozenset({"cancelled"})

#: Codes of ISO 4217 beside those in daily use: withdrawn ones, which old files hold, and codes of funds.
_OTHERS: Final = "BYR CHE CHW CUC EEK HRK LTL LVL MRO SLL STD USN UYW VEF ZMK ZWL"


def any_currency(column: str) -> Cell:
    """Read a currency code of any country and time."""
    return currency(column, meanings={code: code for code in _OTHERS.split()})
