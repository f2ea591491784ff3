"""Which suppliers may be one under several spellings? Suggests pairs, with what speaks for and against them.

Nothing is merged: suppliers with two different valid numbers are two, and are only counted; all else is for
a person to judge. Comparing 100 000 names with one another would take hours, so only names are compared that
share a *block*: the beginnings of two of their rarest words, either end of the rarest, or of the whole name.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import cpdist

from spendaudit.enrich.evidence import (
    APART,
    KINDS,
    MISTYPED,
    NOTHING,
    ONE_NUMBER,
    OTHER_NUMBERS,
    SAME_NUMBER,
    UNNUMBERED,
)
from spendaudit.enrich.likeness import Likeness, Vocabulary, compare, words_of

#: What `suggest` reads: one row per supplier and name key. `id` is the number as published and `valid`
#: whether it was judged a right one (null: nobody judged it); `kind` is a `PARTY_KIND`.
SPELT: Final = pl.Schema(
    {
        "supplier": pl.String(),
        "name_key": pl.String(),
        "id": pl.String(),
        "valid": pl.Boolean(),
        "kind": pl.String(),
    }
)
#: What it returns: `one` and `other` are suppliers.
SUGGESTED: Final = pl.Schema(
    {
        "one": pl.String(),
        "other": pl.String(),
        "score": pl.Int64(),
        "differ": pl.List(pl.String()),
        "speaks_for": pl.List(pl.String()),
        "speaks_against": pl.List(pl.String()),
    }
)
#: Pairs at or above are worth a look. Default of this project: among 4 175 Peruvian suppliers, each with a
#: number of its own, twelve pairs are so alike; among 11 800 names of British suppliers, 380 are.
AT_LEAST: Final = 85

#: Rarest words of a name that blocks are made of.
_RAREST: Final = 3
_BEGINNING: Final = 4
#: Letters at either end of a name, without its blanks.
_LETTERS: Final = 7
#: Blocks with more names are too common to tell anything; their names still meet in other blocks.
_CROWDED: Final = 200
#: Pairs that are held at a time.
_TOGETHER: Final = 500_000
#: Letter by letter, names that are less alike are not compared word by word.
_NEAR: Final = 60
_SAME_NUMBER: Final = 8
_OTHER_KIND: Final = 10
_OTHER_CODE: Final = 5
#: Numbers that more suppliers share are placeholders.
_PLACEHOLDER: Final = 5


@dataclass(frozen=True, slots=True)
class Suggested:
    """Pairs (`SUGGESTED`), the likeliest first, and how many were left out because their numbers differ."""

    pairs: pl.DataFrame
    told_apart: int


def suggest(spelt: pl.DataFrame, *, at_least: int = AT_LEAST) -> Suggested:
    """Suggest which suppliers of a frame (`SPELT`) may be one, scored at least so (0 to 100)."""
    spelt = spelt.drop_nulls("name_key").sort("name_key", "supplier")
    names = spelt["name_key"].unique(maintain_order=True)
    words = Vocabulary.of(names)
    borne = spelt.group_by("name_key", maintain_order=True).agg(pl.struct("supplier", "id", "valid", "kind"))
    bearers = [[_Bearer(**one) for one in listed] for listed in borne["supplier"].to_list()]
    common = _common_numbers(spelt)
    best: dict[tuple[str, str], tuple[int, Likeness, _Evidence]] = {}
    told_apart: set[tuple[str, str]] = set()
    for left, right, likeness in _alike(names, words, at_least - _SAME_NUMBER):
        for one in bearers[left]:
            for other in bearers[right]:
                if one.supplier == other.supplier:
                    continue
                pair = min(one.supplier, other.supplier), max(one.supplier, other.supplier)
                if _told_apart(one, other):
                    if likeness.score >= at_least:
                        told_apart.add(pair)
                    continue
                evidence = _weigh(one, other, common)
                score = max(0, min(likeness.score + evidence.tips, 100))
                if score >= at_least and (pair not in best or best[pair][0] < score):
                    best[pair] = score, likeness, evidence
    rows = [
        (one, other, score, list(likeness.differ), list(evidence.speaks_for), list(evidence.speaks_against))
        for (one, other), (score, likeness, evidence) in best.items()
    ]
    pairs = pl.DataFrame(rows, schema=SUGGESTED, orient="row")
    return Suggested(pairs.sort("score", "one", "other", descending=[True, False, False]), len(told_apart))


@dataclass(frozen=True, slots=True)
class _Bearer:
    supplier: str
    id: str | None
    valid: bool | None
    kind: str | None


@dataclass(frozen=True, slots=True)
class _Evidence:
    tips: int
    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...]


def _told_apart(one: _Bearer, other: _Bearer) -> bool:
    """Tell whether numbers prove two suppliers two: both valid, or both masked and different in what shows.

    The key is made of a valid number: of two suppliers, both cannot have the same one.
    """
    if one.valid and other.valid:
        return True
    return bool(one.id and other.id and one.id != other.id and "*" in one.id and "*" in other.id)


def _common_numbers(spelt: pl.DataFrame) -> frozenset[str]:
    shared = spelt.drop_nulls("id").group_by("id").agg(pl.col("supplier").n_unique())
    return frozenset(shared.filter(pl.col("supplier") > _PLACEHOLDER)["id"])


def _weigh(one: _Bearer, other: _Bearer, common: frozenset[str]) -> _Evidence:
    """Weigh what is known besides the names."""
    tips = 0
    speaks_for, speaks_against = [], []
    numbers = sorted(number for bearer in (one, other) if (number := bearer.id) and number not in common)
    match numbers:
        case [] | [_]:
            speaks_against += [UNNUMBERED] if not numbers else [ONE_NUMBER]
        case [a, b] if a == b:
            tips += _SAME_NUMBER
            speaks_for.append(SAME_NUMBER)
        case [a, b] if False in {one.valid, other.valid} and OSA.distance(a, b) == 1:
            tips += _SAME_NUMBER
            speaks_for.append(MISTYPED)
        case _:
            tips -= _OTHER_CODE
            speaks_against.append(OTHER_NUMBERS)
    # Keys of names that are kept apart, by country for one, end in what keeps them apart: `name:ACME (IE)`.
    parts = {
        key.rpartition(" (")[2].rstrip(")") for key in (one.supplier, other.supplier) if key.endswith(")")
    }
    if len(parts) > 1:
        tips -= _OTHER_KIND
        speaks_against.append(APART.format(signs=", ".join(sorted(parts))))
    kinds = {one.kind, other.kind} - {None, "unknown"}
    if len(kinds) > 1:
        tips -= _OTHER_KIND
        one_kind, other_kind = sorted(map(str, kinds))
        speaks_against.append(KINDS.format(kind=one_kind, other=other_kind))
    return _Evidence(tips, tuple(speaks_for), tuple(speaks_against))


def _alike(names: pl.Series, words: Vocabulary, at_least: int) -> Iterator[tuple[int, int, Likeness]]:
    """List pairs of names (their places) that are alike, and each name with itself."""
    same = Likeness(100, (NOTHING,))
    yield from ((place, place, same) for place in range(len(names)))
    listed = names.to_list()
    split = [words_of(name) for name in listed]
    spellings = [[" ".join(sorted(one)) for one in split], ["".join(one) for one in split]]
    for pairs in _candidates(listed, words):
        left, right = pairs["left"].to_list(), pairs["right"].to_list()
        near = sum(
            cpdist([spelt[a] for a in left], [spelt[b] for b in right], scorer=ratio, score_cutoff=_NEAR)
            for spelt in spellings
        )
        for number in np.flatnonzero(near):
            likeness = compare(split[left[number]], split[right[number]], words)
            if likeness.score >= at_least:
                yield left[number], right[number], likeness


def _candidates(names: Sequence[str], words: Vocabulary) -> Iterator[pl.DataFrame]:
    """Pair the names of each block (`left` < `right`), some blocks at a time; a pair may come again."""
    blocks = [(block, place) for place, name in enumerate(names) for block in _blocks(name, words)]
    filled = (
        pl.DataFrame(blocks, schema={"block": pl.String(), "place": pl.UInt32()}, orient="row")
        .with_columns(size=pl.len().over("block"))
        .filter(pl.col("size").is_between(2, _CROWDED))
        .sort("block", "place")
        .with_columns(turn=pl.col("size").cast(pl.Int64).cum_sum() // _TOGETHER)
    )
    # All names of a block take the turn of its first.
    filled = filled.with_columns(pl.col("turn").first().over("block"))
    for _, turn in sorted(filled.select("block", "place", "turn").partition_by("turn", as_dict=True).items()):
        yield (
            turn.join(turn, on="block")
            .filter(pl.col("place") < pl.col("place_right"))
            .select(left="place", right="place_right")
            .unique()
            .sort("left", "right")
        )


def _blocks(name: str, words: Vocabulary) -> set[str]:
    telling = sorted(set(words_of(name)), key=lambda word: (words.found[word], word))[:_RAREST]
    starts = sorted({word[:_BEGINNING] for word in telling})
    blocks = {f"{one} {other}" for place, one in enumerate(starts) for other in starts[place + 1 :]}
    rarest, letters = telling[0], name.replace(" ", "")
    blocks |= {rarest, f"{rarest[:_BEGINNING]}-", f"-{rarest[-_BEGINNING:]}"}
    return blocks | {f"{letters[:_LETTERS]}+", f"+{letters[-_LETTERS:]}"}
