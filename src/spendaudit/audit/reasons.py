"""Why could a rule not judge all rows, in the reader's language? A run keeps reasons in English."""

from collections.abc import Iterator
from typing import Final

from spendaudit.audit import coverage
from spendaudit.audit.coverage import WORDS, called
from spendaudit.i18n import anew, t
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
    coverage.AS_MANY_LACK,
    coverage.SOME_LACK,
    coverage.ONE_LACKS,
    coverage.MORE_LACK,
    coverage.ONE_MORE_LACKS,
)
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
    """Say a reason of an outcome."""
    return "; ".join(anew(part, SENTENCES, _NUMBERS, _filled) for part in said.split("; ")) if said else ""


def columns(said: str) -> str:
    """Say a list of columns, or of choices between columns."""
    return ", ".join(t(_OR).join(t(word) for word in one.split(_OR)) for one in said.split(", "))


def _filled(name: str, text: str) -> str:
    return columns(text) if name == "columns" else t(text)
