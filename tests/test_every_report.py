"""Holds for every report: hostile text stays text, the same run gives the same bytes, no cut is silent."""

import csv
import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from rich.text import Text

from spendaudit.model.findings import Severity, fingerprint
from spendaudit.model.run import Counts, Finding, Input, Member, Members, Outcome, Run, State, file_id
from spendaudit.model.tables import SCHEMAS
from spendaudit.report.formats import Options, load_formats
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


def written(format_name: str, run: Run, options: Options | None = None) -> str:
    stream = io.StringIO(newline="")
    load_formats()[format_name].report(run, stream, options or Options(limit=None))
    return stream.getvalue()


@pytest.mark.parametrize("name", load_formats())
def test_the_same_run_gives_the_same_text(name: str) -> None:
    first = written(name, a_run())

    assert written(name, a_run()) == first


@pytest.mark.parametrize("name", load_formats())
def test_a_run_that_found_nothing_is_written_too(name: str) -> None:
    nothing = replace(a_run(), findings=(), rows={}, outcomes=(outcome("SPL001"),))

    assert written(name, nothing).endswith("\n")


@pytest.mark.parametrize("name", load_formats())
def test_no_report_lets_published_text_steer_a_terminal(name: str) -> None:
    text = written(name, a_run())

    assert [sign for sign in "\x1b\x00\x07\x9b\u202e" if sign in text] == []


@pytest.mark.parametrize("name", load_formats())
@pytest.mark.parametrize("hostile", ["ACME [bold] LTDA", "Obras [/zona] SA", "شركة البناء", LONG_NAME])
def test_no_report_eats_a_part_of_a_name(name: str, hostile: str) -> None:
    text = written(name, a_run())

    assert f"{hostile} won 3 contracts" in text


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


@pytest.mark.parametrize("hostile", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\tx", "\rx", "\nx"])
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
        "findings",
        "reason",
    ]
    assert list(document["findings"][0]) == [
        "fingerprint",
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


def test_the_table_does_not_call_data_clean_that_no_rule_could_judge() -> None:
    idle = outcome("BUD001", state=State.NOT_EVALUABLE, evaluated=0, reason="no budget were loaded")

    text = written("table", replace(a_run(), findings=(), rows={}, outcomes=(idle,)))

    assert "none of the rules could judge a single row" in text
    assert "Nothing was flagged" not in text


def test_the_table_says_what_could_not_be_judged_and_which_rule_is_too_blunt() -> None:
    text = written("table", a_run())

    assert "BUD001 (not evaluable): no budget were loaded" in text
    assert "SPL001 split-purchases is too blunt for this data: it flags 15.0 % of the 100 rows" in text


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
        "10 of 16 findings are shown, of each rule the first ones. All of them: --output findings.csv" in text
    )
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
