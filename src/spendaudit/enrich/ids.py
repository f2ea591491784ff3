"""Whether a tax number is one, how it is written, and whether it names a person or a company.

python-stdnum knows the numbers; this module says which of them each country uses. A number that is right by
its check digit but stands for nobody in particular (`55.555.555-5`) is not valid here: it would make one
supplier of many.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import Final

import polars as pl

from spendaudit.enrich import ruts
from spendaudit.enrich.dictionary import Dictionary
from spendaudit.model.codelists import ORGANISATION, PARTY_KIND


def _kind_by(*prefixes: tuple[str, str], otherwise: str = "unknown") -> Callable[[str], str]:
    """Tell the kind from the first characters of a number: `("20 30", "company")`."""
    kinds = {prefix: kind for listed, kind in prefixes for prefix in listed.split()}
    longest = max(map(len, kinds), default=0)

    def kind_of(number: str) -> str:
        for length in range(longest, 0, -1):
            if kind := kinds.get(number[:length]):
                return kind
        return otherwise

    return kind_of


#: Says nothing about who bears the number.
_anyone: Final = _kind_by()


def _chilean(number: str) -> str:
    return "person" if int(number[:-1]) < ruts.COMPANIES else "company"


def _mexican(number: str) -> str:
    # A company's has one letter less: 12 characters.
    return "company" if len(number) == 12 else "person"  # noqa: PLR2004


def _dashed(number: str) -> str:
    return f"{number[:-1]}-{number[-1]}"


@dataclass(frozen=True, slots=True)
class Scheme:
    """One kind of number: its name in keys, in the style of org-id.guide, and its python-stdnum module."""

    name: str
    module: str
    kind: Callable[[str], str] = _anyone
    spell: Callable[[str], str] = str
    #: Numbers that many share: "the public", "a foreigner".
    nobody: frozenset[str] = frozenset()
    #: Lengths that name one party; the module may accept shorter ones that do not.
    lengths: tuple[int, ...] = ()
    #: A reading of the usual spelling for a whole column: `compact`, `kind` and `key`, or nulls.
    plain: Callable[[pl.Series], pl.DataFrame] | None = None


#: The first scheme of a country that a number fits is taken.
SCHEMES: Final[Mapping[str, tuple[Scheme, ...]]] = MappingProxyType(
    {
        "AR": (Scheme("AR-CUIT", "ar.cuit", _kind_by(("20 23 24 27", "person"), ("30 33 34", "company"))),),
        "BR": (
            Scheme("BR-CNPJ", "br.cnpj", _kind_by(otherwise="company")),
            Scheme("BR-CPF", "br.cpf", _kind_by(otherwise="person")),
        ),
        "CL": (Scheme("CL-RUT", "cl.rut", _chilean, _dashed, plain=ruts.read_plain),),
        "CO": (Scheme("CO-NIT", "co.nit"),),
        "EC": (
            Scheme("EC-RUC", "ec.ruc"),
            Scheme("EC-CI", "ec.ci", _kind_by(otherwise="person")),
        ),
        "ES": (
            Scheme(
                "ES-NIF",
                "es.nif",
                _kind_by(("P Q S", "public"), ("A B C D E F G H J N R U V W", "company"), otherwise="person"),
            ),
        ),
        "GB": (Scheme("GB-VAT", "gb.vat"),),
        "MX": (
            # Tax authority's numbers for sales to the general public and to foreigners.
            Scheme(
                "MX-RFC",
                "mx.rfc",
                _mexican,
                nobody=frozenset({"XAXX010101000", "XEXX010101000"}),
                lengths=(12, 13),
            ),
        ),
        "PE": (Scheme("PE-RUC", "pe.ruc", _kind_by(("10 15 17", "person"), ("20", "company"))),),
        "PT": (Scheme("PT-NIF", "pt.nif", _kind_by(("1 2 3", "person"), ("5", "company"), ("6", "public"))),),
        "PY": (Scheme("PY-RUC", "py.ruc"),),
        "UY": (Scheme("UY-RUT", "uy.rut"),),
        "VE": (Scheme("VE-RIF", "ve.rif", _kind_by(("E V", "person"), ("J", "company"), ("G", "public"))),),
    }
)

_TEXTS: Final = {"compact": pl.String(), "kind": pl.String(), "key": pl.String()}


def _read(scheme: Scheme, module: ModuleType, text: str) -> str | None:
    """Return the number in its shortest form, or None when it is not one."""
    try:
        number = str(module.validate(text.lstrip("0 ")))
    except (
        ValueError,
        IndexError,
    ):  # stdnum's ValidationError is a ValueError; odd texts make some modules stumble
        return None
    one_digit = len(set(number[:-1])) == 1
    if one_digit or number in scheme.nobody or (scheme.lengths and len(number) not in scheme.lengths):
        return None
    return number


@cache
def _numbers(country: str) -> Dictionary:
    schemes = [(scheme, import_module(f"stdnum.{scheme.module}")) for scheme in SCHEMES[country]]

    def one_by_one(texts: pl.Series) -> pl.DataFrame:
        numbers, kinds, keys = [], [], []
        for text in texts.to_list():
            number, kind, key = None, "unknown", None
            for scheme, module in schemes:
                if number := _read(scheme, module, text):
                    kind, key = scheme.kind(number), f"{scheme.name}-{scheme.spell(number)}"
                    break
            numbers.append(number)
            kinds.append(kind)
            keys.append(key)
        return pl.DataFrame({"compact": numbers, "kind": kinds, "key": keys}, schema=_TEXTS)

    def work_out(texts: pl.Series) -> pl.DataFrame:
        read_plain = schemes[0][0].plain
        frame = read_plain(texts) if read_plain else pl.DataFrame(schema=_TEXTS).clear(len(texts))
        others = frame["compact"].is_null()
        if others.any():
            judged = one_by_one(texts.filter(others))
            frame = frame.with_columns(
                pl.Series(name, frame[name]).scatter(others.arg_true(), judged[name]) for name in _TEXTS
            )
        return frame.select(
            "compact",
            pl.col("compact").is_not_null().alias("valid"),
            pl.col("kind").cast(PARTY_KIND),
            pl.col("key").cast(ORGANISATION),
        )

    return Dictionary(f"tax numbers {country}", work_out)


def look_up(country: str, texts: pl.Series) -> pl.DataFrame:
    """Judge each number, row by row: `compact`, `valid`, `kind` (`PARTY_KIND`), `key` (`ORGANISATION`).

    Nulls stay null. A country without a scheme here raises KeyError: ask `country in SCHEMES` first.
    """
    return _numbers(country).look_up(texts)


def inspect(country: str, values: pl.Series) -> pl.DataFrame:
    """Judge the distinct numbers among the values: `value`, `compact`, `valid`, `kind`; no null, no order."""
    distinct = values.drop_nulls().unique().alias("value")
    return look_up(country, distinct).select(distinct, "compact", "valid", "kind")
