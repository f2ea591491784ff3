"""Every character of a published file comes through, whatever it was written in, and the choice is told."""

import pytest

from spendaudit.errors import ReadError
from spendaudit.ingest import decode
from spendaudit.ingest.decode import Decoder
from spendaudit.ingest.encodings import contradicts, detect

SPANISH = "Adquisición de útiles para Ñuñoa, «señalización» y más\n"


def test_utf8_goes_through_untouched() -> None:
    decoder = Decoder(("utf-8", "cp1252"))

    assert decoder.decode(SPANISH.encode()) == SPANISH.encode()
    assert (decoder.encoding, decoder.notes) == ("utf-8", ())


def test_cp1252_keeps_curved_quotes_and_dashes() -> None:
    text = f"“{SPANISH.strip()}” – 5 € …\n" * 3
    decoder = Decoder(("cp1252",))

    assert decoder.decode(text.encode("cp1252")).decode() == text
    assert (decoder.encoding, decoder.notes) == ("cp1252", ())


def test_bytes_that_cp1252_does_not_define_keep_their_number() -> None:
    assert Decoder(("cp1252",)).decode(b"\x81\x90 \xf1\n").decode() == "\x81\x90 ñ\n"


def test_any_one_byte_encoding_is_read_by_its_table() -> None:
    assert Decoder(("cp850",)).decode(SPANISH.encode("cp850")).decode() == SPANISH


def test_an_encoding_is_chosen_by_the_first_block_that_needs_one() -> None:
    decoder = Decoder(("utf-8", "cp1252"))

    blocks = [b"plain\n", SPANISH.encode("cp1252"), b"plain\n"]

    assert b"".join(map(decoder.decode, blocks)).decode() == f"plain\n{SPANISH}plain\n"
    assert decoder.encoding == "cp1252"


def test_lines_of_another_encoding_are_told_apart_and_counted() -> None:
    decoder = Decoder(("cp1252",))

    text = decoder.decode(SPANISH.encode("cp1252") * 3 + SPANISH.encode() * 2)

    assert text.decode() == SPANISH * 5
    assert decoder.notes == ("mixed encodings: 2 lines were read as utf-8, the others as cp1252",)


def test_a_capital_before_a_closing_quote_is_not_taken_for_utf8() -> None:
    text = "“BOGOTÁ”; Ã“ es raro\n"
    decoder = Decoder(("cp1252",))

    assert decoder.decode(text.encode("cp1252")).decode() == text
    assert decoder.notes == ()


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 1 << 20])
@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_how_a_block_is_cut_for_speed_changes_nothing(
    size: int, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        "niño".encode("latin-1"),
        "“año” – día".encode("cp1252"),
        "São".encode(),
        'á"º'.encode("latin-1"),
    ]
    block = b"\n".join([*lines, *lines, b""])
    decoder = Decoder((encoding,))
    monkeypatch.setattr(decode, "_SLICE", size)

    decoder.decode(lines[0])
    texts = decoder.decode(memoryview(block)).decode().split("\n")

    assert texts == [*(line.decode(encoding) for line in lines[:2]), "São", 'á"º'] * 2 + [""]
    assert decoder.strays == {"utf-8": 2}


def test_utf8_where_another_encoding_is_stated_is_read_as_it_is_and_said() -> None:
    decoder = Decoder(("cp1252",))

    assert decoder.decode(SPANISH.encode()).decode() == SPANISH
    assert decoder.notes == ("read as utf-8: the bytes are, although this portal is known to write cp1252",)


def test_bytes_that_no_stated_encoding_reads_are_refused() -> None:
    with pytest.raises(ReadError, match="not UTF-8 as its portal states"):
        Decoder(("utf-8",)).decode(SPANISH.encode("cp1252"))


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (SPANISH.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + SPANISH.encode(), "utf-8"),
        (b"no accents\n", "ascii"),
        ((SPANISH * 12).encode("cp1252"), "cp1252"),
        ((SPANISH * 12).encode("cp850"), "cp850"),
        (SPANISH.encode("cp1252"), "cp1252"),
        ("Ονομασία δικαιούχου;Άξονας\n".encode("cp1253"), "cp1253"),
        ("Ονομασία δικαιούχου;Άξονας\n".encode("iso8859_7"), "iso8859_7"),
        ("Наименование получателя;Сумма\n".encode("cp1251"), "cp1251"),
    ],
)
def test_an_unknown_encoding_is_told_by_marks_then_by_words(content: bytes, encoding: str) -> None:
    assert detect(content).encoding == encoding


def test_dos_text_contradicts_a_portal_that_writes_windows_text() -> None:
    dos = contradicts((SPANISH * 12).encode("cp850"), ("utf-8", "cp1252"))
    windows = contradicts((SPANISH * 12).encode("cp1252"), ("utf-8", "cp1252"))

    assert dos is not None
    assert dos.encoding == "cp850"
    assert windows is None
