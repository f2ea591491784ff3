from collections.abc import Callable
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from spendaudit.audit.named_rows import named_rows
from spendaudit.audit.overlap import Overlap, overlaps
from spendaudit.audit.run import audit
from spendaudit.model.run import Input, Run
from spendaudit.model.tables import Tables
from spendaudit.rules._rule import Rule

Audited = Callable[..., Run]


@pytest.fixture
def audited(
    make_rule: Callable[..., Rule[Any]], make_tables: Callable[..., Tables], inputs: tuple[Input, ...]
) -> Audited:
    """Audits contracts of these suppliers by rules that ask for that many of one supplier."""

    def of(suppliers: str, **fewest: int) -> Run:
        rules = [make_rule(id_) for id_ in fewest]
        params = {rule.id: rule.params(fewest=fewest[rule.id]) for rule in rules}
        return audit(
            make_tables([{"supplier_key": one, "amount": 1} for one in suppliers]), inputs, rules, params
        )

    return of


def test_every_row_of_every_finding_is_named_once(audited: Audited) -> None:
    run = audited("AAABB", TST001=2)

    named = named_rows(run)

    assert named.columns == ["rule", "finding", "table", "position"]
    assert [named.filter(pl.col("finding") == place).height for place in (0, 1)] == [
        len(finding.members) for finding in run.findings
    ]


def test_rules_that_flag_the_same_rows_are_counted_by_row_and_by_finding(audited: Audited) -> None:
    assert overlaps(audited("AAABBC", TST001=2, TST002=3)) == (
        Overlap(rules=("TST002", "TST001"), rows=3, of=(3, 5), findings=(1, 1)),
    )


def test_the_rule_with_fewer_rows_comes_first_and_the_largest_share_on_top(audited: Audited) -> None:
    found = overlaps(audited("AAAABBBCC", TST001=2, TST002=3, TST003=4))

    assert [(one.rules, one.rows, one.share) for one in found] == [
        (("TST002", "TST001"), 7, 1.0),
        (("TST003", "TST001"), 4, 1.0),
        (("TST003", "TST002"), 4, 1.0),
    ]
    assert found[0].findings == (2, 2)


def test_a_row_that_stands_in_several_findings_of_a_rule_counts_once(audited: Audited) -> None:
    run = audited("AAABBC", TST001=2, TST002=3)
    twice = replace(run, findings=(*run.findings, *run.findings))

    assert overlaps(twice) == (Overlap(rules=("TST002", "TST001"), rows=3, of=(3, 5), findings=(2, 2)),)


def test_the_largest_share_comes_before_the_most_rows(audited: Audited) -> None:
    run = audited("AAAABBBCC", TST001=2, TST002=3, TST003=4)
    # Of the third rule, only the finding that shares all its rows with the first stays whole.
    kept = [one for one in run.findings if one.rule != "TST003"]
    (third,) = (one for one in run.findings if one.rule == "TST003")
    first = next(one for one in run.findings if one.rule == "TST001" and len(one.members) == 2)
    mixed = replace(third, members=(*third.members[:2], *first.members))

    found = overlaps(replace(run, findings=(*kept, mixed)))

    assert [(one.rules, one.rows, one.share) for one in found] == [
        (("TST002", "TST001"), 7, 1.0),
        (("TST003", "TST001"), 4, 1.0),
        (("TST003", "TST002"), 2, 0.5),
    ]


def test_rules_that_share_no_row_are_no_pair(audited: Audited) -> None:
    assert overlaps(audited("AAB", TST001=2, TST002=3)) == ()
    assert overlaps(audited("AB", TST001=2)) == ()
