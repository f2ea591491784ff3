"""Makes the planted cases: each kind of split, decoy and direct award, from one stream of random numbers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

import law
import plan
from cases import DECOY, PLANTED, Case, Claim, Order

_CHANGE: Final = np.datetime64("2024-12-12")


def _whole(case: list[Order], *claims: tuple[str, str]) -> list[Claim]:
    places = tuple(range(len(case)))
    return [(rule, kind, places) for rule, kind in claims]


def _limit(day: np.datetime64, method: int) -> int:
    """Ceiling in pesos."""
    return int(law.ceiling(np.array([day]), np.array([method], np.int8))[0]) // law.PLACES


def _part(day: np.datetime64, method: int, share: float, buyer: int = 0, supplier: int = 0) -> Order:
    """Make an order whose total with tax is about `share` of its own ceiling."""
    return Order(day, method, int(_limit(day, method) * share / 1.19) * law.PLACES, buyer, supplier)


def _early_weekdays() -> law.Days:
    days = np.arange(np.datetime64("2022-01-03"), np.datetime64("2024-10-10"))
    return days[np.is_busday(days, weekmask="1110000")]


@dataclass(frozen=True, slots=True)
class Planter:
    """Makes cases from one stream of random numbers."""

    rng: np.random.Generator
    #: Mondays to Wednesdays, so that 30 and 31 days later is a weekday too; none near the change of law.
    mondays: law.Days = field(default_factory=_early_weekdays)

    def _start(self) -> np.datetime64:
        day: np.datetime64 = self.mondays[self.rng.integers(len(self.mondays))]
        return day

    def _later(self, day: np.datetime64, days: int) -> np.datetime64:
        """Find the last weekday not more than `days` later."""
        return np.busday_offset(day + np.timedelta64(days, "D"), 0, roll="backward")

    def _spread(self, method: int, gaps: tuple[int, ...]) -> list[Order]:
        """Parts so many days after the first that add up to more than the highest limit."""
        first = self._start()
        shares = self.rng.uniform(max(0.35, 1.15 / len(gaps)), 0.97, len(gaps))
        return [
            _part(self._later(first, gap), method, share) for gap, share in zip(gaps, shares, strict=True)
        ]

    def within_a_month(self, method: int) -> Case:
        """Spread two to four parts over different days, at most 27 days from first to last."""
        count = int(self.rng.integers(2, 5))
        orders = self._spread(method, tuple(9 * place for place in range(count)))
        return Case(
            f"{law.METHODS[method]} parts", orders, _whole(orders, ("SPL001", PLANTED), ("SPL003", DECOY))
        )

    def exactly_30_days(self) -> Case:
        """Use the whole window: it is closed on both ends."""
        first = self._start()
        days = (first, first + np.timedelta64(30, "D"))
        orders = [
            _part(day, law.AG, share) for day, share in zip(days, self.rng.uniform(0.6, 0.97, 2), strict=True)
        ]
        return Case("30 days apart", orders, _whole(orders, ("SPL001", PLANTED), ("SPL003", DECOY)))

    def over_two_months(self) -> Case:
        """Pass the limits of both months, by a little."""
        month = np.datetime64("2022-01") + int(self.rng.integers(34))
        days = (self._later(month.astype("M8[D]"), 25), self._later((month + 1).astype("M8[D]"), 10))
        highest = max(_limit(day, law.AG) for day in days)
        first = int(_limit(days[0], law.AG) * self.rng.uniform(0.4, 0.6) / 1.19)
        second = int(highest * 1.02 / 1.19) - first
        orders = [
            Order(day, law.AG, net * law.PLACES) for day, net in zip(days, (first, second), strict=True)
        ]
        return Case("limits of two months", orders, _whole(orders, ("SPL001", PLANTED), ("SPL003", DECOY)))

    def over_the_change(self) -> Case:
        """Put one part before the ceiling was raised and one after; the sum is over the higher."""
        orders = [
            _part(_CHANGE - int(self.rng.integers(1, 4)), law.AG, 0.85),
            _part(_CHANGE + int(self.rng.choice([0, 1, 4, 5, 6])), law.AG, 0.93),
        ]
        return Case("change of law", orders, _whole(orders, ("SPL001", PLANTED), ("SPL003", DECOY)))

    def chain(self) -> Case:
        """Join two parts that are more than 30 days apart by one between them."""
        first = self._start()
        shares = self.rng.uniform(0.6, 0.97, 3)
        orders = [_part(self._later(first, 24 * n), law.AG, share) for n, share in enumerate(shares)]
        return Case("chain", orders, _whole(orders, ("SPL001", PLANTED), ("SPL003", DECOY)))

    def two_sizes(self) -> Case:
        """Pass the higher of two limits: tenders of two sizes."""
        first = self._start()
        orders = [_part(first, law.L1, 0.9), _part(self._later(first, 14), law.LE, 0.96)]
        return Case("two sizes of tender", orders, _whole(orders, ("SPL001", PLANTED), ("SPL003", DECOY)))

    def same_day(self) -> Case:
        """Make a split under both windows."""
        orders = self._spread(law.AG, (0,) * int(self.rng.integers(2, 4)))
        return Case("same day", orders, _whole(orders, ("SPL003", PLANTED), ("SPL001", PLANTED)))

    def above_its_ceiling(self) -> Case:
        """Order more than the method allows."""
        method = int(self.rng.choice([law.AG, law.L1, law.LE, law.LP]))
        orders = [_part(self._start(), method, self.rng.uniform(1.05, 3.0))]
        return Case("above its ceiling", orders, _whole(orders, ("SPL006", PLANTED)))

    def repeated_direct(self) -> Case:
        """Award directly three to six times over the years."""
        days = np.sort(self.rng.choice(plan.weekdays(), int(self.rng.integers(3, 7)), replace=False))
        orders = [Order(day, law.TD, int(self.rng.integers(400_000, 9_000_000)) * law.PLACES) for day in days]
        return Case("direct awards", orders, _whole(orders, ("COM005", PLANTED)))

    def two_direct(self) -> Case:
        """Award once too few; no ceiling binds direct awards, whatever they add up to."""
        first = self._start()
        orders = [Order(day, law.TD, 40_000_000 * law.PLACES) for day in (first, self._later(first, 8))]
        return Case("two direct awards", orders, _whole(orders, ("COM005", DECOY), ("SPL001", DECOY)))

    def exactly_31_days(self) -> Case:
        """Stay one day too far apart."""
        first = self._start()
        orders = [_part(day, law.AG, 0.9) for day in (first, first + np.timedelta64(31, "D"))]
        return Case("31 days apart", orders, _whole(orders, ("SPL001", DECOY)))

    def at_the_limit(self) -> Case:
        """Add up to exactly the limit, which is not over it."""
        month = (np.datetime64("2022-01") + int(self.rng.integers(35))).astype("M8[D]")
        first = np.busday_offset(month, int(self.rng.integers(0, 8)), roll="forward")
        days = (first, np.busday_offset(first, int(self.rng.integers(0, 9))))
        limit = _limit(first, law.AG)
        one = int(limit * self.rng.uniform(0.3, 0.7))
        parts = zip(days, (one, limit - one), strict=True)
        orders = [Order(day, law.AG, net * law.PLACES, exempt=True) for day, net in parts]
        return Case("at the limit", orders, _whole(orders, ("SPL001", DECOY), ("SPL003", DECOY)))

    def part_above(self) -> Case:
        """Ask about a part above the limit by itself: it is no part of a split."""
        first = self._start()
        orders = [_part(first, law.AG, 1.2), _part(self._later(first, 7), law.AG, 0.9)]
        claims = [*_whole(orders, ("SPL001", DECOY)), ("SPL006", PLANTED, (0,))]
        return Case("a part above", orders, claims)

    def two_buyers(self) -> Case:
        """Let two buyers stay under their limits."""
        first = self._start()
        orders = [_part(first, law.AG, 0.9), _part(first, law.AG, 0.9, buyer=1)]
        return Case("two buyers", orders, _whole(orders, ("SPL001", DECOY), ("SPL003", DECOY)))

    def two_suppliers(self) -> Case:
        """Let two suppliers stay under the limit."""
        first = self._start()
        orders = [_part(first, law.AG, 0.9), _part(first, law.AG, 0.9, supplier=1)]
        return Case("two suppliers", orders, _whole(orders, ("SPL001", DECOY), ("SPL003", DECOY)))

    def two_methods(self) -> Case:
        """Buy in two ways, each under its own limit; together they are over both."""
        first = self._start()
        orders = [_part(first, law.AG, 0.9), _part(self._later(first, 14), law.L1, 0.9)]
        return Case("two methods", orders, _whole(orders, ("SPL001", DECOY), ("SPL003", DECOY)))

    def two_currencies(self) -> Case:
        """Order just under the limit in pesos, and in a currency that may not be added to them."""
        first = self._start()
        pesos = Order(first, law.AG, (_limit(first, law.AG) - 10) * law.PLACES, exempt=True)
        orders = [pesos, Order(first, law.AG, 25 * law.PLACES, exempt=True, currency=2)]
        return Case("two currencies", orders, _whole(orders, ("SPL001", DECOY), ("SPL003", DECOY)))

    def under_the_raised(self) -> Case:
        """Pass the ceiling before the change of law, but not the one after it."""
        orders = [_part(_CHANGE - 2, law.AG, 0.85), _part(_CHANGE + 1, law.AG, 0.7)]
        return Case("under the raised ceiling", orders, _whole(orders, ("SPL001", DECOY)))


def plant(size: plan.Size, rng: np.random.Generator) -> list[Case]:
    """Plant every kind of case, so many to a million lines."""
    planter = Planter(rng)
    kinds: list[tuple[int, Callable[[], Case]]] = [
        (110, lambda: planter.within_a_month(law.AG)),
        (20, lambda: planter.within_a_month(law.L1)),
        (30, lambda: planter.within_a_month(law.LE)),
        (10, lambda: planter.within_a_month(law.LP)),
        (40, planter.exactly_30_days),
        (30, planter.over_two_months),
        (10, planter.over_the_change),
        (30, planter.chain),
        (20, planter.two_sizes),
        (100, planter.same_day),
        (60, planter.above_its_ceiling),
        (60, planter.repeated_direct),
        (30, planter.two_direct),
        (30, planter.exactly_31_days),
        (30, planter.at_the_limit),
        (30, planter.part_above),
        (30, planter.two_buyers),
        (30, planter.two_suppliers),
        (30, planter.two_methods),
        (30, planter.two_currencies),
        (10, planter.under_the_raised),
    ]
    return [make() for per_million, make in kinds for _ in range(size.cases(per_million))]
