"""Tells the file that was asked for from what portals send instead of it.

They answer 200 with a login page, an error in JSON or XML, nothing at all, or half an archive.
"""

import gzip
import json
import re
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Final

from spendaudit.errors import FetchError
from spendaudit.wording import Words

#: Pages were seen that begin with many empty lines.
_HEAD: Final = 65_536
_BLOCK: Final = 1 << 20
#: An error in JSON is short; a release in JSON is not read to find out.
_LONGEST_ERROR: Final = 65_536
_LOWEST_ERROR: Final = 400

_PAGE: Final = re.compile(
    rb"(?:\xef\xbb\xbf)*\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    rb"<(?:!doctype\s+html|html|head|body|title|meta|script)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML: Final = re.compile(rb"(?:\xef\xbb\xbf)*\s*<(?:\?xml|error\b)", re.IGNORECASE)
_TABLES: Final = frozenset({".csv", ".tsv", ".txt"})
_ZIPS: Final = frozenset({".zip", ".xlsx"})
#: Enough of an error to recognise it.
_SHOWN: Final = 200

_TITLE: Final = re.compile(rb"<title[^>]*>\s*(.{1,200}?)\s*</title>", re.IGNORECASE | re.DOTALL)


_DAMAGED: Final = Words("fetch it again; if it stays so, the portal's own file is damaged")


def sealed(name: str) -> bool:
    """Tell whether a file of this name has an end of its own, so that a cut shows."""
    return _kind(name) in _ZIPS | {".gz"}


def check_body(body: Path, url: str, name: str) -> None:
    """Raise `FetchError` when a complete body is not what its name promises; `url` is for the message."""
    if not body.stat().st_size:
        raise FetchError("{url}: the portal sent an empty file", hint="try again later", url=url)
    with body.open("rb") as stream:
        head = stream.read(_HEAD)
    kind = _kind(name)
    if _PAGE.match(head):
        title = _title(head)
        raise FetchError(
            "{url}: the portal sent a web page instead of data ({title!r})"
            if title
            else "{url}: the portal sent a web page instead of data",
            hint="open the address in a browser: it may ask for a login, or have moved",
            url=url,
            title=title,
        )
    if error := _json_error(body, head, expected=kind in {".json", ".jsonl", ""}):
        raise FetchError(
            "{url}: the portal sent an error instead of data: {error}",
            hint="try again later",
            url=url,
            error=error,
        )
    if kind in _TABLES and _XML.match(head):
        raise FetchError(
            "{url}: the portal sent XML instead of a table: {shown}",
            hint="try again later",
            url=url,
            shown=_shown(head[:_SHOWN]),
        )
    if kind in _ZIPS or head.startswith(b"PK\x03\x04"):
        _check_zip(body, url)
    if kind == ".gz" or head.startswith(b"\x1f\x8b"):
        _check_gzip(body, url)


def _kind(name: str) -> str:
    return PurePosixPath(name.partition("?")[0]).suffix.lower()


def _title(head: bytes) -> str:
    found = _TITLE.search(head)
    return " ".join(found[1].decode("utf-8", "replace").split()) if found else ""


def _json_error(body: Path, head: bytes, *, expected: bool) -> str:
    """Return what an error in JSON says; nothing when the body is none."""
    if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return ""
    if body.stat().st_size > _LONGEST_ERROR:
        return "" if expected else _shown(head)
    text = body.read_bytes()
    try:
        content = json.loads(text.decode("utf-8-sig"))
    except ValueError:
        return "" if expected else _shown(text)
    codes = [content.get(key) for key in ("status", "statusCode", "code", "Codigo")]
    failed = any(str(code).isdigit() and int(str(code)) >= _LOWEST_ERROR for code in codes)
    named = any(content.get(key) for key in ("error", "errors", "fault"))
    bare = content.keys() <= {"message", "Message"}
    return _shown(text) if failed or named or bare or not expected else ""


def _shown(text: bytes) -> str:
    words = " ".join(text.decode("utf-8", "replace").split())
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}..."


def _check_zip(body: Path, url: str) -> None:
    """Read every member of the archive through its checksum, a block at a time."""
    try:
        with zipfile.ZipFile(body) as archive:
            damaged = archive.testzip()
            members = len(archive.namelist())
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise FetchError(
            "{url}: not a whole zip archive ({error})", hint=_DAMAGED, url=url, error=error
        ) from error
    if damaged:
        raise FetchError(
            "{url}: {damaged} in the zip archive is damaged", hint=_DAMAGED, url=url, damaged=damaged
        )
    if not members:
        raise FetchError("{url}: the zip archive is empty", hint="try again later", url=url)


def _check_gzip(body: Path, url: str) -> None:
    """Unpack to the end, where the checksum is."""
    try:
        with gzip.open(body) as stream:
            while stream.read(_BLOCK):
                pass
    except (EOFError, OSError, zlib.error) as error:
        raise FetchError(
            "{url}: not a whole gzip file ({error})", hint=_DAMAGED, url=url, error=error
        ) from error
