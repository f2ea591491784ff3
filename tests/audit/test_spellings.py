"""No text names somebody who is looked for, however it spells the name; what names nobody stays as it is."""

import unicodedata
from collections.abc import Callable
from html.entities import codepoint2name
from typing import Final

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from spendaudit.audit.spellings import Spellings, besides, folded
from spendaudit.model.json_text import encoded, unescaped

STANDS: Final = "person-0a1b2c3d"
#: What web pages call signs.
NAMED: Final = {chr(number): name for number, name in codepoint2name.items()}
WORDS: Final = (
    *("José", "Ángel", "Núñez", "Ñancucheo", "İpek", "Işık", "Größe", "O'Higgins", "Soto", "Юрий"),
    *("Wałęsa", "Øystein"),
)

WAYS: Final[tuple[Callable[[str], str], ...]] = (
    str.upper,
    str.lower,
    str.title,
    str.swapcase,
    lambda name: "".join(one.upper() if place % 2 else one.lower() for place, one in enumerate(name)),
    lambda name: unicodedata.normalize("NFD", name),
    lambda name: unicodedata.normalize("NFC", name),
    lambda name: name.translate(
        {ord(accented): bare for accented, bare in zip("éÁúñÑİöı", "eAunNIoi", strict=True)}
    ),
    lambda name: name.replace(" ", "  "),
    lambda name: name.replace(" ", "\u00a0"),
    lambda name: name.replace(" ", "\r\n\t"),
    lambda name: name.replace(" ", ' "'),
    lambda name: name.replace(" ", "\\"),
    lambda name: name.replace(" ", "%20"),
    lambda name: name.translate(str.maketrans("łØŁø", "lOLo")),
    lambda name: f"{name[:2]}\u200b{name[2:]}",
    lambda name: ", ".join(reversed(name.split(" ", 1))),
)
#: How a web page writes what is spelt in one of those ways.
PAGES: Final[tuple[Callable[[str], str], ...]] = (
    lambda name: "".join(f"&{NAMED[one]};" if one in NAMED else one for one in name),
    lambda name: "".join(one if one.isascii() else f"&#x{ord(one):x};" for one in name),
    str.upper,
)
name_of = st.lists(st.sampled_from(WORDS), min_size=2, max_size=4).map(" ".join)
spelt = st.tuples(
    st.lists(st.sampled_from(WAYS), max_size=4), st.lists(st.sampled_from(PAGES), max_size=2)
).map(lambda ways: ways[0] + ways[1])
around = st.text(max_size=12)


def looked_for(*names: str) -> Spellings:
    direct = dict.fromkeys(folded(pl.Series(names)), STANDS)
    return Spellings(direct | {other: STANDS for name in direct for other in besides(name)})


def left_of(text: str) -> str:
    return str(folded(pl.Series([text]))[0])


@settings(max_examples=200, derandomize=True, database=None, deadline=None)
@given(name=name_of, ways=spelt, before=around, after=around)
def test_no_spelling_of_a_name_stays_in_a_text(
    name: str, ways: list[Callable[[str], str]], before: str, after: str
) -> None:
    written = name
    for way in ways:
        written = way(written)
    text = f"{before} {written} {after}"
    search = looked_for(name)

    hidden = search.changes(pl.Series([text]))[text]

    assert STANDS in hidden
    for spelling in {left_of(name), left_of(written)}:
        assert spelling not in left_of(hidden)


@settings(max_examples=200, derandomize=True, database=None, deadline=None)
@given(name=name_of, ways=spelt, before=around, after=around)
def test_facts_in_which_a_name_stands_are_found_before_they_are_read(
    name: str, ways: list[Callable[[str], str]], before: str, after: str
) -> None:
    written = name
    for way in ways:
        written = way(written)
    facts = encoded({"a": 1, "supplier_name": f"{before} {written} {after}"})

    assert looked_for(name).near(unescaped(pl.Series([facts]))).to_list() == [True]


@pytest.mark.parametrize("text", ["Rosa Nuñez", "ROSA N&UACUTE;&NTILDE;EZ", "Rosa N&amp;uacute;&#241;ez"])
def test_a_name_may_be_published_as_web_pages_write_it(text: str) -> None:
    assert looked_for("Rosa N&uacute;&ntilde;ez").changes(pl.Series([text])) == {text: STANDS}


@settings(max_examples=200, derandomize=True, database=None, deadline=None)
@given(text=st.text())
def test_a_text_that_names_nobody_stays_as_it_is(text: str) -> None:
    assert looked_for("Ñancucheo Soto", "12.345.678-5").changes(pl.Series([text])) == {}


@settings(max_examples=200, derandomize=True, database=None, deadline=None)
@given(before=st.text(), after=st.text())
def test_what_stands_around_a_name_stays_as_it_is(before: str, after: str) -> None:
    assume(not {"%", "&"} & {*before, *after})
    text = f"To {before} ñancucheo\u0301 {after}"

    assert looked_for("Ñancucheo").changes(pl.Series([text])) == {text: f"To {before} {STANDS} {after}"}


@pytest.mark.parametrize("published", ["12.345.678-5", "12345678-5", "CL-RUT-12345678-5", "12 345 678-5"])
@pytest.mark.parametrize(
    "text",
    [
        "12.345.678-5", "12345678-5", "RUT:123456785", "12,345,678-5", "rut 12 345 678", "id=12345678&x=1",
        "12.345.678\u20115",
    ],
)  # fmt: skip
def test_a_number_is_found_however_its_digits_are_grouped(published: str, text: str) -> None:
    hidden = looked_for(published).changes(pl.Series([text]))[text]

    assert STANDS in hidden
    assert "678" not in hidden


@pytest.mark.parametrize(
    ("published", "text"),
    [
        ("12345678909", "CPF 123.456.789-09"),
        ("123.456.789-09", "12345678909"),
        ("20123456783", "CUIL 20-12345678-3"),
        ("20-12345678-3", "DNI 12.345.678"),
        ("27123456780", "dni 12345678"),
        ("12345678", "CUIL 20-12345678-3"),
        ("12345678Z", "12.345.678-Z"),
        ("12.345.678-Z", "dni 12345678z"),
        ("123456785", "12.345.678-5"),
    ],
)
def test_check_digits_may_stand_apart(published: str, text: str) -> None:
    assert STANDS in looked_for(published).changes(pl.Series([text]))[text]


def test_a_number_within_a_longer_one_of_another_kind_is_nobody() -> None:
    assert looked_for("30-12345678-3").changes(pl.Series(["12.345.678"])) == {}


@pytest.mark.parametrize(
    "text", ["12.345.679-5", "345.678-5", "1.234", "2012-03-04 5678", "Soto", "Rosa Paz"]
)
def test_another_number_or_half_a_name_is_nobody(text: str) -> None:
    assert looked_for("12.345.678-5", "Rosa Soto Paz").changes(pl.Series([text])) == {}


def test_a_short_name_fills_its_cell_whatever_its_case() -> None:
    assert looked_for("Ána").changes(pl.Series(["ANA", "Banana", " ana.", "de Ana"])) == {
        "ANA": STANDS,
        " ana.": STANDS,
    }
