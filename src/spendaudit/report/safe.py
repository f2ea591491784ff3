"""What makes published text safe to show: nothing in it steers a terminal."""

import re
import shutil
import textwrap
from typing import Final, TextIO

#: Escape sequences that move the cursor, colour text or set a window's title.
SEQUENCE: Final = r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?)"
_SEQUENCES: Final = re.compile(SEQUENCE)
_LINE_ENDS: Final = re.compile("[\t\r\n\x0b\x0c\x85\u2028\u2029]+")
#: Control characters, and the marks that reverse the direction of what follows. Arabic and Hebrew do
#: without them: letters know their own direction.
CONTROL: Final = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]"
_CONTROLS: Final = re.compile(CONTROL)
#: What programs that read line by line take for the end of one besides.
TO_ESCAPE: Final = f"{CONTROL}|[\u2028\u2029]"
_ESCAPED: Final = re.compile(TO_ESCAPE)


def plain(text: str) -> str:
    """Put text on one line and take out whatever a terminal would obey."""
    return _CONTROLS.sub("", _LINE_ENDS.sub(" ", _SEQUENCES.sub("", text)))


def escaped(text: str) -> str:
    r"""Write the same signs as JSON writes them inside of strings, `\u001b`, and ends of lines of Unicode."""
    return _ESCAPED.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def folded(text: str, stream: TextIO) -> str:
    """Fold a text between words to the width of a terminal, whose own fold would cut them; else as it is."""
    if not stream.isatty():
        return text
    columns = shutil.get_terminal_size().columns
    return textwrap.fill(
        text, columns, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
