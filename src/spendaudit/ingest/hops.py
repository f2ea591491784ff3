"""Asks for one address and follows where it leads, over one connection a host, whoever else is asking."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import requests

from spendaudit.errors import FetchError
from spendaudit.ingest.polite import Manners
from spendaudit.ingest.refusals import refused, unreached

#: More redirects than any portal needs are a circle.
_MOST_HOPS: Final = 10
#: A list or a count is short; what is longer is none.
_LONGEST_TEXT: Final = 16_000_000


@dataclass(slots=True, kw_only=True)
class Line:
    """The line to the portals."""

    session: requests.Session
    manners: Manners
    #: Seconds between two requests.
    delay: float = 0.0
    #: Holds a host (`portal.example:443`) while it is talked to; others wait for it.
    turn: Callable[[str], AbstractContextManager[None]]
    _asked: bool = False

    @contextmanager
    def ask(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        question: Mapping[str, str | int] | None = None,
    ) -> Iterator[tuple[requests.Response, bool]]:
        """Hold the last answer open, and tell whether every hop was encrypted and its certificate verified.

        A `question` is posted as JSON. Raises `FetchError` when nobody answers, or everybody points on.
        """
        if self._asked:
            self.manners.sleep(self.delay)
        self._asked = True
        address, verified = url, self.manners.verify
        for _ in range(_MOST_HOPS):
            with (
                self.turn(urlsplit(address).netloc),
                self._request(url, address, headers, question) as answer,
            ):
                verified &= address.startswith("https:")
                if answer.next is None or answer.next.url is None:
                    yield answer, verified
                    return
                address = answer.next.url
        raise FetchError(
            "{url}: the portal sends from one address to the next, without end",
            hint="open the address in a browser: it may ask for a login, or have moved",
            url=url,
        )

    def text(self, url: str, question: Mapping[str, str | int] | None = None) -> str:
        """Return a short answer. Raises `FetchError` when there is none."""
        with self.ask(url, question=question) as (answer, _):
            if answer.status_code != HTTPStatus.OK:
                raise refused(answer, url)
            body = bytearray()
            try:
                for chunk in answer.iter_content(65_536):
                    body += chunk
                    if len(body) > _LONGEST_TEXT:
                        raise FetchError(
                            "{url}: the portal sends more than the short answer it was asked for", url=url
                        )
            except requests.exceptions.RequestException as error:
                raise FetchError("{url}: the connection was cut", hint="try again later", url=url) from error
        return body.decode("utf-8", "replace")

    def _request(
        self,
        url: str,
        address: str,
        headers: Mapping[str, str] | None,
        question: Mapping[str, str | int] | None,
    ) -> requests.Response:
        try:
            return self.session.request(
                "POST" if question else "GET",
                address,
                headers=headers,
                json=question,
                stream=True,
                timeout=(self.manners.connect_timeout, self.manners.read_timeout),
                allow_redirects=False,
                # Said with every request: a session's own word gives way to the environment's certificates.
                verify=None if self.manners.verify else False,
            )
        except requests.exceptions.RequestException as error:
            raise unreached(error, url, self.manners.certificate_hint) from error
