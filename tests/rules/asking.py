"""Puts a rule to rows as a test writes them: what it finds, of which rows, and how that is told."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

from spendaudit.audit.message import sentence
from spendaudit.model.tables import SCHEMAS, Tables
from spendaudit.rules import load_rules

Row = Mapping[str, Any]
Finding = dict[str, Any]

#: A budget line before its dates and amounts.
WAGES: Final[Row] = {
    "source": "portal",
    "fiscal_year": 2024,
    "institution_id": "05-01",
    "institution_name": "Ministry",
    "line_id": "21-03",
    "economic_label": "Wages",
    "is_leaf": True,
    "direction": "expense",
    "currency": "CLP",
}


def frame(table: str, rows: Sequence[Row], first: int = 0) -> pl.LazyFrame:
    """Fill a table; rows that say no number are numbered from the first."""
    numbered = [{"row": number, **row} for number, row in enumerate(rows, start=first)]
    return pl.LazyFrame(numbered, schema=SCHEMAS[table])


def keyed(contract: Row) -> dict[str, Any]:
    """A contract with the keys and the date that loading adds, unless the test says them itself."""
    keys = {"buyer_key": contract["buyer_name"], "supplier_key": contract["supplier_name"]}
    return {**keys, "decision_date": contract["award_date"], **contract}


def found(rule_id: str, tables: Mapping[str, pl.LazyFrame], **settings: Any) -> pl.DataFrame:
    """What the rule finds, before it is told."""
    rule = load_rules()[rule_id]
    plan = rule.plan(Tables(tables), rule.params.model_validate(settings))
    return rule.check(plan.collect(engine="streaming"))


def flagged(rule_id: str, tables: Mapping[str, pl.LazyFrame], **settings: Any) -> list[list[int]]:
    """The numbers of the rows that each finding names."""
    return [
        [member["row"] for member in members] for members in found(rule_id, tables, **settings)["members"]
    ]


def told(rule_id: str, tables: Mapping[str, pl.LazyFrame], **settings: Any) -> list[Finding]:
    """The findings as they are told, each with the numbers of its rows in the place of its members."""
    rule = load_rules()[rule_id]
    findings = found(rule_id, tables, **settings).lazy()
    whole = tables[rule.subject].with_columns(number="row")
    answers = rule.tell(findings, whole, rule.params.model_validate(settings))
    return [
        finding | {"members": [member["row"] for member in finding["members"]]}
        for finding in answers.with_columns(pl.col("currency").cast(pl.String)).collect().to_dicts()
    ]


def rows(findings: Sequence[Finding]) -> list[list[int]]:
    """The numbers of the rows of each finding."""
    return [finding["members"] for finding in findings]


def says(rule_id: str, finding: Finding) -> str:
    """The sentence of a finding."""
    about = {name: finding[name] for name in ("amount", "currency", "starts", "ends")}
    return sentence(load_rules()[rule_id].message, finding["facts"], members=len(finding["members"]), **about)
