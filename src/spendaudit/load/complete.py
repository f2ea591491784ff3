"""Tells data from what else stands in a file: empty rows, footers, text in columns that have no name."""

from typing import Final

import polars as pl

from spendaudit.ingest.records import ROW
from spendaudit.model.remarks import EMPTY, STRAY
from spendaudit.sources._source import PERIOD, Documents, Header, Source

#: Rows that are put aside, before their text is looked up.
ASIDE: Final = pl.Schema({"row": pl.UInt32, "reason": pl.String})


class Columns:
    """Completes and checks the published rows of one file, for every table it fills."""

    def __init__(self, source: Source, header: Header, period: str) -> None:
        """Take in `period` what the caller states and the file does not (`2017-04`); empty for nothing."""
        self._rejected = source.rejected
        self._nameless = sorted(header.nameless)
        self._read = sorted(source.used & set(header.names))
        self._grains = isinstance(source.layout, Documents)
        self._derived = source.derived
        stated = {PERIOD: period or None, **header.context, **dict.fromkeys(sorted(header.absent))}
        # A column that nobody reads would still be laid out beside every chunk of the others.
        read = source.used | source.context
        self._added = {name: pl.lit(text, pl.String) for name, text in stated.items() if name in read}

    def complete(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Add the columns that the file does not hold, and put aside (`ASIDE`) the rows that are not data."""
        frame = frame.with_columns(**self._added) if self._added else frame
        if self._grains:
            # A program laid these out: every row has something in it, and none is a title or a sum.
            return frame, pl.DataFrame(schema=ASIDE)
        if self._derived:
            frame = frame.with_columns(**self._derived)
        reasons = [*self._empty(frame), *self._stray_text(frame)]
        reasons += [pl.when(row).then(pl.lit(reason)) for reason, row in self._rejected.items()]
        if not reasons:
            return frame, pl.DataFrame(schema=ASIDE)
        reason = frame.select(reason=pl.coalesce(reasons)).to_series()
        if reason.null_count() == frame.height:
            return frame, pl.DataFrame(schema=ASIDE)
        aside = frame.select(pl.col(ROW).alias("row"), reason).filter(pl.col("reason").is_not_null())
        return frame.filter(reason.is_null()), aside

    def _empty(self, frame: pl.DataFrame) -> list[pl.Expr]:
        # A quoted empty cell is read as empty text, an unquoted one as null.
        texts = [name for name in self._read if frame.schema[name] == pl.String]
        if any(not frame[name].null_count() and (frame[name] != "").all() for name in texts):
            return []
        blank = [pl.col(name).fill_null("").str.strip_chars() == "" for name in texts]
        blank += [pl.col(name).is_null() for name in self._read if name not in texts]
        return [pl.when(pl.all_horizontal(blank)).then(pl.lit(EMPTY))]

    def _stray_text(self, frame: pl.DataFrame) -> list[pl.Expr]:
        return [
            pl.when(pl.col(name).str.strip_chars() != "").then(pl.lit(STRAY.format(column=name)))
            for name in self._nameless
            if frame[name].null_count() < frame.height
        ]
