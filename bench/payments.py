"""Payments as a British department publishes them, with planted duplicates, reversals and decoys."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

import plan
from cases import DECOY, PLANTED

HEADER: Final = (
    "Departmental Family,Entity,Date,Expense Type,Expense Area,Supplier,Transaction number,Amount".split(",")
)

#: One payment to so many purchase-order lines.
LINES_PER_PAYMENT: Final = 5
_SUPPLIERS: Final = 4_000
_ENTITIES: Final = 40
_PLACES: Final = (
    "Ashdown Brackley Colneford Dunmere Eskham Farleigh Garside Hexley Ingleford Kirkwold".split()
)
_TRADES: Final = "Paving, Catering, Software, Fleet, Print, Care, Roofing, Training, Legal, Textile".split(
    ", "
)
_TYPES: Final = (
    "Professional Services|IT Consumables|Grants to Local Government|Rent|Travel, Rail|Utilities".split("|")
)
_AREAS: Final = "Estates|Digital & Technology|Corporate Finance|Communications|Operations, North".split("|")

#: What happens to a payment of a case: days later, the change of its amount in pence, its sign, and whether
#: it has a document of its own.
_Copy = tuple[int, int, int, bool]
_SAME: Final[_Copy] = (0, 0, 1, False)
_BACK: Final[_Copy] = (0, 0, -1, False)

#: Variant, cases to a million lines, kind, and the copies beside the payment itself.
_VARIANTS: Final[tuple[tuple[str, int, str, tuple[_Copy, ...]], ...]] = (
    ("paid twice", 160, PLANTED, (_SAME,)),
    ("paid three times", 40, PLANTED, (_SAME, _SAME)),
    ("reversed", 60, DECOY, (_BACK,)),
    ("paid twice, one reversed", 60, DECOY, (_SAME, _BACK)),
    ("instalments", 60, DECOY, ((30, 0, 1, True), (61, 0, 1, True))),
    ("one document, other amounts", 60, DECOY, ((0, 12_345, 1, False),)),
    ("same day and amount, other document", 60, DECOY, ((0, 0, 1, True),)),
)


def _drawn(count: int, rng: np.random.Generator) -> pl.DataFrame:
    days = plan.weekdays()
    pence = (25_000_00 * np.exp(1.1 * np.abs(rng.standard_normal(count)))).astype(np.int64)
    return pl.DataFrame(
        {
            "entity": rng.integers(0, _ENTITIES, count, dtype=np.int32),
            "day": days[rng.integers(0, len(days) - 70, count)],
            "supplier": plan.zipf(_SUPPLIERS, count, rng),
            # Each its own, so no two payments of the background are one.
            "document": 10_000_000 + np.arange(count) * 2,
            "pence": pence,
            "variant": np.full(count, -1, np.int16),
            "case": np.arange(count),
        }
    )


def invented(size: plan.Size, rng: np.random.Generator) -> pl.DataFrame:
    """Payments in the order of the file; `variant` is -1 for the background, `case` numbers the rest."""
    wanted = [size.cases(per_million) for _, per_million, _, _ in _VARIANTS]
    copies = sum(n * len(variant[3]) for n, variant in zip(wanted, _VARIANTS, strict=True))
    singles = _drawn(max(size.lines // LINES_PER_PAYMENT, 2 * copies) - copies, rng)
    frames, first = [], 0
    for number, (count, (_, _, _, changes)) in enumerate(zip(wanted, _VARIANTS, strict=True)):
        chosen = singles.slice(first, count).with_columns(variant=pl.lit(number, pl.Int16))
        frames.append(chosen)
        frames += [
            chosen.with_columns(
                pl.col("day") + pl.duration(days=days),
                pl.col("document") + (copy * 2_000_000_000 + 1 if own else 0),
                (pl.col("pence") + pence) * sign,
            )
            for copy, (days, pence, sign, own) in enumerate(changes)
        ]
        first += count
    all_ = pl.concat([singles.slice(first), *frames])
    return (
        all_.with_columns(pl.Series("shuffle", rng.random(len(all_)))).sort("day", "shuffle").drop("shuffle")
    )


def written(payments: pl.DataFrame) -> str:
    """Write the file; no cell breaks a line, so the row of a payment is its place plus two."""
    suppliers = [
        f"{_PLACES[n % len(_PLACES)]} {_TRADES[n // 10 % len(_TRADES)]} {n} Ltd".upper()
        for n in range(_SUPPLIERS)
    ]
    entities = [f"Office for {_PLACES[n % len(_PLACES)]} {n}" for n in range(_ENTITIES)]
    document = payments["document"].to_numpy()
    pence = pl.col("pence").abs()
    amount = pl.concat_str(
        pl.when(pl.col("pence") < 0).then(pl.lit("-")).otherwise(pl.lit("")),
        (pence // 100).cast(pl.String),
        pl.lit("."),
        (pence % 100).cast(pl.String).str.zfill(2),
    )
    frame = payments.select(
        pl.lit("DEPARTMENT FOR EXAMPLES").alias(HEADER[0]),
        pl.Series(HEADER[1], entities).gather(payments["entity"]),
        pl.col("day").dt.to_string("%Y-%m-%d").alias(HEADER[2]),
        pl.Series(HEADER[3], pl.Series(_TYPES).gather(document // 2 % len(_TYPES))),
        pl.Series(HEADER[4], pl.Series(_AREAS).gather(document // 14 % len(_AREAS))),
        pl.Series(HEADER[5], pl.Series(suppliers).gather(payments["supplier"])),
        pl.col("document").cast(pl.String).alias(HEADER[6]),
        amount.alias(HEADER[7]),
    )
    return frame.write_csv()


def truth(payments: pl.DataFrame) -> Iterator[tuple[str, str, str, str, str, str, int | str]]:
    """Say what the rules must find, one row a member."""
    placed = (
        payments.with_row_index("row", offset=2).filter(pl.col("variant") >= 0).sort("variant", "case", "row")
    )
    for row, variant, case, document in placed.select("row", "variant", "case", "document").iter_rows():
        name, _, kind, _ = _VARIANTS[variant]
        yield ("PAY001", f"P{case}", kind, name, "payments", str(document), row)
