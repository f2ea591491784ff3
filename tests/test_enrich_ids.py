"""Tax numbers are judged as python-stdnum judges them, except those that stand for nobody."""

import random
from importlib import import_module

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cl import rut
from stdnum.exceptions import ValidationError

from spendaudit.enrich import ids
from spendaudit.enrich.schemes import SCHEMES
from spendaudit.model.codelists import ORGANISATION, PARTY_KIND


def judged(country: str, *texts: str | None) -> pl.DataFrame:
    return ids.look_up(country, pl.Series(texts, dtype=pl.String))


@pytest.mark.parametrize(
    "text",
    [
        "76086428-5",
        "76.086.428-5",
        "760864285",
        " 76086428-5 ",
        "76 086 428 - 5",
        "076086428-5",
        "CL76086428-5",
    ],
)
def test_one_number_has_one_key_however_it_is_written(text: str) -> None:
    assert judged("CL", text).to_dicts() == [
        {"compact": "760864285", "valid": True, "kind": "company", "key": "CL-RUT-76086428-5"}
    ]


def test_a_check_digit_k_is_read_in_either_case() -> None:
    number = next(str(n) for n in range(12_000_000, 12_000_100) if rut.calc_check_digit(str(n)) == "K")

    assert judged("CL", f"{number}-k", f"{number}-K")["key"].to_list() == [f"CL-RUT-{number}-K"] * 2


@pytest.mark.parametrize(
    "text",
    ["-", "0-0", "1-9", "", " ", "\x00", "76086428-4", "76086A28-5", "CL", "CL-", "S/I", "²", "9" * 400],
)
def test_what_is_no_number_is_not_valid_and_raises_nothing(text: str) -> None:
    assert judged("CL", text).to_dicts() == [
        {"compact": None, "valid": False, "kind": "unknown", "key": None}
    ]


@pytest.mark.parametrize(
    ("country", "text"),
    [("CL", "55.555.555-5"), ("CL", "66666666-6"), ("MX", "XAXX010101000"), ("MX", "XEXX010101000")],
)
def test_a_number_that_many_share_names_nobody(country: str, text: str) -> None:
    scheme = SCHEMES[country][0]

    assert import_module(f"stdnum.{scheme.module}").is_valid(text)
    assert judged(country, text)["valid"].to_list() == [False]


def test_nulls_stay_null() -> None:
    assert judged("CL", None).to_dicts() == [{"compact": None, "valid": None, "kind": None, "key": None}]
    assert ids.look_up("CL", pl.Series([], dtype=pl.String)).schema == {
        "compact": pl.String(),
        "valid": pl.Boolean(),
        "kind": PARTY_KIND,
        "key": ORGANISATION,
    }


@pytest.mark.parametrize(
    ("country", "text", "kind"),
    [
        ("CL", f"49999999-{rut.calc_check_digit('49999999')}", "person"),
        ("CL", f"50000000-{rut.calc_check_digit('50000000')}", "company"),
        ("MX", "MAB-930714-8T4", "company"),
        ("MX", "GODE 561231 GR8", "person"),
        ("BR", "16.727.230/0001-97", "company"),
        ("BR", "12.ABC.345/01DE-35", "company"),
        ("BR", "390.533.447-05", "person"),
        ("AR", "20-05536168-2", "person"),
        ("PE", "20512333797", "company"),
        ("ES", "54362315K", "person"),
        ("ES", "B64717838", "company"),
        ("VE", "V-11470283-4", "person"),
        ("PT", "PT 501 964 843", "company"),
        ("UY", "21-100342-001-7", "unknown"),
        ("CO", "811.123.437-5", "company"),
    ],
)
def test_a_valid_number_tells_a_person_from_a_company(country: str, text: str, kind: str) -> None:
    assert judged(country, text).select("valid", "kind").row(0) == (True, kind)


def test_a_mexican_number_without_its_last_three_characters_does_not_name_one_person() -> None:
    assert judged("MX", "COMG-600703")["valid"].to_list() == [False]


@pytest.mark.parametrize("country", sorted(SCHEMES))
def test_every_scheme_has_a_module_and_a_name_of_its_country(country: str) -> None:
    for scheme in SCHEMES[country]:
        assert callable(import_module(f"stdnum.{scheme.module}").validate)
        assert scheme.name.startswith(f"{country}-")


def test_a_hundred_thousand_numbers_are_judged_as_stdnum_judges_them() -> None:
    dice = random.Random(7)  # noqa: S311 numbers for a test
    texts = []
    for _ in range(100_000):
        number = str(dice.randrange(100_000, 99_999_999))
        digit = rut.calc_check_digit(number) if dice.random() < 0.7 else dice.choice("0123456789Kk")
        text = f"{int(number):,}".replace(",", ".") if dice.random() < 0.3 else number
        mark = dice.choice(["-", "-", "-", "", " - ", "\u2010"])
        texts.append(
            f"{dice.choice(['', '', '', ' ', 'CL '])}{text}{mark}{digit}{dice.choice(['', '', ' '])}"
        )

    valid = ids.look_up("CL", pl.Series(texts))["valid"].to_list()

    expected = [rut.is_valid(text) and len(set(rut.compact(text)[:-1])) > 1 for text in texts]
    assert valid == expected
    assert 20_000 < sum(expected) < 90_000


@given(st.lists(st.text(max_size=20), max_size=5), st.sampled_from(sorted(SCHEMES)))
def test_no_text_is_too_odd(texts: list[str], country: str) -> None:
    found = judged(country, *texts)

    assert found.height == len(texts)
    assert found.filter(pl.col("valid") != pl.col("key").is_not_null()).is_empty()


def test_a_number_met_again_in_a_later_batch_is_the_same() -> None:
    number = f"23456789-{rut.calc_check_digit('23456789')}"
    first = judged("CL", "0-0", number)

    second = judged("CL", number, None, "34567890-1", "0-0")

    assert second.row(0) == first.row(1)
    assert second.row(3) == first.row(0)


def test_stdnum_errors_are_value_errors() -> None:
    """The module catches ValueError: should stdnum change its tree, this says so."""
    assert issubclass(ValidationError, ValueError)


def test_a_masked_number_tells_that_it_is_a_persons_and_is_neither_right_nor_wrong() -> None:
    masked, other = judged("BR", "***.123.456-**", "***.12").to_dicts()

    assert masked == {"compact": None, "valid": None, "kind": "person", "key": None}
    assert other == {"compact": None, "valid": False, "kind": "unknown", "key": None}


def test_the_stars_of_spanish_numbers_are_known() -> None:
    masked = judged("ES", "***4567**", "****4567*", "*4567***").select("kind", "valid").rows()

    assert masked == [("person", None), ("person", None), ("unknown", False)]
