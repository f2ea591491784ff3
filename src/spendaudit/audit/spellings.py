"""Where does a text name somebody, however it spells the name? Looks for many names in many texts at once.

Case, accents, strokes, punctuation and gaps count for nothing, nor how a sign is composed or what an address
or a web page writes for it; a name may begin with any of its words (`Paz Rojas, Ana` is `Ana Paz Rojas`), and
digits may stand in groups. A part names nobody.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from typing import Final
from unicodedata import combining
from urllib.parse import unquote

import polars as pl

#: Signs inside of words: apostrophes, and what is not seen.
_APOSTROPHE: Final = "['`]"
_NO_SIGN: Final = r"['`\x{b4}\x{2018}\x{2019}\x{2bc}\p{Cf}]+"
#: What is to be one blank, and is none.
_GAP: Final = r"[^\p{L}\p{N} ][^\p{L}\p{N}]*| [^\p{L}\p{N}]+"
#: Letters that are not composed of another one and a mark, although they are taken for it.
_STROKES: Final = dict(zip("ŁłØøĐđÐðÆæŒœÞþ", (*"LlOoDdDd", "AE", "ae", "OE", "oe", "TH", "th"), strict=True))
#: How a web page writes a sign, and how an address or it does.
_ENTITY: Final = re.compile("&#?[0-9A-Za-z]+;")
_QUOTED: Final = f"%[0-9A-Fa-f]{{2}}|{_ENTITY.pattern}"
_DIGIT: Final = re.compile("[0-9]")
#: A number, and the check digit or letter behind it: anyone can work that out.
_NUMBER: Final = re.compile(r"(?<![0-9])([0-9](?: ?[0-9]){5,}?)(?: ?([A-Z])| ([0-9]))?$")
#: Of a person in Argentina: the DNI is within.
_CUIL: Final = re.compile("2[0347]([0-9]{8})[0-9]")
#: Shorter names and numbers are looked for where they fill a cell, not inside a text.
_SHORTEST: Final = 5
_SHORTEST_NUMBER: Final = 7
_THOUSANDS: Final = re.compile(r"\B(?=(?:[0-9]{3})+$)")
#: A name of more words is no person's.
_MOST_WORDS: Final = 8


class Spellings:
    """Names to look for, each `folded`, and what is to stand for them."""

    def __init__(self, stands: Mapping[str, str]) -> None:
        """Make ready to search."""
        self._stands = stands
        inside = sorted(filter(_telling, stands), key=lambda name: (-len(name), name))
        self._inside = pl.lit(pl.Series(inside, dtype=pl.String).implode())
        alone = [f" {name} " for name in stands if not _telling(name)]
        every = pl.lit(pl.Series([*inside, *alone], dtype=pl.String).implode())
        self._near = pl.col("folded").str.contains_any(every)

    def near(self, texts: pl.Series) -> pl.Series:
        """Tell of each text whether a name may stand in it."""
        return _ready(_unquoted(texts)).to_frame("folded").select(self._near).to_series()

    def changes(self, texts: pl.Series) -> dict[str, str]:
        """Return what stands for each of these texts that names somebody."""
        published = texts.drop_nulls().unique()
        read = _unquoted(published)
        near = pl.DataFrame({"text": published, "read": read, "folded": _ready(read)}).filter(self._near)
        if near.is_empty():
            return {}
        whole = pl.col("folded").str.strip_chars(" ")
        names = pl.col("folded").str.extract_many(self._inside, leftmost=True)
        starts = pl.col("folded").str.find_many(self._inside, leftmost=True)
        signs = _signs(near["read"])
        hidden = {}
        found = near.select("text", "read", whole, names.alias("names"), starts.alias("starts"))
        for text, shown, one, several, places in found.iter_rows():
            if one in self._stands:
                hidden[text] = self._stands[one]
            elif several:
                hidden[text] = self._replaced(shown, several, places, signs)
        return hidden

    def _replaced(
        self, text: str, names: Sequence[str], starts: Sequence[int], signs: Mapping[str, str]
    ) -> str:
        """Put what stands for them in the place of names, by where they start once the text is folded."""
        places = _places(text, signs)
        parts, done = [], 0
        for name, start in zip(names, starts, strict=True):
            first, end = places[start], places[start + len(name.encode()) - 1] + 1
            while end < len(text) and combining(text[end]):
                end += 1
            parts += [text[done:first], self._stands[name]]
            done = end
        return "".join([*parts, text[done:]])


def folded(names: pl.Series) -> pl.Series:
    """Return what is left of names once their spelling is set aside."""
    return _words(_unquoted(names)).str.strip_chars(" ")


def besides(name: str) -> Iterator[str]:
    """List how else a name or number that is `folded` may be written."""
    words = name.split(" ")
    if not _DIGIT.search(name):
        if len(words) <= _MOST_WORDS:
            yield from (" ".join(words[place:] + words[:place]) for place in range(1, len(words)))
        return
    yield "".join(words)
    if found := _NUMBER.search(name):
        digits = found[1].replace(" ", "")
        check = found[2] or found[3] or ""
        if within := _CUIL.fullmatch(digits + check):
            yield from (within[1], _grouped(within[1]))
        for written in (digits, _grouped(digits)):
            yield from (written, f"{written}{check}", f"{written} {check}".strip())
        if not check:
            # Check digits that stand apart: in Chile, in Brazil, and in Argentina behind another number.
            yield from (f"{digits[:-1]} {digits[-1]}", f"{_grouped(digits[:-1])} {digits[-1]}")
            yield from (f"{_grouped(digits[:-2])} {digits[-2:]}", f"{digits[:2]} {digits[2:-1]} {digits[-1]}")


def _grouped(digits: str) -> str:
    return _THOUSANDS.sub(" ", digits)


def _telling(name: str) -> bool:
    """Tell whether a name means its bearer inside other text, where short ones stand by chance."""
    digits = name.replace(" ", "")
    return len(digits) >= _SHORTEST_NUMBER if digits.isdecimal() else len(name) >= _SHORTEST


def _ready(texts: pl.Series) -> pl.Series:
    """Fold texts, and put one blank on either side."""
    return " " + _words(texts).str.strip_chars(" ") + " "


def _words(texts: pl.Series) -> pl.Series:
    """Fold each sign by itself; then put one blank in each gap."""
    simple = texts.str.len_bytes() == texts.str.len_chars()
    # Only what goes beyond ASCII has to be taken apart, which takes longest.
    others = texts.filter(~simple).str.replace_all(_NO_SIGN, "").str.normalize("NFKD")
    places = pl.concat([simple.arg_true(), (~simple).arg_true()])
    bare = pl.concat(
        [
            texts.filter(simple).str.replace_all(_APOSTROPHE, ""),
            others.str.replace_all(r"\p{M}+", "").str.replace_many(_STROKES),
        ]
    ).gather(places.arg_sort())
    return bare.str.to_uppercase().str.replace_all(_GAP, " ")


def _unquoted(texts: pl.Series) -> pl.Series:
    """Read what addresses and web pages write in signs of their own."""
    quoted = texts.filter(texts.str.contains(_QUOTED))
    return texts.replace(quoted, pl.Series(map(_read, quoted), dtype=pl.String())) if len(quoted) else texts


def _read(text: str) -> str:
    """Read as often as it was written so: portals do it to what is so written already."""
    while (read := _ENTITY.sub(_sign, unquote(text))) != text:
        text = read
    return text


def _sign(entity: re.Match[str]) -> str:
    """Read a sign that a web page names, in capitals, too: portals write whole columns in them."""
    read = unescape(entity[0])
    return unescape(entity[0].lower()) if read == entity[0] else read


def _signs(texts: pl.Series) -> dict[str, str]:
    """Tell what each sign of these texts is folded to."""
    signs = pl.Series(sorted(set().union(*texts)), dtype=pl.String())
    return dict(zip(signs, _words(signs), strict=True))


def _places(text: str, signs: Mapping[str, str]) -> list[int]:
    """Tell of each byte of a text that is folded and `_ready` which sign of the text it comes from."""
    places, blank = [0], True
    for place, sign in enumerate(text):
        for one in signs[sign]:
            if one == " " and blank:
                continue
            blank = one == " "
            places += [place] * len(one.encode())
    return places
