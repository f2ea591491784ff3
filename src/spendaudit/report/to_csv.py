"""Writes a run as CSV for people: a line for each flagged row and finding, with all that was published of it.

The first columns say which question is asked; then come the canonical columns of the row; `file` and `row`
say where to find it in what was published, as a spreadsheet counts. When findings rest on several tables,
the columns are those of all of them, in the order of the model, and a line fills its own.

Files begin with a byte order mark, without which Excel takes UTF-8 for the local code page; pipes do not
get one, because `cut` and `awk` would take it for a part of the first column's name.
"""

from typing import Final, TextIO

import polars as pl

from spendaudit.model.findings import TOTAL
from spendaudit.model.run import Members, Run
from spendaudit.model.tables import SCHEMAS
from spendaudit.report.formats import Options
from spendaudit.report.safe import CONTROL

SUFFIXES: Final = (".csv",)
ENCODING: Final = "utf-8-sig"

_FINDING: Final = pl.Schema(
    {
        "fingerprint": pl.String(),
        "rule": pl.String(),
        "rule_name": pl.String(),
        "severity": pl.String(),
        "reason": pl.String(),
        "finding_amount": TOTAL,
    }
)
_PLACE: Final = pl.Schema({"file": pl.String(), "row": pl.UInt32(), "url": pl.String()})
#: Signs that make a spreadsheet read a cell as a formula.
_FORMULA: Final = r"^[=+\-@\t\r\n]"
#: Lines that are turned into text at a time.
_BATCH: Final = 20_000


def report(run: Run, stream: TextIO, options: Options) -> None:  # noqa: ARG001 a table to work with is whole
    """Write every flagged row of every finding, in the order of the findings."""
    members = _members(run)
    tables = [table for table in SCHEMAS if table in run.rows]
    published = dict.fromkeys(
        column for table in tables for column in run.rows[table].columns if column not in _PLACE
    )
    lines = pl.concat(
        [members.clear().drop("table"), *(_lines(run, members, table) for table in tables)], how="diagonal"
    )
    lines = lines.sort("line").select(
        as_written(column, lines.schema[column]) for column in (*_FINDING, *published, *_PLACE)
    )
    stream.write(lines.clear().write_csv())
    stream.writelines(batch.write_csv(include_header=False) for batch in lines.iter_slices(_BATCH))


def _members(run: Run) -> pl.DataFrame:
    """Lay the members of all findings under one another, each beside the question that it stands in."""
    findings = pl.DataFrame(
        [
            (one.fingerprint, one.rule, one.rule_name, one.severity.value, one.message, one.amount)
            for one in run.findings
        ],
        schema=_FINDING,
        orient="row",
    )
    counts = pl.Series([len(finding.members) for finding in run.findings], dtype=pl.UInt32())
    asked = findings.select(pl.all().gather(pl.int_range(pl.len()).repeat_by(counts).explode()))
    members = Members.joined(one.members for one in run.findings)
    return pl.concat([asked, members.drop("id")], how="horizontal").with_row_index("line")


def _lines(run: Run, members: pl.DataFrame, table: str) -> pl.DataFrame:
    """Put the row of the table beside each member that stands in it."""
    paths = {file.file: file.name for file in reversed(run.inputs)}
    return (
        members.filter(pl.col("table") == table)
        .join(
            run.rows[table].drop(_PLACE, strict=False).with_row_index("position"), on="position", how="left"
        )
        .drop("table")
        .with_columns(pl.col("file").replace(paths))
    )


def as_written(column: str, dtype: pl.DataType) -> pl.Expr:
    """Write a column as people get it: amounts without idle zeros, nothing that a spreadsheet would run."""
    cell = pl.col(column)
    match dtype:
        case pl.String() | pl.Categorical() | pl.Enum():
            return _for_spreadsheet(cell).alias(column)
        case pl.Decimal():
            # The zeros that the scale adds say nothing: 1250.0000 was published as 1250.
            return cell.cast(pl.String()).str.replace(r"\.?0+$", "")
        case _:
            return cell


def _for_spreadsheet(text: pl.Expr) -> pl.Expr:
    """Put an apostrophe before what a spreadsheet would run, and take out control characters."""
    words = text.cast(pl.String()).str.replace_all(r"\r\n?", "\n").str.replace_all(CONTROL, "")
    return pl.when(words.str.contains(_FORMULA)).then(pl.concat_str(pl.lit("'"), words)).otherwise(words)
