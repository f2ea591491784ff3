"""How much memory does an audit take? By words to Polars and its allocator, before they start."""

import os
from collections.abc import Mapping
from typing import Final

#: The allocator keeps what was freed for longer otherwise, which is no faster and shows as memory.
_USUAL: Final = {"_RJEM_MALLOC_CONF": "dirty_decay_ms:500,muzzy_decay_ms:0"}

_SPARE: Final = {
    # Sooner yet, which takes longer.
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:200,muzzy_decay_ms:0",
    # Otherwise several parts of a file are read ahead of those that are worked on, each of many columns.
    "POLARS_ROW_GROUP_PREFETCH_SIZE": "1",
}


def begin(*, spare: bool) -> None:
    """Give freed memory back; `spare`: at once, and read little ahead. Too late once Polars is loaded."""
    variables: Mapping[str, str] = _SPARE if spare else _USUAL
    for name, value in variables.items():
        os.environ.setdefault(name, value)
