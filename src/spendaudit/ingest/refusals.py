"""What to tell a reader when a portal says no, says nothing, or is not there."""

from http import HTTPStatus
from typing import Final

import requests

from spendaudit.errors import FetchError
from spendaudit.wording import Words

RESUME: Final = Words("what had arrived is kept: run the same command again to go on from there")


def refused(response: requests.Response, url: str) -> FetchError:
    """Word an answer that brings no body."""
    status, wait = response.status_code, response.headers.get("Retry-After", "")
    if action := response.headers.get("x-amzn-waf-action", ""):
        return FetchError(
            "{url}: the portal's firewall wants a person at a browser (HTTP {status}, {action})",
            hint="get the file by browser and audit that, or try from another network",
            url=url,
            status=status,
            action=action,
        )
    if status == HTTPStatus.TOO_MANY_REQUESTS or wait:
        return FetchError(
            "{url}: the portal is busy (HTTP {status}) and asks to wait {wait} seconds"
            if wait.isdigit()
            else "{url}: the portal is busy (HTTP {status}) and asks to wait until {wait}"
            if wait
            else "{url}: the portal is busy (HTTP {status})",
            hint="try later; {resume}",
            url=url,
            status=status,
            wait=wait,
            resume=RESUME,
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return FetchError(
            "{url}: the portal is failing (HTTP {status})",
            hint="try later; {resume}",
            url=url,
            status=status,
            resume=RESUME,
        )
    return FetchError(
        "{url}: the portal refuses (HTTP {status})",
        hint="some portals shut out programs or other countries: get the file by browser and audit that",
        url=url,
        status=status,
    )


def unreached(error: requests.exceptions.RequestException, url: str, certificate_hint: Words) -> FetchError:
    """Word a request that got no answer at all."""
    match error:
        case requests.exceptions.SSLError():
            return FetchError(
                "{url}: the portal's certificate cannot be verified", hint=certificate_hint, url=url
            )
        case requests.exceptions.Timeout():
            return FetchError("{url}: the portal does not answer", hint="try again later", url=url)
        case requests.exceptions.ConnectionError():
            return FetchError(
                "{url}: the portal cannot be reached",
                hint="check the network; if that is well, the portal may be down or its host may have moved",
                url=url,
            )
        case _:
            return FetchError("{url}: the request failed ({error})", url=url, error=error)


def absent(url: str, period: str, status: int, *, source: str, held_since: str) -> FetchError:
    """Word a 404 or 410; `held_since` is the day of the copy in the store, if there is one."""
    if held_since:
        return FetchError(
            "{url}: the portal has withdrawn {period} (HTTP {status})",
            hint="the copy of {held_since} stays in the store",
            url=url,
            period=period,
            status=status,
            held_since=held_since,
        )
    return FetchError(
        "{url}: {period} is not there (HTTP {status})",
        hint="not published yet, or moved: see `spendaudit sources {source}` for how often it comes",
        url=url,
        period=period,
        status=status,
        source=source,
    )


def unlisted(index: str, period: str, *, source: str) -> FetchError:
    """Word that a portal's list of its files does not have one."""
    return FetchError(
        "{index}: the portal's list has no {period}",
        hint="not published yet: see `spendaudit sources {source}` for how often it comes",
        index=index,
        period=period,
        source=source,
    )
