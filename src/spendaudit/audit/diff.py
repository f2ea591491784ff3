"""What has changed between two releases? Compares the rows of each table, and the totals of institutions.

A row that stands in both releases word for word is the same, wherever it stands. Of the others, those with
the same identifiers are one row that was changed; the rest are gone or added. Rows of months that only one of
the releases covers are counted apart: a release of May does not take April back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from spendaudit.engine.local import collect
from spendaudit.model.findings import TOTAL
from spendaudit.model.tables import KEYS, PUBLISHED, SCHEMAS, Tables, mappable

#: What makes a row the same row in the next release; the first of them must be published.
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "contracts": ("contract_id", "source"),
    "budget": (
        "line_id", "source", "fiscal_year", "period_end", "institution_id", "direction", "currency",
    ),
    "payments": ("payment_id", "source", "payer_id"),
    "items": ("contract_id", "source", "line"),
    "bids": ("tender_id", "source", "bidder_id", "bidder_name"),
    "amendments": ("contract_id", "source", "number"),
}  # fmt: skip

#: The month (or the fiscal year, as its last day) that a row is about.
_PERIODS: Final[Mapping[str, pl.Expr]] = {
    "contracts": pl.col("decision_date").dt.month_end(),
    "payments": pl.col("date").dt.month_end(),
    "budget": pl.coalesce("period_end", pl.date("fiscal_year", 12, 31)),
    "bids": pl.col("date").dt.month_end(),
    "amendments": pl.col("date").dt.month_end(),
    "items": pl.lit(None, pl.Date()),
}

#: Who spends, as published.
_INSTITUTIONS: Final[Mapping[str, pl.Expr]] = {
    "contracts": pl.coalesce("buyer_name", "buyer_id"),
    "payments": pl.coalesce("payer_name", "payer_id"),
    "budget": pl.coalesce("institution_name", "institution_id"),
}
_MEASURES: Final[Mapping[str, tuple[str, ...]]] = {
    "contracts": ("amount",),
    "payments": ("amount",),
    "budget": ("approved", "adjusted", "committed", "executed", "paid"),
}

#: Of a table's rows, so large a share fewer than before is worth a word: as Sigma's gate for new data has it.
DROP: Final = 0.2

#: How a row fares: the words of `TableDiff.rows`.
STATES: Final = ("changed", "gone", "added")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDiff:
    """One table in two releases."""

    table: str
    old: int
    new: int
    #: Rows that stand in both word for word.
    same: int
    #: Rows that are not the same, in months that both releases cover, by state (`STATES`).
    counts: Mapping[str, int]
    #: Rows of months that only the old release covers, and that only the new one does.
    old_only: int
    new_only: int
    #: In how many changed rows each column differs.
    columns: Mapping[str, int]
    #: Rows that are not the same: `state`, `period`, then each stored column as `old_` and `new_`.
    rows: pl.DataFrame
    #: Institutions without a row in a month in which they had some: `institution`, `period`, `old`.
    gaps: pl.DataFrame
    #: Totals that differ: `institution`, `period`, `currency`, `measure`, `old`, `new`, the largest first.
    totals: pl.DataFrame

    @property
    def restated(self) -> int:
        """Rows of covered months that were changed, or are gone."""
        return self.counts["changed"] + self.counts["gone"]

    @property
    def dropped(self) -> bool:
        """Tell whether so many rows are missing that the new release may be cut off."""
        return self.new < (1 - DROP) * self.old


def compare(old: Tables, new: Tables) -> tuple[TableDiff, ...]:
    """Compare every table that one of the releases fills."""
    return tuple(
        _table(table, _frame(old, table), _frame(new, table))
        for table in _KEYS
        if table in old or table in new
    )


def _frame(tables: Tables, table: str) -> pl.LazyFrame:
    """Return what is compared of a table: what was published, and the month of each row."""
    rows = tables[table] if table in tables else pl.LazyFrame(schema=SCHEMAS[table])
    nobody = pl.lit(None, pl.String())
    return rows.select(
        *_stored(table),
        period=_PERIODS[table],
        institution=_INSTITUTIONS.get(table, nobody),
    )


def _stored(table: str) -> tuple[str, ...]:
    """Name the columns that a row keeps: those that are compared, and those that tell whom it names."""
    return ("source", *mappable(table).names(), *KEYS.get(table, ()))


def _table(table: str, old: pl.LazyFrame, new: pl.LazyFrame) -> TableDiff:
    counts = [collect(frame.select(pl.len())).item() for frame in (old, new)]
    covered = [_periods(frame) for frame in (old, new)]
    left = _unlike(table, old, new)
    common = covered[0].filter(covered[0].is_in(covered[1].implode(), nulls_equal=True))
    apart = [~frame["period"].is_in(common.implode(), nulls_equal=True) for frame in left]
    rows = _paired(table, *(frame.filter(~far) for frame, far in zip(left, apart, strict=True)))
    changed = rows.filter(pl.col("state") == "changed")
    return TableDiff(
        table=table,
        old=counts[0],
        new=counts[1],
        same=counts[0] - left[0].height,
        counts={state: rows.filter(pl.col("state") == state).height for state in STATES},
        old_only=int(apart[0].sum()),
        new_only=int(apart[1].sum()),
        columns=_columns(table, changed),
        rows=rows,
        gaps=_gaps(old, new, covered[1]),
        totals=_totals(table, old, new, common),
    )


def _periods(frame: pl.LazyFrame) -> pl.Series:
    return collect(frame.select(pl.col("period").unique().sort()))["period"]


def _unlike(table: str, old: pl.LazyFrame, new: pl.LazyFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows of each side that the other has not word for word, as often as they stand there."""
    words = pl.struct("source", *PUBLISHED[table].names())
    # Two digests of eight bytes, because rows by the million may share one.
    named = [frame.with_columns(one=words.hash(1), other=words.hash(2)) for frame in (old, new)]
    times = [frame.group_by("one", "other").agg(times=pl.len()) for frame in named]
    unlike = []
    for frame, others in zip(named, reversed(times), strict=True):
        turn = pl.int_range(pl.len()).over("one", "other")
        beyond = pl.col("times").is_null() | (pl.col("turn") >= pl.col("times"))
        rows = frame.join(others, on=("one", "other"), how="left").with_columns(turn=turn).filter(beyond)
        unlike.append(collect(rows.drop("one", "other", "times", "turn")))
    return unlike[0], unlike[1]


def _paired(table: str, old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Lay rows of the same identifiers side by side; of several that share them, in the order of words."""
    key = _KEYS[table]
    marks = [f"@{name}" for name in (*key, "turn")]
    before, after = (
        _marked(frame, table, alone).select(
            pl.col(*key, "turn").name.prefix("@"),
            pl.lit(value=True).alias(f"in_{side}"),
            pl.col("period", *_stored(table)).name.prefix(f"{side}_"),
        )
        for side, frame, alone in (("old", old, -1), ("new", new, -2))
    )
    joined = before.join(after, on=marks, how="full", coalesce=True, nulls_equal=True)
    is_old, is_new = pl.col("in_old").is_not_null(), pl.col("in_new").is_not_null()
    state = pl.when(is_old & is_new).then(pl.lit("changed")).when(is_old).then(pl.lit("gone"))
    return joined.sort(marks, nulls_last=True).select(
        state.otherwise(pl.lit("added")).alias("state"),
        pl.coalesce("new_period", "old_period").alias("period"),
        *(f"{side}_{name}" for name in _stored(table) for side in ("old", "new")),
    )


def _marked(frame: pl.DataFrame, table: str, alone: int) -> pl.DataFrame:
    """Count the rows that share identifiers; one without any is like no other release's row."""
    key = _KEYS[table]
    nobody = pl.col(key[0]).is_null()
    ordered = frame.sort(*PUBLISHED[table].names(), nulls_last=True)
    return ordered.with_columns(
        turn=pl.when(nobody)
        .then(alone - 2 * pl.int_range(pl.len(), dtype=pl.Int64))
        .otherwise(pl.int_range(pl.len(), dtype=pl.Int64).over(key))
    )


def _columns(table: str, changed: pl.DataFrame) -> dict[str, int]:
    names = PUBLISHED[table].names()
    differs = changed.select(
        pl.col(f"old_{name}").ne_missing(pl.col(f"new_{name}")).sum().alias(name) for name in names
    )
    return {name: count for name, count in differs.row(0, named=True).items() if count}


def _gaps(old: pl.LazyFrame, new: pl.LazyFrame, covered: pl.Series) -> pl.DataFrame:
    """Find institutions that have rows in a month of the old release and none in the new one.

    Only months between the first and the last one of the new release: of others it does not speak.
    """
    by = ("institution", "period")
    before, after = (
        frame.filter(pl.all_horizontal(pl.col(by).is_not_null())).group_by(by).agg(rows=pl.len())
        for frame in (old, new)
    )
    between = pl.col("period").is_between(pl.lit(covered.min(), pl.Date()), pl.lit(covered.max(), pl.Date()))
    missing = before.join(after, on=by, how="anti").filter(between)
    return collect(missing.rename({"rows": "old"}).sort("old", *by, descending=[True, False, False]))


def _totals(table: str, old: pl.LazyFrame, new: pl.LazyFrame, common: pl.Series) -> pl.DataFrame:
    """Compare what institutions spent in the months that both releases cover."""
    by = ("institution", "period", "currency", "measure")
    if table not in _MEASURES:
        return pl.DataFrame(
            schema={"institution": pl.String(), "period": pl.Date(), "currency": pl.String(),
                    "measure": pl.String(), "old": TOTAL, "new": TOTAL}
        )  # fmt: skip
    sums = []
    for side, frame in (("old", old), ("new", new)):
        rows = frame.filter(pl.col("period").is_in(common.implode(), nulls_equal=True))
        if table == "budget":
            # A line that others detail would be counted twice.
            rows = rows.filter(pl.col("is_leaf") & (pl.col("direction") == "expense"))
        long = pl.concat(
            rows.select(*by[:-1], pl.col(name).cast(TOTAL).alias("amount"), measure=pl.lit(name))
            for name in _MEASURES[table]
        )
        sums.append(long.drop_nulls("amount").group_by(by).agg(pl.col("amount").sum().alias(side)))
    both = sums[0].join(sums[1], on=by, how="full", coalesce=True, nulls_equal=True)
    differs = pl.col("old").ne_missing(pl.col("new"))
    size = (pl.col("new").fill_null(0) - pl.col("old").fill_null(0)).abs()
    return collect(
        both.filter(differs)
        .with_columns(pl.col("currency").cast(pl.String()))
        .sort(size, *by, descending=[True, *[False] * len(by)], nulls_last=True)
    )
