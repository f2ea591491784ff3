"""The free text of an order: titles, descriptions, products, and what each code stands for."""

from typing import Final

import numpy as np
import polars as pl

from parties import GLUE

_ACTS: Final = (
    "Adquisición Contratación Suministro Arriendo Mantención Reposición "
    "Habilitación Impresión Capacitación Reparación"
).split()
_THINGS: Final = (
    "materiales de oficina|insumos médicos|artículos de aseo|combustible|mobiliario escolar|vigilancia"
    "|señalética|áridos|computadores|alimentación|pasajes|repuestos de vehículos|neumáticos|uniformes"
    "|análisis de agua|fármacos|extintores|toldos|juegos infantiles|luminarias"
).split("|")
_ENDS: Final = (
    "para obras|según bases|año en curso|para niñez|2° llamado|urgente|de verano|con garantía|por un año"
    "|rurales"
).split("|")

#: Published spellings by method: seven columns from `Tipo` to `DescripcionTipoOC`.
KINDS: Final = {
    "AG": ("Automática", "Compra Ágil", "No", "Si", "14", "AG", "Compra Ágil"),
    "SE": ("Manual", "Proveniente de licitación pública", "No", "No", "8", "SE", "Sin emisión automática"),
    "CM": ("Automática", "Convenio Marco", "No", "No", "9", "CM", "Convenio Marco"),
    "CM-": ("Automática", "NA", "NA", "No", "9", "CM", "Convenio Marco"),
    "TD": ("Manual", "Trato Directo", "Si", "No", "7", "TD", "Trato directo"),
}
#: Four columns from `codigoEstado` to `EstadoProveedor`.
STATES: Final = (
    ("6", "Aceptada", "4", "Aceptada"),
    ("12", "Recepción Conforme", "4", "Aceptada"),
    ("9", "Cancelada", "3", "Cancelada"),
)
UNITS: Final = ("Unidad", "Global", "Caja", "Kilogramo", "Metro Cúbico", "Hora", "NA")


def series(words: list[str]) -> pl.Series:
    """Words to pick from by number."""
    return pl.Series(words, dtype=pl.String)


def titles() -> pl.Series:
    """Two thousand short titles."""
    return series([f"{act} de {thing} {end}" for act in _ACTS for thing in _THINGS for end in _ENDS])


def remarks() -> tuple[pl.Series, int]:
    """Free text of buyers, and from which place on it holds line ends, quotes and separators.

    No smart quotes, which the real files are full of: DuckDB refuses to read those as Latin-1.
    """
    plain = [f"{thing.capitalize()}, {end}" for thing in _THINGS for end in _ENDS]
    plain += [f"Según lo solicitado · {thing}" for thing in _THINGS]
    odd = [
        f"{thing.capitalize()}:{end}- entrega parcial{end}- sin costo"
        for thing in _THINGS
        for end in ("\n", "\r\n")
    ]
    odd += [f'Tubo de 1/2"" para {thing}; retiro en bodega' for thing in _THINGS]
    odd += [f"Modelo «{thing}» o equivalente del proveedor\xb4s" for thing in _THINGS]
    return series(plain + odd), len(plain)


def products(count: int, rng: np.random.Generator) -> pl.Series:
    """Seven columns from `codigoCategoria` to `RubroN3`; some have no category."""
    cells = []
    for number in range(count):
        segment, family = 10 + number % 85, int(rng.integers(10, 30))
        thing = _THINGS[number % len(_THINGS)]
        category = (
            ("NA", "NA") if number % 7 == 0 else (f"{segment}{family}1500", f"Rubro {segment} / varios")
        )
        code = f"{segment}{family}15{number % 100:02d}"
        levels = (f"Rubro {segment}", f"Familia {family}", thing.capitalize())
        cells.append(GLUE.join((*category, code, f"{thing.capitalize()} {number}", *levels)))
    return series(cells)


def answers() -> pl.Series:
    """Free text of suppliers; most say nothing."""
    return series([*("NA",) * 60, *(thing.capitalize() for thing in _THINGS)])
