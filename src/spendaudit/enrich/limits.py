"""Which legal ceiling was in force for a contract on the day it was decided.

`limit` is the greatest amount still under the ceiling, so that `amount <= limit` asks the law's question both
where it says *at most* (the ceiling itself) and where it says *below* (one MONEY step less: 0.0001). The
published number stands in `limit_source`. Both are null where no ceiling is known, though there may be one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import product
from math import prod
from typing import Final

import polars as pl

from spendaudit.enrich.law import Ceiling, Limits, load_limits
from spendaudit.enrich.statutes import Scope, Series
from spendaudit.model.tables import MONEY

__all__ = ["Ceiling", "Limits", "join_limits", "load_limits"]

#: Columns whose values decide which ceiling a contract is under, besides the day.
_TRAITS: Final = ("source", "currency", *Scope.model_fields)

#: A column that is gone again before anyone sees it.
_PLACE: Final = "place in the table of limits"

#: Polars counts days from here.
_EPOCH: Final = date(1970, 1, 1)


def join_limits(contracts: pl.LazyFrame, jurisdictions: Mapping[str, str], limits: Limits) -> pl.LazyFrame:
    """Add `limit` (MONEY) and `limit_source` (String); `jurisdictions` maps each `source` to its country.

    Nothing is joined: each row looks its ceiling up in one small table, so rows neither multiply nor move,
    and a query that does not read the two columns does not pay for them. Reads `decision_date`, `source`,
    `currency` and the columns that the scopes of these jurisdictions name.
    """
    ceilings: dict[tuple[str, Series], list[Ceiling]] = defaultdict(list)
    for source, country in sorted(jurisdictions.items()):
        for ceiling in limits.ceilings.get(country, ()):
            ceilings[source, ceiling.series].append(ceiling)
    if not ceilings:
        return contracts.with_columns(limit=pl.lit(None, MONEY), limit_source=pl.lit(None, pl.String()))
    place, table = _look_up(ceilings)
    looked_up = [pl.lit(column).gather(pl.col(_PLACE)).alias(column.name) for column in table]
    return contracts.with_columns(place.alias(_PLACE)).with_columns(looked_up).drop(_PLACE)


def _look_up(ceilings: Mapping[tuple[str, Series], Sequence[Ceiling]]) -> tuple[pl.Expr, pl.DataFrame]:
    """Lay the ceilings out day by day, and say where in that table a contract's stands (null: nowhere).

    Contracts that agree in every trait are of one kind. Each set of series that some kind is under has its
    own run of days in the table; series of one set never hold on the same day. A run begins and ends with a
    place for all days before and after, which holds nothing.
    """
    conditions = [
        {"source": (source,), "currency": (series.currency,), **series.scope.model_dump()}
        for source, series in ceilings
    ]
    values = {trait: sorted({value for one in conditions for value in one[trait]}) for trait in _TRAITS}
    series_of = _series_of_kinds(conditions, values)
    # The first run is that of kinds under no series: nothing stands in it.
    runs = {numbers: run for run, numbers in enumerate(sorted({(), *series_of.values()}))}

    every = [ceiling for listed in ceilings.values() for ceiling in listed]
    first = min(ceiling.starts for ceiling in every)
    days = (max(ceiling.ends for ceiling in every) - first).days + 1
    length = days + 2
    table: list[int | None] = [None] * (len(runs) * length)
    held: list[Ceiling] = []
    for number, listed in enumerate(ceilings.values()):
        for ceiling in listed:
            for numbers, run in runs.items():
                if number in numbers:
                    starts = run * length + (ceiling.starts - first).days + 1
                    lasts = (ceiling.ends - ceiling.starts).days + 1
                    table[starts : starts + lasts] = [len(held)] * lasts
            held.append(ceiling)
    # As text: handed a Decimal, Polars imports numpy to ask whether it is one of its numbers.
    amounts = pl.Series("limit", [f"{one.limit:f}" for one in held], pl.String()).cast(MONEY)
    texts = pl.DataFrame([amounts, pl.Series("limit_source", [one.source for one in held], pl.String())])

    begins = [0] * prod(len(listed) + 1 for listed in values.values())
    for kind, numbers in series_of.items():
        begins[kind] = runs[numbers] * length
    begin = pl.lit(pl.Series(begins, dtype=pl.Int32)).gather(_kind(values))
    day = pl.col("decision_date").to_physical() - (first - _EPOCH).days
    place = (begin + day.clip(-1, days) + 1).cast(pl.UInt32)
    return place, texts.select(pl.all().gather(pl.Series(table, dtype=pl.UInt32)))


def _series_of_kinds(
    conditions: Sequence[Mapping[str, Sequence[str]]], values: Mapping[str, Sequence[str]]
) -> dict[int, tuple[int, ...]]:
    """List for each kind of contract, numbered as `_kind` does, the conditions that it fulfils."""
    fulfilled: dict[int, tuple[int, ...]] = {}
    for number, condition in enumerate(conditions):
        places = [
            [listed.index(value) for value in condition[trait]] or range(len(listed) + 1)
            for trait, listed in values.items()
        ]
        for kind in product(*places):
            code = 0
            for place, listed in zip(kind, values.values(), strict=True):
                code = code * (len(listed) + 1) + place
            fulfilled[code] = (*fulfilled.get(code, ()), number)
    return fulfilled


def _kind(values: Mapping[str, Sequence[str]]) -> pl.Expr:
    """Give each contract the number of its kind (UInt32).

    It is made of one place for each trait: that of its value among those asked for, or the last.
    """
    kind = pl.lit(0, pl.UInt32)
    for trait, listed in values.items():
        if listed:
            # Comparing with each of a few values costs half of a cast to an Enum of them.
            place = pl.lit(len(listed), pl.UInt8)
            for number, value in enumerate(listed):
                place = pl.when(pl.col(trait) == value).then(pl.lit(number, pl.UInt8)).otherwise(place)
            kind = kind * (len(listed) + 1) + place
    return kind
