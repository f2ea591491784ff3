"""Pages of sources, and of countries without any, as people read them in their language."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from spendaudit import i18n
from spendaudit.cli.pages import country_page, source_page
from spendaudit.sources import load_sources, unpublished
from spendaudit.sources._source import SECTIONS

PAGES = sorted((Path(i18n.__file__).parent / "locale").glob("*/sources/*.md"))
COUNTRIES = sorted((Path(i18n.__file__).parent / "locale").glob("*/unpublished/*.md"))
every_page = pytest.mark.parametrize("path", PAGES, ids=[f"{path.parts[-3]}-{path.stem}" for path in PAGES])


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    i18n.use(i18n.ENGLISH)


def shape(page: str) -> list[tuple[str, int]]:
    """The headings of a page, and how many items stand below each."""
    parts = re.split(r"^(.+)\n-{3,}\n", page, flags=re.MULTILINE)
    return [
        (title, len(re.findall("^- ", text, re.MULTILINE)))
        for title, text in zip(parts[1::2], parts[2::2], strict=True)
    ]


def code(page: str) -> set[str]:
    """What a page says in no language: columns, options, values."""
    return set(re.findall("`[^`]+`", " ".join(page.split())))


def first_line(page: str) -> str:
    return page.strip().partition("\n")[0]


@every_page
def test_a_translated_page_has_the_parts_of_the_english_one(path: Path) -> None:
    page = load_sources()[path.stem].page
    i18n.use(path.parts[-3])

    told = i18n.page(path.stem, page, SECTIONS, "sources")

    assert not told.stale
    assert shape(told.text) == [(told.headings[title], items) for title, items in shape(page)]
    assert code(page) <= code(told.text)


@every_page
def test_the_list_of_sources_says_what_the_page_begins_with(path: Path) -> None:
    page = load_sources()[path.stem].page
    i18n.use(path.parts[-3])

    assert first_line(i18n.page(path.stem, page, SECTIONS, "sources").text) == i18n.t(first_line(page))


@pytest.mark.parametrize("path", COUNTRIES, ids=[f"{path.parts[-3]}-{path.stem}" for path in COUNTRIES])
def test_a_page_of_a_country_has_the_parts_of_the_english_one(path: Path) -> None:
    page = unpublished()[path.stem]
    i18n.use(path.parts[-3])

    told = country_page(path.stem, page)

    assert [items for _, items in shape(told)] == [items for _, items in shape(page)]
    assert re.findall("^    .+", told, re.MULTILINE) == re.findall("^    .+", page, re.MULTILINE)
    assert first_line(told) == i18n.t(first_line(page))
    assert "--lang en" not in told


@pytest.mark.parametrize("path", [*PAGES, *COUNTRIES], ids=lambda path: "-".join(path.parts[-3:]))
def test_headings_are_underlined_and_lines_fit(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()

    assert [title for title, line in pairwise(lines) if set(line) == {"-"} and len(title) != len(line)] == []
    # The title is one line, however long.
    assert [line for line in lines[3:] if len(line) > 110] == []


@pytest.mark.parametrize(
    ("language", "heading", "word"), [("es", "Advertencias", "simbólico"), ("pt", "Ressalvas", "simbólico")]
)
def test_a_source_is_shown_in_the_readers_language(language: str, heading: str, word: str) -> None:
    i18n.use(language)

    shown = source_page(load_sources()["cl_dipres_law"])

    assert f"\n{heading}\n---" in shown
    assert word in shown
    assert "Caveats" not in shown


def test_a_source_of_any_country_says_so_in_the_readers_language() -> None:
    i18n.use("es")

    assert "Jurisdicción: cualquiera;" in source_page(load_sources()["ocds"])


def test_a_page_that_was_translated_from_other_words_says_so() -> None:
    source = load_sources()["cl_dipres_law"]
    changed = replace(source, page=source.page.replace("placeholder", "stopgap"))
    i18n.use("es")

    assert "--lang en" in source_page(changed)
    assert "--lang en" not in source_page(source)
