"""What rules call by names for programs, people read in words."""

import re
from datetime import date
from decimal import Decimal

import pytest

from spendaudit.i18n import speaking
from spendaudit.model.tables import MONEY, SCHEMAS
from spendaudit.report import terms
from spendaudit.rules import load_rules


def test_every_fact_of_a_rule_and_every_amount_has_a_word() -> None:
    facts = {name for rule in load_rules().values() for name in rule.tells(rule.params())}
    amounts = {name for schema in SCHEMAS.values() for name, dtype in schema.items() if dtype == MONEY}

    assert sorted((facts | amounts) - terms.known()) == []


def test_a_word_is_kept_for_no_name_that_is_gone() -> None:
    facts = {name for rule in load_rules().values() for name in rule.tells(rule.params())}
    amounts = {name for schema in SCHEMAS.values() for name, dtype in schema.items() if dtype == MONEY}

    assert sorted(terms.known() - facts - amounts) == []


def test_what_sentences_say_in_words_of_ours_facts_say_too() -> None:
    spoken = (re.findall(r"{(\w+):words}", rule.message) for rule in load_rules().values())

    assert {name for names in spoken for name in names} == terms.SPOKEN


@pytest.mark.parametrize(
    ("name", "in_english", "in_spanish"),
    [
        ("supplier_known_by", "supplier known by", "proveedor reconocido por"),
        ("sum of amount", "sum of amount", "suma de monto"),
        ("largest tender_amount", "largest estimate of the tender", "mayor monto estimado de la licitación"),
        ("of_a_plug_in", "of a plug in", "of a plug in"),
    ],
)
def test_a_name_is_said_in_the_language_of_its_reader(name: str, in_english: str, in_spanish: str) -> None:
    assert terms.term(name) == in_english
    with speaking("es"):
        assert terms.term(name) == in_spanish


@pytest.mark.parametrize(
    ("name", "fact", "in_english", "in_spanish"),
    [
        ("ratio", Decimal("1234.5670"), "1,234.567", "1.234,567"),
        ("fiscal_year", 2024, "2024", "2024"),
        ("contracts", 1500, "1,500", "1.500"),
        ("signed", date(2024, 5, 2), "2024-05-02", "2 de mayo de 2024"),
        ("method", "direct", "direct", "directo"),
        ("date_basis", "award_date, date_signed", "award date, date of signature",
         "fecha de adjudicación, fecha de firma"),
        ("limit_source", "Ley 1: at most 30 UTM", "Ley 1: at most 30 UTM", "Ley 1: hasta 30 UTM"),
        ("title", "direct", "direct", "direct"),
        ("prior", "close of bids", "close of bids", "cierre de ofertas"),
        ("differ", "approved, executed", "approved, executed", "aprobado, devengado"),
        ("title", "two\x1b[31m\nlines", "two lines", "two lines"),
        ("ratio", None, "", ""),
    ],
)  # fmt: skip
def test_a_fact_is_said_as_its_reader_writes(
    name: str, fact: object, in_english: str, in_spanish: str
) -> None:
    assert terms.value(name, fact) == in_english
    with speaking("es"):
        assert terms.value(name, fact) == in_spanish
