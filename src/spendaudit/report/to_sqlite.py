"""Writes a run as an SQLite database: findings, their rows, the rules, the files; for Datasette and for SQL.

    findings          one a row, gravest first (`number`)
    members           which row of which table a finding rests on
    contracts, ...    the flagged rows with their canonical columns, one table each
    questions_about_contracts, ...   the same rows beside what is asked of them
    rules, files, run                how each rule fared, what was read, with which settings

An amount is a number where SQLite's numbers keep every digit of it, and text with all digits where they do
not (beyond 15 or so); dates are ISO 8601 text. `<name>.metadata.json` is written beside the file:
`datasette findings.db --metadata findings.metadata.json` shows filters and what columns mean.

The bytes do not depend on the version of SQLite, nor on how it was built: what differs between them (who
wrote the file last, what is left where rows stood) is blanked.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO, Final

import polars as pl

from spendaudit.model.run import Members, Run
from spendaudit.report.flagged import is_text, tidy
from spendaudit.report.formats import Options
from spendaudit.report.methods import methods
from spendaudit.report.safe import plain
from spendaudit.report.to_json import SCHEMA_VERSION, digits, line

SUFFIXES: Final = (".db", ".sqlite", ".sqlite3")
ENCODING: Final = None

#: Columns by which rows are looked up or put in order.
_LOOKED_UP: Final = frozenset(
    {"contract_id", "tender_id", "payment_id", "line_id", "party_id", "amount", "date", "decision_date"}
    | {"buyer_id", "supplier_id", "bidder_id", "payer_id", "payee_id", "institution_id", "period_end"}
)
_LARGEST: Final = 2**63 - 1
#: Where the header of the file says how often it was changed, and which SQLite wrote it last.
_CHANGES, _VALID_FOR, _WRITER = slice(24, 28), slice(92, 96), slice(96, 100)
_SETTINGS: Final = (
    "page_size = 4096", "auto_vacuum = NONE", "encoding = 'UTF-8'", "secure_delete = ON"
)  # fmt: skip
#: Bytes of a page, and of the header before the first one's own.
_PAGE: Final = 4096
_HEADER: Final = 100
#: How long the own header of a page is, by its kind; a gap lies between what it lists and the rows.
_TREES: Final = {2: 12, 5: 12, 10: 8, 13: 8}
_FINDINGS: Final = {
    "number": "the order: gravest first, then the most money",
    "fingerprint": "recognises the finding in a later run",
    "status": "`new`, or `known` to a baseline",
    "severity": "how much it deserves a look first",
    "rule": "which rule asks",
    "question": "what is asked",
    "amount": "the money it is about",
    "currency": "ISO 4217, or a published unit of account",
    "starts": "the first day it is about",
    "ends": "the last day it is about",
    "rows": "how many published rows it rests on",
    "facts": "what the question is made of, as JSON",
}
_RULES: Final = (
    "id TEXT PRIMARY KEY, name TEXT, severity TEXT, state TEXT, rows INTEGER, applicable INTEGER, "
    "evaluated INTEGER, flagged INTEGER, base_rate REAL, findings INTEGER, too_blunt INTEGER, reason TEXT, "
    "asks_about TEXT, page TEXT, settings TEXT"
)
_FILES: Final = (
    "id INTEGER PRIMARY KEY, file TEXT, sha256 TEXT, source TEXT, jurisdiction TEXT, encoding TEXT, "
    "rows_read INTEGER, rows_loaded INTEGER, rows_merged INTEGER, rows_quarantined INTEGER, notes TEXT"
)

#: The rows of a table beside what is asked of them.
_VIEW: Final = """
CREATE VIEW "questions_about_{table}" AS
SELECT findings.severity, findings.rule, findings.question, findings.fingerprint, rows.*
FROM findings
JOIN members ON members.finding = findings.fingerprint
JOIN "{table}" AS rows ON rows.id = members."{table}"
ORDER BY findings.number, members.number
"""


def report(run: Run, stream: BinaryIO, options: Options) -> None:  # noqa: ARG001 a database is whole
    """Write the database."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as base:
        # Some builds of SQLite have other defaults; the same run gives the same pages.
        for setting in _SETTINGS:
            base.execute(f"PRAGMA {setting}")
        base.execute("BEGIN")
        _fill_run(base, run)
        _fill_rows(base, run)
        _fill_findings(base, run)
        base.execute("COMMIT")
        pages = bytearray(base.serialize())
    pages[_CHANGES] = pages[_VALID_FOR] = (1).to_bytes(4, "big")
    pages[_WRITER] = bytes(4)
    _blank_gaps(pages)
    stream.write(pages)


def _blank_gaps(pages: bytearray) -> None:
    """Blank what no row stands in: each version of SQLite leaves something else there of rows it moved."""
    for page in range(0, len(pages), _PAGE):
        head = page or _HEADER
        if (width := _TREES.get(pages[head])) is not None:
            cells, used = (int.from_bytes(pages[head + at : head + at + 2], "big") for at in (3, 5))
            start, end = head + width + 2 * cells, page + (used or _PAGE)
            pages[start:end] = bytes(end - start)


def beside(run: Run, stem: str) -> Mapping[str, str]:
    """Write what Datasette shows of the tables."""
    tables: dict[str, Any] = {
        "findings": {
            "description": "Questions worth asking, gravest first. A finding is a question, not a verdict.",
            "sort": "number",
            "facets": ["severity", "rule", "currency"],
            "label_column": "question",
            "columns": dict(_FINDINGS),
        },
        "members": {"description": "Which published row each finding rests on.", "facets": ["file"]},
        "rules": {
            "description": "How each rule fared: only `clean` says that rows were judged and none flagged.",
            "facets": ["state", "severity"],
            "label_column": "name",
        },
        "files": {"description": "What was read. Rows read = loaded + merged + quarantined."},
        "run": {"description": "Version, settings and id of the run."},
    }
    for table in run.rows:
        tables[table] = {
            "description": f"Rows of {table} that stand in a finding, with their canonical columns."
        }
        tables[f"questions_about_{table}"] = {"description": f"What is asked, beside each row of {table}."}
    about = {
        "title": "Findings of spendaudit",
        "description": "A finding is a question to ask, not a verdict.",
        "databases": {stem: {"tables": tables}},
    }
    return {f"{stem}.metadata.json": json.dumps(about, ensure_ascii=False, indent=2) + "\n"}


def _fill_run(base: sqlite3.Connection, run: Run) -> None:
    base.execute("CREATE TABLE run (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")
    settings = line(run.settings)
    about = {
        "id": run.id,
        "version": run.version,
        "schema_version": str(SCHEMA_VERSION),
        "settings": settings,
    }
    _insert(base, "run", about.items())
    _create(base, "files", _FILES)
    _insert(base, "files", _files(run))
    _create(base, "rules", _RULES)
    _insert(base, "rules", _rules(run))


def _files(run: Run) -> Iterator[Sequence[Any]]:
    for number, file in enumerate(run.inputs, start=1):
        reasons = [f"{rows:,} rows quarantined: {reason}" for reason, rows in file.quarantine.items()]
        about = (plain(file.name), file.sha256, file.source, file.jurisdiction, file.encoding)
        rows = (file.rows_read, file.rows_loaded, file.rows_merged, file.rows_quarantined)
        yield number, *about, *rows, "\n".join(map(plain, (*reasons, *file.notes)))


def _rules(run: Run) -> Iterator[Sequence[Any]]:
    for method in methods(run):
        one = method.outcome
        rows = (one.rows, one.applicable, one.evaluated, one.flagged, one.base_rate, one.findings)
        page = "\n\n".join(f"{title}\n\n{text}" for title, text in method.reading.items())
        about = (plain(one.reason), method.summary, page, line(method.settings))
        yield one.id, one.name, one.severity.value, one.state.value, *rows, int(one.blunt), *about


def _fill_rows(base: sqlite3.Connection, run: Run) -> None:
    paths = {file.file: plain(file.name) for file in reversed(run.inputs)}
    for table, rows in run.rows.items():
        columns = [f'"{name}" {_affinity(dtype)}'.rstrip() for name, dtype in rows.schema.items()]
        _create(base, table, ", ".join(["id INTEGER PRIMARY KEY", *columns]))
        texts = [name for name, dtype in rows.schema.items() if is_text(dtype)]
        written = rows.with_columns(pl.col("file").replace(paths)).with_columns(
            tidy(pl.col(name)).alias(name) for name in texts
        )
        _insert(base, table, ((number, *row) for number, row in enumerate(written.iter_rows(), start=1)))
        for name in rows.columns:
            if name in _LOOKED_UP:
                base.execute(f'CREATE INDEX "{table}_{name}" ON "{table}" ("{name}")')


def _affinity(dtype: pl.DataType) -> str:
    """Declare a type; amounts have none, so that SQLite changes neither numbers nor texts."""
    if isinstance(dtype, pl.Decimal):
        return ""
    return "INTEGER" if dtype.is_integer() or dtype == pl.Boolean else "TEXT"


def _fill_findings(base: sqlite3.Connection, run: Run) -> None:
    _create(
        base,
        "findings",
        "number INTEGER, fingerprint TEXT PRIMARY KEY, status TEXT, severity TEXT, "
        "rule TEXT REFERENCES rules (id), question TEXT, amount, currency TEXT, starts TEXT, ends TEXT, "
        "rows INTEGER, facts TEXT",
    )
    _insert(base, "findings", _findings(run))
    known = "".join(f', "{table}" INTEGER REFERENCES "{table}" (id)' for table in run.rows)
    _create(
        base,
        "members",
        "number INTEGER PRIMARY KEY, finding TEXT REFERENCES findings (fingerprint), name TEXT, file TEXT, "
        f"row INTEGER, url TEXT{known}",
    )
    _insert(base, "members", _members(run))
    for table, column in (
        ("findings", "number"),
        ("findings", "rule"),
        ("findings", "amount"),
        ("members", "finding"),
    ):
        base.execute(f"CREATE INDEX {table}_{column} ON {table} ({column})")
    for table in run.rows:
        base.execute(f'CREATE INDEX "members_{table}" ON members ("{table}") WHERE "{table}" IS NOT NULL')
        base.execute(_VIEW.format(table=table))


def _findings(run: Run) -> Iterator[Sequence[Any]]:
    for number, (one, status) in enumerate(run.with_status(), start=1):
        about = (
            one.severity.value,
            one.rule,
            plain(one.message),
            one.amount,
            one.currency,
            one.starts,
            one.ends,
        )
        yield number, one.fingerprint, status, *about, len(one.members), line(one.facts)


def _members(run: Run) -> Iterator[Sequence[Any]]:
    paths = {file.file: file.name for file in reversed(run.inputs)}
    number = 0
    for finding, _ in run.with_status():
        for member in Members.of(finding.members).frame.iter_rows(named=True):
            number += 1
            place = (paths.get(member["file"], member["file"]), member["row"], member["url"])
            stands = (member["position"] + 1 if table == member["table"] else None for table in run.rows)
            texts = (plain(cell) if isinstance(cell, str) else cell for cell in (member["id"], *place))
            yield number, finding.fingerprint, *texts, *stands


def _create(base: sqlite3.Connection, table: str, columns: str) -> None:
    base.execute(f'CREATE TABLE "{table}" ({columns})')


def _insert(base: sqlite3.Connection, table: str, rows: Iterable[Iterable[Any]]) -> None:
    width = len(base.execute(f'SELECT * FROM "{table}"').description)  # noqa: S608 our own names
    marks = ", ".join("?" * width)
    base.executemany(
        f'INSERT INTO "{table}" VALUES ({marks})',  # noqa: S608 our own names
        (tuple(map(_stored, row)) for row in rows),
    )


def _stored(value: Any) -> Any:
    """Turn a value into what SQLite keeps without losing anything."""
    match value:
        case Decimal() if value == value.to_integral_value() and abs(value) <= _LARGEST:
            return int(value)
        case Decimal():
            number = float(value)
            return number if Decimal(repr(number)) == value else digits(value)
        case date():
            return value.isoformat()
        case _:
            return value
