"""Writes a run as a workbook for people who work in Excel or LibreOffice: findings, rows, method, files.

Headers stay in view and have filters. Amounts are numbers and dates are dates, so that they can be sorted and
added up; identifiers are text, so that no zero at their beginning is lost. Columns of flagged rows that are
empty in all of them are left out.

XlsxWriter writes it: row by row, with no times of its own. openpyxl, which reads workbooks here, would take a
text that begins with `=` for a formula, and writes other bytes where lxml is installed.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, BinaryIO, Final

import polars as pl

from spendaudit.model.run import Finding, Run
from spendaudit.report._workbook import MOST_ROWS, Book, Cell, Column, Kind
from spendaudit.report.flagged import FINDING, PLACE, flagged, is_text, tidy
from spendaudit.report.formats import Options
from spendaudit.report.methods import Method, methods
from spendaudit.report.places import Places
from spendaudit.report.safe import plain
from spendaudit.report.to_json import digits
from spendaudit.report.words import count

SUFFIXES: Final = (".xlsx",)
ENCODING: Final = None
FOR_PEOPLE: Final = True

CLOSING: Final = "A finding is a question to ask, not a verdict."
#: The end of a line that the next one goes on from: neither an item, a formula, a table nor a paragraph.
_FOLD: Final = re.compile(r"(?<!\n)\n(?=[ ]{0,3}[^-|\s])")
#: Columns of text that deserve room; the longest texts are folded.
_WIDTHS: Final = {
    "reason": 60,
    "rule_name": 32,
    "title": 40,
    "description": 40,
    "file": 24,
    "fingerprint": 18,
}
_NAMES: Final = 30
#: Of a row of the methodology, in points: pages are read in one cell, and the rows are looked through.
_HEIGHT: Final = 90


def report(run: Run, stream: BinaryIO, options: Options) -> None:  # noqa: ARG001 a table to work with is whole
    """Write the workbook."""
    rows = _tidied(flagged(run))
    with Book(stream, "Findings of spendaudit", CLOSING) as book:
        places = Places.of(run)
        kind = _kind(one.amount for one in run.findings)
        book.add("findings", _finding_columns(kind), (_finding(one, places) for one in run.findings))
        book.add("flagged rows", [_column(rows[name]) for name in rows.columns], rows.iter_rows())
        asked = sorted(methods(run), key=lambda one: (not one.outcome.findings, one.outcome.id))
        titles = list(dict.fromkeys(title for one in asked for title in one.reading))
        book.add(
            "methodology",
            _method_columns(titles),
            (_method(one, titles) for one in asked),
            above=[*_notes(run, rows.height)],
            height=_HEIGHT,
        )
        book.add("files", _FILE_COLUMNS, _files(run))


def _tidied(rows: pl.DataFrame) -> pl.DataFrame:
    named = [*FINDING, *PLACE]
    filled = [name for name in rows.columns if rows[name].null_count() < rows.height or name in named]
    return rows.select(
        tidy(pl.col(name)).alias(name) if is_text(rows.schema[name]) else pl.col(name) for name in filled
    )


def _column(values: pl.Series) -> Column:
    width = _WIDTHS.get(values.name, _NAMES if values.name.endswith("_name") else 14)
    match values.dtype:
        case pl.Date():
            return Column(values.name, "date")
        case pl.Decimal():
            return Column(values.name, _kind(values), 18)
        case dtype if dtype.is_integer():
            return Column(values.name, "number", 8)
        case _ if values.name == "url":
            return Column(values.name, "link", 40)
        case _:
            return Column(values.name, width=width)


def _kind(amounts: Iterable[Decimal | None]) -> Kind:
    """Show cents only in a column where there are any."""
    return "whole" if all(one is None or one == one.to_integral_value() for one in amounts) else "cents"


def _finding_columns(amount: Kind) -> list[Column]:
    return [
        Column("severity", width=10),
        Column("rule", width=9),
        Column("rule_name", width=32),
        Column("question", "folded", 80),
        Column("amount", amount, 20),
        Column("currency", width=9),
        Column("starts", "date"),
        Column("ends", "date"),
        Column("rows", "number", 6),
        Column("fingerprint", width=18),
        Column("file", width=30),
        Column("row", "number", 8),
        Column("url", "link", 40),
        Column("facts", width=60),
    ]


def _finding(finding: Finding, places: Places) -> list[Cell]:
    first = finding.members[0]
    place = places[first]
    return [
        finding.severity.value,
        finding.rule,
        finding.rule_name,
        plain(finding.message),
        finding.amount,
        finding.currency,
        finding.starts,
        finding.ends,
        len(finding.members),
        finding.fingerprint,
        f"{place.path}!{place.inside}" if place.inside else place.path,
        place.line,
        plain(first.url or ""),
        "; ".join(f"{name}: {_plainly(fact)}" for name, fact in finding.facts.items() if fact is not None),
    ]


def _plainly(value: object) -> str:
    return digits(value) if isinstance(value, Decimal) else plain(str(value))


def _method_columns(titles: Iterable[str]) -> list[Column]:
    return [
        Column("rule", width=9),
        Column("name", width=32),
        Column("severity", width=10),
        Column("state", width=14),
        Column("rows asked about", "whole", 12),
        Column("rows judged", "whole", 12),
        Column("rows flagged", "whole", 12),
        Column("share flagged", "share", 12),
        Column("findings", "whole", 10),
        Column("too blunt for this data", width=10),
        Column("why not all were judged", "folded", 40),
        Column("asks about", "folded", 40),
        *(Column(title.lower(), "folded", 60) for title in titles),
        Column("settings", "folded", 30),
        Column("numbers in the OCP's guide", width=14),
    ]


def _method(method: Method, titles: Iterable[str]) -> list[Cell]:
    outcome = method.outcome
    return [
        outcome.id,
        outcome.name,
        outcome.severity.value,
        outcome.state.value,
        outcome.applicable,
        outcome.evaluated,
        outcome.flagged,
        outcome.base_rate,
        outcome.findings,
        "yes" if outcome.blunt else "",
        plain(outcome.reason),
        plain(method.summary),
        *(_unfolded(method.sections.get(title, "")) for title in titles),
        "\n".join(f"{name}: {_plainly(value)}" for name, value in method.settings.items()),
        ", ".join(method.ocp),
    ]


def _unfolded(text: str) -> str:
    """Join the lines of each paragraph and item: a cell folds them by its own width."""
    return _FOLD.sub(" ", text)


def _notes(run: Run, lines: int) -> Iterator[str]:
    """Say what stands above the table of methods: what this is, and what did not fit into it."""
    yield f"{CLOSING} Check the published rows before you publish anything about them."
    yield (
        f"spendaudit {run.version}, run {run.id}. A line of the sheet of flagged rows is one row in one "
        "finding, which its fingerprint names."
    )
    if run.known:
        yield f"{len(run.known):,} findings that the baseline knows are left out."
    for name, number in (("findings", len(run.findings)), ("flagged rows", lines)):
        if number > MOST_ROWS:
            yield f"CUT: the sheet of {name} holds {MOST_ROWS:,} of {number:,} lines. Excel takes no more."


_FILE_COLUMNS: Final = [
    Column("file", width=40),
    Column("inside of it", width=24),
    Column("source", width=28),
    Column("jurisdiction", width=12),
    Column("encoding", width=10),
    *(Column(f"rows {what}", "whole", 12) for what in ("read", "loaded", "merged", "quarantined")),
    Column("why rows were quarantined, and notes", "folded", 60),
    Column("sha256", width=66),
]


def _files(run: Run) -> Iterator[list[Any]]:
    for file in run.inputs:
        reasons = [f"{count(number, 'row')}: {reason}" for reason, number in file.quarantine.items()]
        yield [
            plain(file.path),
            plain(file.member),
            file.source,
            file.jurisdiction,
            file.encoding,
            file.rows_read,
            file.rows_loaded,
            file.rows_merged,
            file.rows_quarantined,
            "\n".join(plain(text) for text in (*reasons, *file.notes)),
            file.sha256,
        ]
