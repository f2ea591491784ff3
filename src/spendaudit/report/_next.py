"""Says in the table where to look next."""

import shlex
from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from spendaudit.i18n import t
from spendaudit.model.run import Run
from spendaudit.report._found import short
from spendaudit.report.formats import Options
from spendaudit.report.words import words


def lines(run: Run, options: Options) -> Iterator[RenderableType]:
    """Name commands that can be copied as they stand."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(overflow="fold", style="bold")
    table.add_column()
    for path in options.written:
        table.add_row(words(path), Text(t("every flagged row and finding")))
    if run.findings:
        first = run.findings[0]
        store = f" --store {shlex.quote(options.store)}" if options.store else ""
        table.add_row(
            words(f"spendaudit explain {first.fingerprint[: short(run)]}{store}"),
            Text(t("the rows behind a finding, their sum, the published lines")),
        )
        table.add_row(
            words(f"spendaudit rules {first.rule}"), Text(t("why the rule asks, and when it is wrong"))
        )
        if not options.written:
            table.add_row(Text("--output findings.csv"), Text(t("every flagged row, for a spreadsheet")))
    else:
        table.add_row(Text("spendaudit rules"), Text(t("what the rules ask, and what each of them needs")))
    yield table
