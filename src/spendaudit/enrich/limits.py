"""Which legal ceiling was in force for a contract on the day it was decided.

`limit` is the greatest amount still under the ceiling, so that `amount <= limit` asks the law's question both
where it says *at most* (the ceiling itself) and where it says *below* (one MONEY step less: 0.0001). The
published number stands in `limit_source`. Both are null where no ceiling is known, though there may be one.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import product
from math import prod
from typing import Any, Final

import polars as pl

from spendaudit.enrich.law import Ceiling, Limits
from spendaudit.enrich.statutes import Series, Vat, is_one
from spendaudit.model.tables import MONEY

#: A column that is gone again before anyone sees it.
_PLACE: Final = "place in the table of limits"

#: Polars counts days from here.
_EPOCH: Final = date(1970, 1, 1)

#: What contracts must be for a ceiling: their columns, and the values that each may have.
Condition = Mapping[str, Sequence[Any]]


def join_limits(contracts: pl.LazyFrame, jurisdictions: Mapping[str, str], limits: Limits) -> pl.LazyFrame:
    """Add `limit` (MONEY) and `limit_source` (String); `jurisdictions` maps each `source` to its country.

    Nothing is joined: each row looks its ceiling up in one small table, so rows neither multiply nor move,
    and a query that does not read the two columns does not pay for them. Reads `decision_date`, `source`,
    `currency` and the columns that the scopes of these jurisdictions name; `tax_included` where the law says
    whether tax counts, `buyer_id` and `buyer_key` where a user names buyers.
    """
    places: list[pl.Expr] = []
    tables: list[pl.DataFrame] = []
    height = 0
    for country in sorted({*jurisdictions.values()} & {*limits.ceilings}):
        listed = [one for one in limits.ceilings[country] if one.series.joined]
        if not listed:
            continue
        sources = sorted(source for source, of in jurisdictions.items() if of == country)
        place, table = _look_up(listed, partial(_is, limits=limits, country=country))
        places.append(pl.when(pl.col("source").is_in(sources)).then(place + height))
        tables.append(table)
        height += table.height
    if not tables:
        return contracts.with_columns(limit=pl.lit(None, MONEY), limit_source=pl.lit(None, pl.String()))
    look_up = [pl.lit(column).gather(pl.col(_PLACE)).alias(column.name) for column in pl.concat(tables)]
    return contracts.with_columns(pl.coalesce(places).alias(_PLACE)).with_columns(look_up).drop(_PLACE)


def _look_up(
    ceilings: Sequence[Ceiling], holds: Callable[[str, Any], pl.Expr]
) -> tuple[pl.Expr, pl.DataFrame]:
    """Lay a country's ceilings out day by day, and say where in that table a contract's stands.

    Contracts that agree in every trait are of one kind. Each set of series that some kind is under has its
    own run of days in the table; of two series that hold on one day the later does. A run begins and ends
    with a place for all days before and after, which holds nothing.
    """
    of_series: dict[Series, list[Ceiling]] = defaultdict(list)
    for ceiling in ceilings:
        of_series[ceiling.series].append(ceiling)
    conditions = [_condition(series) for series in of_series]
    asked = dict.fromkeys(trait for one in conditions for trait in one)
    # Beginnings and ends first, the shorter before the longer: of several that fit, the last one counts.
    values = {
        trait: sorted({value for one in conditions for value in one.get(trait, ())}, key=_particular)
        for trait in asked
    }
    series_of = _series_of_kinds(conditions, values)
    # The first run is that of kinds under no series: nothing stands in it.
    runs = {numbers: run for run, numbers in enumerate(sorted({(), *series_of.values()}))}

    first = min(ceiling.starts for ceiling in ceilings)
    days = (max(ceiling.ends for ceiling in ceilings) - first).days + 1
    length = days + 2
    table: list[int | None] = [None] * (len(runs) * length)
    held: list[Ceiling] = []
    for number, listed in enumerate(of_series.values()):
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
    begin = pl.lit(pl.Series(begins, dtype=pl.Int32)).gather(_kind(values, holds))
    day = pl.col("decision_date").to_physical() - (first - _EPOCH).days
    place = (begin + day.clip(-1, days) + 1).cast(pl.UInt32)
    return place, texts.select(pl.all().gather(pl.Series(table, dtype=pl.UInt32)))


def _condition(series: Series) -> Condition:
    """Say what a contract must be to be held against a series.

    Where the law says whether tax counts, an amount of which nobody says it is not held against the ceiling.
    """
    taxed = {Vat.INCLUDED: (True,), Vat.EXCLUDED: (False,), Vat.NOT_STATED: ()}[series.vat]
    condition = {"currency": (series.currency,), "tax_included": taxed, **series.under.model_dump()}
    return {trait: values for trait, values in condition.items() if values}


def _is(trait: str, value: Any, limits: Limits, country: str) -> pl.Expr:
    """Tell whether a trait of a contract has a value; null where it is not published."""
    match trait:
        case "buyer_id":
            return _one_of([value])
        case "buyer_tier":
            # What the user says of a buyer goes before what its level says.
            said = [*limits.buyer_tiers]
            of_tier = [buyer for buyer, tier in limits.buyer_tiers.items() if tier == value]
            levels = [level for level, tier in limits.tiers_of(country).items() if tier == value]
            by_level = pl.col("buyer_level").is_in(levels) if levels else pl.lit(value=False)
            if not said:
                return by_level
            return _one_of(of_tier) | (by_level & ~_one_of(said))
        case _ if isinstance(value, str) and value.endswith("*"):
            return pl.col(trait).str.starts_with(value[:-1])
        case _ if isinstance(value, str) and value.startswith("*"):
            return pl.col(trait).str.ends_with(value[1:])
        case _:
            return pl.col(trait).eq(value)


def _one_of(buyers: Sequence[str]) -> pl.Expr:
    named = [
        pl.col(column).cast(pl.String()).is_in(buyers).fill_null(value=False)
        for column in ("buyer_id", "buyer_key")
    ]
    return pl.any_horizontal(named)


def _particular(value: Any) -> tuple[bool, int, Any]:
    return "*" not in str(value), len(str(value)), value


def _within(value: Any, wanted: Sequence[Any]) -> bool:
    """Tell whether whatever is this value (or begins so) is one of the wanted."""
    return value in wanted or (isinstance(value, str) and any(is_one(value, one) for one in wanted))


def _series_of_kinds(
    conditions: Sequence[Condition], values: Mapping[str, Sequence[Any]]
) -> dict[int, tuple[int, ...]]:
    """List for each kind of contract, numbered as `_kind` does, the conditions that it fulfils."""
    fulfilled: dict[int, tuple[int, ...]] = {}
    for number, condition in enumerate(conditions):
        places = [
            [place for place, known in enumerate(listed) if _within(known, condition[trait])]
            if trait in condition
            else range(len(listed) + 1)
            for trait, listed in values.items()
        ]
        for kind in product(*places):
            code = 0
            for place, listed in zip(kind, values.values(), strict=True):
                code = code * (len(listed) + 1) + place
            fulfilled[code] = (*fulfilled.get(code, ()), number)
    return fulfilled


def _kind(values: Mapping[str, Sequence[Any]], holds: Callable[[str, Any], pl.Expr]) -> pl.Expr:
    """Give each contract the number of its kind (UInt32).

    It is made of one place for each trait: that of its value among those asked for, or the last.
    """
    kind = pl.lit(0, pl.UInt32)
    for trait, listed in values.items():
        # Comparing with each of a few values costs half of a cast to an Enum of them.
        place = pl.lit(len(listed), pl.UInt8)
        for number, value in enumerate(listed):
            place = pl.when(holds(trait, value)).then(pl.lit(number, pl.UInt8)).otherwise(place)
        kind = kind * (len(listed) + 1) + place
    return kind
