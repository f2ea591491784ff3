"""What a rule hands back, and the fingerprint that recognises a finding in a later run."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from hashlib import blake2b
from typing import Final

import polars as pl

from spendaudit.model.codelists import CURRENCY
from spendaudit.model.tables import IDENTIFIER, PROVENANCE

#: Where a row was published: what a rule names it by.
PLACE: Final = ("file", "row")

#: What stands between names that are digested together.
_APART: Final = "\x1f"

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


def alone(column: str) -> pl.Expr:
    """Name a row that lacks this column by its place; null of all others.

    Beside the column among the keys of a group, it keeps such rows apart: nobody knows which belong together.
    """
    return pl.when(pl.col(column).is_null()).then(member())


def published(table: str) -> tuple[pl.Expr, ...]:
    """Say what a reader knows a row of a table by, in the order of rows: its identifier, and its place.

    The last is its number in the table, which stands beside its columns: several rows may have been published
    in one place.
    """
    return (pl.col(IDENTIFIER[table]).alias("id"), *map(pl.col, (*PLACE, "number")))


def named(field: Callable[[str], pl.Expr] = pl.col) -> pl.Expr:
    """Name what is `published`, as `field` finds it: by its place, if the portal gave it no identifier."""
    return pl.coalesce(field("id"), pl.concat_str(field("file"), pl.lit("#"), field("row")))


def fingerprint(rule_id: str, member_ids: Iterable[str]) -> str:
    """Name a finding by its rule and its members, whatever the order, settings or language.

    Not `pl.Expr.hash`: Polars keeps that stable within one version only.
    """
    return _digest(_APART.join((rule_id, *sorted(member_ids))))


def fingerprints(rule_id: str, member_ids: pl.Series) -> list[str]:
    """Name findings in the same way: for each a list of names, in order."""
    return [_digest(f"{rule_id}{_APART}{names}") for names in member_ids.list.join(_APART)]


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()
