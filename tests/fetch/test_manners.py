"""What some portals need and others do not: browsers, certificates, other hosts, turns, samples, lists."""

import gzip
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import certifi
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from spendaudit.ingest.fetch import fetch
from spendaudit.ingest.polite import Manners
from spendaudit.ingest.rawstore import RawStore
from spendaudit.ingest.release import Release
from spendaudit.sources import load_sources

if TYPE_CHECKING:
    from tests.fetch.conftest import Person

Script = Callable[..., list[Request]]
TODAY = datetime.now(UTC).date()
DAILY = """Downloads(
    partial(
        daily,
        'PORTAL/{year}{month:02}{day:02}',
        since='2024-01-01',
        name='{year}{month:02}{day:02}.csv',
    ),
    delay=0,
)"""


def for_browsers(request: Request) -> Response:
    browser = request.headers["User-Agent"].startswith("Mozilla/5.0 ")
    return Response(b"id\n1\n") if browser else Response(status=405)


def test_a_portal_for_browsers_is_asked_as_one_that_still_says_who_asks(
    person: "Person", january: Script
) -> None:
    person.opens("Downloads(partial(monthly, 'PORTAL/{year}-{month}.csv', since='2007-01'), browser=True)")
    asked = january(for_browsers)

    assert person.january().code == 0
    assert " spendaudit/" in asked[0].headers["User-Agent"]


def test_other_portals_are_asked_by_name(person: "Person", january: Script) -> None:
    asked = january(for_browsers)

    assert person.january().code == 3
    assert asked[0].headers["User-Agent"].startswith("spendaudit/")


def test_a_page_that_leads_to_another_host_is_followed_and_both_are_told(
    person: "Person", january: Script
) -> None:
    person.opens(DAILY)
    with HTTPServer(host="127.0.0.1", port=0) as other:
        other.expect_request("/saida/20240102_Despesas.csv").respond_with_data(b"id\n1\n")
        where = other.url_for("/saida/20240102_Despesas.csv")
        january(Response(status=302, headers={"Location": where}), path="/20240102")

        said = person.fetches("--from", "2024-01-02", "--to", "2024-01-02")

    (line,) = person.store.releases("xx_portal")
    assert said.rows == ["2024-01-02  new      5 bytes"]
    assert (line.url, line.final_url, line.name) == (f"{person.url}/20240102", where, "20240102.csv")
    assert line.period == "2024-01-02"


def test_a_certificate_that_fails_stops_the_download(person: "Person", untrusted: HTTPServer) -> None:
    person.url = untrusted.url_for("").rstrip("/")
    person.opens("Downloads(partial(monthly, 'PORTAL/{year}-{month}.csv', since='2007-01'), delay=0)")

    said = person.january()

    assert said.code == 3
    assert said.error == f"{person.url}/2024-1.csv: the portal's certificate cannot be verified"
    assert said.hint == (
        "nothing is downloaded without a valid certificate; portals often mend it within days"
    )


FAILING = "Downloads(partial(monthly, 'PORTAL/{year}-{month}.csv', since='2007-01'), certificate_fails=True)"


def test_where_certificates_are_known_to_fail_the_way_out_is_told_and_not_taken(
    person: "Person", untrusted: HTTPServer
) -> None:
    person.url = untrusted.url_for("").rstrip("/")
    person.opens(FAILING)

    said = person.january()

    assert said.code == 3
    assert said.error == f"{person.url}/2024-1.csv: the portal's certificate cannot be verified"
    assert "--insecure downloads without it" in said.hint
    assert person.bodies() == []


def test_a_user_may_do_without_a_certificate_and_the_manifest_says_so(
    person: "Person", untrusted: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certifi.where())
    untrusted.expect_request("/2024-1.csv").respond_with_data(b"id\n1\n")
    person.url = untrusted.url_for("").rstrip("/")
    person.opens(FAILING)

    said = person.january("--insecure")

    (line,) = person.store.releases("xx_portal")
    assert said.code == 0
    assert said.rows == ["2024-01  new      5 bytes  the certificate was not verified"]
    assert "certificates are not verified" in said.err
    assert line.tls_verified is False


def test_no_certificate_is_waived_where_none_is_known_to_fail(person: "Person") -> None:
    said = person.january("--insecure")

    assert said.code == 2
    assert said.error == "--insecure is not for xx_portal: its certificate is not known to fail"


def test_a_run_waits_for_another_that_is_asking_the_same_host(person: "Person", january: Script) -> None:
    asked = january(Response(b"id\n1\n"))
    waits: list[tuple[float, int]] = []
    host = person.url.removeprefix("http://")
    other = person.store.turn(host, lambda: pytest.fail("nobody else is there"))
    other.__enter__()

    def wait(seconds: float) -> None:
        waits.append((seconds, len(asked)))
        if len(waits) == 2:
            other.__exit__(None, None, None)

    person.wait = wait

    said = person.january()

    assert said.code == 0
    assert waits == [(1.0, 0), (1.0, 0)]
    assert said.err.count(f"another run is downloading from {host}: waiting for its file to end") == 1


def test_two_sources_on_one_host_never_have_two_connections(tmp_path: Path) -> None:
    store = RawStore(tmp_path / "store")
    open_now, most = 0, 0

    def slow(_request: Request) -> Response:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        time.sleep(0.05)
        open_now -= 1
        return Response(b"id\n1\n")

    def run(source: str, release: Release) -> None:
        fetch(
            [release] * 3,
            source_id=source,
            licence="CC0-1.0",
            store=store,
            delay=0.0,
            manners=Manners(sleep=lambda _: time.sleep(0.01)),
        )

    with HTTPServer(port=0, threaded=True) as server:
        server.expect_request("/2024.csv").respond_with_handler(slow)
        release = Release(server.url_for("/2024.csv"), "2024")
        runs = [threading.Thread(target=run, args=(source, release)) for source in ("xx_one", "xx_two")]
        for one in runs:
            one.start()
        for one in runs:
            one.join()
        answered = len(server.log)

    assert (most, answered) == (1, 6)


def test_requests_are_as_far_apart_as_the_source_wants(person: "Person", january: Script) -> None:
    person.opens("Downloads(partial(monthly, 'PORTAL/{year}-{month}.csv', since='2007-01'), delay=2.5)")
    january(Response(b"id\n1\n"))
    january(Response(b"id\n2\n"), path="/2024-2.csv")

    person.fetches("--from", "2024-01", "--to", "2024-02")

    assert person.waits == [2.5]


def test_a_sample_is_the_newest_file_that_there_is(person: "Person", january: Script) -> None:
    january(Response(status=404), path="/2024-6.csv")
    january(Response(status=404), path="/2024-5.csv")
    january(Response(b"id\n1\n"), path="/2024-4.csv")

    said = person.fetches("--sample", "--to", "2024-06")

    assert said.code == 0
    assert said.rows == [
        "2024-06  not published        -  2024-06 is not there (HTTP 404)",
        "2024-05  not published        -  2024-05 is not there (HTTP 404)",
        "2024-04  new            5 bytes",
    ]
    assert "`spendaudit audit xx_portal --from 2024-04 --to 2024-04` reads it" in said.err


def test_a_sample_without_any_period_begins_today_and_ends_in_vain_after_three_years(
    person: "Person", httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/").respond_with_data(b"", status=404)
    httpserver.no_handler_status_code = 404

    said = person.fetches("--sample")

    assert said.code == 3
    assert len(said.rows) == 36
    assert said.rows[0].startswith(f"{TODAY:%Y-%m} ")


def test_a_sample_that_fails_asks_for_no_older_file(person: "Person", january: Script) -> None:
    asked = january(Response("<html>"), path="/2024-6.csv")

    said = person.fetches("--sample", "--to", "2024-06")

    assert said.code == 3
    assert said.error == f"{person.url}/2024-6.csv: the portal sent a web page instead of data"
    assert len(asked) == 1


def test_a_sample_that_is_cut_short_is_no_sample(person: "Person", january: Script) -> None:
    def cut(_request: Request) -> Response:
        response = Response(b"id\n1\n")
        response.headers["Content-Length"] = "1000"
        return response

    january(cut, path="/2024-6.csv")

    assert person.fetches("--sample", "--to", "2024-06").code == 3
    assert person.bodies() == []


PUBLICATIONS = """Downloads(
    partial(
        yearly,
        'PORTAL/publication/{publication}/download?name={year}.jsonl.gz',
        since='2000',
        name='{publication}-{year}.jsonl.gz',
    ),
    delay=0,
    publication='the number of a publication',
)"""


def test_publications_of_one_registry_are_different_files(person: "Person", january: Script) -> None:
    person.opens(PUBLICATIONS)
    one = Response(gzip.compress(b"{}\n"))
    for number in ("41", "128"):
        january(one, path=f"/publication/{number}/download")
        assert (
            person.fetches("--publication", number, "--from", "2024", "--to", "2024")
            .rows[0]
            .startswith("2024    new ")
        )

    assert [line.name for line in person.store.latest("xx_portal")] == [
        "128-2024.jsonl.gz",
        "41-2024.jsonl.gz",
    ]


@pytest.mark.parametrize("words", [(), ("--publication", "../1"), ("--publication", "")])
def test_a_registry_wants_to_know_which_publication(person: "Person", words: tuple[str, ...]) -> None:
    person.opens(PUBLICATIONS)

    said = person.fetches("--from", "2024", *words)

    assert said.code == 2
    assert said.error == "xx_portal holds many publications: which one?"
    assert said.hint == "--publication names the number of a publication"


def test_a_portal_that_is_one_publication_takes_no_other(person: "Person") -> None:
    said = person.january("--publication", "41")

    assert (said.code, said.error) == (2, "xx_portal is one publication")


LISTED = """Downloads(
    partial(
        listed,
        'PORTAL/list',
        since='2008',
        asks=lambda year: {'agency': 'all', 'fiscal_year': year, 'type': 'contracts'},
        address='PORTAL/FY{year}_All_Contracts_Full_[0-9]+.csv',
        name='FY{year}_All_Contracts_Full.csv',
    ),
    delay=0,
)"""


def files(person: "Person", *days: str) -> Response:
    addresses = [f"{person.url}/FY2024_All_Contracts_{day}.csv" for day in days]
    # As PHP and others write slashes.
    listed = ",".join(f'{{"url": "{address}"}}' for address in addresses).replace("/", "\\/")
    return Response(f'{{"monthly_files": [{listed}]}}')


def test_a_file_whose_address_holds_a_date_is_found_in_the_portals_list(
    person: "Person", january: Script
) -> None:
    person.opens(LISTED)
    asked = january(files(person, "Full_20240306", "Full_20240506", "Delta_20240606"), path="/list")
    january(Response(b"id\n1\n"), path="/FY2024_All_Contracts_Full_20240506.csv")

    said = person.fetches("--from", "2024", "--to", "2024")

    assert said.rows == ["2024    new      5 bytes"]
    assert asked[0].method == "POST"
    assert asked[0].get_json() == {"agency": "all", "fiscal_year": 2024, "type": "contracts"}
    (line,) = person.store.releases("xx_portal")
    assert line.url == f"{person.url}/FY2024_All_Contracts_Full_20240506.csv"


def test_next_months_edition_of_a_listed_file_takes_the_place_of_the_older_one(
    person: "Person", january: Script
) -> None:
    person.opens(LISTED)
    january(files(person, "Full_20240506"), files(person, "Full_20240606"), path="/list")
    january(Response(b"id\n1\n"), path="/FY2024_All_Contracts_Full_20240506.csv")
    january(Response(b"id\n2\n"), path="/FY2024_All_Contracts_Full_20240606.csv")
    person.fetches("--from", "2024", "--to", "2024")

    said = person.fetches("--from", "2024", "--to", "2024")

    assert "rewritten" in said.rows[0]
    assert [line.url[-12:] for line in person.store.latest("xx_portal")] == ["20240606.csv"]


def test_a_file_that_the_list_does_not_have_is_not_published(person: "Person", january: Script) -> None:
    person.opens(LISTED)
    january(files(person, "Delta_20240606"), path="/list")

    said = person.fetches("--from", "2024", "--to", "2024")

    assert (said.code, said.error) == (3, f"{person.url}/list: the portal's list has no 2024")


def test_a_list_that_is_none_is_an_error(person: "Person", january: Script) -> None:
    person.opens(LISTED)
    january(Response("<html>"), path="/list")

    said = person.fetches("--from", "2024", "--to", "2024")

    assert (said.code, said.error) == (3, f"{person.url}/list: the portal sent no list of its files")


def test_a_dry_run_says_that_a_list_will_be_asked(person: "Person", httpserver: HTTPServer) -> None:
    person.opens(LISTED)

    said = person.fetches("--from", "2024", "--to", "2024", "--dry-run")

    assert said.rows == [f"2024    -                   {person.url}/list (the portal's list)"]
    assert httpserver.log == []


def test_files_of_one_period_are_told_apart_by_name(person: "Person", january: Script) -> None:
    plans = [f"partial(yearly, 'PORTAL/{name}{{year}}.csv', since='2012')" for name in ("tenders", "minor")]
    person.opens(f"Downloads(partial(together, ({', '.join(plans)})), delay=0)")
    january(Response(b"id\n1\n"), path="/tenders2024.csv")
    january(Response(b"id\n2\n"), path="/minor2024.csv")

    said = person.fetches("--from", "2024", "--to", "2024")

    assert said.rows == [
        "2024  tenders2024.csv  new      5 bytes",
        "2024  minor2024.csv    new      5 bytes",
    ]


def test_days_can_be_asked_for_and_audited_one_by_one(person: "Person", january: Script) -> None:
    person.opens(DAILY)
    for day in ("01", "02"):
        january(Response(b"id\n1\n"), path=f"/202401{day}")

    said = person.fetches("--from", "2024-01-01", "--to", "2024-01-02")

    assert [row.split()[0] for row in said.rows] == ["2024-01-01", "2024-01-02"]


def test_progress_is_drawn_on_standard_error_and_results_on_standard_output(
    person: "Person", january: Script
) -> None:
    january(Response(b"id\n1\n" * 100_000))
    ours, theirs = os.openpty()
    words = ["fetch", "xx_portal", "--from", "2024-01", "--to", "2024-01", "--store", str(person.store.root)]
    environment = os.environ | {"PYTHONPATH": str(person.plugins), "TERM": "xterm", "COLUMNS": "100"}

    run = subprocess.run(  # noqa: S603 our own command
        [sys.executable, "-m", "spendaudit", *words],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=environment,
        check=True,
        timeout=60,
    )
    os.close(theirs)
    drawn = b""
    while block := _read(ours):
        drawn += block
    os.close(ours)

    assert run.stdout.decode().splitlines()[1:] == ["2024-01  new      500.0 kB"]
    assert b"2024-01 (1 of 1)" in drawn
    assert b"500.0/500.0 kB" in drawn


def _read(handle: int) -> bytes:
    try:
        return os.read(handle, 65_536)
    except OSError:
        return b""


def test_every_source_that_can_be_fetched_names_its_files_since_its_first_period() -> None:
    for source in load_sources().values():
        if source.downloads:
            publication = "41" if source.downloads.publication else ""
            releases = list(source.downloads.releases("", str(TODAY), publication))
            assert releases, source.id
            assert all(release.url.startswith("https://") for release in releases), source.id
            assert all("{" not in release.url + release.file for release in releases), source.id
            assert len({(release.period, release.file) for release in releases}) == len(releases), source.id
