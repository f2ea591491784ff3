"""What the worked examples of rules on reference lists cannot say: their other settings."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from asking import flagged, found, frame

from spendaudit.audit.coverage import Coverage, measure
from spendaudit.model.run import State
from spendaudit.model.tables import Tables
from spendaudit.rules import load_rules


def table(name: str, *rows: Mapping[str, Any]) -> pl.LazyFrame:
    return frame(name, [{"source": "portal", "file": "f", **row} for row in rows], first=1)


def contract(**cells: Any) -> dict[str, Any]:
    bought = {"buyer_key": "b", "supplier_key": "s", "amount": Decimal(10), "currency": "CLP"}
    return bought | {"decision_date": date(2024, 3, 31)} | cells


@pytest.mark.parametrize(
    ("months", "registered", "new"),
    [
        (0, date(2024, 3, 31), False),
        (0, date(2024, 4, 1), True),
        (1, date(2024, 3, 1), True),
        (1, date(2024, 2, 29), False),
        (12, date(2023, 3, 31), False),
        (12, date(2023, 4, 1), True),
    ],
)
def test_months_are_those_of_the_calendar(months: int, registered: date, new: bool) -> None:
    contracts = table("contracts", contract(supplier_registered_on=registered))

    assert flagged("SUP001", {"contracts": contracts}, months=months) == ([[1]] if new else [])


def test_a_register_may_lag_by_days() -> None:
    gone = contract(supplier_in_registry=True, supplier_registered_to=date(2024, 3, 1))
    contracts = {"contracts": table("contracts", gone)}

    assert flagged("SUP003", contracts, days=29) == [[1]]
    assert flagged("SUP003", contracts, days=30) == []


def test_sums_at_the_floor_are_left_out() -> None:
    contracts = {"contracts": table("contracts", contract(supplier_registered_on=date(2024, 3, 1)))}

    assert flagged("SUP001", contracts, floor="9.9999") == [[1]]
    assert flagged("SUP001", contracts, floor=10) == []


HOUSE = table(
    "registry",
    {"party_key": "ash", "address": "Oak Road 1", "phone": "555 0001"},
    {"party_key": "bay", "address": "oak road 1", "phone": "555 0002", "email": "a@b.io"},
    {"party_key": "cob", "phone": "5550001"},
)
OF_HOUSE = table(
    "contracts",
    contract(supplier_key="ash", tender_id="t1"),
    contract(supplier_key="bay", tender_id="t1"),
    contract(supplier_key="cob", tender_id="t2"),
    contract(supplier_key="cob"),
)


@pytest.mark.parametrize(
    ("settings", "rows"),
    [
        ({}, [[1, 2], [1, 3, 4]]),
        ({"by": "address"}, [[1, 2]]),
        ({"by": "phone"}, [[1, 3, 4]]),
        ({"by": "email"}, []),
        ({"among": "tender"}, [[1, 2]]),
        ({"among": "tender", "by": "phone"}, []),
    ],
)
def test_suppliers_are_compared_by_what_and_among_whom_is_asked(
    settings: dict[str, Any], rows: list[list[int]]
) -> None:
    assert flagged("SUP007", {"contracts": OF_HOUSE, "registry": HOUSE}, **settings) == rows


def test_a_value_of_more_parties_than_most_is_nobody_s() -> None:
    three = pl.concat([HOUSE, table("registry", {"party_key": "dew", "address": "Oak Road 1"})])

    assert flagged("SUP007", {"contracts": OF_HOUSE, "registry": three}, by="address", most=3) == [[1, 2]]
    assert flagged("SUP007", {"contracts": OF_HOUSE, "registry": three}, by="address", most=2) == []


def test_suppliers_that_share_two_things_are_one_finding_that_names_both() -> None:
    house = table(
        "registry",
        {"party_key": "ash", "address": "Oak Road 1", "phone": "555 0001"},
        {"party_key": "bay", "address": "Oak Road 1", "phone": "555 0001"},
    )

    answer = found("SUP007", {"contracts": OF_HOUSE, "registry": house})

    assert answer["shared"].to_list() == ["address, phone"]


def test_items_are_compared_by_so_many_digits() -> None:
    tables = {
        "contracts": table("contracts", contract(item_code="43211599")),
        "plan": table("plan", {"buyer_key": "b", "item_code": "43211500", "fiscal_year": 2024}),
    }

    assert flagged("COM007", tables, digits=6) == []
    assert flagged("COM007", tables, digits=7) == [[1]]


def test_the_weeks_before_an_election_are_as_many_as_is_asked() -> None:
    day, election = date(2024, 12, 2), date(2025, 1, 1)
    tables = {
        "contracts": table(
            "contracts",
            contract(decision_date=date(2024, 1, 1), next_election=election, buyer_key="other"),
            contract(decision_date=day, next_election=election),
        )
    }

    assert flagged("TIM011", tables, min_contracts=1, days=30) == [[2]]
    assert flagged("TIM011", tables, min_contracts=1, days=29) == []
    assert flagged("TIM011", tables, min_contracts=2, days=30) == []


def firms(known: int, name: str = "f", **changes: Any) -> list[dict[str, Any]]:
    """Give contracts of four firms, of which the register has so many."""
    firm = {"supplier_kind": "company", "source": "one", **changes}
    return [
        contract(supplier_key=f"{name}{place}", supplier_in_registry=place < known, **firm)
        for place in range(4)
    ]


def covered(*contracts: dict[str, Any], covered: str) -> Coverage:
    rule = load_rules()["SUP016"]
    tables = Tables({"contracts": table("contracts", *contracts)})
    return measure(tables, [rule], {rule.id: rule.params.model_validate({"covered": covered})})[rule.id]


def test_a_register_that_lacks_most_firms_is_of_other_firms() -> None:
    contracts = {"contracts": table("contracts", *firms(3))}

    assert flagged("SUP016", contracts, covered="0.75") == [[4]]
    assert flagged("SUP016", contracts, covered="0.7501") == []


def test_with_a_register_of_other_firms_it_is_said_that_none_could_be_judged() -> None:
    enough, too_few = covered(*firms(3), covered="0.75"), covered(*firms(3), covered="0.7501")

    assert (enough.state, enough.evaluated, enough.reason) == (None, 4, "")
    assert (too_few.state, too_few.evaluated) == (State.NOT_EVALUABLE, 0)
    assert too_few.reason == (
        "all contracts lack a register that has enough of their suppliers (--list registry=FILE)"
    )


def test_contracts_of_a_source_whose_firms_the_register_has_are_judged_beside_those_of_another() -> None:
    others = firms(2, source="two")
    person, void = firms(0, "p", supplier_kind="person"), firms(0, "v", is_void=True)

    of_both = covered(*firms(3), *others, *person, *void, covered="0.75")

    assert (of_both.state, of_both.applicable, of_both.evaluated) == (None, 8, 4)
    assert of_both.reason.startswith("4 of 8 contracts lack a register that has enough")


def test_without_a_register_it_is_said_that_there_is_none() -> None:
    none = covered(*(firm | {"supplier_in_registry": None} for firm in firms(0)), covered="0.75")

    assert none.state is State.NOT_EVALUABLE
    assert none.reason.startswith("all contracts lack a register in which their suppliers could be")
    assert len(none.gaps) == 1


@pytest.mark.parametrize(("rule", "key"), [("SUP002", "party_key"), ("SUP015", "lead_key")])
def test_a_contract_counts_once_however_many_entries_its_supplier_has(rule: str, key: str) -> None:
    entry = {key: "s", "name_key": "name:S", "party_key": "s"}
    sanctions = table("sanctions", entry, entry, entry)
    contracts = table("contracts", contract(supplier_id_valid=True))

    answer = found(rule, {"contracts": contracts, "sanctions": sanctions})

    assert answer["amount"].to_list() == [Decimal(10)]
