"""What the settings of rules on concentration, timing and amendments change, and what their findings tell."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest
from asking import frame, keyed, told

from spendaudit.audit.run import audit
from spendaudit.model.tables import Tables
from spendaudit.rules import load_rules

#: A contract that every rule here can judge.
CONTRACT: Final[dict[str, Any]] = {
    "source": "one",
    "file": "f",
    "buyer_name": "Hill",
    "supplier_name": "Ash",
    "procurement_method": "open",
    "award_date": date(2024, 6, 3),
    "date_basis": "award_date",
    "amount": Decimal(10),
    "currency": "CLP",
    "item_scheme": "CPV",
}


def contract(**changes: Any) -> dict[str, Any]:
    return keyed(CONTRACT | changes)


def ask(
    rule_id: str,
    rows: Sequence[dict[str, Any]],
    others: dict[str, Sequence[dict[str, Any]]] | None = None,
    **setting: Any,
) -> list[dict[str, Any]]:
    """The findings, each with the numbers of its rows (from 0) in the place of its members."""
    tables = {"contracts": rows, **(others or {})}
    return told(rule_id, {table: frame(table, some) for table, some in tables.items()}, **setting)


def short(method: str | None) -> dict[str, Any]:
    period = {"tender_start": date(2024, 1, 1), "tender_end": date(2024, 1, 8)}
    return contract(procurement_method=method, **period)


METHODS: Final = ("open", "selective", "limited", "direct", "unknown", None)


@pytest.mark.parametrize(("methods", "judged"), [("open", 1), ("competitive", 3), ("any", 6)])
def test_more_methods_can_be_asked_to_leave_bidders_time(methods: str, judged: int) -> None:
    found = ask("TIM001", [short(method) for method in METHODS], methods=methods)

    assert sorted(row for finding in found for row in finding["members"]) == list(range(judged))


def test_a_tender_of_several_winners_tells_how_many_and_adds_up_one_currency() -> None:
    lots = [short("open") | {"tender_id": "t", "supplier_key": name, "supplier_name": name} for name in "ba"]

    (finding,) = ask("TIM001", lots)
    (mixed,) = ask("TIM001", [lots[0], lots[1] | {"currency": "USD"}])
    (priced,) = ask("TIM001", [lots[0], lots[1] | {"currency": "USD", "amount": None}])
    (nameless,) = ask("TIM001", [lots[0] | {"currency": None}])

    assert (finding["facts"]["suppliers"], finding["facts"]["supplier_name"]) == (2, None)
    assert (finding["amount"], finding["currency"]) == (20, "CLP")
    assert (finding["starts"], finding["ends"]) == (date(2024, 1, 1), date(2024, 1, 8))
    assert (mixed["amount"], mixed["currency"]) == (None, None)
    assert (priced["amount"], priced["currency"]) == (10, "CLP")
    assert (nameless["amount"], nameless["currency"]) == (None, None)
    assert nameless["facts"]["supplier_name"] == "b"


@pytest.mark.parametrize(
    ("weekend", "days"), [("saturday-sunday", [1, 2]), ("friday-saturday", [0, 1]), ("sunday", [2])]
)
def test_weekends_differ_by_country(weekend: str, days: list[int]) -> None:
    rows = [contract(date_signed=date(2024, 3, day)) for day in (8, 9, 10)]

    found = ask("TIM008", rows, weekend=weekend)

    assert [finding["members"] for finding in found] == [[day] for day in days]


def test_a_fiscal_year_can_end_in_another_month() -> None:
    days = [date(2023, 7, 1), date(2023, 12, 31), date(2024, 6, 1), date(2024, 6, 30), date(2024, 7, 1)]

    (finding,) = ask(
        "TIM010",
        [contract(award_date=day) for day in days],
        last_month=6,
        min_contracts=4,
        min_months=3,
        share="0.5",
    )

    assert finding["members"] == [2, 3]
    assert (finding["amount"], finding["facts"]["total"], finding["facts"]["contracts"]) == (20, 40, 4)
    assert (finding["starts"], finding["ends"]) == (days[2], days[3])


def bought(**suppliers: int) -> list[dict[str, Any]]:
    return [
        contract(supplier_name=name, amount=Decimal(amount), item_code="30191")
        for name, amount in suppliers.items()
    ]


def test_the_four_largest_can_be_asked_about() -> None:
    rows = bought(ash=20, bay=20, cob=20, elm=20, fir=10, gum=10)

    (finding,) = ask("CON003", rows, measure="largest-four", min_contracts=6)

    assert finding["facts"]["four"] == Decimal("0.8")
    assert finding["facts"]["index"] == Decimal("0.18")
    assert finding["facts"]["suppliers"] == 6
    assert not ask("CON003", rows, measure="largest-four", min_contracts=6, four="0.8001")


def test_concentration_can_be_asked_of_a_market_of_several_buyers() -> None:
    rows = [*bought(ash=10, bay=10), *bought(cob=10, elm=10)]
    for row in rows[2:]:
        row |= {"buyer_key": None, "item_code": "30192"}
    apart = [rows[0], rows[1], rows[2], rows[3] | {"source": "two"}]
    finer = [row | {"item_code": "3018"} for row in rows[:1]] + rows[1:]

    (finding,) = ask("CON003", rows, of="market", min_contracts=4)

    assert finding["members"] == [0, 1, 2, 3]
    assert finding["facts"]["subject"] == "CPV 3019"
    assert not ask("CON003", apart, of="market", min_contracts=4)
    assert not ask("CON003", finer, of="market", min_contracts=4)
    assert ask("CON003", finer, of="market", min_contracts=4, digits=3)


def test_a_market_can_be_that_of_a_region() -> None:
    rows = [*bought(ash=40, bay=30, cob=30), *bought(elm=100, fir=100, gum=100)]
    rows = [row | {"buyer_region": "N" if place < 3 else "S"} for place, row in enumerate(rows)]
    regions: dict[str, Any] = {"min_contracts": 3, "min_buyers": 1, "within": "region"}

    (finding,) = ask("CON002", rows, **regions)

    assert finding["members"] == [0]
    assert (finding["facts"]["share"], finding["facts"]["suppliers"]) == (Decimal("0.4"), 3)
    assert not ask("CON002", rows, min_contracts=3, min_buyers=1)
    assert not ask("CON002", [row | {"buyer_region": None} for row in rows], **regions)


def test_a_supplier_of_many_kinds_stands_out_from_others_by_the_fence() -> None:
    kinds = {"ash": ["10", "11"], "bay": ["10"], "cob": ["10"], "elm": ["10"], "fir": ["10"]}
    rows = [
        contract(supplier_name=name, contract_id=f"{name}{code}", item_code=code)
        for name, codes in kinds.items()
        for code in codes
    ]
    fence: dict[str, Any] = {"measure": "fence", "min_processes": 1}

    (finding,) = ask("CON008", rows, **fence)

    assert finding["members"] == [0, 1]
    assert finding["facts"]["kinds"] == 2
    assert not ask("CON008", rows[1:], **fence)


def test_items_can_tell_what_a_contract_without_a_code_is_about() -> None:
    rows = [contract(contract_id="a", item_code=None), contract(contract_id="b", item_code="1011")]
    lines = [("a", "1111"), ("a", "1112"), ("a", "1211"), ("a", None), ("c", "1311")]
    items = [
        {"source": "one", "contract_id": name, "item_scheme": "CPV", "item_code": c} for name, c in lines
    ]
    asked: dict[str, Any] = {"kinds": 3, "min_processes": 2}

    (finding,) = ask("CON008", rows, {"items": items}, own_code=False, **asked)

    assert (finding["members"], finding["facts"]["kinds"]) == ([0, 1], 3)
    assert not ask("CON008", rows, {"items": items}, **asked)
    assert not ask("CON008", rows, own_code=False, **asked)


def test_an_audit_hands_a_rule_the_table_that_it_can_do_without() -> None:
    rule = load_rules()["CON008"]
    params = {rule.id: rule.params.model_validate({"own_code": False, "kinds": 2, "min_processes": 1})}
    items = [
        {"source": "one", "contract_id": "a", "item_scheme": "CPV", "item_code": c} for c in ("10", "11")
    ]
    contracts = frame("contracts", [contract(contract_id="a")])

    alone = audit(Tables({"contracts": contracts}), (), [rule], params)
    beside = audit(Tables({"contracts": contracts, "items": frame("items", items)}), (), [rule], params)

    assert (len(alone.findings), len(beside.findings)) == (0, 1)


def test_growth_and_payments_tell_what_is_beyond() -> None:
    (grown,) = ask("AMD002", [contract(initial_amount=Decimal(8))])
    (paid,) = ask("AMD007", [contract(paid_amount=Decimal(15))])

    assert (grown["amount"], grown["facts"]["ratio"]) == (2, Decimal("1.25"))
    assert (paid["amount"], paid["facts"]["ratio"]) == (5, Decimal("1.5"))


def test_a_surge_tells_the_year_before_and_how_many_times_it_is() -> None:
    rows = [contract(award_date=date(2023, 6, 3)), *[contract(amount=Decimal(20))] * 3]
    others = [
        contract(award_date=date(year, 6, 3), supplier_name="Oak", amount=Decimal(500))
        for year in (2023, 2024)
    ]

    (finding,) = ask("CON010", [*rows, *others])

    assert finding["members"] == [1, 2, 3]
    assert (finding["amount"], finding["facts"]["before"], finding["facts"]["ratio"]) == (60, 10, 6)


def test_an_early_amendment_ends_with_the_last_of_them() -> None:
    days = [date(2024, 3, 8), date(2024, 3, 20), date(2024, 9, 1)]
    changes = [{"source": "one", "contract_id": "c", "date": day} for day in days]

    (finding,) = ask(
        "AMD005", [contract(contract_id="c", date_signed=date(2024, 3, 1))] * 2, {"amendments": changes}
    )

    assert finding["members"] == [0, 1]
    assert (finding["starts"], finding["ends"]) == (date(2024, 3, 1), days[1])
    assert (finding["facts"]["early"], finding["amount"]) == (2, 20)


def test_an_extension_tells_the_term_and_what_was_added() -> None:
    term = {"contract_start": date(2023, 1, 1), "contract_end": date(2023, 4, 11)}
    ends = [date(2023, 7, 1), date(2023, 5, 1)]
    changes = [{"source": "one", "contract_id": "c", "contract_end": end} for end in ends]

    (finding,) = ask("AMD004", [contract(contract_id="c", **term)], {"amendments": changes})

    assert (finding["facts"]["term"], finding["facts"]["extension"]) == (100, 81)
    assert (finding["starts"], finding["ends"]) == (term["contract_start"], ends[0])
    assert finding["facts"]["signed_end"] == term["contract_end"]
