"""Takes a part of JSON for what it should be, and for nothing where it is of another kind."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

Tree = Mapping[str, Any]

#: The blanks of Unicode, as Polars knows them: Python's are these and four signs that separate records.
_BLANKS: Final = "".join(
    sign for sign in map(chr, range(0x3001)) if sign.isspace() and sign not in "\x1c\x1d\x1e\x1f"
)


def object_of(value: Any) -> Tree:
    """Take an object for what it is, and anything else for an empty one."""
    return value if isinstance(value, dict) else {}


def objects_of(value: Any) -> list[Tree]:
    """List the objects of a list; some publishers write the only one without it."""
    if isinstance(value, dict):
        return [value]
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text_of(value: Any) -> str | None:
    """Take words without the blanks around them; none for anything else, and for blanks."""
    if isinstance(value, str):
        return value.strip(_BLANKS) or None
    return str(value).lower() if isinstance(value, bool) else None


def texts_of(value: Any) -> Iterable[str]:
    """Take all words of a list, or the only ones."""
    words = value if isinstance(value, list) else [value]
    return (text for word in words if (text := text_of(word)))


def first_text(name: str, *owners: Tree) -> str | None:
    """Take what the first of some objects says under a name."""
    return next((text for owner in owners if (text := text_of(owner.get(name)))), None)
