"""Is the disk full? Polars tells of it in many words, some of which do not name it."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import polars as pl

#: What a system says of a full disk.
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
#: A disk with less room (in bytes) is full.
_ROOM: Final = 1 << 20


@contextmanager
def watched(folder: Path, name: Path) -> Iterator[None]:
    """Raise OSError with a name that a person knows, where the disk of a folder that is written is full."""
    try:
        yield
    except pl.exceptions.PolarsError as error:
        if shutil.disk_usage(folder).free < _ROOM:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(name)) from error
        raise
    except OSError as error:
        if error.errno in FULL and error.filename is None:
            raise OSError(error.errno, error.strerror, str(name)) from error
        raise
