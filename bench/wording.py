"""What orders are put into words with: parties, products, texts, and how a number is written."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

import law
import parties
import words

_PRODUCTS: Final = 900


@dataclass(frozen=True, slots=True)
class Wording:
    """Everything that orders are put into words with."""

    buyers: parties.Buyers
    unit_cells: pl.Series
    supplier_cells: pl.Series
    product_cells: pl.Series
    titles: pl.Series
    remarks: pl.Series
    answers: pl.Series
    #: From this remark on they are odd.
    odd_from: int


def wording(buyers: int, suppliers: int, rng: np.random.Generator) -> Wording:
    """Invent the parties and the products."""
    invented = parties.invent_buyers(buyers, rng)
    remarks, odd_from = words.remarks()
    return Wording(
        invented,
        words.series(invented.cells),
        words.series(parties.invent_suppliers(suppliers, rng)),
        words.products(_PRODUCTS, rng),
        words.titles(),
        remarks,
        words.answers(),
        odd_from,
    )


def decimal(ten_thousandths: pl.Expr) -> pl.Expr:
    """Write `48984431,72`, no trailing zeros, and round millions as R does: `1,5e+07`."""
    whole, part = ten_thousandths // law.PLACES, ten_thousandths % law.PLACES
    digits = whole.cast(pl.String)
    tail = part.cast(pl.String).str.zfill(4).str.strip_chars_end("0")
    mantissa = digits.str.strip_chars_end("0")
    rest = mantissa.str.slice(1)
    power = (digits.str.len_bytes() - 1).cast(pl.String).str.zfill(2)
    short = pl.concat_str(
        mantissa.str.head(1), pl.when(rest != "").then("," + rest).otherwise(pl.lit("")), pl.lit("e+"), power
    )
    return (
        pl.when(part != 0)
        .then(pl.concat_str(digits, pl.lit(","), tail))
        .when((whole > 0) & (whole % 1_000_000 == 0))
        .then(short)
        .otherwise(digits)
    )


def picked(words_: pl.Series, place: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pl.Series:
    """Take a word for each number."""
    return words_.gather(place)
