"""The texts that cells of a workbook share are read when they are asked for, as a spreadsheet shows them."""

import io
from xml.parsers.expat import ExpatError

import pytest

from spendaudit.ingest.shared_texts import SharedTexts

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def _table(*items: str) -> io.BytesIO:
    return io.BytesIO(f"<sst {_MAIN}>{''.join(f'<si>{item}</si>' for item in items)}</sst>".encode())


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ("<t>plain</t>", "plain"),
        ("<t/>", ""),
        ("", ""),
        ('<t xml:space="preserve"> blanks </t>', " blanks "),
        ("<t>a &lt;b&gt; &amp; c</t>", "a <b> & c"),
        ("<r><t>bold</t></r><r><rPr><b/></rPr><t> and not</t></r>", "bold and not"),
        ("<t>東京</t><rPh sb='0' eb='2'><t>とうきょう</t></rPh><phoneticPr fontId='1'/>", "東京"),
    ],
)
def test_a_text_is_what_is_shown(item: str, text: str) -> None:
    assert SharedTexts(_table("<t>before</t>", item, "<t>after</t>"))[1] == text


def test_the_prefix_of_the_namespace_does_not_matter() -> None:
    table = _table("<t>a</t>", "<t>b</t>").read().replace(b"<", b"<x:").replace(b"<x:/", b"</x:")

    assert SharedTexts(io.BytesIO(table.replace(b"xmlns=", b"xmlns:x=")))[1] == "b"


def test_every_text_of_a_long_table_is_found_in_any_order() -> None:
    texts = SharedTexts(_table(*(f"<t>ñandú {number}</t>" for number in range(1000))))

    for number in (999, 0, 255, 256, 257, 511, 512, 998):
        assert texts[number] == f"ñandú {number}"


def test_no_more_is_read_than_is_asked_for() -> None:
    table = _table(*(f"<t>text {number}</t>" for number in range(100_000)))
    size = len(table.getvalue())
    texts = SharedTexts(table)

    assert texts[10] == "text 10"
    assert table.tell() < size / 10


@pytest.mark.parametrize("number", [-1, 2, 10**9])
def test_a_text_that_is_not_there_is_an_error(number: int) -> None:
    with pytest.raises(IndexError):
        SharedTexts(_table("<t>a</t>", "<t>b</t>"))[number]


def test_a_table_that_is_cut_short_is_an_error() -> None:
    with pytest.raises(ExpatError):
        SharedTexts(io.BytesIO(_table("<t>a</t>").read()[:-8]))[1]
