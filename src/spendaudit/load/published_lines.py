"""Finds the lines that a portal published, so that a finding can be compared with them."""

from collections.abc import Collection
from pathlib import Path

import polars as pl

from spendaudit.errors import ReadError
from spendaudit.ingest.archive import published
from spendaudit.load.batches import Reading
from spendaudit.load.complete import ASIDE
from spendaudit.load.matching import Recognised
from spendaudit.load.quarantine import Texts
from spendaudit.load.recognise import recognise
from spendaudit.model.run import Input
from spendaudit.sources import load_sources
from spendaudit.sources._source import Source


def published_lines(
    entry: Input, path: Path, table: str, rows: Collection[int], given: Source | None = None
) -> dict[int, str]:
    """Return the text of some rows of a file in one table, by row; reads no further than the last of them.

    `given` is the source of a file that was read by a mapping.
    Raises ReadError when the file is gone, or is no longer of the source that it was read as.
    """
    if not path.is_file():
        raise ReadError("{path} is no longer there", hint="put it back to see its lines", path=path)
    (whole,) = published(path, entry.member)
    sources = {given.id: given} if given else load_sources()
    recognised = recognise(whole, sources, source_id=entry.source, new_columns=True)
    outputs = recognised.source.outputs
    return lines_of(recognised, next((one.grain for one in outputs if one.table == table), ""), rows)


def lines_of(recognised: Recognised, grain: str, rows: Collection[int]) -> dict[int, str]:
    """Return the text of some rows of one grain, by row; reads no further than the last of them."""
    wanted = pl.DataFrame([(row, "") for row in sorted(rows)], schema=ASIDE, orient="row")
    found: dict[int, str] = {}
    with Reading(recognised).batches() as batches:
        for batch in (batch for batch in batches if batch.grain == grain):
            here = Texts([batch], recognised.source.layout).add(wanted, "").drop_nulls("text")
            found |= dict(zip(here["row"], here["text"], strict=True))
            if len(found) == wanted.height:
                break
    return found
