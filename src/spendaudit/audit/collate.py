"""In which order do findings stand, and how is each recognised again? Turns the rules' answers into findings.

Gravest first. Within a severity the findings of one currency stand together, because amounts of two
currencies have no order: the currency of most findings comes first, findings without a currency last.
Within a currency the most money comes first; the rule and the fingerprint settle the rest.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl

from spendaudit.audit.sentences import sentences
from spendaudit.model.findings import MEMBER, fingerprint
from spendaudit.model.found import FOUND, Findings
from spendaudit.model.json_text import objects, tagged
from spendaudit.rules._rule import Rule

#: A rule and what its findings tell (see `Rule.tell`).
Answer = tuple[Rule[Any], pl.DataFrame]

#: How a row is named whose portal published no identifier.
NAME: Final = pl.coalesce("id", pl.concat_str(pl.col("file"), pl.lit("#"), pl.col("row")))

#: Rules whose findings are put in words at the same time.
_TOGETHER: Final = 2

_LABELLED: Final = pl.Schema({**FOUND, "members": pl.List(MEMBER), "table": pl.String(), "rank": pl.UInt8()})


def in_order(answers: Iterable[Answer]) -> pl.DataFrame:
    """Return the findings of all rules in the order in which they are shown: `FOUND` and their `table`.

    Their members are lists yet.
    """
    with ThreadPoolExecutor(_TOGETHER) as pool:
        # While the answer to the next rule is worked out.
        labelled = list(pool.map(lambda answer: _labelled(*answer), answers))
    found = pl.concat([pl.DataFrame(schema=_LABELLED), *labelled])
    return (
        found.with_columns(crowd=pl.when(pl.col("currency").is_not_null()).then(pl.len().over("currency")))
        .sort(
            pl.col("rank"), "crowd", "currency", "amount", "rule", "fingerprint",
            descending=[True, True, False, True, False, False],
            nulls_last=True,
        )
        .drop("rank", "crowd")
    )  # fmt: skip


def _labelled(rule: Rule[Any], answer: pl.DataFrame) -> pl.DataFrame:
    facts = answer["facts"].struct.unnest().to_dict()
    about = answer.with_columns(pl.col("members").list.len())
    return answer.select(
        _fingerprints(rule, answer),
        rule=pl.lit(rule.id),
        rule_name=pl.lit(rule.name),
        rule_version=pl.lit(rule.version, pl.Int64),
        severity=pl.lit(rule.severity.value),
        amount="amount",
        currency=pl.col("currency").cast(pl.String),
        starts="starts",
        ends="ends",
        message=sentences(rule.message, facts, about),
        facts=objects({name: tagged(fact) for name, fact in facts.items()}) if facts else pl.lit("{}"),
        members="members",
        table=pl.lit(rule.subject),
        rank=pl.lit(rule.severity.rank, pl.UInt8),
    )


def members_of(ordered: pl.DataFrame, rows: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the members of all findings, finding after finding, with the columns of `Member`.

    `rows` are the flagged rows by table, each with the `number` by which members name it.
    """
    places = [
        frame.select("number").with_row_index("position").with_columns(table=pl.lit(table))
        for table, frame in rows.items()
    ]
    named = ordered.select("table", "members").explode("members").unnest("members").with_columns(id=NAME)
    nowhere = pl.DataFrame(schema={"position": pl.UInt32(), "number": pl.UInt32(), "table": pl.String()})
    known = pl.concat([nowhere, *places])
    return named.join(known, on=["table", "number"], how="left", maintain_order="left").drop("number")


def findings(answers: Iterable[Answer], rows: Mapping[str, pl.DataFrame]) -> Findings:
    """Lay out what the rules found, in order; `rows` are the flagged rows by table."""
    ordered = in_order(answers)
    return Findings.laid(
        ordered.with_columns(pl.col("members").list.len().cast(pl.Int64)), members_of(ordered, rows)
    )


def _fingerprints(rule: Rule[Any], answer: pl.DataFrame) -> pl.Series:
    """Name each finding; those that rest on equal identifiers are told apart by when, how much and where."""
    names = answer.select(pl.col("members").list.eval(_named(pl.element())))["members"].to_list()
    prints = [fingerprint(rule.id, ids) for ids in names]
    alike = defaultdict(list)
    for place, text in enumerate(prints):
        alike[text].append(place)
    for places in alike.values():
        for ordinal, place in enumerate(_told_apart(answer, places), start=1):
            if ordinal > 1:
                prints[place] = fingerprint(rule.id, [*names[place], f"\x1e{ordinal}"])
    return pl.Series("fingerprint", prints, pl.String())


def _named(member: pl.Expr) -> pl.Expr:
    place = pl.concat_str(member.struct.field("file"), pl.lit("#"), member.struct.field("row"))
    return pl.coalesce(member.struct.field("id"), place)


def _told_apart(answer: pl.DataFrame, places: Sequence[int]) -> list[int]:
    if len(places) == 1:
        return list(places)
    known = {
        place: (
            starts or date.min,
            amount or Decimal(0),
            sorted((one["file"], one["row"]) for one in members),
        )
        for place, (starts, amount, members) in zip(
            places, answer[list(places)].select("starts", "amount", "members").iter_rows(), strict=True
        )
    }
    return sorted(places, key=lambda place: known[place])
