"""Writes a run as a workbook for people who work in Excel or LibreOffice: findings, rows, method, files.

Headers stay in view and have filters. Amounts are numbers and dates are dates, so that they can be sorted and
added up; identifiers are text, so that no zero at their beginning is lost. Columns of flagged rows that are
empty in all of them are left out.

XlsxWriter writes it: row by row, with no times of its own. openpyxl, which reads workbooks here, would take a
text that begins with `=` for a formula, and writes other bytes where lxml is installed.

The parts of a workbook are the same on every machine. They are packed by the zlib of the machine: a build of
it that packs in its own way (zlib-ng) gives other bytes of the same parts.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, BinaryIO, Final

import polars as pl

from spendaudit.i18n import number, t
from spendaudit.model.run import Fact, Finding, Run
from spendaudit.report import terms
from spendaudit.report._workbook import MOST_ROWS, Book, Cell, Column, Kind
from spendaudit.report.flagged import OF_FINDING, OF_PLACE, flagged, is_text, tidy
from spendaudit.report.formats import Options
from spendaudit.report.methods import Method, methods
from spendaudit.report.places import Places
from spendaudit.report.safe import plain
from spendaudit.report.to_json import digits
from spendaudit.report.words import CLOSING, count

SUFFIXES: Final = (".xlsx",)
ENCODING: Final = None
FOR_PEOPLE: Final = True

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
    rows = _tidied(pl.concat(flagged(run)))
    with Book(stream, t("Findings of spendaudit"), t(CLOSING)) as book:
        places = Places.of(run)
        kind = _kind(one.amount for one in run.findings)
        book.add(t("findings"), _finding_columns(kind), (_finding(one, places) for one in run.findings))
        book.add(t("flagged rows"), [_column(rows[name]) for name in rows.columns], rows.iter_rows())
        asked = sorted(methods(run), key=lambda one: (not one.outcome.findings, one.outcome.id))
        titles = list(dict.fromkeys(title for one in asked for title in one.reading))
        book.add(
            t("methodology"),
            _method_columns(titles),
            (_method(one, titles) for one in asked),
            above=[*_notes(run, rows.height)],
            height=_HEIGHT,
        )
        book.add(t("files"), _file_columns(), _files(run))


def _tidied(rows: pl.DataFrame) -> pl.DataFrame:
    named = [*OF_FINDING, *OF_PLACE]
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
        Column(t("severity"), width=10),
        Column(t("rule"), width=9),
        Column(t("rule_name"), width=32),
        Column(t("question"), "folded", 80),
        Column(t("amount"), amount, 20),
        Column(t("currency"), width=9),
        Column(t("starts"), "date"),
        Column(t("ends"), "date"),
        Column(t("rows"), "number", 6),
        Column(t("fingerprint"), width=18),
        Column(t("file"), width=30),
        Column(t("row"), "number", 8),
        Column(t("url"), "link", 40),
        Column(t("facts"), width=60),
    ]


def _finding(finding: Finding, places: Places) -> list[Cell]:
    first = finding.members[0]
    place = places[first]
    return [
        t(finding.severity.value),
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
        "; ".join(_fact(name, fact) for name, fact in finding.facts.items() if fact is not None),
    ]


def _fact(name: str, fact: Fact) -> str:
    return f"{terms.term(name)}: {terms.value(name, fact)}"


def _plainly(value: object) -> str:
    return digits(value) if isinstance(value, Decimal) else plain(str(value))


def _method_columns(titles: Iterable[str]) -> list[Column]:
    return [
        Column(t("rule"), width=9),
        Column(t("name"), width=32),
        Column(t("severity"), width=10),
        Column(t("state"), width=14),
        Column(t("rows asked about"), "whole", 12),
        Column(t("rows judged"), "whole", 12),
        Column(t("rows flagged"), "whole", 12),
        Column(t("share flagged"), "share", 12),
        Column(t("findings"), "whole", 10),
        Column(t("too blunt for this data"), width=10),
        Column(t("why not all were judged"), "folded", 40),
        Column(t("asks about"), "folded", 40),
        *(Column(t(title).lower(), "folded", 60) for title in titles),
        Column(t("settings"), "folded", 30),
        Column(t("numbers in the OCP's guide"), width=14),
    ]


def _method(method: Method, titles: Iterable[str]) -> list[Cell]:
    outcome = method.outcome
    return [
        outcome.id,
        outcome.name,
        t(outcome.severity.value),
        t(outcome.state.value),
        outcome.applicable,
        outcome.evaluated,
        outcome.flagged,
        outcome.base_rate,
        outcome.findings,
        t("yes") if outcome.blunt else "",
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
    yield f"{t(CLOSING)} {t('Check the published rows before you publish anything about them.')}"
    made = t("spendaudit {version}, run {run}", version=run.version, run=run.id)
    line = t("A line of the sheet of flagged rows is one row in one finding, which its fingerprint names.")
    yield f"{made}. {line}"
    if run.known:
        known = count(len(run.known), "finding")
        yield f"{t('{findings} that the baseline knows: left out here', findings=known)}."
    for name, many in ((t("findings"), len(run.findings)), (t("flagged rows"), lines)):
        if many > MOST_ROWS:
            yield t(
                "CUT: the sheet of {name} holds {some} of {all} lines. Excel takes no more.",
                name=name,
                some=number(MOST_ROWS),
                all=number(many),
            )


def _file_columns() -> list[Column]:
    return [
        Column(t("file"), width=40),
        Column(t("inside of it"), width=24),
        Column(t("source"), width=28),
        Column(t("jurisdiction"), width=12),
        Column(t("encoding"), width=10),
        *(
            Column(title, "whole", 12)
            for title in (t("rows read"), t("rows loaded"), t("rows merged"), t("rows quarantined"))
        ),
        Column(t("why rows were quarantined, and notes"), "folded", 60),
        Column("sha256", width=66),
    ]


def _files(run: Run) -> Iterator[list[Any]]:
    for file in run.inputs:
        reasons = [f"{count(many, 'row')}: {reason}" for reason, many in file.quarantine.items()]
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
