"""In which order do findings stand, and how is each recognised again? Turns the rules' answers into findings.

Gravest first. Within a severity the findings of one currency stand together, because amounts of two
currencies have no order: the currency of most findings comes first, findings without a currency last.
Within a currency the most money comes first; the rule and the fingerprint settle the rest.
"""

import itertools
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl

from spendaudit.audit.sentences import sentences
from spendaudit.engine.aside import Kept
from spendaudit.engine.local import collect
from spendaudit.model.findings import fingerprint, fingerprints, named, published
from spendaudit.model.found import FOUND, Findings, Rows
from spendaudit.model.json_text import objects, tagged
from spendaudit.model.run import MEMBERS
from spendaudit.model.tables import SCHEMAS
from spendaudit.rules._rule import Rule

#: A rule and what its findings tell (see `Rule.tell`).
Answer = tuple[Rule[Any], pl.DataFrame]

#: Texts of which there are few: numbers for them take a quarter of the memory.
_FEW: Final = ("rule", "rule_name", "severity", "currency", "table")

_LABELLED: Final = pl.Schema(
    {
        **FOUND,
        "members": pl.List(pl.UInt32()),
        "rank": pl.UInt8(),
        **dict.fromkeys(_FEW, pl.Categorical()),
    }
)

_KNOWN: Final = pl.Schema({**MEMBERS, "number": pl.UInt32()})

#: Members that are looked up in one go.
_AT_ONCE: Final = 50_000

#: Findings that are put in words in one go.
_IN_WORDS: Final = 16_384

#: Rules whose findings are put in words at the same time.
_TOGETHER: Final = 2


def in_order(answers: Iterable[Answer]) -> pl.DataFrame:
    """Return the findings of all rules in the order in which they are shown: `FOUND` and their `table`.

    Their members are yet lists of their numbers in that table.
    """
    crowd = pl.when(pl.col("currency").is_not_null()).then(pl.len().over("currency"))
    return (
        pl.concat([pl.DataFrame(schema=_LABELLED), *_all_labelled(answers)])
        .with_columns(crowd=crowd)
        .sort(
            "rank", "crowd", "currency", "amount", "rule", "fingerprint",
            descending=[True, True, False, True, False, False],
            nulls_last=True,
        )
        .drop("rank", "crowd")
        .cast(dict.fromkeys(_FEW, pl.String()))
    )  # fmt: skip


def _all_labelled(answers: Iterable[Answer]) -> Iterator[pl.DataFrame]:
    """Put findings in words, rule by rule, while the answers to the next rules are worked out."""
    waiting: deque[Future[pl.DataFrame]] = deque()
    with ThreadPoolExecutor(_TOGETHER) as pool:
        for rule, answer in answers:
            waiting.append(pool.submit(_labelled, rule, answer))
            # Answers take more memory than the words.
            if len(waiting) > _TOGETHER:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _labelled(rule: Rule[Any], answer: pl.DataFrame) -> pl.DataFrame:
    marked = answer.with_columns(_fingerprints(rule, answer))
    # What words are put together of goes before the next are.
    return pl.concat([_worded(rule, some) for some in marked.iter_slices(_IN_WORDS)])


def _worded(rule: Rule[Any], answer: pl.DataFrame) -> pl.DataFrame:
    facts = dict(pl.Schema(answer["facts"].struct.schema))
    written = {name: tagged(pl.col("facts").struct.field(name), dtype) for name, dtype in facts.items()}
    numbers = answer["members"].list.eval(pl.element().struct.field("number"))
    worded = answer.with_columns(pl.col("members").list.len()).select(
        "fingerprint",
        rule=pl.lit(rule.id),
        rule_name=pl.lit(rule.name),
        rule_version=pl.lit(rule.version, pl.Int64),
        severity=pl.lit(rule.severity.value),
        amount="amount",
        currency="currency",
        starts="starts",
        ends="ends",
        message=sentences(rule.message, facts),
        facts=objects(written),
        members=numbers,
        rank=pl.lit(rule.severity.rank, pl.UInt8),
        table=pl.lit(rule.subject),
    )
    return worded.select(_LABELLED.names()).cast(dict.fromkeys(_FEW, pl.Categorical()))


def members_of(ordered: pl.DataFrame, rows: Mapping[str, pl.LazyFrame], *, low_memory: bool = False) -> Rows:
    """Return the members of all findings, finding after finding, with the columns of `MEMBERS`.

    `rows` are the flagged rows by table, each with the `number` by which findings name it. With
    `low_memory`, members are put aside.
    """
    numbers = ordered.select("table", number="members").explode("number")
    if low_memory:
        # The rows are in files: a few are looked up at a time, and no others read.
        parts = (_members(some, rows, few=True) for some in numbers.iter_slices(_AT_ONCE))
        return Kept(itertools.chain([pl.DataFrame(schema=MEMBERS)], parts))
    return _members(numbers, rows)


def _members(numbers: pl.DataFrame, rows: Mapping[str, pl.LazyFrame], *, few: bool = False) -> pl.DataFrame:
    """Look members up, table by table; of `few`, only the rows that are theirs are read."""
    found = [pl.DataFrame(schema={**MEMBERS, "place": pl.UInt32})]
    for (table,), some in numbers.with_row_index("place").group_by("table"):
        known = _known(str(table), rows[str(table)])
        if few:
            known = known.filter(pl.col("number").is_in(some["number"].unique().implode()))
        found.append(some.drop("table").join(collect(known), on="number").select(*MEMBERS, "place"))
    members = pl.concat(found).sort("place").drop("place")
    return members.with_columns(id=named()) if members["id"].has_nulls() else members


def _known(table: str, rows: pl.LazyFrame) -> pl.LazyFrame:
    url = pl.col("url") if "url" in SCHEMAS[table] else pl.lit(None, pl.String())
    return (
        rows.with_row_index("position")
        .select("position", *published(table), url=url, table=pl.lit(table))
        .select(*_KNOWN)
    )


def findings(
    answers: Iterable[Answer], rows: Mapping[str, pl.LazyFrame], *, low_memory: bool = False
) -> Findings:
    """Lay out what the rules found, in order: see `members_of`."""
    ordered = in_order(answers)
    members = members_of(ordered, rows, low_memory=low_memory)
    return Findings.laid(ordered.with_columns(pl.col("members").list.len().cast(pl.Int64)), members)


def _fingerprints(rule: Rule[Any], answer: pl.DataFrame) -> pl.Series:
    """Name each finding; those that rest on equal identifiers are told apart by when, how much and where."""
    members = answer["members"]
    names = members.list.eval(pl.element().struct.field("id"))
    if names.explode().has_nulls():
        # Else they stand in order. Sorting each list takes long.
        names = members.list.eval(named(pl.element().struct.field)).list.sort()
    prints = fingerprints(rule.id, names)
    alike = defaultdict(list)
    for place in pl.Series(prints, dtype=pl.String).is_duplicated().arg_true():
        alike[prints[place]].append(place)
    for places in alike.values():
        for ordinal, place in enumerate(_told_apart(answer, places), start=1):
            if ordinal > 1:
                prints[place] = fingerprint(rule.id, [*names[place], f"\x1e{ordinal}"])
    return pl.Series("fingerprint", prints, pl.String())


def _told_apart(answer: pl.DataFrame, places: Sequence[int]) -> list[int]:
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
