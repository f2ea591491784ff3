"""What is a market? What is bought under the same first digits of an item code, in a year."""

from typing import Final

import polars as pl

#: Data sources hold parts of a market, and the same part twice: each is counted apart.
MARKET: Final = ("source", "class")


def code(digits: int) -> pl.Expr:
    """Cut the code of what was bought down to its first characters (String)."""
    return pl.col("item_code").cast(pl.String).str.head(digits)


def class_of(digits: int) -> pl.Expr:
    """Name what was bought by so many digits of its code, after the scheme, if it is known (String)."""
    return pl.concat_str("item_scheme", code(digits), separator=" ", ignore_nulls=True)


def in_markets(contracts: pl.LazyFrame, digits: int) -> pl.LazyFrame:
    """Add the `class` of what was bought, and the `year` of the decision."""
    return contracts.with_columns(class_of(digits).alias("class"), year=pl.col("decision_date").dt.year())
