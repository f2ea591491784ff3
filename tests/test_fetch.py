import gzip
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from packing import zipped

from spendaudit import __version__
from spendaudit.errors import FetchError
from spendaudit.ingest.fetch import Fetched, Outcome, Progress, failure, fetch
from spendaudit.ingest.polite import Manners
from spendaudit.ingest.rawstore import RawStore
from spendaudit.ingest.release import Release

SOURCE = "xx_portal"
TABLE = b"".join(b"%d;Comuna de Ejemplo;%d\r\n" % (row, row * 7919 % 100_003) for row in range(12_000))
OTHER = TABLE.replace(b"Ejemplo", b"Prueba!")
#: As much as 64 KiB chunks bring of the body before the cut.
CUT, ARRIVED = 200_000, 3 * 65_536

Headers = dict[str, str]


@dataclass(frozen=True)
class Reply:
    body: bytes = b""
    status: int = 200
    headers: Headers = field(default_factory=dict)
    #: The connection is cut after so many bytes of the body.
    cut: int | None = None
    length: int | None = None


Answering = Callable[[Headers], Reply]


def honest(body: bytes, etag: str = "", date: str = "") -> Answering:
    """Answer as RFC 9110 wants: ranges, If-Range, If-None-Match."""

    def answer(asked: Headers) -> Reply:
        says = {name: value for name, value in (("ETag", etag), ("Last-Modified", date)) if value}
        if etag and asked.get("If-None-Match") == etag:
            return Reply(status=304, headers=says)
        if "Range" in asked and asked.get("If-Range") in {etag, date}:
            start = int(asked["Range"].removeprefix("bytes=").removesuffix("-"))
            says["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
            return Reply(body[start:], 206, says)
        return Reply(body, 200, says)

    return answer


class Portal:
    """A server that answers each path with the next line of its script; the last line is repeated."""

    def __init__(self) -> None:
        self.scripts: dict[str, list[Reply | Answering]] = {}
        self.asked: list[tuple[str, Headers]] = []
        portal = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                headers = dict(self.headers.items())
                portal.asked.append((self.path, headers))
                script = portal.scripts[self.path]
                line = script.pop(0) if len(script) > 1 else script[0]
                reply = line if isinstance(line, Reply) else line(headers)
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.status != 304:
                    self.send_header("Content-Length", str(reply.length or len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body[: reply.cut])
                if reply.cut is not None or reply.length is not None:
                    self.wfile.flush()
                    self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                """Stay silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server.server_port}{path}"

    def says(self, path: str, *script: Reply | Answering) -> Release:
        self.scripts[path] = list(script)
        found = re.search(r"(\d{4})-(\d+)", path)
        assert found
        return Release(self.url(path), f"{found[1]}-{int(found[2]):02}")

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def portal() -> Iterator[Portal]:
    portal = Portal()
    yield portal
    portal.close()


@dataclass
class Reader:
    """Somebody who fetches into a store and never really waits."""

    store: RawStore
    waits: list[float] = field(default_factory=list)
    seen: list[tuple[Release, int, int | None]] = field(default_factory=list)

    def fetches(
        self, *releases: Release, cuts: int = 5, delay: float = 0.0, progress: Progress | None = None
    ) -> list[Fetched]:
        return fetch(
            releases,
            source_id=SOURCE,
            licence="CC0-1.0",
            store=self.store,
            delay=delay,
            manners=Manners(cuts=cuts, retries=3, longest_wait=60.0, sleep=self.waits.append),
            progress=progress or (lambda *step: self.seen.append(step)),
        )

    def bodies(self) -> list[bytes]:
        return [self.store.path_of(line.sha256).read_bytes() for line in self.store.releases(SOURCE)]

    def partial(self) -> list[bytes]:
        return [path.read_bytes() for path in (self.store.root / "partial").rglob("*.part")]


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(RawStore(tmp_path / "store"))


def test_a_new_release_is_stored_byte_by_byte_with_what_the_portal_said_of_it(
    portal: Portal, reader: Reader
) -> None:
    release = portal.says("/2024-1.csv", honest(TABLE, '"a"', "Thu, 01 Feb 2024 00:00:00 GMT"))

    (fetched,) = reader.fetches(release)

    assert fetched.outcome is Outcome.NEW
    assert reader.bodies() == [TABLE]
    assert reader.partial() == []
    line = fetched.stored
    assert line
    assert (line.period, line.url, line.etag, line.bytes) == ("2024-01", release.url, '"a"', len(TABLE))
    assert (line.last_modified, line.licence) == ("Thu, 01 Feb 2024 00:00:00 GMT", "CC0-1.0")
    assert not line.tls_verified
    assert reader.seen[0] == (release, 0, len(TABLE))
    assert reader.seen[-1] == (release, len(TABLE), len(TABLE))


def test_the_portal_hears_who_asks_and_gets_the_file_as_it_is(portal: Portal, reader: Reader) -> None:
    reader.fetches(portal.says("/2024-1.csv", Reply(TABLE)))

    ((_, headers),) = portal.asked
    assert headers["User-Agent"].startswith(f"spendaudit/{__version__} (+https://")
    assert headers["Accept-Encoding"] == "identity"


def test_releases_are_asked_for_one_after_the_other_with_the_sources_delay(
    portal: Portal, reader: Reader
) -> None:
    releases = [portal.says(f"/2024-{month}.csv", Reply(TABLE)) for month in (1, 2, 3)]

    reader.fetches(*releases, delay=1.5)

    assert [path for path, _ in portal.asked] == ["/2024-1.csv", "/2024-2.csv", "/2024-3.csv"]
    assert reader.waits == [1.5, 1.5]


def test_a_cut_body_goes_on_where_it_ended(portal: Portal, reader: Reader) -> None:
    release = portal.says("/2024-1.csv", Reply(TABLE, headers={"ETag": '"a"'}, cut=CUT), honest(TABLE, '"a"'))

    (fetched,) = reader.fetches(release)

    assert fetched.outcome is Outcome.NEW
    assert reader.bodies() == [TABLE]
    _, resumed = portal.asked[1]
    assert (resumed["Range"], resumed["If-Range"]) == (f"bytes={ARRIVED}-", '"a"')


def test_a_body_cut_again_and_again_is_finished_as_long_as_it_grows(portal: Portal, reader: Reader) -> None:
    def a_little(asked: Headers) -> Reply:
        reply = honest(TABLE, '"a"')(asked)
        return Reply(
            reply.body, reply.status, reply.headers, cut=65_536 if len(reply.body) > 65_536 else None
        )

    (fetched,) = reader.fetches(portal.says("/2024-1.csv", a_little), cuts=1)

    assert fetched.outcome is Outcome.NEW
    assert reader.bodies() == [TABLE]
    assert len(portal.asked) == -(-len(TABLE) // 65_536)


def test_a_cut_body_goes_on_in_the_next_run(portal: Portal, reader: Reader) -> None:
    release = portal.says("/2024-1.csv", Reply(TABLE, headers={"ETag": '"a"'}, cut=CUT), honest(TABLE, '"a"'))

    (cut,) = reader.fetches(release, cuts=0)
    assert cut.outcome is Outcome.FAILED
    assert reader.partial() == [TABLE[:ARRIVED]]
    assert reader.bodies() == []
    (fetched,) = reader.fetches(release)

    assert fetched.outcome is Outcome.NEW
    assert reader.bodies() == [TABLE]
    assert portal.asked[1][1]["Range"] == f"bytes={ARRIVED}-"


def test_a_portal_that_ignores_ranges_is_read_from_the_start(portal: Portal, reader: Reader) -> None:
    says = {"ETag": '"a"'}
    release = portal.says("/2024-1.csv", Reply(TABLE, headers=says, cut=CUT), Reply(TABLE, headers=says))

    reader.fetches(release)

    assert reader.bodies() == [TABLE]


def test_a_file_that_changed_after_the_cut_is_read_from_the_start(portal: Portal, reader: Reader) -> None:
    release = portal.says("/2024-1.csv", Reply(TABLE, headers={"ETag": '"a"'}, cut=CUT), honest(OTHER, '"b"'))

    (fetched,) = reader.fetches(release)

    assert reader.bodies() == [OTHER]
    assert fetched.stored
    assert fetched.stored.etag == '"b"'


@pytest.mark.parametrize(
    ("start", "etag", "total"),
    [
        (ARRIVED, '"b"', len(OTHER)),
        (ARRIVED - 1, '"a"', len(OTHER)),
        (ARRIVED, '"a"', len(OTHER) + 1),
    ],
    ids=["of another version", "from elsewhere", "of another length"],
)
def test_a_part_that_does_not_fit_is_never_joined(
    portal: Portal, reader: Reader, start: int, etag: str, total: int
) -> None:
    unfit = {"ETag": etag, "Content-Range": f"bytes {start}-{total - 1}/{total}"}
    release = portal.says(
        "/2024-1.csv",
        Reply(TABLE, headers={"ETag": '"a"'}, cut=CUT),
        Reply(OTHER[ARRIVED:], 206, unfit),
        honest(OTHER, '"b"'),
    )

    reader.fetches(release)

    assert reader.bodies() == [OTHER]
    assert "Range" not in portal.asked[2][1]


def test_a_weak_etag_does_not_join_parts_but_a_date_does(portal: Portal, reader: Reader) -> None:
    date = "Thu, 01 Feb 2024 00:00:00 GMT"
    says = {"ETag": 'W/"a"', "Last-Modified": date}
    release = portal.says("/2024-1.csv", Reply(TABLE, headers=says, cut=CUT), honest(TABLE, 'W/"a"', date))

    reader.fetches(release)

    assert reader.bodies() == [TABLE]
    assert portal.asked[1][1]["If-Range"] == date


def test_a_body_without_any_validator_is_read_from_the_start(portal: Portal, reader: Reader) -> None:
    release = portal.says("/2024-1.csv", Reply(TABLE, cut=CUT), Reply(OTHER))

    reader.fetches(release)

    assert reader.bodies() == [OTHER]
    assert "Range" not in portal.asked[1][1]


def test_a_portal_that_always_cuts_is_left_alone_in_the_end(portal: Portal, reader: Reader) -> None:
    release = portal.says("/2024-1.csv", Reply(TABLE, headers={"ETag": '"a"'}, cut=CUT))

    (fetched,) = reader.fetches(release, cuts=3)

    assert fetched.error
    assert f"cut after {ARRIVED:,} of {len(TABLE):,} bytes, 3 times in a row" in fetched.error.message
    assert "run the same command again" in fetched.error.hint
    assert len(portal.asked) == 4
    assert reader.partial() == [TABLE[:ARRIVED]]


def test_a_body_shorter_than_promised_is_not_stored(portal: Portal, reader: Reader) -> None:
    release = portal.says("/2024-1.csv", Reply(TABLE, length=len(TABLE) + 9))

    (fetched,) = reader.fetches(release, cuts=1)

    assert fetched.outcome is Outcome.FAILED
    assert reader.bodies() == []


def test_a_run_stopped_midway_leaves_the_old_state_and_its_part(portal: Portal, reader: Reader) -> None:
    release = portal.says("/2024-1.csv", honest(TABLE, '"a"'))
    reader.fetches(release)
    release = portal.says("/2024-1.csv", honest(OTHER, '"b"'))

    def stop(_release: Release, arrived: int, _total: int | None) -> None:
        if arrived >= ARRIVED:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reader.fetches(release, progress=stop)
    assert reader.bodies() == [TABLE]
    assert reader.partial() == [OTHER[:ARRIVED]]
    (fetched,) = reader.fetches(release)

    assert fetched.outcome is Outcome.REWRITTEN
    assert reader.bodies() == [TABLE, OTHER]
    assert portal.asked[-1][1]["Range"] == f"bytes={ARRIVED}-"


def test_a_run_killed_before_a_whole_body_is_stored_asks_for_its_last_byte_only(
    portal: Portal, reader: Reader
) -> None:
    release = portal.says("/2024-1.csv", honest(TABLE, '"a"'))

    def stop(_release: Release, arrived: int, total: int | None) -> None:
        if arrived == total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reader.fetches(release, progress=stop)
    reader.fetches(release)

    assert reader.bodies() == [TABLE]
    assert portal.asked[-1][1]["Range"] == f"bytes={len(TABLE) - 1}-"


def test_an_unchanged_release_is_not_sent_again(portal: Portal, reader: Reader) -> None:
    date = "Thu, 01 Feb 2024 00:00:00 GMT"
    release = portal.says("/2024-1.csv", honest(TABLE, '"a"', date))
    (first,) = reader.fetches(release)

    (second,) = reader.fetches(release)

    assert second.outcome is Outcome.UNCHANGED
    assert second.stored == first.stored
    assert portal.asked[1][1]["If-None-Match"] == '"a"'
    assert portal.asked[1][1]["If-Modified-Since"] == date
    assert len(reader.bodies()) == 1


def test_a_release_whose_body_was_taken_out_of_the_store_is_fetched_again(
    portal: Portal, reader: Reader
) -> None:
    release = portal.says("/2024-1.csv", honest(TABLE, '"a"'))
    (first,) = reader.fetches(release)
    assert first.stored

    reader.store.path_of(first.stored.sha256).unlink()

    assert reader.fetches(release)[0].outcome is Outcome.NEW
    assert reader.store.path_of(first.stored.sha256).read_bytes() == TABLE


def test_a_release_that_comes_again_unchanged_is_kept_once(portal: Portal, reader: Reader) -> None:
    release = portal.says("/2024-1.csv", Reply(TABLE))
    reader.fetches(release)

    (fetched,) = reader.fetches(release)

    assert fetched.outcome is Outcome.SAME
    assert len([path for path in (reader.store.root / "raw").glob("??/*") if path.is_file()]) == 1


def test_a_rewritten_month_is_kept_beside_its_older_version_and_said(portal: Portal, reader: Reader) -> None:
    (first,) = reader.fetches(portal.says("/2024-1.csv", honest(TABLE, '"a"')))
    assert first.stored

    (second,) = reader.fetches(portal.says("/2024-1.csv", honest(OTHER, '"b"')))

    assert second.outcome is Outcome.REWRITTEN
    assert str(second.note) == f"rewritten since {first.stored.fetched_at:%Y-%m-%d}; the older file is kept"
    assert reader.bodies() == [TABLE, OTHER]
    assert reader.store.latest(SOURCE) == [second.stored]


def test_a_file_on_a_new_host_is_compared_with_the_old_one_but_not_asked_for_by_its_etag(
    portal: Portal, reader: Reader
) -> None:
    reader.fetches(portal.says("/old/2024-1.csv", honest(TABLE, '"a"')))

    (fetched,) = reader.fetches(portal.says("/new/2024-1.csv", honest(OTHER, '"a"')))

    assert fetched.outcome is Outcome.REWRITTEN
    assert reader.store.latest(SOURCE) == [fetched.stored]


def test_a_month_that_is_not_published_is_said_after_the_others_were_fetched(
    portal: Portal, reader: Reader
) -> None:
    absent = portal.says("/2024-1.csv", Reply(b"<Error>BlobNotFound</Error>", 404))
    there = portal.says("/2024-2.csv", Reply(TABLE))

    results = reader.fetches(absent, there)

    assert [result.outcome for result in results] == [Outcome.UNPUBLISHED, Outcome.NEW]
    error = failure(results)
    assert error
    assert error.exit_code == 3
    assert error.message == (
        f"1 of 2 files could not be fetched (2024-01): {absent.url}: 2024-01 is not there (HTTP 404)"
    )
    assert "not published yet, or moved" in error.hint
    assert failure(results[1:]) is None
    assert failure(results[:1]) is results[0].error


def test_a_month_that_the_portal_withdrew_stays_in_the_store(portal: Portal, reader: Reader) -> None:
    reader.fetches(portal.says("/2024-1.csv", Reply(TABLE)))

    (fetched,) = reader.fetches(portal.says("/2024-1.csv", Reply(status=410)))

    assert fetched.outcome is Outcome.UNPUBLISHED
    assert "has withdrawn 2024-01" in str(fetched.note)
    assert reader.store.latest(SOURCE) == [fetched.stored]


def test_a_busy_portal_is_waited_for_as_long_as_it_asks(portal: Portal, reader: Reader) -> None:
    busy = Reply(status=429, headers={"Retry-After": "17"})
    release = portal.says("/2024-1.csv", busy, Reply(TABLE))

    (fetched,) = reader.fetches(release)

    assert fetched.outcome is Outcome.NEW
    assert reader.waits == [17.0]


def test_a_portal_that_asks_for_more_patience_than_there_is_is_left_alone(
    portal: Portal, reader: Reader
) -> None:
    busy = Reply(status=429, headers={"Retry-After": "3600"})
    release = portal.says("/2024-1.csv", busy, Reply(TABLE))

    (fetched,) = reader.fetches(release)

    assert fetched.error
    assert fetched.error.message.endswith("the portal is busy (HTTP 429) and asks to wait 3600 seconds")
    assert reader.waits == []
    assert len(portal.asked) == 1


def test_a_retry_after_that_nobody_can_read_is_a_plain_wait(portal: Portal, reader: Reader) -> None:
    busy = Reply(status=503, headers={"Retry-After": "soon"})
    release = portal.says("/2024-1.csv", busy, Reply(TABLE))

    assert reader.fetches(release)[0].outcome is Outcome.NEW


def test_a_failing_portal_is_asked_again_with_growing_patience(portal: Portal, reader: Reader) -> None:
    failing = Reply(status=503)
    release = portal.says("/2024-1.csv", failing, failing, failing, Reply(TABLE))

    (fetched,) = reader.fetches(release)

    assert fetched.outcome is Outcome.NEW
    assert reader.waits == [0.0, 2.0, 4.0]


def test_a_portal_that_stays_down_is_an_error_in_plain_words(portal: Portal, reader: Reader) -> None:
    (fetched,) = reader.fetches(portal.says("/2024-1.csv", Reply(status=503)))

    assert fetched.error
    assert fetched.error.message.endswith("/2024-1.csv: the portal is failing (HTTP 503)")
    assert len(portal.asked) == 4


def test_a_portal_that_refuses_is_not_asked_again(portal: Portal, reader: Reader) -> None:
    (fetched,) = reader.fetches(portal.says("/2024-1.csv", Reply(status=403)))

    assert fetched.error
    assert fetched.error.message.endswith("the portal refuses (HTTP 403)")
    assert len(portal.asked) == 1


def test_a_host_that_is_gone_is_an_error_in_plain_words(reader: Reader) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        release = Release(f"http://127.0.0.1:{unused.getsockname()[1]}/2024-1.csv", "2024-01")

        (fetched,) = reader.fetches(release)

    assert fetched.error
    assert fetched.error.message == f"{release.url}: the portal cannot be reached"


def test_a_redirect_is_followed_and_noted(portal: Portal, reader: Reader) -> None:
    portal.says("/moved/2024-1.csv", Reply(TABLE))
    release = portal.says("/2024-1.csv", Reply(status=302, headers={"Location": "/moved/2024-1.csv"}))

    (fetched,) = reader.fetches(release)

    assert fetched.stored
    assert (fetched.stored.url, fetched.stored.final_url) == (release.url, portal.url("/moved/2024-1.csv"))
    assert reader.bodies() == [TABLE]


def test_a_body_packed_for_the_way_is_stored_unpacked(portal: Portal, reader: Reader) -> None:
    packed = gzip.compress(TABLE)
    says = {"Content-Encoding": "gzip", "ETag": '"a"'}
    release = portal.says("/2024-1.csv", Reply(packed, headers=says, cut=20_000), Reply(packed, headers=says))

    reader.fetches(release)

    assert reader.bodies() == [TABLE]
    assert "Range" not in portal.asked[1][1]


GOOD = zipped({"orders.csv": TABLE})
DAMAGED = GOOD[:200] + bytes([GOOD[200] ^ 255]) + GOOD[201:]


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        (
            "/2024-1.csv",
            b"<!DOCTYPE html><title>Request\n Rejected</title>",
            "a web page .*'Request Rejected'",
        ),
        ("/2024-1.zip", b"\xef\xbb\xbf \r\n<HTML lang='es'>", "a web page instead of data"),
        ("/2024-1.csv", b'<?xml version="1.0"?>\n<!-- x -->\n<html/>', "a web page instead of data"),
        (
            "/2024-1.csv",
            b'{"status": 500, "message": "Ocurri\xc3\xb3 un error"}',
            "an error .*Ocurrió un error",
        ),
        ("/2024-1.json", b'{"statusCode": "503"}', "an error instead of data"),
        ("/2024-1.json", b'{"error": {"text": "down"}}', "an error instead of data"),
        ("/2024-1.csv", b'{"Codigo": ' + b"1" * 80_000, "an error instead of data"),
        ("/2024-1.csv", b"", "an empty file"),
        ("/2024-1.zip", GOOD[:-100], "not a whole zip archive"),
        ("/2024-1.csv", GOOD[:-100], "not a whole zip archive"),
        ("/2024-1.zip", TABLE, "not a whole zip archive"),
        ("/2024-1.zip", DAMAGED, "(orders.csv in the zip archive is damaged|not a whole zip archive)"),
        ("/2024-1.zip", zipped({}), "the zip archive is empty"),
    ],
    ids=[
        "a web page as CSV",
        "a web page after a mark and blanks",
        "a web page after a prolog",
        "an error in JSON for a table",
        "an error with a code",
        "an error by name",
        "a long JSON for a table",
        "nothing",
        "a zip cut short",
        "a zip cut short that is called otherwise",
        "no zip at all",
        "a damaged zip",
        "a zip of nothing",
    ],
)
def test_what_is_not_the_file_is_refused_and_forgotten(
    portal: Portal, reader: Reader, path: str, body: bytes, says: str
) -> None:
    release = portal.says(path, Reply(body, headers={"Content-Type": "text/csv", "ETag": '"a"'}))

    (fetched,) = reader.fetches(release)

    assert fetched.error
    assert re.search(says, fetched.error.message)
    assert fetched.error.message.startswith(release.url)
    assert fetched.error.hint
    assert reader.bodies() == reader.partial() == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/2024-1.zip", GOOD),
        ("/2024-1.csv", GOOD),
        ("/2024-1.json", json.dumps({"releases": [], "status": "ok"}).encode()),
        ("/2024-1.csv", b"\xef\xbb\xbfhtml;body\r\n<html>;1\r\n"),
    ],
    ids=["a zip", "a zip that is called otherwise", "a release in JSON", "a table that speaks of HTML"],
)
def test_what_is_the_file_is_taken(portal: Portal, reader: Reader, path: str, body: bytes) -> None:
    (fetched,) = reader.fetches(portal.says(path, Reply(body)))

    assert fetched.outcome is Outcome.NEW
    assert reader.bodies() == [body]


def test_a_wrong_body_does_not_push_the_right_one_out(portal: Portal, reader: Reader) -> None:
    (first,) = reader.fetches(portal.says("/2024-1.zip", Reply(GOOD)))

    (second,) = reader.fetches(portal.says("/2024-1.zip", Reply(b"<html>")))

    assert second.outcome is Outcome.FAILED
    assert reader.store.latest(SOURCE) == [first.stored]


def test_a_full_disk_is_an_error_of_that_release(portal: Portal, reader: Reader) -> None:
    release = portal.says("/2024-1.csv", Reply(TABLE))
    reader.store.root.mkdir()
    (reader.store.root / "raw").write_bytes(b"in the way")

    (fetched,) = reader.fetches(release)

    assert fetched.error
    assert f"cannot write to the store at {reader.store.root}" in fetched.error.message
    assert reader.partial() == [TABLE]


def test_two_runs_do_not_fetch_the_same_source_at_once(portal: Portal, reader: Reader) -> None:
    release = portal.says("/2024-1.csv", Reply(TABLE))

    with reader.store.claim(SOURCE), pytest.raises(FetchError, match="another run"):
        reader.fetches(release)
