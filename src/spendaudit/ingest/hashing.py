"""What is the hash of a file? It is worked out beside whatever is done with the file.

Some gigabytes keep a processor busy for seconds, and need no other part of the program.
"""

import hashlib
import threading
from pathlib import Path
from types import TracebackType
from typing import Final, Self

#: Bytes that stay in a core's cache from when they are read until they are hashed.
_BLOCK: Final = 256 << 10


class Hashing:
    """A context in which a file is hashed in the background; leaving it ends that, done or not."""

    def __init__(self, path: Path) -> None:
        """Nothing is read before the context is entered."""
        self._path = path
        self._digest = hashlib.sha256()
        self._stopped = threading.Event()
        self._error: BaseException | None = None
        self._worker = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> Self:
        """Start."""
        self._worker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and wait until the file is closed."""
        self._stopped.set()
        self._worker.join()

    def sha256(self) -> str:
        """Wait for the whole file's hash. Raises OSError where the file could not be read."""
        self._worker.join()
        if self._error:
            raise self._error
        return self._digest.hexdigest()

    def _work(self) -> None:
        try:
            block = memoryview(bytearray(_BLOCK))
            with self._path.open("rb", buffering=0) as stream:
                while not self._stopped.is_set() and (size := stream.readinto(block)):
                    self._digest.update(block[:size])
        except BaseException as error:  # noqa: BLE001 told to whoever asks: a part has a hash, too
            self._error = error
