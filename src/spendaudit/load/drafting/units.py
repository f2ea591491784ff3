"""Do amounts count thousands or millions? Told by a column's name, by a column of units, by the banner."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from spendaudit.load.drafting.profile import Column
from spendaudit.load.drafting.sample import Sample
from spendaudit.load.drafting.settings import Drafted
from spendaudit.load.drafting.words import Reading, read_header
from spendaudit.wording import Words

SCALES: Final = {"thousands": 1_000, "millions": 1_000_000}
#: A word says so, and nothing proves it: a person should look.
_TOLD: Final = 0.75
_MIXED: Final = 0.5


def scaled(drafted: Sequence[Drafted], columns: Sequence[Column], sample: Sample) -> list[Drafted]:
    """Scale amounts by what the file says of its units."""
    whole, why = _of_the_file(columns, sample)
    return [_scaled(one, whole, why) if one.settings.get("read") == "money" else one for one in drafted]


def _scaled(one: Drafted, whole: int | None, why: Words) -> Drafted:
    own = _scale(one.source.header) if one.source else 1
    if own > 1:
        return _with(one, own, Words("its name says that it counts in units of {scale:,}", scale=own))
    if whole is None:
        return replace(one, sure=min(one.sure, _MIXED), evidence=(*one.evidence, why))
    return _with(one, whole, why) if whole > 1 else one


def _with(one: Drafted, scale: int, why: Words) -> Drafted:
    settings = {**one.settings, "scale": scale}
    return replace(one, settings=settings, sure=min(one.sure, _TOLD), evidence=(*one.evidence, why))


def _of_the_file(columns: Sequence[Column], sample: Sample) -> tuple[int | None, Words]:
    """Return the scale of all amounts and what tells it; None where the file names several."""
    for column in columns:
        if not column.values or not column.header.has("measure", "unit", "currency", "amount"):
            continue
        scales = {_scale(read_header(value)) for value in column.values}
        if scales == {1}:
            continue
        shown = ", ".join(f"`{value}`" for value in column.values[:3])
        if len(scales) > 1:
            return None, Words(
                "`{column}` names several units ({values}), and one scale cannot hold",
                column=column.name,
                values=shown,
            )
        return scales.pop(), Words("`{column}` says {values}", column=column.name, values=shown)
    for cell in sample.dialect.banner if sample.dialect else ():
        if (scale := _scale(read_header(cell))) > 1:
            return scale, Words("a row above the header says `{cell}`", cell=cell)
    return 1, Words("")


def _scale(reading: Reading) -> int:
    # `mil` alone is a number in names of every kind.
    said = {idea for word, ideas in reading.parts for idea in ideas & SCALES.keys() if word != "mil"}
    return SCALES[said.pop()] if len(said) == 1 else 1
