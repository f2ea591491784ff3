"""Finds the parts of an XML tree: elements by their names, one or several, with attributes or without."""

from collections.abc import Mapping
from typing import Any, Final

Parts = Mapping[str, Any]

NOTHING: Final[Parts] = {}


def every(parts: Parts, name: str) -> list[Parts]:
    """Give the elements of a name, however many there are; one that holds text alone has it under ""."""
    found = parts.get(name)
    several = found if isinstance(found, list) else [found]
    return [one if isinstance(one, dict) else {"": one} for one in several if one is not None]


def part(parts: Parts, *path: str) -> Parts:
    """Follow a path to an element; of several the first."""
    for name in path:
        found = parts.get(name)
        parts = found if isinstance(found, dict) else next(iter(every(parts, name)), NOTHING)
    return parts


def words(parts: Parts, *path: str) -> str | None:
    """Follow a path to an element's text, or to an attribute; of several elements the first."""
    text = part(parts, *path).get("")
    return text if isinstance(text, str) else None
