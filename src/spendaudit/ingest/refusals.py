"""What to tell a reader when a portal says no, says nothing, or is not there."""

from http import HTTPStatus
from typing import Final

import requests

from spendaudit.errors import FetchError

RESUME: Final = "what had arrived is kept: run the same command again to go on from there"


def refused(response: requests.Response, url: str) -> FetchError:
    """Word an answer that brings no body."""
    status, wait = response.status_code, response.headers.get("Retry-After", "")
    if action := response.headers.get("x-amzn-waf-action", ""):
        return FetchError(
            f"{url}: the portal's firewall wants a person at a browser (HTTP {status}, {action})",
            hint="get the file by browser and audit that, or try from another network",
        )
    if status == HTTPStatus.TOO_MANY_REQUESTS or wait:
        asked = (
            f" and asks to wait {f'{wait} seconds' if wait.isdigit() else f'until {wait}'}" if wait else ""
        )
        return FetchError(f"{url}: the portal is busy (HTTP {status}){asked}", hint=f"try later; {RESUME}")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return FetchError(f"{url}: the portal is failing (HTTP {status})", hint=f"try later; {RESUME}")
    return FetchError(
        f"{url}: the portal refuses (HTTP {status})",
        hint="some portals shut out programs or other countries: get the file by browser and audit that",
    )


def unreached(error: requests.exceptions.RequestException, url: str, certificate_hint: str) -> FetchError:
    """Word a request that got no answer at all."""
    match error:
        case requests.exceptions.SSLError():
            return FetchError(f"{url}: the portal's certificate cannot be verified", hint=certificate_hint)
        case requests.exceptions.Timeout():
            return FetchError(f"{url}: the portal does not answer", hint="try again later")
        case requests.exceptions.ConnectionError():
            return FetchError(
                f"{url}: the portal cannot be reached",
                hint="check the network; if that is well, the portal may be down or its host may have moved",
            )
        case _:
            return FetchError(f"{url}: the request failed ({error})")


def absent(url: str, period: str, status: int, *, source: str, held_since: str) -> FetchError:
    """Word a 404 or 410; `held_since` is the day of the copy in the store, if there is one."""
    if held_since:
        return FetchError(
            f"{url}: the portal has withdrawn {period} (HTTP {status})",
            hint=f"the copy of {held_since} stays in the store",
        )
    return FetchError(
        f"{url}: {period} is not there (HTTP {status})",
        hint=f"not published yet, or moved: see `spendaudit sources {source}` for how often it comes",
    )


def unlisted(index: str, period: str, *, source: str) -> FetchError:
    """Word that a portal's list of its files does not have one."""
    return FetchError(
        f"{index}: the portal's list has no {period}",
        hint=f"not published yet: see `spendaudit sources {source}` for how often it comes",
    )
