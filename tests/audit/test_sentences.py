from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from spendaudit.audit.message import sentence
from spendaudit.audit.sentences import sentences
from spendaudit.i18n import speaking

MONEY = pl.Decimal(38, 4)
AMOUNTS = [
    "0", "0.005", "0.015", "-0.001", "-0.0051", "999.995", "1000", "-1000.5", "12345678901234567890.1234",
]  # fmt: skip
TEXTS = [
    "Oak",
    "",
    " Oak",
    "Oak  Ltd",
    "Oak\tLtd\n",
    "a\u202eb",
    "año",
    "Oak\u00a0Ltd",
    '{"\\',
    "\x1b[31mOak",
    "n" * 300,
    "ñ" * 301,
    f"{'works ' * 60}of a road",
    f"{'a ' * 149} bc",
]

#: Of each kind of fact: how it stands in a table, values, and how sentences ask for it.
KINDS: dict[str, tuple[Any, list[Any], list[str]]] = {
    "decimal": (MONEY, [*map(Decimal, AMOUNTS)], ["", ":number"]),
    "share": (MONEY, [*map(Decimal, ("0", "0.355", "0.3555", "-0.0001", "12.3456"))], [":percent"]),
    "whole": (
        pl.Int64(), [0, 1, -1, 999, 1000, -1000, -999_999, 1_234_567, 10**18], ["", ":plain", ":row(s)"]
    ),
    "fiscal_year": (pl.Int32(), [2024], [""]),
    "day": (pl.Date(), [date(2024, 2, 29), date(1, 1, 1)], [""]),
    "text": (pl.String(), TEXTS, ["", ":words"]),
    "payer_name": (pl.String(), ["Oak"], [""]),
    "code": (pl.Enum(["a", "b"]), ["a", "b"], [""]),
}  # fmt: skip


def told(template: str, facts: list[dict[str, Any]], about: pl.DataFrame) -> list[str]:
    return [
        sentence(template, one, **row) for one, row in zip(facts, about.iter_rows(named=True), strict=True)
    ]


def said(template: str, facts: pl.DataFrame, others: pl.DataFrame) -> list[str]:
    beside = others.with_columns(facts=pl.struct(pl.lit(fact) for fact in facts))
    return beside.with_columns(said=sentences(template, facts.schema))["said"].to_list()


def no_fact(height: int) -> pl.DataFrame:
    """A fact of which nothing is known, and that no sentence names."""
    return pl.DataFrame({"unsaid": [None] * height})


def about(height: int) -> pl.DataFrame:
    days = [date(2024, 2, 29), date(2024, 3, 1), None]
    return pl.DataFrame(
        {
            "members": [1 + number * 700 for number in range(height)],
            "amount": [Decimal("1234.5") if number % 2 else None for number in range(height)],
            "currency": [["CLP", None][number % 3 // 2] for number in range(height)],
            "starts": [days[number % 3] for number in range(height)],
            "ends": [days[number // 2 % 3] for number in range(height)],
        },
        {
            "members": pl.UInt32(),
            "amount": MONEY,
            "currency": pl.String(),
            "starts": pl.Date(),
            "ends": pl.Date(),
        },
    )


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", KINDS)
def test_all_findings_read_as_each_of_them_does(name: str, language: str) -> None:
    dtype, values, specs = KINDS[name]
    column = pl.Series(name, [*values, None], dtype)
    facts = [{name: value} for value in column]
    others = about(len(column))
    template = "Of {{one}}, " + "; ".join(f"{{{name}{spec}}}" for spec in specs)

    with speaking(language):
        assert said(template, column.to_frame(), others) == told(template, facts, others)


def test_a_askedtells_the_beginning_of_a_text_that_is_pages_long() -> None:
    (asked,) = said("{title}: why?", pl.DataFrame({"title": ["road " * 1000]}), about(1))

    assert asked.startswith("road road")
    assert asked.endswith("road…: why?")
    assert len(asked) <= 300 + len(": why?")


def test_what_stands_beside_facts_reads_the_same() -> None:
    template = "{members:contract(s)} of {amount}, {when}: {starts}, {ends}, {currency}, {members}"
    others = about(18)

    assert said(template, no_fact(18), others) == told(template, [{}] * 18, others)


def test_a_askedthat_names_nothing_is_said_of_each() -> None:
    assert said("Why?", no_fact(2), about(2)) == ["Why?", "Why?"]


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize(
    "template",
    [
        "to {payer_name}",
        "{payer_name} paid",
        "{side:words} it",
        "{payer_name}{in_year}: why?",
        "{title:quoted}!",
    ],
)
def test_beginnings_and_years_read_the_same(template: str, language: str) -> None:
    facts = [
        {"payer_name": payer, "side": "above", "fiscal_year": year, "title": payer}
        for payer in ("e.on", None)
        for year in (2024, None)
    ] * 6
    others = about(len(facts))

    with speaking(language):
        assert said(template, pl.DataFrame(facts), others) == told(template, facts, others)


def test_only_words_of_ours_begin_with_a_capital() -> None:
    names = pl.DataFrame({"payer_name": ["e.on", None]})

    assert said("{payer_name} paid", names, about(2)) == ["e.on paid", "An unnamed payer paid"]
    assert said("to {payer_name}", names, about(2)) == ["To e.on", "To an unnamed payer"]


def test_a_year_is_told_where_it_is_known() -> None:
    years = pl.DataFrame({"fiscal_year": [2024, None]})
    dates = about(2).with_columns(ends=date(2024, 3, 31))

    assert said("Ink{in_year}", years, dates) == ["Ink in 2024 (as of 2024-03-31)", "Ink"]
    assert said("Ink{in_year}", no_fact(2), dates) == ["Ink", "Ink"]
