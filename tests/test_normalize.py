"""A published file becomes canonical rows once, and every row of it is accounted for."""

import csv
import gzip
import hashlib
import shutil
import zipfile
from pathlib import Path

import polars as pl
import pytest

from spendaudit.errors import ReadError
from spendaudit.ingest.store import Store
from spendaudit.load.normalize import Loaded, Request, normalize
from spendaudit.load.tables import open_tables

FIXTURES = Path(__file__).parents[1] / "fixtures" / "sources"
ORDERS = FIXTURES / "cl_mercado_publico_orders" / "orders_2024_12.csv"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def quoted(*cells: str) -> str:
    return ";".join(f'"{cell}"' for cell in cells)


def orders(folder: Path, *lines: dict[str, str], name: str = "orders.csv") -> Path:
    """Write purchase-order lines in the portal's layout: a clean order each, changed as told."""
    header = ORDERS.read_bytes().splitlines()[0].decode("cp1252").strip('"').split('";"')
    header = header if len(header) > 1 else ORDERS.read_bytes().splitlines()[0].decode("cp1252").split(";")
    clean = dict.fromkeys(header, "NA") | {
        "Codigo": "1-1-AG24",
        "IDItem": "1",
        "CodigoAbreviadoTipoOC": "AG",
        "EsCompraAgil": "Si",
        "EsTratoDirecto": "No",
        "FechaEnvio": "2024-03-01",
        "FechaAceptacion": "2024-03-02",
        "MontoTotalOC": "1190",
        "TipoMonedaOC": "CLP",
        "CodigoOrganismoPublico": "7001",
        "OrganismoPublico": "Municipalidad de Prueba",
        "RutSucursal": "76.086.428-5",
        "NombreProveedor": "Inventada SpA",
        "cantidad": "1",
        "precioNeto": "1000",
        "totalLineaNeto": "1000",
        "monedaItem": "CLP",
    }
    rows = [quoted(*header), *(quoted(*(clean | line).values()) for line in lines)]
    path = folder / name
    path.write_bytes("\r\n".join([*rows, ""]).encode("cp1252"))
    return path


def counts(loaded: Loaded) -> dict[str, tuple[int, int, int]]:
    (entry,) = loaded.inputs
    return {name: (table.loaded, table.merged, table.quarantined) for name, table in entry.tables.items()}


def test_lines_of_an_order_are_one_contract_and_each_an_item(tmp_path: Path, store: Store) -> None:
    path = orders(tmp_path, {}, {"IDItem": "2"}, {"Codigo": "1-2-AG24"})

    loaded = normalize([path], store)

    tables = open_tables(loaded.inputs, store).frames
    assert counts(loaded) == {"contracts": (2, 1, 0), "items": (3, 0, 0)}
    assert tables["contracts"].select("contract_id", "row").collect().rows() == [
        ("1-1-AG24", 2),
        ("1-2-AG24", 4),
    ]


def test_lines_that_stand_apart_are_still_one_contract(tmp_path: Path, store: Store) -> None:
    path = orders(
        tmp_path, {}, {"Codigo": "1-2-AG24"}, {"IDItem": "2"}, {"Codigo": "1-2-AG24", "IDItem": "2"}
    )

    loaded = normalize([path], store)

    rows = open_tables(loaded.inputs, store)["contracts"].select("contract_id", "row").collect().rows()
    assert counts(loaded) == {"contracts": (2, 2, 0), "items": (4, 0, 0)}
    assert rows == [("1-1-AG24", 2), ("1-2-AG24", 3)]


@pytest.mark.parametrize("apart", [False, True])
def test_a_line_that_says_another_total_is_put_aside(tmp_path: Path, store: Store, apart: bool) -> None:
    between = [{"Codigo": "1-2-AG24"}] if apart else []
    path = orders(tmp_path, {}, *between, {"IDItem": "2", "MontoTotalOC": "9999"})

    loaded = normalize([path], store)

    (entry,) = loaded.inputs
    contracts = open_tables(loaded.inputs, store)["contracts"].filter(pl.col("contract_id") == "1-1-AG24")
    assert entry.rows_quarantined == 1
    assert entry.tables["items"].quarantined == 0
    assert contracts.select(pl.col("amount").cast(pl.String)).collect().rows() == [("1190.0000",)]


def test_a_row_with_a_cell_that_cannot_be_read_keeps_its_text_and_the_reason(
    tmp_path: Path, store: Store
) -> None:
    path = orders(tmp_path, {}, {"Codigo": "1-2-AG24", "MontoTotalOC": "doce mil"})

    loaded = normalize([path], store)

    (entry,) = loaded.inputs
    (kept,) = (store.root / "quarantine").rglob("*.parquet")
    row = pl.read_parquet(kept, hive_partitioning=False).row(0, named=True)
    assert entry.quarantine == {"MontoTotalOC cannot be read as a number": 1}
    assert (row["row"], row["table"]) == (3, "contracts")
    assert '"doce mil"' in row["text"]


def test_a_row_that_cannot_be_read_takes_the_lines_that_repeat_it_along(tmp_path: Path, store: Store) -> None:
    broken = {"Codigo": "1-2-AG24", "TipoMonedaOC": "-1"}
    path = orders(tmp_path, {}, broken, broken | {"IDItem": "2"})

    assert counts(normalize([path], store)) == {"contracts": (1, 0, 2), "items": (3, 0, 0)}


def test_rare_forms_of_numbers_are_read_beside_plain_ones(tmp_path: Path, store: Store) -> None:
    amounts = ["1190", "48984431,72", "1,5e+07", "1.234.567", "-5"]
    path = orders(
        tmp_path, *({"Codigo": f"1-{n}-AG24", "MontoTotalOC": amount} for n, amount in enumerate(amounts))
    )

    loaded = normalize([path], store)

    read = open_tables(loaded.inputs, store)["contracts"].sort("row").select(pl.col("amount").cast(pl.String))
    assert read.collect().to_series().to_list() == [
        "1190.0000",
        "48984431.7200",
        "15000000.0000",
        "1234567.0000",
        "-5.0000",
    ]


@pytest.mark.parametrize("day", ["05/01/2024", "2024/01/05", "05-01-2024", "20240105", "2024-13-01"])
def test_a_date_in_another_form_than_stated_is_not_guessed(tmp_path: Path, store: Store, day: str) -> None:
    loaded = normalize([orders(tmp_path, {}, {"Codigo": "1-2-AG24", "FechaEnvio": day})], store)

    assert loaded.inputs[0].quarantine == {"FechaEnvio cannot be read as a date": 1}


@pytest.mark.parametrize("amount", ["1.234,5.6", "12,34,56", "0x10", "1_000", "5-5", "12abc"])
def test_a_number_in_another_form_than_stated_is_not_guessed(
    tmp_path: Path, store: Store, amount: str
) -> None:
    loaded = normalize([orders(tmp_path, {}, {"Codigo": "1-2-AG24", "MontoTotalOC": amount})], store)

    assert loaded.inputs[0].quarantine == {"MontoTotalOC cannot be read as a number": 1}


def test_an_order_may_go_on_in_a_block_whose_numbers_are_odd(tmp_path: Path, store: Store) -> None:
    # A block is 16 MiB: lines of 1 kB fill one and a half, and all of them are of one order.
    lines = 24_000
    path = orders(tmp_path, {}, {"IDItem": "2", "precioNeto": "1.000", "Nombre": "plain" * 130})
    head, first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(head + first + second.replace(b"1.000", b"1000") * lines + second)

    loaded = normalize([path], store)

    prices = open_tables(loaded.inputs, store)["items"].select(pl.col("unit_price").sum().cast(pl.String))
    assert path.stat().st_size > 20 << 20
    assert counts(loaded) == {"contracts": (1, lines + 1, 0), "items": (lines + 2, 0, 0)}
    assert prices.collect().item() == f"{1000 * (lines + 2)}.0000"


def test_a_copy_of_a_known_file_is_not_read_again(tmp_path: Path, store: Store) -> None:
    path = orders(tmp_path, {})
    first = normalize([path], store)
    copy = tmp_path / "copy.csv"
    shutil.copy(path, copy)

    again = normalize([copy], store)

    assert not first.inputs[0].reused
    assert again.inputs[0].reused
    assert again.inputs[0].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_file_that_changed_in_place_is_read_again(tmp_path: Path, store: Store) -> None:
    normalize([orders(tmp_path, {})], store)

    again = normalize([orders(tmp_path, {}, {"Codigo": "1-2-AG24"})], store)

    assert (again.inputs[0].reused, again.inputs[0].rows_loaded) == (False, 2)


def test_a_file_given_twice_is_counted_once(tmp_path: Path, store: Store) -> None:
    path = orders(tmp_path, {})

    assert len(normalize([path, path, tmp_path], store).inputs) == 1


def test_the_period_that_is_stated_is_part_of_how_a_file_is_read(store: Store) -> None:
    path = Path(__file__).parents[1] / "fixtures" / "demo" / "budget_execution_april.csv"
    plain = normalize([path], store)

    dated = normalize([path], store, Request(period="2017"))

    years = open_tables(dated.inputs, store)["budget"].select(pl.col("fiscal_year").unique()).collect()
    assert not dated.inputs[0].reused
    assert plain.inputs[0].sha256 == dated.inputs[0].sha256
    assert years.to_series().to_list() == [2017]


def test_a_file_is_in_the_store_once_as_it_was_last_asked_for(store: Store) -> None:
    path = Path(__file__).parents[1] / "fixtures" / "demo" / "budget_execution_april.csv"
    normalize([path], store)
    normalize([path], store, Request(period="2017"))

    again = normalize([path], store)

    years = open_tables(again.inputs, store)["budget"].select(pl.col("fiscal_year").unique()).collect()
    assert years.to_series().to_list() == [None]
    assert len(list((store.root / "tables").rglob("*.parquet"))) == 1
    assert len(list((store.root / "quarantine").rglob("*.parquet"))) == 1


@pytest.mark.parametrize("packing", ["zip", "gzip"])
def test_packed_files_are_read_without_unpacking_them(tmp_path: Path, store: Store, packing: str) -> None:
    path = orders(tmp_path, {}, {"Codigo": "1-2-AG24"})
    packed = tmp_path / "packed"
    if packing == "zip":
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(path, "2024-3.csv")
            archive.writestr("__MACOSX/._2024-3.csv", b"\x00\x05\x16\x07")
    else:
        packed.write_bytes(gzip.compress(path.read_bytes()))

    loaded = normalize([packed], store)

    assert counts(loaded)["contracts"] == (2, 0, 0)
    assert loaded.inputs[0].sha256 == hashlib.sha256(packed.read_bytes()).hexdigest()


def test_two_tables_of_one_archive_are_two_inputs(tmp_path: Path, store: Store) -> None:
    packed = tmp_path / "both.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(orders(tmp_path, {}), "a.csv")
        archive.write(orders(tmp_path, {"Codigo": "1-9-AG24"}), "b.csv")

    loaded = normalize([packed], store)

    assert [entry.member for entry in loaded.inputs] == ["a.csv", "b.csv"]
    assert len({entry.file for entry in loaded.inputs}) == 2
    assert open_tables(loaded.inputs, store)["contracts"].collect().height == 2


def test_parts_that_no_table_has_a_place_for_are_passed_over_with_the_reason(
    tmp_path: Path, store: Store
) -> None:
    kept = FIXTURES / "br_transparencia_despesas" / "20240315_Despesas.zip"
    path = tmp_path / "banks.csv"
    with zipfile.ZipFile(kept) as archive:
        header = archive.read("20240315_Despesas_Pagamento_ListaBancos.csv")
    path.write_bytes(header.rstrip() + b';"Newly invented"\r\n')

    whole, alone = normalize([kept], store), normalize([path], store)

    assert len(whole.inputs) == 3
    assert len(whole.passed_over) == 8
    assert [part.reason for part in alone.passed_over] == [
        "bank codes of payments through a list; banks are not read"
    ]


@pytest.mark.parametrize("keep", [40, 400])
def test_an_archive_that_is_cut_short_is_refused(tmp_path: Path, store: Store, keep: int) -> None:
    path = orders(tmp_path, *({"Codigo": f"1-{n}-AG24"} for n in range(50)))
    packed = tmp_path / "cut.gz"
    packed.write_bytes(gzip.compress(path.read_bytes())[:keep])

    (refused,) = normalize([packed], store).refused

    assert "the archive ends too early" in refused.error.message


@pytest.mark.parametrize("last", ["URLProceso", "Número de cuenta", "Nombre Representante Legal"])
def test_private_columns_are_kept_nowhere_not_even_of_rows_that_are_put_aside(
    last: str, tmp_path: Path, store: Store
) -> None:
    kept = FIXTURES / "co_secop2_contracts" / "portal_export.csv"
    path = tmp_path / "damaged.csv"
    with kept.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    # The last column is always parsed, because its emptiness tells of short rows.
    place = rows[0].index(last)
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([*row[:place], *row[place + 1 :], row[place]] for row in rows)
        stream.write('"MADE UP","890700112","0000111122"\n')

    loaded = normalize([path], store)

    aside = pl.read_parquet(store.root / "quarantine" / "**" / "*.parquet")
    tables = pl.read_parquet(store.root / "tables" / "**" / "*.parquet")
    stored = f"{aside.to_dicts()} {tables.to_dicts()}"
    assert loaded.inputs[0].rows_quarantined == 2
    assert set(aside["reason"]) == {"Fecha de Firma cannot be read as a date", "3 cells instead of 85"}
    assert "13/01/2024" in stored
    for private in ("0000111122", "Banco Inventado", "PERSONA INVENTADA", "51999001", "VEREDA", "PARQUE P"):
        assert private in kept.read_text("utf-8")
        assert private not in stored


def test_a_run_that_ends_half_way_leaves_the_store_as_it_was(tmp_path: Path, store: Store) -> None:
    first = orders(tmp_path, {}, name="first.csv")
    normalize([first], store)
    before = sorted(path.relative_to(store.root) for path in store.root.rglob("*.parquet"))

    def interrupt(_label: str, _done: int, _size: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        normalize([orders(tmp_path, {"Codigo": "1-5-AG24"}, name="second.csv")], store, progress=interrupt)

    assert sorted(path.relative_to(store.root) for path in store.root.rglob("*.parquet")) == before
    assert normalize([first], store).inputs[0].reused


def test_a_path_that_is_not_there_is_an_error(store: Store) -> None:
    with pytest.raises(ReadError, match="there is no file"):
        normalize([Path("nowhere.csv")], store)


def test_large_files_are_written_as_they_are_read(tmp_path: Path, store: Store) -> None:
    lines = 230_000
    path = tmp_path / "spend.csv"
    with path.open("w", encoding="utf-8") as stream:
        stream.write(
            "Departmental Family,Entity,Date,Expense Type,Expense Area,Supplier,Transaction number,Amount\n"
        )
        stream.writelines(
            f"DfT,DfT,2020-01-{1 + n % 28:02},Rent,Estates,Firm {n % 97} Ltd,{n},{n}.25\n"
            for n in range(lines)
        )

    loaded = normalize([path], store)

    total = open_tables(loaded.inputs, store)["payments"].select(pl.len(), pl.col("amount").sum()).collect()
    assert loaded.inputs[0].rows_loaded == lines
    assert str(total.row(0)[1]) == f"{sum(range(lines)) + lines // 4}.0000"
    assert total.row(0)[0] == lines


def test_a_row_keeps_its_text_whenever_it_is_found_out(tmp_path: Path, store: Store) -> None:
    late = {"Codigo": "1-3-AG24", "MontoTotalOC": "9"}
    lines: tuple[dict[str, str], ...] = (
        {"Codigo": "1-1-AG24"},
        {"Codigo": "1-3-AG24"},
        {},
        late,
        late | {"MontoTotalOC": "8"},
    )
    path = orders(tmp_path, *lines)
    path.write_bytes(path.read_bytes() + b'"a quote that stays open\r\n')

    (entry,) = normalize([path], store).inputs

    aside = pl.read_parquet(store.root / "quarantine" / "**" / "*.parquet").filter(table="contracts")
    texts = dict(aside.select("row", "text").iter_rows())
    assert entry.rows_quarantined == 3
    assert set(texts) == {5, 6, 7}
    assert '"9"' in texts[5]
    assert '"8"' in texts[6]
    assert texts[7] == '"a quote that stays open'


def test_a_file_of_which_most_rows_cannot_be_read_is_given_up(tmp_path: Path, store: Store) -> None:
    path = orders(tmp_path, {})
    path.write_bytes(path.read_bytes() + b"a;b\r\n" * 500_001)

    (refused,) = normalize([path], store).refused

    assert "500,001 of the first 500,002 rows cannot be read" in refused.error.message
    assert not (store.root / "tables").exists()
