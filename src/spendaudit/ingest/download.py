"""Brings one URL to one file, whole: a body that was cut is resumed, in this run or in the next."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Final

import requests

from spendaudit.errors import FetchError
from spendaudit.ingest.hops import Line
from spendaudit.ingest.parts import Begun, Part
from spendaudit.ingest.rawstore import Answer
from spendaudit.ingest.refusals import RESUME, refused
from spendaudit.wording import Words

#: Called with the bytes that are there and how many there will be, if the portal says so.
Watch = Callable[[int, int | None], None]

#: urllib3 drops the bytes of an unfinished chunk: with large ones a cut would lose what had arrived.
_CHUNK: Final = 65_536

#: Answers that have no body worth keeping, and are no failure of the portal.
_WITHOUT_BODY: Final = frozenset({HTTPStatus.NOT_MODIFIED, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class _CutError(Exception):
    """The body ended too early, or cannot go on from where it was."""


def download(line: Line, url: str, part: Part, *, conditions: Mapping[str, str], watch: Watch) -> Answer:
    """Ask for a URL until all of its body is in `part`.

    `conditions` are headers of a request from the start; a part that can go on is asked for without them.
    The status is 200 with a whole body, or 304, 404 or 410 without one. Raises `FetchError` when the portal
    refuses, cannot be reached, or keeps cutting; the part then stays for the next run.
    """
    barren, best, manners = 0, part.size, line.manners
    while True:
        try:
            return _ask(line, url, part, conditions, watch)
        except _CutError as cut:
            barren = 0 if part.size > best else barren + 1
            best = max(best, part.size)
            if barren >= manners.cuts:
                raise FetchError(
                    "{url}: {cut}, {barren} times in a row",
                    hint=RESUME,
                    url=url,
                    cut=cut.args[0],
                    barren=barren,
                ) from cut
            manners.sleep(manners.pause(barren))


def _ask(line: Line, url: str, part: Part, conditions: Mapping[str, str], watch: Watch) -> Answer:
    begun = part.begun
    offset = _offset(part, begun)
    headers = {"Range": f"bytes={offset}-", "If-Range": begun.validator} if begun else conditions
    with line.ask(url, headers) as (response, verified):
        answer = _answer(response, url, tls_verified=verified)
        if response.status_code in _WITHOUT_BODY:
            return answer
        body, offset = _start(response, part, answer, begun, offset)
        _write(response, part, offset, body.total, watch)
    return replace(body.answer, tls_verified=body.answer.tls_verified and answer.tls_verified)


def _start(
    response: requests.Response, part: Part, answer: Answer, begun: Begun | None, offset: int
) -> tuple[Begun, int]:
    """Tell which body this answer belongs to and where in it its bytes begin."""
    status = response.status_code
    if status == HTTPStatus.OK:
        fresh = Begun(answer, _length(response))
        part.begin(fresh, resumable=not _encoded(response))
        return fresh, 0
    if begun and status == HTTPStatus.PARTIAL_CONTENT and _continues(response, begun, offset):
        return begun, offset
    if status in {HTTPStatus.PARTIAL_CONTENT, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE}:
        part.discard()
        raise _CutError(Words("the portal sent another part of the file than the one that was asked for"))
    raise refused(response, answer.url)


def _write(response: requests.Response, part: Part, arrived: int, total: int | None, watch: Watch) -> None:
    """Write the body behind the part's first bytes, to the end."""
    with part.path.open("r+b") as stream:
        stream.truncate(arrived)
        stream.seek(arrived)
        watch(arrived, total)
        try:
            for chunk in response.iter_content(_CHUNK):
                stream.write(chunk)
                arrived += len(chunk)
                watch(arrived, total)
        except requests.exceptions.RequestException as error:
            told = Words(
                "the connection was cut after {arrived:,} bytes"
                if total is None
                else "the connection was cut after {arrived:,} of {total:,} bytes",
                arrived=arrived,
                total=total,
            )
            raise _CutError(told) from error
    if total is not None and arrived != total:
        if arrived > total:
            part.discard()
        raise _CutError(
            Words("the portal promised {total:,} bytes and sent {arrived:,}", total=total, arrived=arrived)
        )


def _offset(part: Part, begun: Begun | None) -> int:
    """Tell where to go on; of a whole part the last byte is asked for again, to hear that it still holds."""
    if begun is None:
        return 0
    return part.size if begun.total is None else min(part.size, begun.total - 1)


def _continues(response: requests.Response, begun: Begun, offset: int) -> bool:
    """Tell whether an answer goes on where the part ends, in the same version of the file."""
    found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", "").strip())
    if not found or int(found[1]) != offset or _encoded(response):
        return False
    same_total = found[2] == "*" or begun.total is None or int(found[2]) == begun.total
    return same_total and response.headers.get("ETag", begun.answer.etag) == begun.answer.etag


def _answer(response: requests.Response, url: str, *, tls_verified: bool) -> Answer:
    return Answer(
        url=url,
        final_url=response.url,
        status=response.status_code,
        etag=response.headers.get("ETag", ""),
        last_modified=response.headers.get("Last-Modified", ""),
        content_type=response.headers.get("Content-Type", ""),
        tls_verified=tls_verified,
        end_told="Content-Length" in response.headers or "Transfer-Encoding" in response.headers,
    )


def _length(response: requests.Response) -> int | None:
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isdigit() and not _encoded(response) else None


def _encoded(response: requests.Response) -> bool:
    """Tell whether the bytes are packed for the way; then lengths and offsets are not the file's."""
    return response.headers.get("Content-Encoding", "identity").lower() != "identity"
