"""Why could a rule not judge all rows, in the reader's language? A run keeps reasons in English."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from spendaudit.audit import coverage
from spendaudit.audit.coverage import WORDS, called
from spendaudit.i18n import ENGLISH, language, number, t
from spendaudit.model.lists import CALLED
from spendaudit.model.tables import SCHEMAS

#: What reasons begin with goes before what is in the midst of others.
SENTENCES: Final = (
    coverage.NOT_GIVEN,
    coverage.NOT_LOADED,
    coverage.NONE_THERE,
    coverage.OUT_OF_SCOPE,
    coverage.THOSE_LACK,
    coverage.ALL_LACK,
    coverage.ONLY_ONE_LACKS,
    coverage.SOME_LACK,
    coverage.ONE_LACKS,
    coverage.MORE_LACK,
    coverage.ONE_MORE_LACKS,
)
_FIELD: Final = re.compile(r"\\{(\w+)\\}")
_OR: Final = " or "
_NUMBERS: Final = ("count", "all")


def words() -> Iterator[str]:
    """Give every text that reasons are made of, for translators."""
    yield from SENTENCES
    yield _OR
    yield from WORDS.values()
    yield from CALLED.values()
    for table in SCHEMAS:
        yield from {called(table), coverage.one_of(table)}


def reason(said: str) -> str:
    """Say a reason of an outcome; what is none of `SENTENCES` stays as it is."""
    return said if language() == ENGLISH else "; ".join(map(_told, said.split("; ")))


def columns(said: str) -> str:
    """Say a list of columns, or of choices between columns."""
    return ", ".join(t(_OR).join(t(word) for word in one.split(_OR)) for one in said.split(", "))


def _told(part: str) -> str:
    for sentence in SENTENCES:
        if found := _pattern(sentence).fullmatch(part):
            return t(sentence, **{name: _filled(name, text) for name, text in found.groupdict().items()})
    return part


def _filled(name: str, text: str) -> str:
    if name in _NUMBERS:
        return number(int(text.replace(",", "")))
    return columns(text) if name == "columns" else t(text)


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    """Read a sentence back: numbers are digits, the rest is any text."""
    return re.compile(
        _FIELD.sub(
            lambda field: f"(?P<{field[1]}>{'[0-9,]+' if field[1] in _NUMBERS else '.+'})",
            re.escape(sentence),
        )
    )
