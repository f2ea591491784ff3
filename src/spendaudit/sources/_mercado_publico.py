"""What ChileCompra's codes mean, in every data set of Mercado Público."""

from functools import partial
from typing import Final

from spendaudit.ingest.cells import date

#: Letters of a tender's code (`5858-1-LE22`). A licitación pública is open to all, whatever its size; to a
#: licitación privada the buyer invites.
TENDERS: Final = dict.fromkeys(("L1", "LE", "LP", "LQ", "LR", "LS", "O1"), "open") | dict.fromkeys(
    ("A1", "B1", "B2", "CO", "E1", "E2", "F1", "H2", "I2", "J1", "O2"), "limited"
)

#: Sectors that are of one level only; the central government's sector holds regional bodies too.
LEVELS: Final = {
    "Municipalidades": "local",
    "FFAA": "national",
    "Legislativo y judicial": "national",
    "Obras Públicas": "national",
    "Salud": "national",
}

#: `1900-01-01` stands for no date.
day = partial(date, nulls=("1900-01-01",))
