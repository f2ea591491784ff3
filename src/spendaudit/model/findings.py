"""What a rule hands back, and the fingerprint that recognises a finding in a later run."""

from collections.abc import Iterable
from enum import StrEnum
from hashlib import blake2b
from typing import Final

import polars as pl

from spendaudit.model.codelists import CURRENCY
from spendaudit.model.tables import IDENTIFIER

#: A row that a finding rests on: the identifier a person knows it by, and where it was published.
MEMBER: Final = pl.Struct({"id": pl.String(), "file": pl.String(), "row": pl.UInt32()})

#: Sums of money are wider than the amounts they add up.
TOTAL: Final = pl.Decimal(38, 4)

#: A rule's `find` returns these columns and no others; `facts` is the rule's own struct.
FINDING: Final = pl.Schema(
    {
        "members": pl.List(MEMBER),
        "amount": TOTAL,
        "currency": CURRENCY,
        "starts": pl.Date(),
        "ends": pl.Date(),
        "facts": pl.Struct({}),
    }
)


class Severity(StrEnum):
    """How much a finding deserves a look first. It never says that anyone did wrong."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 for low, 2 for high."""
        return list(Severity).index(self)


def member(table: str) -> pl.Expr:
    """Name one row of a table as a finding does."""
    return pl.struct(
        pl.col(IDENTIFIER[table]).alias("id"), pl.col("file").alias("file"), pl.col("row").alias("row")
    )


def members(table: str) -> pl.Expr:
    """List the rows of a group as a finding names them, in an order that no engine changes.

    An aggregation: use it in `group_by(...).agg(members=members("contracts"))`.
    """
    return member(table).sort()


def fingerprint(rule_id: str, member_ids: Iterable[str]) -> str:
    """Name a finding by its rule and its members, whatever the order, settings or language.

    Not `pl.Expr.hash`: Polars keeps that stable within one version only.
    """
    text = "\x1f".join((rule_id, *sorted(member_ids)))
    return blake2b(text.encode(), digest_size=8).hexdigest()
