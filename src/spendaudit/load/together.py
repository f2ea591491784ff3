"""Brings the trees of a file together that tell of one thing, wherever in the file they stand.

The file is read twice: first for what is told of more than once, at eight bytes a tree, then for the trees.
Those that belong together wait on disk, so memory does not grow with what they hold.
"""

import json
import tempfile
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import IO, Final

import numpy as np

from spendaudit.ingest.json_trees import Damaged, Tree
from spendaudit.model.remarks import TOO_DEEP

#: Opens the trees of a file, from the first on.
Opening = Callable[[], AbstractContextManager[Iterator[Tree | Damaged]]]

#: Trees that wait in memory up to this size (in bytes), and on disk beyond it.
_IN_MEMORY: Final = 16 << 20


def together(opening: Opening, tells_of: Callable[[Tree], str | None]) -> Iterator[Damaged | Sequence[Tree]]:
    """Give every tree alone, or with the others of the same thing, in the order of the file.

    Those with others come last.
    """
    several = _several(opening, tells_of)
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as waiting, opening() as trees:
        hashes, places = array("q"), array("q")
        place = 0
        for tree in trees:
            if isinstance(tree, Damaged):
                yield tree
                continue
            name = tells_of(tree)
            if name is None or not _holds(several, hash(name)):
                yield [tree]
                continue
            try:
                text = json.dumps(tree).encode()
            except RecursionError:
                yield Damaged(TOO_DEEP, name)
                continue
            hashes.append(hash(name))
            places.append(place)
            place += waiting.write(text + b"\n")
        yield from _groups(waiting, np.array(hashes), np.array(places), tells_of)


def _several(opening: Opening, tells_of: Callable[[Tree], str | None]) -> "array[int]":
    """Find the hashes of names that more than one tree has, in order."""
    hashes = array("q")
    with opening() as trees:
        for tree in trees:
            if not isinstance(tree, Damaged) and (name := tells_of(tree)) is not None:
                hashes.append(hash(name))
    values, counts = np.unique(np.frombuffer(hashes, np.int64), return_counts=True)
    return array("q", values[counts > 1].tobytes())


def _holds(ordered: "array[int]", value: int) -> bool:
    place = bisect_left(ordered, value)
    return place < len(ordered) and ordered[place] == value


def _groups(
    waiting: IO[bytes], hashes: "np.ndarray", places: "np.ndarray", tells_of: Callable[[Tree], str | None]
) -> Iterator[Sequence[Tree]]:
    if not len(hashes):
        return
    _, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
    # Hashes differ from run to run; the place of the first tree does not.
    order = np.lexsort((places, first[inverse]))
    ends = np.flatnonzero(np.diff(hashes[order], append=hashes[order[-1]] + 1)) + 1
    start = 0
    for end in ends.tolist():
        group: dict[str | None, list[Tree]] = {}
        for place in places[order[start:end]].tolist():
            waiting.seek(place)
            tree = json.loads(waiting.readline())
            group.setdefault(tells_of(tree), []).append(tree)
        yield from group.values()
        start = end
