"""How alike two names are, word by word, and in which words they differ.

Names are compared by their keys (see `names`): accents, case and legal forms count for nothing. What a word
weighs is how rare it is among the names: `CONTRATISTAS GENERALES` tells one builder from no other.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import log
from typing import Final

from rapidfuzz.distance import OSA

from spendaudit.enrich.evidence import (
    ABBREVIATED,
    FORM,
    INITIAL,
    LETTERS,
    MORE,
    ONE_LETTER,
    ORDER,
    PLURAL,
    SPLIT,
    WRITTEN,
)

#: Words that join others, in Spanish, Portuguese and English: they tell nobody from anybody.
_JOINING: Final = frozenset(
    {"A", "AL", "AND", "DA", "DAS", "DE", "DEL", "DO", "DOS", "E", "EL", "EN", "FOR", "LA", "LAS", "LOS"}
    | {"OF", "THE", "Y"}
)
_NUMERALS: Final = frozenset({"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"})
#: A name with a word that the other lacks is at most this alike: it may be a branch or a namesake.
_WITH_MORE: Final = 92
#: Shorter words differ in a letter because they are different words; long ones may hold two slips.
_SHORT: Final = 4
_LONG: Final = 8
_SLIPS: Final = 2
#: Words that stand in so many names are words, not slips of the pen.
_ESTABLISHED: Final = 3


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two names are (0 to 100), and what tells them apart, for a reader."""

    score: int
    differ: tuple[str, ...] = ()


_UNLIKE: Final = Likeness(0)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of all names, each name counted once: how often each is found and how much it tells."""

    found: Mapping[str, int]
    #: The rarer a word, the more it weighs.
    weight: Mapping[str, float]
    #: Words that are numbers, or hold one.
    numbers: frozenset[str]

    @classmethod
    def of(cls, keys: Iterable[str]) -> "Vocabulary":
        """Count the words of name keys."""
        split = [set(words_of(key)) for key in keys]
        found = Counter(word for words in split for word in words)
        weight = {
            word: 0.05 if word in _JOINING else log(1 + len(split) / times) for word, times in found.items()
        }
        numbers = {word for word in found if word in _NUMERALS or any(map(str.isdigit, word))}
        return cls(found, weight, frozenset(numbers))

    def established(self, word: str) -> bool:
        """Tell whether a word is written so too often to be a slip."""
        return self.found[word] >= _ESTABLISHED


def words_of(key: str) -> tuple[str, ...]:
    """Split a name key into words; single letters that follow one another are one: `S G` is `SG`."""
    words: list[str] = []
    letters = False
    for word in key.split():
        single = len(word) == 1 and word.isalpha()
        if single and letters:
            words[-1] += word
        else:
            words.append(word)
        letters = single
    return tuple(words)


def compare(one: Sequence[str], other: Sequence[str], words: Vocabulary) -> Likeness:
    """Compare two names, given as their words; `words` must hold them.

    Names that each have a word of their own, or different numbers, are unlike, however much they share:
    `NORTE 1` is not `NORTE 2`, and Juan Pérez López not his brother José.
    """
    rest = [word for word in one if word not in other]
    more = [word for word in other if word not in one]
    related = _related(rest, more, words) if rest and more else []
    own, foreign = _telling(rest), _telling(more)
    if (own and foreign) or not words.numbers.isdisjoint((*own, *foreign)):
        return _UNLIKE
    weight = words.weight
    total = alike = sum(weight[word] for word in one) + sum(weight[word] for word in other)
    differ = []
    for mine, theirs, quality, how in related:
        alike -= (1 - quality) * sum(weight[word] for word in (*mine, *theirs))
        differ.append(WRITTEN.format(mine=" ".join(mine), theirs=" ".join(theirs), how=how))
    extra = own or foreign
    alike -= sum(weight[word] for word in (*rest, *more))
    if rest or more:
        differ.append(MORE.format(words=" ".join(extra or (*rest, *more))))
    if not differ:
        differ.append(ORDER if list(one) != list(other) else FORM)
    score = round(100 * alike / total)
    return Likeness(min(score, _WITH_MORE) if extra else score, tuple(differ))


def _telling(words: Iterable[str]) -> list[str]:
    return [word for word in words if word not in _JOINING]


#: The words of one name and those of the other that may be the same, how surely, and what tells them apart.
_Related = tuple[tuple[str, ...], tuple[str, ...], float, str]


def _related(rest: list[str], more: list[str], words: Vocabulary) -> list[_Related]:
    """Pair words that may be one, the surest first, and take them out of both lists."""
    found: list[_Related] = []
    for ours, others, turned in ((rest, more, False), (more, rest, True)):
        for pair in list(pairwise(ours)):
            if (joined := "".join(pair)) in others and set(pair) <= set(ours):
                for word in pair:
                    ours.remove(word)
                others.remove(joined)
                found.append(((joined,), pair, 1.0, SPLIT) if turned else (pair, (joined,), 1.0, SPLIT))
    pairs = [
        (*relation, mine, theirs)
        for mine, theirs in product(rest, more)
        # Most words have nothing in common: that must be told fast.
        if (mine[0] == theirs[0] or -_SLIPS <= len(mine) - len(theirs) <= _SLIPS)
        and (relation := _relation(mine, theirs, words))
    ]
    for quality, how, mine, theirs in sorted(pairs, key=lambda pair: (-pair[0], *pair[1:])):
        if mine in rest and theirs in more:
            rest.remove(mine)
            more.remove(theirs)
            found.append(((mine,), (theirs,), quality, how))
    return found


def _relation(one: str, other: str, words: Vocabulary) -> tuple[float, str] | None:
    """Tell how two different words may be one, and how sure that is."""
    if one in words.numbers or other in words.numbers:
        return None
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    if long in {f"{short}S", f"{short}ES"} and len(short) > 2:  # noqa: PLR2004 `AS` is not the plural of `A`
        return 0.97, PLURAL
    if len(short) == 1 and long.startswith(short):
        return 0.6, INITIAL
    if _abbreviates(short, long):
        # People shorten the words that everybody knows; `PARK HOUSE` is not `PARKFIELD HOUSE`.
        return (0.9 if words.established(long) else 0.7), ABBREVIATED
    # Julio is not Julia, nor Marin Martin.
    of_two_people = one[:-1] == other[:-1] and {one[-1], other[-1]} == {"A", "O"}
    if of_two_people or (words.established(one) and words.established(other)):
        return None
    return _slip(one, other)


def _slip(one: str, other: str) -> tuple[float, str] | None:
    """Tell whether two words differ in so few letters that one may be a slip of the pen."""
    least = min(len(one), len(other))
    most = _SLIPS if least >= _LONG else 1
    if least < _SHORT or abs(len(one) - len(other)) > most:
        return None
    slips = OSA.distance(one, other, score_cutoff=most)
    if slips > most:
        return None
    # Fewer letters tell less, and the first is seldom wrong.
    doubt = 0.15 if least == _SHORT or one[0] != other[0] else 0.0
    return 0.98 - 0.08 * slips - doubt, ONE_LETTER if slips == 1 else LETTERS.format(letters=slips)


def _abbreviates(short: str, long: str) -> bool:
    """`ASSOC`, `SRVCS`, `CIA`: the beginning of the word, or letters of it from its first to its last."""
    if len(short) < 3 or len(long) < len(short) + 2:  # noqa: PLR2004 two letters begin too many words
        return False
    if long.startswith(short):
        return True
    if short[0] != long[0] or short[-1] != long[-1]:
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)
