"""What makes published text safe to show: nothing in it steers a terminal or runs in a spreadsheet."""

import re
from typing import Final

import polars as pl

#: Escape sequences that move the cursor, colour text or set a window's title.
_SEQUENCE: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?)")
#: Control characters, and the marks that reverse the direction of what follows. Arabic and Hebrew do
#: without them: letters know their own direction.
_CONTROL: Final = "\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069"
UNSAFE: Final = re.compile(f"[{_CONTROL}]")
#: Signs that make a spreadsheet read a cell as a formula.
_FORMULA: Final = r"^[=+\-@\t\r\n]"


def plain(text: str) -> str:
    """Put text on one line and take out whatever a terminal would obey."""
    return UNSAFE.sub("", re.sub(r"[\t\r\n\x0b\x0c\x85\u2028\u2029]+", " ", _SEQUENCE.sub("", text)))


def for_spreadsheet(text: pl.Expr) -> pl.Expr:
    """Mark a cell that a spreadsheet would run with an apostrophe, and take out control characters.

    For text only: a negative amount stays a number.
    """
    words = text.cast(pl.String()).str.replace_all(r"\r\n?", "\n").str.replace_all(f"[{_CONTROL}]", "")
    return pl.when(words.str.contains(_FORMULA)).then(pl.concat_str(pl.lit("'"), words)).otherwise(words)
