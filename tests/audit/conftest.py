"""What the tests of auditing share: a small rule, a few contracts, and the file that they came from."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

import polars as pl
import pytest
from pydantic import Field

from spendaudit.model.findings import FINDING, TOTAL, Severity, members
from spendaudit.model.run import Counts, Input
from spendaudit.model.tables import SCHEMAS, Tables
from spendaudit.rules._rule import Params, Rule, Stage

PAGE = """Several contracts of one buyer with one supplier.

Why it matters
--------------
Someone may wonder.

Formula
-------
Count them.

Threshold
---------
Two: a default of this project.

False positives
---------------
Subscriptions.

What would settle it
--------------------
The contracts.

Worked example
--------------
None.

References
----------
None.
"""


class Repeats(Params):
    """Settings of the rule of these tests."""

    fewest: int = Field(2, ge=2, le=100, description="fewest contracts")
    floor: Decimal = Field(Decimal(0), ge=0, description="smaller amounts are left out")
    ceiling: Decimal | None = Field(None, gt=0, description="overrides the limit in force")
    match: Literal["pair", "buyer"] = Field("pair", description="what must be equal")
    methods: tuple[str, ...] = Field(("direct",), description="methods in question")

    def waived(self) -> frozenset[str]:
        return frozenset() if self.ceiling is None else frozenset({"limit"})


def find(tables: Tables, params: Repeats) -> pl.LazyFrame:
    return (
        tables["contracts"]
        .filter(pl.col("amount") >= params.floor)
        .group_by("buyer_key", "supplier_key", "currency")
        .agg(
            members=members(),
            amount=pl.col("amount").sum().cast(TOTAL),
            starts=pl.col("decision_date").min(),
            ends=pl.col("decision_date").max(),
            times=pl.len(),
        )
        .filter(pl.col("times") >= params.fewest)
        .sort(pl.col("members").list.first())
        .select(*FINDING.names(), "times")
    )


def tells(_params: Repeats) -> dict[str, pl.Expr]:
    return {
        "times": pl.col("times").first(),
        "largest": pl.col("amount").max(),
        "supplier_name": pl.col("supplier_name").min(),
    }


def direct(params: Repeats) -> pl.Expr:
    return pl.col("procurement_method").cast(pl.String()).is_in(params.methods)


def make(id_: str = "TST001", **changes: Any) -> Rule[Any]:
    keys = frozenset(
        {"buyer_key", "supplier_key", "currency", "amount", "decision_date", "procurement_method"}
    )
    given: dict[str, Any] = {
        "id": id_,
        "name": "repeat-purchases",
        "severity": Severity.MEDIUM,
        "stage": Stage.AWARD,
        "subject": "contracts",
        "needs": {"contracts": keys},
        "scope": direct,
        "shard_by": ("buyer_key", "supplier_key"),
        "params": Repeats,
        "find": find,
        "tells": tells,
        "message": "{members} contracts with {supplier_name} add up to {amount} since {starts}",
        "page": PAGE,
        "since": "0.1",
        "ceiling": 1.0,
        "ocp": ("R055",),
    }
    return Rule(**given | changes)


def tables(rows: list[dict[str, Any]], table: str = "contracts") -> Tables:
    """Fill a table: what a row leaves out is null, but for its place, its date, its method and its keys."""
    filled = []
    for number, row in enumerate(rows, start=2):
        base: dict[str, Any] = {"source": "xx_portal", "file": "aaaaaaaaaaaa", "row": number}
        if table == "contracts":
            base |= {
                "contract_id": f"c{number}",
                "buyer_key": "Hill",
                "supplier_key": "Oak",
                "currency": "CLP",
                "decision_date": date(2023, 12, 31) + timedelta(days=number),
                "procurement_method": "direct",
                "url": f"https://portal.example/c{number}",
            }
        filled.append(base | row)
    return Tables({table: pl.LazyFrame(filled, schema=SCHEMAS[table], orient="row")})


@pytest.fixture
def rule() -> Rule[Any]:
    """A rule that needs the method, the date, the amount and the keys of contracts."""
    return make()


@pytest.fixture
def make_rule() -> Callable[..., Rule[Any]]:
    """Makes that rule with another id and other fields."""
    return make


@pytest.fixture
def make_tables() -> Callable[..., Tables]:
    """Makes tables from rows that say only what matters."""
    return tables


@pytest.fixture
def inputs() -> tuple[Input, ...]:
    """The file that the rows came from."""
    return (
        Input(
            path="portal/2024.csv",
            sha256="aaaaaaaaaaaa" + "0" * 52,
            source="xx_portal",
            jurisdiction="XX",
            encoding="utf-8",
            rows_read=3,
            rows_loaded=3,
            rows_merged=0,
            rows_quarantined=0,
            tables={"contracts": Counts(3, 0, 0)},
        ),
    )
