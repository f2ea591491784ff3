"""Tells of archives that are damaged or locked in plain words, wherever in them that shows."""

import errno
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Final

from spendaudit.errors import ReadError

#: What the libraries were seen to raise over bytes that are no whole archive.
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    LookupError,
    ValueError,
    OverflowError,
)

#: They seek before a file's start, or tell of bad bytes as of a bad disk; no disk gives these numbers.
_NO_FAULT_OF_THE_DISK: Final = {None, errno.EINVAL}


@contextmanager
def told(label: str) -> Iterator[None]:
    """Raise ReadError for what the libraries raise; nothing but calls of them belongs in the context."""
    try:
        yield
    except EOFError as error:
        raise ReadError(
            "{file}: the archive ends too early", hint="download it again; it was cut short", file=label
        ) from error
    except _DAMAGE as error:
        raise _damaged(label, error) from error
    except NotImplementedError as error:
        raise ReadError(
            "{file} is packed by a method that is not read ({error})",
            hint="unpack it, and give the file that was in it",
            file=label,
            error=error,
        ) from error
    except RuntimeError as error:
        if "encrypted" not in str(error):
            raise
        raise ReadError(
            "{file} is locked with a password",
            hint="unpack it with the password, and give what was in it",
            file=label,
        ) from error
    except OSError as error:
        if error.errno not in _NO_FAULT_OF_THE_DISK:
            raise
        raise _damaged(label, error) from error


def _damaged(label: str, error: Exception) -> ReadError:
    return ReadError(
        "{file}: the archive is damaged ({error})",
        hint="download it again; it may be cut short",
        file=label,
        error=error or type(error).__name__,
    )


class Packed:
    """A stream out of an archive, read from its start to its end."""

    def __init__(self, stream: IO[bytes], label: str, name: str) -> None:
        """Call it `label` in messages; `name` is what it is called in the archive."""
        self._stream = stream
        self._label = label
        self.name = name

    def read(self, size: int = -1) -> bytes:
        """Read up to so many bytes."""
        with told(self._label):
            return self._stream.read(size)

    def readinto(self, view: memoryview) -> int:
        """Fill the view as far as there is something to read."""
        with told(self._label):
            return int(self._stream.readinto(view))  # type: ignore[attr-defined]
