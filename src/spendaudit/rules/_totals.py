"""What do some contracts come to together? Their amounts, if they are in one currency."""

import polars as pl

from spendaudit.model.findings import TOTAL


def total() -> dict[str, pl.Expr]:
    """Add up the amounts that are known (`amount`, `currency`): null both when there is no single currency.

    Aggregations.
    """
    currencies = pl.col("currency").filter(pl.col("amount").is_not_null())
    single = pl.when((currencies.n_unique() == 1) & currencies.first().is_not_null())
    return {
        "amount": single.then(pl.col("amount").sum()).cast(TOTAL),
        "currency": single.then(currencies.first()),
    }
