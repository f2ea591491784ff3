"""What stands for texts while rules search? Codes and numbers, which are compared and put in groups sooner.

Codes sort as the texts do. Rules of this package ask no more of them; those of plug-ins get the texts, since
nobody knows what they do with them.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import takewhile
from typing import Final

import polars as pl

from spendaudit.engine.local import collect
from spendaudit.model.tables import NUMBER, Tables

#: What items are told by, which repeats so much that codes in memory are always worth it.
_ALIKE: Final = {
    name: pl.Categorical(pl.Categories(name, namespace="spendaudit"))
    for name in ("item_code", "item_scheme", "unit")
}
_TENDER: Final = pl.Categorical(pl.Categories("tender", namespace="spendaudit"))
_STATE: Final = pl.Categorical(pl.Categories("state", namespace="spendaudit"))
_PARTY: Final = pl.Categorical(pl.Categories("party", namespace="spendaudit"))
#: What most questions about bids compare and put in groups: as codes in memory, and not as texts.
_COMPARED: Final = {
    "bids": {"tender_id": _TENDER, "status": _STATE},
    "contracts": {"tender_id": _TENDER},
}
#: Who made a bid, or won: each of these is asked of rows without those before it.
PARTIES: Final = {
    "bids": ("bidder_id", "bidder_refs", "bidder_name"),
    "contracts": ("supplier_id", "supplier_refs"),
}

#: What is a text again when rules have found what they look for. None tells a tender by its code.
CODES: Final = (_TENDER, _PARTY, *_ALIKE.values())

#: Bytes of a number, and what fills them up.
_WIDE: Final = 8
_FILL: Final = "\0"


def by_number(_table: str, frame: pl.LazyFrame) -> pl.LazyFrame:
    """Tell rows by their number in the table."""
    return frame.drop("row").rename({NUMBER: "row"})


def with_codes(tables: Tables, read: Collection[str]) -> Callable[[str, pl.LazyFrame], pl.LazyFrame]:
    """Return what puts codes in the place of the long names of sources and files.

    Codes sort as the names do: most rules group by source, and many by file and row.
    """
    names = ("source", "file")
    # Rows of a file follow one another: comparing each with the one before costs little of looking all up.
    begins = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift()) for name in names)
    # Of files whose every row was put aside, no table is there.
    none = pl.LazyFrame(schema=dict.fromkeys(names, pl.String()))
    files = [tables[table].select(names).filter(begins) for table in sorted(read) if table in tables]
    known = collect(pl.concat([none, *files]))
    codes = {name: pl.Enum(known[name].unique().drop_nulls().sort()) for name in names}
    return lambda _table, frame: frame.with_columns(pl.col(name).cast(codes[name]) for name in names)


def alike_coded(_table: str, frame: pl.LazyFrame) -> pl.LazyFrame:
    """Put codes in the place of what items are told by."""
    return _coded(frame, {name: pl.col(name).cast(code) for name, code in _ALIKE.items()})


def compared(tables: Tables, *, everywhere: bool) -> Tables:
    """Put codes in the place of texts that are compared; unless `everywhere`, of parties one is enough."""
    ids = _numbers([tables[table].select("tender_id") for table in _COMPARED if table in tables])

    def coded(table: str, frame: pl.LazyFrame) -> pl.LazyFrame:
        codes = {name: pl.col(name).cast(code) for name, code in _COMPARED.get(table, {}).items()}
        if ids is not None and "tender_id" in codes:
            codes["tender_id"] = ids
        return _coded(frame, {**codes, **_parties(table, frame, everywhere=everywhere)})

    return tables.map(coded)


def _numbers(tables: Sequence[pl.LazyFrame]) -> pl.Expr | None:
    """Make numbers of the ids of tenders, unless some differ in more than eight bytes.

    They are those bytes, behind what all ids begin with, and filled up: as codes, a million ids would be held
    in memory, which takes ten times as long.
    """
    ids = pl.col("tender_id")
    told = collect(
        pl.concat(
            frame.select(
                first=ids.min(),
                last=ids.max(),
                longest=ids.str.len_bytes().max(),
                # With what others are filled up with, it would be one of them.
                filled=ids.str.ends_with(_FILL).any(),
            )
            for frame in tables
        )
    ).drop_nulls()
    first, last = min(told["first"], default=""), max(told["last"], default="")
    alike = takewhile(lambda signs: signs[0] == signs[1], zip(first, last, strict=False))
    begins = len(first[: len(list(alike))].encode())
    within = begins + _WIDE
    if told["filled"].any() or any(longest > within for longest in told["longest"]):
        return None
    rest = ids.str.pad_end(within, _FILL).cast(pl.Binary).bin.slice(begins, _WIDE)
    return rest.bin.reinterpret(dtype=pl.UInt64, endianness="big")


def _parties(table: str, frame: pl.LazyFrame, *, everywhere: bool) -> dict[str, pl.Expr]:
    named, codes = PARTIES.get(table, ()), {}
    for place, name in enumerate(named):
        text = pl.col(name)
        if place and not everywhere:
            unknown = pl.all_horizontal(pl.col(named[:place]).is_null())
            # Files tell by their statistics where all are known: to read the names of all takes long.
            some = collect(frame.filter(unknown).select(pl.len())).item()
            text = pl.when(unknown).then(text) if some else pl.lit(None, pl.String)
        codes[name] = text.cast(_PARTY)
    return codes


def _coded(frame: pl.LazyFrame, codes: Mapping[str, pl.Expr]) -> pl.LazyFrame:
    there = frame.collect_schema().names()
    return frame.with_columns(code.alias(name) for name, code in codes.items() if name in there)
