"""Shows the lists and pages of rules and sources: Markdown, drawn on a terminal, as it is in a pipe."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from spendaudit.cli.markdown import Page
from spendaudit.cli.outputs import standard_output
from spendaudit.i18n import page
from spendaudit.report.screen import Screen, show
from spendaudit.report.words import words
from spendaudit.rules._rule import CEILING, SECTIONS, Rule
from spendaudit.sources._source import Source

#: Settings of a rule in the words of JSON Schema, and how a person reads them.
_BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
}
_VOID = (
    "Contracts whose published status says that they came to nothing (cancelled, unsuccessful, a draft: "
    "`is_void`) are not asked about."
)
_STALE = "The English page has changed since this one was translated; `--lang en` shows it."
_CEILING = (
    f"The run warns above {CEILING:.0%} of flagged rows".replace("%", " %")
    + ", the default of this project for all rules; it follows public-money-watch."
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
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for number, heading in enumerate(headings):
        table.add_column(heading, style="bold" if number == 0 else "", overflow="fold")
    for row in rows:
        table.add_row(*(words(cell) for cell in row))
    return table


def _stacked(rows: Sequence[Sequence[str]]) -> Iterator[RenderableType]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        first, *others = (cell.ljust(width) for cell, width in zip(row[:-1], widths[:-1], strict=True))
        yield words((first, "bold"), "  ", "  ".join(others))
        yield Padding(words(row[-1]), (0, 0, 0, 2))


def show_page(text: str) -> None:
    """Print a page of Markdown."""
    show(standard_output(), lambda screen: [Page(text) if screen.terminal else Text(text)])


def rule_page(rule: Rule[Any]) -> str:
    """Put what a rule states of itself around its page."""
    told = page(rule.id, rule.page, SECTIONS)
    ocp = f", Open Contracting Partnership {', '.join(rule.ocp)}" if rule.ocp else ""
    since = f"since {rule.since}{ocp}"
    needs = [f"- {table}: {', '.join(sorted(columns))}" for table, columns in rule.needs.items()]
    settings = [
        _setting(f"{rule.id}.{name}", schema)
        for name, schema in rule.params.model_json_schema().get("properties", {}).items()
    ]
    return "\n".join(
        [
            _headed(f"{rule.id} {rule.name}", "="),
            f"Severity {rule.severity}, precision {rule.precision}, stage {rule.stage}, {since}.",
            "",
            told.text.strip(),
            *(["", _STALE] if told.stale else []),
            "",
            _headed("Settings", "-"),
            *(settings or ["It has none."]),
            *(["", _CEILING] if rule.ceiling == CEILING else []),
            "",
            _headed("Columns that it needs", "-"),
            *needs,
            *(["", _VOID] if "is_void" in rule.sought(rule.subject) else []),
        ]
    )


def source_page(source: Source) -> str:
    """Put what a source states of itself around its page."""
    tables = [f"- {table}: {', '.join(columns)}" for table, columns in source.fills.items()]
    fetched = "It is downloaded by hand."
    if source.downloads:
        which = " --publication ID" if source.downloads.publication else ""
        fetched = f"`spendaudit fetch {source.id}{which} --from PERIOD` downloads it."
        if source.downloads.certificate_fails:
            fetched += " Its certificate is known to fail; `--insecure` does without."
    where = source.jurisdiction or "as each file says"
    return "\n".join(
        [
            _headed(source.id, "="),
            f"Jurisdiction {where}, published at <{source.homepage}>. {fetched}",
            "",
            source.page.strip(),
            "",
            _headed("Tables and columns that it fills", "-"),
            *tables,
        ]
    )


def _headed(title: str, line: str) -> str:
    return f"{title}\n{line * len(title)}\n"


def _setting(name: str, schema: Mapping[str, Any]) -> str:
    bounds = [words.format(schema[key]) for key, words in _BOUNDS.items() if key in schema]
    choice = [" or ".join(map(str, schema["enum"]))] if "enum" in schema else []
    default = f"default {schema['default']}" if schema.get("default") is not None else "no default"
    return f"- `{name}` ({', '.join([default, *choice, *bounds])}): {schema.get('description', '')}"
