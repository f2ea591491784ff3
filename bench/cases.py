"""The planted cases: orders that a rule must find, and decoys that it must leave alone.

Every case has suppliers of its own, so nothing in the background can touch it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

import plan

#: What one claim says: the rule, whether it must fire, and the places of the orders in the case.
Claim = tuple[str, str, tuple[int, ...]]

PLANTED: Final = "planted"
DECOY: Final = "decoy"


@dataclass(frozen=True, slots=True)
class Order:
    """One order of a case. `net` is before tax, in ten-thousandths."""

    day: np.datetime64
    method: int
    net: int
    buyer: int = 0
    supplier: int = 0
    exempt: bool = False
    currency: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """Some orders, why they are there, and what each rule must say of them. Parties count from 0."""

    variant: str
    orders: list[Order]
    claims: list[Claim]


def as_orders(
    cases: list[Case], size: plan.Size, buyers: list[int], rng: np.random.Generator
) -> pl.DataFrame:
    """Lay the cases out as orders; `case` is the place of the case in the list."""
    supplier = size.suppliers
    rows = []
    for number, case in enumerate(cases):
        chosen = rng.choice(buyers, 2, replace=False).tolist()
        for place, order in enumerate(case.orders):
            rows.append(
                (
                    chosen[order.buyer],
                    supplier + order.supplier,
                    order.day.item(),
                    order.method,
                    order.currency,
                    order.exempt,
                    order.net,
                    int(rng.integers(1, 4)),
                    number,
                    place,
                )
            )
        supplier += 1 + max(order.supplier for order in case.orders)
    return pl.DataFrame(rows, schema=plan.ORDERS, orient="row")
