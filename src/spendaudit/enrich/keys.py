"""Which organisation a row speaks of: one key, whatever its portal published of it."""

import polars as pl


def organisation_keys(
    frame: pl.DataFrame, *, role: str, id: str | None, name: str, country: str, tax_id: bool, source: str
) -> pl.DataFrame:
    """Add `<role>_key` (and for suppliers and payees `<role>_kind`, for suppliers `supplier_id_valid`)."""
    raise NotImplementedError
