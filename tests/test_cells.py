"""A cell beyond what its column can hold puts its row aside; it neither stops the file nor is cut to fit."""

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from spendaudit.ingest.cells import date, money
from spendaudit.ingest.store import Store
from spendaudit.load.mapping import from_text
from spendaudit.load.normalize import Request, normalize
from spendaudit.load.tables import open_tables

FIXTURES = Path(__file__).parents[1] / "fixtures" / "sources"

_BUDGET = """
id = "zz_budget"
table = "budget"
country = "CL"
currency = "CLP"
[columns.level]
read = "integer"
column = "Level"
[columns.approved]
read = "money"
column = "Approved"
decimal = "."
scale = 1000
"""


@pytest.mark.parametrize(
    ("written", "scale", "read"),
    [
        ("9999999999999.9999", 1000, Decimal("9999999999999999.9")),
        ("9999999999999999", 1000, None),
        ("1e13", 1000, None),
        ("9999999999999999", 1_000_000_000, None),
        ("0.000000001", 1_000_000_000, Decimal(1)),
        ("9999999999999999.9999", 1, Decimal("9999999999999999.9999")),
        ("99999999999999999", 1, None),
        ("1e308", 1, None),
        ("NaN", 1, None),
        ("-inf", 1, None),
        ("0x10", 1, None),
        ("1_000", 1, None),
        ("\u0663", 1, None),
        ("-0", 1, Decimal(0)),
    ],
)
def test_an_amount_is_read_exactly_or_not_at_all(written: str, scale: int, read: Decimal | None) -> None:
    cell = money("x", decimal=".", scale=scale)

    found = pl.DataFrame({"x": [written]}).select(quick=cell.quick, thorough=cell.value)

    assert found["thorough"].to_list() == [read]
    assert found["quick"].to_list() in ([read], [None])


@pytest.mark.parametrize(
    "written",
    [
        "31/02/2024",
        "29/02/2023",
        "00/00/0000",
        "01/01/0001",
        "01/02/24",
        "01/02/12024",
        "01/02/2024 00:00:00",
        "01/02/2024x",
        "\u0660\u0661/\u0660\u0662/2024",
        "01/02/2024\u200f",
        "45352",
    ],
)
def test_a_date_that_is_none_is_not_made_one(written: str) -> None:
    cell = date("x", "%d/%m/%Y")

    found = pl.DataFrame({"x": [written]}).select(quick=cell.quick, thorough=cell.value)

    assert found.row(0) == (None, None)


def test_numbers_beyond_a_column_put_their_rows_aside(tmp_path: Path) -> None:
    path = tmp_path / "budget.csv"
    path.write_text("Level,Approved\n1,5\n300,5\n2147483648,5\n2,9999999999999999\n127,0.5\n")
    given = from_text(_BUDGET, tmp_path / "budget.toml", country="", currency="")

    (entry,) = normalize([path], Store(tmp_path / "store"), Request(given=given.source, mapping="x")).inputs

    rows = open_tables([entry], Store(tmp_path / "store")).frames["budget"].select("level", "approved")
    assert rows.collect().rows() == [(1, Decimal(5000)), (127, Decimal(500))]
    assert entry.quarantine == {
        "Level cannot be read as a count": 2,
        "Approved cannot be read as a number": 1,
    }


def test_a_year_beyond_the_calendar_puts_its_row_aside(tmp_path: Path) -> None:
    (published,) = (FIXTURES / "mx_shcp_transfers").glob("*.csv")
    path = tmp_path / published.name
    content = published.read_bytes()
    year = content.split(b"\n")[1].split(b",")[0]
    path.write_bytes(content.replace(b"\n" + year + b",", b"\n2147483647,", 1))

    (entry,) = normalize([path], Store(tmp_path / "store")).inputs

    assert "MES cannot be read as a date" in entry.quarantine
