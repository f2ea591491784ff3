"""Invented awards, for releases in forms other than lines of text: who bought what of whom, who else bid."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_PLACES: Final = (
    "Valdeinventado Peñalonga Ríoverde Villafingida Quebradahonda Torresoñada Fuenteclara Monteirreal "
    "Campoalegre Lagunaseca Piedrafita Almendral"
).split()
_KINDS: Final = ("Municipalidad de", "Hospital de", "Universidad de", "Servicio de Salud de", "Gobierno de")
_TRADES: Final = "Comercial Constructora Servicios Distribuidora Ingeniería Transportes Imprenta".split()
_WORDS: Final = "Andalué Ñirre Quillay Coirón Ulmo Maqui Copihue Lenga Notro Arrayán Chañar Peumo".split()
_ACTS: Final = "Adquisición Contratación Suministro Arriendo Mantención Reposición Impresión".split()
_THINGS: Final = (
    "materiales de oficina|insumos médicos|artículos de aseo|mobiliario escolar|vigilancia|señalética"
    "|computadores|alimentación|repuestos de vehículos|uniformes|fármacos|extintores|luminarias"
).split("|")
#: A buyer, on average, has so many awards in a file; a supplier so many.
_OF_BUYER: Final = 60
_OF_SUPPLIER: Final = 8
_BEGUN: Final = dt.date(2023, 1, 2)


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation, by its place in the list of all."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class Award:
    """One contract and how it came about."""

    number: int
    buyer: Party
    #: The first has won; each with the amount of its bid.
    bids: tuple[tuple[Party, int], ...]
    title: str
    description: str
    #: Of each item, how many and for how much.
    items: tuple[tuple[int, int], ...]
    asked: dt.date
    awarded: dt.date

    @property
    def supplier(self) -> Party:
        """Who has won."""
        return self.bids[0][0]

    @property
    def amount(self) -> int:
        """What the winner asked for."""
        return self.bids[0][1]


def invented(count: int, seed: int) -> Iterator[Award]:
    """Invent awards, one after the other; the first of many are those of few only in their numbers."""
    rng = random.Random(seed)  # noqa: S311 no secret
    buyers, suppliers = max(1, count // _OF_BUYER), max(8, count // _OF_SUPPLIER)
    for number in range(1, count + 1):
        amount = int(rng.lognormvariate(15, 1.3))
        winner, *others = rng.sample(range(suppliers), rng.randint(1, 5))
        bids = [(_supplier(winner), amount)]
        bids += [(_supplier(other), int(amount * (1 + rng.random() / 3))) for other in others]
        title = f"{rng.choice(_ACTS)} de {rng.choice(_THINGS)} {number}"
        asked = _BEGUN + dt.timedelta(days=rng.randrange(700))
        yield Award(
            number=number,
            buyer=_buyer(rng.randrange(buyers)),
            bids=tuple(bids),
            title=title,
            description=f"{title}, según bases: {', '.join(rng.sample(_THINGS, 4))}",
            items=tuple((rng.randint(1, 500), rng.randint(900, 90_000)) for _ in range(rng.randint(1, 3))),
            asked=asked,
            awarded=asked + dt.timedelta(days=rng.randint(10, 60)),
        )


def _buyer(number: int) -> Party:
    return Party(number, f"{_KINDS[number % 5]} {_PLACES[number % 12]} {number // 12 + 1}")


def _supplier(number: int) -> Party:
    first, second = _WORDS[number % 12], _WORDS[number // 12 % 12]
    return Party(number, f"{_TRADES[number % 7]} {first} {second} {number // 144 + 1} S.A.")
