"""Which rows are payments, who paid whom, and what do some payments come to? What rules on payments share."""

from collections.abc import Sequence

import polars as pl

from spendaudit.model.findings import TOTAL
from spendaudit.rules._gathered import gathered
from spendaudit.rules._parties import known_by, party
from spendaudit.rules._rule import Params


def spent(_params: Params) -> pl.Expr:
    """Payments; amounts of zero and credits are none."""
    return pl.col("amount") > 0


def paid(rows: pl.LazyFrame, by: Sequence[str], **measures: pl.Expr) -> pl.LazyFrame:
    """Make one finding of all payments that share these values, `currency` among them, with measures."""
    return gathered(rows, by, "date", amount=pl.col("amount").sum().cast(TOTAL), **measures)


def who_paid() -> dict[str, pl.Expr]:
    """Tell who paid whom, and what holds the rows of the payee together (aggregations)."""
    return {
        "payer_name": party("payer").min(),
        "payee_name": party("payee").min(),
        "payee_known_by": known_by("payee").first(),
    }


def documents() -> pl.Expr:
    """List the documents of some payments (String, an aggregation), null where none has a number."""
    return pl.col("document_id").unique().sort().str.join(", ").replace("", None)
