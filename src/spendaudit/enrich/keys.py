"""Which organisation a row speaks of: one key, whatever its portal published of it.

A valid tax number is the key: `CL-RUT-76086428-5`. Where the portal numbers organisations itself, its code
is: `gb_spend:E1234`. Otherwise the name is: `name:ACME`, or `name:ACME (IE)` where a portal has namesakes in
many countries or masks numbers (`apart`). What rests on such a key rests on a name.
"""

from typing import Final

import polars as pl

from spendaudit.enrich import ids
from spendaudit.enrich.dictionary import Dictionary
from spendaudit.enrich.names import name_key, name_kind
from spendaudit.model.codelists import NAMED, ORGANISATION, PARTY_KIND

#: Roles whose bearers get paid: only of them it matters who they are.
_PAID: Final = frozenset({"supplier", "payee"})


def _read_names(names: pl.Series) -> pl.DataFrame:
    key = (pl.lit(NAMED) + name_key("name")).cast(ORGANISATION)
    return names.alias("name").to_frame().select(key=key, kind=name_kind("name"))


_NAMES: Final = Dictionary("names", _read_names)


def name_keys(names: pl.Series) -> pl.DataFrame:
    """Read names, row by row: `key` (`ORGANISATION`) and `kind` (`PARTY_KIND`); nulls stay null."""
    return _NAMES.look_up(names)


def _column(frame: pl.DataFrame, name: str | None) -> pl.Series:
    if name is not None and name in frame.columns:
        return frame[name]
    return pl.repeat(None, frame.height, dtype=pl.String(), eager=True)


def organisation_keys(
    frame: pl.DataFrame,
    *,
    role: str,
    id: str | None,  # noqa: A002 the canonical word
    name: str,
    country: str,
    tax_id: bool,
    source: str,
    apart: str | None = None,
) -> pl.DataFrame:
    """Add `<role>_key` (`ORGANISATION`) to a batch of rows, in their order.

    `id` and `name` are columns (String) of the frame; one that is not there counts as null. With `tax_id`
    the ids are tax numbers of the country, and an invalid one is no key: the name is then, together with what
    stands in the column `apart`. From `ANYWHERE`, that holds for numbers that state a known
    scheme, and any other number is a code of the portal's.

    For a supplier or payee `<role>_kind` (`PARTY_KIND`) is added: by a valid number, otherwise by the name,
    null where neither is published. For a supplier also `supplier_id_valid`: null where there is no number
    to judge, or nobody here knows the country's numbers.
    """
    names, numbers = _column(frame, name), _column(frame, id)
    if tax_id and ids.knows(country):
        known = ids.look_up(country, numbers).select("key", "kind", "valid")
    else:
        code = (pl.lit(f"{source}:") + pl.col("id")).cast(ORGANISATION)
        known = numbers.alias("id").to_frame()
        if tax_id and country == ids.ANYWHERE:
            known = known.hstack(ids.look_up_stated(numbers)).select(
                pl.coalesce("key", pl.when(pl.col("valid").is_null()).then(code)), "kind", "valid"
            )
        else:
            known = known.select(key=code, kind=pl.lit(None, PARTY_KIND), valid=pl.lit(None, pl.Boolean()))
    certain = pl.col("kind") != "unknown"
    open_questions = pl.col("key").is_null()
    if role in _PAID:
        open_questions |= ~certain.fill_null(value=False)
    # Most rows of a portal with tax numbers never need their names read.
    unclear = known.select(open_questions).to_series()
    if unclear.any():
        nothing = pl.Series([None], dtype=pl.String())
        named = _NAMES.look_up(names.zip_with(unclear, nothing)).rename(
            {"key": "name_key", "kind": "name_kind"}
        )
        if apart is not None:
            told = pl.format("{} ({})", pl.col("name_key").cast(pl.String), _column(frame, apart))
            named = named.with_columns(name_key=pl.coalesce(told.cast(ORGANISATION), "name_key"))
        published = pl.when(pl.col("key").is_not_null()).then(pl.lit("unknown", PARTY_KIND))
        known = known.hstack(named).select(
            pl.coalesce("key", "name_key"),
            pl.coalesce(pl.when(certain).then("kind"), "name_kind", "kind", published).alias("kind"),
            "valid",
        )
    added = {f"{role}_key": known["key"]}
    if role in _PAID:
        added[f"{role}_kind"] = known["kind"]
    if role == "supplier":
        added["supplier_id_valid"] = known["valid"]
    return frame.with_columns(**added)
