"""Which published rows stand behind the findings? Fetches each of them once, whole.

One published row may become several rows of a table: two budget lines in two currencies, the contracts of one
record. So while rules search, rows go by their number in the table, and get their published one back here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

import polars as pl

from spendaudit.engine.local import collect
from spendaudit.model.findings import PLACE
from spendaudit.model.tables import NUMBER, SCHEMAS, Tables

#: Rows that are fetched in one go.
_AT_ONCE: Final = 50_000


def numbered(_table: str, frame: pl.LazyFrame) -> pl.LazyFrame:
    """Tell of each row its `NUMBER` in the table, unless whoever opened it has done so."""
    return frame if NUMBER in frame.collect_schema() else frame.with_row_index(NUMBER)


def numbers(found: pl.DataFrame) -> pl.Series:
    """List the rows that findings name (`members`), each once."""
    return found["members"].explode().struct.field("row").unique()


def flagged_rows(
    tables: Tables, found: Iterable[tuple[str, pl.DataFrame]]
) -> Iterator[tuple[str, Iterator[pl.DataFrame]]]:
    """Give the whole rows that the findings on each table name, by table, some after some, sorted by place.

    `number` stands beside their columns. Their texts are views of all that was read to find them.
    """
    named = defaultdict(list)
    for table, findings in found:
        if not findings.is_empty():
            named[table].append(numbers(findings))
    for table, several in sorted(named.items()):
        yield table, _fetched(table, tables[table], pl.concat(several).unique())


def _fetched(table: str, frame: pl.LazyFrame, wanted: pl.Series) -> Iterator[pl.DataFrame]:
    names = [name for name in SCHEMAS[table].names() if name in frame.collect_schema()]
    places = frame.select(*PLACE, number=NUMBER)
    known = collect(places.filter(pl.col("number").is_in(wanted.implode()))).sort(*PLACE, "number")
    whole = frame.select(*names, number=NUMBER)
    for some in known.iter_slices(_AT_ONCE):
        rows = collect(whole.filter(*_near(some), pl.col("number").is_in(some["number"].implode())))
        # The store keeps rows in this order; sorting them again would hold every text twice.
        yield rows if _in_place(rows) else rows.sort(*PLACE, "number")


def _near(places: pl.DataFrame) -> Iterator[pl.Expr]:
    """Tell what is in the same files as some places, and between the first and the last of them.

    Statistics of a file tell at once which of its parts hold nothing of that: they are not read.
    """
    yield pl.col("file").is_in(places["file"].unique().implode())
    yield pl.col("row").is_between(places["row"].min(), places["row"].max())


def _in_place(rows: pl.DataFrame) -> bool:
    file, row = pl.col("file"), pl.col("row")
    follows = (file > file.shift()) | ((file == file.shift()) & (row >= row.shift()))
    return bool(rows.select(follows.all()).item())
