"""How a page of HTML writes text and links, so that nothing published becomes markup."""

from html import escape
from typing import Final

from spendaudit.report.safe import plain

_WEB: Final = ("https://", "http://")


def text(value: str) -> str:
    """Write a text that may stand between tags and inside of a quoted attribute."""
    return escape(plain(value))


def web(url: str | None) -> str:
    """Return an address of the web, and nothing of any other kind: it could run."""
    address = plain(url or "").strip()
    return address if address.lower().startswith(_WEB) else ""
