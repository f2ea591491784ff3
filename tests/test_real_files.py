"""Real files of the portals are read with every row accounted for. Skipped where they are absent."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from spendaudit.ingest.store import Store
from spendaudit.load.normalize import Loaded, normalize
from spendaudit.load.tables import open_tables
from spendaudit.model.tables import Tables


@dataclass(frozen=True)
class Real:
    """A folder of real files: what is read of it, and what is put aside."""

    folder: str
    source: str
    files: int
    read: int
    aside: dict[str, int]
    merged: int = 0


REAL = [
    Real(
        "brazil/portal_despesas",
        "br_transparencia_despesas",
        3,
        119,
        {"a commitment without a purchase (salaries, pensions, travel)": 9},
    ),
    Real("colombia/secop2", "co_secop2_contracts", 1, 4, {}),
    Real(
        "chile/dipres_ejecucion_2017_04",
        "cl_dipres_execution",
        169,
        6_312,
        {"the result of the programme, not a budget line": 169},
    ),
    # 63 of its 4,186 rows hold pesos and dollars.
    Real("chile/dipres_ley_2017", "cl_dipres_law", 163, 4_249, {}),
    Real(
        "chile/observatorio_municipal/Gasto",
        "cl_municipal_budget",
        6,
        2_726,
        {"no account stands in the row": 2},
    ),
    Real("chile/observatorio_municipal/Ingreso", "cl_municipal_budget", 6, 360, {}),
    Real("chile/observatorio_municipal/Proveedores", "cl_municipal_payments", 6, 7_357, {}),
    Real("chile/observatorio_municipal/Subsidios", "cl_municipal_payments", 2, 187, {}),
    # The same file under two years.
    Real("chile/observatorio_municipal/Corporaciones", "cl_municipal_payments", 1, 240, {}),
    Real("mexico/compranet_2010_2014", "mx_compranet_contracts", 3, 1_197, {}),
    Real("mexico/compranet_1pct_2018", "mx_compranet_contracts", 1, 169, {}),
    Real("mexico/pef_2016/PEF_2016.csv.zip", "mx_pef", 1, 75_312, {}),
    Real("mexico/pef_2018/2018.sample.csv", "mx_pef", 1, 2_186, {}),
    Real("mexico/pef_2016/transferencias_entidades_fed.csv.zip", "mx_shcp_transfers", 1, 78_751, {}),
    Real(
        "mexico/pef_2016/GastoFederalizado_AvanceFinanciero_Puebla_Q1_2016.xlsx",
        "mx_federalised_spending",
        1,
        5_450,
        {},
    ),
    # A line for each item of 882 tenders.
    Real("argentina/bac_tender", "ocds", 1, 5_040, {}, merged=4_158),
    # Tenders, and their awards.
    Real("india", "ocds", 2, 8_002, {}),
    # The first states of processes stand in the packages beside the last.
    Real("ocds/realdata", "ocds", 27, 51, {}, merged=10),
    Real("paraguay", "ocds", 1, 7, {}),
    # The rows of 129 consortia, one a member.
    Real("peru/conosce", "pe_seace_direct_awards", 1, 9_665, {}, merged=149),
    Real("albania", "fdp", 1, 40, {}),
    Real("spain/madrid", "fdp", 1, 20_217, {}),
    # Tenders without an award.
    Real("spain/placsp", "es_placsp", 2, 0, {}),
    Real("uk/cabinetoffice", "gb_spend", 14, 4_924, {}),
    Real("uk/gateshead", "gb_spend", 14, 81_514, {"a sum of other rows": 1}),
    Real(
        "uk/leeds_raw",
        "gb_spend",
        4,
        39_383,
        {"all columns that are read are empty": 2, "10 cells instead of 12": 1},
    ),
    Real("uk/manchester", "gb_spend", 14, 52_712, {}),
    Real("us/usaspending_dol", "us_usaspending_contracts", 1, 7, {}),
]


def _load(folder: Path, store: Path) -> tuple[Loaded, Tables]:
    place = Store(store)
    loaded = normalize([folder], place)
    return loaded, open_tables(loaded.inputs, place)


@pytest.mark.parametrize("real", REAL, ids=lambda real: real.folder)
def test_real_files_are_read_with_every_row_accounted_for(
    real: Real, real_data: Path, tmp_path: Path
) -> None:
    loaded, _ = _load(real_data / real.folder, tmp_path)

    aside: dict[str, int] = {}
    for entry in loaded.inputs:
        for reason, count in entry.quarantine.items():
            aside[reason] = aside.get(reason, 0) + count
    assert loaded.refused == ()
    assert {entry.source for entry in loaded.inputs} == {real.source}
    assert len(loaded.inputs) == real.files
    assert sum(entry.rows_read for entry in loaded.inputs) == real.read
    assert sum(entry.rows_loaded for entry in loaded.inputs) == real.read - real.merged - sum(aside.values())
    assert aside == real.aside


def test_totals_of_the_chilean_budget_are_the_sums_of_their_parts_but_for_two(
    real_data: Path, tmp_path: Path
) -> None:
    _, tables = _load(real_data / "chile/dipres_ejecucion_2017_04", tmp_path)

    lines = tables["budget"]
    parts = lines.group_by(line_id="parent_line_id").agg(parts=pl.col("adjusted").sum())
    broken = lines.join(parts, on="line_id").filter(pl.col("adjusted") != pl.col("parts")).sort("line_id")
    assert broken.select("line_id", "adjusted", "parts").collect().rows() == [
        ("50-01-01-05-02 USD", Decimal(1_280_010_000), Decimal(1_000_000_000)),
        ("50-01-05-27-10 CLP", Decimal(976_368_290_000), Decimal(973_383_332_000)),
    ]


def test_totals_of_the_chilean_budget_law_are_the_sums_of_their_parts_but_for_placeholders(
    real_data: Path, tmp_path: Path
) -> None:
    _, tables = _load(real_data / "chile/dipres_ley_2017", tmp_path)

    lines = tables["budget"]
    parts = lines.group_by(line_id="parent_line_id").agg(parts=pl.col("approved").sum())
    broken = lines.join(parts, on="line_id").filter(pl.col("approved") != pl.col("parts")).collect()
    sums = lines.group_by("currency").agg(pl.col("approved").sum()).sort("currency").collect()
    assert broken["approved"].to_list() == [Decimal(1)] * 4
    assert sums["approved"].to_list() == [Decimal(132_944_927_198_008), Decimal(10_007_543_000)]


def test_totals_of_a_municipality_are_the_sums_of_their_parts_in_the_same_area(
    real_data: Path, tmp_path: Path
) -> None:
    _, tables = _load(real_data / "chile/observatorio_municipal/Gasto", tmp_path)

    lines = tables["budget"]
    parts = lines.group_by("file", line_id="parent_line_id").agg(
        planned=pl.col("approved").sum(), spent=pl.col("executed").sum()
    )
    totals = lines.filter(~pl.col("is_leaf")).join(parts, on=["file", "line_id"]).collect()
    assert totals.height == 1_105
    assert totals.filter(
        (pl.col("approved") != pl.col("planned")) | (pl.col("executed") != pl.col("spent"))
    ).is_empty()


def test_no_total_of_the_chilean_budget_counts_as_a_leaf(real_data: Path, tmp_path: Path) -> None:
    _, tables = _load(real_data / "chile/dipres_ejecucion_2017_04", tmp_path)

    lines = tables["budget"].collect()
    totals = set(lines["parent_line_id"].drop_nulls())
    assert lines["line_id"].n_unique() == lines.height
    assert set(lines.filter("is_leaf")["line_id"]) == set(lines["line_id"]) - totals


def test_the_mexican_budget_adds_up_to_the_peso(real_data: Path, tmp_path: Path) -> None:
    """Added up from the published text with Python's csv and Decimal."""
    _, of_2016 = _load(real_data / "mexico/pef_2016/PEF_2016.csv.zip", tmp_path)
    _, of_2018 = _load(real_data / "mexico/pef_2018/2018.sample.csv", tmp_path)
    _, transfers = _load(real_data / "mexico/pef_2016/transferencias_entidades_fed.csv.zip", tmp_path)

    assert _sums(of_2016, "approved") == (Decimal(5_297_125_819_608),)
    assert _sums(of_2018, "approved", "adjusted", "paid") == (
        Decimal("241683548805.00"),
        Decimal("235939205025.02"),
        Decimal("75847299641.66"),
    )
    # Published in thousands, with up to nine decimals.
    assert _sums(transfers, "paid") == (Decimal("29048877060745.0111"),)


def test_totals_of_mexicos_transfers_are_the_sums_of_their_parts_but_for_ramo_28(
    real_data: Path, tmp_path: Path
) -> None:
    _, tables = _load(real_data / "mexico/pef_2016/transferencias_entidades_fed.csv.zip", tmp_path)

    lines = tables["budget"]
    parts = lines.group_by("period_end", line_id="parent_line_id").agg(parts=pl.col("paid").sum())
    totals = lines.join(parts, on=["period_end", "line_id"]).collect()
    # They are rounded by themselves.
    broken = totals.filter((pl.col("paid") - pl.col("parts")).abs() > 1_000)
    assert totals.height == 14_518
    assert broken["fund_code"].unique().to_list() == ["28"]
    assert broken["period_end"].min() == date(2014, 9, 30)
    assert (broken["paid"] > broken["parts"]).all()


def _sums(tables: Tables, *columns: str) -> tuple[Decimal, ...]:
    return tables["budget"].select(pl.col(columns).sum()).collect().row(0)
