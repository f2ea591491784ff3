"""Maps the dimensions of a fiscal file onto the columns of a budget, and tells its lines apart."""

from collections.abc import Sequence

import polars as pl

from spendaudit.ingest.cells import Cell, text
from spendaudit.load.fiscal.meaning import PHASES, Level, Meaning

#: How canonical columns are read.
Columns = dict[str, Cell | pl.Expr]


def lines(meaning: Meaning) -> Columns:
    """Map the name of a line, its classifications, and the institution that it belongs to."""
    dimensions = meaning.dimensions
    payee = meaning.parties.get("payee", Level()).key
    keys = [level.key for levels in dimensions.values() for level in levels if level.key != payee]
    columns: Columns = {"is_leaf": pl.lit(value=True)}
    if line := meaning.columns.get("line"):
        columns["line_id"] = text(line)
    elif keys:
        words = [text(key).fill_null("") for key in dict.fromkeys(keys)]
        columns["line_id"] = pl.concat_str(words, separator="-")
    for kind in ("administrative", "functional", "economic", "fund"):
        columns |= _classified(kind, dimensions.get(kind, []))
    if administrative := dimensions.get("administrative"):
        columns |= named("institution", administrative[0])
    elif "payer" in meaning.parties:
        columns |= named("institution", meaning.parties["payer"])
    return columns


def _classified(kind: str, levels: Sequence[Level]) -> Columns:
    """Write the codes of all levels as one, and the label of the last that has one."""
    columns: Columns = {}
    if codes := [level.code for level in levels if level.code]:
        whole = levels[-1].full and levels[-1].code
        columns[f"{kind}_code"] = (
            text(whole)
            if whole
            else pl.concat_str([text(one) for one in codes], separator="-", ignore_nulls=True)
        )
    if labels := [level.label for level in levels if level.label]:
        columns[f"{kind}_label"] = pl.coalesce(text(label) for label in reversed(labels))
    return columns


def named(role: str, level: Level) -> Columns:
    """Map a party: a single column is its name."""
    if level.code and level.label:
        return {f"{role}_id": text(level.code), f"{role}_name": text(level.label)}
    return {f"{role}_name": text(level.key)}


def one_row_a_line(lines: pl.LazyFrame) -> pl.LazyFrame:
    """Bring the phases of a line together, where each of them stands in one row."""
    phases = list(PHASES)
    line = [name for name in lines.collect_schema().names() if name not in {"row", *phases}]
    once = pl.all_horizontal(pl.col(phases).count().over(line) <= 1)
    marked = lines.with_columns(alone=pl.when(~once).then(pl.col("row")))
    together = marked.group_by(*line, "alone", maintain_order=True).agg(
        pl.col("row").min(), pl.col(phases).drop_nulls().first()
    )
    return together.select(lines.collect_schema().names()).sort("row")
