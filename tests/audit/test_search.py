"""What rules find does not hang on whether tables are searched whole or part by part."""

from typing import Any

import polars as pl
import pytest

import spendaudit.audit.codes as coding
import spendaudit.audit.search as searching
from spendaudit.audit.run import audit
from spendaudit.model.run import Run
from spendaudit.model.tables import Tables
from spendaudit.rules import load_rules
from spendaudit.rules._example import read_example


def of_every_rule() -> Tables:
    """The worked examples of all rules on contracts, payments and budgets, under one another."""
    parts: dict[str, list[pl.LazyFrame]] = {}
    for rule in load_rules().values():
        example = read_example(rule.page).tables
        for table, frame in example.frames.items():
            parts.setdefault(table, []).append(frame.with_columns(file=pl.lit(f"of {rule.id}")))
    return Tables({table: pl.concat(frames) for table, frames in parts.items()})


def told(run: Run) -> list[Any]:
    """All that a report shows."""
    return [
        run.outcomes,
        [(one.fingerprint, one.message, one.facts, tuple(one.members)) for one in run.findings],
    ]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return of_every_rule()


def test_parts_of_tables_give_what_whole_tables_do(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = list(load_rules().values())
    whole = audit(tables, [], rules)
    monkeypatch.setattr(searching, "_PART", 2**18)

    parts = audit(tables, [], rules, low_memory=True)

    assert told(parts) == told(whole)
    assert {one.id for one in whole.outcomes if one.findings} > {"SPL001", "PAY001", "BUD001", "COM006"}


def test_numbers_of_tenders_give_what_codes_do(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = [
        rule
        for rule in load_rules().values()
        if any("tender_id" in rule.columns(table) for table in {*rule.needs, *rule.uses})
    ]

    def shorter(_table: str, frame: pl.LazyFrame) -> pl.LazyFrame:
        return (
            frame.with_columns(pl.col("tender_id").str.head(8))
            if "tender_id" in frame.collect_schema()
            else frame
        )

    short = tables.map(shorter)
    by_numbers = audit(short, [], rules)
    monkeypatch.setattr(coding, "_WIDE", 0)

    by_codes = audit(short, [], rules)

    assert told(by_codes) == told(by_numbers)
    assert {one.id for one in by_codes.outcomes if one.findings} > {"BID001", "BID003", "BID006", "BID007"}
