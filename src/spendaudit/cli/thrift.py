"""How much memory does a command take? By words to Polars, Arrow and their allocators, before they start."""

import os
from collections.abc import Mapping
from typing import Final

#: What Arrow frees can be given back, or be of use to others, where it has no allocator of its own.
_SHARED: Final = {"ARROW_DEFAULT_MEMORY_POOL": "system"}

#: Polars' allocator has four heaps for each processor otherwise, which is no faster and shows as memory.
_HEAPS: Final = f"muzzy_decay_ms:0,narenas:{os.cpu_count() or 1}"

#: While files are read, and nothing else is done, the next block asks for what the last one gave back.
READING: Final = {**_SHARED, "_RJEM_MALLOC_CONF": f"dirty_decay_ms:3000,{_HEAPS}"}

#: Where rules search, too, to keep it as long costs more memory than it saves time.
SEARCHING: Final = {**_SHARED, "_RJEM_MALLOC_CONF": f"dirty_decay_ms:500,{_HEAPS}"}

SPARING: Final = {
    **_SHARED,
    # Sooner yet, and one heap for all threads: both take longer.
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:50,muzzy_decay_ms:0,narenas:1",
    # Each thread holds what it works on.
    "POLARS_MAX_THREADS": "1",
    # Otherwise several parts of a file are read ahead of those that are worked on, each of many columns.
    "POLARS_ROW_GROUP_PREFETCH_SIZE": "1",
}


def begin(words: Mapping[str, str]) -> None:
    """Say so many words, where the user has said nothing. Too late once Polars is loaded."""
    for name, value in words.items():
        os.environ.setdefault(name, value)
