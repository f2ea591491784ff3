"""Which legal ceiling was in force for a contract on the day it was decided."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Limits:
    """Every legal limit that this project has a source for."""


def load_limits() -> Limits:
    """Read the limits that this package ships."""
    return Limits()


def join_limits(contracts: pl.LazyFrame, jurisdictions: Mapping[str, str], limits: Limits) -> pl.LazyFrame:
    """Add `limit` (MONEY) and `limit_source` (String); `jurisdictions` maps each `source` to its country."""
    raise NotImplementedError
