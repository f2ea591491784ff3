"""From where on is a share unusual? Tukey's fences, one and a half times the middle half away."""

from typing import Final

import polars as pl

#: Fewer values have no middle half. Cardinal takes any.
FEWEST: Final = 3


def percentile(name: str, share: float, *, fewest: int = FEWEST) -> pl.Expr:
    """Give the value that so large a share of others stays below (Float64, an aggregation).

    Hyndman and Fan's type 8: place (n + 1/3) p + 1/3, between two values in proportion; beyond the ends, the
    end. Null of fewer values than `fewest`.
    """
    values = pl.col(name).drop_nulls().cast(pl.Float64).sort()
    count = values.len()
    place = (count + 1 / 3) * share + 1 / 3
    below = place.floor().cast(pl.Int64)
    lower, upper = (
        values.get((below + step).clip(0, count.cast(pl.Int64) - 1), null_on_oob=True) for step in (-1, 0)
    )
    # Beyond the ends, both are the end.
    return pl.when(count >= fewest).then(lower + (place - below) * (upper - lower))


def lower_fence(name: str, *, fewest: int = FEWEST) -> pl.Expr:
    """Give where values begin to be unusually small; null where the first quartile is not above 0."""
    first, third = (percentile(name, share, fewest=fewest) for share in (0.25, 0.75))
    return pl.when(first > 0).then(first - 1.5 * (third - first))


def upper_fence(name: str, *, fewest: int = FEWEST) -> pl.Expr:
    """Give where values begin to be unusually large."""
    first, third = (percentile(name, share, fewest=fewest) for share in (0.25, 0.75))
    return third + 1.5 * (third - first)


def fewest_of(*, cardinal: bool) -> int:
    """Tell of how many values quartiles are taken."""
    return 1 if cardinal else FEWEST
