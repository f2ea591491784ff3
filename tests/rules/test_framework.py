"""What is refused before a rule can run, and how the example on its page is read."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError

from spendaudit import rules
from spendaudit.errors import DefinitionError
from spendaudit.model.findings import TOTAL, Severity, members
from spendaudit.model.tables import SCHEMAS, Tables
from spendaudit.rules._example import read_example
from spendaudit.rules._page import SECTIONS
from spendaudit.rules._rule import Params, Rule, Stage

PAGE = "Payments of some size.\n\n" + "\n".join(
    f"{title}\n{'-' * len(title)}\nWords.\n" for title in SECTIONS
)


class Size(Params):
    floor: Decimal = Decimal(10)
    blind: bool = False

    def waived(self) -> frozenset[str]:
        return frozenset({"payee_key"}) if self.blind else frozenset()


def find(tables: Tables, _params: Size) -> pl.LazyFrame:
    return (
        tables["payments"]
        .group_by("currency")
        .agg(
            members=members(),
            amount=pl.col("amount").sum().cast(TOTAL),
            starts=pl.col("date").min(),
            ends=pl.col("date").max(),
            largest=pl.col("amount").max(),
        )
        .sort("currency")
        .select("members", "amount", "currency", "starts", "ends", largest=pl.col("largest"))
    )


def tells(params: Size) -> dict[str, pl.Expr]:
    return {
        "payees": pl.col("payee_name").sort().str.join(", "),
        "largest": pl.col("largest").first(),
        "n": pl.len(),
        "floor": pl.lit(params.floor),
    }


RULE = Rule(
    id="XXX001",
    name="payments-of-some-size",
    severity=Severity.LOW,
    stage=Stage.PAYMENT,
    subject="payments",
    needs={"payments": frozenset({"payee_key", "amount", "currency"})},
    either=frozenset({"document_id", "payment_id"}),
    uses={"payments": frozenset({"date"})},
    scope=lambda params: pl.col("amount") > params.floor,
    shard_by=None,
    params=Size,
    find=find,
    tells=tells,
    message="{n} of {members} in {currency:plain}",
    page=PAGE,
    since="0.1",
)


def payments(*rows: dict[str, Any]) -> Tables:
    numbered = [{"file": "f", "row": number, **row} for number, row in enumerate(rows, start=2)]
    return Tables({"payments": pl.LazyFrame(numbered, schema=SCHEMAS["payments"])})


def paid(**cells: Any) -> dict[str, Any]:
    return {"payee_key": "P", "amount": Decimal(11), "currency": "GBP", "payment_id": "p"} | cells


def told(tables: Tables, params: Size) -> list[dict[str, Any]]:
    found = RULE.check(RULE.plan(tables, params).collect())
    return RULE.tell(found.lazy(), tables["payments"].with_columns(number="row"), params).collect().to_dicts()


def judged(tables: Tables, params: Size) -> list[int]:
    return [member["row"] for found in RULE.plan(tables, params).collect()["members"] for member in found]


@pytest.mark.parametrize("title", SECTIONS)
def test_a_page_without_one_of_the_headings_is_refused(title: str) -> None:
    with pytest.raises(DefinitionError, match=f"XXX001: the page lacks {title}"):
        replace(RULE, page=PAGE.replace(f"{title}\n", "Other\n"))


@pytest.mark.parametrize(
    "change",
    [
        {"needs": {"payments": frozenset({"amount", "colour"})}},
        {"uses": {"payments": frozenset({"colour"})}},
        {"either": frozenset({"colour"})},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_column_that_no_table_has_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(DefinitionError, match="XXX001: payments has no colour"):
        replace(RULE, **change)


def test_a_rule_that_needs_nothing_of_its_subject_is_refused() -> None:
    with pytest.raises(DefinitionError, match="needs no column of its subject, budget"):
        replace(RULE, subject="budget", either=frozenset())


def test_a_scope_that_reads_a_column_the_rule_does_not_need_is_refused() -> None:
    rule = replace(RULE, scope=lambda _params: pl.col("category") == "rent")

    with pytest.raises(DefinitionError, match="the scope reads category"):
        rule.about(Size())


def test_settings_are_closed_and_frozen() -> None:
    with pytest.raises(ValidationError):
        Size.model_validate({"ceiling": 1})
    with pytest.raises(ValidationError):
        Size().floor = Decimal(1)


def test_the_summary_is_the_first_line_of_the_page() -> None:
    assert RULE.summary == "Payments of some size."


def test_placeholders_are_known_by_name_whatever_their_format() -> None:
    assert RULE.placeholders == {"n", "members", "currency"}


def test_what_is_sought_is_declared_with_the_place_of_a_row_in_the_order_of_the_table() -> None:
    assert RULE.sought("payments") == (
        *("file", "row", "payment_id", "date", "amount", "currency", "document_id", "payee_key"),
    )
    assert RULE.sought("contracts") == ("file", "row")


def test_columns_are_what_is_sought_and_what_is_told() -> None:
    rule = replace(RULE, either=frozenset({"document_id"}))

    assert rule.columns("payments") == (
        *(
            "file",
            "row",
            "payment_id",
            "date",
            "payee_name",
            "amount",
            "currency",
            "document_id",
            "payee_key",
        ),
    )
    assert {*rule.columns("payments")} - {*rule.sought("payments")} == {"payment_id", "payee_name"}
    assert RULE.columns("contracts") == ("file", "row")


def test_facts_are_told_of_the_rows_of_each_finding_in_the_order_of_the_rule() -> None:
    tables = payments(
        paid(payee_name="b", payment_id="2"),
        paid(payee_name="z", currency="EUR", amount=Decimal(99)),
        paid(payee_name="a", payment_id="1", amount=Decimal(12)),
        paid(payee_name="out of scope", amount=Decimal(9)),
    )

    euros, pounds = told(tables, Size())

    assert [*pounds["facts"].items()] == [
        *(("payees", "a, b"), ("largest", Decimal(12)), ("n", 2), ("floor", Decimal(10))),
    ]
    assert euros["facts"]["payees"] == "z"
    assert pounds["amount"] == Decimal(23)


def test_members_are_named_by_identifier_and_place_in_the_order_of_their_identifiers() -> None:
    tables = payments(paid(payment_id="2"), paid(payment_id="1"), paid(payment_id=None, document_id="d"))

    (finding,) = told(tables, Size())

    assert finding["members"] == [
        {"id": name, "file": "f", "row": row, "number": row} for name, row in ((None, 4), ("1", 3), ("2", 2))
    ]


def test_no_finding_tells_nothing() -> None:
    assert told(payments(), Size()) == []


def test_only_complete_rows_in_scope_are_judged() -> None:
    tables = payments(
        paid(),
        paid(amount=Decimal(10)),
        paid(amount=None),
        paid(payee_key=None),
        paid(currency=None),
        paid(payment_id=None, document_id="d"),
        paid(payment_id=None),
        paid(date=None),
    )

    assert judged(tables, Size()) == [2, 7, 9]


def test_a_waived_column_may_be_missing() -> None:
    tables = payments(paid(), paid(payee_key=None))

    assert judged(tables, Size()) == [2]
    assert judged(tables, Size(blind=True)) == [2, 3]


def test_the_scope_follows_the_settings() -> None:
    assert judged(payments(paid(), paid(amount=Decimal(12))), Size(floor=Decimal(11))) == [3]


def test_what_a_row_can_lack_is_named_and_told() -> None:
    tables = payments(paid(), paid(payment_id=None), paid(payee_key=None))

    lacking = tables["payments"].select(**RULE.lacking("payments", Size())).collect()

    assert lacking.to_dict(as_series=False) == {
        "amount": [False, False, False],
        "currency": [False, False, False],
        "payee_key": [False, False, True],
        "document_id or payment_id": [False, True, False],
    }


@pytest.mark.parametrize(
    "change",
    [
        pl.col("amount").cast(pl.Float64),
        pl.col("starts").cast(pl.String),
        pl.lit("x").alias("payee_name"),
    ],
    ids=["a float for money", "text for a date", "a measure that hides a column"],
)
def test_findings_of_another_shape_are_refused(change: pl.Expr) -> None:
    found = RULE.plan(payments(paid()), Size()).collect()

    assert RULE.check(found) is found
    with pytest.raises(DefinitionError, match=r"XXX001: find\(\) returned"):
        RULE.check(found.drop("ends"))
    with pytest.raises(DefinitionError, match=r"XXX001: find\(\) returned"):
        RULE.check(found.with_columns(change))


def test_a_missing_table_is_an_error() -> None:
    with pytest.raises(KeyError, match="payments"):
        RULE.plan(Tables({}), Size())


@dataclass(frozen=True)
class PlugIn:
    rule: Rule[Any]

    def load(self) -> Rule[Any]:
        return self.rule


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[PlugIn]]:
    plug_ins: list[PlugIn] = []
    monkeypatch.setattr(rules, "entry_points", lambda group: plug_ins if group == "spendaudit.rules" else [])
    rules.load_rules.cache_clear()
    yield plug_ins
    rules.load_rules.cache_clear()


def test_rules_of_plug_ins_stand_among_the_others_in_order(plugged: list[PlugIn]) -> None:
    plugged.append(PlugIn(replace(RULE, id="AAA001")))

    ids = list(rules.load_rules())

    assert ids == sorted(ids)
    assert {"AAA001", "PAY001"} <= {*ids}


def test_two_rules_of_one_id_are_refused(plugged: list[PlugIn]) -> None:
    plugged.append(PlugIn(replace(RULE, id="PAY001")))

    with pytest.raises(DefinitionError, match="two rules are called PAY001"):
        rules.load_rules()


def page(*tables: str) -> str:
    return "Summary.\n\nWorked example\n" + "\n".join(tables)


PAYMENTS = """
payments:

| payment_id | payer_name | payee_id | payee_name | date       | amount | finding |
|------------|------------|----------|------------|------------|--------|---------|
| p1         | Hill       | 7        | Ash        | 2024-01-31 |  -0.50 | A B     |
| p2         | Hill       |          | Elm        |            |        | A       |
| p3         |            |          |            |            |        |         |
"""


def test_the_example_becomes_canonical_rows_and_the_findings_to_expect() -> None:
    example = read_example(page(PAYMENTS))
    rows = example.tables["payments"].collect()

    assert rows.schema == SCHEMAS["payments"]
    assert example.expected == {frozenset({1, 2}), frozenset({1})}
    assert rows.select("row", "file", "source", "date", "amount", "currency").row(0) == (
        *(1, "example", "example", date(2024, 1, 31), Decimal("-0.50"), None),
    )
    assert rows["payee_key"].cast(pl.String).to_list() == ["7", "Elm", None]
    assert rows["payer_key"].cast(pl.String).to_list() == ["Hill", "Hill", None]


def test_an_example_may_have_several_tables_and_name_files() -> None:
    budget = "\nbudget:\n\n| file | is_leaf |\n|---|---|\n| june | yes |\n| july | no |\n|  |  |\n"
    example = read_example(page(PAYMENTS, budget))

    assert {*example.tables.frames} == {"payments", "budget"}
    assert example.tables["budget"].select("file", "is_leaf").collect().rows() == [
        *(("june", True), ("july", False), (None, None)),
    ]


def test_a_row_of_an_example_may_stand_for_several() -> None:
    budget = "\nbudget:\n\n|times|line_id|finding|\n|---|---|---|\n|2|a|A|\n|1|b| |\n|3|c|A|\n"
    example = read_example(page(budget))

    assert example.tables["budget"].select("line_id", "row").collect().rows() == [
        *(("a", 1), ("a", 2), ("b", 3), ("c", 4), ("c", 5), ("c", 6)),
    ]
    assert example.expected == {frozenset({1, 2, 4, 5, 6})}


def test_rows_that_one_row_of_an_example_stands_for_are_numbered() -> None:
    budget = (
        "\nbudget:\n\n|times|line_id|parent_line_id|finding|\n|---|---|---|---|\n|2|a#|#-#|A|\n|1|b#|#|B|\n"
    )
    example = read_example(page(budget))

    assert example.tables["budget"].select("line_id", "parent_line_id").collect().rows() == [
        *(("a1", "1-1"), ("a2", "2-2"), ("b1", "1")),
    ]


@pytest.mark.parametrize("text", [page("No table."), page(PAYMENTS.replace("A B", "").replace("A  ", ""))])
def test_an_example_that_expects_nothing_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError, match="has no table or expects no finding"):
        read_example(text)


def test_an_example_with_a_column_that_the_table_lacks_is_refused() -> None:
    with pytest.raises(DefinitionError, match="the worked example: payments has no paid_on"):
        read_example(page(PAYMENTS.replace("date      ", "paid_on   ")))


def test_rules_begin_alike_when_they_ask_the_same_of_the_same_rows_under_the_same_settings() -> None:
    close, discounted, other = (rules.load_rules()[name] for name in ("BID001", "BID002", "BID006"))

    begins = close.beginning(close.params())

    assert begins == discounted.beginning(discounted.params())
    assert begins == close.beginning(close.params.model_validate({"threshold": "0.02"}))
    assert begins != discounted.beginning(discounted.params.model_validate({"currency": "CLP"}))
    assert begins != replace(close, either=frozenset()).beginning(close.params())
    assert other.beginning(other.params()) is None
