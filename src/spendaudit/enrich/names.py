"""What an organisation's name comes to when spelling and legal form are set aside.

Words keep their order, so that a key reads as the name does. Sorting them would have merged not one pair more
among 10,900 names of British councils and Mexican suppliers.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final

import polars as pl

from spendaudit.model.codelists import PARTY_KIND

#: Words of up to this many letters are abbreviations, whose letters portals also write apart.
_ABBREVIATION: Final = 4

#: The typewriter's, the grave and acute accents that stand for it, and the typographic ones.
_APOSTROPHES: Final = "['`\u00b4\u2018\u2019\u02bc]"


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("spendaudit").joinpath("data", "legal_forms.toml").read_text(encoding="utf-8"))


def _spellings(forms: list[str]) -> str:
    """Match any of the forms, the longest first, with the letters of abbreviations together or apart."""
    patterns = (
        " ".join(
            f"(?:{word}|{' '.join(word)})" if 1 < len(word) <= _ABBREVIATION else word
            for word in form.split()
        )
        for form in sorted(set(forms), key=lambda form: (-len(form), form))
    )
    return "|".join(patterns)


@cache
def _ending() -> str:
    """Match a name that a legal form ends: the name, then its forms."""
    data = _data()["forms"]
    form = _spellings([*data["es"], *data["pt"], *data["en"]])
    forms = rf"(?: (?:{form}))+(?: (?:{form}|{_spellings(data['after_another'])}))*"
    trading_as = rf"(?: (?:{'|'.join(data['trading_as'])})\b.*)?"
    return rf"^(.*?\S)(?:{forms}| (?:{'|'.join(data['last'])})){trading_as}$"


def _folded(name: str | pl.Expr) -> pl.Expr:
    """Fold accents and case, and turn punctuation into single blanks; the dots of `S.A.` go without one."""
    return (
        (pl.col(name) if isinstance(name, str) else name)
        .str.replace_all(_APOSTROPHES, "")
        .str.normalize("NFKD")
        .str.replace_all(r"\p{M}", "")
        .str.to_uppercase()
        # Where a blank was saved: `S.A.DE C.V.`, `J.Mora`.
        .str.replace_all(r"\b(\p{L})\.(\p{L}{2})", "$1 $2")
        .str.replace_all(r"\b(\p{L})\.", "$1")
        .str.replace_all(r"[^\p{L}\p{N}]+", " ")
        .str.strip_chars(" ")
    )


def name_key(name: str | pl.Expr) -> pl.Expr:
    """Spell a name (String) so that its variants are equal; null for one that is empty or names nobody.

    *The* at the beginning and *and* count for nothing: no two British companies may differ in them alone
    (Company, Limited Liability Partnership and Business (Names and Trading Disclosures) Regulations 2015,
    schedule 3), and bodies drop the `&` as often as they spell it out.
    """
    bare = (
        _folded(name)
        .str.replace_all(r" AND\b", "")
        .str.replace(_ending(), "$1")
        .str.replace(r"^(?:THE )+(.)", "$1")
    )
    return pl.when((bare != "") & ~bare.is_in(_data()["nobody"]["names"])).then(bare)


def name_kind(name: str | pl.Expr) -> pl.Expr:
    """Tell from a name (String) who bears it (`PARTY_KIND`): a legal form says company; null stays null.

    A consortium is a company here: it is not one person. Most names say nothing: they are `unknown`. Nobody
    is called a person for lack of a legal form.
    """
    folded = _folded(name)
    public = _data()["public"]
    body = rf"^(?:{'|'.join(public['begins'])})\b|\b(?:{'|'.join(public['ends'])})$"
    together = rf"^(?:{'|'.join(_data()['together']['begins'])})\b"
    return (
        pl.when(folded.str.contains(_ending()) | folded.str.contains(together))
        .then(pl.lit("company"))
        .when(folded.str.contains(body))
        .then(pl.lit("public"))
        .when(folded.is_not_null())
        .then(pl.lit("unknown"))
        .cast(PARTY_KIND)
    )
