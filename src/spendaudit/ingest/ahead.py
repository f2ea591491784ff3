"""Works ahead of whoever reads an iterator, on a thread of its own, by a few items and no more."""

import queue
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")


class Ahead(Generic[T]):
    """A context in which an iterator runs in the background; leaving it ends the iterator, between items."""

    def __init__(self, items: Iterator[T], *, by: int) -> None:
        """Let up to `by` items wait to be read; for 0, work on one while the one before it is in use."""
        self._items = items
        self._by = by
        self._waiting: queue.Queue[tuple[T] | BaseException | None] = queue.Queue(maxsize=max(by, 1))
        self._stopped = threading.Event()
        self._worker = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> Iterator[T]:
        """Start; return the items. An error is raised where they are read."""
        self._worker.start()
        return self._arrive()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and wait until the iterator has."""
        self._stopped.set()
        while self._worker.is_alive():
            while not self._waiting.empty():
                self._waiting.get_nowait()
                self._waiting.task_done()
            self._worker.join(0.01)

    def _work(self) -> None:
        try:
            for item in self._items:
                if self._stopped.is_set():
                    return
                self._waiting.put((item,))
                if not self._by:
                    self._waiting.join()
        except BaseException as error:  # noqa: BLE001 it is raised again where the items are read
            self._waiting.put(error)
        else:
            self._waiting.put(None)

    def _arrive(self) -> Iterator[T]:
        while isinstance(arrived := self._taken(), tuple):
            yield arrived[0]
        if arrived is not None:
            raise arrived

    def _taken(self) -> tuple[T] | BaseException | None:
        taken = self._waiting.get()
        self._waiting.task_done()
        return taken
