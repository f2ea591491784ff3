"""What does a header cell mean? Reads the ideas its words stand for, in Spanish, Portuguese and English."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

#: How sure a header makes that says a column's pattern and nothing else.
_SURE: Final = 0.95
#: What each word costs that the pattern does not ask for: one that is known to mean another thing, one that
#: nobody knows.
_OTHER_IDEA: Final = 0.22
_UNKNOWN: Final = 0.12
#: An amount in thousands, or with tax, is an amount.
_FREE: Final = frozenset({"thousands", "millions", "remark"})
#: What is pending is not paid, and a supplier's bank account is no supplier: such a word changes everything.
_OTHERS: Final = frozenset({"pending", "levy", "share", "contact", "bank", "person", "parent"})
#: A glued header (`MONTOADJUDICADO`) is cut into known words of at least so many letters.
_SHORTEST: Final = 3

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SIGNS: Final = re.compile(r"[^a-z0-9£€$%]+")
_NUMBER: Final = re.compile(r"(?i)\bn\s*[\u00ba\u00b0]")
_FIGURE: Final = re.compile(r"\d+|[ivx]{2,}")


@dataclass(frozen=True, slots=True)
class Pattern:
    """Ideas that name a canonical column, those that may be there, and how sure they make."""

    needed: tuple[str, ...]
    optional: frozenset[str]
    sure: float


@dataclass(frozen=True, slots=True)
class Dictionary:
    """The words of `header_words.toml`, ready to be looked up."""

    #: Words -> the ideas that they stand for, together.
    ideas: Mapping[tuple[str, ...], frozenset[str]]
    small: frozenset[str]
    nothing: frozenset[str]
    #: Table -> canonical column -> patterns.
    patterns: Mapping[str, Mapping[str, tuple[Pattern, ...]]]
    #: Canonical column -> canonical code -> published words.
    meanings: Mapping[str, Mapping[str, tuple[str, ...]]]

    @property
    def longest(self) -> int:
        """Words of the longest entry."""
        return max(map(len, self.ideas))


@cache
def dictionary() -> Dictionary:
    """Read the words that come with the package."""
    raw: dict[str, Any] = tomllib.loads(
        files("spendaudit.data").joinpath("header_words.toml").read_text("utf-8")
    )
    ideas: dict[tuple[str, ...], set[str]] = {}
    small = frozenset(raw.pop("small"))
    nothing = frozenset(raw.pop("nothing"))
    for idea, words in raw.pop("words").items():
        for word in words:
            key = tuple(part for part in word.split() if part not in small)
            ideas.setdefault(key or tuple(word.split()), set()).add(idea)
    meanings = raw.pop("meanings")
    return Dictionary(
        MappingProxyType({words: frozenset(found) for words, found in ideas.items()}),
        small,
        nothing,
        {
            table: {name: tuple(map(_pattern, texts)) for name, texts in columns.items()}
            for table, columns in raw.items()
        },
        {name: {code: tuple(words) for code, words in codes.items()} for name, codes in meanings.items()},
    )


def _pattern(text: str) -> Pattern:
    words = text.split()
    sure = float(words.pop()) if words[-1][0].isdigit() else _SURE
    return Pattern(
        tuple(word for word in words if not word.endswith("?")),
        frozenset(word.rstrip("?") for word in words if word.endswith("?")),
        sure,
    )


def folded(text: str) -> str:
    """Write text in small letters without accents, on one line."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join(bare.casefold().split())


@dataclass(frozen=True, slots=True)
class Reading:
    """A header as the ideas of its parts; a part without ideas is a word that nobody knows."""

    parts: tuple[tuple[str, frozenset[str]], ...]

    def has(self, *ideas: str) -> bool:
        """Tell whether some part can stand for one of the ideas."""
        return any(found & set(ideas) for _, found in self.parts)

    def fits(self, pattern: Pattern) -> float:
        """Tell how sure the header makes of a pattern, from 0 to 1."""
        left = list(range(len(self.parts)))
        for idea in pattern.needed:
            places = [at for at in left if idea in self.parts[at][1]]
            if not places:
                return 0.0
            # The part that can mean least else is spent on it.
            left.remove(min(places, key=lambda at: (len(self.parts[at][1] & set(pattern.needed)), at)))
        free = pattern.optional | set(pattern.needed) | _FREE
        rest = [self.parts[at] for at in left if not self.parts[at][1] & free]
        if any(ideas and ideas <= _OTHERS for _, ideas in rest):
            return 0.0
        cost = sum(
            _OTHER_IDEA if ideas else 0.0 if _FIGURE.fullmatch(word) else _UNKNOWN for word, ideas in rest
        )
        return max(0.0, pattern.sure - cost)


def read_header(cell: str) -> Reading:
    """Read `NOMBRE_PROVEEDOR`, `nombreProveedor`, `Nombre del proveedor` or `NOMBREPROVEEDOR` alike."""
    known = dictionary()
    spaced = _CAMEL.sub(" ", _NUMBER.sub("numero ", cell))
    words = [word for word in _SIGNS.sub(" ", folded(spaced)).split() if word not in known.small]
    parts: list[tuple[str, frozenset[str]]] = []
    at = 0
    while at < len(words):
        for length in range(min(known.longest, len(words) - at), 0, -1):
            key = tuple(words[at : at + length])
            if key in known.ideas:
                parts.append((" ".join(key), known.ideas[key]))
                at += length
                break
        else:
            parts += _unglued(words[at], known)
            at += 1
    return Reading(tuple(parts))


def _unglued(word: str, known: Dictionary) -> Sequence[tuple[str, frozenset[str]]]:
    """Cut a word that is several known ones written together; give it back whole where it is not."""
    best: list[list[tuple[str, frozenset[str]]] | None] = [None] * (len(word) + 1)
    best[0] = []
    for end in range(_SHORTEST, len(word) + 1):
        for start in range(end - _SHORTEST + 1):
            before, piece = best[start], word[start:end]
            if before is None or ((piece,) not in known.ideas and piece not in known.small):
                continue
            now = [*before, (piece, known.ideas.get((piece,), frozenset()))]
            if best[end] is None or len(now) < len(best[end] or now):
                best[end] = now
    whole = best[-1]
    if not whole:
        return [(word, frozenset())]
    return [(piece, ideas) for piece, ideas in whole if ideas]


def closed_code(canonical: str, published: str) -> str:
    """Return the code of a closed list that published words mean; empty for none."""
    words = f" {_SIGNS.sub(' ', folded(published))} "
    known = dictionary().meanings[canonical]
    return next(
        (code for code, spelled in known.items() if any(f" {word} " in words for word in spelled)), ""
    )
