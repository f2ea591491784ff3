"""Reads XML tree by tree: every element of some names, as a mapping of its parts.

Only the tree that is being read is in memory: what stands between trees is not kept. Entities that a file
declares are refused, because some lines of them can stand for terabytes of text.
"""

import codecs
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import IO, Any, Final
from xml.parsers import expat

from spendaudit.errors import ReadError
from spendaudit.ingest.archive import Published

Tree = Mapping[str, Any]

_BLOCK: Final = 64 << 10

#: A tree of more bytes is none; its parts would fill the memory many times over.
_LARGEST: Final = 32 << 20

#: Declared encodings under which text in UTF-8 is read without an error, as other signs.
_UNICODE: Final = frozenset({"utf-8", "utf-16"})


@contextmanager
def trees(
    published: Published, names: tuple[str, ...], progress: Callable[[int], None] | None = None
) -> Iterator[Iterator[Tree]]:
    """Open a file; elements of these names (without namespace) come in order, one in memory at a time.

    A tree inside a tree is a part of it. `progress` is told of bytes that were read. Raises ReadError for XML
    that is cut short, damaged, in another encoding than it says, or that declares entities.
    """
    with closing(published.streams()) as streams:
        yield (tree for stream in streams for tree in _of_stream(published, stream, names, progress))


def _of_stream(
    published: Published,
    stream: IO[bytes],
    names: tuple[str, ...],
    progress: Callable[[int], None] | None,
) -> Iterator[Tree]:
    # Of many documents in an archive, the one that is at fault is named.
    label = f"{published.label}!{stream.name}" if published.more else published.label
    with closing(_Reading(label, frozenset(names))) as reading:
        while block := stream.read(_BLOCK):
            if progress:
                progress(len(block))
            yield from reading.take(block)
        yield from reading.take(b"")


class _Reading:
    """One document on its way through the parser."""

    def __init__(self, label: str, names: frozenset[str]) -> None:
        self._label = label
        self._names = names
        self._parser = expat.ParserCreate(namespace_separator="}")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.XmlDeclHandler = self._declare
        self._parser.EntityDeclHandler = self._refuse_entity
        # Without its own words for an entity the parser would leave out what it stands for.
        self._parser.SkippedEntityHandler = self._refuse_entity
        self._encoding = "utf-8"
        self._letters = _Letters()
        self._local: dict[str, str] = {}
        #: Where the tree begins that is being read.
        self._began = 0
        #: Parts of the open elements of a tree, the innermost apart.
        self._outer: list[dict[str, Any]] = []
        self._parts: dict[str, Any] | None = None
        self._text: list[str] = []
        self._done: list[Tree] = []

    def close(self) -> None:
        """Let the parser go: it holds what it has read, and the methods that it calls hold it."""
        del self._parser

    def take(self, block: bytes) -> list[Tree]:
        """Parse a block, the last of which is empty, and return the trees that end in it."""
        self._letters.take(block)
        try:
            self._parser.Parse(block, not block)
        except expat.ExpatError as error:
            raise self._damaged(error) from error
        except (LookupError, ValueError) as error:
            raise ReadError(
                "{file}: the XML says that it is in {encoding}, which cannot be read ({error})",
                hint="ask the portal for the file in UTF-8",
                file=self._label,
                encoding=self._encoding,
                error=error,
            ) from error
        if not block and self._encoding not in _UNICODE and self._letters.all_utf_8:
            raise ReadError(
                "{file}: the XML says that it is in {encoding}, but its accents are in UTF-8: they "
                "would be read as other signs",
                hint='write "UTF-8" instead of "{encoding}" into its first line',
                file=self._label,
                encoding=self._encoding,
            )
        if self._parts is not None and self._parser.CurrentByteIndex - self._began > _LARGEST:
            raise ReadError(
                "{file}: the XML holds one part of more than {size} MiB",
                hint="it is damaged, or not what a portal publishes",
                file=self._label,
                size=_LARGEST >> 20,
            )
        done, self._done = self._done, []
        return done

    def _damaged(self, error: expat.ExpatError) -> ReadError:
        if self._encoding == "utf-8" and not self._letters.valid:
            return ReadError(
                "{file}: the XML says that it is in UTF-8 and is not (line {line})",
                hint='its first line should name its encoding: try encoding="ISO-8859-1" there',
                file=self._label,
                line=error.lineno,
            )
        return ReadError(
            "{file}: the XML is damaged ({error})",
            hint="download it again; it may be cut short",
            file=self._label,
            error=error,
        )

    def _declare(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self._encoding = (encoding or "utf-8").lower()

    def _refuse_entity(self, name: str, *_: object) -> None:
        raise ReadError(
            "{file}: the XML uses entities of its own ({name}), which are not read: a few lines "
            "of them can stand for more text than any memory holds",
            hint="no portal needs them; find out where the file comes from",
            file=self._label,
            name=name,
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = self._local.get(tag) or self._local.setdefault(tag, tag.rpartition("}")[2])
        if self._parts is None:
            if name not in self._names:
                return
            self._began = self._parser.CurrentByteIndex
            # A list takes text without a step of Python's: there is text before and after every element.
            self._parser.CharacterDataHandler = self._text.append
        else:
            if self._text:
                self._keep_text(self._parts)
            self._outer.append(self._parts)
        self._parts = (
            {key.rpartition("}")[2]: value for key, value in attributes.items()} if attributes else {}
        )

    def _end(self, tag: str) -> None:
        parts = self._parts
        if parts is None:
            return
        if self._text:
            self._keep_text(parts)
        value = (parts[""] if len(parts) == 1 and "" in parts else parts) or None
        name = self._local[tag]
        if not self._outer:
            self._parts = None
            self._parser.CharacterDataHandler = None
            self._done.append({name: value})
            return
        self._parts = above = self._outer.pop()
        if name not in above:
            above[name] = value
        elif isinstance(above[name], list):
            above[name].append(value)
        else:
            above[name] = [above[name], value]

    def _keep_text(self, parts: dict[str, Any]) -> None:
        """Add the text that has been read to its element; text of several pieces is joined by blanks."""
        text = "".join(self._text).strip()
        self._text.clear()
        if text:
            parts[""] = f"{parts['']} {text}" if "" in parts else text


class _Letters:
    """Tells from bytes as they pass whether they are UTF-8, and whether there are accents in them."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._accents = False
        self.valid = True

    @property
    def all_utf_8(self) -> bool:
        return self._accents and self.valid

    def take(self, block: bytes) -> None:
        if self.valid:
            self._accents |= not block.isascii()
            try:
                self._decoder.decode(block, not block)
            except UnicodeDecodeError:
                self.valid = False
