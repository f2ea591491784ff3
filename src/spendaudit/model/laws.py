"""Whose limit is it, in the reader's language? Says what `limit_source` holds: a law and its number."""

import re
from decimal import Decimal
from typing import Final

from spendaudit.i18n import ENGLISH, language, number, t

#: As `enrich.law` puts it: `Ley 1: at most 30 UTM of 2024-12 (67,294 CLP) (a caveat; VAT excluded)`.
_SOURCE: Final = re.compile(
    r"(?P<law>.+): (?P<comparison>at most|below) (?P<amount>[\d,.]+) (?P<unit>\S+)"
    r"(?: of (?P<month>\d{4}-\d\d) \((?P<worth>[\d,.]+) (?P<currency>[A-Z]{3})\))?(?: \((?P<notes>.+)\))?"
)


def source_of_limit(said: str) -> str:
    """Say a law's limit; what is put in other ways stays as it is. Names of laws have no translation."""
    found = _SOURCE.fullmatch(said)
    if language() == ENGLISH or not found:
        return said
    unit = found["unit"]
    if found["month"]:
        worth = f"{_exactly(found['worth'])} {found['currency']}"
        unit = t("{unit} of {month} ({worth})", unit=unit, month=found["month"], worth=worth)
    notes = "; ".join(t(note) for note in (found["notes"] or "").split("; "))
    told = f"{found['law']}: {t(found['comparison'])} {_exactly(found['amount'])} {unit}"
    return f"{told} ({notes})" if notes else told


def _exactly(written: str) -> str:
    return number(Decimal(written.replace(",", "")), len(written.partition(".")[2]))
