"""Which buyers or suppliers to read about first? An order for reading, whose sum anyone can work out again.

The score adds up one part for each rule and table:

    points = weight * 100 * flagged rows / (rows in the table + 10)

It says how much of what is known of somebody was flagged. The ten rows that nobody has keep a supplier with
one flagged contract from standing above all others. Formula and weights are defaults of this project. A rule
that is too blunt for the data counts nothing, as a flag of it says nothing about one buyer.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

import polars as pl

from spendaudit.audit.named_rows import named_rows
from spendaudit.audit.select import matching
from spendaudit.engine.local import collect
from spendaudit.model.findings import Severity
from spendaudit.model.run import Run
from spendaudit.model.tables import Tables
from spendaudit.rules._rule import Rule

#: Rows that nobody has, added to what everybody has.
DAMPING: Final = 10
#: What a rule weighs by its severity, where the configuration says nothing.
WEIGHTS: Final = {Severity.HIGH: Decimal(10), Severity.MEDIUM: Decimal(3), Severity.LOW: Decimal(1)}
_CENT: Final = Decimal("0.01")


class Who(StrEnum):
    """Whose score it is."""

    BUYERS = "buyers"
    SUPPLIERS = "suppliers"


#: How the rows of each table name them: the columns of the key, and of the name. A rule about rows of another
#: table (bids, lines of a contract) has no part in a score.
RANKED: Final[Mapping[Who, Mapping[str, tuple[tuple[str, ...], str]]]] = {
    Who.BUYERS: {
        "contracts": (("buyer_key",), "buyer_name"),
        "payments": (("payer_key",), "payer_name"),
        "budget": (("institution_id", "institution_name"), "institution_name"),
    },
    Who.SUPPLIERS: {
        "contracts": (("supplier_key",), "supplier_name"),
        "payments": (("payee_key",), "payee_name"),
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one rule adds."""

    rule: str
    weight: Decimal
    table: str
    #: Their rows of the table that the rule flags, and all of them.
    flagged: int
    rows: int
    findings: int

    @property
    def points(self) -> Decimal:
        """The part of the sum, to two places."""
        return (self.weight * 100 * self.flagged / (self.rows + DAMPING)).quantize(_CENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A buyer or supplier, and every part of the sum, the largest first."""

    key: str
    name: str | None
    parts: tuple[Part, ...]

    @property
    def points(self) -> Decimal:
        """The sum of the parts as they are shown."""
        return sum((part.points for part in self.parts), Decimal("0.00"))


def weigh(rules: Mapping[str, Rule[Any]], weights: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return the weight of every rule by id.

    `weights` are by severity (`high`), id, prefix, name or OCP number; of several that mean a rule, the one
    that means fewest rules holds. Raises UsageError for a word that means no rule.
    """
    by_severity = {severity: weights.get(severity.value, weight) for severity, weight in WEIGHTS.items()}
    meant = {word: matching(rules, word) for word in weights if word not in {*Severity}}
    known = {id_: by_severity[rule.severity] for id_, rule in rules.items()}
    for word in sorted(meant, key=lambda word: (-len(meant[word]), word)):
        known |= dict.fromkeys(meant[word], weights[word])
    return known


def scores(
    run: Run, who: Who, weights: Mapping[str, Decimal], tables: Tables, rows: Mapping[str, pl.DataFrame]
) -> tuple[Score, ...]:
    """Add up the parts of everybody who has one, the highest score first.

    `run` names them as they may be shown. `rows` are its rows as they were published: by them everybody is
    found in the `tables`, to count what they have.
    """
    blunt = {outcome.id for outcome in run.outcomes if outcome.blunt}
    counting = [id_ for id_, weight in weights.items() if weight and id_ not in blunt]
    named = named_rows(run).filter(pl.col("rule").is_in(counting))
    parts = defaultdict[str, list[Part]](list)
    shown: dict[str, tuple[str, str | None]] = {}
    for table, (keys, name) in RANKED[who].items():
        of_table = named.filter(pl.col("table") == table)
        if of_table.is_empty():
            continue
        places = _places(rows[table], run.rows[table], keys, name)
        shown |= {key: (label, name) for key, label, name in _labels(places)}
        for key, *counts in _counted(of_table, places, tables[table], keys):
            rule, flagged, findings, of = counts
            parts[key].append(
                Part(
                    rule=rule, weight=weights[rule], table=table, flagged=flagged, rows=of, findings=findings
                )
            )
    found = [
        Score(
            key=shown[key][0],
            name=shown[key][1],
            parts=tuple(sorted(of_one, key=lambda part: (-part.points, part.rule, part.table))),
        )
        for key, of_one in parts.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.points, one.key)))


def _key(columns: Iterable[str]) -> pl.Expr:
    return pl.coalesce(pl.col(column).cast(pl.String()) for column in columns).alias("key")


def _places(published: pl.DataFrame, shown: pl.DataFrame, keys: tuple[str, ...], name: str) -> pl.DataFrame:
    return pl.concat(
        [
            published.select(_key(keys)),
            shown.select(_key(keys).alias("label"), pl.col(name).cast(pl.String()).alias("name")),
        ],
        how="horizontal",
    ).with_row_index("position")


def _labels(places: pl.DataFrame) -> Iterable[tuple[str, str, str | None]]:
    """Name everybody; of several spellings the first in the alphabet."""
    named = places.drop_nulls("key").group_by("key").agg(pl.col("label").min(), pl.col("name").min())
    return named.sort("key").iter_rows()


def _counted(
    named: pl.DataFrame, places: pl.DataFrame, table: pl.LazyFrame, keys: tuple[str, ...]
) -> Iterable[tuple[Any, ...]]:
    """Give the key, the rule, how many rows it flags in how many findings, and how many rows there are."""
    flagged = (
        named.join(places, on="position")
        .drop_nulls("key")
        .group_by("key", "rule")
        .agg(pl.col("position").n_unique(), pl.col("finding").n_unique())
    )
    wanted = flagged.lazy().select("key")
    every = collect(
        table.select(_key(keys)).join(wanted, on="key", how="semi").group_by("key").agg(rows=pl.len())
    )
    return flagged.join(every, on="key").sort("key", "rule").iter_rows()
