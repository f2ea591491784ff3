"""Which published rows stand in which finding? The one table that CSV, workbooks and Parquet are made of."""

from collections.abc import Iterator, Mapping
from typing import Final

import polars as pl

from spendaudit.engine.aside import plans
from spendaudit.engine.local import collect
from spendaudit.model.findings import TOTAL
from spendaudit.model.found import Findings
from spendaudit.model.run import Run
from spendaudit.model.tables import SCHEMAS
from spendaudit.report.safe import CONTROL, SEQUENCE

#: What a line says of its finding.
OF_FINDING: Final = pl.Schema(
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
OF_PLACE: Final = pl.Schema({"file": pl.String(), "row": pl.UInt32(), "url": pl.String()})
#: No column of a table is called so.
_ORDER: Final = "order of lines"
#: Flagged rows that are read in one go.
_AT_ONCE: Final = 20_000


def flagged(run: Run) -> Iterator[pl.DataFrame]:
    """Give a line for each flagged row of each finding, in the order of the findings, some after some.

    The columns of `OF_FINDING` come first, then the canonical columns of the tables that have flagged rows,
    in the order of the model, then those of `OF_PLACE`. When findings rest on several tables, a line fills
    its own. Without any finding, there are these columns all the same.
    """
    published = plans(run.rows)
    tables = {table: published[table] for table in SCHEMAS if table in published}
    paths = {file.file: file.name for file in reversed(run.inputs)}
    found = Findings.of(run.findings)
    return (_laid(some, tables, paths) for some in [*found.parts(_AT_ONCE)] or [found])


def _laid(found: Findings, tables: Mapping[str, pl.LazyFrame], paths: Mapping[str, str]) -> pl.DataFrame:
    members = _members(found)
    each = [_lines(members, table, published) for table, published in tables.items()]
    lines = pl.concat([members.clear(), *each], how="diagonal").sort(_ORDER)
    own = (name for name in lines.columns if name not in {*members.columns})
    return lines.select(*OF_FINDING, *own, *OF_PLACE).with_columns(pl.col("file").replace(paths))


def _members(found: Findings) -> pl.DataFrame:
    """Lay the members of findings under one another, each beside the question that it stands in."""
    told = found.frame.rename({"message": "reason", "amount": "finding_amount"})
    each = pl.int_range(pl.len()).repeat_by("members").explode()
    asked = told.select(pl.col(OF_FINDING.names()).gather(each))
    return pl.concat([asked, found.members.drop("id")], how="horizontal").with_row_index(_ORDER)


def _lines(members: pl.DataFrame, table: str, published: pl.LazyFrame) -> pl.DataFrame:
    """Put the row of the table beside each member that stands in it."""
    mine = members.filter(pl.col("table") == table)
    rows = published.drop(OF_PLACE, strict=False).with_row_index("position")
    rows = rows.rename({name: f"published_{name}" for name in OF_FINDING}, strict=False)
    # Where nothing is wanted, nothing is read but what columns there are.
    places = mine["position"].unique().implode()
    wanted = rows.head(0) if mine.is_empty() else rows.filter(pl.col("position").is_in(places))
    return mine.join(collect(wanted), on="position", how="left")


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
