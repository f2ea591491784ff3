"""A year's budget execution as Chile's budget office publishes it, with planted overruns.

Roll-up rows add up to their leaves exactly. Amounts are thousands of pesos.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from cases import DECOY, PLANTED

HEADER: Final = (
    "Partida;Capítulo;Programa;Subtítulo;Item;Asignación;Moneda;Denominación;"
    "Presupuesto Inicial;Presupuesto Vigente;Ejecución Acumulada al ABRIL"
)
_PROGRAMMES: Final = 600
_SUBTITLES: Final = (
    ("21", "GASTOS EN PERSONAL"),
    ("22", "BIENES Y SERVICIOS"),
    ("24", "TRANSFERENCIAS"),
    ("31", "INVERSIÓN"),
)
_WIDTH: Final = 80

_Amounts = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Row:
    """One published row; `claims` are the rules that it is planted for."""

    codes: tuple[str, ...]
    name: str
    amounts: _Amounts
    variant: str = ""
    claims: tuple[tuple[str, str], ...] = ()


def _leaf(codes: tuple[str, ...], rng: np.random.Generator) -> Row:
    initial = int(rng.integers(1_000, 5_000_000))
    adjusted = int(initial * rng.uniform(0.8, 1.2))
    executed = int(min(initial, adjusted) * rng.uniform(0.05, 0.6))
    name = f"Asignación {'-'.join(codes)}"
    draw = rng.random()
    if draw < 0.01:
        claims = (("BUD001", PLANTED), ("BUD002", PLANTED))
        return Row(codes, name, (initial, initial, int(initial * 1.3)), "over the adjusted budget", claims)
    if draw < 0.015:
        claims = (("BUD002", PLANTED), ("BUD001", DECOY))
        return Row(
            codes, name, (initial, initial * 2, int(initial * 1.3)), "over the approved budget only", claims
        )
    if draw < 0.02:
        claims = (("BUD001", DECOY), ("BUD002", DECOY))
        return Row(codes, name, (initial, initial, initial), "spent to the last peso", claims)
    if draw < 0.025:
        return Row(codes, name, (0, 0, initial), "no appropriation", (("BUD009", PLANTED),))
    return Row(codes, name, (initial, adjusted, executed))


def _rolled_up(codes: tuple[str, ...], name: str, rows: list[Row]) -> Row:
    first, second, third = zip(*(row.amounts for row in rows), strict=True)
    return Row(codes, name, (sum(first), sum(second), sum(third)))


def invented(rng: np.random.Generator) -> list[Row]:
    """Programmes with subtitles, items and assignments, each level before its parts."""
    published: list[Row] = []
    for number in range(_PROGRAMMES):
        programme = (f"{1 + number // 40:02d}", f"{1 + number // 4 % 10:02d}", f"{1 + number % 4:02d}")
        for code, name in _SUBTITLES:
            below: list[Row] = []
            items: list[Row] = []
            for item in range(1, int(rng.integers(2, 4))):
                path = (*programme, code, f"{item:02d}")
                leaves = [_leaf((*path, f"{place:03d}"), rng) for place in range(1, int(rng.integers(2, 5)))]
                items.append(_rolled_up((*path, ""), f"Item {item:02d}", leaves))
                below += [items[-1], *leaves]
            published += [_rolled_up((*programme, code, "", ""), name, items), *below]
    return published


def written(rows: list[Row]) -> bytes:
    """Write the file: names padded with blanks, no quotes."""
    lines = [
        ";".join((*row.codes, "P", row.name.ljust(_WIDTH), *(str(amount) for amount in row.amounts)))
        for row in rows
    ]
    return "\n".join((HEADER, *lines, "")).encode("latin-1")


def truth(rows: list[Row]) -> Iterator[tuple[str, str, str, str, str, str, int | str]]:
    """Say what the rules must find in which row."""
    for place, row in enumerate(rows, start=2):
        for rule, kind in row.claims:
            yield (rule, f"B{place}", kind, row.variant, "budget", "-".join(row.codes), place)
