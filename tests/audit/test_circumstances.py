from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from spendaudit.audit.circumstances import CIRCUMSTANCES, Reason, items, reasons
from spendaudit.model.tables import SCHEMAS, Tables
from spendaudit.rules import load_rules
from spendaudit.rules._page import sections


@pytest.fixture
def spoken_for(make_tables: Callable[..., Tables]) -> Callable[..., str]:
    """Tells what rows of contracts say about one reason."""

    def told(text: str, *rows: dict[str, Any]) -> str:
        frame = make_tables(list(rows))["contracts"].collect()
        (reason,) = reasons(f"- {text}", frame, "decision_date")
        return reason.evidence

    return told


def test_a_list_is_cut_into_its_items_and_other_text_left_out() -> None:
    section = "- One that goes on\n  below; two.\n- Three.\n\nA remark - with a dash.\n\n- Four."

    assert list(items(section)) == ["One that goes on below; two.", "Three.", "Four."]


def test_reasons_for_which_the_rows_speak_come_first_in_the_order_of_the_page(
    make_tables: Callable[..., Tables],
) -> None:
    rows = make_tables([{"framework_id": "F1", "tax_included": True}, {"tax_included": True}])["contracts"]
    section = "- Emergencies.\n- Limits without tax.\n- Call-offs from a framework.\n- Anything else."

    assert reasons(section, rows.collect(), "decision_date") == (
        Reason("Limits without tax.", "rows that include tax: 2 of 2"),
        Reason("Call-offs from a framework.", "rows that name a framework agreement: 1 of 2"),
        Reason("Emergencies.", ""),
        Reason("Anything else.", ""),
    )


@pytest.mark.parametrize(
    ("text", "row", "says"),
    [
        ("Call-offs.", {"framework_id": "F1"}, "the row names a framework agreement"),
        ("Orders from a catalogue.", {"title": "Convenio Marco de papel"}, "the row speaks of a framework"),
        (
            "Emergencies.",
            {"procurement_method_details": "Trato directo: EMERGENCIA"},
            "the row speaks of an em",
        ),
        ("Amounts with tax.", {"tax_included": None}, "the row does not say whether"),
        ("Amendments.", {"amendments": 2}, "the row was amended"),
        ("A supplier that was renamed.", {"supplier_id": None}, "the row knows the supplier by name alone"),
        ("Public bodies.", {"supplier_kind": "public"}, "the row is about a public body"),
        ("Landlords.", {"supplier_kind": "person"}, "the row is about a natural person"),
        ("A credit.", {"amount": -5}, "the row has a negative amount"),
        (
            "A year typed wrong.",
            {"contract_start": date(2014, 1, 1), "contract_end": date(2041, 1, 1)},
            "the row has",
        ),
        ("From the first of January.", {"contract_start": date(2024, 1, 1)}, "the row begins on the first"),
        (
            "Monopolies, such as water.",
            {"title": "Suministro de agua potable"},
            "the row speaks of a utility",
        ),
        ("Rents.", {"description": "Arriendo de bodega"}, "the row speaks of a rent"),
        ("Medicines.", {"title": "Medicamentos"}, "the row speaks of medicines"),
        (
            "An exclusive supplier.",
            {"procurement_method_details": "Proveedor único"},
            "the row speaks of an excl",
        ),
        ("Wages.", {"description": "Honorarios de marzo"}, "the row speaks of wages"),
        ("Auctions.", {"procurement_method_details": "Subasta inversa"}, "the row speaks of an auction"),
    ],
)
def test_a_row_speaks_for_a_reason(
    spoken_for: Callable[..., str], text: str, row: dict[str, Any], says: str
) -> None:
    assert spoken_for(text, row).startswith(says)
    assert spoken_for(text, {"tax_included": False, "supplier_id": "1", "amount": 5, "title": "Sillas"}) == ""


def test_rows_of_one_tender_and_of_several_units_speak_together(spoken_for: Callable[..., str]) -> None:
    apart = [{"tender_id": "T1", "buyer_unit": "North"}, {"tender_id": "T2", "buyer_unit": "North"}]
    alike = [{"tender_id": "T1", "buyer_unit": "North"}, {"tender_id": "T1", "buyer_unit": "South"}]

    assert spoken_for("Several lots.", *apart) == spoken_for("Several units of one buyer.", *apart) == ""
    assert spoken_for("Several lots.", *alike) == "rows that share a tender with another row: 2 of 2"
    assert spoken_for("Several units of one buyer.", *alike).startswith("rows that come from different units")


def test_bills_of_a_month_follow_one_another(spoken_for: Callable[..., str]) -> None:
    days = [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 6, 30)]

    said = spoken_for("Monthly services.", *({"decision_date": day} for day in days))

    assert said == "rows that follow about a month after the row before: 2 of 4"


def test_one_row_can_be_most_of_the_whole(spoken_for: Callable[..., str]) -> None:
    assert spoken_for("One large contract.", {"amount": 9}, {"amount": 1}).startswith("rows that are more")
    assert spoken_for("One large contract.", {"amount": 5}, {"amount": 5}) == ""
    assert spoken_for("One large contract.", {"amount": 5}) == ""


def test_what_a_table_does_not_have_is_not_looked_for() -> None:
    budget = pl.DataFrame(
        [{"fiscal_year": 2024, "period_end": date(2024, 4, 30), "economic_label": "Deuda flotante"}]
    )
    section = "- Interim figures.\n- Court rulings.\n- Amendments under way.\n- Framework agreements."

    assert [reason.evidence for reason in reasons(section, budget, "period_end")] == [
        "the row stops before the end of the year",
        "the row speaks of debt or of court rulings",
        "",
        "",
    ]


@pytest.mark.parametrize("circumstance", CIRCUMSTANCES, ids=lambda one: one.says)
def test_every_circumstance_is_on_the_page_of_a_rule_whose_table_can_tell_it(circumstance: Any) -> None:
    mentioned = {
        rule.subject
        for rule in load_rules().values()
        for text in items(sections(rule.page)["False positives"])
        if circumstance.about(text)
    }

    assert any({*circumstance.needs} - {"day"} <= {*SCHEMAS[table]} for table in mentioned)


@pytest.mark.parametrize(
    ("year", "until", "interim"),
    [
        (2024, date(2024, 11, 30), True),
        (2024, date(2024, 12, 1), False),
        (None, date(2024, 11, 30), True),
        (2015, date(2016, 3, 31), False),
    ],
)
def test_figures_of_a_closed_year_are_not_interim(year: int | None, until: date, *, interim: bool) -> None:
    budget = pl.DataFrame(
        {"fiscal_year": [year], "period_end": [until]},
        {"fiscal_year": pl.Int32()} | {"period_end": pl.Date()},
    )

    (reason,) = reasons("- Interim figures.", budget, "period_end")

    assert bool(reason.evidence) is interim
