"""A consortium's members stand on a row each with the whole amount: one award, unless they contradict it."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from spendaudit.ingest.store import Store
from spendaudit.load.normalize import normalize

PUBLISHED = Path(__file__).parents[1] / "fixtures/sources/pe_seace_direct_awards/direct_awards_2020.xlsx"


@pytest.mark.parametrize(
    ("column", "other"),
    [("MONTOADJUDICADO", 1), ("MONEDA", "Euro"), ("PROVEEDOR", "CONSORCIO LAS OTRAS NUBES")],
)
def test_a_member_that_says_otherwise_is_put_aside_not_merged(
    column: str, other: str | int, tmp_path: Path
) -> None:
    book = load_workbook(PUBLISHED)
    header, *rows = book.worksheets[0].iter_rows()
    places = {cell.value: place for place, cell in enumerate(header)}
    members = [row for row in rows if row[places["PROVEEDOR"]].value == "CONSORCIO LAS NUBES"]
    members[-1][places[column]].value = other
    book.save(tmp_path / "awards.xlsx")

    (entry,) = normalize([tmp_path / "awards.xlsx"], Store(tmp_path / "store")).inputs
    assert len(members) == 3
    assert entry.rows_merged == 1
    assert entry.quarantine[f"{column} is not what the first line of the same award says"] == 1
