"""How do the findings of a rule read? Fills its sentence with the facts of all of them at once.

In English, in which a run is kept; `message.sentence` does so with the facts of one finding, in any language.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from spendaudit.audit.message import ABSENT, PLURAL, parts, plain, sentence
from spendaudit.i18n import ENGLISH, language

#: What few texts hold, which `plain` takes out.
_UNPLAIN: Final = r"[\p{C}\p{Z}&&[^ ]]|  |^ | $"
#: What a sentence may name besides facts.
_ABOUT: Final = ("members", "amount", "currency", "starts", "ends")
_UNKNOWN: Final = "unknown"
_THOUSAND: Final = 3


def sentences(template: str, facts: Mapping[str, pl.Series], about: pl.DataFrame) -> pl.Series:
    """Write what findings say, from a rule's sentence and what it may name.

    `about` has the columns `members` (how many), `amount`, `currency`, `starts` and `ends`.
    """
    about = about.select(_ABOUT)
    if language() != ENGLISH:
        told = about.select(pl.struct(pl.lit(one) for one in facts.values()) if facts else pl.lit(None))
        said = [
            sentence(template, one or {}, **row)
            for one, row in zip(told.to_series().to_list(), about.iter_rows(named=True), strict=True)
        ]
        return pl.Series(said, dtype=pl.String)
    known = {**facts, **{name: about[name] for name in _ABOUT}, "when": _when(about)}
    filled: list[pl.Expr] = []
    for literal, name, spec in parts(template):
        filled.append(pl.lit(literal))
        if name is not None:
            filled.append(pl.lit(_written(known[name], name, spec, about["currency"])))
    # A sentence that names nothing is said of each.
    return about.with_columns(said=pl.concat_str(filled))["said"]


def _when(about: pl.DataFrame) -> pl.Series:
    first, last = (about[name].cast(pl.String).fill_null(_UNKNOWN) for name in ("starts", "ends"))
    one_day = about["starts"].eq_missing(about["ends"])
    return ("on " + first).zip_with(one_day, "from " + first + " to " + last)


def _written(values: pl.Series, name: str, spec: str, currency: pl.Series) -> pl.Series:
    dtype = values.dtype
    if isinstance(dtype, pl.Decimal):
        words = _decimals(values, spec, currency.cast(pl.String))
    elif dtype.is_integer():
        words = _whole(values, name, spec)
    else:
        words = _plain(values.cast(pl.String))
    return words.fill_null(ABSENT.get(name, _UNKNOWN))


def _whole(values: pl.Series, name: str, spec: str) -> pl.Series:
    digits = values.cast(pl.String)
    if spec.endswith(PLURAL):
        one = spec.removesuffix(PLURAL)
        ending = pl.select(pl.when(values == 1).then(pl.lit("")).otherwise(pl.lit("s"))).to_series()
        return _grouped(digits) + f" {one}" + ending
    return digits if spec == "plain" or name.endswith("year") else _grouped(digits)


def _decimals(values: pl.Series, spec: str, currency: pl.Series) -> pl.Series:
    if spec == "percent":
        return _rounded(values * 100, 1) + " %"
    amounts = _rounded(values, 2)
    return amounts if spec == "number" else amounts + (" " + currency).fill_null("")


def _rounded(values: pl.Series, places: int) -> pl.Series:
    """Write numbers grouped by thousands, with so many decimal places or none."""
    digits = values.round(places).cast(pl.Decimal(38, places)).cast(pl.String)
    whole, part = _grouped(digits.str.head(-places - 1)), digits.str.tail(places + 1)
    return whole.zip_with(part == "." + "0" * places, whole + part)


def _grouped(digits: pl.Series) -> pl.Series:
    """Put a comma between thousands."""
    sign, rest = digits.str.extract("^(-?)"), digits.str.strip_prefix("-")
    told, rest = rest.str.tail(_THOUSAND), rest.str.head(-_THOUSAND)
    while (rest != "").any():
        told = (rest.str.tail(_THOUSAND) + "," + told).zip_with(rest != "", told)
        rest = rest.str.head(-_THOUSAND)
    return sign + told


def _plain(texts: pl.Series) -> pl.Series:
    if not texts.str.contains(_UNPLAIN).any():
        return texts
    unplain = texts.filter(texts.str.contains(_UNPLAIN)).unique()
    return texts.replace(unplain, pl.Series(map(plain, unplain), dtype=pl.String))
