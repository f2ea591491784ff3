"""Invented buyers and suppliers: names, tax numbers with a valid check digit, and the cells they fill."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

#: Between two cells of a row in which every cell is quoted.
GLUE: Final = '";"'

REGIONS: Final = (
    ("Arica y Parinacota", "Arica"),
    ("Antofagasta", "Taltal"),
    ("Coquimbo ", "La Serena"),
    ("Valparaíso ", "Quillota"),
    ("Metropolitana", "Ñuñoa"),
    ("O\xb4Higgins", "Rengo"),
    ("Maule ", "Curicó"),
    ("Ñuble", "Chillán"),
    ("Biobío ", "Lota"),
    ("Araucanía ", "Pitrufquén"),
    ("Los Ríos", "Río Bueno"),
    ("Los Lagos ", "Ancud"),
    ("Magallanes", "Porvenir"),
)
_KINDS: Final = (
    ("I. Municipalidad de", "Municipalidades"),
    ("Hospital de", "Salud"),
    ("Servicio de Salud", "Salud"),
    ("Corporación de", "Municipalidades"),
    ("Obras Públicas de", "Gob. Central"),
    ("Universidad de", "Gob. Central"),
    ("Gobernación de", "Gob. Central"),
    ("Comando de", "FFAA"),
)
_UNITS: Final = ("Adquisiciones", "Administración", "Abastecimiento", "Educación", "Salud")
_PLACES: Final = (
    "Quillaco Antumalal Peñalonga Ríoverde Colhuemo Ñandubay Llancalil "
    "Maitenal Pichirrehue Trapananda Cuyuncó Huilquel"
).split()
_TRADES: Final = (
    "Comercial Constructora Servicios Distribuidora Ingeniería Transportes "
    "Consultora Importadora Imprenta Librería"
).split()
_WORDS: Final = (
    "Andalué Ñirre Quillay Coirón Ulmo Maqui Copihue Lenga Notro "
    "Arrayán Chañar Peumo Tamarugo Canelo Raulí Ciruelillo"
).split()
_FORMS: Final = ("Limitada", "S.A.", "SpA", "E.I.R.L.", "y Cía. Ltda.")
_GIVEN: Final = (
    "Aldemira Braulino Celmira Dorotelo Eufrasina Florencino Griselmo "
    "Hortencia Íngrid Jacobino Zunilda Nicanora"
).split()
_FAMILY: Final = (
    "Quilaqueo Ñancupán Peñafierro Barrúa Tralmal Güentelao Mardoqués Ibacachez Saldívarez Cuminao Olivanz"
).split()


def check_digits(number: NDArray[np.int64]) -> NDArray[np.str_]:
    """Close a RUT: its digits from the right, times 2 to 7 in turn, modulo 11."""
    total = np.zeros_like(number)
    rest = number.copy()
    for place in range(9):
        total += rest % 10 * (2 + place % 6)
        rest //= 10
    return np.array(list("0K987654321"))[total % 11]


def written_ruts(number: NDArray[np.int64]) -> list[str]:
    """Write `69251000` as `69.251.000-3`."""
    return [
        f"{n:,}-{digit}".replace(",", ".")
        for n, digit in zip(number.tolist(), check_digits(number), strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Buyers:
    """Organisms and their purchasing units. A unit's cells are ten published columns."""

    #: The first unit of each organism, and how many it has.
    first_unit: NDArray[np.int64]
    units: NDArray[np.int64]
    #: The number that the orders of a unit begin with.
    unit_code: NDArray[np.int64]
    cells: list[str]


def invent_buyers(count: int, rng: np.random.Generator) -> Buyers:
    """Invent organisms with one to five units each."""
    units = rng.integers(1, 6, count)
    ruts = written_ruts(60_500_000 + np.arange(count) * 1_913)
    codes = 1_000 + np.arange(int(units.sum())) * 3
    cells, code = [], iter(codes.tolist())
    for organism in range(count):
        kind, sector = _KINDS[int(rng.integers(len(_KINDS)))]
        region, city = REGIONS[int(rng.integers(len(REGIONS)))]
        name = f"{kind} {_PLACES[organism % len(_PLACES)]} {organism // len(_PLACES) + 1}"
        rest = (ruts[organism], str(6_000 + organism * 7), name, sector, "NA", city, region, "CL")
        cells += [
            GLUE.join((str(next(code)), rest[0], _UNITS[unit], *rest[1:]))
            for unit in range(int(units[organism]))
        ]
    return Buyers(np.cumsum(units) - units, units, codes, cells)


def invent_suppliers(count: int, rng: np.random.Generator) -> list[str]:
    """Invent firms and a tenth of natural persons; each supplier's cells are nine published columns."""
    person = rng.random(count) < 0.1
    place = np.arange(count)
    ruts = written_ruts(np.where(person, 7_000_000 + place * 97, 76_000_000 + place * 29))
    draws = rng.integers(0, 2**31, (count, 4))
    cells = []
    for number in range(count):
        a, b, c, d = (int(draw) for draw in draws[number])
        region, city = REGIONS[c % len(REGIONS)]
        trade = _TRADES[a % len(_TRADES)]
        if person[number]:
            name = (
                f"{_GIVEN[a % len(_GIVEN)]} {_FAMILY[b % len(_FAMILY)]} {_FAMILY[d % len(_FAMILY)]}".upper()
            )
        else:
            name = f"{trade} {_WORDS[b % len(_WORDS)]} {_WORDS[d % len(_WORDS)]} {_FORMS[c % len(_FORMS)]}"
        code = str(10_000 + number)
        cells.append(GLUE.join((code, ruts[number], "Casa Matriz", code, name, "NA", city, region, "CL")))
    return cells
