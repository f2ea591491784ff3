"""Holds for every report: hostile text stays text, the same run gives the same bytes, no cut is silent."""

import csv
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from html import unescape
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import polars as pl
import pytest
from markdown_it import MarkdownIt
from rich.text import Text

from spendaudit.audit.masking import mask
from spendaudit.i18n import speaking, t
from spendaudit.model.findings import TOTAL, Severity, fingerprint
from spendaudit.model.run import Counts, Finding, Input, Member, Members, Outcome, Run, State, file_id
from spendaudit.model.tables import MONEY, SCHEMAS
from spendaudit.report import _workbook, to_sarif, to_sqlite, to_xlsx
from spendaudit.report.flagged import OF_FINDING, OF_PLACE
from spendaudit.report.formats import Options, load_formats
from spendaudit.report.places import Places
from spendaudit.report.words import money

SPEND_SHA256 = "fedcba987654" + "0" * 52
SPEND_FILE = file_id(SPEND_SHA256, "[bold]spend.csv")

LONG_NAME = "Sociedad " + "Muy " * 47 + "SA"
HOSTILE = (
    "ACME [bold] LTDA",
    "Obras [/zona] SA",
    '=HYPERLINK("http://example.org","x")',
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\tindented",
    "\x1b[31mred\x1b[0m \x1b]0;title\x07",
    "nul\x00byte",
    "two\nlines",
    "carriage\rreturn",
    "\u202egnp.exe",
    "شركة البناء",
    "<script>alert(1)</script>",
    LONG_NAME,
    '"><img src=x onerror=alert(1)>',
    "]]></failure><failure/>",
    "[click](javascript:alert(1)) ![x](http://example.org/x.png)",
    "@everyone #1 :smile: https://example.org/?a=1&b=2 www.example.org",
    "::error file=a::x, %0A::stop-commands::x",
    "| a | b | **bold** `code` ~~gone~~ $x$ <!-- hidden",
    "{0} {{x}} %s _x0041_",
    "'); DROP TABLE findings; --",
    "\uff1d1+1",
    "#N/A",
    "0012",
    "\ufffe\uffff",
)
#: Those of them in which nothing has to be taken out.
WHOLE = tuple(
    name
    for name in HOSTILE
    if name.isprintable() and not name.startswith(("=", "+", "-", "@", "\uff1d", "\ufffe"))
)


def contracts(names: tuple[str, ...]) -> pl.DataFrame:
    rows = len(names)
    filled = {
        "source": ["mx_compranet_contracts"] * rows,
        "file": ["0123456789ab"] * rows,
        "row": list(range(2, rows + 2)),
        "contract_id": [f"C-{number}" for number in range(1, rows + 1)],
        "supplier_name": list(names),
        "title": [f"title {name}" for name in names],
        "amount": [Decimal(-1250) + number for number in range(rows)],
        "currency": ["MXN"] * rows,
        "award_date": [date(2014, 1, 31)] * rows,
    }
    schema = SCHEMAS["contracts"]
    return pl.DataFrame({name: filled.get(name, [None] * rows) for name in schema}, schema=schema)


def payments(rows: int) -> pl.DataFrame:
    filled = {
        "source": ["gb_spend"] * rows,
        "file": [SPEND_FILE] * rows,
        "row": list(range(2, rows + 2)),
        "payment_id": [f"P-{number}" for number in range(1, rows + 1)],
        "payee_name": ["Example Limited"] * rows,
        "amount": [Decimal("99.5")] * rows,
        "currency": ["GBP"] * rows,
    }
    schema = SCHEMAS["payments"]
    return pl.DataFrame({name: filled.get(name, [None] * rows) for name in schema}, schema=schema)


def finding(number: int, name: str, **changes: object) -> Finding:
    member = Member(
        table="contracts",
        id=f"C-{number}",
        file="0123456789ab",
        row=number + 1,
        url="https://example.org/c",
        position=number - 1,
    )
    whole = Finding(
        fingerprint=fingerprint("SPL001", [member.id]),
        rule="SPL001",
        rule_name="split-purchases",
        rule_version=1,
        severity=Severity.HIGH,
        amount=Decimal("1234567.5000"),
        currency="MXN",
        starts=date(2014, 1, 1),
        ends=date(2014, 1, 31),
        message=f"{name} won 3 contracts in 30 days, 1,234,567.50 MXN together. Were they one purchase?",
        facts={"supplier": name, "total": Decimal("1234567.5000"), "on": date(2014, 1, 1), "contracts": 3},
        members=(member,),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def outcome(rule: str, **changes: object) -> Outcome:
    whole = Outcome(
        id=rule,
        name="split-purchases",
        severity=Severity.HIGH,
        state=State.CLEAN,
        rows=100,
        applicable=100,
        evaluated=100,
        flagged=0,
        findings=0,
        reason="",
        ceiling=0.1,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def input_file(**changes: object) -> Input:
    whole = Input(
        path="data/2014.csv",
        sha256="0123456789ab" + "0" * 52,
        source="mx_compranet_contracts",
        jurisdiction="MX",
        encoding="utf-8",
        rows_read=110,
        rows_loaded=100,
        rows_merged=7,
        rows_quarantined=3,
        tables={"contracts": Counts(100, 7, 3)},
        quarantine={"amount is unreadable": 3},
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def a_run(names: tuple[str, ...] = HOSTILE) -> Run:
    rows = len(names)
    payment = Member(table="payments", id="P-1", file=SPEND_FILE, row=2, url=None, position=0)
    other = finding(
        1,
        "Example Limited",
        fingerprint=fingerprint("PAY001", ["P-1"]),
        rule="PAY001",
        rule_name="duplicate-payment",
        severity=Severity.MEDIUM,
        currency="GBP",
        amount=Decimal("99.5"),
        members=(payment,),
    )
    return Run(
        id="20140131-abcdef",
        version="0.1.0",
        inputs=(
            input_file(),
            input_file(
                path="spend.zip",
                member="[bold]spend.csv",
                sha256=SPEND_SHA256,
                source="gb_spend",
                tables={"payments": Counts(1, 0, 0)},
                rows_read=1,
                rows_loaded=1,
                rows_merged=0,
                rows_quarantined=0,
                quarantine={},
            ),
        ),
        settings={"select": ("SPL001",), "limit": Decimal("10.50"), "since": date(2014, 1, 1)},
        outcomes=(
            outcome("BUD001", state=State.NOT_EVALUABLE, evaluated=0, reason="no budget were loaded"),
            outcome("PAY001", name="duplicate-payment", state=State.FIRED, flagged=1, findings=1),
            outcome(
                "SPL001",
                state=State.FIRED,
                flagged=rows,
                findings=rows,
                reason="contracts has no limit in 5 of 100 rows",
            ),
        ),
        findings=(*(finding(number, name) for number, name in enumerate(names, start=1)), other),
        rows={"contracts": contracts(names), "payments": payments(1)},
    )


@cache
def content_of(format_name: str) -> bytes:
    """Write the run that most tests are about, once."""
    return data(format_name, a_run())


def data(format_name: str, run: Run, options: Options | None = None) -> bytes:
    one = load_formats()[format_name]
    if one.encoding is None:
        pipe = io.BytesIO()
        one.report(run, pipe, options or Options(limit=None))
        return pipe.getvalue()
    stream = io.StringIO(newline="")
    one.report(run, stream, options or Options(limit=None))
    return stream.getvalue().encode()


def written(format_name: str, run: Run, options: Options | None = None) -> str:
    return data(format_name, run, options).decode()


# A finding as a format tells it: its fingerprint, or the beginning of it, and its amount.
Told = tuple[str, Decimal | None]


def opened(content: bytes) -> sqlite3.Connection:
    base = sqlite3.connect(":memory:")
    base.deserialize(content)
    return base


def sheets(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {
        sheet.title: [tuple(map(unmasked, row)) for row in sheet.iter_rows(values_only=True)]
        for sheet in book
    }


def unmasked(cell: Any) -> Any:
    """Read what Excel reads: openpyxl leaves `_x005F_`, which keeps a text from being a sign, as it is."""
    return cell.replace("_x005F_", "_") if isinstance(cell, str) else cell


def exact(cell: float | str | None) -> Decimal | None:
    return None if cell is None else Decimal(repr(cell) if isinstance(cell, float) else cell)


def in_words(text: str) -> Decimal | None:
    """Read the last amount of a text as people write it: `1,234,567.50 MXN`."""
    found = re.findall(r"(-?[0-9][0-9,]*(?:\.[0-9]+)?) (?:MXN|GBP)\b", text)
    return Decimal(found[-1].replace(",", "")) if found else None


def told_in_table(content: bytes) -> list[Told]:
    lines = [line for line in content.decode().splitlines() if "Were they one purchase?" in line]
    return [(line.split()[1], in_words(line[: line.index(" won 3 ")][:60])) for line in lines]


def told_in_csv(content: bytes) -> list[Told]:
    lines = csv.DictReader(io.StringIO(content.decode(), newline=""))
    return [(line["fingerprint"], exact(line["finding_amount"] or None)) for line in lines]


def told_in_json(findings: list[dict[str, Any]]) -> list[Told]:
    return [(one["fingerprint"], exact(one["amount"])) for one in findings]


def told_in_sarif(content: bytes) -> list[Told]:
    results = json.loads(content)["runs"][0]["results"]
    return [
        (one["partialFingerprints"]["spendaudit/v1"], exact(one["properties"]["amount"])) for one in results
    ]


def told_in_md(content: bytes) -> list[Told]:
    lines = [line for line in content.decode().splitlines() if line.startswith(("| high", "| medium"))]
    return [(line.split("`")[-2], in_words(line.split(" | ")[2])) for line in lines]


def told_in_junit(content: bytes) -> list[Told]:
    lines = [line for one in read_xml(content).iter("failure") for line in text_of(one)]
    return sorted((line.split()[1], in_words(line[: line.index(" won 3 ")][:60])) for line in lines)


def read_xml(content: bytes) -> ET.Element:
    return ET.fromstring(content)  # noqa: S314 our own report


def text_of(element: ET.Element) -> list[str]:
    return (element.text or "").splitlines()


def told_in_github(content: bytes) -> list[Told]:
    lines = [line for line in content.decode().splitlines() if line.startswith("::")]
    return [(line.split(", ")[-1].rstrip(")"), in_words(line)) for line in lines]


def told_in_gitlab(content: bytes) -> list[Told]:
    return [(one["fingerprint"], in_words(one["description"])) for one in json.loads(content)]


def told_in_xlsx(content: bytes) -> list[Told]:
    head, *rows = sheets(content)["findings"]
    return [(row[head.index("fingerprint")], exact(row[head.index("amount")])) for row in rows]


def told_in_sqlite(content: bytes) -> list[Told]:
    rows = opened(content).execute("SELECT fingerprint, amount FROM findings ORDER BY number")
    return [(name, exact(amount)) for name, amount in rows]


def told_in_parquet(content: bytes) -> list[Told]:
    return pl.read_parquet(io.BytesIO(content)).select("fingerprint", "finding_amount").rows()


def data_of(page: str) -> dict[str, Any]:
    """Read what the script of a page reads."""
    (found,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    return json.loads(found)  # type: ignore[no-any-return]


def told_in_html(content: bytes) -> list[Told]:
    told = data_of(content.decode())
    amounts = [
        exact(told["texts"][one] if isinstance(one, int) else one) for one in told["findings"]["amount"]
    ]
    return list(zip(told["findings"]["print"], amounts, strict=True))


def texts_in(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inside for text in texts_in(one)]


def seen_in_html(page: str) -> str:
    """Give what a page shows, with a script and without."""
    shown = re.sub(r"<(style|script)\b.*?</\1>|<[^>]*>", "", page, flags=re.DOTALL)
    return "\n".join([unescape(shown), *texts_in(data_of(page))])


READERS: dict[str, Callable[[bytes], list[Told]]] = {
    "csv": told_in_csv,
    "github": told_in_github,
    "gitlab": told_in_gitlab,
    "html": told_in_html,
    "json": lambda content: told_in_json(json.loads(content)["findings"]),
    "jsonl": lambda content: told_in_json([json.loads(line) for line in content.splitlines()]),
    "junit": told_in_junit,
    "md": told_in_md,
    "parquet": told_in_parquet,
    "sarif": told_in_sarif,
    "sqlite": told_in_sqlite,
    "table": told_in_table,
    "xlsx": told_in_xlsx,
}


def words_of(name: str, content: bytes) -> str:
    """Give all texts of a report as a reader of its format sees them."""
    match name:
        case "xlsx":
            rows = [row for rows in sheets(content).values() for row in rows]
            return "\n".join(str(cell) for row in rows for cell in row if cell is not None)
        case "parquet":
            frame = pl.read_parquet(io.BytesIO(content)).select(pl.selectors.string())
            return "\n".join(str(cell) for row in frame.rows() for cell in row if cell is not None)
        case "sqlite":
            return "\n".join(opened(content).iterdump())
        case "md" | "html":
            return (drawn if name == "md" else seen_in_html)(content.decode())
        case "junit":
            root = read_xml(content)
            return "\n".join(
                [*root.itertext(), *(value for one in root.iter() for value in one.attrib.values())]
            )
        case _:
            return content.decode()


def drawn(page: str) -> str:
    """Draw Markdown as a web page, and give what a reader sees of it."""
    html = MarkdownIt("commonmark").enable("table").render(page)
    return unescape(re.sub(r"<[^>]*>", "", re.sub(r"<!--.*?-->", "", html)))


@pytest.mark.parametrize("name", load_formats())
def test_the_same_run_gives_the_same_bytes(name: str) -> None:
    first = data(name, a_run())

    assert data(name, a_run()) == first


def test_no_format_depends_on_the_process_its_time_zone_or_its_language() -> None:
    program = (
        "import hashlib, importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('reports', {__file__!r})\n"
        "reports = importlib.util.module_from_spec(spec)\n"
        "spec.loader.exec_module(reports)\n"
        "for name in reports.load_formats():\n"
        "    print(name, hashlib.sha256(reports.data(name, reports.a_run())).hexdigest())\n"
    )
    places = (
        {"TZ": "Asia/Tokyo", "LANG": "es_CL.UTF-8", "POLARS_MAX_THREADS": "1"},
        {"TZ": "America/Santiago", "LC_ALL": "C", "POLARS_MAX_THREADS": "3"},
    )

    written_there = [
        subprocess.run(  # noqa: S603 our own program
            [sys.executable, "-c", program],
            env={**os.environ, **place, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, place in enumerate(places, start=1)
    ]

    assert written_there[0] == written_there[1]
    assert len(written_there[0].splitlines()) == len(load_formats())


def test_every_format_has_a_reader_here() -> None:
    assert READERS.keys() == load_formats().keys()


@pytest.mark.parametrize("name", READERS)
def test_every_report_tells_every_finding_with_its_exact_amount(name: str) -> None:
    run = a_run()

    told = READERS[name](data(name, run))

    expected = [(one.fingerprint, one.amount) for one in run.findings]
    if name == "junit":
        expected.sort()
    if name == "table":
        expected = [(fingerprint[:8], amount) for fingerprint, amount in expected]
    assert told == expected


@pytest.mark.parametrize(
    "amount", [Decimal("12345678901234.5600"), Decimal("98765432109876543.2100"), Decimal("-0.0001"), None]
)
@pytest.mark.parametrize("name", ["csv", "json", "jsonl", "parquet", "sarif", "sqlite", "xlsx"])
def test_reports_to_work_with_keep_every_digit_of_an_amount(name: str, amount: Decimal | None) -> None:
    run = a_run(("Example SA",))
    run = replace(run, findings=(replace(run.findings[0], amount=amount),))

    assert READERS[name](data(name, run)) == [(run.findings[0].fingerprint, amount)]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "supplier: Example SA; total: 1,234,567.5; on: 2014-01-01; contracts: 3"),
        ("es", "proveedor: Example SA; total: 1.234.567,5; on: 1 de enero de 2014; contratos: 3"),
    ],
)
def test_a_workbook_tells_facts_as_its_reader_calls_them(language: str, told: str) -> None:
    with speaking(language):
        _, first, *_ = sheets(data("xlsx", a_run(("Example SA",))))[t("findings")]

    assert first[-1] == told


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("name", READERS)
def test_no_amount_that_a_finding_can_have_is_too_long_for_a_report(name: str, sign: int) -> None:
    run = a_run(("Example SA",))
    amount = Decimal("9" * 34 + ".1200").copy_sign(sign)
    run = replace(run, findings=(replace(run.findings[0], amount=amount),))

    content = data(name, run)

    if name in {"junit", "table"}:  # whose readers look for an amount at the beginning of a line
        assert f" {amount:,.2f} MXN " in words_of(name, content)
    else:
        assert [told for _, told in READERS[name](content)] == [amount]


def test_less_than_half_a_cent_is_nothing_and_not_less() -> None:
    assert money(Decimal("-0.0049"), "CLP") == "0 CLP"


@pytest.mark.parametrize("name", ["json", "jsonl", "sarif", "gitlab"])
def test_no_text_ends_a_line_of_json(name: str) -> None:
    content = written(name, a_run(("one\u2028two\u2029three\x85four",)))

    assert content.splitlines() == content.split("\n")[: len(content.splitlines())]
    assert READERS[name](content.encode())


@pytest.mark.parametrize("name", READERS)
def test_a_run_that_found_nothing_is_written_too(name: str) -> None:
    nothing = replace(a_run(), findings=(), rows={}, outcomes=(outcome("SPL001"),))

    assert READERS[name](data(name, nothing)) == []


@pytest.mark.parametrize("name", READERS)
def test_five_thousand_findings_are_all_told(name: str) -> None:
    run = a_run(tuple(f"Proveedor {number} SpA" for number in range(4_999)))

    assert len(READERS[name](data(name, run))) == 5_000


@pytest.mark.parametrize("name", load_formats())
def test_no_report_lets_published_text_steer_a_terminal(name: str) -> None:
    text = words_of(name, data(name, a_run()))

    assert [sign for sign in "\x1b\x00\x07\x9b\u202e" if sign in text] == []


@pytest.mark.parametrize("name", sorted({*load_formats()} - {"json", "jsonl", "sqlite"}))
def test_an_escape_sequence_is_taken_out_whole(name: str) -> None:
    assert "[31m" not in words_of(name, content_of(name))


@pytest.mark.parametrize("name", load_formats())
@pytest.mark.parametrize("hostile", WHOLE)
def test_no_report_eats_a_part_of_a_name(name: str, hostile: str) -> None:
    text = words_of(name, content_of(name))

    shown = {"github": hostile.replace("%", "%25"), "sqlite": hostile.replace("'", "''")}.get(name, hostile)
    if name == "sarif":
        shown = hostile.replace("](", "] (")
    if name in {"json", "jsonl", "gitlab", "sarif"}:
        shown = json.dumps(shown, ensure_ascii=False)[1:-1]
    if name == "csv":
        shown = shown.replace('"', '""')
    assert f"{shown} won 3 contracts" in text


@pytest.mark.parametrize("name", load_formats())
def test_no_report_tells_who_a_masked_person_is(name: str) -> None:
    run = a_run(("Juana Ejemplo Inventada", "Example SA"))
    rows = run.rows["contracts"].with_columns(
        supplier_id=pl.Series(["87.654.321-0", None]),
        supplier_key=pl.Series(["87654321-0", None]).cast(SCHEMAS["contracts"]["supplier_key"]),
        supplier_kind=pl.Series(["person", "company"]).cast(SCHEMAS["contracts"]["supplier_kind"]),
    )

    masked = mask(replace(run, rows={**run.rows, "contracts": rows}), b"key", {})

    text = words_of(name, data(name, masked))
    assert [part for part in ("Juana", "JUANA", "87.654.321", "87654321") if part in text] == []
    assert "person-" in text


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_csv_begins_with_the_question_and_ends_with_the_place() -> None:
    header = next(csv.reader(io.StringIO(written("csv", a_run()), newline="")))

    published = [name for name in SCHEMAS["contracts"] if name not in {"file", "row", "url"}]
    assert header[:6] == ["fingerprint", "rule", "rule_name", "severity", "reason", "finding_amount"]
    assert header[6 : 6 + len(published)] == published
    assert header[-3:] == ["file", "row", "url"]
    assert len(set(header)) == len(header)


def test_csv_has_a_line_for_each_row_of_each_finding_in_their_order() -> None:
    lines = read_csv(written("csv", a_run()))

    assert [line["contract_id"] for line in lines] == [
        f"C-{number}" for number in range(1, len(HOSTILE) + 1)
    ] + [""]
    assert lines[-1]["payment_id"] == "P-1"
    assert lines[-1]["payee_name"] == "Example Limited"


def test_csv_lists_a_row_once_for_each_finding_that_it_stands_in() -> None:
    run = a_run(("Example SA", "Otra SA"))
    both = tuple(member for one in run.findings[:2] for member in one.members)
    twice = replace(run, findings=(replace(run.findings[0], members=both), run.findings[1]))

    lines = read_csv(written("csv", twice))

    assert [(line["fingerprint"], line["row"]) for line in lines] == [
        (run.findings[0].fingerprint, "2"),
        (run.findings[0].fingerprint, "3"),
        (run.findings[1].fingerprint, "3"),
    ]


def test_csv_reads_members_that_stay_in_a_table() -> None:
    run = a_run(("Example SA", "Otra SA"))
    rows = pl.DataFrame(
        [member for one in run.findings for member in one.members],
        schema={
            "table": pl.String(),
            "id": pl.String(),
            "file": pl.String(),
            "row": pl.UInt32(),
            "url": pl.String(),
            "position": pl.UInt32(),
        },
    )
    shared = tuple(
        replace(one, members=Members(rows, place, place + 1)) for place, one in enumerate(run.findings)
    )

    assert written("csv", replace(run, findings=shared)) == written("csv", run)


def test_csv_lists_rows_that_were_published_in_one_place_once_each() -> None:
    run = a_run(("Pesos SA", "Dollars SA"))
    placed = [replace(one, members=(replace(one.members[0], row=7),)) for one in run.findings[:2]]
    rows = run.rows["contracts"].with_columns(row=pl.lit(7, pl.UInt32))

    lines = read_csv(written("csv", replace(run, findings=tuple(placed), rows={"contracts": rows})))

    assert [(line["row"], line["supplier_name"]) for line in lines] == [
        ("7", "Pesos SA"),
        ("7", "Dollars SA"),
    ]


def test_csv_names_the_published_file_and_the_file_inside_an_archive() -> None:
    lines = read_csv(written("csv", a_run()))

    assert {line["file"] for line in lines} == {"data/2014.csv", "spend.zip![bold]spend.csv"}


@pytest.mark.parametrize("hostile", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\tx", "\rx", "\nx", "\uff1d1+1"])
def test_csv_runs_nothing_in_a_spreadsheet(hostile: str) -> None:
    lines = read_csv(written("csv", a_run((hostile,))))

    assert lines[0]["supplier_name"].startswith("'")
    assert lines[0]["reason"].startswith("'")


def test_csv_leaves_negative_amounts_numbers() -> None:
    lines = read_csv(written("csv", a_run(("Example SA",))))

    assert lines[0]["amount"] == "-1250"
    assert lines[0]["finding_amount"] == "1234567.5"


def test_json_has_the_keys_that_scripts_depend_on() -> None:
    document = json.loads(written("json", a_run()))

    assert list(document) == ["schema_version", "run", "rules", "findings"]
    assert document["schema_version"] == 1
    assert list(document["run"]) == ["id", "version", "inputs", "settings"]
    assert list(document["run"]["inputs"][0]) == [
        "path",
        "sha256",
        "source",
        "tables",
        "rows_read",
        "rows_loaded",
        "rows_merged",
        "rows_quarantined",
        "encoding",
        "notes",
    ]
    assert list(document["rules"][0]) == [
        "id",
        "name",
        "severity",
        "status",
        "evaluated",
        "flagged",
        "base_rate",
        "ceiling",
        "blunt",
        "findings",
        "reason",
    ]
    assert list(document["findings"][0]) == [
        "fingerprint",
        "status",
        "rule",
        "severity",
        "amount",
        "currency",
        "starts",
        "ends",
        "message",
        "facts",
        "members",
    ]
    assert list(document["findings"][0]["members"][0]) == ["table", "id", "file", "row", "url"]


def test_json_keeps_every_digit_of_money_and_every_sign_of_a_name() -> None:
    document = json.loads(written("json", a_run()))

    assert document["findings"][0]["amount"] == "1234567.5"
    assert document["findings"][0]["facts"]["total"] == "1234567.5"
    assert [one["facts"]["supplier"] for one in document["findings"]][:-1] == list(HOSTILE)


def test_json_says_how_a_rule_fared_that_could_not_run() -> None:
    rules = {rule["id"]: rule for rule in json.loads(written("json", a_run()))["rules"]}

    assert rules["BUD001"]["status"] == "not evaluable"
    assert rules["BUD001"]["base_rate"] is None
    assert rules["BUD001"]["reason"] == "no budget were loaded"


def columns_of(rows: list[tuple[Any, ...]], head: int = 0) -> list[dict[str, Any]]:
    return [dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :]]


def test_a_workbook_holds_no_formula_and_no_link_but_to_the_web() -> None:
    urls = (
        "javascript:alert(1)",
        "https://example.org/?a=1&b=<2>",
        "internal:findings!A1",
        "https://x/" + "x" * 3000,
    )
    run = a_run(("=1+1", '=HYPERLINK("http://example.org","x")', "{=1+1}", "#REF!"))
    placed = [
        replace(one, members=(replace(one.members[0], url=url),))
        for one, url in zip(run.findings, urls, strict=False)
    ]

    content = data("xlsx", replace(run, findings=tuple(placed)))

    cells = [
        cell
        for sheet in openpyxl.load_workbook(io.BytesIO(content))
        for row in sheet.iter_rows()
        for cell in row
    ]
    assert [cell.coordinate for cell in cells if cell.data_type in {"f", "e"}] == []
    assert {cell.hyperlink.target for cell in cells if cell.hyperlink} == {
        "https://example.org/?a=1&b=%3c2%3e"
    }


def test_a_workbook_has_amounts_as_numbers_dates_as_dates_and_identifiers_as_text() -> None:
    run = a_run(("Example SA",))
    rows = run.rows["contracts"].with_columns(supplier_id=pl.lit("0012"), amount=pl.lit("1250.5").cast(MONEY))

    content = data("xlsx", replace(run, rows={**run.rows, "contracts": rows}))

    book = openpyxl.load_workbook(io.BytesIO(content))
    first = {head.value: cell for head, cell in zip(*book["flagged rows"].iter_rows(max_row=2), strict=True)}
    assert (first["supplier_id"].value, first["supplier_id"].data_type) == ("0012", "s")
    assert (first["amount"].value, first["amount"].number_format) == (1250.5, "#,##0.00")
    assert (first["award_date"].value, first["award_date"].number_format) == (
        datetime(2014, 1, 31),  # noqa: DTZ001 a day of a workbook has no zone
        "yyyy-mm-dd",
    )
    assert (first["row"].value, first["row"].number_format) == (2, "0")


def test_every_sheet_of_a_workbook_keeps_its_header_in_view_and_filters() -> None:
    book = openpyxl.load_workbook(io.BytesIO(data("xlsx", a_run(("Example SA",)))))

    assert {sheet.title: (sheet.freeze_panes, sheet.auto_filter.ref) for sheet in book} == {
        "findings": ("A2", "A1:N3"),
        "flagged rows": ("A2", f"A1:{book['flagged rows'].dimensions.split(':')[1]}"),
        "methodology": ("A4", f"A3:{book['methodology'].dimensions.split(':')[1]}"),
        "files": ("A2", "A1:K3"),
    }


def test_a_workbook_of_no_findings_has_its_headers_and_says_how_the_rules_fared() -> None:
    book = sheets(data("xlsx", replace(a_run(), findings=(), rows={})))

    assert book["findings"][0][:4] == ("severity", "rule", "rule_name", "question")
    assert book["flagged rows"] == [(*OF_FINDING, *OF_PLACE)]
    assert len(book["methodology"]) == 3 + 3


def test_a_workbook_was_written_at_no_time() -> None:
    with zipfile.ZipFile(io.BytesIO(content_of("xlsx"))) as parts:
        about = parts.read("docProps/core.xml").decode()
        times = {part.date_time[0] for part in parts.infolist()}

    assert re.findall(r"\d{4}-\d\d-\d\dT[^<]*", about) == ["2000-01-01T00:00:00Z"] * 2
    assert times == {1980}


def test_the_methodology_of_a_workbook_says_how_each_rule_fared_and_what_its_page_says() -> None:
    rows = sheets(data("xlsx", a_run()))["methodology"]

    told = {row["rule"]: row for row in columns_of(rows, head=2)}
    assert rows[0][0].startswith("A finding is a question to ask, not a verdict.")
    assert told["SPL001"]["share flagged"] == len(HOSTILE) / 100
    assert told["SPL001"]["too blunt for this data"] == "yes"
    assert "article 7 of Ley 19.886 forbids that" in told["SPL001"]["why it matters"]
    assert "- A sole supplier of a regulated good" in told["SPL001"]["false positives"]
    assert "worked example" not in told["SPL001"]
    assert told["BUD001"]["why not all were judged"] == "no budget were loaded"
    assert list(told) == ["PAY001", "SPL001", "BUD001"]


def test_a_workbook_says_what_does_not_fit_into_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (_workbook, to_xlsx):
        monkeypatch.setattr(module, "MOST_ROWS", 10)

    book = sheets(data("xlsx", a_run()))

    assert len(book["findings"]) == len(book["flagged rows"]) == 11
    found = len(HOSTILE) + 1
    assert (
        f"CUT: the sheet of findings holds 10 of {found} lines. Excel takes no more."
        in book["methodology"][2]
    )


def test_a_cell_that_is_too_long_says_that_it_is_cut() -> None:
    rows = sheets(data("xlsx", a_run(("ñ" * 40_000, "😀" * 20_000))))["flagged rows"]

    first, second, _ = (row["supplier_name"] for row in columns_of(rows))
    assert first.startswith("ñññ")
    assert first.endswith("[cut: a cell holds no more]")
    assert [len(text.encode("utf-16-le")) // 2 <= _workbook.LONGEST for text in (first, second)] == [
        True,
        True,
    ]


def test_markdown_makes_nothing_of_published_text() -> None:
    html = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(written("md", a_run()))

    tags = set(re.findall(r"<(/?[a-z0-9]+)", html.replace("<!-- -->", "")))
    allowed = [
        "h1",
        "h2",
        "p",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "code",
        "a",
        "ul",
        "li",
        "strong",
    ]
    assert tags <= {*allowed, *(f"/{tag}" for tag in allowed)}
    assert set(re.findall(r'href="([^"]*)"', html)) == {"https://example.org/c"}
    links = re.findall(r"https?://|www\.|@[a-z]|:[a-z]+:", re.sub(r"\(<.*?>\)", "", written("md", a_run())))
    assert links == []


def test_markdown_leads_to_the_published_record_by_a_link_that_cannot_break_out() -> None:
    run = a_run(("Example SA",))
    member = replace(run.findings[0].members[0], url="https://example.org/a b)>[x](javascript:alert(1))")

    page = written("md", replace(run, findings=(replace(run.findings[0], members=(member,)),)))

    assert "](<https://example.org/a%20b%29%3E%5Bx%5D%28javascript:alert%281%29%29>)" in page


def test_markdown_names_the_folder_of_all_files_once() -> None:
    run = a_run(("Example SA",))
    inputs = [replace(file, path=f"/published/2014/{number}.csv") for number, file in enumerate(run.inputs)]

    page = written("md", replace(run, inputs=tuple(inputs)))

    assert "\nIn /published/2014:\n" in page
    assert page.count("/published/2014") == 1
    assert "[0.csv row 2](<https://example.org/c>)" in page


def test_a_page_of_a_given_size_keeps_to_it_and_says_what_it_leaves_out() -> None:
    run = a_run(tuple(f"Proveedor {number} SpA" for number in range(2_000)))

    page = load_formats()["github"].appended["GITHUB_STEP_SUMMARY"](
        replace(run, findings=(*run.findings,) * 5)
    )

    shown = len([line for line in page.splitlines() if line.startswith(("| high", "| medium"))])
    assert 900_000 < len(page.encode()) <= 1_000_000
    assert f"**{shown:,} of 10,005 findings are shown**: more do not fit here." in page
    assert page.endswith("spendaudit 0.1.0, run 20140131-abcdef\n")


def test_every_line_for_github_is_one_command_of_the_gravest_first() -> None:
    lines = written("github", a_run()).splitlines()

    assert [line.split(" ")[0] for line in lines[:-1]] == ["::warning"] * (len(HOSTILE) + 1)
    assert lines[-1] == f"spendaudit: {len(HOSTILE) + 1} findings; GitHub shows 10 of them beside the files"
    assert lines[0].startswith(
        "::warning file=data/2014.csv,line=2,title=SPL001 split-purchases (high)::ACME [bold] LTDA won"
    )
    assert "%250A::stop-commands" in "".join(lines)


def test_properties_of_a_command_for_github_cannot_be_ended_by_a_path() -> None:
    run = a_run(("Example SA",))
    run = replace(run, inputs=(input_file(path="a,line=9::x.csv"), *run.inputs[1:]))

    assert written("github", run).startswith("::warning file=a%2Cline=9%3A%3Ax.csv,line=2,title=")


def test_low_findings_are_notices_for_github_notes_for_sarif_and_information_for_gitlab() -> None:
    run = a_run(("Example SA",))
    run = replace(run, findings=(replace(run.findings[0], severity=Severity.LOW),))

    assert written("github", run).startswith("::notice ")
    assert json.loads(written("sarif", run))["runs"][0]["results"][0]["level"] == "note"
    assert json.loads(written("gitlab", run))[0]["severity"] == "info"


@pytest.mark.parametrize("name", ["github", "gitlab", "junit", "sarif"])
def test_checks_name_a_file_from_the_root_of_the_repository(name: str) -> None:
    run = a_run(("Example SA",))
    run = replace(run, inputs=(input_file(path="/work space/repo/data/a ñ.csv"), *run.inputs[1:]))

    text = written(name, run, Options(root="/work space/repo"))

    assert "/work" not in text
    assert ("data/a%20%C3%B1.csv" if name == "sarif" else "data/a ñ.csv") in text


def test_of_two_files_with_the_same_content_the_first_is_named() -> None:
    run = a_run(("Example SA",))
    twice = replace(run, inputs=(*run.inputs, input_file(path="data/copy.csv")))

    assert Places.of(twice).first(run.findings[0]).name == "data/2014.csv row 2"
    assert read_csv(written("csv", twice))[0]["file"] == "data/2014.csv"


def test_gitlab_gets_what_it_needs_of_a_finding() -> None:
    entries = json.loads(written("gitlab", a_run(("Example SA",))))

    assert entries[0] == {
        "description": "SPL001 split-purchases: Example SA won 3 contracts in 30 days, 1,234,567.50 MXN "
        "together. Were they one purchase? (1,234,567.50 MXN, data/2014.csv row 2)",
        "check_name": "spendaudit/SPL001",
        "fingerprint": fingerprint("SPL001", ["C-1"]),
        "severity": "major",
        "location": {"path": "data/2014.csv", "lines": {"begin": 2}},
    }
    assert entries[1]["location"]["path"] == "spend.zip"
    assert "spend.zip![bold]spend.csv row 2" in entries[1]["description"]


def junit(run: Run, fail_on: Severity | None) -> dict[str, ET.Element]:
    root = read_xml(data("junit", run, Options(fail_on=fail_on)))
    return {case.attrib["name"]: case for case in root.iter("testcase")}


def test_junit_has_a_case_for_each_rule_and_skips_those_that_judged_nothing() -> None:
    cases = junit(a_run(), Severity.LOW)

    assert list(cases) == ["BUD001 split-purchases", "PAY001 duplicate-payment", "SPL001 split-purchases"]
    skipped = cases["BUD001 split-purchases"].find("skipped")
    assert skipped is not None
    assert skipped.attrib["message"] == "not evaluable: no budget were loaded"


@pytest.mark.parametrize(
    ("fail_on", "failing"),
    [(Severity.LOW, ["PAY001", "SPL001"]), (Severity.HIGH, ["SPL001"]), (None, [])],
)
def test_junit_fails_where_the_exit_code_does_and_tells_the_rest(
    fail_on: Severity | None, failing: list[str]
) -> None:
    cases = junit(a_run(), fail_on)

    assert [name[:6] for name, case in cases.items() if case.find("failure") is not None] == failing
    told = "".join(text for case in cases.values() for text in case.itertext())
    assert told.count("Were they one purchase?") == len(HOSTILE) + 1


def test_junit_counts_its_cases() -> None:
    root = read_xml(data("junit", a_run()))

    assert {name: root.attrib[name] for name in ("tests", "failures", "errors")} == {
        "tests": "3",
        "failures": "2",
        "errors": "0",
    }
    assert [(suite.attrib["name"], suite.attrib["skipped"]) for suite in root] == [
        ("spendaudit.BUD", "1"),
        ("spendaudit.PAY", "0"),
        ("spendaudit.SPL", "0"),
    ]


def test_json_lines_say_of_a_finding_what_json_says() -> None:
    run = a_run()
    lines = [json.loads(line) for line in written("jsonl", run).splitlines()]

    assert [list(line)[:2] for line in lines] == [["schema_version", "run"]] * len(run.findings)
    whole = json.loads(written("json", run))
    assert [{**one, "schema_version": 1, "run": run.id} for one in whole["findings"]] == lines


def test_parquet_keeps_types_and_says_which_run_it_is_of() -> None:
    content = data("parquet", a_run())

    schema = pl.read_parquet_schema(io.BytesIO(content))
    assert (schema["amount"], schema["finding_amount"], schema["award_date"]) == (MONEY, TOTAL, pl.Date())
    about = pl.read_parquet_metadata(io.BytesIO(content))
    assert about["spendaudit.run"] == "20140131-abcdef"


def test_a_database_is_sound_and_every_reference_in_it_leads_somewhere() -> None:
    base = opened(data("sqlite", a_run()))

    assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert base.execute("PRAGMA foreign_key_check").fetchall() == []


def test_the_header_of_a_database_is_the_same_whatever_sqlite_wrote_it() -> None:
    header = content_of("sqlite")[:100]

    page_size, changes, vacuum, encoding, valid_for, writer = (
        int.from_bytes(header[start:stop], "big")
        for start, stop in ((16, 18), (24, 28), (52, 56), (56, 60), (92, 96), (96, 100))
    )
    assert (page_size, changes, vacuum, encoding, valid_for, writer) == (4096, 1, 0, 1, 1, 0)


def test_what_sqlite_leaves_of_a_row_that_it_moved_is_blanked() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as base:
        base.execute("PRAGMA secure_delete = OFF")
        base.execute("CREATE TABLE names (name TEXT)")
        base.execute("INSERT INTO names VALUES ('stays'), ('remains')")
        base.execute("DELETE FROM names WHERE name = 'remains'")
        pages = bytearray(base.serialize())
    assert b"remains" in pages

    to_sqlite._blank_gaps(pages)

    assert b"remains" not in pages
    assert opened(bytes(pages)).execute("SELECT name FROM names").fetchall() == [("stays",)]


def test_a_database_puts_each_row_beside_what_is_asked_of_it() -> None:
    base = opened(data("sqlite", a_run(("0012", "Otra SA"))))

    found = base.execute(
        "SELECT rule, contract_id, supplier_name, amount, file, row FROM questions_about_contracts"
    ).fetchall()

    assert found == [
        ("SPL001", "C-1", "0012", -1250, "data/2014.csv", 2),
        ("SPL001", "C-2", "Otra SA", -1249, "data/2014.csv", 3),
    ]


@pytest.mark.parametrize(
    ("question", "index"),
    [
        ("SELECT * FROM findings WHERE rule = 'SPL001'", "findings_rule"),
        ("SELECT * FROM findings ORDER BY number LIMIT 100", "findings_number"),
        ("SELECT * FROM members WHERE finding = 'x'", "members_finding"),
        ("SELECT * FROM members WHERE contracts = 3", "members_contracts"),
        ("SELECT * FROM contracts WHERE supplier_id = '3'", "contracts_supplier_id"),
        ("SELECT * FROM contracts ORDER BY amount DESC LIMIT 9", "contracts_amount"),
    ],
)
def test_a_database_looks_up_what_people_look_up(question: str, index: str) -> None:
    plan = opened(data("sqlite", a_run())).execute(f"EXPLAIN QUERY PLAN {question}").fetchall()

    assert f"USING INDEX {index}" in plan[0][-1]


def test_what_is_written_for_datasette_names_tables_and_columns_that_are_there() -> None:
    run = a_run()
    base = opened(data("sqlite", run))

    texts = load_formats()["sqlite"].beside(run, "2014 findings")

    (name, text), *_ = texts.items()
    assert name == "2014 findings.metadata.json"
    tables = json.loads(text)["databases"]["2014 findings"]["tables"]
    there = {table for (table,) in base.execute("SELECT name FROM sqlite_master WHERE type <> 'index'")}
    assert set(tables) == there
    for table, about in tables.items():
        columns = {column[0] for column in base.execute(f'SELECT * FROM "{table}"').description}  # noqa: S608
        assert {*about.get("facets", ()), *about.get("columns", ())} <= columns


def test_what_a_baseline_knows_is_left_out_for_people_and_marked_for_programs() -> None:
    run = a_run(("Example SA", "Otra SA"))
    run = replace(run, findings=run.findings[1:], known=run.findings[:1])

    told = {name: words_of(name, data(name, run)) for name in ("md", "github", "gitlab", "junit")}

    assert [name for name, text in told.items() if "Example SA won" in text] == []
    assert "1 finding that the baseline knows: left out here." in told["md"]
    results = json.loads(data("sarif", run))["runs"][0]["results"]
    assert [one.get("baselineState") for one in results] == [None, None, "unchanged"]
    assert results[-1]["suppressions"] == [{"kind": "external"}]
    base = opened(data("sqlite", run))
    assert base.execute("SELECT status, count(*) FROM findings GROUP BY status").fetchall() == [
        ("known", 1),
        ("new", 2),
    ]


def sarif(run: Run) -> dict[str, Any]:
    return json.loads(written("sarif", run))["runs"][0]  # type: ignore[no-any-return]


def test_sarif_is_shaped_as_the_standard_says() -> None:
    """The OASIS schema is under no licence by which it could stand here: `SARIF` says what it says."""
    document = json.loads(written("sarif", a_run()))

    assert document["version"] == "2.1.0"
    assert document["$schema"].endswith("/sarif-schema-2.1.0.json")
    (run,) = document["runs"]
    closed(run, SARIF, "run")
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        for place in result["locations"]:
            artifact = place["physicalLocation"]["artifactLocation"]
            assert run["artifacts"][artifact["index"]]["location"]["uri"] == artifact["uri"]
            assert re.fullmatch(r"[A-Za-z0-9._~%/!-]+", artifact["uri"])
            assert place["physicalLocation"]["region"]["startLine"] >= 1


#: Of each object of SARIF that is written: its properties and what they hold, those it must have with a `!`.
SARIF: dict[str, dict[str, Any]] = {
    "run": {
        "tool!": "tool", "properties": dict, "invocations": ["invocation"], "artifacts": ["artifact"],
        "results": ["result"],
    },
    "tool": {"driver!": "driver"},
    "driver": {"name!": str, "version": str, "informationUri": str, "rules": ["rule"]},
    "rule": {
        "id!": str, "name": str, "shortDescription": "message", "fullDescription": "message",
        "help": "message", "defaultConfiguration": "configuration", "properties": dict,
    },
    "configuration": {"level": {"none", "note", "warning", "error"}},
    "message": {"text!": str, "markdown": str},
    "invocation": {
        "executionSuccessful!": bool, "toolConfigurationNotifications": ["notification"],
        "toolExecutionNotifications": ["notification"],
    },
    "notification": {
        "message!": "message", "level": {"none", "note", "warning", "error"}, "associatedRule": "reference"
    },
    "reference": {"id": str, "index": int},
    "artifact": {"location": "artifactLocation", "hashes": dict},
    "artifactLocation": {"uri": str, "index": int},
    "result": {
        "ruleId": str, "ruleIndex": int, "level": {"none", "note", "warning", "error"}, "message!": "message",
        "locations": ["location"], "relatedLocations": ["location"], "partialFingerprints": dict,
        "properties": dict, "baselineState": {"new", "unchanged", "updated", "absent"},
        "suppressions": ["suppression"],
    },
    "suppression": {"kind!": {"inSource", "external"}},
    "location": {"id": int, "physicalLocation": "physicalLocation", "message": "message"},
    "physicalLocation": {"artifactLocation": "artifactLocation", "region": "region"},
    "region": {"startLine": int},
}  # fmt: skip


def closed(value: Any, shapes: dict[str, dict[str, Any]], shape: Any) -> None:
    """Hold a value to its shape: nothing that is not in it, everything that must be."""
    match shape:
        case [inner]:
            for one in value:
                closed(one, shapes, inner)
        case str():
            known = {name.rstrip("!"): kind for name, kind in shapes[shape].items()}
            assert (
                {name.rstrip("!") for name in shapes[shape] if name.endswith("!")} <= value.keys() <= {*known}
            )
            for name, one in value.items():
                closed(one, shapes, known[name])
        case set():
            assert value in shape
        case _:
            assert isinstance(value, shape)


def test_sarif_says_which_rules_could_not_judge_and_what_was_put_aside() -> None:
    (invocation,) = sarif(a_run())["invocations"]

    unjudged = [one["message"]["text"] for one in invocation["toolConfigurationNotifications"]]
    assert unjudged[0] == "BUD001 judged 0 of 100 rows: no budget were loaded"
    assert [one["message"]["text"] for one in invocation["toolExecutionNotifications"]] == [
        "3 rows could not be read and were put aside"
    ]


def test_sarif_keeps_to_the_limits_of_github_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(to_sarif, "MOST_RESULTS", 10)
    members = tuple(
        Member(table="contracts", id=f"C-{row}", file="0123456789ab", row=row, url=None, position=0)
        for row in range(1, 102)
    )
    run = a_run()
    run = replace(run, findings=(replace(run.findings[0], members=members), *run.findings[1:]))

    written_run = sarif(run)

    texts = [one["message"]["text"] for one in written_run["invocations"][0]["toolExecutionNotifications"]]
    assert len(written_run["results"]) == 10
    assert f"the first 10 of {len(HOSTILE) + 1} findings are in this file: GitHub refuses more" in texts
    first = written_run["results"][0]
    assert len(first["relatedLocations"]) == 20
    assert first["properties"]["rows"] == 101
    assert first["message"]["text"].endswith("(data/2014.csv row 1 and 100 more rows)")


def test_sarif_recognises_a_finding_in_a_later_run_by_its_fingerprint() -> None:
    run = a_run(("Example SA",))

    first = sarif(run)["results"][0]

    assert first["partialFingerprints"]["primaryLocationLineHash"] == f"{run.findings[0].fingerprint}:1"


def test_a_rule_that_is_no_longer_installed_is_told_by_how_it_fared() -> None:
    run = replace(a_run(("Example SA",)), outcomes=(outcome("XYZ001", name="gone", state=State.FIRED),))

    for name in load_formats():
        assert "XYZ001" in words_of(name, data(name, run)) or name in {
            "csv", "github", "gitlab", "json", "jsonl", "parquet"
        }  # fmt: skip


SECTIONS = (
    "What was read",
    "What to ask",
    "What the rules found",
    "What could not be judged",
    "Where to look next",
    "A finding is a question to ask, not a verdict.",
)


@pytest.mark.parametrize("run", [a_run(), replace(a_run(), findings=(), rows={})], ids=["findings", "none"])
def test_the_table_has_its_sections_in_order_and_ends_by_saying_what_a_finding_is(run: Run) -> None:
    lines = written("table", run).splitlines()

    assert [line for line in lines if line and not line.startswith(" ")] == list(SECTIONS)


def test_a_pipe_gets_one_line_for_each_finding_without_colour_box_or_cut() -> None:
    lines = written("table", a_run()).splitlines()

    asked = [line for line in lines if "Were they one purchase?" in line]
    assert len(asked) == len(HOSTILE) + 1
    assert not any(sign in "".join(lines) for sign in "\x1b─│┃━…")
    assert not any(line != line.rstrip() for line in lines)


def test_the_table_closes_the_arithmetic_of_every_file_and_of_all() -> None:
    text = written("table", a_run())

    assert "3 rows quarantined: amount is unreadable" in text
    assert "all: 2 files, 111 rows read = 101 loaded + 7 merged + 3 quarantined" in text


def test_the_table_sums_up_a_folder_of_many_files_with_the_reasons_of_all() -> None:
    clean = tuple(
        input_file(path=f"data/{year}.csv", rows_quarantined=0, quarantine={}) for year in range(1990, 2020)
    )
    run = replace(
        a_run(),
        inputs=(*clean, input_file(path="data/20.csv"), input_file(path="data/21.csv", notes=("a remark",))),
    )

    text = written("table", run)

    assert "mx_compranet_contracts: 32 files, utf-8, into contracts 3,200\n" in text
    assert "3,520 rows read = 3,200 loaded + 224 merged + 6 quarantined\n" in text
    assert "6 rows quarantined: amount is unreadable (2 files)" in text
    assert "note: a remark (1 file)" in text
    assert "1990.csv" not in text


@pytest.mark.parametrize(
    ("paths", "heading", "name"),
    [
        (["/spend/2015/a.csv", "/spend/2016/b.csv"], "  in /spend\n", "  2015/a.csv"),
        (["/spend/2015/a.csv"], "  in /spend/2015\n", "  a.csv"),
        (["spend/a.csv", "/spend/b.csv"], "  file ", "  spend/a.csv"),
        (["./spend/a.csv", "./spend/b.csv"], "  file ", "  ./spend/a.csv"),
        (["/a.csv", "/spend/b.csv"], "  file ", "  /a.csv"),
    ],
)
def test_the_table_names_the_nearest_folder_of_all_files_once(
    paths: list[str], heading: str, name: str
) -> None:
    text = written("table", replace(a_run(), inputs=tuple(input_file(path=path) for path in paths)))

    first, second = text.splitlines(keepends=True)[1:3]
    assert first.startswith(heading)
    assert name in text
    assert second.startswith("  file ") or heading == "  file "


@pytest.mark.parametrize("name", ["table", "md", "html"])
def test_no_report_calls_data_clean_that_no_rule_could_judge(name: str) -> None:
    idle = outcome("BUD001", state=State.NOT_EVALUABLE, evaluated=0, reason="no budget were loaded")

    text = written(name, replace(a_run(), findings=(), rows={}, outcomes=(idle,)))

    assert "none of the rules could judge a single row" in text
    assert "Nothing was flagged" not in text


def test_the_table_says_what_could_not_be_judged_and_which_rule_is_too_blunt() -> None:
    text = written("table", a_run())

    assert "BUD001 (not evaluable): no budget were loaded" in text
    assert (
        f"SPL001 split-purchases is too blunt for this data: it flags {len(HOSTILE)}.0 % of the 100 rows"
        in text
    )


def test_the_table_names_many_rules_that_lack_the_same_by_their_ids() -> None:
    idle = [
        outcome(
            f"BUD00{number}", state=State.NOT_EVALUABLE, evaluated=0, reason="no budget lines were loaded"
        )
        for number in range(1, 4)
    ]

    text = written("table", replace(a_run(), outcomes=(*idle, outcome("SPL001"))))

    assert "BUD001, BUD002, BUD003 (not evaluable): no budget lines were loaded" in text
    assert "1 rule judged all or some rows and flagged none: SPL001" in text


def test_the_table_sums_up_rules_that_judged_nearly_all_rows_and_rules_that_are_too_blunt() -> None:
    nearly = [
        outcome(f"CON00{number}", evaluated=99, reason="1 of 100 contracts lacks supplier")
        for number in range(1, 4)
    ]
    blunt = [outcome(f"TIM00{number}", state=State.FIRED, flagged=50, findings=9) for number in (1, 2)]

    text = written("table", replace(a_run(), outcomes=(*nearly, *blunt)))

    assert "CON001, CON002, CON003 (judged at least 99.0 % of the rows): the others lack something" in text
    assert "TIM001, TIM002 are too blunt for this data: each flags more than 10.0 % of the rows" in text
    assert "3 rules also judged all or some rows and flagged none: CON001, CON002, CON003" in text


def test_the_table_counts_rules_whose_tables_nobody_loaded() -> None:
    idle = [
        outcome(
            f"BUD0{number}", state=State.NOT_EVALUABLE, rows=0, evaluated=0, reason=f"no {table} were loaded"
        )
        for table, numbers in (("items", range(10, 20)), ("budget lines", range(20, 25)))
        for number in numbers
    ]

    text = written("table", replace(a_run(), outcomes=tuple(idle)))

    assert "15 rules (not evaluable): no budget lines were loaded; no items were loaded" in text


def test_sheets_of_one_workbook_are_counted_as_one_file() -> None:
    sheets = (input_file(path="a.xlsx", member="one"), input_file(path="a.xlsx", member="two"))

    assert "all: 1 file in 2 parts, 220 rows read" in written("table", replace(a_run(), inputs=sheets))


@pytest.mark.parametrize(
    ("share", "shown"),
    [(1.0, "100 %"), (0.999, "almost 100 %"), (0.5, "50 %"), (0.001, "almost 0 %"), (0.0, "0 %")],
)
def test_no_share_is_called_all_or_nothing_that_is_not(share: float, shown: str) -> None:
    one = input_file(filled={"contracts": {"date": share}})

    assert f"  date {shown}\n" in written("table", replace(a_run(), inputs=(one,)))


def test_a_cut_table_says_so_and_where_the_rest_is() -> None:
    text = written("table", a_run(), Options(limit=10))

    assert (
        f"10 of {len(HOSTILE) + 1} findings are shown, the first ones of each rule. "
        "All of them: --output findings.csv"
    ) in text
    assert text.count("Were they one purchase?") == 10


def test_a_cut_table_lets_no_rule_crowd_out_the_others() -> None:
    text = written("table", a_run(), Options(limit=4))

    assert [line.split()[2] for line in text.splitlines() if "Were they one purchase?" in line] == [
        "SPL001",
        "SPL001",
        "SPL001",
        "PAY001",
    ]


def test_the_table_names_the_commands_and_the_files_to_look_at_next() -> None:
    run = a_run()

    text = written("table", run, Options(written=("findings.csv",)))

    assert f"spendaudit explain {run.findings[0].fingerprint[:8]}" in text
    assert "spendaudit rules SPL001" in text
    assert "findings.csv" in text
    assert "--output findings.csv  every" not in text


def test_short_fingerprints_grow_until_they_name_one_finding() -> None:
    first, second, *rest = a_run().findings
    alike = replace(second, fingerprint=first.fingerprint[:9] + second.fingerprint[9:])

    text = written("table", replace(a_run(), findings=(first, alike, *rest)))

    assert f"spendaudit explain {first.fingerprint[:10]} " in text


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (Decimal("1234567.0000"), "1,234,567 MXN"),
        (Decimal("0.5000"), "0.50 MXN"),
        (Decimal("-99.9900"), "-99.99 MXN"),
        (Decimal("123456789012345.0000"), "123,456,789,012,345 MXN"),
        (None, ""),
    ],
)
def test_money_is_grouped_and_shows_cents_only_where_there_are_any(
    amount: Decimal | None, shown: str
) -> None:
    assert money(amount, "MXN") == shown


@pytest.mark.parametrize("name", ["table", "md", "html"])
def test_where_a_baseline_knows_every_finding_nothing_new_was_flagged(name: str) -> None:
    run = a_run(("Example SA",))

    text = written(name, replace(run, findings=(), known=run.findings))

    assert "Nothing new was flagged." in text
    assert "Nothing was flagged." not in text


@pytest.mark.parametrize(("columns", "whole"), [(80, False), (120, False), (200, True)])
def test_a_terminal_gets_a_table_of_files_where_no_cell_has_to_be_folded(
    columns: int, whole: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    path = "purchase_orders_of_the_ministry_2024.csv"
    filled = {"contracts": dict.fromkeys(("date", "amount", "buyer", "supplier"), 1.0)}
    run = replace(a_run(), inputs=(input_file(path=path, filled=filled),))

    load_formats()["table"].report(run, stream, Options(limit=None))

    lines = stream.getvalue().splitlines()
    assert any(path in line for line in lines)
    assert any("recognised as" in line and "rows with" in line for line in lines) is whole
    assert any("date 100 %, amount 100 %, buyer 100 %, supplier 100 %" in line for line in lines)


@pytest.mark.parametrize("columns", [80, 160])
def test_a_terminal_gets_no_line_wider_than_itself(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")

    load_formats()["table"].report(a_run(), stream, Options(limit=None))

    lines = [Text.from_ansi(line) for line in stream.getvalue().splitlines()]
    assert max(line.cell_len for line in lines) == columns
    assert "1,234,567.50 MXN" in stream.getvalue()
