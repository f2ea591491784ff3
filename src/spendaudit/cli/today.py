"""Which day is it? Today's, unless `SOURCE_DATE_EPOCH` says otherwise, as reproducible builds do."""

import os
from datetime import UTC, date, datetime

from spendaudit.errors import UsageError


def today() -> date:
    """Return the date (UTC where it is set from outside). Raises UsageError for a number that is none."""
    told = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not told:
        return datetime.now().astimezone().date()
    try:
        return datetime.fromtimestamp(int(told), UTC).date()
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            "SOURCE_DATE_EPOCH is {told!r}", hint="it is a number of seconds since 1970", told=told
        ) from None
