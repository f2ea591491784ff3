"""What Chile's tenders have beside rows and columns: a name that stands twice, and people not to be kept."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from spendaudit.ingest.store import Store
from spendaudit.load.normalize import Request, normalize
from spendaudit.load.tables import open_tables
from spendaudit.sources.cl_mercado_publico_tenders import OFFICIALS, SOURCE

FIXTURES = Path(__file__).parents[1] / "fixtures" / "sources" / "cl_mercado_publico_tenders"


def _kept(store: Path) -> Iterator[str]:
    """All that a store holds, as text."""
    for path in store.rglob("*"):
        if path.suffix == ".parquet":
            yield pl.read_parquet(path).write_ndjson()
        elif path.is_file():
            yield path.read_text("utf-8")


def test_of_a_name_that_stands_twice_the_first_is_the_items_and_the_second_the_bids(tmp_path: Path) -> None:
    published = (FIXTURES / "tenders_2012.csv").read_bytes()
    path = tmp_path / "lic_2012-6.csv"
    path.write_bytes(published.replace(b"UnidadMedida.1", b"UnidadMedida"))
    store = Store(tmp_path / "store")

    done = normalize([path], store, Request())

    assert published.count(b"UnidadMedida.1") == 1
    assert done.refused == ()
    assert open_tables(done.inputs, store)["items"].collect()["unit"].to_list() == ["Unidad"]


def test_a_name_may_stand_twice_only_where_the_source_knows_both() -> None:
    assert SOURCE.read_header(["UnidadMedida", "UnidadMedida"]).names == ("UnidadMedida", "UnidadMedida.1")
    assert SOURCE.read_header(["CodigoExterno", "CodigoExterno"]).twice == {"CodigoExterno"}


def test_officials_who_are_named_in_a_file_are_nowhere_in_the_store(tmp_path: Path) -> None:
    path = FIXTURES / "tenders_2014_03.csv"
    names = {"Hermenegildo", "Casilda", "nirre.example", "5550123", "590001", "8.987.009", "Compras"}

    done = normalize([path], Store(tmp_path), Request())

    text = path.read_text("cp1252")
    kept = "\n".join(_kept(tmp_path))
    assert done.inputs[0].rows_quarantined == 2
    assert all(name in text for name in names | OFFICIALS)
    assert "Sillas" in kept
    assert [name for name in names if name in kept] == []


def test_what_cannot_be_filled_is_told_of_a_column_that_names_are_made_of(tmp_path: Path) -> None:
    published = (FIXTURES / "tenders_2026.csv").read_bytes()
    path = tmp_path / "tenders.csv"
    path.write_bytes(published.replace(b"Nombre de la Oferta", b"Oferta", 1))

    (refused,) = normalize([path], Store(tmp_path / "store")).refused

    assert "without it bids.tender_id, contracts.contract_id cannot be filled" in refused.error.hint
