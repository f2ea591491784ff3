"""Which sign stands before the decimals of a column? Told by cells that can be read in one way only."""

from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

from spendaudit.wording import Words, joined

Mark = Literal[",", ".", "none", "?"]

#: Cells that say otherwise are taken for dirt up to this share of those that decide.
_DIRT: Final = 0.005

_SIGNS: Final = r"R\$|US\$|S/\.?|[\s\u00a0$€£]"
#: What is a number in some way of writing.
_NUMBER: Final = (
    r"^[-+]?(?:(?:\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+|\d+)(?:[.,]\d+)?|[.,]\d+)(?:[eE][+-]?\d+)?$"
)
_COMMA: Final = (
    # `1.234,56`; `1.234.567`; `48984431,72` or any other number of decimals than three; `0,123`; `1234,567`
    r"^-?\d{1,3}(?:\.\d{3})+,\d+$|^-?\d{1,3}(?:\.\d{3}){2,}$"
    r"|^-?\d*,(?:\d{1,2}|\d{4,})(?:[eE][+-]?\d+)?$|^-?0,\d+$|^-?\d{4,},\d+$"
)
_POINT: Final = (
    r"^-?\d{1,3}(?:,\d{3})+\.\d+$|^-?\d{1,3}(?:,\d{3}){2,}$"
    r"|^-?\d*\.(?:\d{1,2}|\d{4,})(?:[eE][+-]?\d+)?$|^-?0\.\d+$|^-?\d{4,}\.\d+$"
)
_EITHER: Final = r"^-?[1-9]\d{0,2}[.,]\d{3}$"


@dataclass(frozen=True, slots=True)
class Numbers:
    """How the numbers of a column are written, and the cells that tell."""

    #: The sign before decimals; `none` where no cell has a sign, `?` where nothing decides.
    decimal: Mark
    why: Words
    #: Share of the filled cells that are numbers in some way of writing.
    share: float
    #: Currency signs and how many cells have them.
    signs: tuple[tuple[str, int], ...]


def bare_number(cells: pl.Expr) -> pl.Expr:
    """Take off blanks, currency signs, brackets and trailing minus, as the loader does."""
    text = cells.str.replace_all(_SIGNS, "")
    return text.str.replace(r"^\((.+)\)$", "-$1").str.replace(r"^(.+)-$", "-$1")


def read_numbers(counts: pl.DataFrame) -> Numbers:
    """Judge the cells of a column: distinct ones (`cell`, String) and how often each stands (`count`)."""
    bare = pl.col("bare")
    judged = (
        counts.lazy()
        .with_columns(bare=bare_number(pl.col("cell")))
        .filter(bare.str.contains(_NUMBER))
        .with_columns(
            comma=bare.str.contains(_COMMA),
            point=bare.str.contains(_POINT),
            either=bare.str.contains(_EITHER),
            sign=pl.col("cell").str.extract(r"(R\$|US\$|S/|[$€£])"),
        )
        .sort(pl.col("cell").str.len_chars(), "cell", descending=True)
        .collect()
    )
    numbers = int(judged["count"].sum())
    share = numbers / max(int(counts["count"].sum()), 1)
    signs = judged.drop_nulls("sign").group_by("sign").agg(pl.col("count").sum())
    decimal, why = _decide(_told(judged, "comma"), _told(judged, "point"), _told(judged, "either"), numbers)
    return Numbers(
        decimal,
        why,
        share,
        tuple(signs.sort("count", "sign", descending=True).iter_rows()) if signs.height else (),
    )


@dataclass(frozen=True, slots=True)
class _Cells:
    """Cells of one kind: how many, and the longest."""

    count: int
    example: str

    @property
    def alike(self) -> Words:
        if self.count == 1:
            return Words(self.example)
        return Words("{example} (as in {cells:,} cells)", example=self.example, cells=self.count)


def _told(judged: pl.DataFrame, kind: str) -> _Cells:
    cells = judged.filter(judged[kind])
    return _Cells(int(cells["count"].sum()), f"`{cells['cell'][0]}`" if cells.height else "")


def _decide(comma: _Cells, point: _Cells, either: _Cells, numbers: int) -> tuple[Mark, Words]:
    if min(comma.count, point.count) > _DIRT * max(comma.count, point.count):
        return "?", Words(
            "{comma} allows a comma, and {point} a point before decimals: two ways are mixed",
            comma=comma.alike,
            point=point.alike,
        )
    if comma.count > point.count:
        return ",", _but(Words("{cells} allows only a decimal comma", cells=comma.alike), point)
    if point.count:
        return ".", _but(Words("{cells} allows only a decimal point", cells=point.alike), comma)
    if either.count:
        return "?", Words(
            "{example} in {cells:,} cells can mean thousands or three decimals, and no cell decides",
            example=either.example,
            cells=either.count,
        )
    return "none", Words("none of {numbers:,} numbers has a comma or a point", numbers=numbers)


def _but(told: Words, other: _Cells) -> Words:
    if not other.count:
        return told
    but = Words("{cells:,} say otherwise ({example})", cells=other.count, example=other.example)
    return joined((told, but), "; ")
