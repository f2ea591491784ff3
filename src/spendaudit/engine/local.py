"""Runs plans on this machine. The only place of the auditing wing that does."""

import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

import polars as pl

#: Polars would keep what two branches of a plan both read, whole, until the slower one has taken it. Reading
#: twice costs less than that memory; what costs more is marked by `cache()` in the plan, which stays.
_OPTIMIZATIONS: Final = pl.QueryOptFlags(comm_subplan_elim=False)


def collect(plan: pl.LazyFrame) -> pl.DataFrame:
    """Carry out one plan, in batches that need not fit in memory together."""
    return plan.collect(engine="streaming", optimizations=_OPTIMIZATIONS)


def write(plan: pl.LazyFrame, file: Path, *, compression_level: int, row_group_size: int) -> None:
    """Carry out one plan, and write each batch to a Parquet file as it comes."""
    plan.sink_parquet(
        file,
        compression_level=compression_level,
        row_group_size=row_group_size,
        engine="streaming",
        optimizations=_OPTIMIZATIONS,
    )


def compact(result: pl.DataFrame) -> pl.DataFrame:
    """Return an equal frame that keeps nothing else in memory.

    The texts of a result are views of the pages that they were read from: a hundred rows may keep alive all
    pages of a table. Written out and read again, they stand by themselves. Columns without any value are
    left out of that, beside some that have one: they would take as much as short texts.
    """
    empty = [name for name in result.columns if 0 < result[name].null_count() == result.height]
    copy = io.BytesIO()
    result.drop(empty).write_ipc(copy)
    copy.seek(0)
    nothing = (pl.lit(None, result.schema[name]).alias(name) for name in empty)
    return pl.read_ipc(copy).with_columns(nothing).select(result.columns)


@dataclass(frozen=True, slots=True)
class Held:
    """A table of which numbers, dates and codes are in memory, for the plans of many rules.

    They take some 70 bytes a row of contracts. Published texts take several times that and are wanted of few
    rows: they stay where they are, and a plan that reads them fetches them row by row beside the rest.
    """

    memory: pl.DataFrame
    #: Columns without any value, which are not in memory.
    nothing: Mapping[str, pl.DataType]
    stored: pl.LazyFrame
    rows: int
    #: How many rows lack each column that is in memory.
    nulls: Mapping[str, int]

    @classmethod
    def of(cls, frame: pl.LazyFrame, columns: Collection[str]) -> Self:
        """Read these columns of a table, but for texts."""
        schema = frame.collect_schema()
        texts = [name for name in columns if schema[name] == pl.String()]
        held = collect(frame.select(name for name in columns if name not in texts))
        # Most portals leave out a third of the columns, which would take as much as full ones.
        nulls = {name: held[name].null_count() for name in held.columns}
        empty = [name for name, count in nulls.items() if count == held.height]
        nothing = {name: schema[name] for name in empty}
        return cls(held.drop(empty), nothing, frame.select(texts), held.height, nulls)

    def only(self, columns: Collection[str]) -> "Held":
        """Hold no other columns any longer."""
        return replace(
            self, memory=self.memory.select(name for name in self.memory.columns if name in columns)
        )

    def select(self, columns: Sequence[str]) -> pl.LazyFrame:
        """Return some of the columns that were read, and of the texts, in this order."""
        texts = [name for name in columns if name in self.stored.collect_schema()]
        nothing = (pl.lit(None, dtype).alias(name) for name, dtype in self.nothing.items())
        memory = self.memory.lazy().with_columns(nothing)
        rest = memory.select(name for name in columns if name not in texts)
        # A plan that read none would still read the first of them, to count rows.
        parts = [rest, self.stored.select(texts)] if texts else [rest]
        return pl.concat(parts, how="horizontal").select(columns)
