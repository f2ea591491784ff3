"""Reads JSON tree by tree, whatever holds the trees: lists, lines, packages, or one after the other."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any, Final

from spendaudit.errors import ReadError
from spendaudit.ingest.archive import Published

#: Events that open and close a value of several parts.
_OPEN: Final = frozenset({"start_map", "start_array"})
_CLOSE: Final = frozenset({"end_map", "end_array"})

Tree = Mapping[str, Any]


@contextmanager
def trees(published: Published, lists: tuple[str, ...]) -> Iterator[Iterator[Tree]]:
    """Open a file; its trees come in order, one in memory at a time.

    A tree is an object at the top, in a list at the top, or in one of the named `lists` of an object at the
    top. Numbers are int or Decimal, never float.
    """
    yield (tree for stream in published.streams() for tree in _of_stream(published, stream, lists))


def _of_stream(published: Published, stream: IO[bytes], lists: tuple[str, ...]) -> Iterator[Tree]:
    import ijson  # noqa: PLC0415 few files are JSON

    events = ijson.parse(stream, multiple_values=True)
    places = {"", "item", *(f"{name}.item" for name in lists)} | {f"item.{name}.item" for name in lists}
    try:
        for prefix, event, _ in events:
            if event == "start_map" and prefix in places:
                yield from _tree(events, places)
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise ReadError(
            f"{published.label}: the JSON is damaged ({error})", hint="download it again; it may be cut short"
        ) from error


def _tree(events: Iterator[tuple[str, str, Any]], places: set[str]) -> Iterator[Tree]:
    """Build the object that has just been opened; trees inside its lists come on their own."""
    from ijson.common import ObjectBuilder  # noqa: PLC0415

    builder = ObjectBuilder()
    builder.event("start_map", None)
    depth, held = 1, False
    for inner, event, value in events:
        if event == "start_map" and inner in places and inner.endswith(".item"):
            held = True
            yield from _tree(events, places)
            continue
        builder.event(event, value)
        depth += (event in _OPEN) - (event in _CLOSE)
        if not depth:
            break
    if not held:
        yield builder.value
