"""Which rules look at the legal limit? Joins it for those alone: a join over every contract is not free."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from spendaudit.enrich.limits import Limits, join_limits, load_limits
from spendaudit.model.run import Input
from spendaudit.model.tables import LIMITS, Tables
from spendaudit.rules._rule import Params, Rule

_TABLE = "contracts"


def reads_limits(rule: Rule[Any], params: Params) -> bool:
    """Tell whether a rule looks at the limit in force under these settings."""
    return bool(set(LIMITS[_TABLE]) & set(rule.columns(_TABLE)) - params.waived())


def with_limits(tables: Tables, inputs: Sequence[Input], limits: Limits | None) -> Tables:
    """Join the limit in force to every contract; contracts that bring their limits keep them."""
    countries = {file.source: file.jurisdiction for file in inputs}

    def joined(table: str, frame: pl.LazyFrame) -> pl.LazyFrame:
        if table != _TABLE or set(LIMITS[_TABLE]) <= set(frame.collect_schema()):
            return frame
        return join_limits(frame, countries, limits or load_limits())

    return tables.map(joined)


def without_limits(tables: Tables) -> Tables:
    """Leave the limits empty, for rules that select the columns and do not look at them."""

    def empty(table: str, frame: pl.LazyFrame) -> pl.LazyFrame:
        known = frame.collect_schema() if table == _TABLE else LIMITS[_TABLE]
        return frame.with_columns(
            pl.lit(None, dtype).alias(name) for name, dtype in LIMITS[_TABLE].items() if name not in known
        )

    return tables.map(empty)
