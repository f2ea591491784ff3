"""How does a portal write its files? Three forms, each stated by the source and never guessed at run time."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class Csv:
    """Lines of text with a separator."""

    #: Those that the portal is known to write. Text that is UTF-8 is read so, whatever stands here; all other
    #: text by the first of them that has a byte for each character, and what was read is said.
    encodings: tuple[str, ...]
    separator: str
    quote: str = '"'
    #: Words that stand for nothing in any column.
    nulls: tuple[str, ...] = ()
    #: Columns, by the names used in the source, that are kept nowhere, not even of rows that are put aside.
    private: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """A sheet of an Excel workbook (.xlsx); a workbook's sheets are recognised one by one.

    Cells come as text: whole numbers without decimals, others in as many digits as tell them apart, days as
    `2024-03-01`, and with hours as `2024-03-01 12:30:00`.
    """

    #: Words that stand for nothing in any column.
    nulls: tuple[str, ...] = ()
    #: Rows that make up the header. Of two, the upper one goes on over empty cells, and a name is both, as
    #: in `Approved / Total`.
    header_rows: int = 1
    #: Patterns of cells above the header, whose groups become columns (`(?P<year>...)` is `@year`).
    above: tuple[str, ...] = ()


#: The place of a line among those that were given, in rows that were laid out of them.
LINE: Final = "@line"


@dataclass(frozen=True, slots=True)
class Laid:
    """Lines of trees as rows, column by column."""

    #: By grain: its columns (String, or Decimal for numbers), and `LINE` (UInt32), in the order of the lines.
    rows: Mapping[str, pl.DataFrame]
    #: What each line tells of; null for those that are left.
    names: pl.Series
    #: The lines that are left to `Documents.rows`, by their places.
    left: Mapping[int, bytes]


class StrangeTreeError(Exception):
    """A tree holds nothing that can be laid out; the message says why. It is put aside with its text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """Trees, JSON or XML, each of which holds rows of several grains.

    An XML element is a mapping: its attributes, its children by name (without namespace; a list where one is
    repeated), and its text under the empty name.
    """

    form: Literal["json", "xml"]
    #: Tells from one tree whether a file holds this source's.
    fits: Callable[[Mapping[str, Any]], bool]
    #: The columns that rows of each grain may have.
    grains: Mapping[str, tuple[str, ...]]
    #: Lays a tree out as rows: the grain, and its cells as text. Numbers of JSON come as the text they were
    #: published in. Raises StrangeTreeError.
    rows: Callable[[Mapping[str, Any]], Iterable[tuple[str, Mapping[str, str | None]]]]
    #: Lays out many lines at once, each of which holds a tree of JSON (in UTF-8) or nothing, as `rows` would.
    lines: Callable[[bytes], Laid] | None = None
    #: What a tree tells of, where several trees of a file may tell of one thing, each a part of it: `merge`
    #: makes one tree of them, in the order of the file. Rows that they have in common count as merged.
    tells_of: Callable[[Mapping[str, Any]], str | None] | None = None
    merge: Callable[[Sequence[Mapping[str, Any]]], Mapping[str, Any]] | None = None
    #: What to note of an object that holds trees: the licence that it states.
    says: Callable[[Mapping[str, Any]], str | None] | None = None
    #: Names of parts that are kept nowhere, not even of trees that are put aside.
    private: frozenset[str] = frozenset()
    #: Names of the elements that are trees, in XML; in JSON, of the lists that hold them.
    trees: tuple[str, ...] = ()


Layout = Csv | Workbook | Documents
