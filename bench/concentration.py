"""Buyers that give a planted share of their spending to one supplier, in every month alike."""

from typing import Final

import numpy as np
import polars as pl

import law
import plan

#: Orders that each concentrated buyer gets in a month, and lines of each.
PER_MONTH: Final = 2
LINES: Final = 2

#: Shares that must be noticed, and a share that is nothing to ask about.
_HIGH: Final = (0.45, 0.60)
_LOW: Final = (0.15, 0.20)


def chosen_buyers(size: plan.Size) -> list[int]:
    """Mid-sized buyers: large enough for a share to mean something."""
    count = min(60, size.cases(12))
    return [int(place) for place in np.linspace(size.buyers * 0.05, size.buyers * 0.5, 2 * count)]


def concentrated(
    background: pl.DataFrame, buyers: list[int], supplier: int, first_case: int, rng: np.random.Generator
) -> pl.DataFrame:
    """Add framework orders of one supplier to each buyer, in proportion to what it spent in the month.

    The first half of the buyers gets a high share, the second half a low one. Suppliers and cases
    are numbered from `supplier` and `first_case`.
    """
    spent = (
        background.filter(pl.col("buyer").is_in(buyers), pl.col("currency") == 0)
        .group_by("buyer", month=pl.col("day").dt.truncate("1mo"))
        .agg(total=plan.TOTAL.sum(), day=pl.col("day").min())
        .sort("buyer", "month")
    )
    place = {buyer: number for number, buyer in enumerate(buyers)}
    share = {
        buyer: rng.uniform(*(_HIGH if number < len(buyers) / 2 else _LOW)) for buyer, number in place.items()
    }
    rows: list[tuple[object, ...]] = []
    placed = dict.fromkeys(buyers, 0)
    for buyer, _, total, day in spent.iter_rows():
        wanted = total * share[buyer] / (1 - share[buyer])
        net = int(wanted / PER_MONTH / 1.19) // law.PLACES * law.PLACES
        if net < 2_000 * law.PLACES:
            continue
        number = place[buyer]
        order = (buyer, supplier + number, day, law.CM, 0, False, net, LINES, first_case + number)
        rows += [(*order, placed[buyer] + again) for again in range(PER_MONTH)]
        placed[buyer] += PER_MONTH
    return pl.DataFrame(rows, schema=plan.ORDERS, orient="row")
