"""Says in the table what to ask, gravest first."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from spendaudit.i18n import number, t
from spendaudit.model.found import Findings
from spendaudit.model.run import Finding, Run
from spendaudit.report.formats import Options
from spendaudit.report.words import STYLE, count, money, nothing, words

#: Digits of a fingerprint that are enough, unless two findings of the run share them.
_DIGITS: Final = (8, 10, 12, 16)


def short(run: Run) -> int:
    """Tell how many digits of a fingerprint name one finding of this run."""
    prints = Findings.of(run.findings).frame["fingerprint"].unique()
    return next(
        (digits for digits in _DIGITS if prints.str.head(digits).n_unique() == len(prints)), _DIGITS[-1]
    )


def lines(run: Run, options: Options, *, wide: bool) -> Iterator[RenderableType]:
    """Show the gravest findings, one plain sentence each, and say loudly how many are not shown."""
    if run.known:
        yield words(
            t("{findings} that the baseline knows: left out here", findings=count(len(run.known), "finding"))
        )
    if not run.findings:
        yield Text(nothing(run))
        return
    totals = Counter(Findings.of(run.findings).frame["severity"])
    by_severity = ", ".join(f"{number(many)} {t(severity)}" for severity, many in totals.items())
    yield words((count(len(run.findings), "finding"), "bold"), f": {by_severity}")
    shown = _chosen(run.findings, options)
    yield from (_tabled if wide else _stacked)(shown, short(run))
    if len(shown) < len(run.findings):
        yield words(
            (
                t(
                    "{some} of {findings} are shown",
                    some=number(len(shown)),
                    findings=count(len(run.findings), "finding"),
                ),
                "bold yellow",
            ),
            t(", the first ones of each rule. All of them: "),
            (options.written[0] if options.written else "--output findings.csv", "bold"),
        )


def _chosen(findings: Sequence[Finding], options: Options) -> list[Finding]:
    """Take the first of every rule, then the second, so that none crowds out the others; keep the order."""
    if options.limit is None or len(findings) <= options.limit:
        return list(findings)
    turn = pl.int_range(pl.len()).over("rule")
    places = Findings.of(findings).frame.select(pl.arg_sort_by(turn, pl.int_range(pl.len())))
    return [findings[place] for place in sorted(places.to_series().head(options.limit))]


def _tabled(findings: Sequence[Finding], digits: int) -> Iterator[RenderableType]:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for _ in range(3):
        table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for one in findings:
        table.add_row(*_heading(one, digits), words((one.rule, "bold")), _money(one), words(one.message))
    yield table


def _stacked(findings: Sequence[Finding], digits: int) -> Iterator[RenderableType]:
    for one in findings:
        head = Table.grid(expand=True, padding=(0, 1, 0, 0))
        for share in (None, None, 1):
            head.add_column(ratio=share, no_wrap=True)
        head.add_column(justify="right", no_wrap=True)
        head.add_row(*_heading(one, digits), words((one.rule, "bold"), f" {one.rule_name}"), _money(one))
        yield head
        yield Padding(words(one.message), (0, 0, 0, 2))


def _heading(finding: Finding, digits: int) -> tuple[Text, Text]:
    severity = words((t(finding.severity.value).upper(), STYLE[finding.severity]))
    return severity, words((finding.fingerprint[:digits], "dim"))


def _money(finding: Finding) -> Text:
    return words((money(finding.amount, finding.currency), "bold"))
