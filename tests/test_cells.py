"""A cell beyond what its column can hold puts its row aside; it neither stops the file nor is cut to fit."""

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from spendaudit.ingest.cells import date, moment, money, offset
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


@pytest.mark.parametrize(
    ("written", "in_utc", "ahead"),
    [
        ("2024-03-01T18:00:00Z", "2024-03-01 18:00:00.000000", 0),
        ("2024-03-01T18:00:00z", "2024-03-01 18:00:00.000000", 0),
        ("2024-03-01T18:00:00-05:30", "2024-03-01 23:30:00.000000", -330),
        ("2024-03-01T01:00:00+02:00", "2024-02-29 23:00:00.000000", 120),
        ("2024-03-01T18:00:00-00:30", "2024-03-01 18:30:00.000000", -30),
        ("2024-03-01T18:00:00.25Z", "2024-03-01 18:00:00.250000", 0),
        ("2024-03-01T18:00:00.123456789+01:00", "2024-03-01 17:00:00.123456", 60),
        # Nobody knows where a clock without an offset hangs.
        ("2024-03-01T18:00:00", None, None),
        ("2024-03-01", None, None),
        ("2024-02-30T18:00:00Z", None, None),
        ("2024-03-01T18:00:00-0500", None, None),
        ("2024-03-01T18:00Z", None, None),
        ("2024-03-01 18:00:00Z", None, None),
        ("soon", None, None),
        (None, None, None),
    ],
)
def test_a_moment_is_read_in_utc_where_its_offset_is_known(
    written: str | None, in_utc: str | None, ahead: int | None
) -> None:
    cells = pl.DataFrame({"when": [written]}, schema={"when": pl.String})

    read = cells.select(moment=moment("when").dt.to_string("%Y-%m-%d %H:%M:%S.%6f"), ahead=offset("when"))
    assert read.row(0) == (in_utc, ahead)
