"""How reports for people write numbers, money and names, in the language that is spoken."""

from decimal import Context, Decimal
from typing import Final

from rich.text import Text

from spendaudit.i18n import n, number, t
from spendaudit.model.findings import Severity
from spendaudit.model.run import Run
from spendaudit.report.safe import plain

STYLE: Final = {Severity.HIGH: "bold red", Severity.MEDIUM: "bold yellow", Severity.LOW: "bold cyan"}

#: What every report for people ends with.
CLOSING: Final = "A finding is a question to ask, not a verdict."
NOTHING: Final = "Nothing was flagged. That says what these rules saw, not that all is well."
NOTHING_NEW: Final = "Nothing new was flagged."
UNJUDGED: Final = "No question could be asked: none of the rules could judge a single row."

_CENT: Final = Decimal("0.01")
#: Room for every digit of a sum of money (`TOTAL`), of which there are more than the usual 28.
_EXACT: Final = Context(prec=40)
#: The least share that a decimal place can show.
_LEAST: Final = 0.001


def words(*parts: str | tuple[str, str] | Text) -> Text:
    """Put plain parts and (part, style) together: none is read as markup or obeyed by a terminal."""
    return Text.assemble(*(_safe(part) for part in parts))


def _safe(part: str | tuple[str, str] | Text) -> str | tuple[str, str] | Text:
    match part:
        case str():
            return plain(part)
        case (text, style):
            return plain(text), style
        case Text():
            return part


def nothing(run: Run) -> str:
    """Say of a run without findings whether anything was judged, and whether a baseline knows some."""
    if not any(outcome.evaluated for outcome in run.outcomes):
        return t(UNJUDGED)
    return t(NOTHING_NEW if run.known else NOTHING)


def count(many: int, one: str, several: str = "") -> str:
    """Write how many: `1 file`, `1,234 files`."""
    return f"{number(many)} {n(one, several or f'{one}s', many)}"


def percent(share: float) -> str:
    """Write a share so that something never reads as nothing: `12.5 %`, `0.3 %`, `under 0.1 %`."""
    return (
        f"{number(share * 100, 1)} %"
        if share >= _LEAST or not share
        else t("under {share}", share=percent(_LEAST))
    )


def money(amount: Decimal | None, currency: str | None) -> str:
    """Write an amount grouped by thousands, with cents only where there are any; empty when there is none."""
    if amount is None:
        return ""
    cents = _EXACT.add(amount.quantize(_CENT, context=_EXACT), 0)  # which makes minus nothing nothing
    digits = number(cents, 0 if cents == cents.to_integral_value() else 2)
    return f"{digits} {currency or ''}".rstrip()
