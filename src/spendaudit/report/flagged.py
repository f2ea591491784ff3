"""Which published rows stand in which finding? The one table that CSV, workbooks and Parquet are made of."""

from typing import Final

import polars as pl

from spendaudit.model.findings import TOTAL
from spendaudit.model.found import Findings
from spendaudit.model.run import Run
from spendaudit.model.tables import SCHEMAS
from spendaudit.report.safe import CONTROL, SEQUENCE

#: What a line says of its finding.
FINDING: Final = pl.Schema(
    {
        "fingerprint": pl.String(),
        "rule": pl.String(),
        "rule_name": pl.String(),
        "severity": pl.String(),
        "reason": pl.String(),
        "finding_amount": TOTAL,
    }
)
#: Where its row was published.
PLACE: Final = pl.Schema({"file": pl.String(), "row": pl.UInt32(), "url": pl.String()})


def flagged(run: Run) -> pl.DataFrame:
    """Return a line for each flagged row of each finding, in the order of the findings.

    The columns of `FINDING` come first, then the canonical columns of the tables that have flagged rows, in
    the order of the model, then those of `PLACE`. When findings rest on several tables, a line fills its own.
    """
    members = _members(run)
    tables = [table for table in SCHEMAS if table in run.rows]
    published = dict.fromkeys(
        column for table in tables for column in run.rows[table].columns if column not in PLACE
    )
    lines = pl.concat(
        [members.clear().drop("table"), *(_lines(run, members, table) for table in tables)], how="diagonal"
    )
    return lines.sort("line").select(*FINDING, *published, *PLACE)


def _members(run: Run) -> pl.DataFrame:
    """Lay the members of all findings under one another, each beside the question that it stands in."""
    found = Findings.of(run.findings)
    told = found.frame.rename({"message": "reason", "amount": "finding_amount"})
    asked = told.select(pl.col(FINDING.names()).gather(pl.int_range(pl.len()).repeat_by("members").explode()))
    members = found.members
    return pl.concat([asked, members.drop("id")], how="horizontal").with_row_index("line")


def _lines(run: Run, members: pl.DataFrame, table: str) -> pl.DataFrame:
    """Put the row of the table beside each member that stands in it."""
    paths = {file.file: file.name for file in reversed(run.inputs)}
    return (
        members.filter(pl.col("table") == table)
        .join(run.rows[table].drop(PLACE, strict=False).with_row_index("position"), on="position", how="left")
        .drop("table")
        .with_columns(pl.col("file").replace(paths))
    )


def tidy(text: pl.Expr) -> pl.Expr:
    """Take out of a column of text what a terminal would obey; lines stay apart."""
    return (
        text.cast(pl.String())
        .str.replace_all(SEQUENCE, "")
        .str.replace_all(r"\r\n?", "\n")
        .str.replace_all(CONTROL, "")
    )


def is_text(dtype: pl.DataType) -> bool:
    """Tell whether a column holds words."""
    return isinstance(dtype, pl.String | pl.Categorical | pl.Enum)
