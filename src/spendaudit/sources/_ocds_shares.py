"""Finds the rows that contracts and awards of many releases become, and what stands under each.

A contract is a row together with its award, and so is an award without a contract, and a release that has
neither. What stands under an award of several contracts is under its own name: it cannot be told apart.
"""

from itertools import islice
from typing import Final

import polars as pl

from spendaudit.sources._ocds_parts import NONE, OF, PLACE, RELEASE, at, counted, starts, times

#: The row that something stands under.
ROW: Final = "@row"

_NO_ROW: Final = pl.lit(None, pl.UInt32)


def rows(contracts: pl.DataFrame, awards: pl.DataFrame, releases: int) -> pl.DataFrame:
    """List rows by what they are made of: `RELEASE`, and (or null) a `contract` and an `award`.

    `alone`: the award is of no other row. `shared`: it is of several; this is none, and holds its items.
    """
    award = _award_of(contracts, awards, releases)
    taken = times(award, awards.height)
    of_contracts = contracts.select(
        RELEASE,
        PLACE,
        contract=counted(contracts.height),
        award=award,
        alone=(taken[award] == 1).fill_null(value=False),
        shared=pl.lit(value=False),
    )
    of_awards = awards.select(
        RELEASE,
        PLACE,
        contract=_NO_ROW,
        award=counted(awards.height),
        alone=taken == 0,
        shared=taken > 1,
    ).filter(taken != 1)
    neither = times(contracts[RELEASE], releases) + times(awards[RELEASE], releases) == 0
    of_neither = pl.DataFrame({RELEASE: neither.arg_true().cast(pl.UInt32)}).select(
        RELEASE,
        pl.lit(1, pl.UInt32).alias(PLACE),
        contract=_NO_ROW,
        award=_NO_ROW,
        alone=pl.lit(value=True),
        shared=pl.lit(value=False),
    )
    found = pl.concat([of_contracts, of_awards, of_neither])
    found = found.sort(RELEASE, pl.col("contract").is_null(), PLACE)
    return found.with_columns(counted(found.height).alias(ROW))


def _award_of(contracts: pl.DataFrame, awards: pl.DataFrame, releases: int) -> pl.Series:
    """Find the award of each contract: the one that it names, or the only one if it names none."""
    numbered = awards.select(RELEASE, "id", award=counted(awards.height)).drop_nulls("id")
    stated = _stated(contracts, numbered)
    if len(stated) > contracts.height:
        # The last of those that have one number.
        stated = _stated(contracts, numbered.unique([RELEASE, "id"], keep="last"))
    counts = times(awards[RELEASE], releases)
    only = starts(counts).zip_with(counts == 1, NONE)
    return only[contracts[RELEASE]].zip_with(contracts["awardID"].is_null(), stated)


def _stated(contracts: pl.DataFrame, awards: pl.DataFrame) -> pl.Series:
    joined = contracts.select(RELEASE, "awardID").join(
        awards, left_on=[RELEASE, "awardID"], right_on=[RELEASE, "id"], how="left", maintain_order="left"
    )
    return joined["award"]


def under(rows: pl.DataFrame, **lists: pl.DataFrame) -> pl.DataFrame:
    """Bring objects of the lists of contracts, awards and tenders under rows (`ROW`), in the rows' order.

    The first list that a row has anything in counts. An award's is that of the row which it is alone in, or
    of its own. A tender's is `borrowed`, but where there is neither contract nor award.
    """
    waiting = rows.with_columns(
        tender=RELEASE,
        borrowed=pl.any_horizontal(pl.col("contract", "award").is_not_null()),
    )
    found: list[pl.DataFrame] = []
    # Most lists are empty: one of these tells the columns.
    holding = {owner: objects for owner, objects in lists.items() if objects.height}
    for owner, objects in (holding or dict(islice(lists.items(), 1))).items():
        able = waiting.filter(pl.col("alone") | pl.col("shared")) if owner == "award" else waiting
        borrowed = pl.col("borrowed") if owner == "tender" else pl.lit(value=False)
        held = able.select(ROW, pl.col(owner).alias(OF), borrowed.alias("borrowed")).join(
            objects[[name for name in objects.columns if name != RELEASE]], on=OF, maintain_order="left_right"
        )
        waiting = waiting.join(held, on=ROW, how="anti", maintain_order="left")
        found.append(held)
    return pl.concat(found).sort(ROW, maintain_order=True)


def classified(items: pl.DataFrame, rows: int) -> pl.DataFrame:
    """Find the one classification that all items of a row have: `id` and `scheme`, row by row."""
    counts = times(items[ROW], rows)
    codes = items.select(id="classification/id", scheme="classification/scheme")
    first = at(starts(counts).zip_with(counts > 0, NONE), codes)
    differs = items[ROW].filter(codes["id"].ne_missing(first["id"][items[ROW]]))
    several = times(differs, rows) > 0
    return first.select(pl.when(~several, pl.col("id").is_not_null()).then(pl.all()))
