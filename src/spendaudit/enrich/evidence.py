"""How is it put what speaks for two names being one's? Kept in English, said in any language."""

from typing import Final

#: What differs.
WRITTEN: Final = "{mine} / {theirs} ({how})"
MORE: Final = "only one has {words}"
ORDER: Final = "the order of words"
FORM: Final = "legal form, accents or signs"
NOTHING: Final = "legal form, accents or signs, or nothing"
PLURAL: Final = "plural"
INITIAL: Final = "initial"
ABBREVIATED: Final = "abbreviated"
SPLIT: Final = "apart"
ONE_LETTER: Final = "1 letter"
LETTERS: Final = "{letters} letters"
HIDDEN: Final = "names of people are hidden; --show-personal shows them"

#: What is known besides the names.
UNNUMBERED: Final = "no number to compare"
ONE_NUMBER: Final = "only one has a number"
SAME_NUMBER: Final = "the same number"
MISTYPED: Final = "numbers that differ in one sign, and one is not valid"
OTHER_NUMBERS: Final = "different numbers, not both checked"
APART: Final = "kept apart by {signs}"
KINDS: Final = "a {kind} and a {other}"

#: All of them; what begins alike stands with the longer first.
SENTENCES: Final = (
    *(HIDDEN, ORDER, NOTHING, FORM, UNNUMBERED, ONE_NUMBER, SAME_NUMBER, MISTYPED, OTHER_NUMBERS),
    *(PLURAL, INITIAL, ABBREVIATED, SPLIT, ONE_LETTER, LETTERS, APART, KINDS, MORE, WRITTEN),
)
#: What the fields of `KINDS` may be.
PARTIES: Final = ("company", "person", "public")
