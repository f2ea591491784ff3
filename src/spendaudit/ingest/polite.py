"""How a portal is asked: by name, over one connection a host, and as patiently as it wants."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse, Retry
from urllib3.connectionpool import ConnectionPool
from urllib3.exceptions import InsecureRequestWarning, InvalidHeader, MaxRetryError, ResponseError

from spendaudit import __version__
from spendaudit.wording import Words

HOMEPAGE: Final = "https://github.com/spendaudit/spendaudit"

#: What the portals that want a browser take for one; our own name stands behind it.
_BROWSER: Final = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/92.0.4515.159 Safari/537.36"
)

#: Answers that are worth asking again.
PASSING: Final = frozenset({429, 500, 502, 503, 504})


_NO_CERTIFICATE: Final = Words(
    "nothing is downloaded without a valid certificate; portals often mend it within days"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How patient and how insistent a run is. All times are in seconds."""

    #: How often one request is repeated when the portal is busy or failing.
    retries: int = 5
    #: How often it is repeated when nobody answers at all: being offline should be told soon.
    connects: int = 2
    #: The wait before the second repetition; it doubles each time.
    backoff: float = 1.0
    #: The longest wait. A portal that asks for more is left alone.
    longest_wait: float = 300.0
    #: How many cuts in a row that bring nothing new end a download.
    cuts: int = 5
    connect_timeout: float = 15.0
    read_timeout: float = 120.0
    sleep: Callable[[float], None] = time.sleep
    #: Say that a browser asks: some portals answer nobody else.
    browser: bool = False
    #: Whether certificates are verified; that they are not is the user's choice alone.
    verify: bool = True
    #: What a reader can do when a certificate cannot be verified.
    certificate_hint: Words = _NO_CERTIFICATE
    #: Called with a host's name when another run is downloading from it, before waiting for that.
    queue: Callable[[str], None] = lambda _host: None

    def pause(self, barren: int) -> float:
        """Return how long to wait before a download is resumed that was cut `barren` times for nothing."""
        return min(self.longest_wait, self.backoff * 2.0**barren)


def open_session(manners: Manners, delay: float) -> requests.Session:
    """Open a session that says who asks and keeps at least `delay` seconds before asking again."""
    session = requests.Session()
    if not manners.verify:
        # The user has chosen it and is told once; urllib3 would repeat it with every request.
        urllib3.disable_warnings(InsecureRequestWarning)
    ourselves = f"spendaudit/{__version__} (+{HOMEPAGE})"
    session.headers["User-Agent"] = f"{_BROWSER} {ourselves}" if manners.browser else ourselves
    # A compressed body has other lengths and offsets than the file, and could not be resumed.
    session.headers["Accept-Encoding"] = "identity"
    retry = _Patience(
        total=manners.retries,
        connect=manners.connects,
        status_forcelist=PASSING,
        allowed_methods={"GET", "POST"},
        backoff_factor=manners.backoff,
        backoff_max=manners.longest_wait,
        raise_on_status=False,
    )
    retry.wait, retry.delay = manners.sleep, delay
    adapter = HTTPAdapter(pool_maxsize=1, max_retries=retry)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


class _Patience(Retry):
    """Waits as long as the portal asks, and gives up at once when it asks for more than the longest wait."""

    wait: Callable[[float], None] = staticmethod(time.sleep)
    delay: float = 0.0

    def new(self, **changes: object) -> Self:
        retry = super().new(**changes)
        retry.wait, retry.delay = self.wait, self.delay
        return retry

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        try:
            return super().get_retry_after(response)
        except InvalidHeader:
            return None

    def sleep(self, response: BaseHTTPResponse | None = None) -> None:
        asked = self.get_retry_after(response) if response is not None else None
        self.wait(max(asked or self.get_backoff_time(), self.delay))

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: ConnectionPool | None = None,
        _stacktrace: TracebackType | None = None,
    ) -> Self:
        if response is not None and _pool and (self.get_retry_after(response) or 0) > self.backoff_max:
            raise MaxRetryError(_pool, url or "", ResponseError("the portal asks to wait for too long"))
        return super().increment(method, url, response, error, _pool, _stacktrace)
