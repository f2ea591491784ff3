"""Which file is to be downloaded: where it is, of which period it speaks, what it is called."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Listing:
    """A portal's own list, where a file's address cannot be known beforehand (it holds a date)."""

    #: What the list is asked with, as JSON in the body of a POST.
    asks: Mapping[str, str | int]
    #: A pattern that the whole address matches; of several, the last by the alphabet is the newest.
    address: str


@dataclass(frozen=True, slots=True)
class Release:
    """One file to download."""

    #: Where it is; where the list is that names it when there is a `listing`.
    url: str
    #: `2024`, `2024-03` or `2024-03-31`.
    period: str
    #: The same name in the same period is the same file, wherever it was fetched from. The last part of the
    #: address when empty.
    name: str = ""
    #: Where the portal says, as JSON, how many rows the table has; nothing when it does not.
    rows_url: str = ""
    listing: Listing | None = None

    @property
    def file(self) -> str:
        """What the file is called in the store."""
        return self.name or file_name(self.url)


def file_name(url: str) -> str:
    """Return the last part of a URL, with the query if there is one: `2024-1.zip`."""
    parts = urlsplit(url)
    name = unquote(parts.path.rpartition("/")[2])
    return f"{name}?{parts.query}" if parts.query else name
