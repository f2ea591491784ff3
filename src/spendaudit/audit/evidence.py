"""Which published rows stand behind the findings? Fetches each of them once, whole."""

from typing import Final

import polars as pl

from spendaudit.engine.local import collect
from spendaudit.model.tables import SCHEMAS, Tables

#: Where a row was published.
PLACE: Final = ("file", "row")


def flagged_rows(tables: Tables, members: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the whole rows that members (`table`, `file`, `row`) name, by table, sorted by place."""
    return {
        str(table): _fetched(str(table), tables[str(table)], named.select(PLACE).unique())
        for (table,), named in sorted(members.partition_by("table", as_dict=True).items())
    }


def with_urls(members: pl.DataFrame, rows: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Add `url`, where the portal publishes the row; null where it names no page. Keeps the order."""
    pages = [
        rows[table].select("file", "row", "url", table=pl.lit(table))
        for table in rows
        if "url" in rows[table].columns
    ]
    if not pages:
        return members.with_columns(url=pl.lit(None, pl.String()))
    return members.join(pl.concat(pages), on=["table", *PLACE], how="left", maintain_order="left")


def _fetched(table: str, frame: pl.LazyFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    # A condition on `file` and `row` spares the reader what it need not decode; the join makes it exact.
    near = [pl.col(column).is_in(wanted[column].unique().implode()) for column in PLACE]
    known = frame.collect_schema().names()
    rows = collect(
        frame.filter(*near)
        .join(wanted.lazy(), on=PLACE, how="semi", maintain_order="left")
        .select(name for name in SCHEMAS[table].names() if name in known)
    )
    # The store keeps rows in this order; sorting them again would hold every text twice.
    return rows if _in_place(rows) else rows.sort(PLACE)


def _in_place(rows: pl.DataFrame) -> bool:
    file, row = pl.col("file"), pl.col("row")
    follows = (file > file.shift()) | ((file == file.shift()) & (row >= row.shift()))
    return bool(rows.select(follows.all()).item())
