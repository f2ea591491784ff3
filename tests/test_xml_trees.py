"""XML is read tree by tree in little memory, and refused in plain words where it is damaged or a trap."""

import gc
import tracemalloc
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.parsers.expat import XMLParserType

import pytest

from spendaudit.errors import ReadError
from spendaudit.ingest.archive import published
from spendaudit.ingest.xml_trees import trees


def _trees(content: bytes, folder: Path, *names: str) -> list[Any]:
    path = folder / "feed.xml"
    path.write_bytes(content)
    with trees(published(path)[0], names or ("entry",)) as found:
        return list(found)


def test_attributes_children_and_text_become_a_mapping_without_namespaces(tmp_path: Path) -> None:
    content = b"""<f:feed xmlns:f="urn:one" xmlns:g="urn:two"><f:other>out</f:other>
        <f:entry g:kind="a"> <g:name> Uno </g:name> <f:name>Dos</f:name> <f:name/>
          <g:amount currency="EUR">1.50</g:amount> <g:empty/> <g:deep><g:deeper/></g:deep>
        </f:entry></f:feed>"""

    assert _trees(content, tmp_path) == [
        {
            "entry": {
                "kind": "a",
                "name": ["Uno", "Dos", None],
                "amount": {"currency": "EUR", "": "1.50"},
                "empty": None,
                "deep": {"deeper": None},
            }
        }
    ]


def test_a_tree_may_be_the_whole_file_and_trees_of_several_names_keep_their_order(tmp_path: Path) -> None:
    assert _trees(b"<entry>x</entry>", tmp_path) == [{"entry": "x"}]
    assert _trees(b"<a><c>1</c><b/><c>2</c></a>", tmp_path, "b", "c") == [{"c": "1"}, {"b": None}, {"c": "2"}]


def test_a_tree_inside_a_tree_is_a_part_of_it(tmp_path: Path) -> None:
    assert _trees(b"<a><entry><entry>in</entry></entry></a>", tmp_path) == [{"entry": {"entry": "in"}}]


def test_text_around_children_is_kept(tmp_path: Path) -> None:
    assert _trees(b"<entry>one <b>two</b> three</entry>", tmp_path) == [
        {"entry": {"": "one three", "b": "two"}}
    ]


def test_declared_encodings_are_followed(tmp_path: Path) -> None:
    latin = '<?xml version="1.0" encoding="ISO-8859-1"?><entry>Alcaldía</entry>'.encode("latin-1")
    windows = '<?xml version="1.0" encoding="windows-1252"?><entry>€</entry>'.encode("cp1252")

    assert _trees(latin, tmp_path) == [{"entry": "Alcaldía"}]
    assert _trees(windows, tmp_path) == [{"entry": "€"}]
    assert _trees("\ufeff<entry>Alcaldía</entry>".encode(), tmp_path) == [{"entry": "Alcaldía"}]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<feed><entry>1</entry>", "damaged"),
        (b"", "damaged"),
        (b"<entry>1</entry><entry>2</entry>", "damaged"),
        (b"<entry>Alcald\xeda</entry>", "says that it is in UTF-8 and is not"),
        (
            '<?xml version="1.0" encoding="ISO-8859-1"?><entry>Alcaldía</entry>'.encode(),
            "its accents are in UTF-8",
        ),
        (b'<?xml version="1.0" encoding="klingon"?><entry/>', "klingon, which cannot be read"),
        (b'<!DOCTYPE e [<!ENTITY a "b">]><entry>&a;</entry>', "entities of its own"),
        (b'<!DOCTYPE e SYSTEM "e.dtd"><entry>&a;</entry>', "entities of its own"),
        (
            b'<!DOCTYPE e [<!ENTITY a SYSTEM "file:///etc/hostname">]><entry>&a;</entry>',
            "entities of its own",
        ),
    ],
    ids=["cut", "empty", "two roots", "latin", "utf-8", "unknown", "entity", "outer entity", "file"],
)
def test_what_is_no_sound_xml_is_refused(content: bytes, told: str, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=told):
        _trees(content, tmp_path)


def test_entities_that_blow_up_are_refused_before_they_do(tmp_path: Path) -> None:
    lines = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
    bomb = f'<!DOCTYPE e [<!ENTITY a0 "bomb">{lines}]><entry>&a12;</entry>'

    with pytest.raises(ReadError, match="entities of its own"):
        _trees(bomb.encode(), tmp_path)


def test_the_damaged_document_of_an_archive_is_named(tmp_path: Path) -> None:
    path = tmp_path / "feeds.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.atom", "<feed><entry>1</entry></feed>")
        archive.writestr("b.atom", "<feed><entry>2</entry>")

    with (
        pytest.raises(ReadError, match=r"feeds\.zip!b\.atom"),
        trees(published(path)[0], ("entry",)) as found,
    ):
        list(found)


def test_what_stands_between_trees_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    with path.open("wb") as stream:
        stream.write(b"<feed>")
        for _ in range(60):
            stream.write(b"<entry><name>a</name></entry><skipped>" + b"words " * 170_000 + b"</skipped>")
        stream.write(b"</feed>")
    tracemalloc.start()

    with trees(published(path)[0], ("entry",)) as found:
        assert sum(1 for _ in found) == 60

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


def test_a_tree_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="one part of more than 32 MiB"):
        _trees(b"<feed><entry>" + b"x" * 34_000_000, tmp_path)


def _parsers() -> list[XMLParserType]:
    return [one for one in gc.get_objects() if isinstance(one, XMLParserType)]


@pytest.mark.parametrize("content", [b"<a><entry>1</entry></a>", b"<a><entry>1</entry>"])
def test_nothing_is_left_of_a_document_for_the_collector(content: bytes, tmp_path: Path) -> None:
    """It seldom comes by, and an archive holds thousands of documents."""
    gc.collect()
    before = _parsers()
    gc.disable()
    try:
        with suppress(ReadError):
            _trees(content, tmp_path)
        assert _parsers() == before
    finally:
        gc.enable()
