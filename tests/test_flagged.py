"""Flagged rows stand beside what is asked of them, however many are laid out at a time."""

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

import spendaudit.report.flagged as laying
from spendaudit.engine.aside import Aside, Kept
from spendaudit.model.findings import Severity
from spendaudit.model.found import Findings
from spendaudit.model.run import Finding, Member, Run
from spendaudit.model.tables import SCHEMAS


def finding(name: str, table: str, *positions: int) -> Finding:
    return Finding(
        fingerprint=name,
        rule="TST001",
        rule_name="test-rule",
        rule_version=1,
        severity=Severity.LOW,
        amount=None,
        currency=None,
        starts=None,
        ends=None,
        message=f"What of {name}?",
        facts={},
        members=tuple(
            Member(table=table, id=f"{at}", file="f", row=at + 2, url=None, position=at) for at in positions
        ),
    )


def rows(table: str, *several: dict[str, Any]) -> pl.DataFrame:
    place = ({"source": "s", "file": "f", "row": row} for row, _ in enumerate(several, start=2))
    return pl.DataFrame([at | one for at, one in zip(place, several, strict=True)], SCHEMAS[table])


def run_of(*findings: Finding, **tables: pl.DataFrame) -> Run:
    return Run(
        id="1", version="1", inputs=(), settings={}, outcomes=(), findings=Findings.of(findings), rows=tables
    )


ITEMS = rows("items", {"line": "7"}, {"line": "8"}, {"line": "9"})
RUN = run_of(
    finding("a", "items", 2, 0),
    finding("b", "amendments", 0),
    finding("c", "items", 1, 2),
    items=ITEMS,
    amendments=rows("amendments", {"reason": "more work"}),
)


def test_published_columns_keep_what_was_published_in_them() -> None:
    lines = pl.concat(laying.flagged(RUN))

    assert lines["line"].to_list() == ["9", "7", None, "8", "9"]
    assert lines["fingerprint"].to_list() == ["a", "a", "b", "c", "c"]
    assert lines["reason"].to_list()[2] == "What of b?"
    assert lines["published_reason"].to_list() == [None, None, "more work", None, None]


@pytest.mark.parametrize("most", [1, 8, 100])
def test_lines_are_the_same_however_many_are_laid_out_at_a_time(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = (finding("a", "items", 2, 0), finding("b", "contracts", 0), finding("c", "items", 1, 2))
    run = run_of(*some, items=ITEMS, contracts=rows("contracts", {"title": "Chairs"}))
    whole = pl.concat(laying.flagged(run))
    kept = {
        table: Kept([part.with_row_index("number") for part in frame.iter_slices(2)])
        for table, frame in run.rows.items()
    }
    monkeypatch.setattr(laying, "_AT_ONCE", most)

    parts = [*laying.flagged(replace(run, rows=Aside(kept)))]

    assert pl.concat(parts).equals(whole)
    assert (len(parts) > 1) is (most < 100)


def test_without_findings_there_are_columns_all_the_same() -> None:
    (lines,) = laying.flagged(run_of(items=ITEMS))

    assert lines.is_empty()
    assert "line" in lines.columns
