"""Each contract gets the ceiling of its own country, procedure, currency and day, or none."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from spendaudit.enrich.law import load_limits, read_limits
from spendaudit.enrich.limits import join_limits
from spendaudit.model.tables import MONEY, SCHEMAS

JURISDICTIONS = {"cl_orders": "CL", "mx_contracts": "MX", "gb_spend": "GB"}

CHILEAN = {"source": "cl_orders", "currency": "CLP", "decision_date": date(2024, 12, 12)}
MEXICAN = {
    "source": "mx_contracts",
    "currency": "MXN",
    "decision_date": date(2014, 5, 1),
    "procurement_method": "direct",
    "main_procurement_category_details": "Servicios",
    "buyer_level": "national",
}


def contracts(*rows: Mapping[str, object]) -> pl.LazyFrame:
    published = {
        name: dtype for name, dtype in SCHEMAS["contracts"].items() if name not in {"limit", "limit_source"}
    }
    return pl.DataFrame(
        [dict.fromkeys(published) | dict(row) for row in rows], schema=published, strict=False
    ).lazy()


def limit_of(row: Mapping[str, object]) -> Decimal | None:
    joined = join_limits(contracts(row), JURISDICTIONS, load_limits()).collect()
    limit: Decimal | None = joined.item(0, "limit")
    return limit


@pytest.mark.parametrize(
    ("day", "limit"),
    [
        (date(2020, 1, 20), None),
        (date(2020, 1, 21), 30 * 49673),
        (date(2024, 11, 30), 30 * 66628),
        (date(2024, 12, 1), 30 * 67294),
        (date(2024, 12, 11), 30 * 67294),
        (date(2024, 12, 12), 100 * 67294),
        (date(2024, 12, 31), 100 * 67294),
        (date(2025, 1, 1), 100 * 67429),
        (date(2030, 1, 1), None),
        (date(1990, 1, 1), None),
        (None, None),
    ],
)
def test_compra_agil_follows_the_law_and_the_month(day: date | None, limit: int | None) -> None:
    assert limit_of(CHILEAN | {"procurement_method_details": "AG", "decision_date": day}) == limit


@pytest.mark.parametrize(
    ("code", "units"), [("L1", 100), ("E2", 100), ("LE", 1000), ("LP", 2000), ("LQ", 5000), ("H2", 5000)]
)
def test_a_tender_must_stay_below_the_upper_end_of_its_range(code: str, units: int) -> None:
    ceiling = Decimal(units * 67294)

    limit = limit_of(CHILEAN | {"procurement_method_details": code})

    assert limit is not None
    assert ceiling > limit
    assert ceiling - Decimal("0.0001") == limit


@pytest.mark.parametrize("code", ["LR", "SE", "CM", "TD", "ag", "AG ", "L", "XAG", "", None])
def test_a_code_without_a_ceiling_has_none(code: str | None) -> None:
    assert limit_of(CHILEAN | {"procurement_method_details": code}) is None


@pytest.mark.parametrize("currency", ["USD", "CLF", "UTM", "MXN", None])
def test_an_amount_in_another_currency_is_not_held_against_it(currency: str | None) -> None:
    assert limit_of(CHILEAN | {"procurement_method_details": "AG", "currency": currency}) is None


@pytest.mark.parametrize("source", ["mx_contracts", "gb_spend", "elsewhere", None])
def test_a_limit_of_chile_is_for_chile_only(source: str | None) -> None:
    assert limit_of(CHILEAN | {"procurement_method_details": "AG", "source": source}) is None


@pytest.mark.parametrize(
    ("difference", "limit"),
    [
        ({}, 389000),
        ({"main_procurement_category_details": "Arrendamientos"}, 389000),
        ({"main_procurement_category_details": "Obra Pública"}, 1061000),
        ({"main_procurement_category_details": "Servicios Relacionados con la OP"}, 557000),
        ({"main_procurement_category_details": None}, None),
        ({"procurement_method": "limited"}, 2678000),
        ({"procurement_method": "open"}, None),
        ({"procurement_method": None}, None),
        ({"buyer_level": "local"}, None),
        ({"decision_date": date(2019, 12, 31)}, 636840),
        ({"decision_date": date(2020, 1, 1)}, None),
    ],
)
def test_mexican_ceilings_go_by_method_category_and_year(
    difference: dict[str, object], limit: int | None
) -> None:
    assert limit_of(MEXICAN | difference) == limit


SPANISH = {
    "source": "es",
    "currency": "EUR",
    "decision_date": date(2024, 5, 1),
    "procurement_method": "direct",
    "procurement_method_details": "Contrato menor",
    "main_procurement_category": "services",
    "tax_included": False,
}
BRITISH = {
    "source": "gb",
    "currency": "GBP",
    "decision_date": date(2024, 5, 1),
    "main_procurement_category": "goods",
    "buyer_level": "local",
    "tax_included": True,
}
EUROPEAN = {
    "source": "eu",
    "currency": "EUR",
    "decision_date": date(2022, 5, 1),
    "procurement_method": "direct",
    "main_procurement_category": "works",
    "buyer_level": "national",
    "tax_included": False,
}
BRAZILIAN = {
    "source": "br",
    "currency": "BRL",
    "decision_date": date(2025, 1, 1),
    "procurement_method": "direct",
    "procurement_method_details": "Dispensa de Licitação; LEI 14.133 / 2021; II",
}
AMERICAN = {
    "source": "us",
    "currency": "USD",
    "decision_date": date(2024, 5, 1),
    "procurement_method": "limited",
    "procurement_method_details": "COMPETED UNDER SAP; FAR 13.5: no",
    "buyer_level": "national",
}
COLOMBIAN = {
    "source": "co",
    "currency": "COP",
    "decision_date": date(2023, 5, 1),
    "procurement_method": "open",
    "procurement_method_details": "Mínima cuantía",
    "buyer_level": "national",
}
FURTHER = {"procurement_method_details": "COMPETED UNDER SAP; FAR 13.5: yes"}
TOGETHER = {"gb": "GB", "es": "ES", "eu": "EU", "br": "BR", "us": "US", "co": "CO", "cl_orders": "CL"}


@pytest.mark.parametrize(
    ("row", "limit"),
    [
        (SPANISH, "14999.9999"),
        (SPANISH | {"main_procurement_category": "works"}, "39999.9999"),
        (SPANISH | {"main_procurement_category": None}, None),
        (SPANISH | {"tax_included": True}, None),
        (SPANISH | {"tax_included": None}, None),
        (SPANISH | {"procurement_method_details": "Abierto", "procurement_method": "open"}, None),
        (SPANISH | {"decision_date": date(2018, 3, 8)}, None),
        (BRITISH, None),
        (EUROPEAN, None),
        (BRAZILIAN, "62725.5899"),
        (
            BRAZILIAN | {"procurement_method_details": "Dispensa de Licitação; LEI 14.133/2021; I"},
            "125451.1499",
        ),
        (BRAZILIAN | {"procurement_method_details": "Dispensa de Licitação; LEI 14.133/2021; III"}, None),
        (BRAZILIAN | {"procurement_method_details": "Dispensa de Licitação; LEI 8.666 / 1993; II"}, None),
        (AMERICAN, "250000"),
        (AMERICAN | {"procurement_method_details": "NOT COMPETED UNDER SAP; X; FAR 13.5: no"}, "250000"),
        (AMERICAN | {"procurement_method_details": "COMPETED UNDER SAP"}, None),
        (AMERICAN | FURTHER, None),
        (AMERICAN | FURTHER | {"decision_date": date(2025, 10, 1)}, "9000000"),
        (AMERICAN | {"procurement_method_details": "NOT COMPETED"}, None),
        (AMERICAN | {"decision_date": date(2025, 10, 1)}, "350000"),
        (AMERICAN | {"decision_date": date(2019, 1, 1)}, None),
        (COLOMBIAN, None),
        (CHILEAN | {"procurement_method_details": "AG"}, "6729400"),
    ],
)
def test_each_contract_is_under_the_law_of_its_own_country(
    row: Mapping[str, object], limit: str | None
) -> None:
    """Where method, category, tier or tax leave the choice open, there is no limit: not the lowest."""
    joined = join_limits(contracts(row), TOGETHER, load_limits()).collect()

    assert joined.item(0, "limit") == (None if limit is None else Decimal(limit))


TIERS = """
jurisdiction = "XX"
checked = 2024-12-31

[tiers]
local = "small"
national = "large"

[[series]]
id = "xx-small"
procedure = "Small bodies"
currency = "EUR"
comparison = "at most"
vat = "included"
scope.buyer_tier = ["small"]

[[series.steps]]
valid_from = 2024-01-01
amount = 10
law = "Act"
sources = ["https://example.org/act"]

[[series]]
id = "xx-large"
procedure = "Large bodies"
currency = "EUR"
comparison = "at most"
vat = "included"
scope.buyer_tier = ["large"]

[[series.steps]]
valid_from = 2024-01-01
amount = 100
law = "Act"
sources = ["https://example.org/act"]
"""


@pytest.mark.parametrize(
    ("difference", "limit"),
    [
        ({}, 10),
        ({"buyer_level": "national"}, 100),
        ({"buyer_level": "regional"}, None),
        ({"buyer_level": None}, None),
        ({"buyer_id": "1"}, 100),
        ({"buyer_id": "1", "buyer_level": None}, 100),
        ({"buyer_key": "XX-2", "buyer_level": "national"}, 10),
        ({"buyer_id": "3", "buyer_level": "national"}, None),
        ({"tax_included": False}, None),
        ({"tax_included": None}, None),
    ],
)
def test_a_tier_goes_by_what_the_user_says_of_a_buyer_and_else_by_its_level(
    tmp_path: Path, difference: dict[str, object], limit: int | None
) -> None:
    (tmp_path / "xx.toml").write_text(TIERS, encoding="utf-8")
    law = read_limits([tmp_path / "xx.toml"], tmp_path)
    said = replace(law, buyer_tiers={"1": "large", "XX-2": "small", "3": "neither"})
    row = {
        "source": "x",
        "currency": "EUR",
        "decision_date": date(2024, 5, 1),
        "buyer_level": "local",
        "tax_included": True,
    }

    joined = join_limits(contracts(row | difference), {"x": "XX"}, said).collect()

    assert joined.item(0, "limit") == limit


def test_limit_source_names_law_unit_month_and_caveats() -> None:
    rows = contracts(CHILEAN | {"procurement_method_details": "L1"}, MEXICAN, CHILEAN)

    joined = join_limits(rows, JURISDICTIONS, load_limits()).collect()

    assert joined["limit_source"].to_list() == [
        "Ley 19.886, L1 y E2: below 100 UTM of 2024-12 (67,294 CLP)",
        "LAASSP art. 42, 2014: at most 389,000 MXN (Anexo 9 PEF; one tier; no ceiling under art. 41)",
        None,
    ]


def many() -> pl.LazyFrame:
    days = [date(2010 + year, month, 12) for year in range(20) for month in range(1, 13)]
    codes = ["AG", "L1", "LE", "LP", "LQ", "LR", "SE", None]
    chilean = [
        CHILEAN | {"procurement_method_details": code, "decision_date": day} for code in codes for day in days
    ]
    mexican = [
        MEXICAN | {"procurement_method": method, "decision_date": day}
        for method in ("direct", "limited", "open")
        for day in days
    ]
    return contracts(*chilean, *mexican).with_columns(contract_id=pl.int_range(pl.len()).cast(pl.String))


def test_rows_neither_multiply_nor_move_and_nothing_else_changes() -> None:
    rows = many()

    joined = join_limits(rows, JURISDICTIONS, load_limits()).collect()

    assert joined.drop("limit", "limit_source").equals(rows.collect())
    assert joined.schema["limit"] == MONEY
    assert joined["limit"].is_not_null().sum() > 800


def test_the_table_agrees_with_the_law_asked_contract_by_contract() -> None:
    limits = load_limits()
    asked = [
        "procurement_method",
        "procurement_method_details",
        "main_procurement_category_details",
        "buyer_level",
    ]
    joined = join_limits(many(), JURISDICTIONS, limits).collect()

    for row in joined.iter_rows(named=True):
        traits = {name: row[name] for name in asked}
        held = limits.in_force(JURISDICTIONS[row["source"]], row["decision_date"], **traits)

        found = [] if row["limit"] is None else [(row["limit"], row["limit_source"])]
        assert found == [
            (ceiling.limit, ceiling.source) for ceiling in held if ceiling.series.currency == row["currency"]
        ]


def test_streaming_and_in_memory_agree() -> None:
    plan = join_limits(many(), JURISDICTIONS, load_limits()).sort("contract_id")

    assert plan.collect(engine="streaming").equals(plan.collect(engine="in-memory"))


def test_a_query_that_does_not_read_the_limit_does_not_look_it_up(tmp_path: Path) -> None:
    many().collect().write_parquet(tmp_path / "contracts.parquet")
    stored = pl.scan_parquet(tmp_path / "contracts.parquet")

    without = join_limits(stored, JURISDICTIONS, load_limits()).select("contract_id", "amount").explain()

    assert "gather" not in without
    assert "PROJECT 2/" in without


def test_a_country_without_limits_gets_nulls_of_the_right_type() -> None:
    joined = join_limits(contracts(CHILEAN), {"gb_spend": "GB"}, load_limits()).collect()

    assert joined.select("limit", "limit_source").schema == {"limit": MONEY, "limit_source": pl.String()}
    assert joined.item(0, "limit") is None


def test_series_that_follow_one_another_in_time_share_their_contracts(tmp_path: Path) -> None:
    """A new law may cut the same contracts another way: both series are laid out, each on its days."""
    series = """
[[series]]
id = "xx-{name}"
procedure = "Small purchase"
currency = "EUR"
comparison = "at most"
vat = "not stated"
scope.procurement_method_details = {codes}

[[series.steps]]
valid_from = {begins}
valid_to = {ends}
amount = {amount}
law = "Act of {name}"
sources = ["https://example.org/act"]
"""
    (tmp_path / "xx.toml").write_text(
        'jurisdiction = "XX"\nchecked = 2024-01-01\n'
        + series.format(name="old", codes='["A", "B"]', begins="2020-01-01", ends="2020-12-31", amount=10)
        + series.format(name="new", codes='["B", "C"]', begins="2021-01-01", ends="2021-12-31", amount=20),
        encoding="utf-8",
    )
    rows = contracts(
        *(
            {
                "source": "x",
                "currency": "EUR",
                "procurement_method_details": code,
                "decision_date": date(year, 7, 1),
            }
            for code in "ABC"
            for year in (2020, 2021)
        )
    )

    joined = join_limits(rows, {"x": "XX"}, read_limits([tmp_path / "xx.toml"], tmp_path)).collect()

    assert joined["limit"].to_list() == [10, None, 10, 20, None, 20]
