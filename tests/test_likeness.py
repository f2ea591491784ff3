"""Two names are alike if every word that one of them has alone may be a word of the other."""

import pytest

from spendaudit.enrich.likeness import Likeness, Vocabulary, compare, words_of

#: Enough of a market that common words are common.
MARKET = [
    *(
        f"{word} CONSTRUCTORA SERVICIOS GENERALES"
        for word in ("ALBA", "BREZO", "CEDRO", "DALIA", "ENEBRO", "FRESNO")
    ),
    *(f"{word} HOUSING ASSOCIATION" for word in ("ASHCOMBE", "BIRCHAM", "CROWLEIGH", "DUNFORD", "ELMSTOW")),
    *(f"{word} PEREZ LOPEZ" for word in ("JUAN", "JOSE", "ANA", "LUIS")),
]


def likeness(one: str, other: str) -> Likeness:
    words = Vocabulary.of([*MARKET, one, other])
    there, back = (compare(words_of(a), words_of(b), words) for a, b in ((one, other), (other, one)))
    assert there.score == back.score
    return there


@pytest.mark.parametrize(
    ("one", "other", "says"),
    [
        ("LUNA NUEVA CONSTRUCTORA", "CONSTRUCTORA LUNA NUEVA", "the order of words"),
        ("COORPORATIVO PANUCO", "CORPORATIVO PANUCO", "COORPORATIVO / CORPORATIVO (1 letter)"),
        ("WETHERFOLD HOUSING ASSOC", "WETHERFOLD HOUSING ASSOCIATION", "ASSOC / ASSOCIATION (abbreviated)"),
        ("LUNA SRVCIOS GENERALES", "LUNA SERVICIOS GENERALES", "SRVCIOS / SERVICIOS (abbreviated)"),
        ("SKY HIGH ROOFS", "SKYHIGH ROOFS", "SKY HIGH / SKYHIGH (apart)"),
        ("S G ROOFS", "SG ROOFS", "legal form, accents or signs"),
        ("PAPER MOON SERVICE", "PAPER MOON SERVICES", "SERVICE / SERVICES (plural)"),
        ("PUENTES Y CAMINOS", "PUENTES CAMINOS", "only one has Y"),
        ("WETHERFOLD ROOFS", "WETHERFOLD ROOFS ASSOCIATION", "only one has ASSOCIATION"),
    ],
)
def test_spellings_of_one_name_are_alike_and_the_words_that_differ_are_told(
    one: str, other: str, says: str
) -> None:
    found = likeness(one, other)

    assert found.score >= 80
    assert says in found.differ


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CONSTRUCTORA NORTE 1", "CONSTRUCTORA NORTE 2"),
        ("CONSTRUCTORA NORTE II", "CONSTRUCTORA NORTE III"),
        ("CONSTRUCTORA NORTE", "CONSTRUCTORA NORTE 2"),
        ("ALBA CONSTRUCTORA SERVICIOS GENERALES", "BREZO CONSTRUCTORA SERVICIOS GENERALES"),
        ("JUAN PEREZ LOPEZ", "JOSE PEREZ LOPEZ"),
        ("JULIO MORA VEGA", "JULIA MORA VEGA"),
        ("P G ROOFS", "P H ROOFS"),
        ("ASHCOMBE HOUSING ASSOCIATION", "ASHTON HOUSING ASSOCIATION"),
        ("NORTH EAST ROOFS", "NORTH WEST ROOFS"),
    ],
)
def test_different_names_are_unlike_however_much_they_share(one: str, other: str) -> None:
    assert likeness(one, other).score < 60


def test_a_common_word_more_counts_less_than_a_rare_one() -> None:
    common = likeness("LUNA NUEVA", "LUNA NUEVA SERVICIOS")
    rare = likeness("LUNA NUEVA", "LUNA NUEVA ZAHORI")

    assert common.score > rare.score


def test_a_name_with_a_word_more_is_never_certain() -> None:
    long = "EMPRESA NACIONAL DE PUENTES CAMINOS TUNELES Y VIADUCTOS DE MONTAÑA"

    assert likeness(long, f"{long} SERVICIOS").score <= 92


def test_two_established_words_are_no_slips_of_each_other() -> None:
    names = [f"{word} {number}LUNA" for word in ("MARTIN", "MARTIM") for number in "ABC"]
    words = Vocabulary.of(names)

    assert compare(("MARTIN", "ALUNA"), ("MARTIM", "ALUNA"), words).score == 0
