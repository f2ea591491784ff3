"""Which party a line of a register or list speaks of: its key by a valid number, and the key of its name."""

import re
from typing import Final

import polars as pl

from spendaudit.enrich import ids
from spendaudit.enrich.keys import name_keys
from spendaudit.model.codelists import ORGANISATION, PARTY_KIND

_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_NOTHING: Final = pl.DataFrame(schema={"key": ORGANISATION, "kind": PARTY_KIND})


def party_keys(frame: pl.DataFrame, *, country: str) -> pl.DataFrame:
    """Add `party_key` and `name_key` to rows of parties, in their order, and fill `kind` where it is empty.

    A number is judged by the `scheme` of its row, a country (`CL`) or one of its schemes (`CL-RUT`); else by
    the country, or by the scheme that it states itself (`CL-RUT-76086428-5`). One that is not valid is no
    key, and neither is one that nobody can judge.
    """
    schemes = frame["scheme"].fill_null("")
    parts = [_NOTHING.with_columns(at=pl.lit(0, pl.UInt32)).clear()]
    for scheme in schemes.unique().sort():
        at = (schemes == scheme).arg_true()
        parts.append(_judged(frame["party_id"][at], scheme or country).with_columns(at=at))
    told = pl.concat(parts).sort("at")
    names = name_keys(frame["name"])
    kind = pl.coalesce(
        pl.col("kind").replace("unknown", None),
        told["kind"].replace("unknown", None),
        names["kind"],
        told["kind"],
    )
    return frame.with_columns(kind.alias("kind"), party_key=told["key"], name_key=names["key"])


def _judged(numbers: pl.Series, scheme: str) -> pl.DataFrame:
    """Judge numbers of one scheme or country: `key` and `kind`."""
    stated = ids.look_up_stated(numbers).select("key", "kind")
    if ids.knows(scheme):
        read = ids.look_up(scheme, numbers).select("key", "kind")
    elif scheme and not _COUNTRY.fullmatch(scheme) and scheme != ids.ANYWHERE:
        read = ids.look_up_stated(scheme + "-" + numbers).select("key", "kind")
    else:
        return stated
    found = stated["key"].is_not_null()
    return pl.select(
        pl.when(found).then(stated[name]).otherwise(read[name]).alias(name) for name in stated.columns
    )
