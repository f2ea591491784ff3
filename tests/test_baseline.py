"""Findings that are known and answered for: the file, the commands, and what an audit makes of them."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from calling import Ended, Shell

from spendaudit.audit.baseline import Known, read, text
from spendaudit.errors import UsageError

HEADER = (
    "Body Name,Service Area,Expenses Type,Invoice Payment Date,Transaction Number,Net Amount,Supplier Name"
)
TWICE = (
    "Wetherfold City Council,Libraries,Hire of Equipment,2011-12-31,5100700033,1204.36,Wishful Copiers Ltd"
)
AGAIN = "Wetherfold City Council,Libraries,Hire of Equipment,2011-12-30,5100700044,990.10,Paper Moon Ltd"
ONE = Known(rule="PAY001", fingerprint="00112233445566aa", reason="paid back on 2012-02-01")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> "Spent":
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPENDAUDIT_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")  # 2026-01-01
    return Spent(monkeypatch, capsys)


class Spent(Shell):
    def audit(self, *rows: str, more: tuple[str, ...] = ()) -> Ended:
        Path("spend.csv").write_text("\n".join([HEADER, *rows]) + "\n", "utf-8")
        return self("audit", "spend.csv", "--select", "PAY001", "--fail-on", "low", *more)


def test_what_was_written_is_read_again_byte_for_byte(tmp_path: Path) -> None:
    file = tmp_path / "known.toml"
    odd = Known(
        rule="BUD001",
        fingerprint="ffee000000000001",
        reason='says "no"\\ and\ttab\nline \x7f ñ \U0001f600',
        expires=date(2027, 6, 30),
    )
    file.write_text(text([ONE, odd]), "utf-8")

    again = read(file)

    assert again == (odd, ONE)
    assert text(again) == text([odd, ONE]) == file.read_text("utf-8")


ENTRY = "schema_version = 1\n[[known]]\nrule = 'A'\n"
PRINT = "fingerprint = '0011223344556677'\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("known = 3\nschema_version = 1", "entries begin with [[known]]"),
        ("schema_version = 2", "schema_version is 2"),
        ("[[known]]\nrule = 'A'", "schema_version is None"),
        ("schema_version = 1\n[[know]]", "did you mean known?"),
        (ENTRY + PRINT, "entry 1 has no reason"),
        (ENTRY + PRINT + "reason = ' '", "entry 1 has no reason"),
        (ENTRY + "fingerprint = '0011'\nreason = 'x'", "no fingerprint"),
        (ENTRY + PRINT + "reason = 'x'\nexpire = 1", "did you mean expires?"),
        (ENTRY + PRINT + "reason = 'x'\nexpires = 2027-01-01T00:00:00", "expires is no date"),
        ("schema_version = 1\n[[known", "cannot be read as a baseline"),
    ],
)
def test_a_wrong_file_is_refused_in_words(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "known.toml"
    file.write_text(content, "utf-8")

    with pytest.raises(UsageError) as raised:
        read(file)

    assert said in f"{raised.value} {raised.value.hint}"


def test_an_entry_that_stands_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "known.toml"
    file.write_text(text([ONE, ONE]), "utf-8")

    with pytest.raises(UsageError, match="stands in it twice"):
        read(file)


def test_known_findings_are_left_out_and_new_ones_are_not(run: Spent) -> None:
    assert run.audit(TWICE, TWICE).code == 1
    assert run("baseline", "write", "known.toml", "--reason", "paid back").code == 0

    same = run.audit(TWICE, TWICE, more=("--baseline", "known.toml"))
    other = run.audit(TWICE, TWICE, AGAIN, AGAIN, more=("--baseline", "known.toml"))

    assert (same.code, other.code) == (0, 1)
    assert "1 finding that the baseline knows" in same.out
    assert "Wishful Copiers" not in other.out.replace("spend.csv", "")
    assert "Paper Moon" in other.out


def test_json_tells_known_findings_from_new_ones(run: Spent) -> None:
    run.audit(TWICE, TWICE)
    run("baseline", "write", "known.toml", "--reason", "paid back")

    told = run.audit(TWICE, TWICE, AGAIN, AGAIN, more=("--baseline", "known.toml", "--output-format", "json"))

    findings = json.loads(told.out)["findings"]
    assert [one["status"] for one in findings] == ["new", "known"]
    assert "Paper Moon Ltd" in findings[0]["message"]


def test_the_file_names_nobody_and_no_amount(run: Spent) -> None:
    run.audit(TWICE, TWICE, AGAIN, AGAIN)
    run("baseline", "write", "known.toml", "--reason", "reviewed", "--expires", "2027-06-30")

    written = Path("known.toml").read_text("utf-8")

    assert len(read(Path("known.toml"))) == 2
    assert {one.expires for one in read(Path("known.toml"))} == {date(2027, 6, 30)}
    assert not [word for word in ("Wishful", "Paper", "1204", "5100700033", "Wetherfold") if word in written]


def test_a_reason_that_has_expired_makes_its_finding_new_again(run: Spent) -> None:
    run.audit(TWICE, TWICE)
    run("baseline", "write", "past.toml", "--reason", "until last year", "--expires", "2025-12-31")
    run("baseline", "write", "today.toml", "--reason", "until today", "--expires", "2026-01-01")

    past = run.audit(TWICE, TWICE, more=("--baseline", "past.toml"))
    today = run.audit(TWICE, TWICE, more=("--baseline", "today.toml"))

    assert (past.code, today.code) == (1, 0)
    assert "expired, the first on 2025-12-31" in past.err


def test_update_keeps_reasons_and_adds_what_is_new(run: Spent) -> None:
    run.audit(TWICE, TWICE)
    run("baseline", "write", "known.toml", "--reason", "the first reason")
    run.audit(TWICE, TWICE, AGAIN, AGAIN)

    ended = run("baseline", "update", "known.toml", "--reason", "the second reason")

    assert "1 finding added, 2 entries in all" in ended.err
    assert {one.reason for one in read(Path("known.toml"))} == {"the first reason", "the second reason"}


def test_write_does_not_overwrite(run: Spent) -> None:
    run.audit(TWICE, TWICE)
    Path("known.toml").write_text("mine", "utf-8")

    ended = run("baseline", "write", "known.toml", "--reason", "all")

    assert (ended.code, Path("known.toml").read_text("utf-8")) == (2, "mine")
    assert "baseline update" in ended.err


@pytest.mark.parametrize(
    ("stale", "code", "told"), [("error", 2, True), ("warn", 0, True), ("ignore", 0, False)]
)
def test_entries_that_were_not_found_again_are_reported(
    run: Spent, stale: str, code: int, told: bool
) -> None:
    run.audit(TWICE, TWICE, AGAIN, AGAIN)
    run("baseline", "write", "known.toml", "--reason", "reviewed")

    ended = run.audit(TWICE, TWICE, more=("--baseline", "known.toml", "--stale", stale))

    assert ended.code == code
    assert ("knows 1 finding that this audit did not find again" in ended.err) is told


def test_entries_of_rules_that_were_not_asked_are_not_stale(run: Spent) -> None:
    Path("known.toml").write_text(text([Known(rule="SPL001", fingerprint="0" * 16, reason="x")]), "utf-8")

    ended = run.audit(
        TWICE, TWICE, more=("--baseline", "known.toml", "--stale", "error", "--fail-on", "never")
    )

    assert ended.code == 0


def test_prune_takes_out_what_is_stale_or_expired(run: Spent) -> None:
    run.audit(TWICE, TWICE, AGAIN, AGAIN)
    run("baseline", "write", "known.toml", "--reason", "reviewed")
    run.audit(TWICE, TWICE)

    ended = run("baseline", "prune", "known.toml")

    assert "1 entry taken out, 1 entry left" in ended.err
    assert run.audit(TWICE, TWICE, more=("--baseline", "known.toml", "--stale", "error")).code == 0


def test_diff_shows_new_known_gone_and_expired(run: Spent) -> None:
    run.audit(TWICE, TWICE)
    run("baseline", "write", "known.toml", "--reason", "reviewed", "--expires", "2025-01-01")
    run("baseline", "update", "known.toml", "--reason", "unused")
    gone = Known(rule="PAY001", fingerprint="0" * 16, reason="long gone")
    Path("known.toml").write_text(text([*read(Path("known.toml")), gone]), "utf-8")
    run.audit(TWICE, TWICE, AGAIN, AGAIN)

    table = run("baseline", "diff", "known.toml", "--fail-on", "low")
    listed = json.loads(run("baseline", "diff", "known.toml", "--output-format", "json").out)

    assert table.code == 1
    assert "2 new, 0 known, 1 gone" in table.out
    assert sorted(one["status"] for one in listed["findings"]) == ["expired", "gone", "new"]
    assert "long gone" in table.out


def test_one_finding_can_be_answered_for_by_its_fingerprint(run: Spent) -> None:
    told = json.loads(run.audit(TWICE, TWICE, AGAIN, AGAIN, more=("--output-format", "json")).out)
    print_ = told["findings"][0]["fingerprint"]

    run("baseline", "write", "known.toml", "--reason", "reviewed", "--select", print_[:8])

    assert [one.fingerprint for one in read(Path("known.toml"))] == [print_]


def test_a_baseline_that_is_wrong_stops_the_audit_before_it_reads(run: Spent) -> None:
    ended = run.audit(TWICE, more=("--baseline", "none.toml"))

    assert ended.code == 2
    assert "there is no baseline none.toml" in ended.err
    assert not Path("store").exists()


def test_help_of_the_group_comes_without_polars() -> None:
    script = (
        "import sys; sys.argv = ['spendaudit', 'baseline', '--help']; "
        "from spendaudit.__main__ import main; main(); sys.exit('polars' in sys.modules)"
    )

    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)  # noqa: S603 our own

    assert ended.returncode == 0
    assert "write" in ended.stdout
