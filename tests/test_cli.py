"""The command line as scripts and people meet it: exit codes, streams, messages, start-up."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
import pytest
from calling import Shell
from rich.console import Console
from rich.table import Table
from rich.text import Text

from spendaudit import i18n
from spendaudit.cli.app import app
from spendaudit.cli.markdown import Page
from spendaudit.report.formats import Format, load_formats
from spendaudit.report.screen import Hyphenated
from spendaudit.sources import load_sources

FIXTURES = Path(__file__).parents[1] / "fixtures"
HEADER = (
    "Body Name,Service Area,Expenses Type,Invoice Payment Date,Transaction Number,Net Amount,Supplier Name"
)
PAID_TWICE = (
    "Wetherfold City Council,Libraries,Hire of Equipment,2011-12-31,5100700033,1204.36,Wishful Copiers Ltd"
)
PAID_ONCE = "Wetherfold City Council,Libraries,Hire of Equipment,2011-12-31,5100700022,70.00,Paper Moon Ltd"
COMMANDS = [command.name or "" for command in app.registered_commands]


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has a folder, a store and a place for traces of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPENDAUDIT_STORE", str(tmp_path / "store"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.delenv("FORCE_COLOR", raising=False)


def spend(path: str | Path = "spend.csv", *rows: str) -> Path:
    """Write a file of British spending, by default one that pays a document twice."""
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join([HEADER, *(rows or (PAID_TWICE, PAID_TWICE, PAID_ONCE))]) + "\n", "utf-8")
    return file


def in_new_process(*arguments: str | Path, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *options, "-m", "spendaudit", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603 our own command


@pytest.mark.parametrize("arguments", [["--help"], ["audit", "--help"], ["demo", "-h"], ["--version"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys; from spendaudit.__main__ import main; "
        f"sys.argv = ['spendaudit', *{arguments}]; code = main(); "
        "heavy = {'polars', 'pyarrow', 'requests', 'numpy', 'rich'} & set(sys.modules); "
        "sys.exit(f'{code} {sorted(heavy)}' if code or heavy else 0)"
    )

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)  # noqa: S603

    assert ended.stderr == ""


def test_help_needs_little_processor_time() -> None:
    before = os.times()
    in_new_process("--help")
    after = os.times()

    used = after.children_user - before.children_user + after.children_system - before.children_system
    # The promise is 0.2 s of a quiet machine; processor time does not depend on what else runs.
    assert used < 0.2


def test_the_version_is_told(run: Shell) -> None:
    assert re.fullmatch(r"spendaudit \d+\.\d+\.\d+\n", run("--version").out)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_teaches_by_example(run: Shell, command: str) -> None:
    ended = run(command, "--help")

    assert ended.code == 0
    assert (
        f"\n    spendaudit {command}" in ended.out
        or f"spendaudit {command} " in ended.out.split("Example")[1]
    )


def test_help_lists_every_command_and_exit_code(run: Shell) -> None:
    ended = run("--help")

    assert all(f"\n  {command} " in ended.out for command in COMMANDS)
    assert all(f"\n    {code} " in ended.out for code in (0, 1, 2, 3, 4, 70, 130))


def test_help_names_every_format(run: Shell) -> None:
    text = run("audit", "--help").out

    listed = re.search(r"does not\s+say: ([a-z,\s]+)\.", text)
    assert listed
    assert sorted(listed[1].replace(",", " ").split()) == sorted(load_formats())


def test_what_publishes_nothing_cannot_be_fetched_and_says_why(run: Shell) -> None:
    ended = run("fetch", "ve")

    assert ended.code == 2
    assert "ve publishes nothing that could be downloaded" in ended.err
    assert "`spendaudit sources ve`" in ended.err


def test_tables_of_a_page_are_whole_on_a_narrow_terminal() -> None:
    drawn = Console(file=io.StringIO(), width=40, force_terminal=True, color_system=None)

    drawn.print(Page("|procurement_method|amount|\n|-|-:|\n|direct|1,234,567,890,123,456,789,012|\n"))

    text = "".join(drawn.file.getvalue().split())  # type: ignore[attr-defined]
    assert "…" not in text
    assert "1,234,567,890,123,456,789,012" in text


def test_a_name_of_several_words_is_folded_between_them() -> None:
    drawn = Console(file=io.StringIO(), width=20, force_terminal=True, color_system=None)
    table = Table(box=None, show_header=False, padding=0, pad_edge=False)

    table.add_row(Hyphenated("short-submission-period"), Text("1,234"))
    drawn.print(table)

    lines = drawn.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert [line.split() for line in lines] == [["short-", "1,234"], ["submission-"], ["period"]]


def test_a_table_whose_headings_make_it_too_wide_folds_these_and_not_its_dates() -> None:
    drawn = Console(file=io.StringIO(), width=44, force_terminal=True, color_system=None)

    drawn.print(Page("|payment_id|payer_name|document_id|date|\n|-|-|-|-|\n|p1|Hill|i1|2024-01-10|\n"))

    assert " p1        Hill    i1         2024-01-10" in drawn.file.getvalue()  # type: ignore[attr-defined]


def test_no_section_of_a_page_is_empty(run: Shell) -> None:
    for source in load_sources():
        assert (
            re.findall(r"^(.+)\n[-=]+\n\s*(?=\Z|.+\n[-=]+\n)", run("sources", source).out, re.MULTILINE) == []
        )


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_help_fits_into_eighty_columns(language: str) -> None:
    program = (
        "import typer; from spendaudit import i18n; "
        f"i18n.use({language!r}); from spendaudit.cli.app import app; "
        "show = lambda one, name, above: (print(one.get_help(at := typer.Context(one, above, name))), "
        "[show(other, part, at) for part, other in getattr(one, 'commands', {}).items()]); "
        "show(typer.main.get_command(app), 'spendaudit', None)"
    )
    environment = os.environ | {"COLUMNS": "80"}

    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, env=environment)  # noqa: S603

    lines = told.stdout.decode().splitlines()
    assert len(lines) > 500
    assert [line for line in lines if len(line) > 80 or line.endswith("...  ")] == []


def test_a_page_says_whether_contracts_that_came_to_nothing_are_asked_about(run: Shell) -> None:
    assert "`is_void`) are not asked about" in run("rules", "SPL001").out
    assert "is_void" not in run("rules", "DQ002").out
    assert "is_void" not in run("rules", "PAY001").out


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("aud", "audit"),
        ("audit x.csv --select PAY", "PAY001"),
        ("sources gb", "gb_spend"),
        ("rules SPL0", "SPL001"),
    ],
)
def test_the_shell_completes_commands_rules_and_sources(
    run: Shell, monkeypatch: pytest.MonkeyPatch, typed: str, completed: str
) -> None:
    words = f"spendaudit {typed}"
    monkeypatch.setenv("_SPENDAUDIT_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))

    ended = run()

    assert (ended.code, ended.err) == (0, "")
    assert completed in ended.out.split()


def test_no_command_at_all_is_a_question_answered_by_help(run: Shell) -> None:
    ended = run()

    assert ended.code == 2
    assert ended.out == ""
    assert "Commands:" in ended.err


def test_findings_at_the_severity_asked_for_exit_with_1(run: Shell) -> None:
    assert run("audit", spend()).code == 1


def test_findings_below_the_severity_asked_for_exit_with_0(run: Shell) -> None:
    assert run("audit", spend(), "--fail-on", "never").code == 0


def test_a_file_without_findings_exits_with_0(run: Shell) -> None:
    assert run("audit", spend("clean.csv", PAID_ONCE)).code == 0


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["audit"], "Missing argument", "spendaudit audit --help"),
        (["audit", "spend.csv", "--selct", "PAY001"], "No such option: --selct", "spendaudit audit --help"),
        (["adit"], "No such command 'adit'. Did you mean 'audit'?", "spendaudit --help"),
        (["audit", "spent.csv"], "there is no file spent.csv", "did you mean spend.csv?"),
        (
            ["audit", "https://example.org/spend.csv"],
            "https://example.org/spend.csv is an address, and files are read from disk",
            "download it first; `spendaudit fetch ID` downloads what a known source publishes",
        ),
        (["audit", "gb_spent"], "there is no file or source gb_spent", "did you mean gb_spend?"),
        (["audit", "spend.csv", "--source", "nobody"], "there is no source nobody", "spendaudit sources"),
        (
            ["audit", "spend.csv", "--source", "GB_spent"],
            "there is no source GB_spent",
            "did you mean gb_spend?",
        ),
        (
            ["audit", "spend.csv", "--select", "PAYY001"],
            "no rule is called 'PAYY001'",
            "did you mean PAY001?",
        ),
        (
            ["audit", "spend.csv", "--param", "PAY001.mach=exact"],
            "PAY001 has no setting 'mach'",
            "PAY001.match",
        ),
        (["audit", "spend.csv", "--param", "PAY001.match=often"], "PAY001.match: must be", ""),
        (["audit", "spend.csv", "--fail-on", "often"], "--fail-on", "spendaudit audit --help"),
        (["audit", "spend.csv", "--output-format", "jsn"], "there is no format jsn", "did you mean json?"),
        (["coverage", "spend.csv", "--output-format", "jsn"], "there is no format jsn", "did you mean json?"),
        (["coverage", "spend.csv", "--output-format", "yml"], "no format yml", "formats: table, csv, json"),
        (["coverage", "spend.csv", "--output", "a.md"], "no format is called so", "end in .txt, .csv, .json"),
        (["diff", "a.csv", "b.csv", "--output-format", "md"], "no format md", "table, json, markdown"),
        (
            ["diff", "a.csv", "b.csv", "--output", "nowhere/a.md"],
            "there is no folder nowhere",
            "make it first",
        ),
        (["coverage", "spend.csv", "--output", "store"], "store is a folder", "store/list.txt"),
        (
            ["coverage", "spend.csv", "--output", "store", "--output-format", "csv"],
            "folder",
            "store/list.csv",
        ),
        (
            ["audit", "spend.csv", "--output", "findings.doc"],
            "findings.doc",
            "formats by how names end: csv (.csv), ",
        ),
        (["audit", "spend.csv", "--output", "findings.doc"], "no format is called so", "xlsx (.xlsx)"),
        (["audit", "spend.csv", "--output", "no/such.csv"], "there is no folder no", "make it first"),
        (["audit", "spend.csv", "--output", "store"], "store is a folder", "findings.csv"),
        (["audit", "spend.csv", "--from", "2024-01"], "--from and --to", "spendaudit sources"),
        (["sources", "gb_spent"], "there is no source gb_spent", "did you mean gb_spend?"),
        (["rules", "PAYY001"], "no rule is called 'PAYY001'", "did you mean PAY001?"),
        (["explain", "abcdef"], "keeps no run", "spendaudit audit"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_what_to_do(
    run: Shell, arguments: list[str], message: str, hint: str
) -> None:
    spend()
    Path("store").mkdir()

    ended = run(*arguments)

    assert ended.code == 2
    assert message in ended.err
    assert hint in ended.err.partition("hint: ")[2]
    assert ended.out == ""
    assert "Traceback" not in ended.err


def test_wrong_usage_is_told_before_any_file_is_read(run: Shell) -> None:
    run("audit", spend(), "--select", "PAYY001")

    assert not Path("store").exists()


@pytest.mark.parametrize("name", ["html_as_csv.csv", "empty.csv", "unknown_portal.csv", "missing_column.csv"])
def test_a_file_that_cannot_be_read_exits_with_3(run: Shell, name: str) -> None:
    ended = run("audit", FIXTURES / "bad" / name)

    assert ended.code == 3
    assert ended.err.startswith(f"error: {name}")
    assert "hint: " in ended.err
    assert ended.out == ""


def test_a_path_that_no_disk_could_hold_is_no_bug(run: Shell) -> None:
    ended = run("audit", "x" * 300 + ".csv")

    assert ended.code == 3
    assert "File name too long" in ended.err


def test_a_source_that_was_not_fetched_exits_with_3_and_names_the_command(run: Shell) -> None:
    ended = run("audit", "cl_mercado_publico_orders", "--from", "2024-01")

    assert ended.code == 3
    assert "nothing of cl_mercado_publico_orders from 2024-01 has been fetched" in ended.err
    assert "spendaudit fetch cl_mercado_publico_orders --from 2024-01" in ended.err


def test_strict_exits_with_4_when_a_selected_rule_could_not_run(run: Shell) -> None:
    assert run("audit", spend(), "--strict", "--select", "PAY001,SPL001").code == 4
    assert run("audit", spend(), "--strict", "--select", "PAY001").code == 1


def test_strict_does_not_ask_of_a_payments_file_that_it_holds_contracts(run: Shell) -> None:
    assert run("audit", spend(), "--strict", "--fail-on", "never").code == 0


def test_strict_exits_with_4_when_rows_were_quarantined(run: Shell) -> None:
    file = spend("odd.csv", PAID_ONCE, PAID_ONCE.replace("70.00", "seventy"))

    assert run("audit", file, "--select", "PAY001").code == 0
    assert run("audit", file, "--select", "PAY001", "--strict").code == 4
    assert run("normalize", file, "--strict").code == 4


@pytest.fixture
def broken_store(run: Shell) -> Path:
    """Return a file of whose normalised rows someone has made texts: nothing that spendaudit foresees."""
    file = spend()
    run("normalize", file)
    for table in Path("store/tables").rglob("*.parquet"):
        rows = pl.read_parquet(table, hive_partitioning=False)
        rows.with_columns(pl.col("amount", "date").cast(pl.String)).write_parquet(table)
    return file


def test_a_crash_exits_with_70_and_does_not_look_like_findings(run: Shell, broken_store: Path) -> None:
    ended = run("audit", broken_store)

    assert ended.code == 70
    assert ended.err.startswith("error: a bug in spendaudit, which says nothing about your data: ")
    assert "/issues" in ended.err
    assert "Traceback" not in ended.err
    (trace,) = Path().glob("spendaudit-*.txt")
    assert "Traceback" in trace.read_text()
    assert ended.out == ""


def test_a_crash_shows_its_trace_to_who_asks(
    run: Shell, broken_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Traceback" in run("audit", broken_store, "-v").err

    monkeypatch.setenv("SPENDAUDIT_DEBUG", "1")
    assert "Traceback" in run("audit", broken_store).err


def test_a_keyboard_interrupt_exits_with_130_and_leaves_nothing_half_written() -> None:
    spend("long.csv", *[PAID_ONCE] * 500_000)
    # A job in the background may be deaf to interrupts, and so would be its children.
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)
    command = [sys.executable, "-m", "spendaudit", "audit", "long.csv"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603 our own command
        signal.signal(signal.SIGINT, heard)
        while not Path("store/.writing").exists() and process.poll() is None:
            time.sleep(0.001)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert err == "error: interrupted\n"
    assert not list(Path("store").rglob("*.parquet"))


@pytest.mark.parametrize(
    "arguments", [["--help"], ["sources"], ["audit", "--output-format", "json", "spend.csv"]]
)
def test_a_closed_pipe_ends_quietly(arguments: list[str]) -> None:
    spend("spend.csv", *[PAID_TWICE] * 5000)
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "spendaudit", *arguments]
    with os.fdopen(writing, "wb") as pipe:
        ended = subprocess.run(command, stdout=pipe, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603

    assert ended.returncode == 0
    assert ended.stderr == ""


def test_python_without_docstrings_is_refused() -> None:
    ended = in_new_process("rules", options=("-OO",))

    assert ended.returncode == 2
    assert "cannot run under python -OO" in ended.stderr


def test_a_file_that_cannot_be_read_does_not_stop_the_others_but_the_exit_code_tells(run: Shell) -> None:
    ended = run("audit", spend(), FIXTURES / "bad" / "html_as_csv.csv")

    assert ended.code == 3
    assert "html_as_csv.csv is a web page" in ended.err
    assert "PAY001" in ended.out


def test_a_folder_is_read_to_its_depths_and_what_is_no_table_is_named(run: Shell) -> None:
    spend("folder/deep/spend.csv")
    Path("folder/README.md").write_text("read me")
    Path("folder/.hidden.csv").write_text("not meant")

    ended = run("audit", "folder")

    assert ended.code == 1
    assert "passed over 1 file that is no table: README.md" in ended.err
    assert "hidden" not in ended.out + ended.err


def test_json_of_a_folder_that_describes_other_files_is_passed_over_and_named(run: Shell) -> None:
    spend("folder/spend.csv")
    for name in ("a", "b", "c", "d"):
        Path(f"folder/{name}.json").write_text('{"files": []}')

    ended = run("audit", "folder")

    assert ended.code == 1
    assert (
        "passed over 4 files with JSON of no kind that spendaudit knows: a.json, b.json, c.json, ..."
        in ended.err
    )
    assert "error" not in ended.err


def test_json_of_no_kind_that_is_given_or_alone_is_refused(run: Shell) -> None:
    spend("folder/spend.csv")
    Path("settings.json").write_text('{"files": []}')
    Path("alone").mkdir()
    Path("alone/settings.json").write_text('{"files": []}')

    assert run("audit", "folder", "settings.json").code == 3
    assert run("audit", "alone").code == 3


def test_a_file_that_is_refused_is_named_once_with_its_folder_and_a_hint_is_given_once(run: Shell) -> None:
    spend("folder/spend.csv")
    for name in ("a.csv", "deep/b.csv"):
        Path(f"folder/{name}").parent.mkdir(exist_ok=True)
        Path(f"folder/{name}").write_text("<html>no</html>")

    ended = run("audit", "folder")

    assert f"error: {Path('folder/a.csv')} is a web page" in ended.err
    assert f"error: {Path('folder/deep/b.csv')} is a web page" in ended.err
    assert ended.err.count("hint: ") == 1


def test_a_file_that_does_not_say_its_period_says_how_to_state_it(run: Shell) -> None:
    payments = FIXTURES / "sources" / "cl_municipal_payments" / "proveedores_no_year.xlsx"

    assert "--period 2016 (or 2016-05) states it" in run("audit", payments).out
    assert "--period" not in run("audit", payments, "--period", "2016").out


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file whose bytes the system refuses")
def test_a_file_that_the_system_does_not_give_does_not_stop_the_others(run: Shell) -> None:
    spend("folder/spend.csv")
    Path("folder/a.csv").symlink_to("/proc/self/mem")

    ended = run("audit", "folder")

    assert ended.code == 3
    assert f"error: {Path('folder/a.csv')} cannot be read: Input/output error\nhint: see whether" in ended.err
    assert "PAY001" in ended.out


def test_what_was_written_into_a_folder_before_is_no_table_of_it(run: Shell) -> None:
    spend("folder/spend.csv")
    names = ("findings.csv", "findings.txt", "findings.xlsx", "findings.jsonl")
    written = [word for name in names for word in ("--output", f"folder/{name}")]
    run("audit", "folder", *written)

    again = run("audit", "folder", *written)
    others = run("audit", "folder", "--output", "folder/findings.txt", "--output", "folder/findings.jsonl")

    assert (
        again.err
        == "passed over 4 files that are no tables: findings.csv, findings.jsonl, findings.txt, ...\n"
    )
    assert "passed over 2 reports of spendaudit: findings.csv, findings.xlsx\n" in others.err
    assert (again.code, others.code) == (1, 1)


@pytest.mark.parametrize("name", ["findings.csv", "findings.xlsx"])
def test_a_report_that_is_given_for_data_is_named_for_what_it_is(name: str, run: Shell) -> None:
    run("audit", spend(), "--output", name)

    ended = run("audit", name)

    assert ended.code == 3
    assert re.match(
        rf"error: {name}(!.+)? is a report of spendaudit, and no data\nhint: [^\n]+\n$", ended.err
    )


def test_a_path_that_is_empty_is_not_the_folder_one_is_in(run: Shell) -> None:
    spend()

    ended = run("audit", "")

    assert ended.code == 2
    assert ended.err == "error: a PATH is empty\nhint: a variable of the shell may not be set\n"


@pytest.mark.parametrize(
    ("command", "option"),
    [("audit", "--store"), ("normalize", "--store"), ("audit", "--output"), ("audit", "--baseline")],
)
def test_a_place_without_a_name_is_not_the_folder_one_is_in(run: Shell, command: str, option: str) -> None:
    ended = run(command, spend(), option, "")

    assert ended.code == 2
    assert ended.err == f"error: {option} is empty\nhint: a variable of the shell may not be set\n"
    assert {path.name for path in Path().iterdir()} == {"spend.csv"}


@pytest.mark.parametrize("output", ["spend.csv", "./spend.csv", "link.csv"])
def test_no_report_takes_the_place_of_a_file_that_is_read(run: Shell, output: str) -> None:
    spend()
    Path("link.csv").symlink_to("spend.csv")
    published = Path("spend.csv").read_bytes()

    ended = run("audit", "spend.csv", "--output", output)

    assert ended.code == 2
    assert ended.err.startswith("error: spend.csv is to be read, and a report is to take its place\n")
    assert Path("spend.csv").read_bytes() == published


def test_a_link_that_leads_nowhere_is_told(run: Shell) -> None:
    Path("link.csv").symlink_to("nowhere.csv")

    assert "error: link.csv is a link that leads nowhere\n" in run("audit", "link.csv").err


@pytest.mark.parametrize("store", ["spend.csv", "spend.csv/store"])
def test_a_store_that_cannot_be_is_wrong_usage(store: str, run: Shell) -> None:
    ended = run("audit", spend(), "--store", store)

    assert ended.code == 2
    assert f"error: {Path(store)}: there can be no store (" in ended.err
    assert "--store" in ended.err


def test_runs_on_a_store_that_only_others_write_are_kept_in_ones_own(
    run: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("normalize", spend(), "--store", "theirs")
    monkeypatch.setattr(
        os, "access", lambda path, mode: not (mode == os.W_OK and Path(path).name == "theirs")
    )

    ended = run("audit", "theirs")
    explained = run("explain", re.findall(r"spendaudit explain (\w+)\n?", ended.out)[0])

    assert (ended.code, explained.code) == (1, 0)
    assert not Path("theirs/runs").exists()


def test_a_folder_without_tables_is_told(run: Shell) -> None:
    Path("folder").mkdir()

    ended = run("audit", "folder")

    assert ended.code == 3
    assert "folder holds no table" in ended.err


def test_a_file_name_cannot_steer_the_terminal(run: Shell) -> None:
    ended = run("audit", "no\x1b[31msuch\x07.csv")

    assert ended.code == 2
    assert "\x1b" not in ended.err
    assert "\x07" not in ended.err


def test_only_data_is_on_standard_output(run: Shell) -> None:
    spend("folder/spend.csv")
    Path("folder/notes.md").write_text("a note")

    ended = run("audit", "folder", "--output-format", "json", "-v")

    assert json.loads(ended.out)["schema_version"] == 1
    assert "passed over" in ended.err
    assert "run " in ended.err


def test_quiet_says_nothing_beside_the_data(run: Shell) -> None:
    spend("folder/spend.csv")
    Path("folder/notes.md").write_text("a note")

    ended = run("audit", "folder", "-q")

    assert ended.err == ""
    assert "What was read" in ended.out


def test_very_quiet_leaves_the_exit_code_and_the_files(run: Shell) -> None:
    ended = run("audit", spend(), "-qq", "--output", "findings.json")

    assert (ended.code, ended.out, ended.err) == (1, "", "")
    assert json.loads(Path("findings.json").read_text())["findings"]


def test_files_are_written_in_the_formats_that_their_names_say(run: Shell) -> None:
    ended = run(
        "audit", spend(), "-o", "a.csv", "-o", "b.JSON", "-o", "c.txt", "-o", "d", "--output-format", "csv"
    )

    assert Path("a.csv").read_bytes().startswith(b"\xef\xbb\xbffingerprint,rule,")
    assert json.loads(Path("b.JSON").read_text())["schema_version"] == 1
    assert Path("c.txt").read_text().startswith("What was read")
    assert Path("d").read_bytes() == Path("a.csv").read_bytes()
    assert ended.out.startswith("fingerprint,rule,")


def test_one_run_is_written_in_every_format_at_once(run: Shell) -> None:
    names = [f"findings{one.suffixes[0]}" for one in load_formats().values() if one.name != "gitlab"]
    names.append("gl-code-quality-report.json")

    ended = run("audit", spend(), *(word for name in names for word in ("--output", name)))

    assert ended.code == 1
    assert [name for name in names if not Path(name).stat().st_size] == []
    assert Path("findings.xlsx").read_bytes().startswith(b"PK")
    assert Path("findings.db").read_bytes().startswith(b"SQLite format 3")
    assert json.loads(Path("findings.metadata.json").read_text())["databases"]["findings"]
    assert json.loads(Path("gl-code-quality-report.json").read_text())[0]["fingerprint"]
    assert json.loads(Path("findings.sarif").read_text())["version"] == "2.1.0"


@pytest.mark.parametrize("name", [one.name for one in load_formats().values() if one.encoding is None])
def test_bytes_go_to_a_pipe_as_to_a_file_and_to_no_terminal(
    run: Shell, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    suffix = load_formats()[name].suffixes[0]
    run("audit", spend(), "--output", f"findings{suffix}")
    command = [sys.executable, "-m", "spendaudit", "audit", "spend.csv", "--output-format", name]
    piped = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 our own command

    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    shown = run("audit", spend(), "--output-format", name)

    assert piped.stdout == Path(f"findings{suffix}").read_bytes()
    assert (shown.code, shown.out) == (2, "")
    assert f"--output findings{suffix}" in shown.err


def test_on_github_findings_are_annotations_and_a_page_of_the_step(
    run: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    Path("summary.md").write_text("# What another step says\n")

    ended = run("audit", spend(Path("data/spend.csv").resolve()), "--output-format", "github")

    assert ended.out.startswith("::warning file=data/spend.csv,line=2,title=PAY001 ")
    page = Path("summary.md").read_text()
    assert page.startswith("# What another step says\n# What deserves a question\n")
    assert "PAY001" in page


def test_a_summary_that_cannot_be_written_is_wrong_usage(run: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "no/such/summary.md")

    ended = run("audit", spend(), "--output-format", "github")

    assert ended.code == 2
    assert "no/such/summary.md cannot be written" in ended.err


@pytest.mark.parametrize(("fail_on", "failures"), [("high", 1), ("never", 0)])
def test_a_report_for_checks_fails_where_the_exit_code_does(run: Shell, fail_on: str, failures: int) -> None:
    ended = run("audit", spend(), "--select", "PAY001", "--fail-on", fail_on, "--output-format", "junit")

    assert (ended.code, ended.out.count("<failure")) == (failures, failures)


def test_a_written_file_is_named_in_the_table(run: Shell) -> None:
    assert "\n  findings.csv " in run("audit", spend(), "-o", "findings.csv").out


def test_a_file_that_cannot_be_written_is_wrong_usage(run: Shell) -> None:
    ended = run("audit", spend(), "-o", "/dev/full")

    assert ended.code == 2
    assert "/dev/full cannot be written: No space left on device" in ended.err


@pytest.mark.parametrize("one", load_formats().values(), ids=lambda one: one.name)
def test_no_format_takes_a_full_disk_for_a_bug(run: Shell, one: Format) -> None:
    Path(f"full{one.suffixes[0]}").symlink_to("/dev/full")

    ended = run("audit", spend(), "-qq", "-o", f"full{one.suffixes[0]}")

    assert ended.code == 2
    assert "cannot be written: No space left on device" in ended.err


def test_a_full_disk_behind_standard_output_is_no_bug_and_no_finding() -> None:
    command = [sys.executable, "-m", "spendaudit", "audit", str(spend()), "--output-format", "json"]
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603

    assert ended.returncode == 3
    assert ended.stderr == "error: No space left on device\nhint: make room where the output goes\n"


@pytest.mark.skipif(sys.platform == "win32", reason="no shell there closes a stream so")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_whoever_closes_a_stream_gets_the_exit_code_of_the_findings(closed: str) -> None:
    command = f'"{sys.executable}" -m spendaudit audit {spend()} -o findings.csv {closed}'

    ended = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)  # noqa: S602 ours

    assert ended.returncode == 1
    assert ended.stderr == ""
    assert "PAY001" in Path("findings.csv").read_text("utf-8-sig")


def test_a_file_is_complete_or_not_there(run: Shell) -> None:
    run("audit", spend(), "-o", "findings.csv", "-o", "/dev/full")

    assert Path("findings.csv").read_text("utf-8-sig").endswith("\n")
    assert [path.name for path in Path().iterdir() if path.name.startswith(".")] == []


def test_output_to_a_device_is_written_in_place(run: Shell) -> None:
    assert run("audit", spend(), "-o", "/dev/null").code == 1
    assert Path("/dev/null").is_char_device()


def test_the_same_input_gives_the_same_bytes(run: Shell) -> None:
    first = run("audit", spend(), "--output-format", "json")

    assert run("audit", spend(), "--output-format", "json").out == first.out


def test_a_file_that_was_read_under_another_name_is_shown_under_its_own(run: Shell) -> None:
    run("audit", spend("first.csv"))

    ended = run("audit", spend("second.csv"), "--output-format", "json")

    assert [entry["path"] for entry in json.loads(ended.out)["run"]["inputs"]] == ["second.csv"]


def test_words_between_commas_select_rules(run: Shell) -> None:
    ended = run("audit", spend(), "--select", "PAY,SPL001", "--ignore", "SPL001", "--output-format", "json")

    assert [rule["id"] for rule in json.loads(ended.out)["rules"] if rule["id"] in {"PAY001", "SPL001"}] == [
        "PAY001"
    ]


def test_a_setting_reaches_its_rule(run: Shell) -> None:
    paid_later = PAID_TWICE.replace("2011-12-31", "2012-01-31")

    asked = ("audit", spend("later.csv", PAID_TWICE, paid_later), "--select", "PAY001")
    assert run(*asked).code == 0
    assert run(*asked, "--param", "PAY001.match=any-date").code == 1


def test_normalize_says_where_every_row_went_and_audit_reads_its_store(run: Shell) -> None:
    normalised = run("normalize", spend(), "--store", "out")
    audited = run("audit", "out", "--output-format", "json")

    assert "the tables are in out" in normalised.err
    assert re.search(r"spend\.csv +gb_spend +3 +3 +0 +0 +payments 3", normalised.out)
    assert audited.code == 1
    assert len(json.loads(audited.out)["findings"]) == 1


def test_a_store_is_audited_alone(run: Shell) -> None:
    run("normalize", spend(), "--store", "out")

    assert run("audit", "out", "spend.csv").code == 2


def test_explain_shows_the_rows_their_sum_the_published_lines_and_the_page(run: Shell) -> None:
    found = json.loads(run("audit", spend(), "--select", "PAY001", "--output-format", "json").out)["findings"]

    ended = run("explain", found[0]["fingerprint"][:8])

    assert ended.code == 0
    assert "2,408.72" in ended.out
    assert "spend.csv, row 2" in ended.out
    assert f"\n  3: {PAID_TWICE}\n" in ended.out
    assert "What would settle it" in ended.out
    assert "False positives" in ended.out
    assert ended.out.endswith("A finding is a question to ask, not a verdict.\n")


def test_explain_still_works_when_the_published_file_is_gone(run: Shell) -> None:
    file = spend()
    found = json.loads(run("audit", file, "--output-format", "json").out)["findings"]
    file.unlink()

    ended = run("explain", found[0]["fingerprint"])

    assert ended.code == 0
    assert "spend.csv is no longer there" in ended.out


def test_explain_quotes_no_officials(run: Shell) -> None:
    file = FIXTURES / "sources" / "mx_compranet_contracts" / "contracts_2013.csv"
    audited = run("audit", file, "--select", "TIM002", "--output-format", "json")
    (found,) = json.loads(audited.out)["findings"]

    ended = run("explain", found["fingerprint"])

    assert '"CLAVEUC": "099A1B001"' in ended.out
    assert b"Evaristo" in file.read_bytes()
    assert "Evaristo" not in ended.out


def test_explain_finds_an_earlier_audit_by_its_id(run: Shell) -> None:
    earlier = json.loads(run("audit", spend(), "--output-format", "json").out)
    run("audit", spend("clean.csv", PAID_ONCE))

    fingerprint = earlier["findings"][0]["fingerprint"]
    assert run("explain", fingerprint).code == 2
    assert run("explain", fingerprint, "--run", earlier["run"]["id"]).code == 0


def test_the_command_that_explains_names_the_store_if_it_must(run: Shell) -> None:
    assert re.search(
        r"spendaudit explain [0-9a-f]{8} --store 'my store' ",
        run("audit", spend(), "--store", "my store").out,
    )
    assert "--store" not in run("audit", spend()).out


def test_explain_of_an_unknown_finding_is_wrong_usage(run: Shell) -> None:
    run("audit", spend())

    assert run("explain", "zzz").code == 2


def test_a_country_that_publishes_nothing_is_listed_and_says_what_was_looked_for(run: Shell) -> None:
    listed = run("sources").out
    page = run("sources", "ve").out

    assert "Venezuela: publishes no spending data" in listed
    assert "What was looked for" in page
    assert "spendaudit map" in page


def test_sources_are_listed_and_each_has_a_page(run: Shell) -> None:
    listed = run("sources").out
    page = run("sources", "gb_spend").out

    assert {"gb_spend", "mx_compranet_contracts"} <= {line.split()[0] for line in listed.splitlines()}
    assert page.startswith("gb_spend\n========\n")
    assert "\nCaveats\n" in page
    assert "- payments: " in page


def test_the_page_of_a_source_names_the_tables_that_any_of_its_shapes_fills(run: Shell) -> None:
    page = run("sources", "br_transparencia_despesas").out

    for table in ("- payments: payment_id", "- contracts: contract_id", "- items: contract_id"):
        assert table in page


def test_rules_are_listed_and_each_has_a_page_with_its_settings(run: Shell) -> None:
    listed = run("rules").out
    page = run("rules", "PAY001").out

    assert {"PAY001", "SPL001"} <= {line.split()[0] for line in listed.splitlines()}
    assert page.startswith("PAY001 duplicate-payment\n")
    assert "\nFalse positives\n" in page
    assert "- `PAY001.reversal_days` (default 60" in page


def test_a_prefix_lists_its_rules(run: Shell) -> None:
    listed = run("rules", "SPL").out

    assert {line.split()[0][:3] for line in listed.splitlines()[1:]} == {"SPL"}


def test_demo_writes_its_findings_and_names_the_file(run: Shell) -> None:
    ended = run("demo")

    assert ended.code == 0
    assert "made up" in ended.err
    assert "spendaudit-demo-findings.csv" in ended.out
    with Path("spendaudit-demo-findings.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {"contract_id", "line_id"} & set(next(csv.reader(file)))


def test_doctor_finds_nothing_amiss_here(run: Shell) -> None:
    ended = run("doctor")

    assert ended.code == 0
    assert "polars" in ended.out
    assert "store (not there yet)" in ended.out


def test_doctor_exits_with_2_when_the_store_cannot_be_written(run: Shell) -> None:
    ended = run("doctor", "--store", spend() / "store")

    assert ended.code == 2
    assert re.search(r"^fail +store ", ended.out, re.MULTILINE)
