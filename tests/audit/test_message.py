from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from spendaudit.audit.message import sentence


def said(template: str, currency: str | None = "CLP", **facts: Any) -> str:
    return sentence(
        template,
        facts,
        members=1234,
        amount=Decimal("1234567.0000"),
        currency=currency,
        starts=None,
        ends=None,
    )


@pytest.mark.parametrize(
    ("template", "facts", "text"),
    [
        ("{amount}", {}, "1,234,567 CLP"),
        ("{members} contracts", {}, "1,234 contracts"),
        ("{limit}", {"limit": Decimal("1234.5000")}, "1,234.50 CLP"),
        ("{limit}", {"limit": Decimal("0.0050")}, "0 CLP"),
        ("{limit}", {"limit": Decimal("-0.0010")}, "0 CLP"),
        ("{limit}", {"limit": Decimal("-5E+3")}, "-5,000 CLP"),
        ("{limit}", {"limit": None}, "unknown"),
        ("{payer_name} paid", {"payer_name": None}, "An unnamed payer paid"),
        ("to {payer_name}", {"payer_name": None}, "To an unnamed payer"),
        ("{payer_name} paid", {"payer_name": "e.on"}, "e.on paid"),
        ("{side:words} it", {"side": "above"}, "Above it"),
        ("{title:quoted} of", {"title": "chairs"}, '"chairs" of'),
        ("{title:quoted} of", {"title": None}, "An untitled purchase of"),
        ("{share:percent}", {"share": Decimal("0.3550")}, "35.5 %"),
        ("{share:percent}", {"share": Decimal("0.40")}, "40 %"),
        ("{ratio:number}", {"ratio": Decimal("2.50")}, "2.50"),
        ("{times}", {"times": 12345}, "12,345"),
        ("{code:plain}", {"code": 12345}, "12345"),
        ("{times:row(s)}", {"times": 1}, "1 row"),
        ("{times:row(s)}", {"times": 12345}, "12,345 rows"),
        ("{fiscal_year}", {"fiscal_year": 2024}, "2024"),
        ("{day}", {"day": date(2024, 2, 29)}, "2024-02-29"),
        ("{{{name}}}", {"name": "Oak {amount}"}, "{Oak {amount}}"),
    ],
)
def test_facts_are_written_the_same_everywhere(template: str, facts: dict[str, Any], text: str) -> None:
    assert said(template, **facts) == text


@pytest.mark.parametrize(
    ("ends", "text"),
    [(date(2024, 2, 29), "on 2024-02-29"), (date(2024, 3, 1), "from 2024-02-29 to 2024-03-01")],
)
def test_a_span_of_one_day_is_a_day(ends: date, text: str) -> None:
    dates = {"starts": date(2024, 2, 29), "ends": ends}

    assert sentence("{when}", {}, members=1, amount=None, currency=None, **dates) == text


@pytest.mark.parametrize(
    ("year", "ends", "text"),
    [
        (2024, date(2024, 3, 31), "Ink in 2024 (as of 2024-03-31)"),
        (2024, None, "Ink in 2024"),
        (None, date(2024, 3, 31), "Ink"),
        (None, None, "Ink"),
    ],
)
def test_figures_of_a_budget_tell_their_year_and_their_day(
    year: int | None, ends: date | None, text: str
) -> None:
    facts = {"line": "Ink", "fiscal_year": year}
    dates = {"starts": ends, "ends": ends}

    assert sentence("{line}{in_year}", facts, members=1, amount=None, currency=None, **dates) == text


def test_money_of_no_currency_names_none() -> None:
    assert said("{amount}", currency=None) == "1,234,567"


def test_published_text_cannot_steer_a_terminal() -> None:
    name = "Oak\x1b[31m\r\n\u202ereversed\x07 \u2066x"

    assert said("to {name}", name=name) == "To Oak [31m reversed x"


def test_blanks_of_a_published_text_are_one_blank_between_words() -> None:
    assert said("to {name}", name=" Oak  &\u00a0Sons ") == "To Oak & Sons"
