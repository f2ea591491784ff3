"""What a rule hands back, and the fingerprint that recognises a finding in a later run."""

from collections.abc import Iterable
from enum import StrEnum
from hashlib import blake2b
from typing import Final

import polars as pl

from spendaudit.model.codelists import CURRENCY
from spendaudit.model.tables import IDENTIFIER, PROVENANCE, SCHEMAS

#: Where a row was published: what a rule names it by.
PLACE: Final = ("file", "row")

#: A row as a reader is told of it: the identifier a person knows it by, its place, the page that shows it;
#: and its number in the table, as several rows may have been published in one place.
MEMBER: Final = pl.Struct(
    {
        "id": pl.String(),
        **{name: PROVENANCE[name] for name in PLACE},
        "url": pl.String(),
        "number": pl.UInt32(),
    }
)

#: Sums of money are wider than the amounts they add up.
TOTAL: Final = pl.Decimal(38, 4)

#: A rule's `find` returns these columns first. What follows are its measures: what no row tells by itself.
FINDING: Final = pl.Schema(
    {
        "members": pl.List(pl.Struct({name: PROVENANCE[name] for name in PLACE})),
        "amount": TOTAL,
        "currency": CURRENCY,
        "starts": pl.Date(),
        "ends": pl.Date(),
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


def member() -> pl.Expr:
    """Name one row as a rule does: by its place."""
    return pl.struct(PLACE)


def members() -> pl.Expr:
    """List the rows of a group, in an order that no engine changes.

    An aggregation: use it in `group_by(...).agg(members=members())`.
    """
    return member().sort()


def published(table: str) -> pl.Expr:
    """Name one row of a table to a reader (`MEMBER`); its `number` stands beside its columns."""
    url = pl.col("url") if "url" in SCHEMAS[table] else pl.lit(None, pl.String())
    return pl.struct(pl.col(IDENTIFIER[table]).alias("id"), *PLACE, url.alias("url"), "number")


def fingerprint(rule_id: str, member_ids: Iterable[str]) -> str:
    """Name a finding by its rule and its members, whatever the order, settings or language.

    Not `pl.Expr.hash`: Polars keeps that stable within one version only.
    """
    text = "\x1f".join((rule_id, *sorted(member_ids)))
    return blake2b(text.encode(), digest_size=8).hexdigest()
