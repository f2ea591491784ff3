"""Reads the worked example out of a rule's page, so that the page is also the test."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import polars as pl

from spendaudit.errors import DefinitionError
from spendaudit.model.tables import SCHEMAS, Tables
from spendaudit.rules._page import EXAMPLE

#: Columns of an example that are filled in when it leaves them out, so that pages show what matters.
_FILE: Final = "example"


@dataclass(frozen=True, slots=True)
class Example:
    """The input tables, and the rows (1-based, as printed or meant) that each expected finding must name."""

    tables: Tables
    expected: frozenset[frozenset[int]]


def read_example(page: str) -> Example:
    """Parse the Markdown tables under the heading; the column `finding` holds what to expect.

    A row may belong to several findings: their letters stand apart by blanks. A row stands for as many as the
    column `times` says, where a rule needs more than a page can show, and `#` for the number of each. A table
    may go on in another of its name, with other columns. Keys that the example leaves out (`buyer_key`,
    `decision_date` ...) are taken from the column they are made of.
    """
    section = page.split(f"\n{EXAMPLE}\n", 1)[1]
    texts: dict[str, pl.DataFrame] = {}
    groups: dict[str, set[int]] = defaultdict(set)
    name, rows = "", list[list[str]]()
    for line in [*section.splitlines(), ""]:
        text = line.strip()
        if text.endswith(":") and text[:-1] in SCHEMAS:
            name, rows = text[:-1], []
        elif name and text.startswith("|"):
            rows.append([cell.strip() for cell in text.strip("|").split("|")])
        elif name and rows:
            header, _, *body = rows
            frame = pl.DataFrame(body, schema=dict.fromkeys(header, pl.String()), orient="row")
            if "times" in header:
                times = pl.col("times").cast(pl.Int64)
                each = frame.with_columns(times=pl.int_ranges(1, times + 1)).explode("times")
                which = times.cast(pl.String)
                frame = each.select(pl.exclude("times").str.replace_all("#", which, literal=True))
            before = texts.get(name, pl.DataFrame())
            if "finding" in header:
                for number, letters in enumerate(frame["finding"], start=before.height + 1):
                    for letter in letters.split():
                        groups[letter].add(number)
                frame = frame.drop("finding")
            texts[name] = pl.concat([before, frame], how="diagonal").fill_null("")
            name = ""
    if not texts or not groups:
        raise DefinitionError("the worked example has no table or expects no finding")
    frames = {name: _typed(name, text).lazy() for name, text in texts.items()}
    return Example(Tables(frames), frozenset(frozenset(rows) for rows in groups.values()))


#: What a left-out column of an example is copied from.
_COPIED: Final = {
    "buyer_key": ("buyer_id", "buyer_name"),
    "supplier_key": ("supplier_id", "supplier_name"),
    "payer_key": ("payer_id", "payer_name"),
    "payee_key": ("payee_id", "payee_name"),
    "decision_date": ("award_date", "date_signed", "contract_start", "published_date"),
}


def _typed(name: str, text: pl.DataFrame) -> pl.DataFrame:
    """Give the text its canonical types, and add as nulls the columns the example leaves out."""
    if unknown := set(text.columns) - set(SCHEMAS[name]):
        raise DefinitionError(f"the worked example: {name} has no {', '.join(sorted(unknown))}")
    columns = []
    for column, dtype in SCHEMAS[name].items():
        copied = [origin for origin in _COPIED.get(column, ()) if origin in text.columns]
        if column in text.columns:
            columns.append(_parsed(column, dtype))
        elif column == "row":
            columns.append(pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).alias("row"))
        elif column in {"file", "source"}:
            columns.append(pl.lit(_FILE).alias(column))
        elif copied:
            columns.append(pl.coalesce(_parsed(origin, dtype) for origin in copied).alias(column))
        else:
            columns.append(pl.lit(None, dtype).alias(column))
    return text.select(columns)


def _parsed(column: str, dtype: pl.DataType) -> pl.Expr:
    text = pl.col(column).replace("", None)
    if dtype == pl.Date():
        return text.str.to_date("%Y-%m-%d")
    if dtype == pl.Datetime("us"):
        return text.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us")
    if dtype == pl.Boolean():
        return text.replace_strict({"yes": True, "no": False}, return_dtype=pl.Boolean)
    return text.cast(dtype)
