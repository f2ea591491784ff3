import json
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from spendaudit.model.json_text import decoded, encoded, objects, quoted, tagged, untagged

TEXTS = [
    "",
    "Oak",
    "año",
    '"\\/',
    *map(chr, range(0x20)),
    "\x7f\u2028\U0001f333",
    '{"$decimal": "1.50"}',
    None,
]


def test_texts_are_quoted_as_the_standard_library_does() -> None:
    assert pl.DataFrame({"text": TEXTS}).select(quoted(pl.col("text"))).to_series().to_list() == [
        json.dumps(text, ensure_ascii=False) for text in TEXTS
    ]


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        (TEXTS, pl.String()),
        ([1, -1, 10**18, None], pl.Int64()),
        ([True, False, None], pl.Boolean()),
        ([date(2024, 2, 29), None], pl.Date()),
        ([Decimal("1.5000"), Decimal("-0.0001"), Decimal(10**30), None], pl.Decimal(38, 4)),
        (["a", None], pl.Enum(["a"])),
        ([None], pl.Null()),
    ],
)
def test_a_column_is_written_as_its_values_are_and_comes_back(values: list[Any], dtype: pl.DataType) -> None:
    column = pl.Series("it's", values, dtype)
    each = tagged(pl.col("it's"), dtype)

    written = column.to_frame().select(objects({"it's": each, "more": each})).to_series().to_list()

    assert written == [encoded({"it's": value, "more": value}) for value in column]
    assert [decoded(text) for text in written] == [{"it's": value, "more": value} for value in column]


def test_a_fact_that_is_not_exact_is_refused() -> None:
    with pytest.raises(TypeError, match="share"):
        tagged(pl.col("share"), pl.Float64())


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("1.5000"), "1.5"),
        (Decimal("1.0500"), "1.05"),
        (Decimal("-100.0000"), "-100"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.0000"), "0"),
        (date(2024, 2, 29), "2024-02-29"),
        ('{"$decimal": "1.50"}', '{"$decimal": "1.50"}'),
        (7, 7),
        (None, None),
    ],
)
def test_tags_are_taken_off_where_programs_read(value: Any, written: Any) -> None:
    text = pl.select(untagged(pl.lit(encoded({"a": value})))).item()

    assert json.loads(text) == {"a": written}
