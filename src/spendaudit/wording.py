"""What is a person told? English words, and the values that they name: they are said where they are shown."""

from collections.abc import Iterable, Sequence
from typing import Final


class Words:
    """A text that names values in braces: `Words("{file} is empty", file=path)`. As `str`, it is English.

    Values may be texts themselves, or errors. Whole numbers are grouped as a language does with `{rows:,}`.
    """

    __slots__ = ("english", "values")

    def __init__(self, english: str, /, **values: object) -> None:
        """Take the English text, by which its translations are looked up, and what fills it."""
        self.english = english
        self.values = values

    def __str__(self) -> str:
        """Say it in English."""
        return self.english.format(**self.values) if self.values else self.english

    def __format__(self, spec: str) -> str:
        """Stand in a longer text."""
        return format(str(self), spec)


NOTHING: Final = Words("")


def joined(parts: Iterable[object], between: str) -> Words:
    """Say several things one after the other."""
    values = {f"part{number}": part for number, part in enumerate(parts)}
    return Words(between.join(f"{{{name}}}" for name in values), **values)


def meant(word: str, known: Iterable[str], otherwise: Words = NOTHING, *, cutoff: float = 0.6) -> Words:
    """Ask whether the nearest of the known words was meant; say the other thing where none is near.

    `cutoff` is the smallest likeness of two words, from 0 to 1.
    """
    from difflib import get_close_matches  # noqa: PLC0415 few runs meet a slip

    folded = {one.casefold(): one for one in known}
    near = get_close_matches(word.casefold(), folded, n=1, cutoff=cutoff)
    return Words("did you mean {near}?", near=folded[near[0]]) if near else otherwise


def either(names: Sequence[str]) -> Words:
    """List what may be chosen: `a, b or c`."""
    *others, last = names
    return Words("{others} or {last}", others=", ".join(others), last=last) if others else joined(names, "")
