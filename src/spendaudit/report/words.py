"""How the table writes numbers, money and names, the same under every locale."""

from decimal import Decimal
from typing import Final

from rich.text import Text

from spendaudit.model.findings import Severity
from spendaudit.report.safe import plain

STYLE: Final = {Severity.HIGH: "bold red", Severity.MEDIUM: "bold yellow", Severity.LOW: "bold cyan"}

_CENT: Final = Decimal("0.01")


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


def count(number: int, one: str, many: str = "") -> str:
    """Write how many: `1 file`, `1,234 files`."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def percent(share: float) -> str:
    """Write a share so that something never reads as nothing: `12.5 %`, `0.3 %`, `under 0.1 %`."""
    return f"{share:.1%}".replace("%", " %") if share >= 0.001 or not share else "under 0.1 %"  # noqa: PLR2004


def money(amount: Decimal | None, currency: str | None) -> str:
    """Write an amount grouped by thousands, with cents only where there are any; empty when there is none."""
    if amount is None:
        return ""
    cents = amount.quantize(_CENT)
    digits = f"{cents:,.0f}" if cents == cents.to_integral_value() else f"{cents:,.2f}"
    return f"{digits} {currency or ''}".rstrip()
