"""When was one item bought in parts from several suppliers? Given what each purchase holds of each item."""

from typing import Final

import polars as pl
from pydantic import Field

from spendaudit.model.findings import FINDING, TOTAL, members
from spendaudit.rules._limits import Limited
from spendaudit.rules._markets import class_of
from spendaudit.rules._parties import date_basis, party
from spendaudit.rules._repeats import digest
from spendaudit.rules._windows import CALENDAR, crowded, day_of_calendar, rows_in, runs, windows

#: Parts that differ in one of these are not parts of one purchase. Portals leave out the method.
KEY: Final = ("buyer_key", "item", "procurement_method", "currency")

#: Windows compare items as integers.
_ITEM: Final = pl.Categorical(pl.Categories("item", namespace="spendaudit"))


class ItemSplits(Limited):
    """Settings of rules on items that are bought in parts."""

    digits: int = Field(8, ge=2, le=20, description="characters of the item code that must agree")
    days: int = Field(30, ge=1, le=366, description="most days between the first and the last of a window")
    min_contracts: int = Field(3, ge=2, le=100, description="fewest purchases in a window")

    def item(self) -> pl.Expr:
        """Name the item of a row by its scheme and its code."""
        return class_of(self.digits).cast(_ITEM)


def perhaps_above(rows: pl.LazyFrame, params: ItemSplits) -> pl.LazyFrame:
    """Return the rows of all windows that may add up to more than their limit, and some others.

    Takes rows with `KEY`, `decision_date`, `amount` and `limit`; several may be of one purchase. A window
    lies within two neighbouring stretches of its own length: what was bought in both of them, held against
    the lowest limit in either, rules most windows out before they are measured. No part of a window that
    counts is left out, none that is left out lets the rest of its window count, and groups that share a
    digest by chance are returned in vain.
    """
    stretch, total, lowest = pl.col("stretch"), pl.col("total"), pl.col("lowest")
    day = day_of_calendar() // (params.days + 1)
    marked = rows.with_columns(stretch=digest(KEY) // CALENDAR * CALENDAR + day).cache()
    followed = stretch.shift(-1) == stretch + 1
    above = (
        marked.group_by("stretch")
        .agg(total=pl.col("amount").clip(0).sum(), lowest=pl.col("limit").min())
        .sort("stretch")
        .with_columns(
            next_total=pl.when(followed).then(total.shift(-1, fill_value=0)).otherwise(0),
            next_lowest=pl.when(followed).then(lowest.shift(-1)),
        )
        .select(
            "stretch",
            followed=followed,
            above=total + pl.col("next_total") > pl.min_horizontal("lowest", "next_lowest"),
        )
        .filter(pl.col("above") | (pl.col("above") & pl.col("followed")).shift())
    )
    return marked.join(above, on="stretch", how="semi").drop("stretch")


def item_splits(parts: pl.LazyFrame, params: ItemSplits) -> pl.LazyFrame:
    """Make one finding of each run of windows whose parts add up to more than the limit.

    A part is what one purchase holds of one item: its place, `KEY`, `supplier_key`, `decision_date`, `amount`
    and `limit`. Measures are `item`, the highest limit (`ceiling`) and the strongest sum (`peak`).
    """
    seller = pl.col("seller")
    measures = {
        "n": pl.len(),
        "several": seller.min() != seller.max(),
        "total": pl.col("amount").sum(),
        "ceiling": pl.col("limit").max(),
    }
    sold = parts.with_columns(seller=pl.col("supplier_key").to_physical())
    near = crowded(sold, KEY, params.days, params.min_contracts).cache()
    above = windows(near, KEY, params.days, measures).filter(
        pl.col("n") >= params.min_contracts, pl.col("several"), pl.col("total") > pl.col("ceiling")
    )
    splits = runs(above, {"ceiling": pl.col("ceiling").max(), "peak": pl.col("total").max()})
    return (
        rows_in(splits, near, KEY)
        .group_by("run")
        .agg(
            pl.col("ceiling", "peak").first(),
            members=members(),
            amount=pl.col("amount").sum().cast(TOTAL),
            currency=pl.col("currency").first(),
            starts=pl.col("decision_date").min(),
            ends=pl.col("decision_date").max(),
            item=pl.col("item").first().cast(pl.String),
        )
        .sort(pl.col("members").list.first(), "item")
        .select(*FINDING.names(), "item", "ceiling", "peak")
    )


def told(params: ItemSplits) -> dict[str, pl.Expr]:
    """Tell who bought what and how, from how many, which limit held, and what the parts add up to."""
    return {
        "buyer_name": party("buyer").min(),
        "suppliers": pl.col("supplier_key").n_unique(),
        "item": pl.col("item").first(),
        "method": pl.col("procurement_method").cast(pl.String).min(),
        "limit": pl.col("ceiling").first(),
        "limit_source": params.says_who(pl.col("ceiling")),
        "peak": pl.col("peak").first(),
        "days": pl.lit(params.days),
        "date_basis": date_basis(),
    }
