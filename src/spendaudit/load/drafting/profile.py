"""What do the cells of a column look like? Shapes and counts, from which nothing is concluded here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import polars as pl

from spendaudit.ingest.cells import CURRENCIES
from spendaudit.load.drafting.dates import Dates, read_dates
from spendaudit.load.drafting.numbers import Numbers, read_numbers
from spendaudit.load.drafting.sample import Sample
from spendaudit.load.drafting.words import Reading, dictionary, folded, read_header

#: Distinct values that are kept, to be matched with closed lists.
_FEW: Final = 40
#: Words for nothing are short.
_LONGEST_NOTHING: Final = 24
#: A number of a person or a company, in the ways in which countries write them.
_TAX: Final = (
    r"^(?:[A-Z]{1,4}-?)?\d[\d.\-/ ]{5,17}[\dA-Za-z]$|^[A-Z&Ñ]{3,4}\d{6}[A-Z0-9]{3}$|^[A-Z]\d{7}[A-Z0-9]$"
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: its header, read, and the shapes of its cells."""

    name: str
    header: Reading
    #: Cells that hold something, and all cells.
    filled: int
    rows: int
    distinct: int
    numbers: Numbers
    dates: Dates
    #: Shares of the filled cells: with a letter, with a figure, like a tax number, an address on the web, an
    #: address of mail, a year, a whole number, a known currency.
    lettered: float
    figured: float
    taxed: float
    linked: float
    mailed: float
    years: float
    whole: float
    currencies: float
    #: Mean number of characters.
    length: float
    #: Values, the commonest first, where there are few.
    values: tuple[str, ...]
    #: Cells that are one dash: padded as spreadsheets write zero, and others.
    zero_dashes: int
    dashes: int
    #: Words for nothing, as published.
    nothing: frozenset[str]

    @property
    def fill(self) -> float:
        """Share of the cells that hold something."""
        return self.filled / self.rows if self.rows else 0.0


def profile(sample: Sample) -> tuple[Column, ...]:
    """Describe every column of a sample, in the file's order."""
    return tuple(_column(name, sample.frame[name]) for name in sample.names)


def nothing_words(columns: Iterable[Column]) -> tuple[str, ...]:
    """Words for nothing that were met, as published; the loader compares whole cells."""
    return tuple(sorted({word for column in columns for word in column.nothing}))


def _column(name: str, cells: pl.Series) -> Column:
    trimmed = cells.str.strip_chars().rename("cell")
    dashes = trimmed.is_in(["-", "--", "\u2013"])
    counts = trimmed.filter(~dashes & (trimmed != "")).value_counts(sort=False)
    words = counts["cell"].filter(counts["cell"].str.len_chars() <= _LONGEST_NOTHING)
    nothing = frozenset(word for word in words.to_list() if folded(word) in dictionary().nothing)
    if nothing:
        counts = counts.filter(~counts["cell"].is_in(list(nothing)))
    counts = counts.sort(["count", "cell"], descending=[True, False])
    filled = int(counts["count"].sum())
    shares = counts.select(
        (pl.col("count") * shape).sum().alias(kind) / max(filled, 1) for kind, shape in _SHAPES.items()
    ).row(0, named=True)
    values = tuple(counts["cell"].to_list()) if counts.height <= _FEW else ()
    return Column(
        name=name,
        header=read_header(name),
        filled=filled,
        rows=cells.len(),
        distinct=counts.height,
        numbers=read_numbers(counts),
        dates=read_dates(counts),
        currencies=sum(count for cell, count in counts.iter_rows() if _is_currency(cell)) / max(filled, 1)
        if values
        else 0.0,
        values=values,
        zero_dashes=int((dashes & cells.str.contains(r"^\s+\S+\s+$")).sum()) if dashes.any() else 0,
        dashes=int(dashes.sum()),
        nothing=nothing,
        **shares,
    )


_SHAPES: Final[Mapping[str, pl.Expr]] = {
    "lettered": pl.col("cell").str.contains(r"\p{L}"),
    "figured": pl.col("cell").str.contains(r"\d"),
    "taxed": pl.col("cell").str.to_uppercase().str.contains(_TAX),
    "linked": pl.col("cell").str.contains(r"^(?:https?://|www\.)"),
    "mailed": pl.col("cell").str.contains(r"^[^@\s]+@[^@\s]+\.\w+$"),
    "years": pl.col("cell").str.contains(r"^(?:19[89]|20[0-6])\d$"),
    "whole": pl.col("cell").str.contains(r"^\d{1,9}$"),
    "length": pl.col("cell").str.len_chars(),
}


def _is_currency(cell: str) -> bool:
    return cell in CURRENCIES or folded(cell) in _currency_words()


@cache
def _currency_words() -> frozenset[str]:
    return frozenset(folded(word) for words in dictionary().meanings["currency"].values() for word in words)
