"""How a comparison of two releases is laid out: a table for a person, Markdown for a review, JSON."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final, TextIO

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from spendaudit.audit.diff import TableDiff
from spendaudit.audit.retell import retold_finding
from spendaudit.cli.changes import Block, blocks
from spendaudit.cli.comparing import Compared
from spendaudit.cli.laid_out import bare_table
from spendaudit.cli.outputs import write_file
from spendaudit.cli.places import Places
from spendaudit.i18n import t
from spendaudit.model.run import Finding
from spendaudit.model.tables import IDENTIFIER, PUBLISHED
from spendaudit.report.safe import plain
from spendaudit.report.screen import Fitting, Screen, show, standard_output
from spendaudit.report.to_json import SCHEMA_VERSION, line
from spendaudit.report.words import CLOSING, STYLE, words
from spendaudit.rules import load_rules

_SUFFIXES: Final = {".txt": "table", ".json": "json", ".md": "markdown"}
#: What Markdown would take for more than words.
_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>#|~])")


def choose(files: Sequence[Path], format_name: str, *, quiet: int) -> Places:
    """Find the format of every file. Raises UsageError before any work is done that could not be kept."""
    return Places.of(files, format_name, _SUFFIXES, quiet=quiet)


def write(found: Compared, places: Places, limit: int) -> None:
    """Write the files, each complete or not at all, then print."""
    for path, named in places.files:
        write_file(path, "utf-8", partial(_fill, found, named, limit))
    if places.printed:
        _fill(found, places.printed, limit, standard_output())


def _fill(found: Compared, format_name: str, limit: int, stream: TextIO) -> None:
    match format_name:
        case "json":
            stream.write(f"{line(_json(found, limit))}\n")
        case "markdown":
            stream.writelines(_markdown(blocks(_told(found), limit)))
        case _:
            show(stream, lambda screen: on_screen(blocks(_told(found), limit), screen))


def _told(found: Compared) -> Compared:
    """Put the questions of findings in the reader's language."""
    rules = load_rules()
    return replace(
        found,
        appeared=tuple(retold_finding(one, rules) for one in found.appeared),
        disappeared=tuple(retold_finding(one, rules) for one in found.disappeared),
        changed=tuple((old, retold_finding(new, rules)) for old, new in found.changed),
    )


def on_screen(parts: Iterator[Block], screen: Screen) -> Iterator[RenderableType]:
    """Lay out blocks under their titles, in columns where there is room."""
    styles = {t(severity.value).upper(): style for severity, style in STYLE.items()}
    for block in parts:
        yield words((block.title[:1].upper() + block.title[1:], "bold"))
        yield from (Padding(words(said), (0, 0, 0, 2), expand=screen.terminal) for said in block.sentences)
        if block.rows:
            table = bare_table()
            for place, heading in enumerate(block.headings):
                right = place in block.numbers
                table.add_column(
                    heading, justify="right" if right else "left", no_wrap=right, overflow="fold"
                )
            for row in block.rows:
                table.add_row(*(words((cell, styles.get(cell, ""))) for cell in row))
            shown = Fitting(table, (), [*_listed(block)]) if len(block.numbers) > 1 else table
            yield Padding(shown if screen.terminal else table, (0, 0, 0, 2), expand=screen.terminal)
        yield Text("")
    yield Text(t(CLOSING), style="italic")


def _listed(block: Block) -> Iterator[RenderableType]:
    """Lay out rows of several figures one below the other, for a screen that has no room for them."""
    for row in block.rows:
        yield words("  ".join(cell for place, cell in enumerate(row) if place not in block.numbers))
        figures = [f"{block.headings[place]}: {row[place]}" for place in block.numbers if row[place]]
        yield words(f"  {'; '.join(figures)}")


def _markdown(parts: Iterator[Block]) -> Iterator[str]:
    yield f"# {t('What has changed')}\n"
    for block in parts:
        yield f"\n## {_escaped(block.title[:1].upper() + block.title[1:])}\n\n"
        yield from (f"- {_escaped(said)}\n" for said in block.sentences)
        if block.rows:
            yield "\n" if block.sentences else ""
            yield f"| {' | '.join(block.headings)} |\n"
            marks = ("---:" if place in block.numbers else "---" for place in range(len(block.headings)))
            yield f"|{'|'.join(marks)}|\n"
            yield from (f"| {' | '.join(map(_escaped, row))} |\n" for row in block.rows)
    yield f"\n*{t(CLOSING)}*\n"


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", plain(text))


def _json(found: Compared, limit: int) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "old": _release(found.old.id, [file.name for file in found.old.inputs]),
        "new": _release(found.new.id, [file.name for file in found.new.inputs]),
        "tables": [_table(table, limit) for table in found.tables],
        "findings": {
            "new": [_entry(one) for one in found.appeared[:limit]],
            "gone": [_entry(one) for one in found.disappeared[:limit]],
            "changed": [{"old": _entry(old), "new": _entry(new)} for old, new in found.changed[:limit]],
            "counts": {
                "new": len(found.appeared),
                "gone": len(found.disappeared),
                "changed": len(found.changed),
                "same": found.same,
            },
        },
    }


def _release(run: str, inputs: list[str]) -> dict[str, Any]:
    return {"run": run, "inputs": inputs}


def _table(table: TableDiff, limit: int) -> dict[str, Any]:
    return {
        "table": table.table,
        "rows_old": table.old,
        "rows_new": table.new,
        "same": table.same,
        **table.counts,
        "old_only": table.old_only,
        "new_only": table.new_only,
        "columns": dict(table.columns),
        "rows": [_record(table.table, row) for row in table.rows.iter_rows(named=True)],
        "gaps": table.gaps.head(limit).rows(named=True),
        "totals": table.totals.head(limit).rows(named=True),
    }


def _record(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """Give both sides of a row: of a changed one what differs and its identifier, of others all."""
    names = list(PUBLISHED[table])
    if row["state"] == "changed":
        names = [
            name for name in names if name == IDENTIFIER[table] or row[f"old_{name}"] != row[f"new_{name}"]
        ]
    sides = {"old": row["state"] != "added", "new": row["state"] != "gone"}
    return {
        "state": row["state"],
        "period": row["period"],
        **{side: {name: row[f"{side}_{name}"] for name in names} for side, there in sides.items() if there},
    }


def _entry(finding: Finding) -> dict[str, Any]:
    return {
        "fingerprint": finding.fingerprint,
        "rule": finding.rule,
        "severity": finding.severity,
        "amount": finding.amount,
        "currency": finding.currency,
        "message": finding.message,
    }
