"""Who was paid, how much, and under which spellings of their names."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import polars as pl

from spendaudit.enrich.names import name_key
from spendaudit.model.codelists import NAMED
from spendaudit.model.findings import TOTAL
from spendaudit.model.tables import Tables

#: The tables that name who is paid, and what their columns are called there.
_ROLES: Final[Mapping[str, str]] = MappingProxyType({"contracts": "supplier", "payments": "payee"})

#: One row per table, supplier, spelling, number and currency. `supplier` is the key that rules group by;
#: `valid` tells whether the number is a right one (null: nobody judged it).
SPELLING: Final = pl.Schema(
    {
        "table": pl.String(),
        "supplier": pl.String(),
        "name": pl.String(),
        "id": pl.String(),
        "valid": pl.Boolean(),
        "kind": pl.String(),
        "currency": pl.String(),
        "rows": pl.Int64(),
        "amount": TOTAL,
    }
)


def spellings(tables: Tables) -> pl.LazyFrame:
    """Add up what every supplier got under every spelling (`SPELLING`); rows that name nobody are out."""
    parts = [_spellings(table, tables[table]) for table in _ROLES if table in tables]
    columns = [name for name in SPELLING if name not in {"rows", "amount"}]
    return pl.concat([pl.LazyFrame(schema=SPELLING), *parts]).sort(columns)


def _spellings(table: str, frame: pl.LazyFrame) -> pl.LazyFrame:
    role = _ROLES[table]
    key = pl.col(f"{role}_key").cast(pl.String())
    judged = pl.col("supplier_id_valid") if role == "supplier" else pl.lit(None, pl.Boolean())
    return (
        frame.filter(pl.col(f"{role}_key").is_not_null())
        .group_by(
            supplier=key,
            name=pl.col(f"{role}_name"),
            id=pl.col(f"{role}_id"),
            # Keys of names and of portals' own codes have a colon, those of tax numbers have none.
            valid=pl.when(~key.str.contains(":", literal=True)).then(pl.lit(value=True)).otherwise(judged),
            kind=pl.col(f"{role}_kind").cast(pl.String()),
            currency=pl.col("currency").cast(pl.String()),
        )
        .agg(rows=pl.len().cast(pl.Int64()), amount=pl.col("amount").cast(TOTAL).sum())
        .select(pl.lit(table).alias("table"), *(name for name in SPELLING if name != "table"))
    )


def totals(found: pl.DataFrame) -> pl.DataFrame:
    """Add spellings (`SPELLING`) up: a row per table, supplier and currency, the greatest amounts first.

    `name` is the commonest spelling and `spellings` their number. Contracts and payments are not added up:
    one may be paid for by the other.
    """
    return (
        found.join(described(found).select("supplier", "name", "id", "kind"), on="supplier", suffix="_shown")
        .group_by("table", "supplier", "currency")
        .agg(
            pl.col("name_shown").first().alias("name"),
            pl.col("id_shown").first().alias("id"),
            pl.col("kind_shown").first().alias("kind"),
            pl.col("rows").sum(),
            pl.col("amount").sum(),
            pl.col("name").n_unique().cast(pl.Int64()).alias("spellings"),
        )
        .select("table", "supplier", "name", "id", "kind", "currency", "rows", "amount", "spellings")
        .sort(
            "table", "currency", "amount", "supplier", descending=[False, False, True, False], nulls_last=True
        )
    )


def described(found: pl.DataFrame) -> pl.DataFrame:
    """Tell of every supplier (`SPELLING`) its commonest spelling and number, kind, rows and all spellings."""
    return (
        found.group_by("supplier", "name", "id", "valid", "kind")
        .agg(pl.col("rows").sum())
        .sort("supplier", "rows", "name", "id", descending=[False, True, False, False], nulls_last=True)
        .group_by("supplier", maintain_order=True)
        .agg(
            pl.col("name").drop_nulls().first(),
            pl.col("id").drop_nulls().first(),
            pl.col("valid").drop_nulls().first(),
            pl.col("kind").drop_nulls().first(),
            pl.col("rows").sum(),
            pl.col("name").drop_nulls().unique(maintain_order=True).alias("spellings"),
        )
        .sort("supplier")
    )


def spelt(found: pl.DataFrame) -> pl.DataFrame:
    """List every supplier (`SPELLING`) under each of its name keys, as `merges.suggest` reads them."""
    one = described(found).select("supplier", "id", "valid", "kind")
    named = found.select("supplier", name_key=name_key("name")).unique()
    return named.join(one, on="supplier").sort("supplier", "name_key")


def with_persons(found: pl.DataFrame) -> pl.DataFrame:
    """Call every supplier a person whose name a person bears: without its number it is the same name."""
    key = name_key("name")
    persons = found.filter(pl.col("kind") == "person").select(key.alias("key")).to_series().drop_nulls()
    bears = key.is_in(persons.unique().implode()).fill_null(value=False)
    namesake = pl.col("supplier").str.starts_with(NAMED) & bears
    return found.with_columns(kind=pl.when(namesake).then(pl.lit("person")).otherwise("kind"))
