"""Reads dates whose month is a word, in Spanish, Portuguese or English: `5 de enero de 2024`, `05-ENE-24`."""

import datetime as dt
from collections.abc import Mapping
from typing import Final

import polars as pl

from spendaudit.ingest.cells import Cell, trimmed

_MONTHS: Final[Mapping[str, tuple[str, ...]]] = {
    "es": (
        *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
        *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ),
    "pt": (
        *("janeiro", "fevereiro", "marco", "abril", "maio", "junho"),
        *("julho", "agosto", "setembro", "outubro", "novembro", "dezembro"),
    ),
    "en": (
        *("january", "february", "march", "april", "may", "june"),
        *("july", "august", "september", "october", "november", "december"),
    ),
}
_OTHERS: Final = {"setiembre": 9, "sept": 9}


def _numbers() -> dict[str, int]:
    numbers = dict(_OTHERS)
    for months in _MONTHS.values():
        for number, month in enumerate(months, start=1):
            numbers[month] = numbers[month[:3]] = number
    return numbers


#: Every word and its short form -> the month. No short form means two months in two of these languages.
MONTHS: Final[Mapping[str, int]] = _numbers()


def worded_date(column: str, *patterns: str) -> Cell:
    """Read a date by patterns of its parts in order, the month as `m%m`: `%d-m%m-%Y`, `m%m-%d-%Y`."""
    words = trimmed(column)
    parts = _parts(words)
    days = [parts.str.to_date(pattern, strict=False) for pattern in patterns]
    # `%Y` takes `24` for a year of Rome.
    value = pl.coalesce(pl.when(day >= pl.lit(dt.date(1000, 1, 1))).then(day) for day in days)
    return Cell(value, words, value)


def _parts(words: pl.Expr) -> pl.Expr:
    """Write the parts of a date between dashes, its month as a marked number: `5-m1-2024`."""
    bare = words.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_lowercase()
    bare = bare.str.replace_all(r"(\d)(?:st|nd|rd|th|o)\b", "$1").str.replace_all(r"\b(?:de|del|do|of)\b", "")
    parts = bare.str.extract_all(r"[a-z]+|\d+")
    numbered = parts.list.eval(pl.element().replace({word: f"m{number}" for word, number in MONTHS.items()}))
    # Anything else between the parts would be dropped in silence.
    return pl.when(bare.str.contains(r"^[a-z0-9\s\-/.,]+$")).then(numbered.list.join("-"))
