"""What `spendaudit query` reads and shows: tables without persons, and answers in all forms."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import polars as pl
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from spendaudit.audit.archive import load
from spendaudit.audit.mask_key import mask_key
from spendaudit.audit.query import answer, of_run, without_persons
from spendaudit.cli.asking import hide_persons
from spendaudit.cli.laid_out import bare_table, kept_elsewhere
from spendaudit.cli.notes import Notes
from spendaudit.cli.reading import Wanted, read
from spendaudit.engine.local import collect
from spendaudit.errors import ReadError, UsageError
from spendaudit.i18n import t
from spendaudit.ingest.store import Store
from spendaudit.load.tables import open_tables
from spendaudit.paths import default_store
from spendaudit.report.listing import Listing
from spendaudit.report.screen import Screen
from spendaudit.report.words import count, money, words

#: Rows that a table for people shows; files and other formats hold all.
_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Source:
    """The tables that may be asked, and how many files could not be read."""

    tables: Mapping[str, pl.LazyFrame]
    refused: int

    @classmethod
    def of(
        cls, paths: Sequence[str], store: Path | None, run_id: str, notes: Notes, *, show_personal: bool
    ) -> Self:
        """Open what was normalised, or normalise what is given, and the findings of a kept run."""
        root = store or default_store()
        if not paths and not Store(root).is_store():
            raise ReadError(
                "{root} holds no tables", hint="name files to read, or normalise some first", root=root
            )
        found = read(Wanted(paths=paths or (str(root),), store=None if not paths else store), notes)
        opened = open_tables(found.inputs, found.store)
        tables, people = (
            (dict(opened.frames), 0)
            if show_personal
            else without_persons(opened, found.inputs, mask_key(found.kept / "mask.key"))
        )
        if people:
            hidden = count(people, "person is", "persons are")
            notes.say(
                t(
                    "{people} under pseudonyms, though texts such as titles may name some; --show-personal "
                    "shows all",
                    people=hidden,
                )
            )
        try:
            run = load(root, run_id)
        except UsageError:
            # Whoever names a run wants it; whoever does not may have audited nothing yet.
            if run_id:
                raise
        else:
            tables |= of_run(run if show_personal else hide_persons(run, root))
        return cls(tables, found.refused)


def answered(sql: str, tables: Mapping[str, pl.LazyFrame]) -> Listing:
    """Run the query, and lay its rows out."""
    rows = _flat(answer(sql, tables))
    return Listing("rows", rows, rows.iter_rows(named=True), lambda screen: _laid_out(rows, screen))


def described(tables: Mapping[str, pl.LazyFrame]) -> Listing:
    """List the tables and their columns."""
    entries: list[dict[str, Any]] = [
        {"table": table, "column": name, "type": _type(dtype), "rows": rows}
        for table, frame in tables.items()
        for rows in [collect(frame.select(pl.len())).item()]
        for name, dtype in frame.collect_schema().items()
    ]
    return Listing("columns", pl.DataFrame(entries), entries, lambda _: _columns(entries))


def _flat(rows: pl.DataFrame) -> pl.DataFrame:
    """Write as text what no cell of a spreadsheet can hold."""
    nested = [name for name, dtype in rows.schema.items() if dtype.is_nested()]
    return rows.with_columns(pl.Series(name, map(str, rows[name]), dtype=pl.String()) for name in nested)


def _type(dtype: pl.DataType) -> str:
    """Name a type as SQL does."""
    if dtype.is_decimal():
        return "decimal"
    if dtype.is_integer():
        return "integer"
    return {"Date": "date", "Boolean": "boolean", "Datetime": "timestamp"}.get(str(dtype.base_type()), "text")


def _columns(entries: Sequence[Mapping[str, Any]]) -> Iterator[RenderableType]:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="bold")
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for name in dict.fromkeys(entry["table"] for entry in entries):
        some = [entry for entry in entries if entry["table"] == name]
        columns = ", ".join(f"{one['column']} {one['type']}" for one in some)
        table.add_row(name, count(some[0]["rows"], "row"), columns)
    yield table


def _laid_out(rows: pl.DataFrame, screen: Screen) -> Iterator[RenderableType]:
    if rows.is_empty():
        yield Text(t("No row answers that."))
        return
    table = bare_table()
    for name, dtype in rows.schema.items():
        table.add_column(words(name), justify="right" if dtype.is_numeric() else "left", overflow="fold")
    for row in rows.head(_SHOWN).iter_rows():
        table.add_row(*(words(_cell(value)) for value in row))
    yield table
    if rows.height > _SHOWN:
        yield kept_elsewhere(rows.height - _SHOWN)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return money(value, None) if hasattr(value, "quantize") else str(value)
