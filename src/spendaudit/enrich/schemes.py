"""Which numbers each country knows its organisations and people by, and what a number says of its bearer.

The numbers themselves are a table, `data/tax_numbers.toml`, which also explains its own words.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

#: Who may bear a number: what a scheme can say of its prefixes, in the words of `PARTY_KIND`.
_BEARERS: Final = ("person", "company", "public")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """One kind of number: its name in keys, in the style of org-id.guide, and how it is judged."""

    name: str
    #: The module of python-stdnum.
    module: str
    called: str
    #: Who bears it where nothing below says otherwise.
    bearer: str = "unknown"
    #: Characters at the place `at` (1 is the first) -> who bears a number that has them there.
    prefixes: Mapping[str, str] = field(default_factory=dict)
    at: int = 1
    #: Lengths that name one party -> who bears such a number; the module may accept others, which do not.
    lengths: Mapping[int, str] = field(default_factory=dict)
    #: Numbers of companies, without the check digit; the others are people's.
    companies: tuple[int, int] | None = None
    #: Whether it has a check digit that is checked.
    checked: bool = True
    #: How the text must be written (a regular expression); empty for in any way.
    written: str = ""
    #: Texts without separators that lack the check digit (a regular expression).
    undigited: str = ""
    #: Texts in which a portal has hidden digits (a regular expression).
    masked: str = ""
    #: Where the characters stand that name the party.
    part: tuple[int, int] | None = None
    #: How keys begin.
    key: str
    dashed: bool = False
    #: Numbers that many share.
    nobody: frozenset[str] = frozenset()

    def kind(self, number: str) -> str:
        """Tell who bears the number (`PARTY_KIND`), from the shortest form of the whole of it."""
        if self.companies:
            first, last = self.companies
            return "company" if first <= int(number[:-1]) <= last else "person"
        if self.lengths:
            return self.lengths[len(number)]
        told = number[self.at - 1 :]
        matching = [prefix for prefix in self.prefixes if told.startswith(prefix)]
        return self.prefixes[max(matching, key=len)] if matching else self.bearer

    def spell(self, number: str) -> str:
        """Write the key of the party that bears the number."""
        named = number[slice(*self.part)] if self.part else number
        return f"{self.key}-{named[:-1]}-{named[-1]}" if self.dashed else f"{self.key}-{named}"


def _scheme(country: str, name: str, entry: dict[str, Any]) -> Scheme:
    prefixes = {prefix: bearer for bearer in _BEARERS for prefix in entry.pop(bearer, "").split()}
    lengths = {int(length): bearer for length, bearer in entry.pop("lengths", {}).items()}
    pairs: dict[str, Any] = {word: tuple(entry.pop(word)) for word in ("companies", "part") if word in entry}
    return Scheme(
        name=f"{country}-{name}",
        key=f"{country}-{entry.pop('key', name)}",
        prefixes=prefixes,
        lengths=lengths,
        nobody=frozenset(entry.pop("nobody", ())),
        **pairs,
        **entry,
    )


def _read() -> Mapping[str, tuple[Scheme, ...]]:
    text = files("spendaudit").joinpath("data", "tax_numbers.toml").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            country: tuple(_scheme(country, name, entry) for name, entry in numbers.items())
            for country, numbers in tomllib.loads(text).items()
        }
    )


#: The first scheme of a country that a number fits is taken.
SCHEMES: Final = _read()

_MEMBERS: Final = (
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "HR", "HU", "IE"),
    *("IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
)

#: How numbers begin that are valid all over the European Union -> whose they are. Northern Ireland stayed in
#: it for goods; Greece writes EL.
EUROPEAN: Final[Mapping[str, str]] = MappingProxyType(
    {code: code for code in _MEMBERS} | {"EL": "GR", "XI": "GB"}
)
