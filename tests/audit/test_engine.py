"""What is held for many rules is the table itself, and a result stands by itself."""

from pathlib import Path

import polars as pl
import pytest

from spendaudit.engine.local import Held, collect, compact
from spendaudit.model.codelists import CURRENCY, METHOD, ORGANISATION
from spendaudit.model.tables import MONEY

ROWS = pl.DataFrame(
    {
        "file": ["f", "f", "g", "g"],
        "row": [2, 3, 2, 3],
        "contract_id": ["a", None, "c", "a"],
        "buyer_key": ["B1", "B2", None, "B1"],
        "currency": ["CLP", None, "CLP", "USD"],
        "procurement_method": ["direct", None, "open", "direct"],
        "amount": ["1.0001", None, "-3", "4"],
        "limit_source": ["law", None, "other law", "law"],
    },
    schema={
        "file": pl.String(),
        "row": pl.UInt32(),
        "contract_id": pl.String(),
        "buyer_key": ORGANISATION,
        "currency": CURRENCY,
        "procurement_method": METHOD,
        "amount": pl.String(),
        "limit_source": pl.String(),
    },
).with_columns(pl.col("amount").cast(MONEY))


@pytest.fixture
def table(tmp_path: Path) -> pl.LazyFrame:
    file = tmp_path / "table.parquet"
    ROWS.write_parquet(file, row_group_size=2)
    return pl.scan_parquet(file)


def test_what_is_held_is_the_table_in_its_order(table: pl.LazyFrame) -> None:
    assert collect(Held.of(table, ROWS.columns).select(ROWS.columns)).equals(ROWS)


def test_texts_stand_beside_their_own_rows_after_a_filter(table: pl.LazyFrame) -> None:
    columns = ["file", "row", "contract_id", "amount", "limit_source"]
    held = Held.of(table, columns).select(columns)

    found = collect(held.filter(pl.col("amount") > 1).select("contract_id", "limit_source", "row"))

    assert found.rows() == [("a", "law", 2), ("a", "law", 3)]


def test_what_is_held_of_some_columns_is_those_of_the_table(table: pl.LazyFrame) -> None:
    columns = ["row", "contract_id", "amount"]
    empty = table.with_columns(buyer_key=pl.lit(None, ORGANISATION))

    held = Held.of(empty, ROWS.columns).only(["row", "amount", "buyer_key"])

    assert collect(held.select(columns)).equals(ROWS.select(columns))
    assert collect(held.select(["row", "buyer_key"]))["buyer_key"].null_count() == ROWS.height
    assert held.memory.columns == ["row", "amount"]


def test_a_plan_without_texts_reads_memory_alone(table: pl.LazyFrame) -> None:
    held = Held.of(table, ROWS.columns).select(["row", "amount"])

    assert "SCAN" not in held.explain()
    assert collect(held.select(pl.len(), pl.col("amount").sum())).row(0)[0] == ROWS.height


def test_columns_come_in_the_order_that_is_asked_for(table: pl.LazyFrame) -> None:
    asked = ["amount", "contract_id", "row"]

    assert collect(Held.of(table, ROWS.columns).select(asked)).equals(ROWS.select(asked))


def test_a_compact_result_is_equal_in_values_and_types() -> None:
    nested = ROWS.group_by("buyer_key", maintain_order=True).agg(
        pl.struct("contract_id", "row").alias("members"), "currency", pl.col("amount").sum()
    )

    copy = compact(nested)

    assert copy.schema == nested.schema
    assert copy.equals(nested)
