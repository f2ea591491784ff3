"""In which language does a person read? Looks up short strings, and writes numbers as that language does.

Programs read the same bytes under every locale: formats for them are written in English (`speaking`), with
dot decimals and dates of ISO 8601. What is looked up is the English text itself, so that code reads as it
speaks.
"""

import gettext
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Final

from spendaudit.errors import SpendauditError, UsageError
from spendaudit.wording import Words

ENGLISH: Final = "en"
LANGUAGES: Final = (ENGLISH, "es", "pt")

_FOLDER: Final = Path(__file__).parent / "locale"
#: Typer's own words ("Options", "Usage:") are looked up in this domain, by the standard library.
_DOMAIN: Final = "messages"
#: In the order in which a locale is found, as every program of the system does.
_LOCALES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
#: What begins a translated page, before the digest of the English one that it translates.
_MARK: Final = "<!-- translates "
_TABLE: Final = re.compile(r"^\|.*(?:\n\|.*)*", re.MULTILINE)
#: What stands in a translated page for the table that stands there in the English one.
_SAME: Final = "|table|"


@dataclass(frozen=True, slots=True)
class _Tongue:
    #: `es`, or with a country `es_CL`: countries write numbers in their own ways.
    tag: str
    #: Kept beside it: a run asks this of every number that it writes.
    language: str
    catalog: gettext.NullTranslations


@dataclass(frozen=True, slots=True)
class Page:
    """A page in the reader's language, or in English where there is no translation."""

    text: str
    #: How it puts the English headings.
    headings: Mapping[str, str]
    #: Whether the English page has changed since it was translated.
    stale: bool = False


class _Speaker:
    """Holds the language that is spoken."""

    tongue = _Tongue(ENGLISH, ENGLISH, gettext.NullTranslations())


def t(text: str, /, **values: object) -> str:
    """Say a text in the reader's language, and fill in the values that it names in braces."""
    catalog = _Speaker.tongue.catalog
    said = catalog.gettext(text) if text else ""
    if said == text:
        # A word that is counted elsewhere stands in the catalogue with its plural, where Python before 3.13
        # does not look.
        said = catalog.ngettext(text, text, 1)
    return said.format(**values) if values else said


def n(one: str, many: str, number: int, /) -> str:
    """Choose between singular and plural as the reader's language does."""
    return _Speaker.tongue.catalog.ngettext(one, many, number)


def tell(text: Words) -> str:
    """Say a text that carries its values in the reader's language."""
    if language() == ENGLISH:
        return str(text)
    return t(text.english, **{name: _filling(value) for name, value in text.values.items()})


class _Grouped(int):
    """A whole number that groups its digits as the reader's language does."""

    def __format__(self, spec: str) -> str:
        return number(self) if spec == "," else super().__format__(spec)


def _filling(value: object) -> object:
    match value:
        case Words():
            return tell(value)
        case SpendauditError():
            return tell(value.said)
        case int():
            return _Grouped(value)
        case _:
            return value


def anew(
    text: str, sentences: Iterable[str], numbers: Collection[str], fill: Callable[[str, str], str]
) -> str:
    """Say a text that was kept in English: find which of the sentences it is, and what fills it.

    `fill` says the value of a field, by its name and what stands there; fields among `numbers` are written as
    numbers. What is none of the sentences is looked up as it is.
    """
    if language() == ENGLISH:
        return text
    for sentence in sentences:
        if found := _pattern(sentence, tuple(numbers)).fullmatch(text):
            values = {
                name: number(int(value.replace(",", ""))) if name in numbers else fill(name, value)
                for name, value in found.groupdict().items()
            }
            return t(sentence, **values) if values else t(sentence)
    return t(text)


@cache
def _pattern(sentence: str, numbers: tuple[str, ...]) -> re.Pattern[str]:
    """Read a sentence back: numbers are digits, other fields are any text."""
    read = {True: "[0-9,]+", False: ".+"}
    parts = re.split(r"\{(\w+)\}", sentence)
    return re.compile(
        "".join(
            f"(?P<{part}>{read[part in numbers]})" if place % 2 else re.escape(part)
            for place, part in enumerate(parts)
        )
    )


def language() -> str:
    """Return the language that is spoken: one of `LANGUAGES`."""
    return _Speaker.tongue.language


def tag() -> str:
    """Return it with its country, if one was named: `es_CL`."""
    return _Speaker.tongue.tag


def number(value: Decimal | float, places: int = 0) -> str:
    """Write a number grouped by thousands, with so many decimal places."""
    written = f"{value:,.{places}f}"
    if language() == ENGLISH:
        return written
    group, point = _signs(tag())
    return written.translate({ord(","): group, ord("."): point})


def day(value: date) -> str:
    """Write a date: in English as ISO 8601 has it, else in words."""
    if language() == ENGLISH:
        return value.isoformat()
    from babel.dates import format_date  # noqa: PLC0415 no English reader waits for it

    return format_date(value, format="long", locale=_in_babel(tag()))


def use(wanted: str) -> None:
    """Speak a language: `es`, `pt` or `en`, also with a country: `es-CL`. Raises UsageError for others."""
    chosen = _known(wanted)
    if not chosen:
        raise UsageError(
            "there is no language {name}",
            hint="languages: {known}, also as in es-CL",
            name=wanted,
            known=", ".join(LANGUAGES),
        )
    _Speaker.tongue = _tongue(chosen)
    # For Typer's own words.
    os.environ["LANGUAGE"] = _Speaker.tongue.language
    gettext.bindtextdomain(_DOMAIN, str(_FOLDER))
    gettext.textdomain(_DOMAIN)


@contextmanager
def speaking(wanted: str) -> Iterator[None]:
    """Speak another language for a while; programs are spoken to in English."""
    before = _Speaker.tongue
    _Speaker.tongue = _tongue(wanted)
    try:
        yield
    finally:
        _Speaker.tongue = before


def option(arguments: list[str], name: str = "--lang", *, take: bool = True) -> str:
    """Take `--lang es` out of a command line, wherever it stands before `--`; empty when it is not there.

    Another option may be asked for as well, and stay where it is.
    """
    before = arguments[: arguments.index("--")] if "--" in arguments else arguments
    for place, word in enumerate(before):
        first, equals, value = word.partition("=")
        if first != name or not (equals or place + 1 < len(before)):
            continue
        value = value if equals else before[place + 1]
        if take:
            del arguments[place : place + (1 if equals else 2)]
        return value
    return ""


def of_locale(environment: Mapping[str, str]) -> str:
    """Tell which language the system's locale asks for; English where it is none that is spoken."""
    told = next((value for name in _LOCALES if (value := environment.get(name))), "")
    return _known(told.partition(".")[0].partition("@")[0]) or ENGLISH


def page(name: str, english: str, headings: Iterable[str], kind: str = "rules") -> Page:
    """Return the page of a rule, or of another kind, in the reader's language; it has these headings."""
    path = _FOLDER / language() / kind / f"{name}.md"
    if language() == ENGLISH or not path.exists():
        return Page(english, {title: title for title in headings})
    first, _, text = path.read_text("utf-8").partition("\n")
    tables = iter(_TABLE.findall(english))
    whole = _TABLE.sub(lambda own: _instead(own[0], next(tables, "")), text.lstrip("\n"))
    put = {title: t(title) for title in headings}
    return Page(whole, put, stale=digest(english) not in first)


def _instead(own: str, english: str) -> str:
    """Put the English table where a translation has none of its own: rows of data have no language."""
    return english if own == _SAME else own


def digest(english: str) -> str:
    """Name a version of the words of an English page, for its translations."""
    return blake2b(_TABLE.sub(_SAME, english.strip()).encode(), digest_size=4).hexdigest()


def marked(english: str) -> str:
    """Return the line that begins a translation of this page."""
    return f"{_MARK}{digest(english)} -->"


def _known(wanted: str) -> str:
    """Return the tag of a language that is spoken: `es`, or `es_CL` if a country is named; empty if not."""
    name, _, country = wanted.strip().replace("-", "_").partition("_")
    if name.lower() not in LANGUAGES:
        return ""
    return f"{name.lower()}_{country.upper()}" if len(country) == 2 and country.isalpha() else name.lower()  # noqa: PLR2004 ISO 3166


@cache
def _signs(wanted: str) -> tuple[str, str]:
    """Return what stands between thousands, and before decimals."""
    from babel.numbers import get_decimal_symbol, get_group_symbol  # noqa: PLC0415 no English reader waits for it

    place = _in_babel(wanted)
    return get_group_symbol(place), get_decimal_symbol(place)


@cache
def _in_babel(wanted: str) -> str:
    """Return the tag, or the language alone where nothing is known of the country."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 no English reader waits for it

    try:
        return str(Locale.parse(wanted))
    except UnknownLocaleError:
        return wanted.partition("_")[0]


@cache
def _tongue(wanted: str) -> _Tongue:
    name = wanted.partition("_")[0]
    if name == ENGLISH:
        return _Tongue(wanted, name, gettext.NullTranslations())
    return _Tongue(wanted, name, gettext.translation(_DOMAIN, _FOLDER, [name], fallback=True))
