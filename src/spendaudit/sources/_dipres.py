"""How does Chile's budget office name a line of the budget? By programme, three codes and a currency."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from spendaudit.ingest.cells import text, trimmed
from spendaudit.model.codelists import DIRECTION

PROGRAMME: Final = ("Partida", "Capítulo", "Programa")
CLASSIFICATION: Final = ("Subtítulo", "Item", "Asignación")

#: Subtitles from here on are expense (budget classifier, Decreto de Hacienda 854 of 2004).
FIRST_EXPENSE: Final = 21


def codes(*columns: str) -> pl.Expr:
    """Join codes as far as they go: `05-31-01-21`."""
    return pl.concat_str([text(column) for column in columns], separator="-", ignore_nulls=True)


def line(currency: pl.Expr, *columns: str) -> pl.Expr:
    """Name a line by its programme, its codes and its currency: `05-31-01-21-03 USD`."""
    return pl.concat_str(codes(*PROGRAMME, *columns), currency, separator=" ")


def by_level(levels: Sequence[pl.Expr]) -> pl.Expr:
    """Choose for a total of items, a total of asignaciones, and an asignación."""
    subtitle, item, asignacion = levels
    return (
        pl.when(trimmed("Asignación").is_not_null())
        .then(asignacion)
        .when(trimmed("Item").is_not_null())
        .then(item)
        .otherwise(subtitle)
    )


def lines(currency: pl.Expr) -> dict[str, pl.Expr]:
    """Read what a line of one currency is called by, which line it is part of, and what it is about."""
    return {
        "institution_id": codes(*PROGRAMME),
        "line_id": line(currency, *CLASSIFICATION),
        "parent_line_id": by_level(
            [pl.lit(None, pl.String), line(currency, "Subtítulo"), line(currency, "Subtítulo", "Item")]
        ),
        "level": by_level([pl.lit(level, pl.Int8) for level in (1, 2, 3)]),
        "direction": _direction(),
        "economic_code": codes(*CLASSIFICATION),
        "economic_label": text("Denominación"),
    }


def _direction() -> pl.Expr:
    subtitle = text("Subtítulo").cast(pl.Int16, strict=False)
    return (
        pl.when(subtitle < FIRST_EXPENSE)
        .then(pl.lit("revenue", DIRECTION))
        .when(subtitle >= FIRST_EXPENSE)
        .then(pl.lit("expense", DIRECTION))
        .otherwise(pl.lit("unknown", DIRECTION))
    )
