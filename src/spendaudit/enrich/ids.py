"""Whether a tax number is one, how it is written, and whether it names a person or a company.

python-stdnum knows the numbers, `schemes` which of them each country uses. A number that is right by
its check digit but stands for nobody in particular (`55.555.555-5`) is not valid here: it would make one
supplier of many.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import Final

import polars as pl

from spendaudit.enrich import ruts
from spendaudit.enrich.dictionary import Dictionary
from spendaudit.enrich.schemes import EUROPEAN, SCHEMES, Scheme
from spendaudit.model.codelists import ORGANISATION, PARTY_KIND

#: The country of files that come from any: numbers must state their scheme (`CO-NIT-900123456`) to be judged.
ANYWHERE: Final = "any"

_TEXTS: Final = {"compact": pl.String(), "kind": pl.String(), "key": pl.String()}

#: Readings of a country's usual spelling for a whole column: `compact`, `kind` and `key`, or nulls.
_PLAIN: Final[Mapping[str, Callable[[pl.Series], pl.DataFrame]]] = MappingProxyType({"CL": ruts.read_plain})
#: In whose files a number that begins with the letters of a country is read as that country's.
_UNION: Final = frozenset({"EU", *EUROPEAN.values()})
_SEPARATORS: Final = str.maketrans("", "", " .,")


def knows(country: str) -> bool:
    """Tell whether the numbers of a country (ISO 3166-1, or EU) can be judged."""
    return country in SCHEMES


@cache
def _module(name: str) -> ModuleType:
    return import_module(f"stdnum.{name}")


def _read(scheme: Scheme, text: str) -> str | None:
    """Return the number in its shortest form, or None when it is not one."""
    if scheme.written and not re.fullmatch(scheme.written, text):
        return None
    module = _module(scheme.module)
    if scheme.undigited and re.fullmatch(scheme.undigited, bare := text.translate(_SEPARATORS), re.ASCII):
        text = bare + module.calc_check_digit(bare)
    try:
        number = str(module.validate(text))
    # stdnum's ValidationError is a ValueError; odd texts make some modules stumble.
    except (ValueError, IndexError, KeyError, TypeError):
        return None
    one_digit = len(set(number[:-1])) == 1
    if one_digit or number in scheme.nobody or (scheme.lengths and len(number) not in scheme.lengths):
        return None
    return number


def _fitting(country: str, text: str) -> tuple[Scheme, str] | None:
    """Find the first scheme that the text fits, and the number in its shortest form."""
    text = text.strip()
    own = SCHEMES[country]
    tried = [(scheme, text.removeprefix(f"{scheme.name}-")) for scheme in own]
    if country in _UNION and (home := EUROPEAN.get(text[:2].upper())) and home != country:
        tried += [(scheme, text) for scheme in SCHEMES[home]]
    # Portals fill numbers up with zeros; others begin with one. Only a check digit tells.
    if text.startswith("0"):
        tried += [(scheme, text.lstrip("0 ")) for scheme in own if scheme.checked]
    for scheme, words in tried:
        if number := _read(scheme, words):
            return scheme, number
    return None


def _hidden(country: str, text: str) -> str:
    """Tell whose number is masked, as `PARTY_KIND`: nobody can say more of it, nor should."""
    masked = (scheme for scheme in SCHEMES[country] if scheme.masked)
    return next((one.bearer for one in masked if re.fullmatch(one.masked, text.strip())), "unknown")


@cache
def _numbers(country: str) -> Dictionary:
    if not knows(country):
        raise KeyError(country)
    read_plain = _PLAIN.get(country)

    def one_by_one(texts: pl.Series) -> pl.DataFrame:
        numbers, kinds, keys = [], [], []
        for text in texts.to_list():
            number, kind, key = None, "unknown", None
            if found := _fitting(country, text):
                scheme, number = found
                kind, key = scheme.kind(number), scheme.spell(number)
            elif "*" in text:
                kind = _hidden(country, text)
            numbers.append(number)
            kinds.append(kind)
            keys.append(key)
        return pl.DataFrame({"compact": numbers, "kind": kinds, "key": keys}, schema=_TEXTS)

    def work_out(texts: pl.Series) -> pl.DataFrame:
        frame = read_plain(texts) if read_plain else pl.DataFrame(schema=_TEXTS).clear(len(texts))
        others = frame["compact"].is_null()
        if others.any():
            judged = one_by_one(texts.filter(others))
            frame = frame.with_columns(
                pl.Series(name, frame[name]).scatter(others.arg_true(), judged[name]) for name in _TEXTS
            )
        right = pl.col("compact").is_not_null()
        return frame.select(
            "compact",
            # Whose number is known without the number itself has a masked one: it cannot be judged.
            pl.when(right | (pl.col("kind") == "unknown")).then(right).alias("valid"),
            pl.col("kind").cast(PARTY_KIND),
            pl.col("key").cast(ORGANISATION),
        )

    return Dictionary(f"tax numbers {country}", work_out)


def look_up(country: str, texts: pl.Series) -> pl.DataFrame:
    """Judge each number, row by row: `compact`, `valid`, `kind` (`PARTY_KIND`), `key` (`ORGANISATION`).

    Nulls stay null, and `valid` is null for a masked number. A country whose numbers nobody here knows raises
    KeyError: ask `knows` first.
    """
    return _numbers(country).look_up(texts)


def _read_stated(texts: pl.Series) -> pl.DataFrame:
    schemes = {scheme.name: scheme for schemes in SCHEMES.values() for scheme in schemes}
    kinds, valid, keys = [], [], []
    for text in texts.to_list():
        country, _, rest = text.strip().partition("-")
        name, _, written = rest.partition("-")
        scheme = schemes.get(f"{country}-{name}")
        number = _read(scheme, written) if scheme else None
        kinds.append(scheme.kind(number) if scheme and number else scheme and "unknown")
        valid.append(scheme and number is not None)
        keys.append(scheme.spell(number) if scheme and number else None)
    return pl.DataFrame(
        {"kind": kinds, "valid": valid, "key": keys},
        schema={"kind": PARTY_KIND, "valid": pl.Boolean(), "key": pl.String()},
    ).with_columns(pl.col("key").cast(ORGANISATION))


_STATED: Final = Dictionary("stated tax numbers", _read_stated)


def look_up_stated(texts: pl.Series) -> pl.DataFrame:
    """Judge each number by the scheme that it states (`CO-NIT-900123456`): `kind`, `valid`, `key`.

    Nulls where a text states none of the schemes that are known here.
    """
    return _STATED.look_up(texts)
