"""Writes a table's rows to Parquet as they come, so that memory does not grow with the file."""

import queue
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl
from polars.io.plugins import register_io_source

#: Rows that are kept before a file is begun; a release smaller than this is written in one go.
_BUFFERED: Final = 20_000

#: Rows in one row group: enough to compress well, few enough to keep memory flat.
ROW_GROUP: Final = 122_880

#: The same where rows come slowly: all that waits to be a row group is memory, and here it is most of it.
SMALL_ROW_GROUP: Final = 16_384

#: Of zstd: a tenth less work than the usual 3, for files that are 2 % larger.
_LEVEL: Final = 1


class Writer:
    """One Parquet file in the making. `add` frames, then `close`; or `abandon` it."""

    def __init__(self, path: Path, schema: pl.Schema, *, row_group: int = ROW_GROUP) -> None:
        """Nothing is written before there is something to write."""
        self._path = path
        self._schema = schema
        self._row_group = row_group
        self._buffered = min(_BUFFERED, row_group)
        self._waiting: list[pl.DataFrame] = []
        self._waiting_rows = 0
        self._queue: queue.Queue[pl.DataFrame | None] = queue.Queue(maxsize=1)
        self._thread: threading.Thread | None = None
        self._error: BaseException | None = None
        self.rows = 0

    def add(self, frame: pl.DataFrame) -> None:
        """Take some rows, in the schema's columns and types."""
        self.rows += frame.height
        self._waiting.append(frame)
        self._waiting_rows += frame.height
        if self._waiting_rows >= self._buffered:
            self._hand_over()

    def close(self) -> None:
        """Write what is left. After this the file is whole."""
        if self._thread is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            frame = pl.concat(self._waiting) if self._waiting else pl.DataFrame(schema=self._schema)
            frame.write_parquet(self._path, compression_level=_LEVEL, row_group_size=self._row_group)
            return
        if self._waiting:
            self._hand_over()
        self._put(None)
        self._thread.join()
        if self._error:
            raise self._error

    def abandon(self) -> None:
        """Give up: the file stays incomplete, where nobody looks for it."""
        if self._thread is not None:
            self._put(None)
            self._thread.join()

    def _hand_over(self) -> None:
        if self._thread is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._thread = threading.Thread(target=self._sink, daemon=True)
            self._thread.start()
        self._put(pl.concat(self._waiting))
        self._waiting, self._waiting_rows = [], 0

    def _put(self, frame: pl.DataFrame | None) -> None:
        while self._error is None:
            try:
                self._queue.put(frame, timeout=0.5)
            except queue.Full:
                continue
            return

    def _sink(self) -> None:
        def frames(
            columns: list[str] | None, _predicate: pl.Expr | None, _rows: int | None, _batch: int | None
        ) -> Iterator[pl.DataFrame]:
            while (frame := self._queue.get()) is not None:
                yield frame.select(columns) if columns is not None else frame

        try:
            register_io_source(frames, schema=self._schema).sink_parquet(
                self._path, compression_level=_LEVEL, row_group_size=self._row_group, maintain_order=True
            )
        except BaseException as error:  # noqa: BLE001 it is raised again where the rows come from
            self._error = error
