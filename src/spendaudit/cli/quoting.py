"""Quotes what a portal published of the rows behind a finding."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from spendaudit.audit.explain import Explanation
from spendaudit.errors import SpendauditError
from spendaudit.i18n import number, t, tell
from spendaudit.ingest.rawstore import RawStore
from spendaudit.load.kept_mappings import kept
from spendaudit.load.published_lines import published_lines
from spendaudit.model.run import Run

#: Lines that are quoted; a finding may rest on thousands.
_LINES: Final = 12


@dataclass(frozen=True, slots=True)
class Quote:
    """Some lines of one file by row, or why there are none."""

    file: str
    lines: dict[int, str]
    remark: str = ""


def quote(explained: Explanation, run: Run, store: Path, *, hidden: bool) -> list[Quote]:
    """Look the rows up in the published files; nothing is quoted that would name a person who is `hidden`."""
    if hidden:
        return [Quote("", {}, t("they name a natural person, or may do so; --show-personal quotes them"))]
    return list(_quotes(explained, run, store))


def _quotes(explained: Explanation, run: Run, store: Path) -> Iterator[Quote]:
    raw = RawStore(store)
    left, table = _LINES, explained.finding.members[0].table
    files = explained.rows.group_by("file", maintain_order=True).agg(
        pl.col("row").unique(maintain_order=True)
    )
    inputs = {entry.file: entry for entry in run.inputs}
    for file, rows in files.iter_rows():
        entry = inputs[file]
        fetched = raw.path_of(entry.sha256)
        wanted = rows[: max(left, 0)]
        left -= len(rows)
        try:
            path = fetched if fetched.is_file() else Path(entry.path)
            lines = published_lines(entry, path, table, wanted, kept(store, entry.source)) if wanted else {}
        except SpendauditError as error:
            yield Quote(entry.name, {}, tell(error.said))
        else:
            more = len(rows) - len(wanted)
            yield Quote(entry.name, lines, t("and {number} more", number=number(more)) if more else "")
