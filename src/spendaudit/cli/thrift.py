"""How much memory does an audit take? By words to Polars, Arrow and their allocators, before they start."""

import os
from collections.abc import Mapping
from typing import Final

#: What Arrow frees can be given back, or be of use to others, where it has no allocator of its own.
_SHARED: Final = {"ARROW_DEFAULT_MEMORY_POOL": "system"}

#: The allocator keeps what was freed for longer otherwise, and in four heaps for each processor, which is no
#: faster and shows as memory.
_USUAL: Final = {
    **_SHARED,
    "_RJEM_MALLOC_CONF": f"dirty_decay_ms:500,muzzy_decay_ms:0,narenas:{os.cpu_count() or 1}",
}

_SPARE: Final = {
    **_SHARED,
    # Sooner yet, and one heap for all threads: both take longer.
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:50,muzzy_decay_ms:0,narenas:1",
    # Each thread holds what it works on.
    "POLARS_MAX_THREADS": "1",
    # Otherwise several parts of a file are read ahead of those that are worked on, each of many columns.
    "POLARS_ROW_GROUP_PREFETCH_SIZE": "1",
}


def begin(*, spare: bool) -> None:
    """Give freed memory back; `spare`: at once, and read little ahead. Too late once Polars is loaded."""
    variables: Mapping[str, str] = _SPARE if spare else _USUAL
    for name, value in variables.items():
        os.environ.setdefault(name, value)
