"""Writes a run as CSV for people: a line for each flagged row and finding, with all that was published of it.

The first columns say which question is asked; then come the canonical columns of the row; `file` and `row`
say where to find it in what was published, as a spreadsheet counts. When findings rest on several tables,
the columns are those of all of them, in the order of the model, and a line fills its own.

Files begin with a byte order mark, without which Excel takes UTF-8 for the local code page; pipes do not
get one, because `cut` and `awk` would take it for a part of the first column's name.
"""

from typing import Final, TextIO

import polars as pl

from spendaudit.model.run import Run
from spendaudit.report.flagged import flagged, is_text, tidy
from spendaudit.report.formats import Options

SUFFIXES: Final = (".csv",)
ENCODING: Final = "utf-8-sig"

#: Signs that make a spreadsheet read a cell as a formula; East Asian ones read wide signs, too.
_FORMULA: Final = r"^[=+\-@\t\r\n\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}]"
#: Lines that are turned into text at a time.
_BATCH: Final = 5_000


def report(run: Run, stream: TextIO, options: Options) -> None:
    """Write every flagged row of every finding, in the order of the findings; or the list asked for."""
    heading = True
    for lines in [options.lists[0].rows] if options.lists else flagged(run):
        written = lines.select(as_written(column, dtype) for column, dtype in lines.schema.items())
        if heading:
            stream.write(written.clear().write_csv())
            heading = False
        stream.writelines(batch.write_csv(include_header=False) for batch in written.iter_slices(_BATCH))


def as_written(column: str, dtype: pl.DataType) -> pl.Expr:
    """Write a column as people get it: amounts without idle zeros, nothing that a spreadsheet would run."""
    cell = pl.col(column)
    if is_text(dtype):
        return _for_spreadsheet(cell).alias(column)
    if isinstance(dtype, pl.Decimal):
        # The zeros that the scale adds say nothing: 1250.0000 was published as 1250.
        return cell.cast(pl.String()).str.replace(r"\.?0+$", "")
    return cell


def _for_spreadsheet(text: pl.Expr) -> pl.Expr:
    """Put an apostrophe before what a spreadsheet would run, and take out control characters."""
    words = tidy(text)
    return pl.when(words.str.contains(_FORMULA)).then(pl.concat_str(pl.lit("'"), words)).otherwise(words)
