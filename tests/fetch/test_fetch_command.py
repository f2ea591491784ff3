"""`spendaudit fetch` tells what became of every period, and leaves what an audit reads."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from pytest_httpserver import HTTPServer

from spendaudit.__main__ import main
from spendaudit.ingest.rawstore import RawStore

if TYPE_CHECKING:
    from tests.fetch.conftest import Person

Command = Callable[..., int]


@pytest.fixture
def store(person: "Person") -> RawStore:
    return person.store


@pytest.fixture
def fetches(person: "Person", monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run `spendaudit fetch` where a plug-in brings a source whose portal is the local server."""

    def run(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["spendaudit", "fetch", *words, "--store", str(person.store.root)])
        return main()

    return run


def publish(server: HTTPServer, **months: bytes) -> None:
    for month, body in months.items():
        server.expect_request(f"/2024-{month[1:]}.csv").respond_with_data(body, content_type="text/csv")


def test_fetched_months_are_told_in_a_table_and_kept(
    fetches: Command, httpserver: HTTPServer, store: RawStore, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(httpserver, m1=b"id\n1\n", m2=b"id\n2\n" * 1000)

    code = fetches("xx_portal", "--from", "2024-01", "--to", "2024-02")

    said = capsys.readouterr()
    assert code == 0
    assert said.out.splitlines() == [
        "period   outcome     size  note",
        "2024-01  new      5 bytes",
        "2024-02  new       5.0 kB",
    ]
    assert f"kept in {store.root}" in said.err
    assert "spendaudit audit xx_portal --from 2024-01" in said.err
    assert [line.period for line in store.latest("xx_portal")] == ["2024-01", "2024-02"]


def test_what_was_fetched_is_what_an_audit_of_the_source_reads(
    fetches: Command,
    httpserver: HTTPServer,
    store: RawStore,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    publish(httpserver, m1=b"id\n1\n", m2=b"id\n2\n3\n")
    fetches("xx_portal", "--from", "2024-01", "--to", "2024-02")
    capsys.readouterr()

    words = ["audit", "xx_portal", "--from", "2024-02", "--store", str(store.root), "--output-format", "json"]
    monkeypatch.setattr(sys, "argv", ["spendaudit", *words])
    code = main()

    assert code == 0
    (read,) = json.loads(capsys.readouterr().out)["run"]["inputs"]
    assert (read["path"], read["rows_read"]) == (httpserver.url_for("/2024-2.csv"), 2)


def test_a_rewritten_month_is_told(
    fetches: Command, httpserver: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(httpserver, m1=b"id\n1\n")
    fetches("xx_portal", "--from", "2024-01", "--to", "2024-01")
    httpserver.clear()
    publish(httpserver, m1=b"id\n2\n")
    capsys.readouterr()

    code = fetches("xx_portal", "--from", "2024-01", "--to", "2024-01", "-q")

    said = capsys.readouterr()
    assert code == 0
    today = datetime.now(UTC).date()
    assert said.out.splitlines()[1] == (
        f"2024-01  rewritten  5 bytes  rewritten since {today}; the older file is kept"
    )
    assert said.err == ""


def test_the_tables_of_a_rewritten_month_are_in_the_store_once(
    fetches: Command,
    httpserver: HTTPServer,
    store: RawStore,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    january = ("xx_portal", "--from", "2024-01", "--to", "2024-01")
    for body in (b"id\n1\n", b"id\n1\n2\n"):
        httpserver.clear()
        publish(httpserver, m1=body)
        fetches(*january)
        monkeypatch.setattr(sys, "argv", ["spendaudit", "normalize", *january, "--store", str(store.root)])
        assert main() == 0
    said = capsys.readouterr().err
    assert "2024-1.csv was rewritten by the portal: the tables of its older version were taken out" in said

    monkeypatch.setattr(sys, "argv", ["spendaudit", "audit", str(store.root), "--output-format", "json"])
    assert main() == 0

    (read,) = json.loads(capsys.readouterr().out)["run"]["inputs"]
    assert read["rows_read"] == 2
    assert len(list(store.root.glob("tables/contracts/**/*.parquet"))) == 1
    assert len(store.releases("xx_portal")) == 2


def test_a_month_that_is_missing_is_told_after_the_others_and_is_exit_code_3(
    fetches: Command, httpserver: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(httpserver, m2=b"id\n2\n")
    httpserver.expect_request("/2024-1.csv").respond_with_data(b"", status=404)

    code = fetches("xx_portal", "--from", "2024-01", "--to", "2024-02")

    said = capsys.readouterr()
    assert code == 3
    assert said.out.splitlines()[1:] == [
        "2024-01  not published        -  2024-01 is not there (HTTP 404)",
        "2024-02  new            5 bytes",
    ]
    assert "error: 1 of 2 files could not be fetched (2024-01): " in said.err
    assert "hint: not published yet, or moved" in said.err


def test_without_an_end_the_months_after_the_newest_are_no_error(
    fetches: Command, httpserver: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    now = datetime.now(UTC)
    last = f"{now.year - 1}-12"
    httpserver.expect_request(f"/{now.year - 1}-12.csv").respond_with_data(b"id\n1\n")
    for month in range(1, now.month + 1):
        httpserver.expect_request(f"/{now.year}-{month}.csv").respond_with_data(b"", status=404)

    code = fetches("xx_portal", "--from", last)

    assert code == 0
    assert len(capsys.readouterr().out.splitlines()) == 2 + now.month


def test_without_an_end_a_portal_that_has_nothing_is_an_error(
    fetches: Command, httpserver: HTTPServer
) -> None:
    now = datetime.now(UTC)
    httpserver.expect_request(f"/{now.year}-{now.month}.csv").respond_with_data(b"", status=404)

    assert fetches("xx_portal", "--from", f"{now:%Y-%m}") == 3


def test_a_dry_run_asks_nobody_and_says_what_is_there(
    fetches: Command, httpserver: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(httpserver, m1=b"id\n1\n")
    fetches("xx_portal", "--from", "2024-01", "--to", "2024-01")
    asked = len(httpserver.log)
    capsys.readouterr()

    code = fetches("xx_portal", "--from", "2024-01", "--to", "2024-02", "--dry-run")

    address = httpserver.url_for("")
    assert code == 0
    assert capsys.readouterr().out.splitlines() == [
        "period   in the store since  address",
        f"2024-01  {datetime.now(UTC).date()}          {address}2024-1.csv",
        f"2024-02  -                   {address}2024-2.csv",
    ]
    assert len(httpserver.log) == asked


def test_a_dry_run_leaves_no_trace(fetches: Command, store: RawStore) -> None:
    assert fetches("xx_portal", "--from", "2024-01", "--to", "2024-02", "--dry-run") == 0
    assert not store.root.exists()


def test_very_quiet_means_the_exit_code_only(
    fetches: Command, httpserver: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(httpserver, m1=b"id\n1\n")

    assert fetches("xx_portal", "--from", "2024-01", "--to", "2024-01", "-qq") == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (("xx_portel", "--from", "2024-01"), "there is no source xx_portel", "did you mean xx_portal?"),
        (("xx_portal", "--from", "2024-13"), "there is no month 13", "write a year as 2024"),
        (("xx_portal", "--from", "2999-01"), "2999-01 is still to come", "today is"),
        (("xx_portal", "--from", "2024-02", "--to", "2024-01"), "2024-01 is before 2024-02", "comes first"),
        (("xx_portal", "--from", "2001"), "nothing from 2001", "its first period is 2007-01"),
        (("gb_spend", "--from", "2024"), "cannot be known beforehand", "get the files from https://"),
        (("xx_portal",), "from which period on?", "--sample"),
    ],
)
def test_what_cannot_be_fetched_is_a_usage_error_with_a_hint(
    fetches: Command, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], message: str, hint: str
) -> None:
    code = fetches(*words)

    said = capsys.readouterr().err
    assert code == 2
    assert message in said
    assert hint in said
