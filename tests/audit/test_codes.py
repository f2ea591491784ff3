"""What stands for texts while rules search tells the same texts apart, in the same order."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from spendaudit.audit.codes import CODES, PARTIES, compared
from spendaudit.audit.run import audit
from spendaudit.engine.local import collect
from spendaudit.model.findings import FINDING, members
from spendaudit.model.run import Input
from spendaudit.model.tables import SCHEMAS, Tables
from spendaudit.rules import load_rules
from spendaudit.rules._rule import Params, Rule

RULES = list(load_rules().values())


def coded(contracts: list[str | None], bids: list[str | None]) -> tuple[pl.Series, pl.Series]:
    frames = {}
    for table, ids in {"contracts": contracts, "bids": bids}.items():
        nobody = dict.fromkeys(PARTIES[table], pl.Series([None] * len(ids), dtype=pl.String))
        frames[table] = pl.LazyFrame({"tender_id": pl.Series(ids, dtype=pl.String), **nobody})
    tables = compared(Tables(frames), everywhere=False)
    first, second = (collect(tables[table].select("tender_id")).to_series() for table in frames)
    return first, second


@pytest.mark.parametrize(
    ("contracts", "bids"),
    [
        (["ocds-1-7", None, "ocds-1-12", "ocds-1-"], ["ocds-1-12", "ocds-1-70", None, "ocds-1-1"]),
        (["LP-año", "LP-ano", "LP-añ"], ["LP-a", "LP-añó"]),
        (["12345678", "12345679"], ["02345678"]),
        ([None], ["T-1", "T-2"]),
        ([None], [None]),
    ],
    ids=["of several lengths", "of several scripts", "alike in nothing", "of one table", "none"],
)
def test_ids_that_differ_little_are_numbers_in_their_order(
    contracts: list[str | None], bids: list[str | None]
) -> None:
    first, second = coded(contracts, bids)

    assert (first.dtype, second.dtype) == (pl.UInt64(), pl.UInt64())
    texts, numbers = [*contracts, *bids], [*first, *second]
    assert [number is None for number in numbers] == [text is None for text in texts]
    known = {text for text in texts if text is not None}
    assert len({number for number in numbers if number is not None}) == len(known)
    pairs = {text: number for text, number in zip(texts, numbers, strict=True) if text is not None}
    assert sorted(known, key=lambda text: pairs[text]) == sorted(known)


@pytest.mark.parametrize(
    "others",
    [["T-123456789"], ["T-1", "T-1\0"], ["T-ñññññ"]],
    ids=["long", "filled up", "of two bytes a sign"],
)
def test_ids_that_differ_in_more_are_codes(others: list[str]) -> None:
    first, second = coded(["T-12345678", "T-2"], [*others])

    assert first.dtype == second.dtype == CODES[0]
    assert [*second] == others


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_no_rule_measures_the_id_of_a_tender(rule: Rule[Any]) -> None:
    tables = {
        table: pl.LazyFrame(
            schema={**SCHEMAS[table], **dict.fromkeys(SCHEMAS[table].keys() & {"tender_id"}, CODES[0])}
        )
        for table in {*rule.needs, *rule.uses}
    }

    assert CODES[0] not in rule.plan(Tables(tables), rule.params()).collect_schema().values()


def repeated(tables: Tables, _params: Params) -> pl.LazyFrame:
    """Find tenders by what stands in their ids, states and units, as a rule of a plug-in may."""
    words = pl.concat_str(pl.col("tender_id", "status").str.to_lowercase(), pl.col("source").str.head(2))
    return (
        tables["bids"]
        .with_columns(words=words)
        .group_by("tender_id", "bidder_id", "words")
        .agg(members=members())
        .with_columns(pl.lit(None, dtype).alias(name) for name, dtype in list(FINDING.items())[1:])
        .sort("tender_id")
        .select(*FINDING.names(), tender="tender_id", bidder="bidder_id", words="words")
    )


@pytest.mark.parametrize("low_memory", [False, True])
def test_a_rule_of_a_plug_in_reads_and_measures_what_was_published(
    low_memory: bool,
    make_rule: Callable[..., Rule[Any]],
    make_tables: Callable[..., Tables],
    inputs: tuple[Input, ...],
) -> None:
    plugged = make_rule(
        subject="bids",
        needs={"bids": frozenset({"tender_id", "bidder_id", "status", "source"})},
        scope=lambda _params: pl.lit(value=True),
        shard_by=("tender_id",),
        find=repeated,
        tells=lambda _params: {name: pl.col(name).first() for name in ("tender", "bidder", "words")},
        message="{bidder} bid for {tender}: {words}",
    )
    bids = [{"tender_id": f"LP-{n}", "bidder_id": "7-1", "bid_id": f"b{n}", "status": "valid"} for n in "12"]

    run = audit(make_tables(bids, "bids"), inputs, [load_rules()["BID001"], plugged], low_memory=low_memory)

    told = [finding.facts for finding in run.findings if finding.rule == plugged.id]
    assert {fact["tender"] for fact in told} == {"LP-1", "LP-2"}
    assert {(fact["bidder"], fact["words"]) for fact in told} == {
        ("7-1", "lp-1validxx"),
        ("7-1", "lp-2validxx"),
    }
    assert [outcome.id for outcome in run.outcomes] == ["BID001", plugged.id]
