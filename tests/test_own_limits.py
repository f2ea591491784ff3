"""A user's ceilings hold before the law's, for the days and contracts that the user names."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from spendaudit.config import Setting
from spendaudit.enrich.law import Limits, load_limits
from spendaudit.enrich.limits import join_limits
from spendaudit.enrich.own_limits import with_own
from spendaudit.errors import UsageError
from spendaudit.model.tables import SCHEMAS

AGILE = {
    "source": "s",
    "currency": "CLP",
    "decision_date": date(2024, 12, 12),
    "procurement_method_details": "AG",
}
MINIMAL = {
    "source": "s",
    "currency": "COP",
    "decision_date": date(2023, 5, 2),
    "procurement_method_details": "Mínima cuantía; Presupuesto inferior al 10% de la menor cuantía",
    "buyer_id": "900000001",
}


def own(**tables: object) -> Limits:
    given = {id_.replace("_", "-"): Setting(one, "home.toml") for id_, one in tables.items()}
    return with_own(load_limits(), given, {})


def tiers(**said: str) -> Limits:
    return with_own(load_limits(), {}, {name[1:]: Setting(tier, "home.toml") for name, tier in said.items()})


def limit_of(row: Mapping[str, object], country: str, limits: Limits) -> tuple[Decimal | None, str | None]:
    published = {
        name: dtype for name, dtype in SCHEMAS["contracts"].items() if name not in {"limit", "limit_source"}
    }
    rows = pl.DataFrame([dict.fromkeys(published) | dict(row)], schema=published, strict=False).lazy()
    joined = join_limits(rows, {"s": country}, limits).collect()
    return joined.item(0, "limit"), joined.item(0, "limit_source")


def test_an_amount_takes_the_place_of_the_law_on_its_days_and_counts_in_its_unit() -> None:
    limits = own(cl_compra_agil=[{"amount": 50, "from": date(2024, 12, 12), "to": date(2024, 12, 31)}])

    assert limit_of(AGILE | {"decision_date": date(2024, 12, 11)}, "CL", limits)[0] == 30 * 67294
    assert limit_of(AGILE, "CL", limits) == (
        Decimal(50 * 67294),
        "home.toml, limits.cl-compra-agil: at most 50 UTM of 2024-12 (67,294 CLP)",
    )
    assert limit_of(AGILE | {"decision_date": date(2025, 1, 1)}, "CL", limits)[0] == 100 * 67429
    (held,) = limits.in_force("CL", date(2024, 12, 12), procurement_method_details="AG")
    assert held.amount == 50 * 67294


def test_an_amount_without_days_holds_on_all_that_its_unit_is_known_on() -> None:
    limits = own(cl_compra_agil=[{"amount": 1, "law": "Decree 7", "source": "https://example.org/7"}])

    assert limit_of(AGILE | {"decision_date": date(2015, 9, 1)}, "CL", limits)[0] == 44243
    assert limit_of(AGILE, "CL", limits)[1] == "Decree 7: at most 1 UTM of 2024-12 (67,294 CLP)"


def test_several_spans_follow_one_another() -> None:
    limits = own(
        mx_direct_goods=[
            {"amount": 1000, "from": date(2023, 1, 1), "to": date(2023, 12, 31)},
            {"amount": Decimal("2000.50"), "from": date(2024, 1, 1)},
        ]
    )
    bought = {
        "source": "s",
        "currency": "MXN",
        "procurement_method": "direct",
        "main_procurement_category_details": "Servicios",
        "buyer_level": "national",
    }
    years = (2019, 2020, 2023, 2024, 2031)

    found = [limit_of(bought | {"decision_date": date(year, 6, 1)}, "MX", limits)[0] for year in years]

    assert found == [636840, None, 1000, Decimal("2000.50"), Decimal("2000.50")]


def test_a_ceiling_of_some_buyers_holds_for_them_before_the_law() -> None:
    limits = own(cl_compra_agil=[{"amount": 10, "buyers": ["61.1"]}])

    assert limit_of(AGILE | {"buyer_id": "61.1"}, "CL", limits)[0] == 10 * 67294
    assert limit_of(AGILE | {"buyer_id": "61.2"}, "CL", limits)[0] == 100 * 67294
    assert limit_of(AGILE, "CL", limits)[0] == 100 * 67294


def test_of_two_of_the_users_that_hold_for_a_contract_the_later_does() -> None:
    limits = own(
        cl_compra_agil=[{"amount": 20}, {"amount": 10, "buyers": ["61.1"]}],
        council=[{"country": "CL", "currency": "CLP", "amount": 5, "buyers": ["61.2"]}],
    )

    found = [limit_of(AGILE | {"buyer_id": buyer}, "CL", limits)[0] for buyer in ("61.1", "61.2", "61.3")]

    assert found == [10 * 67294, 5, 20 * 67294]


def test_a_country_without_law_gets_a_ceiling_of_the_users() -> None:
    limits = own(
        pe_eight_units=[
            {"country": "PE", "currency": "PEN", "amount": 41200, "comparison": "below", "method": ["direct"]}
        ]
    )
    bought = {
        "source": "s",
        "currency": "PEN",
        "decision_date": date(2024, 1, 1),
        "procurement_method": "direct",
    }

    assert limit_of(bought, "PE", limits) == (
        Decimal("41199.9999"),
        "home.toml, limits.pe-eight-units: below 41,200 PEN",
    )
    assert limit_of(bought | {"procurement_method": "open"}, "PE", limits)[0] is None


def test_without_a_tier_there_is_no_limit_and_with_it_that_of_the_tier() -> None:
    assert load_limits().waits_for_tiers("CO")
    assert limit_of(MINIMAL, "CO", load_limits()) == (None, None)

    limits = tiers(_900000001="budget-1200000", _900000002="budget-120000")

    assert not limits.waits_for_tiers("CO")
    assert limit_of(MINIMAL, "CO", limits)[0] == 100 * 1160000
    assert limit_of(MINIMAL | {"buyer_id": "900000002"}, "CO", limits)[0] == 45 * 1160000
    assert limit_of(MINIMAL | {"buyer_id": "900000003"}, "CO", limits)[0] is None


def test_what_no_contract_is_held_against_by_itself_is_when_the_user_names_the_contracts() -> None:
    awarded = {
        "source": "s",
        "currency": "EUR",
        "decision_date": date(2024, 3, 3),
        "procurement_method": "direct",
        "main_procurement_category": "works",
        "tax_included": False,
    }

    assert limit_of(awarded, "EU", own(eu_works=[{"amount": 9}]))[0] is None
    assert limit_of(awarded, "EU", own(eu_works=[{"amount": 9, "method": ["direct"]}]))[0] == Decimal(
        "8.9999"
    )


@pytest.mark.parametrize(
    ("tables", "told", "hint"),
    [
        ({"cl_compra_agl": [{"amount": 1}]}, "no such series ships", "did you mean cl-compra-agil?"),
        ({"xx": [{"amount": 1, "country": "XX"}]}, "limits.xx: a ceiling of your own needs a currency", ""),
        (
            {"xx": [{"amount": 1, "cuntry": "XX"}]},
            "limits.xx.cuntry: there is no such",
            "did you mean country?",
        ),
        ({"xx": [{"country": "XX"}]}, "limits.xx.amount: is missing", ""),
        ({"cl_compra_agil": [{"amount": 0}]}, "limits.cl-compra-agil.amount: must be above 0", ""),
        ({"cl_compra_agil": [{"amount": 1, "unit": "UF"}]}, "no value is known of UF", "in currency"),
        (
            {"cl_compra_agil": [{"amount": 1, "from": date(2024, 1, 2), "to": date(2024, 1, 1)}]},
            "ends on 2024-01-01, before it begins",
            "",
        ),
        (
            {"cl_compra_agil": [{"amount": 1}, {"amount": 2, "from": date(2024, 1, 1)}]},
            "limits.cl-compra-agil and limits.cl-compra-agil hold for the same contracts on 2024-01-01",
            "",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(
    tables: Mapping[str, list[dict[str, object]]], told: str, hint: str
) -> None:
    with pytest.raises(UsageError) as refused:
        own(**tables)

    assert refused.value.message.startswith("home.toml: limits.")
    assert told in refused.value.message
    assert hint in refused.value.hint


def test_a_tier_that_no_ceiling_asks_for_is_refused() -> None:
    with pytest.raises(UsageError, match=r"home.toml: buyer-tiers.1: .* budget-12000000") as refused:
        tiers(_1="budget-12000000")

    assert refused.value.hint == "did you mean budget-1200000?"
