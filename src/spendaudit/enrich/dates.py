"""When a contract was decided, as far as its portal published it."""

from typing import Final

import polars as pl

from spendaudit.model.codelists import DATE_BASIS

#: The earliest act that binds the buyer comes first; the names are those of `DATE_BASIS`, in its order.
_BASES: Final = tuple(DATE_BASIS.categories)


def decision_date() -> pl.Expr:
    """Take the first published date of a contract (Date); null when none is."""
    return pl.coalesce(_BASES).alias("decision_date")


def date_basis() -> pl.Expr:
    """Name the column that `decision_date` was taken from (`DATE_BASIS`); null when no date is published."""
    published = [pl.when(pl.col(name).is_not_null()).then(pl.lit(name, DATE_BASIS)) for name in _BASES]
    return pl.coalesce(published).alias("date_basis")
