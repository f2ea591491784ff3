"""Which source explains a header best? Refuses to choose between equals, and says why none fits."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from spendaudit.errors import LayoutChangedError, ReportError, UnknownLayoutError, UsageError
from spendaudit.ingest.archive import Published
from spendaudit.ingest.cells import Cell
from spendaudit.model.remarks import UNEXPLAINED
from spendaudit.sources._source import Header, Source
from spendaudit.wording import Words, either, joined

#: A file that has this share of a source's columns is that source's, with a changed layout.
_ALIKE: Final = 0.5

#: A column whose name is so near to that of a missing one may be the same, renamed.
_RENAMED: Final = 0.75

#: How the table of flagged rows begins, in any language (`report.flagged`).
_REPORT: Final = ("fingerprint", "rule", "rule_name")

#: What no column is called; years, as in `2015-16`, are names.
_FIGURES: Final = re.compile(r"\"?(?!(?:19|20)\d\d(?:[-/]\d{2,4})?\"?$)[-\d.,/: ]*\d\"?")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A source (or one of its shapes), and a file's header as it would understand it."""

    source: Source
    #: The row of the header, as a spreadsheet counts.
    row: int
    header: Header

    @property
    def fits(self) -> bool:
        """Tell whether every column that the source needs is there, once."""
        return not self.header.gone and not self.header.twice

    @property
    def share(self) -> float:
        """Of the columns that the source needs, the share that is there."""
        needed = self.source.used - self.source.optional
        return 1 - len(self.header.gone) / len(needed) if needed else 0.0


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file, its source, and its header as the source understands it."""

    published: Published
    source: Source
    header: Header
    #: The row of the header, as a spreadsheet counts.
    row: int
    notes: tuple[str, ...] = ()
    #: The text that the source was made from, if it is not one of the package's.
    mapping: str = ""


def chosen(published: Published, candidates: Sequence[Candidate], *, new_columns: bool) -> Recognised | None:
    """Choose the source that fits and explains most of the header; None if none fits.

    Raises LayoutChangedError where the portal has added columns, unless `new_columns` allows them.
    """
    fitting = [candidate for candidate in candidates if candidate.fits]
    if not fitting:
        return None
    best = _closest(published, fitting)
    header = best.header
    notes: tuple[str, ...] = ()
    # What is not read cannot have changed for the worse.
    if header.new and best.source.outputs:
        added = listed(header.new)
        if not new_columns:
            raise LayoutChangedError(
                "{file}: {source} does not know the column {added}",
                hint="the portal may have changed its layout; what it had before can be read: "
                "--ignore-new-columns reads the file without what is new",
                file=published.label,
                source=best.source.id,
                added=added,
            )
        notes = (UNEXPLAINED.format(columns=added),)
    return Recognised(published, best.source, header, best.row, notes)


def _closest(published: Published, fitting: Sequence[Candidate]) -> Candidate:
    def explained(candidate: Candidate) -> tuple[int, int, int]:
        header, source = candidate.header, candidate.source
        known = len((source.used | source.ignored) & set(header.names))
        return -len(header.new), len(source.used & set(header.names)), known

    first, *others = sorted(fitting, key=explained, reverse=True)
    equals = {one.source.id for one in others if explained(one) == explained(first)} - {first.source.id}
    if equals:
        raise UsageError(
            "{file} could be of {sources}",
            hint="say which: --source {source}",
            file=published.label,
            source=first.source.id,
            sources=either([first.source.id, *sorted(equals)]),
        )
    return first


def changed(published: Published, candidates: Sequence[Candidate]) -> LayoutChangedError | None:
    """Say what a known portal has changed, if the header is near enough to one's; else None."""
    if not candidates:
        return None
    near = max(candidates, key=_nearness)
    header, source = near.header, near.source
    if header.twice:
        return LayoutChangedError(
            "{file}: {source} reads {columns}, which stands in the header twice",
            hint="delete one of the two columns, or ask the portal which one holds",
            file=published.label,
            source=source.id,
            columns=listed(header.twice),
        )
    if near.share < _ALIKE:
        return None
    return LayoutChangedError(
        "{file}: {source} needs the column {columns}, which the file lacks (and has {new}, which it does "
        "not know)"
        if header.new
        else "{file}: {source} needs the column {columns}, which the file lacks",
        hint=_way_on(source, header),
        file=published.label,
        source=source.id,
        columns=listed(header.gone),
        new=listed(header.new),
    )


def _nearness(candidate: Candidate) -> tuple[bool, float]:
    """Of those that are alike at all, the one that differs least: shapes of a data set share most columns."""
    alike = candidate.share >= _ALIKE
    differs = len(candidate.header.gone) + len(candidate.header.new)
    return alike, -differs if alike else candidate.share


def _way_on(source: Source, header: Header) -> Words:
    renamed = [
        Words('"{near}" may be "{name}" renamed', near=near[0], name=name)
        for name in sorted(header.gone)
        if (near := get_close_matches(name, header.new, n=1, cutoff=_RENAMED))
    ]
    filled = sorted({target for name in header.gone for target in _filled_from(source, name)})
    told = [
        *renamed,
        *([Words("without it {columns} cannot be filled", columns=", ".join(filled))] if filled else []),
        Words("`spendaudit sources {source}` shows what the source reads", source=source.id),
        Words("`spendaudit map FILE` drafts a mapping for the file as it is now"),
    ]
    return joined(told, "; ")


def _filled_from(source: Source, column: str) -> Iterable[str]:
    """Name the canonical columns that a published one fills, or one that is derived from it."""
    makes = {name for name, expr in source.derived.items() if column in expr.meta.root_names()} | {column}
    for output in source.outputs:
        for name, cell in output.columns.items():
            if not makes.isdisjoint((cell.value if isinstance(cell, Cell) else cell).meta.root_names()):
                yield f"{output.table}.{name}"


def unknown(published: Published, first_line: str, cells: Sequence[str]) -> UnknownLayoutError:
    """Say that no portal is known to write such a header, or that there is none."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if tuple(filled[: len(_REPORT)]) == _REPORT:
        return ReportError(
            "{file} is a report of spendaudit, and no data",
            hint="name the files that it reports on",
            file=published.label,
        )
    if sum(bool(_FIGURES.fullmatch(cell)) for cell in filled) * 3 >= len(cells) > 1:
        return UnknownLayoutError(
            "{file} starts with data, not with column names: {line}",
            hint="add the portal's header as the first line",
            file=published.label,
            line=first_line[:80],
        )
    return UnknownLayoutError(
        "{file} is of no portal that spendaudit knows; its header starts with {line}",
        hint="`spendaudit sources` lists the portals; `spendaudit map FILE` drafts a mapping for another",
        file=published.label,
        line=first_line[:80],
    )


def listed(names: Iterable[str]) -> str:
    """Write names of columns one after the other."""
    return ", ".join(f'"{name}"' for name in sorted(names))
