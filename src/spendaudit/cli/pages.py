"""Shows the lists and pages of rules and sources: Markdown, drawn on a terminal, as it is in a pipe."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from spendaudit.cli.laid_out import bare_table
from spendaudit.cli.markdown import Page
from spendaudit.enrich.ids import ANYWHERE
from spendaudit.i18n import Page as Translated
from spendaudit.i18n import page, t
from spendaudit.report.screen import Screen, show, standard_output
from spendaudit.report.words import percent, words
from spendaudit.rules._page import SECTIONS
from spendaudit.rules._rule import CEILING, Rule
from spendaudit.sources._source import SECTIONS as OF_A_SOURCE
from spendaudit.sources._source import Source

#: Settings of a rule in the words of JSON Schema, and how a person reads them.
_BOUNDS: Final = {
    "minimum": "at least {bound}",
    "exclusiveMinimum": "above {bound}",
    "maximum": "at most {bound}",
    "exclusiveMaximum": "below {bound}",
}
_VOID: Final = (
    "Contracts whose published status says that they came to nothing (cancelled, unsuccessful, a draft: "
    "`is_void`) are not asked about."
)
_STALE: Final = "The English page has changed since this one was translated; `--lang en` shows it."
_CEILING: Final = (
    "The run warns above {share} of flagged rows, the default of this project for all rules; it follows "
    "public-money-watch."
)


def show_list(headings: Sequence[str], rows: Sequence[Sequence[str]], closing: str) -> None:
    """Print a table; on a narrow terminal the last cell of a row stands below the others."""

    def lay_out(screen: Screen) -> Iterator[RenderableType]:
        yield from [_table(headings, rows)] if screen.wide else _stacked(rows)
        if screen.terminal:
            yield Text("")
            yield Text(closing, style="dim")

    show(standard_output(), lay_out)


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = bare_table()
    for place, heading in enumerate(headings):
        table.add_column(heading, style="bold" if place == 0 else "", overflow="fold")
    for row in rows:
        table.add_row(*(words(cell) for cell in row))
    return table


def _stacked(rows: Sequence[Sequence[str]]) -> Iterator[RenderableType]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        first, *others = (cell.ljust(width) for cell, width in zip(row[:-1], widths[:-1], strict=True))
        # What has no room goes on below the rest, not below the first.
        head = Table.grid(padding=(0, 2, 0, 0))
        head.add_row(words((first, "bold")), words("  ".join(others).rstrip()))
        yield head
        yield Padding(words(row[-1]), (0, 0, 0, 2))


def show_page(text: str) -> None:
    """Print a page of Markdown."""
    show(standard_output(), lambda screen: [Page(text) if screen.terminal else Text(text)])


def rule_page(rule: Rule[Any]) -> str:
    """Put what a rule states of itself around its page."""
    told = page(rule.id, rule.page, SECTIONS)
    ocp = f", Open Contracting Partnership {', '.join(rule.ocp)}" if rule.ocp else ""
    standing = t(
        "Severity {severity}, precision {precision}, stage {stage}, since {since}",
        severity=t(rule.severity.value),
        precision=t(rule.precision.value),
        stage=t(rule.stage.value),
        since=rule.since,
    )
    needs = [f"- {table}: {', '.join(sorted(columns))}" for table, columns in rule.needs.items()]
    settings = [
        _setting(f"{rule.id}.{name}", schema)
        for name, schema in rule.params.model_json_schema().get("properties", {}).items()
    ]
    return "\n".join(
        [
            _headed(f"{rule.id} {rule.name}", "="),
            f"{standing}{ocp}.",
            "",
            _said(told),
            "",
            _headed(t("Settings"), "-"),
            *(settings or [t("It has none.")]),
            *(["", t(_CEILING, share=percent(CEILING))] if rule.ceiling == CEILING else []),
            "",
            _headed(t("Columns that it needs"), "-"),
            *needs,
            *(["", t(_VOID)] if "is_void" in rule.sought(rule.subject) else []),
        ]
    )


def source_page(source: Source) -> str:
    """Put what a source states of itself around its page."""
    told = page(source.id, source.page, OF_A_SOURCE, "sources")
    tables = [f"- {table}: {', '.join(columns)}" for table, columns in source.fills.items()]
    fetched = t("It is downloaded by hand.")
    if source.downloads:
        which = " --publication ID" if source.downloads.publication else ""
        command = f"`spendaudit fetch {source.id}{which} --from PERIOD`"
        fetched = t("{command} downloads it.", command=command)
        if source.downloads.certificate_fails:
            fetched += " " + t("Its certificate is known to fail; `--insecure` does without.")
    place = t("any") if source.jurisdiction == ANYWHERE else source.jurisdiction
    return "\n".join(
        [
            _headed(source.id, "="),
            t(
                "Jurisdiction {where}, published at <{page}>.",
                where=place or t("as each file says"),
                page=source.homepage,
            )
            + f" {fetched}",
            "",
            _said(told),
            "",
            _headed(t("Tables and columns that it fills"), "-"),
            *(tables or [t("That depends on what the descriptor of each file says.")]),
        ]
    )


def country_page(country: str, english: str) -> str:
    """Return the page of a country that publishes nothing, in the reader's language."""
    return _said(page(country, english, (), "unpublished"))


def _said(told: Translated) -> str:
    return f"{told.text.strip()}\n\n{t(_STALE)}" if told.stale else told.text.strip()


def _headed(title: str, line: str) -> str:
    return f"{title}\n{line * len(title)}\n"


def _setting(name: str, schema: Mapping[str, Any]) -> str:
    bounds = [t(_BOUNDS[key], bound=schema[key]) for key in _BOUNDS if key in schema]
    choice = [t(" or ").join(map(str, schema["enum"]))] if "enum" in schema else []
    own = schema.get("default")
    default = t("no default") if own is None else t("default {value}", value=own)
    return f"- `{name}` ({', '.join([default, *choice, *bounds])}): {t(schema.get('description', ''))}"
