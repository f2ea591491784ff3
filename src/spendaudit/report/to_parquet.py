"""Writes a run as Parquet for analysts: the lines and columns of the CSV, with their types.

Amounts are exact decimals, dates are dates; texts are as published, without control characters. The run, its
version and `schema_version` stand in the file's own metadata. The bytes are the same on every machine and
Python, but those of one version of Polars, which names itself in the file and chooses how columns are stored.
"""

from typing import BinaryIO, Final

import polars as pl

from spendaudit.engine.aside import Kept
from spendaudit.model.run import Run
from spendaudit.report.flagged import flagged, is_text, tidy
from spendaudit.report.formats import Options
from spendaudit.report.to_json import SCHEMA_VERSION

SUFFIXES: Final = (".parquet",)
ENCODING: Final = None

#: Rows in one row group: all that waits to be one is memory.
_ROW_GROUP: Final = 16_384


def report(run: Run, stream: BinaryIO, options: Options) -> None:  # noqa: ARG001 a table to work with is whole
    """Write every flagged row of every finding, in the order of the findings."""
    # Read from files again, row group after row group: all lines may be more than memory holds.
    lines = Kept(map(_tidied, flagged(run)))
    lines.lazy().sink_parquet(
        stream,
        row_group_size=_ROW_GROUP,
        metadata={
            "spendaudit.run": run.id,
            "spendaudit.version": run.version,
            "spendaudit.schema_version": str(SCHEMA_VERSION),
        },
    )


def _tidied(lines: pl.DataFrame) -> pl.DataFrame:
    return lines.with_columns(
        tidy(pl.col(name)).alias(name) for name, dtype in lines.schema.items() if is_text(dtype)
    )
