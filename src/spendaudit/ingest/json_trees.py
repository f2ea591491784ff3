"""Reads JSON tree by tree, whatever holds the trees: lists, lines, packages, or one after the other.

Of the text a window is held, and of trees one at a time.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import IO, Any, Final

from spendaudit.errors import ReadError
from spendaudit.ingest.archive import Published
from spendaudit.ingest.decode import Decoder
from spendaudit.ingest.json_window import KEPT, LONG, DamageError, TooLongError, Window, value_of
from spendaudit.model.remarks import DAMAGED, NULS
from spendaudit.wording import Words

#: Bytes that are read at a time.
_BYTES: Final = 1 << 20

#: What stands beside trees is not read if it is longer than this (in characters), unless it is of a tree.
_LONGEST: Final = 8 << 20

#: Portals write UTF-8, as the standard says, or what their database held.
_ENCODINGS: Final = ("utf-8", "cp1252")

#: Every byte below 0x80 is a character of its own: text may be cut behind one.
_CUTS: Final = (b"\n", b",", b"}")

#: Notes of a file of many documents that are told.
_NOTES: Final = 10

_ASCII: Final = 0x80

Tree = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Damaged:
    """A tree, or a whole document of several, that cannot be read: why, and (the start of) its text."""

    reason: str
    text: str


@dataclass(slots=True)
class Reading:
    """What is known of a file's text once it has been read, perhaps twice."""

    encodings: set[str] = field(default_factory=set)
    told: dict[str, None] = field(default_factory=dict)

    @property
    def encoding(self) -> str:
        """The encodings of the documents that needed any; `ascii` when none did."""
        return ", ".join(sorted(self.encodings - {"ascii"})) or "ascii"

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know, as far as a page goes."""
        return tuple(self.told)[:_NOTES]


@contextmanager
def trees(
    published: Published,
    lists: tuple[str, ...],
    fits: Callable[[Tree], bool],
    reading: Reading | None = None,
    *,
    says: Callable[[Tree], str | None] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Iterator[Tree | Damaged]]:
    """Open a file; its trees come in order, one in memory at a time.

    A tree is an object that fits: at the top, in a list, or in one of the named `lists` of an object, to any
    depth. An object that neither fits nor holds trees comes as it is. Of several documents (or lines), one
    that is damaged does not hide the others. Raises ReadError where there is only one. What an object that
    holds trees `says` is noted in `reading`; `progress` is told of bytes that were read.
    """
    reading = reading or Reading()

    def held_by(holder: Tree) -> None:
        if says and (words := says(holder)) and len(reading.told) < _NOTES:
            reading.told[words] = None

    walk = _Walk(lists, fits, held_by)
    with closing(published.streams()) as streams:
        yield (
            tree
            for stream in streams
            for tree in _of_document(published, _blocks(published, stream, progress), walk, reading)
        )


def tree_of(line: bytes) -> Tree | None:
    """Read a line that holds one object and nothing else, in UTF-8; nothing if it does not."""
    try:
        value = value_of(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _of_document(
    published: Published, blocks: Iterator[bytes], walk: "_Walk", reading: Reading
) -> Iterator[Tree | Damaged]:
    window = Window(_texts(blocks, reading))
    several = bool(published.more)
    listed = False
    while True:
        try:
            if not (sign := window.sign()):
                return
            listed = sign == "["
            yield from walk.top(window)
        except RecursionError as error:
            raise ReadError(
                "{file}: the JSON holds lists within lists, too many to tell what they are of",
                hint="nothing that OCDS describes is nested so deeply; find out where the file comes from",
                file=published.label,
            ) from error
        except DamageError as error:
            text, another = window.skip_document(to_line=not error.at_end and not listed)
            if not (several or another):
                raise ReadError(
                    "{file}: the JSON is damaged ({what})",
                    hint="download it again; it may be cut short",
                    file=published.label,
                    what=Words(str(error)),
                ) from error
            yield Damaged(DAMAGED.format(what=error), text)
        several = True


@dataclass(frozen=True, slots=True)
class _Walk:
    """Finds the trees in whatever holds them."""

    lists: tuple[str, ...]
    fits: Callable[[Tree], bool]
    #: Told of what stands beside trees.
    held_by: Callable[[Tree], None]

    def top(self, window: "Window") -> Iterator[Tree | Damaged]:
        """Read one value at the top of a document."""
        if window.sign() == "[":
            yield from self._elements(window)
            return
        try:
            value = window.value(longest=LONG)
        except TooLongError:
            yield from self._members(window)
        else:
            yield from self._unfolded(value)

    def _unfolded(self, value: Any) -> Iterator[Tree | Damaged]:
        if isinstance(value, list):
            for one in value:
                yield from self._unfolded(one)
        elif not isinstance(value, dict):
            yield Damaged("a single value, not an object", json.dumps(value)[:KEPT])
        elif self.fits(value):
            yield value
        elif held := [value[name] for name in self.lists if isinstance(value.get(name), list)]:
            self.held_by(value)
            yield from self._unfolded(held)
        else:
            yield value

    def _elements(self, window: "Window") -> Iterator[Tree | Damaged]:
        window.take("[")
        while window.sign() != "]":
            yield from self._unfolded(window.value())
            if window.sign() != "]":
                window.take(",")
        window.take("]")

    def _members(self, window: "Window") -> Iterator[Tree | Damaged]:
        """Read an object of many trees; what stands beside them may be one, too."""
        window.take("{")
        beside: dict[str, Any] = {}
        too_long: list[str] = []
        held = False
        while window.sign() != "}":
            name = str(window.value())
            window.take(":")
            if name in self.lists and window.sign() == "[":
                held = True
                yield from self._elements(window)
            else:
                try:
                    beside[name] = window.value(longest=0 if self.fits(beside) else _LONGEST)
                except TooLongError:
                    too_long.append(name)
                    window.pass_over()
            if window.sign() != "}":
                window.take(",")
        window.take("}")
        if held:
            self.held_by(beside)
        if not held or self.fits(beside):
            yield _without(too_long, beside) if too_long else beside


def _without(too_long: list[str], beside: Tree) -> Damaged:
    short = {name: value for name, value in beside.items() if not isinstance(value, dict | list)}
    reason = f"{' and '.join(too_long)}: longer than {_LONGEST >> 20} million characters"
    return Damaged(reason, json.dumps(short, ensure_ascii=False)[:KEPT])


def _blocks(
    published: Published, stream: IO[bytes], progress: Callable[[int], None] | None
) -> Iterator[bytes]:
    try:
        while block := stream.read(_BYTES):
            if progress:
                progress(len(block))
            yield block
    except ReadError as error:
        if not published.more:
            raise
        raise DamageError(error.message, at_end=True) from error


def _texts(blocks: Iterator[bytes], reading: Reading) -> Iterator[str]:
    """Decode a document piece by piece; a piece ends behind a sign of ASCII."""
    decoder = Decoder(_ENCODINGS)
    left = b""
    for block in blocks:
        text = block
        if b"\0" in block:
            reading.told[NULS] = None
            text = block.translate(None, b"\0")
        end = max(text.rfind(sign) for sign in _CUTS) + 1
        if not end and len(left) > KEPT:
            # A text without any of the signs would grow with every block, and be copied each time.
            end = next((place for place in range(len(text), 0, -1) if text[place - 1] < _ASCII), 0)
        if end:
            yield decoder.decode(left + text[:end]).decode()
            left = text[end:]
        else:
            left += text
    if left:
        yield decoder.decode(left).decode()
    reading.encodings.add(decoder.encoding)
    reading.told |= dict.fromkeys(decoder.notes)
