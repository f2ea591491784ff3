"""How a published cell becomes a canonical one, by a stated format and never by inference.

A cell that holds text which its format cannot read is *unreadable*: the row goes to quarantine with the
column and the text, and no number is made up for it.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from spendaudit.model.codelists import CURRENCY
from spendaudit.model.tables import MONEY, QUANTITY

_CODES: Final = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN "
    "BZD CAD CDF CHF CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL "
    "GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW "
    "KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD "
    "NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP "
    "SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UTM UYI UYU UZS VED "
    "VES VND VUV WST XAF XCD XDR XOF XPF YER ZAR ZMW ZWG"
)

#: ISO 4217 codes, and the units of account that portals use as currencies (UTM of Chile).
CURRENCIES: Final = frozenset(_CODES.split())


#: Characters of a moment up to its seconds, whole.
_SECONDS: Final = 19
_CLOCK: Final = "%Y-%m-%dT%H:%M:%S"


@dataclass(frozen=True, slots=True)
class Native:
    """A column of numbers that the CSV parser itself may read, when every cell of a block is plain.

    The parser reads decimals digit by digit, or fails: as exact as reading text, at no cost.
    """

    column: str
    dtype: pl.DataType
    decimal: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A canonical value, and the trimmed text that it was read from."""

    value: pl.Expr
    text: pl.Expr
    #: A cheaper reading that is right or null: rows that it leaves null are read again by `value`.
    quick: pl.Expr
    #: How the parser may read the column, and the value then.
    native: Native | None = None
    of_native: pl.Expr | None = None

    @property
    def roots(self) -> tuple[str, ...]:
        """The published columns that the text stands in."""
        return tuple(sorted(set(self.text.meta.root_names())))


def trimmed(column: str) -> pl.Expr:
    """Cut blanks (no-break ones too) off both ends; an empty cell is null."""
    text = pl.col(column).str.strip_chars()
    return pl.when(text.str.len_bytes() > 0).then(text)


def text(column: str) -> pl.Expr:
    """Read words as they were published, trimmed. They cannot be unreadable."""
    return trimmed(column)


def code_text(column: str) -> pl.Expr:
    """Read a code that the portal's machines write, and so write without blanks; an empty cell is null."""
    text = pl.col(column)
    return pl.when(text.str.len_bytes() > 0).then(text)


def _plain_number(text: pl.Expr, *, decimal: str, dtype: pl.DataType) -> pl.Expr:
    """Read digits, with or without decimals or an exponent (`1,5e+07`): Polars reads these exactly."""
    if decimal == ".":
        return text.cast(dtype, strict=False)
    # A group mark would be read as a decimal point: `1.234` is one thousand here.
    plain = pl.when(~text.str.contains(".", literal=True)).then(text.str.replace(",", ".", literal=True))
    return plain.cast(dtype, strict=False)


def _number(column: str, *, decimal: str, dtype: pl.DataType) -> Cell:
    """Read digits exactly, in the plain form and in the rare ones; decimals beyond the fourth are rounded.

    Rare forms: grouped thousands, blanks, a currency sign, a trailing minus or brackets for negatives.
    """
    words = trimmed(column)
    plain = _plain_number(words, decimal=decimal, dtype=dtype)
    bare = (
        pl.when(plain.is_null())
        .then(words)
        .str.replace_all(r"[\s\u00a0$€£]|R\$", "")
        .str.replace(r"^\((.+)\)$", "-$1")
        .str.replace(r"^(.+)-$", "-$1")
    )
    group, mark = (r"\.", ",") if decimal == "," else (",", r"\.")
    grouped = pl.when(bare.str.contains(rf"^-?\d{{1,3}}(?:{group}\d{{3}})+(?:{mark}\d+)?$")).then(
        bare.str.replace_all(group, "")
    )
    simple = pl.when(bare.str.contains(rf"^-?\d+(?:{mark}\d+)?$")).then(bare)
    digits = pl.coalesce(grouped, simple).str.replace(decimal, ".", literal=True)
    value = pl.coalesce(plain, digits.cast(dtype, strict=False))
    quick = _plain_number(pl.col(column), decimal=decimal, dtype=dtype)
    return Cell(value, words, quick, Native(column, dtype, decimal), pl.col(column))


def money(column: str, *, decimal: str, scale: int = 1, zeros: tuple[str, ...] = ()) -> Cell:
    """Read an amount such as `1.234,50` exactly, never through a float.

    `decimal` is the mark before the decimals; the other mark groups thousands. `scale` turns published
    thousands into units of the currency. `zeros` are spellings of nothing (`-`).
    """
    # Thousands are published with decimals, too: as many more are read as the scale will take off.
    zeros_of_scale = len(str(scale)) - 1
    read_as = pl.Decimal(MONEY.precision + zeros_of_scale, MONEY.scale + zeros_of_scale)
    cell = _number(column, decimal=decimal, dtype=read_as)
    value, quick, of_native = cell.value, cell.quick, pl.col(column)
    if zeros:
        value = pl.when(cell.text.is_in(zeros)).then(pl.lit(0).cast(MONEY)).otherwise(value)
    if scale != 1:
        value, quick, of_native = (
            (number * pl.lit(scale, pl.Int32)).cast(MONEY, strict=False)
            for number in (value, quick, of_native)
        )
    return Cell(value, cell.text, quick, cell.native, of_native)


def quantity(column: str, *, decimal: str) -> Cell:
    """Read a number of units, exactly."""
    return _number(column, decimal=decimal, dtype=QUANTITY)


def integer(column: str) -> Cell:
    """Read a count."""
    words = trimmed(column)
    value = words.cast(pl.Int32, strict=False)
    return Cell(value, words, value)


def date(column: str, *patterns: str, nulls: tuple[str, ...] = ()) -> Cell:
    """Read a date written in one of the stated patterns; `nulls` are placeholders such as `1900-01-01`.

    A pattern must match the whole text; hours behind a date are part of the pattern and are dropped.
    """
    words = trimmed(column)
    if nulls:
        words = pl.when(~words.is_in(nulls)).then(words)
    first, *others = patterns
    value = _day(words, first)
    for pattern in others:
        rest = pl.when(value.is_null()).then(words)
        value = pl.coalesce(value, _day(rest, pattern))
    # Never for the parser: it takes `05/01/2024` for a date too, and guesses which part is the month.
    # Days are compared in a tenth of the time that texts are.
    quick = _day(pl.col(column), first, besides=tuple(_days(nulls, first)))
    return Cell(value, words, quick)


def _day(words: pl.Expr, pattern: str, *, besides: tuple[dt.date, ...] = ()) -> pl.Expr:
    """Read one pattern. Polars takes `24/12/10` for a day of the year 10 where `%Y` stands."""
    day = words.str.to_date(pattern, strict=False)
    real = day >= pl.lit(dt.date(1000, 1, 1))
    for placeholder in besides:
        real &= day != pl.lit(placeholder)
    return pl.when(real).then(day)


def _days(words: tuple[str, ...], pattern: str) -> Iterator[dt.date]:
    """Give the days that are written in a pattern."""
    read = pl.Series(words, dtype=pl.String).str.to_date(pattern, strict=False)
    yield from read.drop_nulls()


def moment(column: str) -> pl.Expr:
    """Read a moment of RFC 3339 (`2024-01-05T18:00:00-03:00`) as UTC; null without hours or an offset.

    The day of such a text is read by `date`: what is no moment may still be a day.
    """
    return _wall_clock(column) - pl.duration(minutes=_ahead(column), time_unit="us")


def offset(column: str) -> pl.Expr:
    """Read by how many minutes the clock of a moment (`moment`) was ahead of UTC."""
    return pl.when(_wall_clock(column).is_not_null()).then(_ahead(column))


def _wall_clock(column: str) -> pl.Expr:
    whole = pl.col(column).str.head(_SECONDS).str.to_datetime(_CLOCK, time_unit="us", strict=False)
    return whole + pl.duration(microseconds=_part_of_second(column).fill_null(0), time_unit="us")


def _part_of_second(column: str) -> pl.Expr:
    # Few moments have parts of a second: what is null costs next to nothing.
    rest = pl.col(column).str.slice(_SECONDS)
    digits = pl.when(rest.str.starts_with(".")).then(rest).str.extract(r"^\.(\d{1,6})")
    return digits.str.pad_end(6, "0").cast(pl.Int64)


def _ahead(column: str) -> pl.Expr:
    return pl.col(column).str.slice(_SECONDS).map_batches(_minutes, return_dtype=pl.Int16())


def _minutes(rests: pl.Series) -> pl.Series:
    """Read what follows the seconds of moments; a file has few kinds of it, and each is read once."""
    if rests.is_empty():
        return rests.cast(pl.Int16)
    kinds = rests.unique().alias("kind")
    mark = pl.col("kind").str.replace(r"^\.\d+", "")
    hours, minutes = (mark.str.slice(place, 2).cast(pl.Int16, strict=False) for place in (1, 4))
    size = pl.when(mark.str.len_bytes() == len("+00:00"), mark.str.slice(3, 1) == ":").then(
        hours * 60 + minutes
    )
    sign = mark.str.head(1)
    ahead = (
        pl.when(mark.is_in(["Z", "z"]))
        .then(pl.lit(0, pl.Int16))
        .when(sign == "-")
        .then(-size)
        .when(sign == "+")
        .then(size)
    )
    return rests.replace_strict(kinds, kinds.to_frame().select(ahead).to_series(), return_dtype=pl.Int16)


def code(column: str, meanings: Mapping[str, str], dtype: pl.Enum) -> pl.Expr:
    """Translate a closed list of codes; a code that is not in it becomes `unknown`, an empty cell null."""
    return trimmed(column).replace_strict({**meanings, None: None}, default="unknown", return_dtype=dtype)


def flag(column: str, *, yes: tuple[str, ...], no: tuple[str, ...]) -> Cell:
    """Read a yes or no."""
    words = trimmed(column)
    meanings = dict.fromkeys(yes, True) | dict.fromkeys(no, False)
    value = words.replace_strict(meanings, default=None, return_dtype=pl.Boolean)
    return Cell(value, words, value)


def currency(column: str, *, meanings: Mapping[str, str] | None = None) -> Cell:
    """Read a currency code; one that no country has (`TEST`, `1`) is unreadable."""
    known = {code: code for code in sorted(CURRENCIES)} | dict(meanings or {})
    words = trimmed(column)
    value = words.replace_strict(known, default=None, return_dtype=CURRENCY)
    return Cell(value, words, pl.col(column).replace_strict(known, default=None, return_dtype=CURRENCY))


def constant(value: str, dtype: pl.DataType | None = None) -> pl.Expr:
    """State what the portal's page says and its file does not."""
    return pl.lit(value, dtype or pl.String())


def first_of(*cells: Cell) -> Cell:
    """Take the first cell that holds a value; unreadable when the first that holds text is."""
    value, words, quick = (
        pl.coalesce(getattr(cell, part) for cell in cells) for part in ("value", "text", "quick")
    )
    return Cell(value, words, quick)
