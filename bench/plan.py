"""What orders there are: who bought from whom, when, how and for how much. One row an order, no text yet."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

import law

#: Published currencies; the share of orders in each, and pesos to one unit.
CURRENCIES: Final = ("CLP", "CLF", "UTM", "USD")
_CURRENCY_SHARE: Final = (0.975, 0.012, 0.005, 0.008)
PESOS: Final = np.array([1, 35_000, 62_000, 880], dtype=np.int64)
#: The least step of a price: a peso, or a hundredth of the others, in ten-thousandths.
STEP: Final = np.array([10_000, 100, 100, 100], dtype=np.int64)

_METHOD_SHARE: Final = (0.30, 0.08, 0.18, 0.07, 0.02, 0.01, 0.24, 0.10)
#: Median total in pesos, and the spread of its logarithm.
_MEDIAN: Final = np.array([600e3, 1.5e6, 6e6, 30e6, 80e6, 300e6, 900e3, 2.5e6])
_SPREAD: Final = np.array([0.9, 0.8, 1.2, 1.2, 1.2, 1.3, 1.4, 1.5])

_ZIPF: Final = 0.85
LINES_PER_ORDER: Final = 2.7
_MOST_LINES: Final = 60
#: A tenth of the orders bears no tax.
_EXEMPT_SHARE: Final = 0.1
#: December, when budgets lapse, is the busiest month.
_SEASON: Final = np.array([0.7, 0.7, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.1, 1.2, 1.4])

#: The case of an order that nobody planted.
BACKGROUND: Final = -1

ORDERS: Final = pl.Schema(
    {
        "buyer": pl.Int32(),
        "supplier": pl.Int32(),
        "day": pl.Date(),
        "method": pl.Int8(),
        "currency": pl.Int8(),
        "exempt": pl.Boolean(),
        #: Before tax, in ten-thousandths of a unit of the currency.
        "net": pl.Int64(),
        "lines": pl.Int16(),
        #: Which planted case or decoy the order belongs to.
        "case": pl.Int32(),
        #: Which order of its case it is.
        "place": pl.Int16(),
    }
)

#: What the buyer pays: 19 % on top, exact, because every price is a multiple of a hundredth.
TOTAL: Final = pl.col("net") + pl.when("exempt").then(0).otherwise(pl.col("net") * 19 // 100)


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is to draw from."""

    lines: int

    @property
    def buyers(self) -> int:
        """Organisms: 1,200 from a million lines on."""
        return min(1_200, max(60, self.lines // 800))

    @property
    def suppliers(self) -> int:
        """Suppliers of the background: 120,000 from a million lines on."""
        return min(120_000, max(500, self.lines // 8))

    def cases(self, per_million: int) -> int:
        """How many cases of a kind to plant."""
        return max(2, round(per_million * self.lines / 1_000_000))


def zipf(count: int, draws: int, rng: np.random.Generator) -> NDArray[np.int32]:
    """Draw from `count` things of which the first is by far the most usual."""
    weight = np.arange(1, count + 1) ** -_ZIPF
    edges = np.cumsum(weight / weight.sum())
    return np.minimum(np.searchsorted(edges, rng.random(draws)), count - 1).astype(np.int32)


def weekdays() -> law.Days:
    """Every Monday to Friday of the years 2022 to 2024."""
    days = np.arange(np.datetime64("2022-01-01"), np.datetime64("2025-01-01"))
    return days[np.is_busday(days)]


def _drawn_days(draws: int, rng: np.random.Generator) -> law.Days:
    days = weekdays()
    weight = _SEASON[law.month_number(days) % 12]
    edges = np.cumsum(weight / weight.sum())
    return days[np.minimum(np.searchsorted(edges, rng.random(draws)), len(days) - 1)]


def _drawn_lines(orders: int, lines: int, rng: np.random.Generator) -> NDArray[np.int16]:
    """Cut `lines` into `orders` parts of at least one line, geometrically distributed."""
    drawn = np.minimum(rng.geometric(1 / LINES_PER_ORDER, orders), _MOST_LINES)
    while difference := lines - int(drawn.sum()):
        step = 1 if difference > 0 else -1
        can = np.flatnonzero((drawn + step >= 1) & (drawn + step <= _MOST_LINES))
        drawn[rng.permutation(can)[: abs(difference)]] += step
    return drawn.astype(np.int16)


def draw_background(size: Size, lines: int, rng: np.random.Generator) -> pl.DataFrame:
    """Draw ordinary orders; every order is under the ceiling of its own method."""
    count = max(1, round(lines / LINES_PER_ORDER))
    method = rng.choice(len(law.METHODS), count, p=_METHOD_SHARE).astype(np.int8)
    day = _drawn_days(count, rng)
    # A ceiling is in pesos, so only methods without one are paid in another currency.
    foreign = rng.choice(len(CURRENCIES), count, p=_CURRENCY_SHARE)
    ceiling = law.ceiling(day, method)
    currency = np.where(ceiling > 0, 0, foreign).astype(np.int8)
    exempt = rng.random(count) < _EXEMPT_SHARE
    parts = _drawn_lines(count, lines, rng)
    pesos = _MEDIAN[method] * np.exp(_SPREAD[method] * rng.standard_normal(count))
    ceiling_pesos = ceiling / law.PLACES
    low = rng.uniform(0.05, 0.95, count)
    pesos = np.where((ceiling > 0) & (pesos > 0.95 * ceiling_pesos), low * ceiling_pesos, pesos)
    step = STEP[currency]
    steps = (pesos / 1.19 / PESOS[currency] * (law.PLACES / step)).astype(np.int64)
    net = np.maximum(steps, 500 * parts) * step
    # Round millions are what R writes as `1,5e+07`.
    millions = (currency == 0) & (ceiling == 0) & (net > 10_000_000 * law.PLACES) & (rng.random(count) < 0.05)
    whole = 1_000_000 * law.PLACES
    return pl.DataFrame(
        {
            "buyer": zipf(size.buyers, count, rng),
            "supplier": zipf(size.suppliers, count, rng),
            "day": day,
            "method": method,
            "currency": currency,
            "exempt": exempt | millions,
            "net": np.where(millions, net // whole * whole, net),
            "lines": parts,
            "case": np.full(count, BACKGROUND, np.int32),
            "place": np.zeros(count, np.int16),
        },
        schema_overrides=ORDERS,
    )


def with_lines(orders: pl.DataFrame, lines: int, rng: np.random.Generator) -> pl.DataFrame:
    """Lengthen some background orders by a line each, until there are `lines` in all."""
    missing = lines - int(orders["lines"].sum())
    can = np.flatnonzero((orders["case"] == BACKGROUND).to_numpy())
    longer = np.zeros(len(orders), np.int16)
    longer[rng.permutation(can)[:missing]] = 1
    return orders.with_columns(pl.col("lines") + pl.Series(longer))
