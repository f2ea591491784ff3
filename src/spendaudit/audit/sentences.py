"""How do the findings of a rule read? Fills its sentence with the facts of all of them at once.

In English, in which a run is kept; `message.sentence` does so with the facts of one finding, in any language.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from spendaudit.audit.message import ABSENT, IN_YEAR, LONGEST, PLURAL, YEAR, brief, capital, parts, sentence
from spendaudit.i18n import ENGLISH, language
from spendaudit.model.findings import TOTAL

#: What few texts hold, which `plain` takes out.
_UNPLAIN: Final = r"[\p{C}\p{Z}&&[^ ]]|  |^ | $"
#: What a sentence may name besides facts.
_ABOUT: Final = {
    "members": pl.UInt32(),
    "amount": TOTAL,
    "currency": pl.String(),
    "starts": pl.Date(),
    "ends": pl.Date(),
}
_UNKNOWN: Final = "unknown"

_CURRENCY: Final = pl.col("currency").cast(pl.String)
_FIRST, _LAST = (pl.col(name).cast(pl.String).fill_null(_UNKNOWN) for name in ("starts", "ends"))
_WHEN: Final = (
    pl.when(pl.col("starts").eq_missing(pl.col("ends")))
    .then("on " + _FIRST)
    .otherwise("from " + _FIRST + " to " + _LAST)
)


def sentences(template: str, facts: Mapping[str, pl.DataType]) -> pl.Expr:
    """Say what findings say, from a rule's sentence and the types of what it may name.

    Facts are the fields of the struct `facts`. Beside it stand `members` (how many), `amount`, `currency`,
    `starts` and `ends`.
    """
    if language() != ENGLISH:
        return pl.struct(*_ABOUT, "facts").map_batches(
            lambda found: pl.Series([sentence(template, **one) for one in found], dtype=pl.String),
            pl.String(),
            is_elementwise=True,
        )
    said: list[pl.Expr] = []
    for place, (literal, name, spec) in enumerate(parts(template)):
        opens = place == 0 and not literal
        said.append(pl.lit(capital(literal) if place == 0 else literal))
        if name == "when":
            said.append(_WHEN)
        elif name == IN_YEAR:
            said.append(_in_year(facts))
        elif name is not None:
            said.append(_written(name, spec, facts, opens=opens))
    return pl.concat_str(said)


def _in_year(facts: Mapping[str, pl.DataType]) -> pl.Expr:
    if YEAR not in facts:
        return pl.lit("")
    day = pl.col("ends").cast(pl.String)
    told = (
        " in " + pl.col("facts").struct.field(YEAR).cast(pl.String) + (" (as of " + day + ")").fill_null("")
    )
    return told.fill_null("")


def _written(name: str, spec: str, facts: Mapping[str, pl.DataType], *, opens: bool) -> pl.Expr:
    if name in _ABOUT:
        values, dtype = pl.col(name), _ABOUT[name]
    else:
        values, dtype = pl.col("facts").struct.field(name), facts[name]
    if isinstance(dtype, pl.Decimal):
        words = _decimals(values, spec)
    elif dtype.is_integer():
        words = _whole(values, name, spec)
    else:
        words = values.cast(pl.String).map_batches(_brief, pl.String(), is_elementwise=True)
    if spec == "quoted":
        words = '"' + words + '"'
    elif opens and spec == "words":
        words = words.str.head(1).str.to_uppercase() + words.str.slice(1)
    absent = ABSENT.get(name, _UNKNOWN)
    return words.fill_null(capital(absent) if opens and name in ABSENT else absent)


def _whole(values: pl.Expr, name: str, spec: str) -> pl.Expr:
    digits = values.cast(pl.String)
    if spec.endswith(PLURAL):
        one = spec.removesuffix(PLURAL)
        return _grouped(digits) + pl.when(values == 1).then(pl.lit(f" {one}")).otherwise(pl.lit(f" {one}s"))
    return digits if spec == "plain" or name.endswith("year") else _grouped(digits)


def _decimals(values: pl.Expr, spec: str) -> pl.Expr:
    if spec == "percent":
        return _rounded(values * 100, 1) + " %"
    amounts = _rounded(values, 2)
    return amounts if spec == "number" else amounts + (" " + _CURRENCY).fill_null("")


def _rounded(values: pl.Expr, places: int) -> pl.Expr:
    """Write numbers grouped by thousands, with so many decimal places or none."""
    digits = values.round(places).cast(pl.Decimal(38, places)).cast(pl.String)
    whole, part = _grouped(digits.str.head(-places - 1)), digits.str.tail(places + 1)
    return whole + pl.when(part != "." + "0" * places).then(part).otherwise(pl.lit(""))


def _grouped(digits: pl.Expr) -> pl.Expr:
    """Put a comma between thousands."""
    # A pattern cannot count from the end.
    turned = digits.str.reverse().str.replace_all(r"(\d{3})", "$1,").str.replace(r",(-?)$", "$1")
    return turned.str.reverse()


def _brief(texts: pl.Series) -> pl.Series:
    unlike = texts.str.contains(_UNPLAIN) | (texts.str.len_chars() > LONGEST)
    some = texts.filter(unlike).unique()
    return texts.replace(some, pl.Series(map(brief, some), dtype=pl.String())) if len(some) else texts
