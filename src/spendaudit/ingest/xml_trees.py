"""Reads XML tree by tree: every element of some names, as a mapping of its parts."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError, iterparse

from spendaudit.errors import ReadError
from spendaudit.ingest.archive import Published

Tree = Mapping[str, Any]


@contextmanager
def trees(published: Published, names: tuple[str, ...]) -> Iterator[Iterator[Tree]]:
    """Open a file; elements of these names (without namespace) come in order, one in memory at a time."""
    yield (tree for stream in published.streams() for tree in _of_stream(published, stream, names))


def _of_stream(published: Published, stream: IO[bytes], names: tuple[str, ...]) -> Iterator[Tree]:
    path: list[Element] = []
    try:
        for event, element in iterparse(stream, ("start", "end")):  # noqa: S314 entities do not blow up
            if event == "start":
                path.append(element)
                continue
            path.pop()
            if _local(element.tag) in names:
                yield {_local(element.tag): _mapping(element)}
                if path:
                    path[-1].remove(element)
    except ParseError as error:
        raise ReadError(
            f"{published.label}: the XML is damaged ({error})", hint="download it again; it may be cut short"
        ) from error


def _mapping(element: Element) -> Any:
    """Turn an element into its text, or into a mapping if it has attributes or children."""
    text = (element.text or "").strip()
    if not element.attrib and not len(element):
        return text or None
    parts: dict[str, Any] = {_local(name): value for name, value in element.attrib.items()}
    if text:
        parts[""] = text
    for child in element:
        name, value = _local(child.tag), _mapping(child)
        if name not in parts:
            parts[name] = value
        elif isinstance(parts[name], list):
            parts[name].append(value)
        else:
            parts[name] = [parts[name], value]
    return parts


def _local(name: str) -> str:
    return name.rpartition("}")[2]
