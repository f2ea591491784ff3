"""What is a person told? English words, and the values that they name: they are said where they are shown."""

from collections.abc import Iterable, Sequence


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


def joined(parts: Iterable[object], between: str) -> Words:
    """Say several things one after the other."""
    values = {f"part{number}": part for number, part in enumerate(parts)}
    return Words(between.join(f"{{{name}}}" for name in values), **values)


def either(names: Sequence[str]) -> Words:
    """List what may be chosen: `a, b or c`."""
    *others, last = names
    return Words("{others} or {last}", others=", ".join(others), last=last) if others else joined(names, "")
