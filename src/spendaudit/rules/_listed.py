"""Whose parties stand on a list on the day? By a valid number, or by a name alone, which makes a lead."""

from typing import Final, Literal

import polars as pl

from spendaudit.model.findings import FINDING, PLACE, members
from spendaudit.rules._totals import total

#: Columns of a list of parties that are read, beside the key that it is matched by.
ENTRY: Final = frozenset({"valid_from", "valid_to", "list"})

#: Who pays and who is paid in the rows of each table, and their day.
_ROLES: Final = {
    "contracts": ("buyer_key", "supplier_key", "decision_date"),
    "payments": ("payer_key", "payee_key", "date"),
}

#: Measures of findings: since when and until when the party is listed, if that is known; on which list.
_MEASURES: Final = ("listed_from", "listed_to", "list")


def listed(
    rows: pl.LazyFrame,
    entries: pl.LazyFrame,
    *,
    of: Literal["contracts", "payments"],
    by: Literal["party_key", "lead_key"],
) -> pl.LazyFrame:
    """Make one finding of what one body decided for, or paid, a listed party while it was listed.

    The first and the last day of an entry count; one without a day has no such end. A row counts once,
    however many entries its party has.
    """
    payer, paid, day = _ROLES[of]
    starts, ends = pl.col("valid_from"), pl.col("valid_to")
    inside = (starts <= pl.col(day)).fill_null(value=True) & (pl.col(day) <= ends).fill_null(value=True)
    hits = (
        rows.select(*PLACE, paid, day)
        .join(entries.select(by, *sorted(ENTRY)), left_on=paid, right_on=by)
        .filter(inside)
        .group_by(PLACE)
        .agg(
            listed_from=pl.when(~starts.is_null().any()).then(starts.min()),
            listed_to=pl.when(~ends.is_null().any()).then(ends.max()),
            list=pl.col("list").min(),
        )
    )
    return (
        rows.join(hits, on=PLACE)
        .group_by(payer, paid, "currency")
        .agg(
            members=members(),
            amount=total()["amount"],
            starts=pl.col(day).min(),
            ends=pl.col(day).max(),
            listed_from=pl.col("listed_from").min(),
            listed_to=pl.col("listed_to").max(),
            list=pl.col("list").min(),
        )
        .sort(pl.col("members").list.first())
        .select(*FINDING.names(), *_MEASURES)
    )


def entry() -> dict[str, pl.Expr]:
    """Tell what the list says of the party."""
    return {name: pl.col(name).min() for name in _MEASURES}
