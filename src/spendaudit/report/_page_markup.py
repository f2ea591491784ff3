"""How a page of HTML writes text and links, so that nothing published becomes markup."""

import re
from html import escape
from typing import Final

from spendaudit.report.safe import plain

#: Signs that a query or an address gives a meaning to.
_STEERING: Final = re.compile(r"[%&+#=\"<>`\\]|[^\S ]")
_WEB: Final = ("https://", "http://")


def text(value: str) -> str:
    """Write a text that may stand between tags and inside of a quoted attribute."""
    return escape(plain(value))


def web(url: str | None) -> str:
    """Return an address of the web, and nothing of any other kind: it could run."""
    address = plain(url or "").strip()
    return address if address.lower().startswith(_WEB) else ""


def view(**chosen: str) -> str:
    """Return the part of an address that filters the findings of a page: `#rule=SPL001`.

    Letters of every script stay as they are; a blank is a plus, as in all queries.
    """
    said = (f"{name}={_STEERING.sub(_percent, value).replace(' ', '+')}" for name, value in chosen.items())
    return escape(f"#{'&'.join(said)}")


def _percent(sign: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in sign[0].encode())
