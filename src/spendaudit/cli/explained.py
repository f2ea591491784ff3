"""How an explained finding is laid out: the question, the rows and their sum, what would settle it."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from spendaudit.audit.explain import Explanation
from spendaudit.audit.settings import written
from spendaudit.cli.laid_out import bare_table
from spendaudit.cli.markdown import Page
from spendaudit.cli.quoting import Quote
from spendaudit.i18n import number, t
from spendaudit.model.laws import source_of_limit
from spendaudit.report.screen import Fitting, Screen
from spendaudit.report.terms import term
from spendaudit.report.terms import value as said
from spendaudit.report.words import CLOSING, STYLE, count, money, percent, words
from spendaudit.rules._page import SETTLES

#: Sections of the rule's page that help to judge a finding, in this order.
_SECTIONS = ("Why it matters", "Formula", "Threshold")
#: Other findings about the same rows that are listed.
_BESIDE = 10


def lines(explained: Explanation, quotes: Sequence[Quote], screen: Screen) -> Iterator[RenderableType]:
    """Lay out everything that a person needs to check the finding by hand."""
    finding = explained.finding
    yield words(
        (t(finding.severity.value).upper(), STYLE[finding.severity]),
        "  ",
        (finding.fingerprint, "dim"),
        "  ",
        (f"{finding.rule} {finding.rule_name}", "bold"),
        "  ",
        (money(finding.amount, finding.currency), "bold"),
    )
    yield words(finding.message)
    yield from _titled(t("The rows and their sum"), screen, *_rows(explained, screen))
    yield from _titled(t("The lines as they were published"), screen, *_quoted(quotes))
    yield from _titled(t("How the rule was asked"), screen, *_asked(explained))
    yield from _titled(t("False positives"), screen, *_reasons(explained))
    yield from _titled(t(SETTLES), screen, words(explained.sections[SETTLES]))
    if explained.beside:
        yield from _titled(t("What else is asked about these rows"), screen, *_others(explained))
    for title in _SECTIONS:
        text = explained.sections[title]
        yield from _titled(t(title), screen, Page(text) if screen.terminal else Text(text))
    yield Text("")
    yield Text(t(CLOSING), style="italic")


def _titled(title: str, screen: Screen, *body: RenderableType) -> Iterator[RenderableType]:
    heading = Text(title, style="bold")
    yield Text("")
    yield Rule(heading, align="left", style="dim") if screen.terminal else heading
    yield from (Padding(part, (0, 0, 0, 2), expand=screen.terminal) for part in body)


def _rows(explained: Explanation, screen: Screen) -> Iterator[RenderableType]:
    limited = explained.limited and explained.sum["limit"].is_not_null().any()
    added_up = _is_sum(explained)
    amounts = explained.amounts
    headings = [
        *map(term, amounts),
        *([t("sum")] if added_up else []),
        *([t("limit")] if limited else []),
    ]
    table = bare_table()
    table.add_column(t("date"), no_wrap=True)
    table.add_column("id", overflow="fold")
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    if screen.wide:
        table.add_column(t("published in"), overflow="fold")
    # What has no room side by side stands one below the other.
    narrow: list[Text] = []
    # Of no column, Polars selects no row.
    values = explained.rows.select(amounts).rows() if amounts else [()] * explained.rows.height
    for row, of_row in zip(explained.sum.iter_rows(named=True), values, strict=True):
        date, identifier = str(row["date"] or ""), words(row["id"] or "")
        cells = [
            *(words(money(value, row["currency"])) for value in of_row),
            *([words(money(row["total"], None))] if added_up else []),
            *([words(money(row["limit"], None))] if limited else []),
        ]
        place = [words(_place(row["path"], row["row"], row["url"]))] if screen.wide else []
        table.add_row(date, identifier, *cells, *place)
        narrow.append(words((f"{date}  ".lstrip(), "dim"), row["id"] or ""))
        narrow += [
            words((f"  {name}: ", "dim"), cell.plain) for name, cell in zip(headings, cells, strict=True)
        ]
    yield table if screen.wide else Fitting(table, (), narrow)
    yield from _working(explained)
    if limited:
        limits = explained.sum.select("limit", "limit_source").drop_nulls().unique(maintain_order=True)
        for limit, source in limits.iter_rows():
            in_force = money(limit, explained.finding.currency)
            yield words(
                (t("limit in force: "), "dim"),
                t("{limit}, by {law}", limit=in_force, law=source_of_limit(source)),
            )
    yield from _worked_out(explained, besides={"limit_source"} if limited else set())
    if not screen.wide:
        for row in explained.sum.iter_rows(named=True):
            yield words((f"{row['id']}: ", "dim"), _place(row["path"], row["row"], row["url"]))


def _is_sum(explained: Explanation) -> bool:
    """Tell whether the finding's amount is what the rows add up to: totals and dates do not."""
    total = explained.sum["total"].drop_nulls()
    return not total.is_empty() and total[-1] == explained.finding.amount


def _working(explained: Explanation) -> Iterator[RenderableType]:
    """Write out how the amount of the question comes about, where it is more than the sum of the rows."""
    finding = explained.finding
    asked = money(finding.amount, finding.currency)
    if finding.amount is None or _is_sum(explained):
        return
    if not explained.working:
        yield words((asked, "bold"), t(" is no plain sum of these rows: see the formula below."))
        return
    first, *others = explained.working
    told = [f"{money(first.value, None)} ({term(first.name)})"]
    told += [f"{'-' if one.taken else '+'} {money(one.value, None)} ({term(one.name)})" for one in others]
    yield words((asked, "bold"), f" = {' '.join(told)}")


def _worked_out(explained: Explanation, besides: set[str]) -> Iterator[RenderableType]:
    """Show what the sentence of the finding was made of, but for what is shown already."""
    for fact, value in explained.finding.facts.items():
        if fact not in besides and value is not None:
            yield words((f"{term(fact)}: ", "dim"), said(fact, value))


def _reasons(explained: Explanation) -> Iterator[RenderableType]:
    """Show the page's innocent reasons, those first for which the rows speak."""
    spoken_for = [reason for reason in explained.reasons if reason.evidence]
    for reason in spoken_for:
        yield words(f"- {reason.text} ", (t("Here {evidence}.", evidence=reason.evidence), "bold"))
    yield from (words(f"- {reason.text}") for reason in explained.reasons if not reason.evidence)
    if explained.reasons and not spoken_for:
        yield words((t("The rows themselves speak for none of these; that rules none of them out."), "dim"))


def _others(explained: Explanation) -> Iterator[RenderableType]:
    for other in explained.beside[:_BESIDE]:
        yield words((f"{other.fingerprint}  ", "dim"), (f"{other.rule} ", "bold"), other.message)
    if len(explained.beside) > _BESIDE:
        yield words((t("and {number} more", number=number(len(explained.beside) - _BESIDE)), "dim"))


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
        yield words((f"{outcome.id}.{name}", "bold"), f" = {_setting(value)}")
    yield words(
        t(
            "It flagged {some} of {rows} that it could judge ({share}).",
            some=number(outcome.flagged),
            rows=count(outcome.evaluated, "row"),
            share=percent(outcome.base_rate or 0),
        )
    )


def _setting(value: Any) -> str:
    """Write a setting as `--param` takes it, and in words where it takes nothing."""
    if value is None:
        return t("not set")
    return t("nothing") if value in ([], ()) else written(value)


def _place(path: str, row: int, url: str | None) -> str:
    return t("{file}, row {row}", file=path, row=row) + (f", {url}" if url else "")
