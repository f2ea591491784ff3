"""What a portal states of its files elsewhere: where the newest is, and how many rows a table has."""

import json
import re
from pathlib import Path
from typing import Final

from spendaudit.errors import FetchError
from spendaudit.ingest.hops import Line
from spendaudit.ingest.release import Release

_COUNT: Final = re.compile(r'\s*\[?\s*\{\s*"\w+"\s*:\s*"?(\d+)"?\s*\}\s*\]?\s*')
_BLOCK: Final = 1 << 20


def address(line: Line, release: Release) -> str | None:
    """Return where a release is, from the portal's list if need be; None when the list has it not."""
    if release.listing is None:
        return release.url
    text = line.text(release.url, release.listing.asks)
    try:
        # Written anew, because JSON may write a slash in two ways.
        plain = json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError as error:
        raise FetchError(
            "{url}: the portal sent no list of its files",
            hint="try again later; if it stays so, the portal's interface has changed",
            url=release.url,
        ) from error
    return max(re.findall(release.listing.address, plain), default=None)


def row_count(line: Line, release: Release) -> int | None:
    """Return how many rows the portal counts in a release; None where it cannot be asked."""
    if not release.rows_url:
        return None
    found = _COUNT.fullmatch(line.text(release.rows_url))
    if not found:
        raise FetchError(
            "{url}: the portal does not say how many rows there are",
            hint="try again later; if it stays so, the portal's interface has changed",
            url=release.rows_url,
        )
    return int(found[1])


def check_rows(body: Path, url: str, stated: int) -> None:
    """Raise `FetchError` when a CSV has fewer rows than were counted before; it may have grown since."""
    found = max(_records(body) - 1, 0)
    if found < stated:
        raise FetchError(
            "{url}: the portal counts {stated:,} rows and sent {found:,}",
            hint="the answer was cut short on the portal's side: try again later",
            url=url,
            stated=stated,
            found=found,
        )


def _records(body: Path) -> int:
    """Count the lines of a CSV with `"` for quotes; line breaks inside quotes end none."""
    records, quoted, last = 0, False, b"\n"
    with body.open("rb") as stream:
        while block := stream.read(_BLOCK):
            for place, piece in enumerate(block.split(b'"')):
                quoted ^= place > 0
                if not quoted:
                    records += piece.count(b"\n")
            last = block[-1:]
    return records + (last != b"\n")
