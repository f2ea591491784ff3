"""Reads JSON tree by tree, whatever holds the trees: lists, lines, packages, or one after the other.

A window of the text is held, no more. The parser of the standard library reads a value of it at a time; a
parser that tells every bracket is ten times slower.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import IO, Any, Final

from spendaudit.errors import ReadError
from spendaudit.ingest.archive import Published
from spendaudit.ingest.decode import Decoder
from spendaudit.model.remarks import CUT, DAMAGED, NULS, TOO_DEEP
from spendaudit.wording import Words

#: Bytes that are read at a time.
_BYTES: Final = 1 << 20

#: An object at the top that is longer than this (in characters) is read member by member.
_WHOLE: Final = 4 << 20

#: What stands beside trees is not read if it is longer than this (in characters), unless it is of a tree.
_LONGEST: Final = 8 << 20

#: Characters of damaged text that are kept.
_KEPT: Final = 10_000

#: Portals write UTF-8, as the standard says, or what their database held.
_ENCODINGS: Final = ("utf-8", "cp1252")

#: Every byte below 0x80 is a character of its own: text may be cut behind one.
_CUTS: Final = (b"\n", b",", b"}")

#: Notes of a file of many documents that are told.
_NOTES: Final = 10

#: A value that is longer (in characters) is no tree; it would fill the memory many times over.
_MOST: Final = 256 << 20

#: How much of a value that the window's end cuts in two may look wrong: an escape or a word.
_CUT_SHORT: Final = 12

_ENDS: Final = {"{": "}", "[": "]"}

_ASCII: Final = 0x80

#: Blanks of JSON, byte order marks within concatenated texts, and marks between records (RFC 7464).
_BLANKS: Final = " \t\r\n\ufeff\x1e"

_SIGN: Final = re.compile(f"[^{_BLANKS}]")

#: Halves of characters beyond the first 65,536, each written as an escape of its own.
_HALVES: Final = re.compile("[\ud800-\udfff]")

Tree = Mapping[str, Any]

#: Why a tree is put aside that no parser of trees can walk through.

#: Numbers stay text: as exact as they were published.
_DECODER: Final = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)


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


class _DamageError(Exception):
    """The text is no JSON at the window's start."""

    def __init__(self, reason: str, *, at_end: bool) -> None:
        super().__init__(reason)
        self.at_end = at_end


class _TooLongError(Exception):
    """A value is longer than is to be read at once."""


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
        text = line.decode("utf-8")
        value = _DECODER.decode(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    tree: Tree = _whole(value) if "\\ud" in text or "\\uD" in text else value
    return tree


def _of_document(
    published: Published, blocks: Iterator[bytes], walk: "_Walk", reading: Reading
) -> Iterator[Tree | Damaged]:
    window = _Window(_texts(blocks, reading))
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
        except _DamageError as error:
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

    def top(self, window: "_Window") -> Iterator[Tree | Damaged]:
        """Read one value at the top of a document."""
        if window.sign() == "[":
            yield from self._elements(window)
            return
        try:
            value = window.value(longest=_WHOLE)
        except _TooLongError:
            yield from self._members(window)
        else:
            yield from self._unfolded(value)

    def _unfolded(self, value: Any) -> Iterator[Tree | Damaged]:
        if isinstance(value, list):
            for one in value:
                yield from self._unfolded(one)
        elif not isinstance(value, dict):
            yield Damaged("a single value, not an object", json.dumps(value)[:_KEPT])
        elif self.fits(value):
            yield value
        elif held := [value[name] for name in self.lists if isinstance(value.get(name), list)]:
            self.held_by(value)
            yield from self._unfolded(held)
        else:
            yield value

    def _elements(self, window: "_Window") -> Iterator[Tree | Damaged]:
        window.take("[")
        while window.sign() != "]":
            yield from self._unfolded(window.value())
            if window.sign() != "]":
                window.take(",")
        window.take("]")

    def _members(self, window: "_Window") -> Iterator[Tree | Damaged]:
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
                except _TooLongError:
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
    return Damaged(reason, json.dumps(short, ensure_ascii=False)[:_KEPT])


class _Window:
    """The part of a document's text that is held, and the place in it."""

    def __init__(self, texts: Iterator[str]) -> None:
        self._texts = texts
        self._text = ""
        self._at = 0
        self._over = False
        self._halves = False

    def sign(self) -> str:
        """Skip blanks; return the next character, or nothing at the end."""
        while True:
            if found := _SIGN.search(self._text, self._at):
                self._at = found.start()
                return found[0]
            self._at = len(self._text)
            if not self._more():
                return ""

    def take(self, sign: str) -> None:
        """Go past a sign that must stand here."""
        if self.sign() != sign:
            over = self._over and self._at >= len(self._text)
            raise _DamageError(CUT if over else f"'{sign}' is missing", at_end=over)
        self._at += 1

    def value(self, longest: int = 0) -> Any:
        """Read one value and go past it. Raises _TooLongError, and stays, at one of more characters."""
        self.sign()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except (json.JSONDecodeError, RecursionError) as error:
                cut = isinstance(error, json.JSONDecodeError) and (
                    error.msg.startswith("Unterminated string") or error.pos > len(self._text) - _CUT_SHORT
                )
                if longest and len(self._text) - self._at > longest and cut:
                    raise _TooLongError from None
                if cut and self._more():
                    continue
                reason = error.msg if isinstance(error, json.JSONDecodeError) else TOO_DEEP
                raise _DamageError(CUT if cut else reason, at_end=cut) from None
            # A number may go on behind the window.
            if end == len(self._text) and not isinstance(value, dict | list) and self._more():
                continue
            self._at = end
            return _whole(value) if self._halves else value

    def pass_over(self) -> None:
        """Go past one value of any length, a part of it at a time."""
        ends: list[str] = []
        while True:
            try:
                self.value(longest=_WHOLE)
            except _TooLongError:
                if (opened := self.sign()) in _ENDS:
                    self.take(opened)
                    ends.append(_ENDS[opened])
                    if opened == "{":
                        self._take_name()
                    continue
                self.value()
            while ends and self.sign() == ends[-1]:
                self.take(ends.pop())
            if not ends:
                return
            self.take(",")
            if ends[-1] == "}":
                self._take_name()

    def _take_name(self) -> None:
        self.value()
        self.take(":")

    def skip_document(self, *, to_line: bool) -> tuple[str, bool]:
        """Go past damaged text, up to a line that opens an object; tell whether there is one."""
        kept = ""
        while True:
            end = self._text.find("\n{", self._at) if to_line else -1
            # The bracket may be the first sign of what follows.
            stop = end if end >= 0 else max(self._at, len(self._text) - 1)
            kept += self._text[self._at : min(stop, self._at + _KEPT - len(kept))]
            self._at = stop
            if end >= 0:
                if end > _KEPT:
                    # The parser counts the lines above each damage.
                    self._text, self._at = self._text[end:], 0
                return kept, True
            if not self._more():
                kept = (kept + self._text[self._at :])[:_KEPT]
                self._at = len(self._text)
                return kept, False

    def _more(self) -> bool:
        """Let go of what was read, and hold twice as much as is left."""
        if self._over:
            return False
        left = self._text[self._at :]
        if len(left) > _MOST:
            raise _DamageError(f"a value of more than {_MOST >> 20} million characters", at_end=True)
        parts, size = [left], 0
        while size <= len(left):
            part = next(self._texts, None)
            if part is None:
                self._over = True
                break
            parts.append(part)
            size += len(part)
        self._text, self._at = "".join(parts), 0
        # One escape may be cut in two by the end of a part.
        self._halves = "\\ud" in self._text or "\\uD" in self._text
        return size > 0


def _whole(value: Any) -> Any:
    """Put the sign for a damaged character in the place of every half that stands without its other one."""
    if isinstance(value, str):
        return _HALVES.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_HALVES.sub("\ufffd", name): _whole(part) for name, part in value.items()}
    return [_whole(part) for part in value] if isinstance(value, list) else value


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
        raise _DamageError(error.message, at_end=True) from error


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
        if not end and len(left) > _KEPT:
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
