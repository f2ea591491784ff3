"""Tells whoever checks a draft what else to know: columns that nothing is made of, doubts about the file."""

from collections.abc import Iterator, Sequence
from typing import Final

from spendaudit.load.drafting.assign import LIKELY, Assigned
from spendaudit.load.drafting.profile import Column
from spendaudit.load.drafting.sample import Sample
from spendaudit.load.drafting.settings import Drafted
from spendaudit.model.tables import IDENTIFIER
from spendaudit.wording import Words, either

#: A column of addresses holds them in more than this share of its cells.
_HALF: Final = 0.5


def why_not(column: Column, sample: Sample) -> Words:
    """Say why nothing is made of a column."""
    if column.name in sample.twice:
        return Words("its name stands in the header twice: one cannot be told from the other")
    if column.header.has("contact", "bank", "person") or column.mailed > _HALF:
        return Words("contact, bank or personal data: never stored")
    if not column.filled:
        return Words("it is empty")
    known = any(ideas for _, ideas in column.header.parts)
    return Words(
        "no canonical column fits: {share:.0f} % filled, {shape}"
        if known
        else "no idea: {share:.0f} % filled, {shape}",
        share=column.fill * 100,
        shape=_shape(column),
    )


def _shape(column: Column) -> Words:
    if column.dates.share > LIKELY and column.numbers.share < LIKELY:
        return Words("{share:.0f} % dates", share=column.dates.share * 100)
    if column.numbers.share > LIKELY:
        return Words("{share:.0f} % numbers", share=column.numbers.share * 100)
    return Words("words, {number:,} distinct", number=column.distinct)


def notes(assigned: Assigned, drafted: Sequence[Drafted]) -> Iterator[Words]:
    """Say what a draft as a whole leaves in doubt."""
    (first, best), *others = assigned.ranking
    near = [table for table, score in others if score >= 0.85 * best]
    if near:
        yield Words(
            "the file may fill {others} as well as {first}: change the table if it does",
            others=either(near),
            first=first,
        )
    if assigned.table == "budget":
        yield Words("lines that are totals of others are not told from them: sums may count an amount twice")
    have = {one.canonical: one for one in drafted}
    key = IDENTIFIER[assigned.table]
    named = have.get(key)
    if named is None:
        yield Words("nothing names a row ({key}): findings can be found again by row number only", key=key)
    elif named.source and named.source.filled and named.source.distinct < 0.9 * named.source.filled:
        yield Words(
            "`{column}` repeats: {values:,} values in {cells:,} cells. If amounts are totals that repeat "
            "too, they would be counted once a row",
            column=named.source.name,
            values=named.source.distinct,
            cells=named.source.filled,
        )
