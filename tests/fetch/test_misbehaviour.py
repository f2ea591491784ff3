"""Each way in which portals are known to misbehave, through the real command line."""

import gzip
import json
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from packing import zipped
from werkzeug import Request, Response

if TYPE_CHECKING:
    from tests.fetch.conftest import Person

TABLE = b"id,place\n" + b"".join(b"%d,Comuna de Ejemplo\n" % row for row in range(12_000))
MONTHLY = "Downloads(partial(monthly, 'PORTAL/{year}-{month}.csv', since='2007-01'), delay=0)"
#: As much as 64 KiB chunks bring of the body before the cut.
CUT, ARRIVED = 200_000, 3 * 65_536
ETAG = {"ETag": '"a"'}

Script = Callable[..., list[Request]]


def whole(request: Request) -> Response:
    """Answer as RFC 9110 wants: ranges, If-Range, If-None-Match."""
    if request.headers.get("If-None-Match") == '"a"':
        return Response(status=304, headers=ETAG)
    if request.headers.get("If-Range") == '"a"':
        start = int(request.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        part = {"Content-Range": f"bytes {start}-{len(TABLE) - 1}/{len(TABLE)}"}
        return Response(TABLE[start:], 206, ETAG | part)
    return Response(TABLE, 200, ETAG)


def cut(_request: Request) -> Response:
    response = Response(TABLE[:CUT], 200, ETAG)
    response.headers["Content-Length"] = str(len(TABLE))
    return response


def test_a_cut_body_goes_on_where_it_ended(person: "Person", january: Script) -> None:
    asked = january(cut, whole)

    said = person.january()

    assert (said.code, said.rows) == (0, ["2024-01  new      276.9 kB"])
    assert asked[1].headers["Range"] == f"bytes={ARRIVED}-"
    assert person.bodies() == [TABLE]


def test_a_body_that_is_always_cut_is_an_error_and_the_next_run_goes_on_from_there(
    person: "Person", january: Script
) -> None:
    asked = january(cut, cut, cut, cut, cut, cut, whole)

    said = person.january()

    assert said.code == 3
    assert said.error == (
        f"{person.url}/2024-1.csv: the connection was cut after {ARRIVED:,} of {len(TABLE):,} bytes,"
        " 5 times in a row"
    )
    assert said.hint == "what had arrived is kept: run the same command again to go on from there"
    assert person.partial() == [TABLE[:ARRIVED]]
    assert person.january().code == 0
    assert asked[-1].headers["Range"] == f"bytes={ARRIVED}-"
    assert person.bodies() == [TABLE]


def test_a_file_that_has_not_changed_is_not_sent_again(person: "Person", january: Script) -> None:
    asked = january(whole)
    person.january()

    said = person.january()

    assert (said.code, said.rows) == (0, ["2024-01  unchanged  276.9 kB"])
    assert asked[1].headers["If-None-Match"] == '"a"'


def test_a_busy_portal_is_waited_for_as_long_as_it_asks(person: "Person", january: Script) -> None:
    january(Response(status=429, headers={"Retry-After": "17"}), whole)

    said = person.january()

    assert said.code == 0
    assert person.waits == [17.0]
    assert "the portal is asked again in 17 seconds\n" in said.err


def test_a_portal_that_asks_for_too_much_patience_is_left_alone(person: "Person", january: Script) -> None:
    asked = january(Response(status=429, headers={"Retry-After": "86400"}))

    said = person.january()

    assert said.code == 3
    assert said.error == (
        f"{person.url}/2024-1.csv: the portal is busy (HTTP 429) and asks to wait 86400 seconds"
    )
    assert len(asked) == 1


def test_a_portal_that_stays_down_is_asked_six_times_with_growing_patience(
    person: "Person", january: Script
) -> None:
    asked = january(Response(status=503))

    said = person.january()

    assert (said.code, said.error) == (3, f"{person.url}/2024-1.csv: the portal is failing (HTTP 503)")
    assert len(asked) == 6
    assert person.waits == [0.0, 2.0, 4.0, 8.0, 16.0]


def test_a_portal_that_refuses_is_not_asked_again(person: "Person", january: Script) -> None:
    asked = january(Response(status=401))

    said = person.january()

    assert (said.code, said.error) == (3, f"{person.url}/2024-1.csv: the portal refuses (HTTP 401)")
    assert "get the file by browser" in said.hint
    assert len(asked) == 1


def test_a_firewall_that_wants_a_person_is_named(person: "Person", january: Script) -> None:
    january(Response("<html>", 405, {"x-amzn-waf-action": "captcha"}))

    said = person.january()

    assert said.code == 3
    assert said.error == (
        f"{person.url}/2024-1.csv: the portal's firewall wants a person at a browser (HTTP 405, captcha)"
    )


def test_a_file_that_is_not_there_is_an_error_in_plain_words(person: "Person", january: Script) -> None:
    january(Response(status=404))

    said = person.january()

    assert (said.code, said.error) == (3, f"{person.url}/2024-1.csv: 2024-01 is not there (HTTP 404)")


REFUSED = {
    "a firewall's page": (
        ".csv",
        b"<html><head><title>Request Rejected</title></head><body>Your support ID is 1</body></html>",
        "the portal sent a web page instead of data ('Request Rejected')",
    ),
    "a page after many empty lines": (
        ".csv",
        b"\r\n" * 3_000 + b"<!DOCTYPE HTML>\n<html lang='pt-br'>",
        "the portal sent a web page instead of data",
    ),
    "a page without a beginning": (
        ".csv",
        b"<title>Acceso denegado</title><p>Su solicitud",
        "the portal sent a web page instead of data ('Acceso denegado')",
    ),
    "a page for an archive": (".zip", b"<!doctype html>", "the portal sent a web page instead of data"),
    "an error in JSON for a table": (
        ".csv",
        b'{"status":500,"detail":"Ocurri\xc3\xb3 un error"}',
        'the portal sent an error instead of data: {"status":500,"detail":"Ocurrió un error"}',
    ),
    "an error in JSON for JSON": (
        ".json",
        b'{"status":500}',
        'the portal sent an error instead of data: {"status":500}',
    ),
    "a quota in JSON": (
        ".json",
        b'{"Codigo":10500,"Mensaje":"Peticiones simultaneas"}',
        'the portal sent an error instead of data: {"Codigo":10500,"Mensaje":"Peticiones simultaneas"}',
    ),
    "a mere message in JSON": (
        ".json",
        b'{"message": "Internal server error"}',
        'the portal sent an error instead of data: {"message": "Internal server error"}',
    ),
    "an error in XML for a table": (
        ".csv",
        b'<?xml version="1.0"?><Error><Code>No</Code></Error>',
        'the portal sent XML instead of a table: <?xml version="1.0"?><Error><Code>No</Code></Error>',
    ),
    "nothing": (".csv", b"", "the portal sent an empty file"),
    "half an archive": (
        ".zip",
        zipped({"orders.csv": TABLE})[:-100],
        "not a whole zip archive (File is not a zip file)",
    ),
    "half a gzip": (
        ".jsonl.gz",
        gzip.compress(TABLE, mtime=0)[:-100],
        "not a whole gzip file (Compressed file ended before the end-of-stream marker was reached)",
    ),
    "a gzip whose sum is wrong": (
        ".gz",
        gzip.compress(b"one", mtime=0)[:-8] + bytes(8),
        "not a whole gzip file (CRC check failed 0x0 != 0x7a6c86f1)",
    ),
    "a gzip that is called otherwise": (
        ".csv",
        gzip.compress(TABLE, mtime=0)[:-100],
        "not a whole gzip file (Compressed file ended before the end-of-stream marker was reached)",
    ),
    "no gzip at all": (".gz", TABLE, "not a whole gzip file (Not a gzipped file (b'id'))"),
    "half a workbook": (
        ".xlsx",
        zipped({"sheet.csv": TABLE})[:-100],
        "not a whole zip archive (File is not a zip file)",
    ),
}


@pytest.mark.parametrize(("suffix", "body", "says"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_the_file_is_refused_although_the_portal_says_200(
    person: "Person", january: Script, suffix: str, body: bytes, says: str
) -> None:
    path = f"/2024-1{suffix}"
    person.opens(
        f"Downloads(partial(monthly, 'PORTAL/{{year}}-{{month}}{suffix}', since='2007-01'), delay=0)"
    )
    january(Response(body, 200, ETAG | {"Content-Type": "text/csv"}), path=path)

    said = person.january()

    assert (said.code, said.error) == (3, f"{person.url}{path}: {says}")
    assert said.hint
    assert person.bodies() == person.partial() == []


def test_a_body_is_checked_by_the_name_of_its_file_where_the_address_says_nothing(
    person: "Person", january: Script
) -> None:
    person.opens(
        "Downloads(partial(monthly, 'PORTAL/get/{year}{month:02}', since='2007-01', name='{year}.zip'))"
    )
    january(Response(TABLE), path="/get/202401")

    said = person.january()

    assert said.error == f"{person.url}/get/202401: not a whole zip archive (File is not a zip file)"


SOCRATA = (
    "Downloads(partial(socrata, 'PORTAL/resource/abcd-1234', column='signed', since='2015-01'), delay=0)"
)
QUOTED = b'"id","place"\n"1","a\nb"\n"2","c ""d""\n"\n"3",""'


@pytest.mark.parametrize("stated", [2, 3])
def test_a_table_with_as_many_rows_as_the_portal_counts_is_taken(
    person: "Person", january: Script, stated: int
) -> None:
    person.opens(SOCRATA)
    asked = january(Response(QUOTED), path="/resource/abcd-1234.csv")
    counted = january(Response(f'[{{"count":"{stated}"}}]\n'), path="/resource/abcd-1234.json")

    said = person.january()

    (line,) = person.store.releases("xx_portal")
    assert said.code == 0
    assert (line.rows, line.name) == (stated, "abcd-1234-2024-01.csv")
    where = "date_trunc_ym(signed)='2024-01-01T00:00:00.000'"
    assert dict(asked[0].args) == {"$where": where, "$order": ":id", "$limit": "10000000"}
    assert dict(counted[0].args) == {"$where": where, "$select": "count(*)"}


def test_a_table_with_fewer_rows_than_the_portal_counts_is_refused(person: "Person", january: Script) -> None:
    person.opens(SOCRATA)
    january(Response(QUOTED), path="/resource/abcd-1234.csv")
    january(Response('[{"count":"50000"}]'), path="/resource/abcd-1234.json")

    said = person.january()

    assert said.code == 3
    assert said.error.endswith(": the portal counts 50,000 rows and sent 3")
    assert said.hint == "the answer was cut short on the portal's side: try again later"
    assert person.bodies() == person.partial() == []


@pytest.mark.parametrize("answer", [b"", b"[]", b'{"error": true}', b'[{"count":"many"}]'])
def test_a_count_that_is_none_is_an_error(person: "Person", january: Script, answer: bytes) -> None:
    person.opens(SOCRATA)
    january(Response(answer), path="/resource/abcd-1234.json")

    said = person.january()

    assert said.code == 3
    assert said.error.endswith(": the portal does not say how many rows there are")


def test_a_circle_of_redirects_ends(person: "Person", january: Script) -> None:
    asked = january(Response(status=302, headers={"Location": "/2024-1.csv"}))

    said = person.january()

    assert said.code == 3
    assert said.error == (
        f"{person.url}/2024-1.csv: the portal sends from one address to the next, without end"
    )
    assert len(asked) == 10


def test_a_redirect_to_a_login_page_is_no_data(person: "Person", january: Script) -> None:
    january(Response(status=302, headers={"Location": "/login"}))
    january(Response("<!DOCTYPE html><title>Acceso</title>"), path="/login")

    said = person.january()

    assert said.error == f"{person.url}/2024-1.csv: the portal sent a web page instead of data ('Acceso')"


def test_a_file_that_the_portal_changed_is_kept_beside_its_older_version(
    person: "Person", january: Script
) -> None:
    january(Response(b"id\n1\n"), Response(b"id\n2\n"))
    person.january()

    said = person.january()

    assert said.code == 0
    (row,) = said.rows
    assert row.startswith("2024-01  rewritten  5 bytes  rewritten since ")
    assert row.endswith("; the older file is kept")
    assert person.bodies() == [b"id\n1\n", b"id\n2\n"]


def test_a_body_whose_end_nobody_tells_is_taken_with_a_warning(person: "Person") -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        person.url = f"http://127.0.0.1:{server.getsockname()[1]}"
        person.opens(MONTHLY)

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: text/csv\r\n\r\nid\n1\n")

        portal = threading.Thread(target=answer)
        portal.start()
        said = person.january()
        portal.join()

    assert said.code == 0
    assert said.rows == [
        "2024-01  new      5 bytes  the portal did not say where the file ends: it may have been cut"
    ]
    assert person.store.releases("xx_portal")[0].end_told is False


def test_the_manifest_says_where_a_file_came_from_and_how(person: "Person", january: Script) -> None:
    january(whole)
    person.january()

    (path,) = (person.store.root / "raw" / "manifest" / "xx_portal").iterdir()
    line = json.loads(path.read_text("utf-8"))

    said = {name: line[name] for name in ("url", "etag", "licence", "tls_verified", "period", "bytes")}
    assert said == {
        "url": f"{person.url}/2024-1.csv",
        "etag": '"a"',
        "licence": "CC0-1.0",
        "tls_verified": False,
        "period": "2024-01",
        "bytes": len(TABLE),
    }
    assert line["fetched_at"].endswith("+00:00")
