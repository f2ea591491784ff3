"""Which payments were taken back? Pairs each reversal with the payment that it cancels, one to one."""

from typing import Final

import polars as pl

from spendaudit.model.findings import PLACE

#: Between whom and in which money: nothing is compared across these. A body that publishes its own payments
#: often leaves itself out; such rows have no payer, and are compared with each other.
PARTIES: Final = ("payer_key", "payee_key", "currency")


def reversed_pairs(pool: pl.LazyFrame, days: int) -> pl.LazyFrame:
    """Find payments and their reversals, at most so many days later: of one document first, then of any.

    `pool` has `size`, the amount without its sign. Returns its columns and what the two of a pair share:
    PARTIES, `size`, `document` (null where documents were not compared), `level` and `turn`.
    """
    same = _paired(pool, (*PARTIES, "size", "document_id"), days)
    rest = _paired(pool.join(same, on=PLACE, how="anti"), (*PARTIES, "size"), days)
    return pl.concat(
        [same.with_columns(document="document_id"), rest.with_columns(document=pl.lit(None, pl.String()))]
    )


def _paired(pool: pl.LazyFrame, key: tuple[str, ...], days: int) -> pl.LazyFrame:
    """Pair each reversal with the nearest payment before it that no other has taken, as brackets pair.

    Counting payments up and reversals down, the two of a pair stand on one level, one after the other.
    """
    paid = pl.when(pl.col("amount") > 0)
    one = paid.then(1).otherwise(0)
    gap = paid.then(pl.col("date").shift(-1) - pl.col("date")).otherwise(
        pl.col("date") - pl.col("date").shift()
    )
    return (
        pool.sort(*key, "date", pl.col("amount") < 0, *PLACE)
        .with_columns(level=paid.then(1).otherwise(-1).cum_sum() + 1 - one)
        .with_columns(turn=one.cum_sum().over(*key, "level"))
        .filter(gap.over(*key, "level") <= pl.duration(days=days))
    )
