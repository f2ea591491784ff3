"""Chunks of lines are laid out beside the process as they are in it, whatever happens to a worker."""

import json
from collections.abc import Sequence

import polars as pl

from spendaudit.load.line_workers import laid_out, lay_out
from spendaudit.sources._layouts import Laid
from spendaudit.sources._ocds_lines import lines


def _chunk(number: int) -> bytes:
    releases = (
        {"ocid": f"ocds-zz9zz1-{number}-{place}", "tag": ["compiled"], "tender": {"title": f"Año {place}"}}
        for place in range(20 + number)
    )
    strange = b'{"ocid": "ocds-zz9zz1-x", "tag": ["compiled"], "tender": {"title": 12}}\n'
    return b"\n".join(json.dumps(one, ensure_ascii=False).encode() for one in releases) + b"\n\n" + strange


def test_workers_give_what_this_process_would_in_the_order_of_the_chunks() -> None:
    texts = [_chunk(number) for number in range(7)]

    with laid_out(iter(texts), lines, beside=True) as chunks:
        found = list(chunks)

    for text, chunk in zip(texts, found, strict=True):
        expected = lay_out(text, lines)
        assert chunk is not None
        assert expected is not None
        assert chunk.left == expected.left
        assert (chunk.lines, chunk.ascii) == (expected.lines, expected.ascii)
        assert chunk.laid.names.equals(expected.laid.names, null_equal=True)
        assert chunk.laid.rows["contract"].equals(expected.laid.rows["contract"])


def test_a_chunk_in_another_encoding_is_refused_by_workers_too() -> None:
    with laid_out(iter([_chunk(0).decode().encode("cp1252")]), lines, beside=True) as chunks:
        assert list(chunks) == [None]


def _of_no_module(texts: Sequence[bytes]) -> Laid:
    return Laid({}, pl.Series([None] * len(texts), dtype=pl.String), range(len(texts)))


def test_what_a_worker_fails_at_is_done_in_this_process() -> None:
    # No worker can find this function, which is of a module that only this process has.
    _of_no_module.__module__ = "no.such.module"

    with laid_out(iter([b"a\nb\n", b"c\n", b"d\n", b"e\n"]), _of_no_module, beside=True) as chunks:
        left = [chunk.left for chunk in chunks if chunk]

    assert left == [{0: b"a", 1: b"b"}, {0: b"c"}, {0: b"d"}, {0: b"e"}]


def test_workers_end_when_their_chunks_are_not_taken() -> None:
    with laid_out(iter([_chunk(1)] * 9), lines, beside=True) as chunks:
        first = next(chunks)

    assert first is not None
