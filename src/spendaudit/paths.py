"""Where spendaudit keeps what it downloads and makes, when nobody says otherwise."""

import os
from pathlib import Path
from typing import Final

import platformdirs

STORE_VARIABLE: Final = "SPENDAUDIT_STORE"


def default_store() -> Path:
    """Name the folder of the store: `SPENDAUDIT_STORE`, or the system's place for a user's data.

    Nothing is created: a command that only reads must leave no trace.
    """
    if chosen := os.environ.get(STORE_VARIABLE):
        return Path(chosen).expanduser()
    return platformdirs.user_data_path("spendaudit", appauthor=False) / "store"
