from dataclasses import replace
from decimal import Decimal

import polars as pl
import pytest

from spendaudit.model.findings import Severity
from spendaudit.model.found import Findings
from spendaudit.model.run import Finding, Member


def finding(name: str, *rows: int) -> Finding:
    return Finding(
        fingerprint=name,
        rule="TST001",
        rule_name="test-rule",
        rule_version=1,
        severity=Severity.LOW,
        amount=Decimal(rows[0]) if rows else None,
        currency="CLP" if rows else None,
        starts=None,
        ends=None,
        message=f"What of {name}?",
        facts={"name": name, "share": Decimal("0.5"), "rows": len(rows)},
        members=tuple(
            Member(table="contracts", id=f"C{row}", file="f", row=row, url=None, position=row) for row in rows
        ),
    )


FINDINGS = (finding("a", 1, 2), finding("b"), finding("c", 3))


def rows(findings: Findings) -> list[int]:
    return findings.members["row"].to_list()


def test_a_table_of_findings_reads_as_a_sequence_of_them() -> None:
    table = Findings.of(FINDINGS)

    assert table == FINDINGS
    assert (len(table), table[-1], table[:2], table.index(FINDINGS[1])) == (3, FINDINGS[2], FINDINGS[:2], 1)
    with pytest.raises(IndexError):
        table[3]


def test_findings_that_differ_in_a_member_are_not_the_same() -> None:
    other = replace(FINDINGS[2], members=FINDINGS[0].members)

    assert Findings.of((other,)) != Findings.of(FINDINGS[2:])


def test_findings_keep_their_members_when_others_are_left_out() -> None:
    some = Findings.of(FINDINGS).where(pl.col("fingerprint") != "a")

    assert some == FINDINGS[1:]
    assert rows(some) == [3]
    assert rows(Findings.of(FINDINGS).where(pl.col("fingerprint") == "a")) == [1, 2]


def test_members_of_findings_stand_in_the_order_of_the_findings() -> None:
    table = Findings.of(FINDINGS)

    assert rows(Findings(table.frame.reverse(), table.rows)) == [3, 1, 2]
    assert rows(Findings.of(())) == []


@pytest.mark.parametrize("places", [[0, 1, 2], [2, 0], [1], []])
def test_a_plan_reads_the_members_of_all_findings_and_no_others(places: list[int]) -> None:
    table = Findings.of(FINDINGS)

    some = Findings(table.frame[places], table.rows)

    assert some.plan.collect().equals(some.members)
    assert rows(some) == [member.row for finding in some for member in finding.members]
