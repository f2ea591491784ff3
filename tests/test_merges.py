"""Suggested merges: who may be one, who never is, and what speaks for and against."""

import random
import time
import tracemalloc

import polars as pl
import pytest

from spendaudit.enrich.merges import SPELT, SUGGESTED, Suggested, suggest

Row = tuple[str, str, str | None, bool | None, str | None]


def spelt(*rows: Row) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SPELT, orient="row")


def named(*keys: str) -> pl.DataFrame:
    return spelt(*((f"name:{key}", key, None, None, "unknown") for key in keys))


def pairs(suggested: Suggested) -> list[tuple[str, str]]:
    return suggested.pairs.select("one", "other").rows()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("COORPORATIVO PANUCO SUR", "CORPORATIVO PANUCO SUR"),
        ("PANUCO SUR CORPORATIVO", "CORPORATIVO PANUCO SUR"),
        ("SKY HIGH ROOFS", "SKYHIGH ROOFS"),
        ("XANADU ROOFS", "XANADDU ROOFS"),
        ("MEDIA VEST", "MEDIA VEST SERVICES"),
        ("HOLLY BANK TRUST", "HOLLYBANK TRUST"),
    ],
)
def test_likely_spellings_meet_in_a_block(one: str, other: str) -> None:
    found = suggest(named(one, other, "PAPER MOON SERVICES", "WISHFUL COPIERS SERVICES"), at_least=80)

    assert pairs(found) == [tuple(sorted((f"name:{one}", f"name:{other}")))]


def test_nothing_is_suggested_of_unlike_names() -> None:
    found = suggest(
        named("CONSTRUCTORA NORTE 1", "CONSTRUCTORA NORTE 2", "JUAN PEREZ LOPEZ", "JOSE PEREZ LOPEZ")
    )

    assert found.pairs.is_empty()
    assert found.pairs.schema == SUGGESTED
    assert found.told_apart == 0


def test_two_valid_numbers_are_two_suppliers_and_are_counted() -> None:
    found = suggest(
        spelt(
            ("CL-RUT-76000001-4", "LUNA NUEVA", "76000001-4", True, "company"),
            ("CL-RUT-76000002-2", "LUNA NUEVA", "76000002-2", True, "company"),
        )
    )

    assert found.pairs.is_empty()
    assert found.told_apart == 1


def test_a_namesake_without_number_is_suggested_and_the_lack_is_told() -> None:
    found = suggest(
        spelt(
            ("CL-RUT-76000001-4", "LUNA NUEVA", "76000001-4", True, "company"),
            ("name:LUNA NUEVA", "LUNA NUEVA", None, None, "unknown"),
        )
    )

    assert pairs(found) == [("CL-RUT-76000001-4", "name:LUNA NUEVA")]
    assert found.pairs["speaks_against"].to_list() == [["only one has a number"]]


def test_a_number_that_is_wrong_in_one_sign_speaks_for_it() -> None:
    found = suggest(
        spelt(
            ("CL-RUT-76000001-4", "LUNA NUEVA", "76000001-4", True, "company"),
            ("name:LUNA NUEVA SUR", "LUNA NUEVA SUR", "76000001-5", False, "company"),
        ),
        at_least=70,
    )

    assert found.pairs["speaks_for"].to_list() == [["numbers that differ in one sign, and one is not valid"]]


def test_different_codes_of_a_portal_speak_against_but_do_not_decide() -> None:
    same, other = (
        suggest(
            spelt(
                ("portal:1", "LUNA NUEVA", "1", None, "company"),
                ("portal:2", "LUNA NUEVA", code, None, "company"),
            )
        ).pairs.row(0, named=True)
        for code in ("1", "2")
    )

    assert same["score"] > other["score"]
    assert other["speaks_against"] == ["different numbers, not both checked"]


def test_masked_numbers_that_differ_are_of_two_people() -> None:
    found = suggest(
        spelt(
            ("name:ANA MORA (***.123.456-**)", "ANA MORA", "***.123.456-**", None, "person"),
            ("name:ANA MORA (***.654.321-**)", "ANA MORA", "***.654.321-**", None, "person"),
        )
    )

    assert found.pairs.is_empty()
    assert found.told_apart == 1


def test_a_person_and_a_company_are_less_likely_one() -> None:
    (score,) = suggest(
        spelt(
            ("name:A", "ANA MORA VEGA", None, None, "person"),
            ("name:B", "ANA MORA VEGA", None, None, "company"),
        )
    ).pairs["score"]

    assert score == 90


def test_a_pair_that_meets_under_several_spellings_stands_once_with_its_best_score() -> None:
    found = suggest(
        spelt(
            ("A", "LUNA NUEVA", None, None, None),
            ("A", "LUNA NUEVA SERVICIOS", None, None, None),
            ("B", "LUNA NUEVA", None, None, None),
        )
    )

    assert found.pairs.select("one", "other", "score").rows() == [("A", "B", 100)]


def test_the_order_of_rows_changes_nothing() -> None:
    names = ["COORPORATIVO PANUCO", "CORPORATIVO PANUCO", "SKY HIGH ROOFS", "SKYHIGH ROOFS", "HIGH SKY ROOFS"]

    assert suggest(named(*names)).pairs.equals(suggest(named(*reversed(names))).pairs)


def test_no_supplier_at_all_is_no_error() -> None:
    assert suggest(spelt()).pairs.is_empty()


def test_many_names_take_little_time_and_memory() -> None:
    """Comparing all of them with one another would take minutes. The bounds are ten times what it took."""
    dice = random.Random(5)  # noqa: S311 names for a test
    syllables = [a + b for a in "BCDFGLMNPRST" for b in "AEIOU"]
    words = ["".join(dice.choices(syllables, k=dice.randint(2, 4))) for _ in range(4000)]
    names = {" ".join(dice.choices(words, k=dice.randint(2, 4))) for _ in range(10_000)}
    frame = named(*sorted(names))

    tracemalloc.start()
    begins = time.process_time()
    suggest(frame)
    took, (_, peak) = time.process_time() - begins, tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert took < 40
    assert peak < 400 << 20
