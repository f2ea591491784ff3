"""What do browsers need of the style and the script of a page? Takes out what only people read in them."""

import re
from importlib.resources import files
from typing import Final

#: Parts of the script, in order.
_SCRIPT: Final = ("data", "choosing", "opening", "page")
#: What stays as it is: a text, a template, a pattern (a stroke behind these signs divides nothing). What may
#: go: the last semicolon of a block, and gaps.
_PARTS: Final = re.compile(
    r'(?P<kept>"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|(?<=[(!])/(?![/*])(?:[^/\\\n]|\\.)+/)'
    r"|;?(?:\s|//[^\n]*|/\*.*?\*/)*(?=\})|(?:\s|//[^\n]*|/\*.*?\*/)+",
    re.DOTALL,
)
#: Signs on both sides of a gap that would read as something else without it. Statements end in semicolons.
_JOINED_IN_SCRIPT: Final = re.compile(r"[\w$][\w$]|\+\+|--")
#: In a style a blank means something, except beside these signs.
_JOINED_IN_STYLE: Final = re.compile(r"[^{};,>:][^{};,>]")


def style() -> str:
    """Return the style sheet."""
    return _squeezed(_template("report.css"), _JOINED_IN_STYLE)


def script() -> str:
    """Return the script, all parts in one."""
    return _squeezed("\n".join(_template(f"{part}.js") for part in _SCRIPT), _JOINED_IN_SCRIPT)


def frame() -> str:
    """Return what stands around the style, the script and the body."""
    return _template("report.html")


def _template(name: str) -> str:
    return (files("spendaudit.report") / "templates" / name).read_text("utf-8")


def _squeezed(code: str, joined: re.Pattern[str]) -> str:
    def without(part: re.Match[str]) -> str:
        beside = code[max(part.start() - 1, 0) : part.start()] + code[part.end() : part.end() + 1]
        return part["kept"] or (" " if joined.fullmatch(beside) else "")

    return _PARTS.sub(without, code)
