"""Does a draft read the sample it was made of? Cells that it cannot read are counted; they cost trust."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import polars as pl

from spendaudit.ingest.cells import Cell
from spendaudit.load.drafting.draft import Draft
from spendaudit.load.drafting.settings import Drafted
from spendaudit.load.mapping import to_source
from spendaudit.load.mapping_file import ColumnMapping, MappingFile
from spendaudit.sources._source import PERIOD
from spendaudit.wording import Words

#: Unread cells up to this share are dirt: their rows are put aside, and said so.
_DIRT: Final = 0.02
_DOUBT: Final = 0.6


def checked(draft: Draft) -> Draft:
    """Read the sample by the draft; add what came of it to the evidence of each column."""
    settled = [one for one in draft.columns if not one.question]
    mapping = MappingFile(
        id=draft.id,
        table=draft.table,
        columns={one.canonical: ColumnMapping(**one.settings) for one in settled},
    )
    source = to_source(mapping)
    frame = draft.sample.frame.with_columns(pl.lit(None, pl.String).alias(PERIOD))
    frame = frame.rename({name: f"({name})" for name in frame.columns if name.startswith("column ")})
    frame = frame.with_columns(
        pl.when(~pl.col(pl.String).is_in(list(draft.nulls))).then(pl.col(pl.String))
        if draft.nulls
        else pl.col(pl.String)
    )
    unread = {
        name: cell.text.filter(cell.value.is_null() & cell.text.is_not_null())
        for name, cell in source.outputs[0].columns.items()
        if isinstance(cell, Cell)
    }
    found = {name: frame.select(expr.alias("cell"))["cell"] for name, expr in unread.items()}
    return replace(draft, columns=tuple(_told(one, found) for one in draft.columns))


def _told(one: Drafted, unread: Mapping[str, pl.Series]) -> Drafted:
    cells = unread.get(one.canonical)
    if cells is None or not cells.len() or one.source is None:
        return one
    share = cells.len() / max(one.source.filled, 1)
    why = Words(
        "{unread:,} of {all:,} cells cannot be read so; their rows would be put aside",
        unread=cells.len(),
        all=one.source.filled,
    )
    sure = one.sure if share <= _DIRT else min(one.sure, _DOUBT)
    return replace(one, sure=sure, evidence=(*one.evidence, why))
