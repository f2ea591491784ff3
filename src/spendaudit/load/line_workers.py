"""Lays chunks of lines out in processes beside this one: parsing JSON holds the interpreter's lock.

A worker is a fresh interpreter that reads chunks from its input and writes what became of them to its output.
Nothing of the caller's program runs in it, and it ends when its input does.
"""

import importlib
import os
import pickle
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Final

import polars as pl

from spendaudit.sources._layouts import Laid

#: What lays out lines.
LayOut = Callable[[Sequence[bytes]], Laid]

#: More are not faster: the rows of all of them are mapped and written in this process.
_MOST: Final = 4

_SERVE: Final = (
    "import sys; sys.path[:] = sys.argv[3:]; "
    "from spendaudit.load.line_workers import serve; serve(sys.argv[1], sys.argv[2])"
)

#: Bytes that tell how long a message is.
_LENGTH: Final = 8


@dataclass(frozen=True, slots=True)
class Chunk:
    """What became of some lines."""

    laid: Laid
    #: Lines that were left, each by its place.
    left: dict[int, bytes]
    lines: int
    ascii: bool


def lay_out(text: bytes, lay: LayOut) -> Chunk | None:
    """Lay out whole lines; nothing if they are not UTF-8."""
    plain = text.isascii()
    if not plain:
        try:
            # Parsers pass over damage in what they do not read. Many times as fast as `decode`.
            pl.Series([text], dtype=pl.Binary).cast(pl.String)
        except pl.exceptions.PolarsError:
            return None
    lines = [line for line in text.split(b"\n") if line.strip(b" \t\r")]
    laid = lay(lines)
    return Chunk(laid, {place: lines[place] for place in laid.left}, len(lines), plain)


@contextmanager
def laid_out(chunks: Iterator[bytes], lay: LayOut, *, beside: bool) -> Iterator[Iterator[Chunk | None]]:
    """Lay out chunk by chunk, in order; `beside` this process where there is more than one processor."""
    count = min(_MOST, os.cpu_count() or 1) if beside else 0
    workers: list[subprocess.Popen[bytes]] = []
    try:
        with suppress(OSError):
            workers += (_started(lay) for _ in range(count if count > 1 else 0))
        yield _by_workers(chunks, lay, workers) if workers else (lay_out(chunk, lay) for chunk in chunks)
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()


def _started(lay: LayOut) -> subprocess.Popen[bytes]:
    command = (sys.executable, "-c", _SERVE, lay.__module__, lay.__name__, *sys.path)
    # Two engines of many threads each would only wait for one another.
    alone = {**os.environ, "POLARS_MAX_THREADS": "1"}
    return subprocess.Popen(  # noqa: S603 this interpreter, and this module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=alone
    )


def _by_workers(
    chunks: Iterator[bytes], lay: LayOut, workers: Sequence[subprocess.Popen[bytes]]
) -> Iterator[Chunk | None]:
    """Give every worker one chunk at a time: what it has made is taken before it gets the next."""
    waiting: deque[tuple[subprocess.Popen[bytes], bytes]] = deque()
    for chunk in chunks:
        if len(waiting) < len(workers):
            worker, done = workers[len(waiting)], None
        else:
            worker, before = waiting.popleft()
            done = (_answer(worker, before, lay),)
        waiting.append((worker, chunk))
        _send(worker, chunk)
        if done:
            yield done[0]
    while waiting:
        yield _answer(*waiting.popleft(), lay)


def _send(worker: subprocess.Popen[bytes], chunk: bytes) -> None:
    # A worker that has died is found out when its answer is read.
    if worker.stdin:
        with suppress(OSError):
            _write(worker.stdin, chunk)


def _answer(worker: subprocess.Popen[bytes], chunk: bytes, lay: LayOut) -> Chunk | None:
    """Read what a worker has made of a chunk; make it here if the worker could not."""
    if worker.stdout is None or (message := _read(worker.stdout)) is None:
        return lay_out(chunk, lay)
    answer: Chunk | None = pickle.loads(message)  # noqa: S301 a process of our own has written it
    return answer


def _write(stream: IO[bytes], message: bytes) -> None:
    stream.write(len(message).to_bytes(_LENGTH, "big"))
    stream.write(message)
    stream.flush()


def _read(stream: IO[bytes]) -> bytes | None:
    length = stream.read(_LENGTH)
    if len(length) < _LENGTH:
        return None
    size = int.from_bytes(length, "big")
    message = stream.read(size)
    return message if len(message) == size else None


def serve(module: str, name: str) -> None:
    """Lay out what comes in, until nothing does."""
    # Whoever interrupts the command means the process that shows it, which ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lay: LayOut = getattr(importlib.import_module(module), name)
    while (text := _read(sys.stdin.buffer)) is not None:
        _write(sys.stdout.buffer, pickle.dumps(lay_out(text, lay), protocol=pickle.HIGHEST_PROTOCOL))
