"""Which encoding a file's text is in, where no source states it, and whether a stated one can be right."""

import codecs
import re
from dataclasses import dataclass
from typing import Final

from spendaudit.wording import Words

#: What public spending is published in. Left to guess among all, detectors take Spanish cp1252 for a codec of
#: Central Europe, in which ñ is read as ń without an error.
PLAUSIBLE: Final = ("cp1252", "latin_1", "cp850")

_BYTES: Final = 256

#: With fewer lines than this to go by, the commonest encoding is the better guess.
_FEW_LINES: Final = 10

#: In cp850 the bytes of á, é, í, ó, ú, ñ stand inside words; in cp1252 they are ¢, £, ¤ and the like.
_DOS_WORD: Final = re.compile(rb"[A-Za-z][\x82\xa0-\xa5][a-z]|[a-z][\x82\xa0-\xa5]\b")


#: Letters of Spanish, Portuguese and French where a word has them: small ones beside a letter, capitals at a
#: word's start or among capitals. Read in the wrong encoding, `é` becomes `Ú` inside a word, or no letter.
_IN_WORDS: Final = re.compile(
    "(?<=[A-Za-z])[áéíóúñüçãõêâàôè]|[áéíóúñüçãõêâàôè](?=[a-z])|(?<![a-z])[ÁÉÍÓÚÑÜÇÃÕÊÂÀÔÈ](?=[A-Za-z])"
)
#: One encoding that gives so many times more such letters than the other is the one.
_PLAINLY: Final = 2

#: So many accented letters side by side are in no word of a language written in Latin letters: `Ôå÷íéêÞ`.
_OTHER_SCRIPT: Final = re.compile(rb"[\xa2\xb6\xb8-\xfe]{4,}")
#: Encodings of other scripts, and their commonest letters, the accented capital that tells Greek ones apart
#: included.
_SCRIPTS: Final = {"cp1253": "αοιτενσΆ", "iso8859_7": "αοιτενσΆ", "cp1251": "оаеинт"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """An encoding by its Python name, and why it was taken."""

    encoding: str
    why: Words


def readable(told: str) -> str:
    """Name an encoding as it is called here: UTF-8, or one of a byte a character; nothing for any other."""
    try:
        name = codecs.lookup(told).name.replace("iso8859-1", "latin-1")
        one_byte = len(bytes(range(_BYTES)).decode(name, "replace")) == _BYTES
    except (LookupError, UnicodeError):
        return ""
    if name in {"utf-8", "utf-8-sig", "ascii"}:
        return "utf-8"
    return name if one_byte else ""


def detect(head: bytes) -> Verdict:
    """Tell the encoding of text: by its byte order mark, as UTF-8, or by the words that need it."""
    if head.startswith(codecs.BOM_UTF8):
        return Verdict("utf-8", Words("it starts with the mark of UTF-8"))
    if head.isascii():
        return Verdict("ascii", Words("it has no accents"))
    whole = head[: head.rfind(b"\n") + 1] or head
    try:
        whole.decode("utf-8")
    except UnicodeDecodeError:
        return _by_words(whole)
    return Verdict("utf-8", Words("all of it is UTF-8"))


def _by_words(text: bytes) -> Verdict:
    if script := _of_script(text):
        return script
    lines = [line for line in text.split(b"\n") if not line.isascii()]
    if len(lines) < _FEW_LINES and not any(_DOS_WORD.search(line) for line in lines):
        few = Words("only {lines:,} lines have accents, and cp1252 is the commonest", lines=len(lines))
        return Verdict("cp1252", few)
    joined = b"\n".join(lines)
    letters = {name: len(_IN_WORDS.findall(joined.decode(name, "replace"))) for name in ("cp1252", "cp850")}
    for name, other in (("cp1252", "cp850"), ("cp850", "cp1252")):
        if letters[name] > _PLAINLY * letters[other]:
            return Verdict(
                name,
                Words(
                    "{letters:,} accented letters stand in words then, {others:,} in {encoding}",
                    letters=letters[name],
                    others=letters[other],
                    encoding=other,
                ),
            )
    # Heavy to import, and rarely needed.
    from charset_normalizer import from_bytes  # noqa: PLC0415

    best = from_bytes(joined, cp_isolation=list(PLAUSIBLE)).best()
    found = best.encoding if best else "cp1252"
    why = Words("its {lines:,} accented lines read best so", lines=len(lines))
    return Verdict("cp1252" if found == "latin_1" else found, why)


def _of_script(text: bytes) -> Verdict | None:
    """Tell Greek and Cyrillic, where words of nothing but accented letters make up most of these."""
    runs = _OTHER_SCRIPT.findall(text)
    letters = sum(len(run) for run in runs)
    if 2 * letters <= sum(byte > 0x7F for byte in text):  # noqa: PLR2004 the end of ASCII
        return None
    whole = b" ".join(runs)
    shares = {
        name: sum(letter in common for letter in whole.decode(name, "replace"))
        for name, common in _SCRIPTS.items()
    }
    best = max(shares, key=shares.__getitem__)
    why = Words("{words:,} words are of another script, and its letters are commonest so", words=len(runs))
    return Verdict(best, why)


def contradicts(head: bytes, stated: tuple[str, ...]) -> Verdict | None:
    """Return another encoding than those stated, if the text is plainly in it; None when one of them will do.

    One-byte encodings read anything without an error, so an error is no sign: letters inside words are.
    """
    if "cp850" in stated or not _DOS_WORD.search(head):
        return None
    verdict = detect(head)
    return verdict if verdict.encoding == "cp850" else None
