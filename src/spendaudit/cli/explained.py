"""How an explained finding is laid out: the question, the rows and their sum, what would settle it."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from spendaudit.audit.explain import Explanation
from spendaudit.cli.markdown import Page
from spendaudit.cli.quoting import Quote
from spendaudit.report.screen import Screen
from spendaudit.report.words import STYLE, count, money, percent, words
from spendaudit.rules._rule import SETTLES

#: Sections of the rule's page that help to judge a finding, in this order.
_SECTIONS = ("Why it matters", "Formula", "Threshold", "False positives")


def lines(explained: Explanation, quotes: Sequence[Quote], screen: Screen) -> Iterator[RenderableType]:
    """Lay out everything that a person needs to check the finding by hand."""
    finding = explained.finding
    yield words(
        (finding.severity.value.upper(), STYLE[finding.severity]),
        "  ",
        (finding.fingerprint, "dim"),
        "  ",
        (f"{finding.rule} {finding.rule_name}", "bold"),
        "  ",
        (money(finding.amount, finding.currency), "bold"),
    )
    yield words(finding.message)
    yield from _titled("The rows and their sum", screen, *_rows(explained, screen))
    yield from _titled("The lines as they were published", screen, *_quoted(quotes))
    yield from _titled("How the rule was asked", screen, *_asked(explained))
    yield from _titled("What would settle it", screen, words(explained.sections[SETTLES]))
    for title in _SECTIONS:
        text = explained.sections[title]
        yield from _titled(title, screen, Page(text) if screen.terminal else Text(text))
    yield Text("")
    yield Text("A finding is a question to ask, not a verdict.", style="italic")


def _titled(title: str, screen: Screen, *body: RenderableType) -> Iterator[RenderableType]:
    heading = Text(title, style="bold")
    yield Text("")
    yield Rule(heading, align="left", style="dim") if screen.terminal else heading
    yield from (Padding(part, (0, 0, 0, 2), expand=screen.terminal) for part in body)


def _rows(explained: Explanation, screen: Screen) -> Iterator[RenderableType]:
    limited = explained.sum["limit"].is_not_null().any()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("date", no_wrap=True)
    table.add_column("id", overflow="fold")
    for heading in ("amount", "sum", *(["limit"] if limited else [])):
        table.add_column(heading, justify="right", no_wrap=True)
    if screen.wide:
        table.add_column("published in", overflow="fold")
    for row in explained.sum.iter_rows(named=True):
        limit = [words(money(row["limit"], None))] if limited else []
        place = [words(_place(row["path"], row["row"], row["url"]))] if screen.wide else []
        table.add_row(
            str(row["date"] or ""),
            words(row["id"] or ""),
            words(money(row["amount"], row["currency"])),
            words(money(row["total"], None)),
            *limit,
            *place,
        )
    yield table
    for source in explained.sum["limit_source"].drop_nulls().unique(maintain_order=True):
        yield words(("limit: ", "dim"), source)
    if not screen.wide:
        for row in explained.sum.iter_rows(named=True):
            yield words((f"{row['id']}: ", "dim"), _place(row["path"], row["row"], row["url"]))


def _quoted(quotes: Sequence[Quote]) -> Iterator[RenderableType]:
    for quote in quotes:
        if quote.file:
            yield words((quote.file, "dim"))
        for row, text in quote.lines.items():
            yield words((f"{row}: ", "dim"), text)
        if quote.remark:
            yield words((quote.remark, "dim"))


def _asked(explained: Explanation) -> Iterator[RenderableType]:
    outcome = explained.outcome
    for name, value in explained.settings.items():
        yield words((f"{outcome.id}.{name}", "bold"), f" = {_as_given(value)}")
    yield words(
        f"It flagged {outcome.flagged:,} of {count(outcome.evaluated, 'row')} that it could judge "
        f"({percent(outcome.base_rate or 0)})."
    )


def _as_given(value: Any) -> str:
    """Write a setting as `--param` takes it."""
    match value:
        case None:
            return "not set"
        case bool():
            return str(value).lower()
        case list() | tuple():
            return ",".join(map(str, value)) or "nothing"
        case _:
            return str(value)


def _place(path: str, row: int, url: str | None) -> str:
    return f"{path}, row {row}" + (f", {url}" if url else "")
